"""The fact tables keep what their opening comments promise."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from svu_pipeline.contracts.common_rules import DISTRICTS, UNITS
from svu_pipeline.contracts.courts import DETERMINATE_CUSTODY
from svu_pipeline.contracts.property import DRUGS, WEAPON_TYPES
from svu_pipeline.description import fact_columns
from svu_pipeline.facts import build
from svu_pipeline.facts.table import FactTable, fact_tables
from svu_pipeline_tests.night import Force

REFERENCE = Path(build.__file__).parent / "reference"


def reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def columns_of(force: Force, name: str) -> dict[str, str]:
    with duckdb.connect() as connection:
        rows = connection.execute(f"DESCRIBE SELECT * FROM '{force.home.facts / name}.parquet'").fetchall()
    return {row[0]: row[1] for row in rows}


@pytest.mark.slow
@pytest.mark.parametrize("table", fact_tables().values(), ids=lambda table: table.name)
def test_a_fact_is_as_its_comment_says(table: FactTable, demo_night: Force) -> None:
    """Columns in order, one row a grain, no float, no name, no date of birth, no postcode."""
    columns = columns_of(demo_night, table.name)
    assert list(columns) == [column.name for column in table.columns]
    assert not {"DOUBLE", "FLOAT"} & set(columns.values())
    told = {column.name: column.type for column in fact_columns(table)}
    kinds = {"BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "timestamp", "VARCHAR": "varchar"}
    assert {name: kinds.get(kind, "a whole number") for name, kind in columns.items()} == {
        name: "a whole number" if kind in ("bigint", "integer") else kind for name, kind in told.items()
    }
    assert not {"surname", "forenames", "date_of_birth", "home_postcode", "postcode", "pnc_id"} & set(columns)
    assert table.description and table.grain and set(table.grain) <= set(columns)


def test_a_join_that_multiplies_rows_is_caught() -> None:
    """Two reference rows for one code double a fact's rows: both the grain and the row count say so."""
    table = fact_tables()["fct_custody_outcome"]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE custody_outcome AS SELECT 'c' AS custody_ref")
        connection.execute(f"CREATE TABLE {table.name} AS SELECT 'c' AS custody_ref UNION ALL SELECT 'c'")
        failing = {check.name: check.failing for check in build.check(connection, table)}
    assert failing == {"grain_is_unique": 1, "no_float": 0, "rows_are_kept": 1}


def test_a_lost_row_and_a_float_are_caught() -> None:
    """A fact with a row missing, or with a floating-point column, does not pass."""
    table = fact_tables()["fct_custody_outcome"]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE custody_outcome AS SELECT unnest(['c', 'd']) AS custody_ref")
        connection.execute(f"CREATE TABLE {table.name} AS SELECT 'c' AS custody_ref, 1.5::DOUBLE AS x")
        failing = {check.name: check.failing for check in build.check(connection, table)}
    assert failing == {"grain_is_unique": 0, "no_float": 1, "rows_are_kept": 1}


def test_the_reference_tables_know_every_code_of_the_contracts() -> None:
    """Units, districts, weapons, drugs and custodial results stand in one list each, and the lists agree."""
    assert {row["unit_code"] for row in reference("unit")} == set(UNITS)
    assert {row["set_up_on"] for row in reference("unit")} == {"2020-07-01"}
    assert {row["district_code"]: row["district_name"] for row in reference("district")} == DISTRICTS
    assert {row["item_type"] for row in reference("weapon_type")} == set(WEAPON_TYPES)
    assert {row["drug"] for row in reference("drug_class")} >= set(DRUGS)
    determinate = {row["result_code"] for row in reference("result_code") if row["treatment"] == "determinate"}
    assert determinate == set(DETERMINATE_CUSTODY)


def test_a_drug_has_one_class_on_any_day() -> None:
    """Periods of a drug do not overlap; nitrous oxide is class C from 8 November 2023."""
    periods: dict[str, list[tuple[str, str]]] = {}
    for row in reference("drug_class"):
        periods.setdefault(row["drug"], []).append((row["from_on"], row["to_on"]))
    for spans in periods.values():
        ordered = sorted(spans)
        assert all(before[1] < after[0] for before, after in pairwise(ordered))
    assert periods["NITROUS_OXIDE"] == [("2023-11-08", "9999-12-31")]


def chains(*records: tuple[str, str | None]) -> dict[str, tuple[str, int]]:
    """Chain and place by custody record, of records given as (reference, transferred from)."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE custody_record (custody_ref TEXT, transferred_from TEXT)")
        connection.executemany("INSERT INTO custody_record VALUES (?, ?)", records)
        rows = connection.execute(fact_tables()["custody_chain"].query).fetchall()
    assert len(rows) == len(records), "every record stands in one chain"
    return {ref: (chain, place) for ref, chain, place, _ in rows}


def test_chains_of_transfers() -> None:
    """A chain of three, a missing predecessor, a fork, a record that names itself, and a ring."""
    assert chains(("a", None), ("b", "a"), ("c", "b")) == {"a": ("a", 0), "b": ("a", 1), "c": ("a", 2)}
    assert chains(("b", "gone")) == {"b": ("b", 0)}
    assert chains(("a", None), ("b", "a"), ("c", "a")) == {"a": ("a", 0), "b": ("a", 1), "c": ("a", 1)}
    assert chains(("a", "a")) == {"a": ("a", 0)}
    ring = chains(("a", "c"), ("b", "a"), ("c", "b"), ("d", "c"))
    assert {chain for chain, _ in ring.values()} == {"a"} and ring["a"] == ("a", 0)
