"""Landing one source: find its drops, leave out what is already here, copy, read as text, commit as one batch.

All of a source's delivery of a night or none of it: one unreadable file refuses the source, and nothing is left behind.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self, cast

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from svu_pipeline.clock import Clock
from svu_pipeline.landing.attempt import record_read, record_refusal
from svu_pipeline.landing.batch import (
    MANIFEST,
    RAW,
    DropEntry,
    FileEntry,
    Manifest,
    TableEntry,
    batch_name,
    known_at,
    manifests,
    table_path,
)
from svu_pipeline.sources.system import (
    ROWS_PER_BATCH,
    Delivery,
    Drop,
    Reading,
    SourceError,
    System,
    Unreadable,
)
from svu_pipeline.warehouse import CHUNK, Home, parquet_view, session, sha256_of, whole_folder, write_json

if TYPE_CHECKING:
    import duckdb

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Archive members carry no time of their own, so that the same bytes make the same archive."""


class NothingNew(Exception):
    """Raised within a landing whose rows were all landed before: the folder aside is dropped, nothing is committed."""


@dataclass(frozen=True)
class Landed:
    """What a landing brought: the batch, or None when there was nothing new."""

    source: str
    batch: Manifest | None


@dataclass(frozen=True)
class Accepted:
    """What has become of a source's earlier batches: from when its tables are to be read, and which are held whole."""

    watermarks: dict[str, str] = field(default_factory=dict)
    held_whole: frozenset[str] = frozenset()


def land(system: System, sources: Path, home: Home, clock: Clock, accepted: Accepted) -> Landed:
    """Land what a source has that is not here yet.

    The watermarks of `accepted` bound the incremental database tables from below. Raises SourceError when the delivery cannot be
    read; the refusal is then on record and nothing of the delivery was kept.
    """
    home.locks.mkdir(parents=True, exist_ok=True)
    with FileLock(home.locks / f"landing-{system.name}.lock"):
        try:
            landed = _land(system, sources, home, clock, accepted)
        except SourceError as error:
            record_refusal(home, error, clock())
            raise
        record_read(home, system.name, clock())
        return landed


def _land(system: System, sources: Path, home: Home, clock: Clock, accepted: Accepted) -> Landed:
    earlier = manifests(home, system.name)
    drops = _new_drops(system, system.find(sources), earlier)
    if not drops:
        return Landed(system.name, None)
    last = known_at(home)
    landed_at = max(clock(), last + timedelta(microseconds=1)) if last else clock()
    batch = batch_name(landed_at)
    try:
        with whole_folder(home.landing(system.name) / batch) as folder:
            manifest = _fill(folder, system, drops, batch, landed_at, accepted.watermarks)
            if not system.keeps_bytes and not _brings_rows(home, folder, system, earlier, accepted):
                raise NothingNew
            write_json(folder / MANIFEST, manifest.as_json())
    except NothingNew:
        return Landed(system.name, None)
    return Landed(system.name, manifest)


def _new_drops(system: System, found: Iterable[Drop], earlier: list[Manifest]) -> list[tuple[Drop, str]]:
    """The drops to read, each with its fingerprint, oldest first.

    Incremental files: those whose bytes never arrived. Full registers: the latest dated one of each dataset, unless
    its bytes are those that arrived last, or a later dated one is here already. Otherwise (a database, a pull, a month):
    unless the bytes under that label are those that arrived last.
    """
    landed = [entry for manifest in earlier for entry in manifest.drops]
    seen = {entry.sha256 for entry in landed}
    last = {_succession(system, entry.label, entry.datasets): entry for entry in landed}
    candidates = {_succession(system, drop.label, drop.datasets): drop for drop in sorted(found, key=_age)}
    fresh = []
    for succession, drop in candidates.items():
        sha256 = _fingerprint(system, drop)
        standing = last.get(succession)
        if standing and (standing.sha256 == sha256 or drop.dated < standing.dated):
            continue
        if drop.dated and system.delivery is Delivery.INCREMENTAL and sha256 in seen:
            continue
        fresh.append((drop, sha256))
    return fresh


def _age(drop: Drop) -> tuple[str, str]:
    return drop.dated, drop.label


def _succession(system: System, label: str, datasets: tuple[str, ...]) -> str:
    """What a drop follows on from: in a full register the dataset's earlier one, else the one of the same label."""
    return datasets[0] if system.delivery is Delivery.FULL else label


def _fingerprint(system: System, drop: Drop) -> str:
    """SHA-256 over the bytes of a drop's files; of a database also over its write-ahead log."""
    digest = hashlib.sha256()
    for file in drop.files:
        log = file.location.with_name(file.location.name + "-wal")
        for location in (file.location, log) if not system.keeps_bytes and log.is_file() else (file.location,):
            try:
                digest.update(sha256_of(location).encode())
            except OSError:
                cure = "Check its permissions and the disk it is on, then run again."
                raise SourceError(
                    system.name, file.path, "file_unreadable", "the file cannot be opened", cure
                ) from None
    return digest.hexdigest()


def _fill(
    folder: Path,
    system: System,
    drops: list[tuple[Drop, str]],
    batch: str,
    landed_at: datetime,
    watermarks: dict[str, str],
) -> Manifest:
    """Copy and read every drop into the folder of a batch."""
    entries, first = [], 0
    if system.keeps_bytes:
        entries_of = _copy(folder / RAW, system, [drop for drop, _ in drops])
    else:
        entries_of = {drop.label: _described(drop) for drop, _ in drops}
    notes: list[tuple[int, str, str, int]] = []
    with ExitStack() as stack:
        archive = stack.enter_context(zipfile.ZipFile(folder / RAW)) if system.keeps_bytes else None
        tables = {name: stack.enter_context(_Table(folder, name)) for name in system.datasets}
        for number, (drop, sha256) in enumerate(drops):
            notes += _read(system, drop, number, first, archive, watermarks, tables)
            files = entries_of[drop.label]
            entries.append(DropEntry(drop.label, drop.dated, drop.datasets, sha256, first, files))
            first += len(files)
    return Manifest(
        source=system.name,
        batch=batch,
        landed_at=landed_at,
        drops=tuple(entries),
        tables={name: TableEntry(table.rows, sha256_of(table.path)) for name, table in tables.items()},
        raw_sha256=sha256_of(folder / RAW) if system.keeps_bytes else None,
        notes=tuple(notes),
        read_from=watermarks,
    )


def _read(
    system: System,
    drop: Drop,
    number: int,
    first: int,
    archive: zipfile.ZipFile | None,
    watermarks: dict[str, str],
    tables: dict[str, _Table],
) -> list[tuple[int, str, str, int]]:
    """Stream one drop into the tables of the batch; what the reader noted comes back with the batch's file numbers."""
    at = [0]

    def opened(file: int) -> IO[bytes]:
        at[0] = file
        return cast(zipfile.ZipFile, archive).open(drop.files[file].path)

    reading = Reading(open=opened, location=lambda file: drop.files[file].location, watermarks=watermarks)
    try:
        for rows in system.read(drop, reading):
            tables[rows.dataset].add(rows.batch, drop=number, file=first + rows.file)
    except Unreadable as error:
        raise SourceError(
            system.name, drop.files[at[0]].path, error.code, error.problem, error.cure, may_pass=error.may_pass
        ) from None
    return [(first + file, dataset, code, count) for file, dataset, code, count in reading.notes]


def _copy(target: Path, system: System, drops: list[Drop]) -> dict[str, tuple[FileEntry, ...]]:
    """Every file's bytes into one archive, hashed on the way; a file that changes meanwhile refuses the source."""
    copied: dict[str, tuple[FileEntry, ...]] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for drop in drops:
            entries = []
            for file in drop.files:
                try:
                    entries.append(_copy_file(archive, file.path, file.location))
                except OSError:
                    cure = "Check its permissions and the disk it is on, then run again."
                    raise SourceError(
                        system.name, file.path, "file_unreadable", "the file cannot be read", cure
                    ) from None
                except Unreadable as error:
                    raise SourceError(
                        system.name, file.path, error.code, error.problem, error.cure, may_pass=error.may_pass
                    ) from None
            copied[drop.label] = tuple(entries)
    return copied


def _copy_file(archive: zipfile.ZipFile, path: str, location: Path) -> FileEntry:
    before = location.stat()
    digest, size = hashlib.sha256(), 0
    member = zipfile.ZipInfo(path, ZIP_EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    with location.open("rb") as source, archive.open(member, "w", force_zip64=True) as copy:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
    after = location.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
        cure = "Wait until it is delivered whole, then run again."
        raise Unreadable("file_changed", "the file changed while it was read", cure, may_pass=True)
    return FileEntry(path, size, digest.hexdigest())


def _described(drop: Drop) -> tuple[FileEntry, ...]:
    return tuple(FileEntry(file.path, file.location.stat().st_size, sha256_of(file.location)) for file in drop.files)


def _brings_rows(home: Home, folder: Path, system: System, earlier: list[Manifest], accepted: Accepted) -> bool:
    """Whether a database read is news: it has a row that no accepted batch has, and is not the last batch over again.

    A read from the watermark on sees again what lies within its overlap; that alone is not a new batch. Rows of a batch
    that is held whole are news as soon as they come without what it was held for.
    """
    if not earlier:
        return True
    standing = [manifest for manifest in earlier if manifest.batch not in accepted.held_whole]
    with session(home.landing(system.name)) as connection:
        read = {dataset: folder / f"{dataset}.parquet" for dataset in system.columns}
        has_news = any(
            _has_other_rows(
                connection,
                columns,
                read[dataset],
                [table_path(home, manifest, dataset) for manifest in standing],
                accepted.watermarks.get(dataset, ""),
            )
            for dataset, columns in system.columns.items()
        )
        return has_news and any(
            _has_other_rows(connection, columns, this, [that], "")
            for dataset, columns in system.columns.items()
            for last in (table_path(home, earlier[-1], dataset),)
            for this, that in ((read[dataset], last), (last, read[dataset]))
        )


def _has_other_rows(
    connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...], these: Path, those: list[Path], since: str
) -> bool:
    """Whether one file has a row that none of the others has among those updated at or after an instant."""
    listed = ", ".join(columns)
    parquet_view(connection, "these", [these])
    query = f"SELECT {listed} FROM these"  # noqa: S608 - constant names; the bound is a parameter
    if those:
        parquet_view(connection, "those", those)
        query += f" EXCEPT SELECT {listed} FROM those WHERE coalesce(updated_at, '~') >= $since"  # noqa: S608
    return connection.execute(f"{query} LIMIT 1", {"since": since} if those else {}).fetchone() is not None


class _Table:
    """The Parquet file of one dataset, written in row groups of bounded size however small the batches that come."""

    def __init__(self, folder: Path, dataset: str) -> None:
        from svu_pipeline.sources.registry import SYSTEM_OF
        from svu_pipeline.sources.text_batch import schema_of

        text = schema_of(SYSTEM_OF[dataset].columns[dataset])
        self.schema = pa.schema([pa.field("_drop", pa.int32()), pa.field("_file", pa.int32()), *text])
        self.path = folder / f"{dataset}.parquet"
        self.rows = 0
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0

    def __enter__(self) -> Self:
        self._writer = pq.ParquetWriter(self.path, self.schema, compression="zstd")
        return self

    def __exit__(self, *_: object) -> None:
        self._write()
        self._writer.close()

    def add(self, batch: pa.RecordBatch, *, drop: int, file: int) -> None:
        places = [pa.repeat(pa.scalar(place, pa.int32()), batch.num_rows) for place in (drop, file)]
        self._waiting.append(pa.record_batch([*places, *batch.columns], schema=self.schema))
        self._waiting_rows += batch.num_rows
        self.rows += batch.num_rows
        if self._waiting_rows >= ROWS_PER_BATCH:
            self._write()

    def _write(self) -> None:
        if self._waiting:
            self._writer.write_table(pa.Table.from_batches(self._waiting).combine_chunks())
        self._waiting, self._waiting_rows = [], 0
