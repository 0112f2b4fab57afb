"""Extract folders of the tests' own: written, then read by a system, or landed and refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest

from svu_pipeline.landing.batch import Accepted, manifests
from svu_pipeline.landing.land import Origin, land
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import Drop, Reading, SourceError
from svu_pipeline.warehouse import Home

NIGHT = datetime(2024, 2, 2, 4, tzinfo=UTC)


@dataclass
class Read:
    """What a system read: rows by dataset with `_row` and `_defect`, cells that are empty left out; and its notes."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: list[tuple[int, str, str, int]] = field(default_factory=list)


def write(root: Path, files: Mapping[str, bytes]) -> Path:
    """Write files by their paths under `root`."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return root


def read(source: str, root: Path, watermarks: dict[str, str] | None = None) -> Read:
    """All drops of a system, read straight from the folder."""
    system, result = SYSTEMS[source], Read()
    for drop in system.find(root):
        reading = _reading_of(drop, watermarks or {})
        for rows in system.read(drop, reading):
            found = [{k: v for k, v in row.items() if v is not None} for row in rows.batch.to_pylist()]
            result.rows.setdefault(rows.dataset, []).extend(found)
        result.notes += reading.notes
    return result


def _reading_of(drop: Drop, watermarks: dict[str, str]) -> Reading:
    """What landing gives a reader, straight from the drop's own files."""

    def opened(file: int) -> IO[bytes]:
        return drop.files[file].location.open("rb")

    return Reading(open=opened, location=lambda file: drop.files[file].location, watermarks=watermarks)


def refusal(source: str, root: Path, tmp_path: Path) -> SourceError:
    """The error with which a landing refuses a delivery; nothing of it may be kept, and the refusal is on record."""
    home = Home(tmp_path / "home")
    with pytest.raises(SourceError) as raised:
        land(SYSTEMS[source], Origin(root), home, lambda: NIGHT, Accepted())
    assert manifests(home, source) == []
    kept = [path.name for path in home.landing(source).iterdir()]
    assert kept == ["attempts.jsonl"], "nothing of a refused delivery is left behind"
    error = raised.value
    assert error.source == source
    assert error.problem
    assert error.cure
    return error


def is_silent(error: SourceError, root: Path, tmp_path: Path, *secrets: str) -> bool:
    """Whether neither the error, nor what it is chained to, nor the record of it says one of the file's own texts."""
    record = (Home(tmp_path / "home").landing(error.source) / "attempts.jsonl").read_text("utf-8")
    said = [str(error), repr(error.args), record]
    return error.__cause__ is None and not any(secret in text for secret in secrets for text in said)
