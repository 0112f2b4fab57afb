"""The ledger of who is who: which person each record was taken to be about, from when on; ids that stay, and why they moved.

Append-only: an entry for each instant at which was linked, with the rows that differ from what the entries before it say.
Nothing in it is made again from anything else, so it is backed up with the batches. Here: the entries, the state they give
as at an instant, person keys for tonight's clusters, merges and splits. Not here: what makes the clusters, and the keyed
ids under which people leave the restricted zone (`keys.py`).

    view_assignment(connection, home, known)     ledger_row, ledger_entry, assigned
    recall(connection)  or  assign(connection)   assignment: as it was that night, or for the record_cluster of tonight
    append(connection, home, known, …)           the entry, unless the ledger says so already
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import instant, written
from svu_pipeline.landing.batch import BATCH_NAME, MANIFEST, batch_name
from svu_pipeline.warehouse import (
    Damaged,
    Home,
    fingerprint,
    parquet_view,
    read_json,
    read_made,
    sha256_of,
    table_of_rows,
    whole_folder,
    write_json,
    write_parquet,
)

if TYPE_CHECKING:
    import duckdb

ASSIGNMENT = "assignment.parquet"
COLUMNS = {
    "entry": "INTEGER", "dataset": "TEXT", "record_key": "TEXT", "content_id": "TEXT", "person_key": "TEXT",
    "former_key": "TEXT", "change": "TEXT", "at_80": "TEXT", "at_90": "TEXT", "at_99": "TEXT",
}  # fmt: skip
"""A row of an entry. `former_key` is the record's person until then; `change` why the row is there: the record is `new`,
its identity `changed`, it is `gone` (person_key NULL), or all that is new is how it is `relinked`."""

Decided = Iterable[tuple[datetime, str, str, str, str]]
"""Decisions that came into force or out of it: from when on, and the two records as dataset, key, dataset, key."""


@dataclass(frozen=True)
class Entry:
    """One entry: its place in the ledger from 1, the instant whose knowledge was linked, how often before at that instant.

    `model` and `layer` are the versions that linked, `decisions` how many were in force by kind; `sha256` is that of the
    rows, `previous` the fingerprint of the entry before, so that none can be taken out unseen but the newest.
    """

    number: int
    known_at: datetime
    revision: int
    rows: int
    sha256: str
    model: str
    layer: str
    decisions: Mapping[str, int]
    previous: str

    @property
    def name(self) -> str:
        return f"{batch_name(self.known_at)}-{self.revision:04d}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "decisions": dict(self.decisions), "known_at": written(self.known_at)}


def entries(home: Home, as_at: datetime | None = None) -> list[Entry]:
    """The entries known at an instant (all by default), oldest first.

    Raises Damaged when a manifest is not as it was written, or an entry before the newest is gone.
    """
    found: list[Entry] = []
    for name in _names(home, as_at):
        entry = _entry(_folder(home) / name)
        if entry.number != len(found) + 1 or entry.previous != _seal_of(found[-1:]) or entry.name != name:
            raise Damaged(f"restricted/people/ledger: an entry before {name} is gone. Restore it from the backup.")
        found.append(entry)
    return found


def covers(home: Home, known_at: datetime) -> bool:
    """Whether there is an entry for this very instant: what was linked then is read back, not linked anew."""
    return any(_instant(name) == known_at for name in _names(home, known_at)[-1:])


def view_assignment(connection: duckdb.DuckDBPyConnection, home: Home, as_at: datetime | None = None) -> None:
    """Make the state of the ledger as at an instant (by default its last): `ledger_row`, `ledger_entry` and `assigned`.

    `assigned(dataset, record_key, content_id, person_key, at_80, at_90, at_99, before)`, one row a record that stood then;
    `before` is its person as of the instants before this one, NULL for a record that was new or changed at it.
    Raises Damaged for rows that are not those that were written.
    """
    known = _view_rows(connection, home, as_at)
    at = as_at or (known[-1].known_at if known else None)
    first = next((entry.number for entry in known if entry.known_at == at), len(known) + 1)
    connection.execute(_sql("ledger.sql"), {"first": first})


def recall(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `assignment` what the ledger says of the instant of `view_assignment`, which it covers."""
    connection.execute(
        "CREATE OR REPLACE TABLE assignment AS SELECT * REPLACE (coalesce(before, person_key) AS before) FROM assigned"
    )


def assign(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `assignment(dataset, record_key, content_id, person_key, before, at_80, at_90, at_99)` from record_cluster.

    `record_cluster(dataset, record_key, content_id, cluster, at_80, at_90, at_99)` has one row a record; `assigned` and
    `ledger_row` are those of `view_assignment`. Which cluster keeps which id: `ledger_candidate.sql`. `before` is the
    person as of the night before; for a record that is new or changed, as now.
    """
    connection.execute(_sql("ledger_candidate.sql"))
    for is_borne in (True, False):
        while connection.execute(_sql("ledger_keep.sql"), {"is_borne": is_borne}).fetchall()[0][0]:
            pass
    connection.execute(_sql("ledger_assign.sql"))


def append(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    known_at: datetime,
    *,
    model: str,
    layer: str,
    decisions: Mapping[str, int],
) -> Entry | None:
    """Write down `assignment` as linked from what was known at an instant; None when the ledger says just that already.

    A caller with rivals holds the lock of the layer. `assigned` and `assignment` are those of this instant. Raises Damaged
    when the ledger knows of later instants than the batches do.
    """
    known = entries(home)
    last = known[-1] if known else None
    connection.execute(_sql("ledger_delta.sql"), {"entry": len(known) + 1})
    rows = connection.execute("SELECT count(*) FROM ledger_delta").fetchall()[0][0]
    if last and not rows and covers(home, known_at):
        return None
    if last and known_at < last.known_at:
        raise Damaged(
            f"{home.root}: what was linked at {written(last.known_at)} is on record, and nothing landed is as new. "
            "Restore restricted/landing from the backup."
        )
    revision = sum(entry.known_at == known_at for entry in known) + 1
    target = _folder(home) / f"{batch_name(known_at)}-{revision:04d}"
    with whole_folder(target) as folder:
        write_parquet(connection, "SELECT * FROM ledger_delta ORDER BY dataset, record_key", folder / ASSIGNMENT)
        sha256 = sha256_of(folder / ASSIGNMENT)
        entry = Entry(len(known) + 1, known_at, revision, rows, sha256, model, layer, decisions, _seal_of(known[-1:]))
        write_json(folder / MANIFEST, entry.as_json())
    return entry


def events(
    connection: duckdb.DuckDBPyConnection, home: Home, as_at: datetime | None = None, decided: Decided = ()
) -> None:
    """Make `person_event`, every merge and split up to an instant, one row a pair of people at an entry of the ledger.

    `known_at`; `kind`: of a `merge` person_key stands and took records in from other_key, of a `split` it stands and lost
    them to it; `records`, how many moved; `because` of a `record` that came, changed or went, of a `decision`, or of the
    `model` (its version, or the name frequencies it goes by); `causes LIST<STRUCT(dataset, record_key)>`, the records in
    question. Where part of one person went over to another, that is one of each.
    """
    _view_rows(connection, home, as_at)
    columns = {"decision": "INTEGER", "known_at": "TIMESTAMPTZ", "dataset": "TEXT", "record_key": "TEXT"}
    ends = [
        (number, at, dataset, key)
        for number, (at, *records) in enumerate(decided)
        for dataset, key in (records[:2], records[2:])
    ]
    table_of_rows(connection, "decided_record", columns, ends)
    connection.execute(_sql("ledger_event.sql"))


def damaged(home: Home) -> Iterator[tuple[str, str]]:
    """`(file, what)` for each file of the ledger that is missing or whose bytes are not those that were written."""
    changed = "missing, or changed since it was written"
    folders = [_folder(home) / name for name in _names(home, None)]
    unread = [folder for folder in folders if not read_made(folder / MANIFEST)]
    yield from ((f"restricted/people/ledger/{folder.name}/{MANIFEST}", changed) for folder in unread)
    if unread:
        return
    for folder in folders:
        if not _is_whole(folder, _entry(folder)):
            yield f"restricted/people/ledger/{folder.name}/{ASSIGNMENT}", changed
    try:
        entries(home)
    except Damaged as gap:
        yield "restricted/people/ledger", str(gap).partition(": ")[2].partition(".")[0]


def _view_rows(connection: duckdb.DuckDBPyConnection, home: Home, as_at: datetime | None) -> list[Entry]:
    """Make `ledger_row` and `ledger_entry` of the entries known at an instant, which it gives."""
    known = entries(home, as_at)
    for entry in known:
        if not _is_whole(_folder(home) / entry.name, entry):
            raise Damaged(
                f"restricted/people/ledger/{entry.name}/{ASSIGNMENT}: missing, or changed since it was written. "
                "Restore it from the backup: the ids that people bear cannot be made again."
            )
    columns = {"entry": "INTEGER", "known_at": "TIMESTAMPTZ", "revision": "INTEGER"}
    table_of_rows(connection, "ledger_entry", columns, [(e.number, e.known_at, e.revision) for e in known])
    files = [_folder(home) / entry.name / ASSIGNMENT for entry in known if entry.rows]
    if files:
        parquet_view(connection, "ledger_row", files)
    else:
        listed = ", ".join(f"NULL::{kind} AS {name}" for name, kind in COLUMNS.items())
        connection.execute(f"CREATE OR REPLACE VIEW ledger_row AS SELECT {listed} WHERE false")
    return known


def _is_whole(folder: Path, entry: Entry) -> bool:
    path = folder / ASSIGNMENT
    return path.is_file() and sha256_of(path) == entry.sha256


def _folder(home: Home) -> Path:
    return home.people / "ledger"


def _names(home: Home, as_at: datetime | None) -> list[str]:
    place = _folder(home)
    if not place.is_dir():
        return []
    names = sorted(entry.name for entry in place.iterdir() if not entry.name.startswith("."))
    return [name for name in names if as_at is None or _instant(name) <= as_at]


def _instant(name: str) -> datetime:
    return datetime.strptime(name.partition("-")[0], BATCH_NAME).replace(tzinfo=UTC)


def _entry(folder: Path) -> Entry:
    path = folder / MANIFEST
    if not path.is_file():
        raise Damaged(f"restricted/people/ledger/{folder.name}/{MANIFEST}: missing. Restore it from the backup.")
    content = read_json(path)
    return Entry(**{**content, "known_at": instant(content["known_at"])})


def _seal_of(last: list[Entry]) -> str:
    return fingerprint(last[0].as_json()) if last else ""


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.people").joinpath(name).read_text("utf-8")
