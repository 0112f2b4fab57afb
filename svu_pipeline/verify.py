"""Bytes against what was written down of them: batches against their manifests, kept tables and published files against their markers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from svu_pipeline.kept import marker_of
from svu_pipeline.landing.batch import damaged
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, read_json, sha256_of


def problems(settings: Settings) -> Iterator[str]:
    """One line for each file that is missing or changed, with what to do; nothing when all is as it was written."""
    home = Home(settings.home)
    for name, what in damaged(home):
        yield f"restricted/landing/{name}: {what}. Restore it from the backup."
    layers = [(home.standing, source) for source in SYSTEMS]
    layers += [(home.people, "people"), (home.facts, "facts"), (home.metrics, "metrics")]
    for folder, layer in layers:
        yield from _changed(home, folder, layer)
    yield from _published(home)


def _published(home: Home) -> Iterator[str]:
    expected = {}
    if (home.published / "manifest.json").is_file():
        expected["svu.duckdb"] = read_json(home.published / "manifest.json")["sha256"]
    for marker in sorted(home.metrics.glob("review-*.json")):
        expected |= read_json(marker)["files"]
    for name, sha256 in expected.items():
        path = home.published / name
        if not path.is_file() or sha256_of(path) != sha256:
            yield f"published/{name}: missing, or changed since it was published. `svu nightly` publishes it again."


def _changed(home: Home, folder: Path, layer: str) -> Iterator[str]:
    for name, table in marker_of(folder, layer).items():
        path = folder / f"{name}.parquet"
        if not path.is_file() or sha256_of(path) != table.sha256:
            yield f"{path.relative_to(home.root)}: missing, or changed since it was made. `svu nightly` makes it again."
