"""How the databases, the workbooks and the delimited files are read into records."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl

from .batch import Batch, RefusedError, fingerprint_of
from .contracts import CONTRACTS
from .record import Raw, Record
from .values import BadValueError, utc_instant

OVERLAP = timedelta(hours=24)

TABLES = {
    "custody_record": (
        "custody_ref",
        "pnc_id",
        "surname",
        "forenames",
        "date_of_birth",
        "sex",
        "home_postcode",
        "arrested_at",
        "arrest_reason",
        "arresting_unit",
        "operation_ref",
        "district_code",
        "lead_offence_code",
        "record_status",
        "transferred_from",
        "updated_at",
    ),
    "charge": (
        "charge_id",
        "urn",
        "custody_ref",
        "offence_code",
        "charged_at",
        "initiation",
        "status",
        "updated_at",
    ),
    "custody_outcome": ("custody_ref", "outcome", "decided_at", "updated_at"),
    "remand_decision": ("remand_id", "custody_ref", "decided_at", "decided_by", "remand_code", "updated_at"),
}
PROPERTY_HEADER = [
    "exhibit_ref",
    "seized_at",
    "unit_code",
    "operation_ref",
    "custody_ref",
    "district_code",
    "category",
    "item_type",
    "description",
    "quantity",
    "unit_of_measure",
    "lab_quantity",
    "lab_unit",
    "drug",
    "status",
    "revision",
]
CIVIL_ORDER_HEADER = [
    "order_ref",
    "order_type",
    "stage",
    "status",
    "granted_on",
    "expires_on",
    "court",
    "district_code",
    "unit_code",
    "operation_ref",
    "pnc_id",
    "surname",
    "forenames",
    "date_of_birth",
]
BREACH_HEADER = ["breach_ref", "order_ref", "breached_on", "outcome"]
REGISTER_HEADER = (
    "Ref", "Date", "Unit", "Operation", "Power", "Stage", "Amount", "Currency", "GBP amount", "Notes",
)  # fmt: skip
WARRANT_HEADER = (
    "Warrant No",
    "Power",
    "Issued",
    "Executed",
    "Result",
    "Premises Ref",
    "District",
    "Unit",
    "Operation",
    "Status",
)


def database_batch(path: Path, table: str, watermark: datetime | None) -> Batch:
    """The rows of one table whose `updated_at` is not before the watermark less 24 hours."""
    columns = TABLES[table]
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = connection.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid").fetchall()
    except sqlite3.Error:
        raise RefusedError(path.name) from None
    raws = [{c: None if v is None else str(v) for c, v in zip(columns, row, strict=True)} for row in found]
    wanted = [raw for raw in raws if watermark is None or _is_due(raw["updated_at"], watermark - OVERLAP)]
    records = [CONTRACTS[table](raw) for raw in wanted]
    return Batch(table, fingerprint_of(repr(wanted).encode()), records)


def _is_due(updated_at: str | None, since: datetime) -> bool:
    try:
        return updated_at is not None and utc_instant(updated_at.strip()) >= since
    except BadValueError:
        return True  # cannot be compared, so never passed over in silence


def property_batch(path: Path) -> Batch:
    rows = _delimited(path, "cp1252", PROPERTY_HEADER)
    if not rows or len(rows[-1]) != 2 or rows[-1][0] != "TRAILER" or rows[-1][1] != str(len(rows) - 1):
        raise RefusedError(path.name)
    return _delimited_batch("exhibit", path, PROPERTY_HEADER, rows[:-1])


def civil_orders_batch(path: Path) -> Batch:
    return _delimited_batch("civil_order", path, CIVIL_ORDER_HEADER, _delimited(path, "utf-8-sig", CIVIL_ORDER_HEADER))


def order_breaches_batch(path: Path) -> Batch:
    return _delimited_batch("order_breach", path, BREACH_HEADER, _delimited(path, "utf-8-sig", BREACH_HEADER))


NAMES_ELSEWHERE = {
    "datetime": "date", "category": "crime_type", "location_latitude": "latitude",
    "location_longitude": "longitude", "persistent_id": "crime_id",
}  # fmt: skip


def police_batch(path: Path, dataset: str) -> Batch:
    """One month's file in whichever of the three dialects its header is written."""
    rows = _delimited(path, "utf-8-sig", None)
    if not rows:
        raise RefusedError(path.name)
    names = [name.strip().lower().replace(" ", "_").replace("-", "_").replace(".", "_") for name in rows[0]]
    header = [NAMES_ELSEWHERE.get(name, name) for name in names]
    if ("crime_type" if dataset == "street_crime" else "object_of_search") not in header:
        raise RefusedError(path.name)
    batch = _delimited_batch(dataset, path, header, rows[1:])
    return Batch(dataset, batch.fingerprint, batch.records, month=path.parent.name)


def _delimited(path: Path, encoding: str, header: Sequence[str] | None) -> list[list[str]]:
    """The records below the header (all of them when no header is asked for), as the csv rules cut them."""
    try:
        text = path.read_bytes().decode(encoding)
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        raise RefusedError(path.name) from None
    if header is None:
        return rows
    if not rows or rows[0] != list(header):
        raise RefusedError(path.name)
    return rows[1:]


def _delimited_batch(dataset: str, path: Path, header: Sequence[str], rows: list[list[str]]) -> Batch:
    records = [_from_fields(dataset, header, row) for row in rows]
    return Batch(dataset, fingerprint_of(path.read_bytes()), records, dated=path.stem[-8:])


def _from_fields(dataset: str, header: Sequence[str], fields: list[str]) -> Record:
    if len(fields) == len(header):
        return CONTRACTS[dataset](dict(zip(header, fields, strict=True)))
    ragged = Record(dataset, {})
    ragged.hold("", "too_many_fields" if len(fields) > len(header) else "too_few_fields")
    ragged.key = (fields[0].strip(),)
    return ragged


def register_batch(path: Path) -> Batch:
    return _sheet(path, "register_entry", "Register", 3, REGISTER_HEADER)


def warrants_batch(path: Path) -> Batch:
    return _sheet(path, "warrant", "Warrants", 1, WARRANT_HEADER, {"district": "district_code"})


def _sheet(
    path: Path,
    dataset: str,
    title: str,
    header_row: int,
    header: Sequence[str],
    renamed: dict[str, str] | None = None,
) -> Batch:
    """The rows of one sheet: hidden rows and columns are read, blank rows and a closing TOTAL are none."""
    try:
        book = openpyxl.load_workbook(path, data_only=True)
        sheet = book[title]
    except Exception:
        raise RefusedError(path.name) from None
    grid = [list(row) for row in sheet.iter_rows(values_only=True)]
    width = len(header)
    if len(grid) < header_row or grid[header_row - 1][:width] != list(header):
        raise RefusedError(path.name)
    rows = [row[:width] for row in grid[header_row:] if any(_is_filled(cell) for cell in row)]
    if rows and str(rows[-1][0] or "").strip().upper() == "TOTAL":
        rows.pop()
    names = [(renamed or {}).get(name, name) for name in (title.lower().replace(" ", "_") for title in header)]
    contract: Callable[[Raw], Record] = CONTRACTS[dataset]
    return Batch(
        dataset,
        fingerprint_of(path.read_bytes()),
        [contract(dict(zip(names, row, strict=True))) for row in rows],
        notes=_hidden(book, sheet),
    )


def _is_filled(cell: object) -> bool:
    return cell is not None and str(cell).strip() != ""


def _hidden(book: Any, sheet: Any) -> list[tuple[str, str]]:
    sheets = [other for other in book.worksheets if other.sheet_state != "visible"]
    rows = [number for number, shape in sheet.row_dimensions.items() if shape.hidden]
    columns = [letter for letter, shape in sheet.column_dimensions.items() if shape.hidden]
    return [("", "hidden_content")] * len(sheets + rows + columns)
