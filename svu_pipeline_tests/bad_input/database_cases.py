"""Cases of databases, B66 to B70: custody and the case file."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from svu_pipeline_tests.bad_input.case import MARKED, SENTINEL, A, Case, F, R, W, adds, file
from svu_pipeline_tests.oracle.read_tables import TABLES

COLUMNS = TABLES["custody_record"]


def database(types: dict[str, str]) -> bytes:
    """A custody database whose columns are of other declared types than text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "custody.sqlite"
        with closing(sqlite3.connect(path)) as connection, connection:
            listed = ", ".join(f"{name} {types.get(name, 'TEXT')}" for name in COLUMNS)
            connection.execute(f"CREATE TABLE custody_record ({listed})")
        return path.read_bytes()


def arrest(row: str, what: str, outcome: Any, code: str = "", *, at: str = "2023-03-01 10:00:00", why: str = "",
           values: dict[str, Any] | None = None, **columns: Any) -> Case:  # fmt: skip
    """A custody record with some columns changed."""
    spoil = adds("arrest", MARKED, at, **columns)
    return Case(row, what, "custody", spoil, outcome, code, dataset="custody_record", values=values or {}, why=why)


OPTIONAL = "the column is not required (sources.md, Conventions): the value is withheld, the row stays"

CASES = (
    Case("B66", "references kept as numbers", "custody", file("custody.sqlite", database({"custody_ref": "INTEGER"})), F,
         "schema_drift"),
    arrest("B67", "padding", A, custody_ref="42CU/900001/23   ", lead_offence_code="MD71171      ",
           values={"custody_ref": "42CU/900001/23", "lead_offence_code": "MD71171"}),
    arrest("B67", "a text that ends at 4,000 characters", R, "length_at_limit", home_postcode="x" * 4_000),
    arrest("B68", "a time of the hour that comes twice", W, "ambiguous_time", at="2023-10-29 01:30:00",
           values={"arrested_on": date(2023, 10, 29)}),
    arrest("B69", "a time of the hour that does not come", R, "nonexistent_time", at="2023-03-26 01:30:00"),
    *(arrest("B70", f"born on {day}", W, "sentinel_date", date_of_birth=day,
             values={"surname": SENTINEL, "date_of_birth": None}) for day in ("0001-01-01", "1900-01-01", "9999-12-31")),
    arrest("B70", "born on 1970-01-01", A, date_of_birth="1970-01-01",
           values={"surname": SENTINEL, "date_of_birth": date(1970, 1, 1)},
           why="a birthday like any other: sources.md withholds a date of birth only for an age outside 10 to 110"),
    Case("B70", "a required day of 1970-01-01", "civil_orders", adds("order", MARKED, "CBO", "1970-01-01"), R,
         "sentinel_date", dataset="civil_order", why="null in a required column holds the row (sources.md, Conventions)"),
)  # fmt: skip
