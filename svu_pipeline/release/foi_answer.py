"""Answering a request: only from a release that everyone may read, written whole, and on record in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from svu_pipeline import audit
from svu_pipeline.clock import Clock
from svu_pipeline.disk import make_folder
from svu_pipeline.release.foi import foi_pack
from svu_pipeline.release.foi_forms import as_docx, as_html, as_json
from svu_pipeline.release.folder import FIGURES, ReleaseError, read
from svu_pipeline.release.registry import Released, find, released
from svu_pipeline.warehouse import Home, whole_file

FOI = "foi"
"""The action of the audit log."""

FORMS: dict[str, Callable[[dict[str, Any]], bytes]] = {"docx": as_docx, "html": as_html, "json": as_json}


def answer(
    home: Home, metric: str, release: str, forms: Sequence[str], out: Path, minutes: int | None, why: str, clock: Clock
) -> list[Path]:
    """Write the pack of a metric of a release in each of the forms; gives the files.

    Raises ReleaseError for a release that is not published or still under embargo: nothing is told before its time.
    """
    one = find(home, release)
    if one is None or one.open_at > clock():
        raise ReleaseError(
            f"release {release}: it is not published, or its time has not come. Answer from one that is open."
        )
    past = [read(home.releases / other.id, FIGURES) for other in _history(home, one)]
    pack = foi_pack(metric, past[-1], past, minutes)
    audit.record(home, FOI, f"{metric} {release}", why, clock)
    make_folder(out)
    return [_write(out / f"{metric}-{release}.{form}", FORMS[form](pack)) for form in forms]


def _history(home: Home, one: Released) -> list[Released]:
    """The releases of a window up to one of them, in the order of publication."""
    found = [other for other in released(home) if other.window == one.window]
    return found[: found.index(one) + 1]


def _write(path: Path, content: bytes) -> Path:
    with whole_file(path) as aside:
        aside.write_bytes(content)
    return path
