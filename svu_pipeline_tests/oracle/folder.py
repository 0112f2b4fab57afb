"""Writing an extract folder, file by file, to the letter of `sources.md`; rows in, bytes out, nothing
checked."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl

from .read_documents import CONTACT_ELEMENTS
from .read_tables import REGISTER_HEADER, TABLES, WARRANT_HEADER

Row = Mapping[str, Any]
XLSX_DATE = "2024-01-01T00:00:00Z"  # a workbook carries its writing time: one for all, so that bytes repeat

STREET_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
STOP_HEADER = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing"
)
STREET_API_HEADER = (
    "category,location_type,context,persistent_id,id,location_subtype,month,location.latitude,"
    "location.street.id,location.street.name,location.longitude,outcome_status.category,outcome_status.date"
)
STOP_API_HEADER = (
    "age_range,outcome,involved_person,self_defined_ethnicity,gender,legislation,"
    "outcome_linked_to_object_of_search,datetime,removal_of_more_than_outer_clothing,operation,"
    "officer_defined_ethnicity,type,operation_name,object_of_search,outcome_object.id,outcome_object.name,"
    "location.latitude,location.street.id,location.street.name,location.longitude,location"
)


def write_database(path: Path, tables: Mapping[str, Sequence[Row]]) -> None:
    """A SQLite file with text columns and no key, so that a table may hold what it likes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, rows in tables.items():
            columns = TABLES[table]
            connection.execute(f"CREATE TABLE {table} ({', '.join(f'{c} TEXT' for c in columns)})")
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f"INSERT INTO {table} VALUES ({marks})", [[row.get(c) for c in columns] for row in rows]
            )


def write_pages(folder: Path, pages: Sequence[Sequence[Row]]) -> None:
    """`hearings-0001.json` and on; `total` counts the distinct hearings of the whole pull."""
    folder.mkdir(parents=True, exist_ok=True)
    total = len({item["hearing_id"] for items in pages for item in items})
    for number, items in enumerate(pages, start=1):
        cursor = f"c{number + 1}" if number < len(pages) else None
        body = {"items": list(items), "next_cursor": cursor, "total": total}
        (folder / f"hearings-{number:04d}.json").write_text(json.dumps(body, ensure_ascii=False), "utf-8")


def write_delimited(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[str] | Row],
    *,
    encoding: str = "utf-8-sig",
    trailer_off_by: int | None = None,
) -> None:
    """A CSV file; a row that is a sequence is written as it stands, so that it may be ragged.

    `trailer_off_by` adds a last line with the number of records, 0 for the right one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    records = [[row.get(n, "") for n in header] if isinstance(row, Mapping) else row for row in rows]
    writer.writerows(records)
    if trailer_off_by is not None:
        writer.writerow(["TRAILER", len(records) + trailer_off_by])
    path.write_bytes(text.getvalue().encode(encoding))


def write_register(path: Path, rows: Iterable[Row | Sequence[Any]], **looks: Any) -> None:
    """The asset recovery register: two title rows, then the header."""
    titles = [["Asset recovery register"], ["Serious Violence Unit"]]
    _write_workbook(path, "Register", titles, REGISTER_HEADER, rows, **looks)


def write_warrants(path: Path, rows: Iterable[Row | Sequence[Any]], **looks: Any) -> None:
    """The warrants register: the header is its first row."""
    _write_workbook(path, "Warrants", [], WARRANT_HEADER, rows, **looks)


def _write_workbook(
    path: Path,
    title: str,
    titles: Sequence[Sequence[str]],
    header: Sequence[str],
    rows: Iterable[Row | Sequence[Any]],
    *,
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[str] = (),
    hidden_sheet: Sequence[Sequence[Any]] = (),
) -> None:
    """`hidden_rows` are numbers of rows below the header, from 1."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for line in [*titles, header]:
        sheet.append(list(line))
    for row in rows:
        sheet.append([row.get(name) for name in header] if isinstance(row, Mapping) else list(row))
    for number in hidden_rows:
        sheet.row_dimensions[len(titles) + 1 + number].hidden = True
    for letter in hidden_columns:
        sheet.column_dimensions[letter].hidden = True
    if hidden_sheet:
        other = book.create_sheet("Old")
        other.sheet_state = "hidden"
        for line in hidden_sheet:
            other.append(list(line))
    path.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    book.save(content)
    path.write_bytes(_without_clock(content))


def _without_clock(content: io.BytesIO) -> bytes:
    """The same workbook with one fixed time in its properties and its archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(content) as read, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as write:
        for name in read.namelist():
            part = read.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb">[^<>]*</dcterms:", b">" + XLSX_DATE.encode() + b"</dcterms:", part)
            write.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), part)
    return out.getvalue()


def write_return(path: Path, contacts: Sequence[Row], withdrawn: Sequence[str] = ()) -> None:
    """One daily safeguarding return; the date is the one in the file's name."""
    day = path.stem[-8:]
    on = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<safeguarding-return force="42" date="{on}" count="{len(contacts)}">')
    lines += [_contact(contact) for contact in contacts]
    lines += [f"  <withdrawn id={quoteattr(ref)}/>" for ref in withdrawn]
    lines.append("</safeguarding-return>")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _contact(row: Row) -> str:
    def elements(inside: bool) -> str:
        return "".join(
            _element(path.rpartition("/")[2], row.get(column))
            for path, column in CONTACT_ELEMENTS.items()
            if path.startswith("person/") == inside
        )

    attributes = f"id={quoteattr(row['id'])} version={quoteattr(str(row['version']))}"
    return f"  <contact {attributes}><person>{elements(True)}</person>{elements(False)}</contact>"


def _element(name: str, value: str | None) -> str:
    return f"<{name}/>" if value is None else f"<{name}>{escape(value)}</{name}>"


def write_lines(path: Path, items: Iterable[Row | str]) -> None:
    """JSON Lines; a text is written as it stands, so that it need not be JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in items]
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


def snake_case(header: str) -> str:
    """The published header in the snake_case dialect."""
    return header.lower().replace(" ", "_").replace("-", "_")
