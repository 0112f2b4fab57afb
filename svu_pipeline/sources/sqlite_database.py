"""A SQLite file as a transport: one snapshot, read as text, streamed as Arrow.

Rows are cast to text in the database, so that no driver guesses a type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa

from svu_pipeline.sources.system import Unreadable
from svu_pipeline.sources.text_batch import whole_rows

CURE = "Check that the file is the system's own SQLite database and is whole, then run again."


def read_tables(
    location: Path, tables: Mapping[str, Sequence[str]], changed_from: Mapping[str, str]
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """`(table, batch)` for each table of `{table: columns}`, all from one read transaction.

    Where `changed_from` has a table, only rows with `updated_at` at or after that text are read, and those whose
    `updated_at` is no instant of the agreed form (they are held, and must not be overlooked).
    Raises Unreadable when the file is no database, or a table or column is missing.
    """
    try:
        connection = adbc.connect(f"file:{location.as_posix()}?mode=ro")
    except adbc.Error:
        raise Unreadable("bad_database", "the file is not a readable SQLite database", CURE) from None
    with connection, connection.cursor() as cursor:
        for table, columns in tables.items():
            try:
                _check_columns(cursor, table, columns)
                cursor.execute(*_query(table, columns, changed_from.get(table)))
                row = 1
                for batch in cursor.fetch_record_batch():
                    batch.validate(full=True)
                    numbers = pa.arange(row, row + batch.num_rows)
                    row += batch.num_rows
                    yield table, whole_rows(columns, batch.columns, numbers)
            except pa.ArrowInvalid:
                raise Unreadable("wrong_encoding", f"table {table} holds text that is not UTF-8", CURE) from None
            except adbc.Error:
                raise Unreadable("bad_database", f"table {table} could not be read", CURE) from None


def _check_columns(cursor: adbc.Cursor, table: str, columns: Sequence[str]) -> None:
    cursor.execute("SELECT name FROM pragma_table_info(?)", parameters=(table,))
    present = {name for (name,) in cursor.fetchall()}
    if not present:
        raise Unreadable("schema_drift", f"there is no table {table}", CURE)
    missing = [column for column in columns if column not in present]
    if missing:
        raise Unreadable(
            "schema_drift",
            f"table {table} has no column {', '.join(missing)}",
            "Ask the system's owner what changed, and agree it.",
        )


def _query(table: str, columns: Sequence[str], changed_from: str | None) -> tuple[str, tuple[str, ...] | None]:
    """The read of one table; names are those of the project's contracts, never of a file."""
    listed = ", ".join(f"CAST({column} AS TEXT) AS {column}" for column in columns)
    query = f"SELECT {listed} FROM {table}"  # noqa: S608 - constant names; the bound is a parameter
    if changed_from is None:
        return query, None
    form = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z"
    since = f"trim(updated_at) >= ? OR trim(updated_at) NOT GLOB '{form}' OR updated_at IS NULL"
    return f"{query} WHERE {since}", (changed_from,)
