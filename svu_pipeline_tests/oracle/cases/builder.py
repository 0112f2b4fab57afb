"""What a case is, and a small extract in which every row is valid unless the case says otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from .. import folder as write
from ..read_tables import BREACH_HEADER, CIVIL_ORDER_HEADER, PROPERTY_HEADER, TABLES
from ..values import pnc_check_letter

Person = dict[str, str | None]


@dataclass(frozen=True)
class Case:
    """A tiny extract and the figures it must give, written by hand; `proves` names the rule."""

    name: str
    proves: str
    write: Callable[[Path], None]
    window: str
    expected: dict[str, str | None]
    months: int = 12


def pnc(year: int, serial: int) -> str:
    """A valid PNC id in canonical form."""
    return f"{year}/{serial:07d}{pnc_check_letter(year % 100, f'{serial:07d}')}"


def person(surname: str, forenames: str, born: str | None, pnc_id: str | None = None) -> Person:
    return {"surname": surname, "forenames": forenames, "date_of_birth": born, "pnc_id": pnc_id}


ANN = person("Farrowdale", "Ann", "1990-05-01", pnc(2008, 4511))
BOB = person("Quillmoor", "Bob", "1985-11-20", pnc(2003, 90210))
CAT = person("Thistlewaite", "Cat", "2006-02-14")


class Extract:
    """Ten sources in the making. Every method adds one valid row; named columns replace its defaults."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        self.hearings: list[dict[str, Any]] = []
        self.exhibits: dict[str, list[Any]] = defaultdict(list)
        self.register: list[Any] = []
        self.warrants: list[Any] = []
        self.contacts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.withdrawn: dict[str, list[str]] = defaultdict(list)
        self.orders: dict[str, list[Any]] = defaultdict(list)
        self.breaches: list[Any] = []
        self.operations: list[Any] = []
        self.deployments: list[Any] = []
        self.stops: dict[str, list[Any]] = defaultdict(list)
        self.crimes: dict[str, list[Any]] = defaultdict(list)
        self.looks: dict[str, Any] = {}
        self.dialects: dict[str, str] = {}
        self.trailer_off_by = 0
        self.files: dict[str, bytes] = {}
        self.missing: set[str] = set()
        self._number = 0

    def _next(self, form: str) -> str:
        self._number += 1
        return form.format(self._number)

    def arrest(self, who: Person, at: str, **columns: Any) -> str:
        """A custody record; gives its reference."""
        ref: str = columns.pop("custody_ref", None) or self._next("42CU/{:06d}/23")
        row = {
            "custody_ref": ref, "sex": "M", "arrested_at": at, "arrest_reason": "NEW_OFFENCE",
            "arresting_unit": "RAPTOR_NORTH", "lead_offence_code": "MD71171", "record_status": "LIVE",
            "updated_at": "2024-06-01T09:00:00Z",
        }  # fmt: skip
        self.tables["custody_record"].append(row | who | columns)
        return ref

    def charge(self, on: str, urn: str = "42CY0000123", **columns: Any) -> None:
        row = {
            "charge_id": self._next("CH{:06d}"), "urn": urn, "custody_ref": on, "offence_code": "MD71171",
            "charged_at": "2023-03-02 10:00:00", "initiation": "C", "status": "LIVE",
            "updated_at": "2024-06-01T09:00:00Z",
        }  # fmt: skip
        self.tables["charge"].append(row | columns)

    def remand(self, on: str, code: str, **columns: Any) -> None:
        row = {
            "remand_id": self._next("RM{:06d}"), "custody_ref": on, "decided_at": "2023-03-03 10:00:00",
            "decided_by": "COURT", "remand_code": code, "updated_at": "2024-06-01T09:00:00Z",
        }  # fmt: skip
        self.tables["remand_decision"].append(row | columns)

    def hearing(self, who: Person, on: str, *results: dict[str, Any], **item: Any) -> None:
        hearing_id = item.pop("hearing_id", None) or self._next("H{:06d}")
        base = {
            "hearing_id": hearing_id, "urn": "42CY0000123", "court": "Chelmsford Crown Court",
            "hearing_date": on, "updated_at": f"{on}T17:00:00Z", "deleted": False,
            "defendant": {"defendant_id": f"D{hearing_id}", **who}, "results": list(results),
        }  # fmt: skip
        self.hearings.append(base | item)

    def jailed(self, who: Person, on: str, *results: dict[str, Any], **item: Any) -> None:
        """A hearing with all that its term needs to count: an arrest and a charge on the same URN."""
        urn = item.get("urn", "42CY0000123")
        self.charge(self.arrest(who, "2023-01-10 08:00:00"), urn)
        self.hearing(who, on, *results, **item)

    def exhibit(self, seized: str, category: str, quantity: str = "1", unit: str = "ITEM", **columns: Any) -> None:
        """An exhibit; `file` names the weekly file it comes in."""
        file = columns.pop("file", "20240102")
        row = {
            "exhibit_ref": self._next("EX{:06d}"),
            "seized_at": seized,
            "unit_code": "RAPTOR_SOUTH",
            "category": category,
            "quantity": quantity,
            "unit_of_measure": unit,
            "status": "HELD",
            "revision": "1",
        }
        self.exhibits[file].append(row | columns)

    def drug(self, quantity: str, unit: str, **columns: Any) -> None:
        columns = {"seized": "15/06/2023 12:00", "drug": "COCAINE"} | columns
        self.exhibit(columns.pop("seized"), "DRUG", quantity, unit, **columns)

    def weapon(self, item_type: str, quantity: str = "1", **columns: Any) -> None:
        seized = columns.pop("seized", "15/06/2023 12:00")
        self.exhibit(seized, "WEAPON", quantity, item_type=item_type, **columns)

    def money(self, stage: str, amount: Any, on: Any = date(2023, 6, 15), **cells: Any) -> None:
        row = {
            "Ref": self._next("AR{:04d}"), "Date": on, "Unit": "SVU_HQ", "Stage": stage, "Amount": amount,
            "Currency": "GBP",
        }  # fmt: skip
        self.register.append(row | {name.replace("_", " "): value for name, value in cells.items()})

    def warrant(self, issued: Any, executed: Any, status: str = "EXECUTED", **cells: Any) -> None:
        row = {
            "Warrant No": self._next("SW{:04d}"), "Power": "MDA_S23", "Issued": issued, "Executed": executed,
            "Unit": "RAPTOR_WEST", "Status": status,
        }  # fmt: skip
        self.warrants.append(row | {name.replace("_", " "): value for name, value in cells.items()})

    def contact(self, who: Person, on: str, outcome: str = "SAFEGUARDED", **fields: Any) -> str:
        """A safeguarding contact; `file` is the date of the daily return it comes in."""
        file = fields.pop("file", "20240102")
        ref: str = fields.pop("id", None) or self._next("SG{:06d}")
        base = {
            "id": ref,
            "version": 1,
            "contacted_on": on,
            "unit": "SVU_PPP",
            "kind": "ENGAGEMENT",
            "outcome": outcome,
        }
        self.contacts[file].append(base | who | fields)
        return ref

    def order(self, who: Person, order_type: str, granted: str, **columns: Any) -> str:
        """A civil order; `file` is the date of the register it stands in."""
        file = columns.pop("file", "20240102")
        ref: str = columns.pop("order_ref", None) or self._next("CO{:04d}")
        row = {
            "order_ref": ref,
            "order_type": order_type,
            "stage": "FINAL",
            "status": "GRANTED",
            "granted_on": granted,
            "unit_code": "SVU_HQ",
            "district_code": "E06000034",
        }
        self.orders[file].append(row | who | columns)
        return ref

    def breach(self, order_ref: str, on: str, **columns: Any) -> None:
        row = {
            "breach_ref": self._next("BR{:04d}"),
            "order_ref": order_ref,
            "breached_on": on,
            "outcome": "NFA",
        }
        self.breaches.append(row | columns)

    def operation(self, kind: str, closed: str | None, **fields: Any) -> None:
        base = {
            "operation_ref": self._next("OP{:04d}"),
            "name": "Larkspur",
            "kind": kind,
            "line_name": None,
            "opened_on": "2022-10-01",
            "closed_on": closed,
            "closure": None,
            "updated_at": "2024-01-01T09:00:00Z",
        }
        self.operations.append(base | fields)

    def deployment(self, name: str, started: str, **fields: Any) -> None:
        base = {
            "deployment_ref": self._next("DP{:04d}"), "operation_name": name, "started_on": started,
            "unit_code": "SVU_HQ", "updated_at": "2024-01-01T09:00:00Z",
        }  # fmt: skip
        self.deployments.append(base | fields)

    def crime(self, month: str, kind: str, lsoa: str = "Basildon 001A", **columns: str) -> None:
        row = {"Month": month, "Crime type": kind, "LSOA name": lsoa, "Longitude": "0.4", "Latitude": "51.6"}
        self.crimes[month].append(row | columns)

    def write(self, folder: Path) -> None:
        """All ten sources, an empty one as a valid empty delivery, but for those `missing`.

        Last come the `files` by their path, as they stand, in place of what was written there.
        """
        for source in SOURCES:
            if source not in self.missing:
                getattr(self, f"_write_{source}")(folder)
        for path, content in self.files.items():
            (folder / path).write_bytes(content)

    def _write_custody(self, folder: Path) -> None:
        write.write_database(folder / "custody.sqlite", {"custody_record": self.tables["custody_record"]})

    def _write_case_file(self, folder: Path) -> None:
        tables = {name: rows for name, rows in self.tables.items() if name != "custody_record"}
        write.write_database(folder / "case_file.sqlite", tables)

    def _write_courts(self, folder: Path) -> None:
        write.write_pages(
            folder / "courts", [self.hearings[i : i + 2] for i in range(0, len(self.hearings), 2)] or [[]]
        )

    def _write_property(self, folder: Path) -> None:
        for day, rows in (self.exhibits or {"20240102": []}).items():
            path = folder / "property" / f"property_{day}.csv"
            write.write_delimited(path, PROPERTY_HEADER, rows, encoding="cp1252", trailer_off_by=self.trailer_off_by)

    def _write_asset_recovery(self, folder: Path) -> None:
        path = folder / "asset_recovery" / "asset_recovery_register.xlsx"
        write.write_register(path, self.register, **self.looks)

    def _write_warrants(self, folder: Path) -> None:
        write.write_warrants(folder / "warrants" / "warrants_register.xlsx", self.warrants)

    def _write_safeguarding(self, folder: Path) -> None:
        for day in {**self.contacts, **self.withdrawn} or ["20240102"]:
            path = folder / "safeguarding" / f"safeguarding_{day}.xml"
            write.write_return(path, self.contacts.get(day, []), self.withdrawn.get(day, []))

    def _write_civil_orders(self, folder: Path) -> None:
        for day, rows in (self.orders or {"20240102": []}).items():
            write.write_delimited(folder / "civil_orders" / f"civil_orders_{day}.csv", CIVIL_ORDER_HEADER, rows)
        write.write_delimited(folder / "civil_orders" / "order_breaches_20240102.csv", BREACH_HEADER, self.breaches)

    def _write_operations(self, folder: Path) -> None:
        """Without a record of its own a log gets one that no figure counts: an empty file may be a broken
        one."""
        if not self.operations:
            self.operation("OTHER", None)
        if not self.deployments:
            self.deployment("LARKSPUR", "2022-10-01", unit_code="LPT_BASILDON")
        write.write_lines(folder / "operations" / "operations_20240102.jsonl", self.operations)
        write.write_lines(folder / "operations" / "deployments_20240102.jsonl", self.deployments)

    def _write_police_uk(self, folder: Path) -> None:
        """One month's files in the dialect of the month: published, `snake_case` or `api`."""
        for month in sorted({*self.crimes, *self.stops} or {"2023-06"}):
            start = folder / "police_uk" / month / f"{month}-essex-"
            street, stops = write.STREET_HEADER, write.STOP_HEADER
            if self.dialects.get(month) == "api":
                street, stops = write.STREET_API_HEADER, write.STOP_API_HEADER
            for ending, header, rows in (
                ("street", street, self.crimes[month]),
                ("stop-and-search", stops, self.stops[month]),
            ):
                names = header.split(",")
                cells = [[row.get(name, "") for name in names] for row in rows]
                written = write.snake_case(header) if self.dialects.get(month) == "snake_case" else header
                path = Path(f"{start}{ending}.csv")
                write.write_delimited(path, written.split(","), cells, encoding="utf-8")


SOURCES = (
    "custody",
    "case_file",
    "courts",
    "property",
    "asset_recovery",
    "warrants",
    "safeguarding",
    "civil_orders",
    "operations",
    "police_uk",
)


def result(code: str, value: int | None, unit: str | None = "M", qualifier: str | None = None, **more: Any) -> Any:
    """One court result, for drug supply unless told otherwise."""
    duration = None if value is None and unit is None else {"value": value, "unit": unit}
    base = {
        "result_id": "R1", "offence_code": "MD71171", "result_code": code, "qualifier": qualifier,
        "duration": duration, "secondary_duration": None, "text": None,
    }  # fmt: skip
    return base | more


def results(*terms: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """The same results, numbered within their hearing."""
    return [term | {"result_id": f"R{number}"} for number, term in enumerate(terms, start=1)]


Fill = Callable[[Extract], None]


class Cases:
    """Collects the cases of one file: a function that fills an extract, its docstring the rule it proves."""

    def __init__(self) -> None:
        self.all: list[Case] = []

    def __call__(self, window: str = "2023-11", months: int = 12, **expected: str | None) -> Callable[[Fill], Fill]:
        """Register the function below as a case that must give these figures."""

        def add(fill: Fill) -> Fill:
            def write_case(folder: Path) -> None:
                extract = Extract()
                fill(extract)
                extract.write(folder)

            proves = " ".join((fill.__doc__ or "").split())
            self.all.append(Case(fill.__name__, proves, write_case, window, dict(expected), months))
            return fill

        return add
