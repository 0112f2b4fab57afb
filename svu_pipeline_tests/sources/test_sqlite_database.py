"""SQLite as a transport: sparse columns, names, drift, and a file that is damaged further in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest

from svu_pipeline.sources.sqlite_database import read_tables
from svu_pipeline.sources.system import Shape, Unreadable

RECORD = {"record": Shape({"ref": "ref", "updated_at": "updated_at"}, table="record")}
SURNAME = "ZZSENTINEL_Quillfeather"


def database(path: Path, create: str, rows: Iterable[tuple[str | None, ...]] = ()) -> Path:
    """A file with the table `record` of two columns."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(create)
        connection.executemany("INSERT INTO record VALUES (?, ?)", rows)
    return path


def read(path: Path, notes: list[tuple[str, str, int]] | None = None) -> pa.Table:
    """All rows, as read."""
    noted = [] if notes is None else notes
    read = read_tables(path, RECORD, {}, lambda *note: noted.append(note))
    return pa.Table.from_batches([batch for _, batch in read])


def test_column_that_is_empty_for_long(tmp_path: Path) -> None:
    """A column that is null in the first thousands of rows, or in all, is text like any other; rows are numbered from 1."""
    rows = [(None, None if number < 5_000 else f"x{number}") for number in range(6_000)]
    found = read(database(tmp_path / "a.sqlite", "CREATE TABLE record (ref TEXT, updated_at TEXT)", rows))
    assert found.select(["ref", "updated_at"]).to_pylist() == [{"ref": ref, "updated_at": text} for ref, text in rows]
    assert found["_row"].to_pylist() == list(range(1, 6_001))


@pytest.mark.parametrize("count", [0, 1, 1_023, 1_024, 2_047, 2_048])
def test_every_row_is_read(count: int, tmp_path: Path) -> None:
    """However the rows fall into the driver's batches of 1,024."""
    rows = [(str(number), None) for number in range(count)]
    found = read(database(tmp_path / "a.sqlite", "CREATE TABLE record (ref TEXT, updated_at TEXT)", rows))
    assert found["ref"].to_pylist() == [ref for ref, _ in rows]
    assert found["_row"].to_pylist() == list(range(1, count + 1))


def test_names_are_quoted(tmp_path: Path) -> None:
    """S07: a real name is read whatever characters it has; one that is not there is refused, and nothing of it is run."""
    path = database(tmp_path / "a.sqlite", "CREATE TABLE record (ref TEXT, updated_at TEXT)", [("a", "b")])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('ALTER TABLE record RENAME COLUMN ref TO "weird ""name"')
        connection.execute('ALTER TABLE record RENAME TO "Detained ""persons""; --"')
    names = {"ref": 'weird "name', "updated_at": "updated_at"}
    shape = Shape(names, table='Detained "persons"; --')
    ((_, batch),) = read_tables(path, {"record": shape}, {}, lambda *_: None)
    assert batch["ref"].to_pylist() == ["a"]
    for hostile in ('record"; DROP TABLE record; --', "sqlite_master WHERE 1", ""):
        with pytest.raises(Unreadable, match="no table"):
            list(read_tables(path, {"record": Shape(names, table=hostile)}, {}, lambda *_: None))


@pytest.mark.parametrize("columns", ["reference TEXT, updated_at TEXT", "REF TEXT, updated_at TEXT", "other, ref TEXT"])
def test_lost_column_is_drift(columns: str, tmp_path: Path) -> None:
    """F41: a column renamed, in another case or gone refuses the source, though SQLite itself is lax about case."""
    with pytest.raises(Unreadable, match="has no column") as caught:
        read(database(tmp_path / "a.sqlite", f"CREATE TABLE record ({columns})"))
    assert caught.value.code == "schema_drift"


def test_added_and_reordered_columns(tmp_path: Path) -> None:
    """F41: columns are read by name; one that was added is noted."""
    path = database(tmp_path / "a.sqlite", "CREATE TABLE record (updated_at TEXT, ref TEXT)", [("b", "a")])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE record ADD COLUMN added TEXT DEFAULT 'x'")
    notes: list[tuple[str, str, int]] = []
    assert read(path, notes).select(["ref", "updated_at"]).to_pylist() == [{"ref": "a", "updated_at": "b"}]
    assert notes == [("record", "new_column", 1)]


def test_file_that_is_damaged_further_in(tmp_path: Path) -> None:
    """F07 for a file: what cannot be read after the first rows refuses the source, and no value is in the message."""
    rows = [(f"{SURNAME}{number}", "2023-09-14T16:05:11Z") for number in range(20_000)]
    path = database(tmp_path / "a.sqlite", "CREATE TABLE record (ref TEXT, updated_at TEXT)", rows)
    with path.open("r+b") as file:
        file.seek(path.stat().st_size * 3 // 4 // 4096 * 4096)
        file.write(b"\xff" * 4096 * 8)
    with pytest.raises(Unreadable) as caught:
        read(path)
    assert caught.value.code == "bad_database"
    assert "ZZSENTINEL" not in str(caught.value)
