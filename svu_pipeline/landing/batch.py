"""Batches: one source's delivery of one night, immutable, committed by the rename that brings its manifest.

A batch is a folder `<home>/restricted/landing/<source>/<batch>/` with `manifest.json`, one Parquet file of text a dataset
and, unless the source is a database, `raw.zip` with every file byte for byte as it was received.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from svu_pipeline.clock import Clock, instant, written
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, read_json, sha256_of

MANIFEST = "manifest.json"
RAW = "raw.zip"
BATCH_NAME = "%Y%m%dT%H%M%S.%fZ"
LINKING = "linking"
"""The stream of what people decide of who is who (`people/decisions.py`): no source, its entries have no tables."""

STREAMS = (*SYSTEMS, LINKING)
"""All that becomes known in entries named by their instant."""


@dataclass(frozen=True)
class FileEntry:
    """One file as received: its path in the extract folder, size and SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class DropEntry:
    """What arrived together under one label; `first_file` is the place of its first file among the batch's files."""

    label: str
    dated: str
    datasets: tuple[str, ...]
    sha256: str
    first_file: int
    files: tuple[FileEntry, ...]


@dataclass(frozen=True)
class TableEntry:
    """The rows of one dataset as landed: how many, and the SHA-256 of their Parquet file."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Decision:
    """A person's decision about a held row or delivery, which comes as a batch of its own: known from then on.

    `kind` is `replay` (a corrected row), `waive` (the row as it is: the rules `waived`, named `column__reason`, do not
    hold it `until` that day) or `approve` (a delivery that was held whole). `batch`, `dataset`, `file` and `row` say what it
    is about. `owner` decided, for the `reason` given.
    """

    kind: str
    batch: str
    owner: str
    reason: str
    dataset: str = ""
    file: int = 0
    row: int = 0
    waived: tuple[str, ...] = ()
    until: str = ""


@dataclass(frozen=True)
class Manifest:
    """What a batch holds. `batch` is its name, in time order within a source; `landed_at` when it became known.

    `pulled` is the hash of the audit entry of the pull that brought it. A `decision` is no delivery of the source.
    """

    source: str
    batch: str
    landed_at: datetime
    drops: tuple[DropEntry, ...]
    tables: dict[str, TableEntry]
    raw_sha256: str | None
    notes: tuple[tuple[int, str, str, int], ...] = ()
    read_from: dict[str, str] = field(default_factory=dict)
    pulled: str = ""
    decision: Decision | None = None

    @property
    def files(self) -> list[FileEntry]:
        return [file for drop in self.drops for file in drop.files]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "landed_at": written(self.landed_at)}


@dataclass(frozen=True)
class Accepted:
    """What has become of a source's earlier batches: from when its tables are to be read, and which are held whole.

    `keys` has the key columns of each dataset of which a whole reading is to be told what is gone.
    """

    watermarks: dict[str, str] = field(default_factory=dict)
    held_whole: frozenset[str] = frozenset()
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)


def folder_of(home: Home, manifest: Manifest) -> Path:
    return home.landing(manifest.source) / manifest.batch


def table_path(home: Home, manifest: Manifest, dataset: str) -> Path:
    return folder_of(home, manifest) / f"{dataset}.parquet"


def manifests(home: Home, source: str, as_at: datetime | None = None) -> list[Manifest]:
    """The batches of a source that were known at an instant (all of them by default), oldest first."""
    return [_manifest(home.landing(source) / name / MANIFEST) for name in batch_names(home, source, as_at)]


def deliveries(home: Home, source: str, as_at: datetime | None = None) -> list[Manifest]:
    """The batches that the source itself delivered, oldest first: those that are no one's decision."""
    return [manifest for manifest in manifests(home, source, as_at) if manifest.decision is None]


def all_manifests(home: Home, as_at: datetime | None = None) -> list[Manifest]:
    """The batches of every source that were known at an instant, source by source."""
    return [manifest for source in SYSTEMS for manifest in manifests(home, source, as_at)]


def known_at(home: Home, as_at: datetime | None = None, streams: Iterable[str] = STREAMS) -> datetime | None:
    """The instant of the last thing known at `as_at`: nothing has changed since. None before the first.

    Of `streams` only: by default all sources' batches, and what people decided of who is who.
    """
    names = [name for stream in streams for name in batch_names(home, stream, as_at)[-1:]]
    return max((datetime.strptime(name, BATCH_NAME).replace(tzinfo=UTC) for name in names), default=None)


def next_instant(home: Home, clock: Clock) -> datetime:
    """The instant at which something becomes known now: strictly after all that is known, whatever the clock says."""
    last = known_at(home)
    return max(clock(), last + timedelta(microseconds=1)) if last else clock()


def damaged(home: Home) -> Iterator[tuple[str, str]]:
    """`(file, what)` for each file of a batch that is missing or whose bytes are not those of its manifest."""
    for source in SYSTEMS:
        for manifest in manifests(home, source):
            folder = folder_of(home, manifest)
            expected = {f"{dataset}.parquet": table.sha256 for dataset, table in manifest.tables.items()}
            if manifest.raw_sha256:
                expected[RAW] = manifest.raw_sha256
            for name, sha256 in expected.items():
                path = folder / name
                shown = f"{source}/{manifest.batch}/{name}"
                if not path.is_file():
                    yield shown, "missing"
                elif sha256_of(path) != sha256:
                    yield shown, "changed since it was landed"


def batch_name(landed_at: datetime) -> str:
    """The name of the batch that became known at an instant; names sort as the instants do."""
    return landed_at.astimezone(UTC).strftime(BATCH_NAME)


def batch_names(home: Home, stream: str, as_at: datetime | None = None) -> list[str]:
    """The names of a stream's entries that were known at an instant, oldest first."""
    place = home.landing(stream)
    if not place.is_dir():
        return []
    names = sorted(entry.name for entry in place.iterdir() if not entry.name.startswith(".") and entry.is_dir())
    return [name for name in names if as_at is None or name <= batch_name(as_at)]


def _manifest(path: Path) -> Manifest:
    content = read_json(path)
    drops = tuple(
        DropEntry(
            label=drop["label"],
            dated=drop["dated"],
            datasets=tuple(drop["datasets"]),
            sha256=drop["sha256"],
            first_file=drop["first_file"],
            files=tuple(FileEntry(**file) for file in drop["files"]),
        )
        for drop in content["drops"]
    )
    return Manifest(
        source=content["source"],
        batch=content["batch"],
        landed_at=instant(content["landed_at"]),
        drops=drops,
        tables={name: TableEntry(**table) for name, table in content["tables"].items()},
        raw_sha256=content["raw_sha256"],
        notes=tuple((int(f), str(d), str(c), int(n)) for f, d, c, n in content["notes"]),
        read_from=content["read_from"],
        pulled=content.get("pulled", ""),
        decision=_decision(content.get("decision")),
    )


def _decision(content: dict[str, Any] | None) -> Decision | None:
    return Decision(**{**content, "waived": tuple(content["waived"])}) if content else None
