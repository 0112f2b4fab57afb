"""A workbook kept by hand as a transport: one named sheet, streamed row by row.

A real date becomes the text a clerk would have typed (`DD/MM/YYYY`, with the time where there is one), a number its
shortest exact decimal: what a cell *was* stays visible to the contract. Hidden rows and columns are read and noted.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import openpyxl
import pyarrow as pa
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from svu_pipeline.sources.system import Unreadable
from svu_pipeline.sources.text_batch import Row, batches

CURE = "Ask the register's keeper for the workbook as it was agreed."
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Register:
    """Where the table stands in the workbook: sheet, header row (from 1), `{header: column}`, and which rows are none.

    `is_record` is asked of each row's values in the order of `names`; trailing rows that it refuses (a total) are none.
    """

    sheet: str
    header_row: int
    names: dict[str, str]
    is_record: Callable[[Row], bool] = any


def read_xlsx(
    stream: IO[bytes], register: Register, columns: Sequence[str], note: Callable[[str, int], None]
) -> Iterator[pa.RecordBatch]:
    """Record batches of `columns` from one sheet; `note(code, count)` is told of hidden content.

    Raises Unreadable for a file that is no workbook, a missing sheet, or a header that lacks a column.
    """
    sheet = _opened(stream, register, note)
    try:
        yield from batches(columns, _records(sheet.iter_rows(values_only=True), register, columns))
    except (zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException):
        raise Unreadable("bad_workbook", "the sheet cannot be read to its end", CURE) from None


def _opened(stream: IO[bytes], register: Register, note: Callable[[str, int], None]) -> Any:
    """The register's sheet, ready to stream; what is hidden is noted."""
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        if register.sheet not in book.sheetnames:
            raise Unreadable("schema_drift", f"there is no sheet {register.sheet}", CURE)
        note("hidden_content", sum(sheet.sheet_state != "visible" for sheet in book.worksheets))
        note("hidden_content", _hidden_lines(stream, register.sheet))
    except DefusedXmlException:
        raise Unreadable("forbidden_dtd", "the workbook holds a forbidden document type or entity", CURE) from None
    except (zipfile.BadZipFile, zlib.error, InvalidFileException, KeyError, ParseError, OSError, ValueError):
        raise Unreadable("bad_workbook", "the file is not a readable workbook", CURE) from None
    sheet = book[register.sheet]
    sheet.reset_dimensions()
    return sheet


def _records(rows: Iterator[tuple[Any, ...]], register: Register, columns: Sequence[str]) -> Iterator[tuple[int, Row]]:
    places: list[int] | None = None
    trailing: list[tuple[int, Row]] = []
    for number, cells in enumerate(rows, start=1):
        if number == register.header_row:
            places = _places(cells, register, columns)
        elif places is not None:
            row = [_text(cells[place]) if place < len(cells) else None for place in places]
            if any(row) and not register.is_record(row):
                trailing.append((number, row))
            elif any(row):
                yield from trailing
                trailing.clear()
                yield number, row
    if places is None:
        raise Unreadable("layout_changed", f"the sheet has no header in row {register.header_row}", CURE)


def _places(cells: tuple[Any, ...], register: Register, columns: Sequence[str]) -> list[int]:
    by_column = {column: name for name, column in register.names.items()}
    found = {_heading(str(cell)): place for place, cell in enumerate(cells) if cell is not None}
    if len(found) != sum(cell is not None for cell in cells):
        raise Unreadable("duplicate_column", f"a column name stands twice in row {register.header_row}", CURE)
    wanted = {column: _heading(by_column[column]) for column in columns}
    missing = [by_column[column] for column, heading in wanted.items() if heading not in found]
    if missing:
        raise Unreadable("schema_drift", f"row {register.header_row} has no column {', '.join(missing)}", CURE)
    return [found[wanted[column]] for column in columns]


def _heading(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split()).casefold()


def _text(cell: Any) -> str | None:
    """A cell as text. A float is written in its shortest exact form, so that 261000.5 stays 261000.5."""
    match cell:
        case None:
            return None
        case datetime():
            return f"{cell:%d/%m/%Y}" if cell.time() == time() else f"{cell:%d/%m/%Y %H:%M:%S}"
        case date():
            return f"{cell:%d/%m/%Y}"
        case float():
            return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
        case _:
            return str(cell)


def _hidden_lines(stream: IO[bytes], sheet: str) -> int:
    """How many rows and columns of the sheet are hidden; openpyxl does not tell when it streams."""
    with zipfile.ZipFile(stream) as archive, archive.open(_part_of(archive, sheet)) as part:
        hidden = 0
        for _, element in ElementTree.iterparse(part, forbid_dtd=True):
            if element.tag in (f"{SPREADSHEET}row", f"{SPREADSHEET}col"):
                if element.get("hidden") in ("1", "true"):
                    hidden += int(element.get("max", 1)) - int(element.get("min", 1)) + 1
                element.clear()
        return hidden


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The name of the archive member that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    wanted = next(node.get(RELATION) for node in book.iter(f"{SPREADSHEET}sheet") if node.get("name") == sheet)
    target = targets[wanted]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
