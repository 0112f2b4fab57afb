"""SQLite files whose bytes depend on the rows alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from svu_pipeline.demo.records import Record

# SQLite stamps the number of the library that wrote the file into its header (file format, offset 96); any
# number reads the same, so that one is fixed.
VERSION_OFFSET, VERSION_STAMP = 96, (3_040_000).to_bytes(4, "big")


def write_database(path: Path, tables: Mapping[str, tuple[Sequence[str], Sequence[Record]]]) -> None:
    """One table of text columns per entry (columns, records); the first column is its key; "" is NULL."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size = 4096")
    connection.execute("PRAGMA journal_mode = OFF")
    with connection:
        for table, (columns, records) in tables.items():
            key, *others = columns
            listed = ", ".join([f"{key} TEXT PRIMARY KEY", *(f"{column} TEXT" for column in others)])
            connection.execute(f"CREATE TABLE {table} ({listed})")
            rows = [[record.values[column] or None for column in columns] for record in records]
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - our names
    connection.close()
    with path.open("r+b") as file:
        file.seek(VERSION_OFFSET)
        file.write(VERSION_STAMP)
