"""Each role's database has what the role needs and nothing finer: the press office's has no row of any record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.publication.roles import ENGINEER, PRESS, publish_for_engineers, publish_for_press
from svu_pipeline.warehouse import Home
from svu_pipeline_tests.night import Force

PART = {"printed": "7", "marks": []}
FIGURE: dict[str, Any] = {
    "id": "arrests", "version": 1, "title": "Arrests", "noun": "arrests", "printed": "47", "marks": ["p"],
    "phrases": [{"text": "more than 40 arrests"}], "definition": "Arrests by the unit.",
    "monthly": [{"month": "2023-11", **PART}],
    "breakdowns": [
        {"dimension": "district", "rows": [
            {"code": "E1", "label": "Northmarsh", "printed": None, "marks": ["c"]},
            {"code": "UNKNOWN", "label": "Unknown", **PART},
        ]},
    ],
}  # fmt: skip
DOCUMENT = {
    "release": {"id": "2023-11.1"}, "window": "2023-11", "start": "2022-12-01", "end": "2023-11-30",
    "as_at": "2023-12-05T04:00:00.000000Z", "figures": [FIGURE],
}  # fmt: skip


def tables(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Tables of a database with their columns and types."""
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY 1, 2"
        ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, type_ in rows:
        found.setdefault(table, []).append((column, type_))
    return found


def test_the_press_office_reads_what_was_released_and_no_row(tmp_path: Path) -> None:
    """Three tables, none of facts, no key or subject of a record; a hidden part is empty with its mark, never zero."""
    home = Home(tmp_path)
    assert publish_for_press(home, [DOCUMENT])
    found = tables(home.published / PRESS)
    columns = {column for table in found.values() for column, _ in table}
    assert set(found) == {"release", "figure", "part"} and not set(found) & set(fact_tables())
    assert not columns & {"record_key", "subject", "person_id", "happened_on", "batch"}
    with duckdb.connect(str(home.published / PRESS), read_only=True) as connection:
        said = connection.execute(
            "SELECT code, printed, marks FROM part WHERE dimension = 'district' ORDER BY 1"
        ).fetchall()
    assert said == [("E1", None, "c"), ("UNKNOWN", "7", "")]


def test_publishing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert publish_for_press(home, [DOCUMENT])
    before = (home.published / PRESS).read_bytes()
    assert not publish_for_press(home, [DOCUMENT]) and (home.published / PRESS).read_bytes() == before
    assert publish_for_press(home, [DOCUMENT, {**DOCUMENT, "release": {"id": "2023-11.2"}}])


@pytest.mark.slow
def test_the_engineer_reads_deliveries_accounts_and_checks_and_no_column_of_a_person(demo_night: Force) -> None:
    """Accounts add up to what was delivered; no column has the name of one that names a person in any contract."""
    publish_for_engineers(demo_night.settings)
    found = tables(demo_night.home.published / ENGINEER)
    personal = {column for contract in CONTRACTS.values() for column in contract.model.to_schema().columns}
    personal |= {"person_id", "record_key", "subject"}
    assert set(found) == {"delivery", "account", "dq_result"}
    assert not {column for table in found.values() for column, _ in table} & personal
    with duckdb.connect(str(demo_night.home.published / ENGINEER), read_only=True) as connection:
        uneven = connection.execute(
            "SELECT count(*) FROM (SELECT dataset, sum(rows) AS rows FROM delivery GROUP BY 1) d "
            "FULL JOIN account a USING (dataset) WHERE d.rows IS DISTINCT FROM a.landed"
        ).fetchall()
    assert uneven == [(0,)]
