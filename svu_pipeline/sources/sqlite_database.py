"""A SQLite file as a transport: one snapshot, read as text, streamed as Arrow.

Rows are cast to text in the database, so that no driver guesses a type.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from pathlib import Path
from urllib.parse import quote

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa

from svu_pipeline.sources.database import CHANGED_AT, Note, check_columns, quoted, stream
from svu_pipeline.sources.system import Shape, Shapes, Unreadable
from svu_pipeline.sources.text_batch import whole_rows

CURE = "Check that the file is the system's own SQLite database and is whole, then run again."
NUMBERS = ("INT", "REAL", "FLOA", "DOUB")
"""What SQLite takes for a number in a declared type (its rules of affinity, 3.1)."""

INSTANT_FORM = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z"


def read_tables(
    where: Path, shapes: Shapes, changed_from: Mapping[str, str], note: Note
) -> Generator[tuple[str, pa.RecordBatch]]:
    """`(dataset, batch)` for each table, all from one read transaction.

    Where `changed_from` has a dataset, only rows with `updated_at` at or after that text are read, and those whose
    `updated_at` is no instant of the agreed form (they are held, and must not be overlooked).
    Raises Unreadable when the file is no database, or a table or column is missing.
    """
    try:
        connection = adbc.connect(f"file:{quote(where.as_posix())}?mode=ro")
    except adbc.Error:
        raise Unreadable("bad_database", "the file is not a readable SQLite database", CURE) from None
    with connection, connection.cursor() as cursor:
        for dataset, shape in shapes.items():
            try:
                check_columns(shape, _columns(cursor, shape), dataset, note)
                cursor.execute(*_query(shape, changed_from.get(dataset)))
                row = 0
                for batch in stream(cursor):
                    whole = whole_rows(list(shape.names), batch.columns, pa.arange(row, row + batch.num_rows))
                    yield dataset, whole if row else whole.slice(1)
                    row += batch.num_rows
            except (pa.ArrowInvalid, UnicodeDecodeError):
                raise Unreadable("wrong_encoding", f"table {shape.table} holds text that is not UTF-8", CURE) from None
            except (adbc.Error, OSError):
                raise Unreadable("bad_database", f"table {shape.table} could not be read", CURE) from None


def _columns(cursor: adbc.Cursor, shape: Shape) -> set[str]:
    """The columns that the file says the table has; none when there is no such table.

    Raises Unreadable where one of ours is declared as a number: leading noughts and long references are then gone.
    """
    cursor.execute("SELECT name, type FROM pragma_table_info(?)", parameters=(shape.table,))
    declared = {name: str(kind).upper() for name, kind in cursor.fetchall()}
    numbers = [name for name in shape.names.values() if any(word in declared.get(name, "") for word in NUMBERS)]
    if numbers:
        problem = f"table {shape.table} keeps numbers where text was agreed, in {', '.join(numbers)}"
        raise Unreadable("schema_drift", problem, CURE)
    return set(declared)


def _query(shape: Shape, changed_from: str | None) -> tuple[str, tuple[str, ...] | None]:
    """The read of one table whose names have been checked; the bound is a parameter.

    Row 0 is no record: it has empty text in every column, for the driver takes the type of a column from the first rows,
    and a column that is null in all of them for one of numbers.
    """
    row_0 = ", ".join(f"'' AS {quoted(ours)}" for ours in shape.names)
    listed = ", ".join(f"CAST({quoted(theirs)} AS TEXT)" for theirs in shape.names.values())
    query = f"SELECT {row_0} UNION ALL SELECT {listed} FROM {quoted(shape.table)}"  # noqa: S608 - names of the database
    if changed_from is None:
        return query, None
    changed = quoted(shape.names[CHANGED_AT])
    since = f"trim({changed}) >= ? OR trim({changed}) NOT GLOB '{INSTANT_FORM}' OR {changed} IS NULL"
    return f"{query} WHERE {since}", (changed_from,)
