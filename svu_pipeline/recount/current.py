"""The rows that a recount starts from: of each dataset those that stand, who is who, and the project's reference tables."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Row = Mapping[str, Any]

COLUMNS = {
    "custody_record": (
        "custody_ref", "transferred_from", "record_status", "arrest_reason", "arresting_unit", "arrested_at", "arrested_on",
        "district_code", "operation_ref", "sex",
    ),
    "charge": ("custody_ref", "urn", "status", "initiation"),
    "remand_decision": ("custody_ref", "remand_code"),
    "hearing": ("hearing_id", "urn", "hearing_date", "updated_at", "_batch", "_file", "_row"),
    "hearing_result": (
        "_batch", "_file", "part_of", "result_code", "qualifier", "duration_value", "duration_unit", "offence_code",
    ),
    "exhibit": (
        "exhibit_ref", "seized_on", "unit_code", "district_code", "operation_ref", "custody_ref", "category", "item_type",
        "quantity", "unit_of_measure", "lab_quantity", "lab_unit", "drug", "status",
    ),
    "register_entry": ("ref", "date", "unit", "operation", "power", "stage", "amount", "currency", "gbp_amount"),
    "warrant": ("warrant_no", "executed", "unit", "district", "operation", "power", "status"),
    "contact": (
        "id", "contacted_on", "unit", "district", "operation", "kind", "outcome", "partner", "premises_ref", "sex",
    ),
    "civil_order": (
        "order_ref", "order_type", "stage", "status", "granted_on", "unit_code", "district_code", "operation_ref",
    ),
    "order_breach": ("order_ref", "breached_on"),
    "operation": ("operation_ref", "kind", "closed_on", "closure"),
    "deployment": (
        "operation_name", "started_on", "unit_code", "district_code", "leaflets", "leaflets_estimated",
        "partner_referrals", "training_sessions_offered", "vehicles_stopped", "passengers_checked",
        "passengers_estimated", "arrests",
    ),
    "stop_and_search": ("_dated",),
    "street_crime": ("_dated", "crime_type", "lsoa_name"),
}  # fmt: skip
"""By dataset, what a recount reads of it."""


@dataclass(frozen=True)
class Person:
    """Whom a record is about, and the date of birth that the person's records agree on."""

    id: str
    born_on: date | None


@dataclass(frozen=True)
class Current:
    """Everything that a recount is made of; `people` by dataset and record."""

    rows: Mapping[str, Sequence[Row]]
    people: Mapping[tuple[str, str], Person]
    units: Mapping[str, date]
    supply_codes: frozenset[str]
    drug_classes: list[dict[str, str]]
    districts: Mapping[str, str]

    def is_unit_work(self, unit: str | None, on: date | None) -> bool:
        """Whether a day's work of a unit is the Serious Violence Unit's: one of its own, and set up by then."""
        set_up = self.units.get(unit or "")
        return set_up is not None and on is not None and on >= set_up

    def person(self, dataset: str, record: str) -> Person | None:
        return self.people.get((dataset, record))


def current(standing: Path, person_record: Path) -> Current:
    """The rows that stand in a folder of `standing_<dataset>.parquet`, with the file that says who is who."""
    rows = {
        dataset: [
            row
            for row in _rows(standing / f"standing_{dataset}.parquet", ("_status", *columns))
            if row["_status"] == "current"
        ]
        for dataset, columns in COLUMNS.items()
    }
    linked = _rows(person_record, ("dataset", "record_key", "person_id", "date_of_birth"))
    return of_rows(rows, _people(linked))


def in_session(connection: duckdb.DuckDBPyConnection) -> Current:
    """The rows that stand in a session with the current views and `person_record`."""
    rows = {
        dataset: _dicts(connection.execute(f"SELECT {', '.join(columns)} FROM {dataset}").to_arrow_table())  # noqa: S608
        for dataset, columns in COLUMNS.items()
    }
    linked = connection.execute("SELECT dataset, record_key, person_id, date_of_birth FROM person_record")
    return of_rows(rows, _people(_dicts(linked.to_arrow_table())))


def _rows(file: Path, columns: tuple[str, ...]) -> list[Row]:
    import pyarrow.parquet as pq

    return _dicts(pq.ParquetFile(file).read(list(columns), use_threads=False))


def _dicts(table: pa.Table) -> list[Row]:
    # Columns first: a row at a time takes three times as long.
    values = [column.to_pylist() for column in table.columns]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*values, strict=True)]


def _people(linked: list[Row]) -> dict[tuple[str, str], Person]:
    return {(row["dataset"], row["record_key"]): Person(row["person_id"], row["date_of_birth"]) for row in linked}


def of_rows(rows: Mapping[str, Sequence[Row]], people: Mapping[tuple[str, str], Person]) -> Current:
    """Rows that stand, with the project's own tables beside them."""
    units = {row["unit_code"]: date.fromisoformat(row["set_up_on"]) for row in _reference("unit")}
    supply = frozenset(
        row["offence_code"] for row in _reference("offence_group") if row["offence_group"] == "DRUG_SUPPLY"
    )
    districts = {row["district_name"]: row["district_code"] for row in _reference("district")}
    return Current(rows, people, units, supply, _reference("drug_class"), districts)


def _reference(name: str) -> list[dict[str, str]]:
    text = resources.files("svu_pipeline.facts").joinpath("reference", f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def age_on(born_on: date | None, day: date) -> int | None:
    """Completed years; who was born on 29 February has the birthday on 1 March. None before birth, or where it is not known."""
    if born_on is None or born_on > day:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def age_band(age: int | None) -> str | None:
    """The band of an age as breakdowns have it (counting.md, Breakdowns)."""
    if age is None:
        return None
    if age < 10:
        return "under 10"
    bands = ((13, "10–13"), (17, "14–17"), (24, "18–24"), (34, "25–34"), (49, "35–49"))
    return next((band for last, band in bands if age <= last), "50+")
