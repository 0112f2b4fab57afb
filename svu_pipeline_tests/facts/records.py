"""Current records of the tests' own in a session, with the facts built on them: no file and no landing in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import duckdb

from svu_pipeline.contracts.casting import values_schema
from svu_pipeline.contracts.model import fields_of
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.facts import build

DAY = date(2023, 6, 1)
SUPPLY = "MD71171"
Rows = list[dict[str, Any]]


class Records:
    """A session with every dataset; each method adds a record, in order unless told otherwise, and gives its key."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.count = 0
        for dataset, contract in CONTRACTS.items():
            connection.register("no_rows", values_schema(contract).empty_table())
            connection.execute(f"CREATE TABLE {dataset} AS SELECT *, NULL::TEXT AS _dated FROM no_rows")
        connection.execute(
            "CREATE TABLE person_record (dataset TEXT, record_key TEXT, person_id TEXT, date_of_birth DATE)"
        )
        build.prepare(connection)

    def add(self, dataset: str, **cells: Any) -> None:
        """Add a row as it stands; a local time also gives its London day."""
        for term in fields_of(CONTRACTS[dataset]):
            if term.kind.is_local and term.name in cells:
                cells[term.day_name] = cells[term.name].date()
        marks = ", ".join("?" * len(cells))
        self.connection.execute(f"INSERT INTO {dataset} ({', '.join(cells)}) VALUES ({marks})", list(cells.values()))

    def next(self, stem: str) -> str:
        self.count += 1
        return f"{stem}{self.count:05d}"

    def person(self, dataset: str, key: str, person: str | None) -> None:
        if person:
            self.connection.execute("INSERT INTO person_record VALUES (?, ?, ?, NULL)", [dataset, key, person])

    def arrest(self, unit: str, on: date = DAY, person: str | None = None, **cells: Any) -> str:
        key = self.next("C")
        values = {"arrest_reason": "NEW_OFFENCE", "record_status": "LIVE", "lead_offence_code": SUPPLY, **cells}
        self.add("custody_record", custody_ref=key, arresting_unit=unit, arrested_at=_noon(on), **values)
        self.person("custody_record", key, person or key)
        return key

    def charge(self, custody_ref: str, urn: str, status: str = "LIVE") -> str:
        key = self.next("CH")
        cells = {"urn": urn, "custody_ref": custody_ref, "offence_code": SUPPLY, "initiation": "C", "status": status}
        self.add("charge", charge_id=key, charged_at=_noon(DAY), **cells)
        return key

    def hearing(self, urn: str, person: str, on: date = DAY, code: str = "1002", offence: str = SUPPLY) -> str:
        """A hearing with one result of twelve months."""
        key = self.next("H")
        trace = {"_batch": "b", "_file": 1}
        self.add("hearing", hearing_id=key, urn=urn, hearing_date=on, updated_at=_noon(on), **trace, _row=self.count)
        result = {"result_id": "R1", "offence_code": offence, "result_code": code, "part_of": self.count}
        self.add("hearing_result", duration_value=12, duration_unit="M", **result, **trace, _row=self.count)
        self.person("hearing", key, person)
        return key

    def exhibit(self, unit: str, on: date = DAY, custody_ref: str | None = None, **cells: Any) -> str:
        key = self.next("E")
        values = {"category": "WEAPON", "item_type": "KNIFE", "status": "HELD", **cells}
        amount = {"quantity": 1_000_000, "unit_of_measure": "ITEM", "custody_ref": custody_ref}
        self.add("exhibit", exhibit_ref=key, unit_code=unit, seized_at=_noon(on), **amount, **values)
        return key

    def warrant(self, unit: str, on: date = DAY, **cells: Any) -> str:
        key = self.next("W")
        values = {"power": "MDA_S23", "status": "EXECUTED", **cells}
        self.add("warrant", warrant_no=key, unit=unit, issued=on, executed=on, **values)
        return key

    def contact(self, unit: str, on: date = DAY, **cells: Any) -> str:
        key = self.next("S")
        self.add(
            "contact", id=key, unit=unit, contacted_on=on, **{"kind": "ENGAGEMENT", "outcome": "SAFEGUARDED"} | cells
        )
        self.person("contact", key, key)
        return key

    def money(self, unit: str, on: date = DAY, ref: str | None = None, stage: str = "SEIZED", **cells: Any) -> str:
        ref = ref or self.next("A")
        values = {"amount": 100, "currency": "GBP", "stage_raw": stage, "stage": stage, **cells}
        self.add("register_entry", ref=ref, date=on, unit=unit, **values)
        return f"{ref} {stage} {on}"

    def order(self, unit: str, on: date = DAY, **cells: Any) -> str:
        key = self.next("O")
        values = {"order_type": "GANG_INJUNCTION", "stage": "FINAL", "status": "GRANTED", **cells}
        self.add("civil_order", order_ref=key, unit_code=unit, granted_on=on, **values)
        self.person("civil_order", key, key)
        return key

    def breach(self, order_ref: str, on: date = DAY) -> str:
        key = self.next("B")
        self.add("order_breach", breach_ref=key, order_ref=order_ref, breached_on=on, outcome="NFA")
        return key

    def operation(self, ref: str, opened_on: date = DAY, name: str = "KASH", **cells: Any) -> str:
        values = {"kind": "DRUG_LINE", "line_name": name, **cells}
        self.add("operation", operation_ref=ref, name=name, opened_on=opened_on, **values)
        return ref

    def deployment(self, unit: str, on: date = DAY, name: str = "BUMBLE") -> str:
        key = self.next("D")
        self.add("deployment", deployment_ref=key, operation_name=name, unit_code=unit, started_on=on)
        return key

    def build(self) -> None:
        build.build(self.connection)

    def rows(self, query: str) -> Rows:
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def attributed(self) -> dict[str, dict[str, Any]]:
        """The rows of fct_unit_attribution by record, after the facts have been built anew."""
        self.build()
        return {row["record_key"]: row for row in self.rows("FROM fct_unit_attribution")}


@contextmanager
def records() -> Iterator[Records]:
    """A session with no record yet."""
    with duckdb.connect() as connection:
        yield Records(connection)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12))
