"""Looking for sentinels in whatever a night leaves: bytes as they are, and what is stored compressed as text."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb

from svu_pipeline_tests.oracle.cases.builder import person, pnc

NAME, FORENAME, POSTCODE, NOTE = "ZZSENTINEL_NAME", "ZZSENTINEL_FORE", "ZZSENTINEL_POST", "ZZSENTINEL_NOTE"
BORN, PNC = "1961-07-23", pnc(1979, 8_765_432)
MARKED = person(NAME, FORENAME, BORN, PNC)
SENTINELS = ("ZZSENTINEL", BORN, "23/07/1961", "19610723", PNC)
"""What must not be found; every sentinel text begins with the first."""


def told(files: Iterable[Path]) -> list[str]:
    """`file: sentinel` for each sentinel that stands in a file, in whatever case."""
    found = []
    for path in files:
        whole = b"\n".join(contents(path)).lower()
        found += [f"{path}: {sentinel}" for sentinel in SENTINELS if sentinel.lower().encode() in whole]
    return found


def contents(path: Path) -> Iterator[bytes]:
    """A file's bytes, and its content where its bytes are not its content: Parquet, DuckDB, SQLite, archives."""
    whole = path.read_bytes()
    yield whole
    if whole[:4] == b"PAR1":
        with duckdb.connect() as connection:
            yield repr(connection.execute("SELECT t::TEXT FROM read_parquet(?) t", [str(path)]).fetchall()).encode()
    elif whole[8:12] == b"DUCK":
        yield from _tables(path)
    elif whole[:15] == b"SQLite format 3":
        with closing(sqlite3.connect(path)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            yield from (repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()).encode() for (name,) in names)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())


def _tables(path: Path) -> Iterator[bytes]:
    with duckdb.connect(str(path), read_only=True) as connection:
        for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            yield repr(connection.execute(f"SELECT t::TEXT FROM {name} t").fetchall()).encode()
