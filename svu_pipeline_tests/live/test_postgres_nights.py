"""Nights against a PostgreSQL: a connection that breaks, rows that change meanwhile, rows that commit late, odd times."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from svu_pipeline.contracts.verdict import judge
from svu_pipeline.demo.live.postgres_server import READER, VIEW_SCHEMA, PostgresServer
from svu_pipeline.landing.batch import manifests, table_path
from svu_pipeline.settings import SourceSettings
from svu_pipeline.sources import postgres_database
from svu_pipeline.sources.place import PostgresPlace, Secret
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline_tests.live.postgres import Sandbox
from svu_pipeline_tests.night import Force

ROWS = 24_000
"""With the long forenames below about 40 MB: far more than any buffer between the server and the reader holds."""

KILLED_AT = (1, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000)

RECORD = {
    "custody_ref": "42CU/000001/23", "surname": "Arkwright", "forenames": "Edwin", "date_of_birth": "2001-04-03", "sex": "M",
    "arrested_at": "2023-09-14 12:00:00", "arrest_reason": "NEW_OFFENCE", "arresting_unit": "SVU_HQ",
    "district_code": "E07000066", "lead_offence_code": "MD71171", "record_status": "LIVE",
    "updated_at": "2023-09-14T16:05:11Z",
}  # fmt: skip


@pytest.fixture
def custody(sandbox: Sandbox) -> Sandbox:
    """A custody system with an empty table, every column text."""
    create(sandbox, "text")
    return sandbox


@pytest.fixture
def live(force: Force, custody: Sandbox) -> Force:
    """A home whose custody records come from that table."""
    force.by_source["custody"] = SourceSettings(place=custody.place())
    return force


def create(sandbox: Sandbox, kind: str, **others: str) -> None:
    """A table of custody records whose columns are all of one type, but for `others`."""
    columns = SYSTEMS["custody"].columns["custody_record"]
    sandbox.run(f"CREATE TABLE custody_record ({', '.join(f'{name} {others.get(name, kind)}' for name in columns)})")


def add(custody: Sandbox, **changes: str) -> None:
    """Insert one record that a contract accepts, but for `changes`."""
    record = {**RECORD, **changes}
    values = ", ".join(f"'{value}'" for value in record.values())
    custody.run(f"INSERT INTO custody_record ({', '.join(record)}) VALUES ({values})")


def landed(force: Force, column: str = "custody_ref") -> list[list[str]]:
    """That column of each batch."""
    known = manifests(force.home, "custody")
    return [pq.read_table(table_path(force.home, one, "custody_record"))[column].to_pylist() for one in known]


def night(force: Force) -> bool | None:
    """One night of custody alone: whether it brought a batch, None when it was refused."""
    return force.land(force.root, ["custody"]).get("custody")


@pytest.mark.slow
def test_server_that_ends_the_connection(live: Force, custody: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """F07: ended by the administrator at row k, for ten k: refused, nothing kept; the next try brings all of one state."""
    custody.run(
        f"""INSERT INTO custody_record (custody_ref, surname, forenames, updated_at)
            SELECT n::text, 'before', repeat(md5(n::text), 50), '2023-09-14T16:05:11Z' FROM generate_series(1, {ROWS}) n"""
    )
    monkeypatch.setattr(postgres_database, "BATCH_BYTES", 200_000)
    whole_reading = postgres_database.read_tables
    for row in KILLED_AT:
        monkeypatch.setattr(postgres_database, "read_tables", killed_at(row, custody, whole_reading))
        assert night(live) is None
        (refused,) = live.refused
        assert (refused.code, refused.may_pass) == ("connection_lost", True)
        assert manifests(live.home, "custody") == []
        assert not list(live.home.landing("custody").glob("**/*.parquet"))
    monkeypatch.setattr(postgres_database, "read_tables", whole_reading)
    assert night(live)
    ((*surnames,),) = landed(live, "surname")
    assert surnames == ["before"] * ROWS


def killed_at(row: int, custody: Sandbox, whole_reading: Any) -> Any:
    """The same reading, whose session the administrator ends when row `row` has been read, and changes every row."""

    def reading(*arguments: Any) -> Iterator[Any]:
        alive, rows = True, 0
        for dataset, batch in whole_reading(*arguments):
            rows += batch.num_rows
            if alive and rows >= row:
                ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'svu_pipeline'"
                assert custody.run(ended) == [(True,)]
                alive = False
            yield dataset, batch

    return reading


def test_rows_that_change_during_the_reading(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """F07: all tables of a system come from one snapshot, though every row of each changes after the first one read."""
    shapes = SYSTEMS["case_file"].shapes
    for dataset, shape in shapes.items():
        sandbox.run(
            f"CREATE TABLE {dataset} ({', '.join(f'{name} text' for name in shape.names)})",
            f"INSERT INTO {dataset} (custody_ref, updated_at) SELECT 'before', '' FROM generate_series(1, 3000)",
        )
    monkeypatch.setattr(postgres_database, "BATCH_BYTES", 10_000)
    reading = postgres_database.read_tables(sandbox.place(), shapes, {}, lambda *_: None)
    seen = next(reading)[1]["custody_ref"].to_pylist()
    sandbox.run(
        *(f"UPDATE {dataset} SET custody_ref = 'after'" for dataset in shapes),
        *(f"INSERT INTO {dataset} (custody_ref) VALUES ('after')" for dataset in shapes),
    )
    for _, batch in reading:
        seen += batch["custody_ref"].to_pylist()
    assert seen == ["before"] * 9_000
    assert {row["custody_ref"] for row in sandbox.read(shapes)} == {"after"}


def test_row_of_the_watermarks_own_instant(live: Force, custody: Sandbox) -> None:
    """F09: a record committed later with exactly the instant that was the latest is brought by the next night."""
    add(custody)
    assert night(live)
    add(custody, custody_ref="42CU/000002/23")
    assert night(live)
    assert landed(live) == [["42CU/000001/23"], ["42CU/000001/23", "42CU/000002/23"]]
    assert night(live) is False
    account = live.accounts()["custody_record"]
    assert (account["landed"], account["current"], account["duplicate"]) == (3, 2, 1)


def test_row_that_commits_late(live: Force, custody: Sandbox) -> None:
    """F10: a record whose last change lies ten minutes before the watermark is inside the overlap."""
    add(custody)
    assert night(live)
    add(custody, custody_ref="42CU/000002/23", updated_at="2023-09-14T15:55:11Z")
    assert night(live)
    assert landed(live)[-1] == ["42CU/000001/23", "42CU/000002/23"]


def test_row_that_commits_too_late(live: Force, custody: Sandbox) -> None:
    """F10: outside the overlap it is found by the weekly reading of everything, and not before."""
    add(custody)
    assert night(live)
    add(custody, custody_ref="42CU/000002/23", updated_at="2023-09-12T15:55:11Z")
    assert [night(live) for _ in range(7)] == [False] * 6 + [True]
    assert landed(live)[-1] == ["42CU/000001/23", "42CU/000002/23"]


@pytest.mark.parametrize(
    ("arrested_at", "reason", "held"),
    [("2023-10-29 01:30:00", "ambiguous_time", 0), ("2023-03-26 01:30:00", "nonexistent_time", 1)],
)
def test_local_time_at_a_clock_change(arrested_at: str, reason: str, held: int, force: Force, sandbox: Sandbox) -> None:
    """B68, B69: a timestamp without a zone is London's wall clock: twice real, and warned, or never, and held."""
    create(sandbox, "text", arrested_at="timestamp", date_of_birth="date", updated_at="timestamptz")
    force.by_source["custody"] = SourceSettings(place=sandbox.place())
    add(sandbox, arrested_at=arrested_at, updated_at="2023-12-01T00:00:00Z")
    assert night(force)
    (verdict,) = judge(force.home, "custody")
    assert verdict.tables["custody_record"].held == held
    assert verdict.tables["custody_record"].rules == {f"arrested_at__{reason}": 1}


def test_padding_is_no_part_of_a_value(force: Force, sandbox: Sandbox) -> None:
    """B67: fixed-length columns and padded text are the same records as without: a duplicate, and nothing held."""
    create(sandbox, "char(40)")
    force.by_source["custody"] = SourceSettings(place=sandbox.place())
    add(sandbox)
    assert night(force)
    assert landed(force) == [["42CU/000001/23"]]
    padded: Mapping[str, str] = {name: f"{value}   " for name, value in RECORD.items()}
    sandbox.run(*(f"ALTER TABLE custody_record ALTER {name} TYPE varchar(60)" for name in RECORD))
    add(sandbox, **padded)
    night(force)
    account = force.accounts()["custody_record"]
    assert (account["current"], account["held"]) == (1, 0)
    assert account["duplicate"] == account["landed"] - 1


def test_later_extract_replaces_the_rows(postgres: PostgresServer, demo_sources: Path, tmp_path: Path) -> None:
    """The demonstration's server takes a later night's extract while it is read: the reading goes on with the one before."""
    shapes = SYSTEMS["case_file"].shapes
    place = PostgresPlace(f"{postgres.url}/case_file", READER, Secret(file=postgres.password_file), VIEW_SCHEMA)
    for name in ("custody.sqlite", "case_file.sqlite"):
        shutil.copy(demo_sources / name, tmp_path)
    with closing(sqlite3.connect(tmp_path / "case_file.sqlite")) as later, later:
        for dataset in shapes:
            later.execute(f"DELETE FROM {dataset} WHERE rowid > 7")

    def counts() -> Iterator[tuple[str, int]]:
        for dataset, batch in postgres_database.read_tables(place, shapes, {}, lambda *_: None):
            yield dataset, batch.num_rows

    before = list(counts())
    reading = counts()
    seen = [next(reading)]
    try:
        postgres.load(tmp_path)
        assert [*seen, *reading] == before
        assert list(counts()) == [(dataset, 7) for dataset in shapes]
    finally:
        postgres.load(demo_sources)


def test_text_as_long_as_a_limit(live: Force, custody: Sandbox) -> None:
    """B67: a text of exactly 4,000 characters was cut by a system on its way: held."""
    add(custody, forenames="E" * 4_000)
    add(custody, custody_ref="42CU/000002/23", forenames="E" * 3_999)
    assert night(live)
    (verdict,) = judge(live.home, "custody")
    assert verdict.tables["custody_record"].held == 1
    assert verdict.tables["custody_record"].rules == {"row__length_at_limit": 1}
