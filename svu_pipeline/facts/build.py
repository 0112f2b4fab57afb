"""Building the facts in a session: a pure function of the standing rows, the people, the reference tables and the code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.facts.table import FactTable, fact_tables

if TYPE_CHECKING:
    import duckdb

REFERENCE = {
    "unit": "unit_code TEXT, unit_name TEXT, set_up_on DATE",
    "district": "district_code TEXT, district_name TEXT",
    "drug_class": "drug TEXT, drug_class TEXT, from_on DATE, to_on DATE",
    "offence_group": "offence_code TEXT, offence_group TEXT",
    "result_code": "result_code TEXT, treatment TEXT",
    "weapon_type": "item_type TEXT, weapon_group TEXT",
}
"""The dated and coded tables that the project keeps, in facts/reference/."""

CREDIT = "credit_is_undisputed"
"""The check that little of what is credited to the unit, or to another, has the other evidence against it."""


@dataclass(frozen=True)
class FactCheck:
    """Whether a fact table is what it says: the name of the check, how many rows break it, and what that means."""

    name: str
    failing: int
    words: str


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Load the reference tables and macros into a session."""
    import pyarrow.csv as arrow_csv

    folder = resources.files("svu_pipeline.facts")
    connection.execute(folder.joinpath("macros.sql").read_text("utf-8"))
    for name, columns in REFERENCE.items():
        with resources.as_file(folder.joinpath("reference", f"{name}.csv")) as path:
            connection.register("reference_file", arrow_csv.read_csv(path))
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        connection.execute(f"INSERT INTO {name} SELECT * FROM reference_file")  # noqa: S608 - a constant name
        connection.unregister("reference_file")


def current_views(connection: duckdb.DuckDBPyConnection, datasets: Iterable[str] = tuple(CONTRACTS)) -> None:
    """A view `<dataset>` over the current rows of each `standing_<dataset>`."""
    for dataset in datasets:
        connection.execute(
            f"CREATE OR REPLACE VIEW {dataset} AS SELECT * FROM standing_{dataset} WHERE _status = 'current'"  # noqa: S608
        )


def build(connection: duckdb.DuckDBPyConnection, names: Iterable[str] | None = None) -> list[FactTable]:
    """Build fact tables (all by default) in a session that has the current views, `person_record` and `prepare`d tables."""
    wanted = set(fact_tables() if names is None else names)
    built = [table for table in fact_tables().values() if table.name in wanted]
    for table in built:
        connection.execute(f"CREATE OR REPLACE TABLE {table.name} AS {ordered(table)}")
    return built


def ordered(table: FactTable) -> str:
    """A fact's query in the order of its grain, so that equal facts are equal bytes."""
    return f"SELECT * FROM ({table.query}) ORDER BY {', '.join(table.grain)}"  # noqa: S608 - our own file


def check(connection: duckdb.DuckDBPyConnection, table: FactTable) -> list[FactCheck]:
    """The promises of a fact table: one row a grain, no row lost or multiplied by a join, and no float; what is disputed."""
    grain = ", ".join(table.grain)
    repeated = connection.execute(
        f"SELECT count(*) FROM (SELECT {grain} FROM {table.name} GROUP BY ALL HAVING count(*) > 1)"  # noqa: S608
    ).fetchall()[0][0]
    types = connection.execute(f"DESCRIBE {table.name}").fetchall()
    floats = sum(kind in ("DOUBLE", "FLOAT") for _, kind, *_ in types)
    checks = [
        FactCheck("grain_is_unique", repeated, f"rows are one each by {grain}"),
        FactCheck("no_float", floats, "no column is a floating-point number"),
    ]
    if table.rows:
        apart = connection.execute(
            f"SELECT abs((SELECT count(*) FROM {table.name}) - (SELECT count(*) FROM {table.rows}))"  # noqa: S608
        ).fetchall()[0][0]
        checks.append(FactCheck("rows_are_kept", apart, f"one row for each standing row of {table.rows}"))
    if table.name == "fct_unit_attribution":
        disputed = connection.execute(f"SELECT count(*) FROM {table.name} WHERE NOT is_agreed").fetchall()[0][0]  # noqa: S608
        checks.append(FactCheck(CREDIT, disputed, "the other evidence agrees with the recorded unit"))
    return checks
