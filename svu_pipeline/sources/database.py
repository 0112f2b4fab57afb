"""A relational database as a source: its server or its SQLite file, and what the readers of both share.

Here: which of the two is read, names checked and quoted, rows streamed. Not here: what is any one database's own. The
readers are `postgres_database.py` and `sqlite_database.py`, of one shape: `read_tables(where, shapes, changed_from, note)`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from svu_pipeline.sources.system import Drop, Reading, Rows, Shape, Shapes, Unreadable

if TYPE_CHECKING:
    import pyarrow as pa
    from adbc_driver_manager.dbapi import Cursor

CHANGED_AT = "updated_at"
"""Our column that says when a record last changed, in UTC: what an incremental table is read by (sources.md, 1 and 2)."""

ASK_THE_OWNER = "Ask the system's owner what changed, and agree it."

Note = Callable[[str, str, int], None]
"""Records that `count` things of kind `code` were seen in a dataset: `note(dataset, code, count)`."""


def read_database(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The rows of a system's tables from one snapshot, each table from its own watermark; Unreadable as the readers say."""

    from svu_pipeline.sources.text_batch import held_at_limit

    def note(dataset: str, code: str, count: int) -> None:
        reading.note(0, dataset, code, count)

    for dataset, batch in _tables(reading, shapes, note):
        yield Rows(dataset, 0, held_at_limit(batch))


def _tables(reading: Reading, shapes: Shapes, note: Note) -> Iterator[tuple[str, pa.RecordBatch]]:
    if reading.database is not None:
        from svu_pipeline.sources import postgres_database

        return postgres_database.read_tables(reading.database, shapes, reading.watermarks, note)
    from svu_pipeline.sources import sqlite_database

    return sqlite_database.read_tables(reading.location(0), shapes, reading.watermarks, note)


def check_columns(shape: Shape, present: Collection[str], dataset: str, note: Note) -> None:
    """Hold the names of a shape against those the database itself lists: Unreadable when one is not there.

    A name goes into a query only after this, so that nothing but a real name can (configuration may say anything).
    Columns that no one asked for are not read, and noted.
    """
    if not present:
        raise Unreadable("schema_drift", f"there is no table {shape.table}", ASK_THE_OWNER)
    missing = [name for name in shape.names.values() if name not in present]
    if missing:
        raise Unreadable("schema_drift", f"table {shape.table} has no column {', '.join(missing)}", ASK_THE_OWNER)
    note(dataset, "new_column", len(set(present) - set(shape.names.values())))


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def stream(cursor: Cursor) -> Iterator[pa.RecordBatch]:
    """The rows of an executed query as they come, each batch whole and its text UTF-8.

    Raises ArrowInvalid for text that is not, and the driver's own error, or OSError where it has none to give: what the
    cursor's `fetch_record_batch` raises has always lost the code that says what went wrong (arrow-adbc issue 1523: use that
    method once it is closed).
    """
    from adbc_driver_manager._reader import AdbcRecordBatchReader

    rows = cursor.fetch_arrow()
    for batch in AdbcRecordBatchReader._import_from_c(rows.address):
        batch.validate(full=True)
        yield batch
