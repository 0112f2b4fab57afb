"""Landing one source: find its drops, leave out what is already here, copy, read as text, commit as one batch.

All of a source's delivery of a night or none of it: one unreadable file refuses the source, and nothing is left behind.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self, cast

import pyarrow as pa
import pyarrow.parquet as pq

from svu_pipeline.ahead import ahead
from svu_pipeline.clock import Clock
from svu_pipeline.landing.attempt import record_read, record_refusal
from svu_pipeline.landing.batch import (
    MANIFEST,
    RAW,
    Accepted,
    DropEntry,
    FileEntry,
    Manifest,
    TableEntry,
    batch_name,
    deliveries,
    manifests,
    next_instant,
)
from svu_pipeline.landing.control_totals import check_control_totals
from svu_pipeline.landing.news import brings_rows, gone_keys
from svu_pipeline.sources.place import PostgresPlace
from svu_pipeline.sources.system import (
    ROWS_PER_BATCH,
    Delivery,
    Drop,
    Reading,
    SourceError,
    SourceFile,
    System,
    Unreadable,
)
from svu_pipeline.warehouse import CHUNK, Home, locked, sha256_of, whole_folder, write_json

if TYPE_CHECKING:
    pass

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Archive members carry no time of their own, so that the same bytes make the same archive."""


class NothingNew(Exception):
    """Raised within a landing whose rows were all landed before: the folder aside is dropped, nothing is committed."""


@dataclass(frozen=True)
class Origin:
    """Where a delivery stands, ready to be landed: a folder in the extract's layout, or a database to be read as it is.

    `is_pull` says that it was asked for from a watermark on: what lies within the overlap comes again, and is no news.
    """

    folder: Path
    database: PostgresPlace | None = None
    is_pull: bool = False


@dataclass(frozen=True)
class Landed:
    """What a landing brought: the batch, or None when there was nothing new.

    `gone` counts, by dataset, the records landed before that a whole reading no longer found. `again` are the files whose
    bytes had arrived before under another name: they are not read twice.
    """

    source: str
    batch: Manifest | None
    gone: dict[str, int] = field(default_factory=dict)
    again: tuple[str, ...] = ()


def land(system: System, origin: Origin, home: Home, clock: Clock, accepted: Accepted, pulled: str = "") -> Landed:
    """Land what a source has that is not here yet; `pulled` is the hash of the audit entry of this pull.

    The watermarks of `accepted` bound the incremental database tables from below. Raises SourceError when the delivery cannot be
    read; the refusal is then on record and nothing of the delivery was kept.
    """
    with locked(home, f"landing-{system.name}"):
        try:
            landed = _land(system, origin, home, clock, accepted, pulled)
        except SourceError as error:
            record_refusal(home, error, clock())
            raise
        record_read(home, system.name, clock())
        return landed


def _land(system: System, origin: Origin, home: Home, clock: Clock, accepted: Accepted, pulled: str) -> Landed:
    earlier = manifests(home, system.name)
    drops, again = _new_drops(system, origin, _found(system, origin), deliveries(home, system.name))
    if not drops:
        return Landed(system.name, None, again=again)
    landed_at = next_instant(home, clock)
    batch = batch_name(landed_at)
    gone: dict[str, int] = {}
    try:
        with whole_folder(home.landing(system.name) / batch) as folder:
            manifest = _fill(folder, system, origin, drops, batch, landed_at, accepted.watermarks, pulled)
            gone = gone_keys(home, folder, system, earlier, accepted)
            is_read_again = not system.keeps_bytes or origin.is_pull
            if is_read_again and not brings_rows(home, folder, system, earlier, accepted):
                raise NothingNew
            write_json(folder / MANIFEST, manifest.as_json())
    except NothingNew:
        return Landed(system.name, None, gone, again)
    return Landed(system.name, manifest, gone, again)


def _found(system: System, origin: Origin) -> list[Drop]:
    """What there is to land: the drops of the folder, or the database itself."""
    if origin.database is None:
        return system.find(origin.folder)
    return [Drop(f"{system.name} database", (SourceFile(f"{system.name} database", origin.folder),), system.datasets)]


def _new_drops(
    system: System, origin: Origin, found: Iterable[Drop], earlier: list[Manifest]
) -> tuple[list[tuple[Drop, str]], tuple[str, ...]]:
    """The drops to read, each with its fingerprint, oldest first; and the files that say again what another one said.

    Incremental files: those whose bytes never arrived. Full registers: the latest dated one of each dataset, unless
    its bytes are those that arrived last, or a later dated one is here already. Otherwise (a database, a pull, a month):
    unless the bytes under that label are those that arrived last.
    """
    landed = [entry for manifest in earlier for entry in manifest.drops]
    seen = {entry.sha256 for entry in landed}
    last = {_succession(system, entry.label, entry.datasets): entry for entry in landed}
    candidates = {_succession(system, drop.label, drop.datasets): drop for drop in sorted(found, key=_age)}
    fresh, again = [], []
    for succession, drop in candidates.items():
        sha256 = _fingerprint(system, origin, drop)
        standing = last.get(succession)
        if standing and origin.database is None and (standing.sha256 == sha256 or drop.dated < standing.dated):
            continue
        if drop.dated and system.delivery is Delivery.INCREMENTAL and sha256 in seen:
            again.append(drop.files[0].path)
            continue
        fresh.append((drop, sha256))
    return fresh, tuple(again)


def _age(drop: Drop) -> tuple[str, str]:
    return drop.dated, drop.label


def _succession(system: System, label: str, datasets: tuple[str, ...]) -> str:
    """What a drop follows on from: in a full register the dataset's earlier one, else the one of the same label."""
    return datasets[0] if system.delivery is Delivery.FULL else label


def _fingerprint(system: System, origin: Origin, drop: Drop) -> str:
    """SHA-256 over the bytes of a drop's files; of a database file also over its write-ahead log, of a server's none."""
    digest = hashlib.sha256()
    for file in drop.files if origin.database is None else ():
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
    origin: Origin,
    drops: list[tuple[Drop, str]],
    batch: str,
    landed_at: datetime,
    watermarks: dict[str, str],
    pulled: str,
) -> Manifest:
    """Copy and read every drop into the folder of a batch."""
    entries, first = [], 0
    if system.keeps_bytes:
        entries_of = _copy(folder / RAW, system, [drop for drop, _ in drops])
    else:
        entries_of = {drop.label: _described(drop, origin) for drop, _ in drops}
    notes: list[tuple[int, str, str, int]] = []
    with ExitStack() as stack:
        archive = stack.enter_context(zipfile.ZipFile(folder / RAW)) if system.keeps_bytes else None
        tables = {name: stack.enter_context(_Table(folder, name)) for name in system.datasets}
        for number, (drop, sha256) in enumerate(drops):
            notes += _read(system, origin, drop, number, first, archive, watermarks, tables)
            files = entries_of[drop.label]
            entries.append(DropEntry(drop.label, drop.dated, drop.datasets, sha256, first, files))
            first += len(files)
    check_control_totals(system, folder, [(drop, entry) for (drop, _), entry in zip(drops, entries, strict=True)])
    return Manifest(
        source=system.name,
        batch=batch,
        landed_at=landed_at,
        drops=tuple(entries),
        tables={name: TableEntry(table.rows, sha256_of(table.path)) for name, table in tables.items()},
        raw_sha256=sha256_of(folder / RAW) if system.keeps_bytes else None,
        notes=tuple(notes),
        read_from=watermarks,
        pulled=pulled,
    )


def _read(
    system: System,
    origin: Origin,
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

    reading = Reading(
        open=opened,
        location=lambda file: drop.files[file].location,
        database=origin.database,
        watermarks=watermarks,
    )
    try:
        with closing(ahead(system.read(drop, reading))) as parts:
            for rows in parts:
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


def _described(drop: Drop, origin: Origin) -> tuple[FileEntry, ...]:
    """The files of a drop that are not copied; a database server is none."""
    if origin.database is not None:
        return tuple(FileEntry(file.path, 0, "") for file in drop.files)
    return tuple(FileEntry(file.path, file.location.stat().st_size, sha256_of(file.location)) for file in drop.files)


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
        self._writer = pq.ParquetWriter(self.path, self.schema, compression="zstd", use_dictionary=False)
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
