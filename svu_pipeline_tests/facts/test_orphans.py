"""References without their other end: found with their record's key, for each pair of datasets."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from svu_pipeline.contracts.casting import values_schema
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.publication.quality import reference_check

PAIRS = [
    ("custody_record", "custody_ref", "transferred_from", "custody_record", "custody_ref"),
    ("charge", "charge_id", "custody_ref", "custody_record", "custody_ref"),
    ("custody_outcome", "custody_ref", "custody_ref", "custody_record", "custody_ref"),
    ("remand_decision", "remand_id", "custody_ref", "custody_record", "custody_ref"),
    ("hearing", "hearing_id", "urn", "charge", "urn"),
    ("exhibit", "exhibit_ref", "custody_ref", "custody_record", "custody_ref"),
    ("order_breach", "breach_ref", "order_ref", "civil_order", "order_ref"),
    ("custody_record", "custody_ref", "operation_ref", "operation", "operation_ref"),
    ("exhibit", "exhibit_ref", "operation_ref", "operation", "operation_ref"),
    ("register_entry", "ref", "operation", "operation", "operation_ref"),
    ("warrant", "warrant_no", "operation", "operation", "operation_ref"),
    ("contact", "id", "operation", "operation", "operation_ref"),
    ("civil_order", "order_ref", "operation_ref", "operation", "operation_ref"),
]
"""(dataset, key column, referring column, dataset referred to, its column) of every reference that is checked."""


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with every dataset, empty."""
    with duckdb.connect() as made:
        for dataset, contract in CONTRACTS.items():
            made.register("no_rows", values_schema(contract).empty_table())
            made.execute(f"CREATE TABLE {dataset} AS SELECT * FROM no_rows")
        yield made


def orphans(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str, str]]:
    connection.execute(f"CREATE OR REPLACE TABLE fct_orphan AS {fact_tables()['fct_orphan'].query}")
    return connection.execute(
        "SELECT dataset, record_key, refers_by, to_dataset, missing_key FROM fct_orphan ORDER BY ALL"
    ).fetchall()


@pytest.mark.parametrize(("dataset", "key", "column", "to", "to_column"), PAIRS)
def test_a_reference_is_an_orphan_until_its_partner_is_there(
    connection: duckdb.DuckDBPyConnection, dataset: str, key: str, column: str, to: str, to_column: str
) -> None:
    """Missing: one row with the record's key and the key that is missing; empty reference: none; partner there: none."""
    same = key == column
    own = "gone" if same else "own"
    columns, values = ([column], ["gone"]) if same else ([key, column], ["own", "gone"])
    if dataset == "register_entry":
        columns, values, own = (
            [*columns, "stage_raw", "date"],
            [*values, "SEIZED", "2023-06-01"],
            "own SEIZED 2023-06-01",
        )
    connection.execute(f"INSERT INTO {dataset} ({', '.join(columns)}) VALUES ({', '.join('?' * len(values))})", values)
    assert (dataset, own, column, to, "gone") in orphans(connection)
    counted = {(row["dataset"], row["refers_by"]): (row["rows"], row["of"]) for row in reference_check(connection)}
    assert counted[dataset, column] == (1, 1)
    connection.execute(f"INSERT INTO {to} ({to_column}) VALUES ('gone')")
    assert (dataset, own, column, to, "gone") not in orphans(connection)


def test_an_empty_reference_is_none(connection: duckdb.DuckDBPyConnection) -> None:
    """A record that refers to nothing lacks nothing."""
    connection.execute("INSERT INTO exhibit (exhibit_ref) VALUES ('own')")
    connection.execute("INSERT INTO custody_record (custody_ref) VALUES ('own')")
    assert orphans(connection) == []


def test_every_pair_that_is_counted_is_looked_for(connection: duckdb.DuckDBPyConnection) -> None:
    """The matrix of the review and the fact table know the same references."""
    orphans(connection)
    assert {(row["dataset"], row["refers_by"]) for row in reference_check(connection)} == {
        (d, c) for d, _, c, _, _ in PAIRS
    }
