"""A SQLite file as a transport: one snapshot, read as text, streamed as Arrow.

Rows are cast to text in the database, so that no driver guesses a type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa

from svu_pipeline.sources.database import CHANGED_AT, Note, Table, check_columns, quoted
from svu_pipeline.sources.system import Unreadable
from svu_pipeline.sources.text_batch import whole_rows

CURE = "Check that the file is the system's own SQLite database and is whole, then run again."
INSTANT_FORM = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z"


def read_tables(
    where: Path, tables: Mapping[str, Table], changed_from: Mapping[str, str], note: Note
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """`(dataset, batch)` for each table of `{dataset: table}`, all from one read transaction.

    Where `changed_from` has a dataset, only rows with `updated_at` at or after that text are read, and those whose
    `updated_at` is no instant of the agreed form (they are held, and must not be overlooked).
    Raises Unreadable when the file is no database, or a table or column is missing.
    """
    try:
        connection = adbc.connect(f"file:{where.as_posix()}?mode=ro")
    except adbc.Error:
        raise Unreadable("bad_database", "the file is not a readable SQLite database", CURE) from None
    with connection, connection.cursor() as cursor:
        for dataset, table in tables.items():
            try:
                check_columns(table, _columns(cursor, table), dataset, note)
                cursor.execute(*_query(table, changed_from.get(dataset)))
                row = 1
                for batch in cursor.fetch_record_batch():
                    batch.validate(full=True)
                    numbers = pa.arange(row, row + batch.num_rows)
                    row += batch.num_rows
                    yield dataset, whole_rows(list(table.columns), batch.columns, numbers)
            except pa.ArrowInvalid:
                raise Unreadable("wrong_encoding", f"table {table.name} holds text that is not UTF-8", CURE) from None
            except adbc.Error:
                raise Unreadable("bad_database", f"table {table.name} could not be read", CURE) from None


def _columns(cursor: adbc.Cursor, table: Table) -> set[str]:
    """The columns that the file says the table has; none when there is no such table."""
    cursor.execute("SELECT name FROM pragma_table_info(?)", parameters=(table.name,))
    return {name for (name,) in cursor.fetchall()}


def _query(table: Table, changed_from: str | None) -> tuple[str, tuple[str, ...] | None]:
    """The read of one table whose names have been checked; the bound is a parameter."""
    listed = ", ".join(f"CAST({quoted(theirs)} AS TEXT) AS {quoted(ours)}" for ours, theirs in table.columns.items())
    query = f"SELECT {listed} FROM {quoted(table.name)}"  # noqa: S608 - names of the database itself
    if changed_from is None:
        return query, None
    changed = quoted(table.columns[CHANGED_AT])
    since = f"trim({changed}) >= ? OR trim({changed}) NOT GLOB '{INSTANT_FORM}' OR {changed} IS NULL"
    return f"{query} WHERE {since}", (changed_from,)
