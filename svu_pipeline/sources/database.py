"""What the readers of databases share: a table by its names on both sides, and names checked and quoted.

Here: no driver. The readers are `sqlite_database.py` and `postgres_database.py`, of one shape:
`read_tables(where, tables, changed_from, note)`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from svu_pipeline.sources.system import Unreadable

CHANGED_AT = "updated_at"
"""Our column that says when a record last changed, in UTC: what an incremental table is read by (sources.md, 1 and 2)."""

ASK_THE_OWNER = "Ask the system's owner what changed, and agree it."

Note = Callable[[str, str, int], None]
"""Records that `count` things of kind `code` were seen in a dataset: `note(dataset, code, count)`."""


@dataclass(frozen=True)
class Table:
    """One table or view as its system calls it: its name there, and its column there for each column of ours."""

    name: str
    columns: Mapping[str, str]


def check_columns(table: Table, present: Collection[str], dataset: str, note: Note) -> None:
    """Hold a table's names against those the database itself lists: Unreadable when it, or one of its columns, is not there.

    A name goes into a query only after this, so that nothing but a real name can (configuration may say anything).
    Columns that no one asked for are not read, and noted.
    """
    if not present:
        raise Unreadable("schema_drift", f"there is no table {table.name}", ASK_THE_OWNER)
    missing = [name for name in table.columns.values() if name not in present]
    if missing:
        raise Unreadable("schema_drift", f"table {table.name} has no column {', '.join(missing)}", ASK_THE_OWNER)
    note(dataset, "new_column", len(set(present) - set(table.columns.values())))


def quoted(name: str) -> str:
    """A name as an SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'
