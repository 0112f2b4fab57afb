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

import openpyxl
import pyarrow as pa
from defusedxml.common import DefusedXmlException
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from svu_pipeline.sources.csv_file import plain_name
from svu_pipeline.sources.odd_text import Note, inspected
from svu_pipeline.sources.system import Unreadable
from svu_pipeline.sources.text_batch import Row, batches, with_defects
from svu_pipeline.sources.workbook_parts import CURE, SheetFacts, check_parts, sheet_facts

EXACT = 10**15
"""A workbook keeps 15 digits of a number: one that has more is not the number that was typed."""

FIRST_TRUE_DAY = date(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was; its serial numbers up to there mean another day to every reader."""

TOTALS = ("total", "totals", "grand total")
"""What stands in the first column of a row that sums up others."""

_DAMAGE = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, KeyError, IndexError, SyntaxError, OSError, ValueError, TypeError,
    AttributeError, EOFError, RuntimeError, NotImplementedError, StopIteration, OverflowError,
)  # fmt: skip
"""What openpyxl and zipfile raise for a workbook that is damaged, or was never one; a SyntaxError is of either XML parser."""


@dataclass(frozen=True)
class Register:
    """Where the table stands in the workbook: sheet, header row (from 1), `{header: column}`, and which rows are none.

    `is_record` is asked of each row's values in the order of `names`; trailing rows that it refuses (a total) are none.
    """

    sheet: str
    header_row: int
    names: dict[str, str]
    is_record: Callable[[Row], bool] = any


def read_xlsx(stream: IO[bytes], register: Register, columns: Sequence[str], note: Note) -> Iterator[pa.RecordBatch]:
    """Record batches of `columns` from one sheet; `note(code, count)` is told of hidden content and what else is odd.

    Raises Unreadable for a file that is no workbook or more than one, a sheet that is missing, merged or as long as Excel
    lets it be, and a header that is not where it was agreed, lacks a column or says one twice.
    """
    facts = _facts(stream, register, note)
    sheet = _opened(stream, register, note)
    defects: dict[int, str] = {}
    rows = _records(_cells(sheet), register, columns, facts, defects, note)
    count = 0
    for batch in inspected((with_defects(batch, defects) for batch in batches(columns, rows)), note):
        count += batch.num_rows
        yield batch
    note("zero_rows", int(not count))


def _facts(stream: IO[bytes], register: Register, note: Note) -> SheetFacts:
    """The parts of the archive checked, and what its one sheet holds beside values."""
    try:
        with zipfile.ZipFile(stream) as archive:
            check_parts(archive)
            facts = sheet_facts(archive, register.sheet)
    except DefusedXmlException:
        raise Unreadable("forbidden_dtd", "the workbook holds a forbidden document type or entity", CURE) from None
    except StopIteration:
        raise Unreadable("schema_drift", f"there is no sheet {register.sheet}", CURE) from None
    except _DAMAGE:
        raise Unreadable("bad_workbook", "the file is not a readable workbook", CURE) from None
    if facts.last_merged_row >= register.header_row:
        raise Unreadable("layout_changed", "cells of the table are merged", CURE)
    note("hidden_content", facts.hidden)
    return facts


def _opened(stream: IO[bytes], register: Register, note: Note) -> Any:
    """The register's sheet, ready to stream; hidden sheets are noted."""
    stream.seek(0)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        note("hidden_content", sum(sheet.sheet_state != "visible" for sheet in book.worksheets))
        note("date_system_1904", int(book.epoch == CALENDAR_MAC_1904))
        sheet = book[register.sheet]
        sheet.reset_dimensions()
    except DefusedXmlException:
        raise Unreadable("forbidden_dtd", "the workbook holds a forbidden document type or entity", CURE) from None
    except _DAMAGE:
        raise Unreadable("bad_workbook", "the file is not a readable workbook", CURE) from None
    return sheet


def _cells(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """The rows of the sheet; what the parser says of a damaged one may quote it, and is not handed on."""
    try:
        yield from sheet.iter_rows(values_only=True)
    except (*_DAMAGE, DefusedXmlException):
        raise Unreadable("bad_workbook", "the sheet cannot be read to its end", CURE) from None


def _records(
    rows: Iterator[tuple[Any, ...]],
    register: Register,
    columns: Sequence[str],
    facts: SheetFacts,
    defects: dict[int, str],
    note: Note,
) -> Iterator[tuple[int, Row]]:
    """`(row of the sheet, values)` of each record; the reason of one that is none, or cannot be trusted, in `defects`."""
    places: list[int] | None = None
    trailing: list[int] = []
    for number, cells in enumerate(rows, start=1):
        if number == register.header_row:
            places = _places(cells, register, columns, note)
        elif places is not None:
            found = [cells[place] if place < len(cells) else None for place in places]
            row = [_text(cell) for cell in found]
            if not any(row):
                continue
            if not register.is_record(row):
                trailing.append(number)
                continue
            for total in trailing:
                defects[total] = "not_a_record"
                yield total, [None] * len(columns)
            trailing.clear()
            if defect := _defect(number, found, places, facts):
                defects[number] = defect
            yield number, row
    if places is None:
        raise Unreadable("layout_changed", f"the sheet has no header in row {register.header_row}", CURE)


def _defect(number: int, found: list[Any], places: list[int], facts: SheetFacts) -> str | None:
    """Why a row is not trusted: one cell alone is a heading or a remark, an error or a lost digit says nothing."""
    raw = [code for place in places if (code := facts.defects.get((number, place + 1)))]
    if raw:
        return raw[0]
    if sum(cell is not None for cell in found) == 1 or str(found[0]).strip().casefold() in TOTALS:
        return "not_a_record"
    if any(isinstance(cell, int | float) and abs(cell) >= EXACT for cell in found):
        return "precision_lost"
    return None


def _places(cells: tuple[Any, ...], register: Register, columns: Sequence[str], note: Note) -> list[int]:
    by_column = {column: name for name, column in register.names.items()}
    names = {str(cell): place for place, cell in enumerate(cells) if cell is not None}
    found = {plain_name(name): place for name, place in names.items()}
    if len(found) != sum(cell is not None for cell in cells):
        raise Unreadable("duplicate_column", f"a column name stands twice in row {register.header_row}", CURE)
    wanted = {column: plain_name(by_column[column]) for column in columns}
    missing = [by_column[column] for column, heading in wanted.items() if heading not in found]
    if missing:
        code = "layout_changed" if len(missing) == len(wanted) else "schema_drift"
        raise Unreadable(code, f"row {register.header_row} has no column {', '.join(missing)}", CURE)
    note("new_column", len(found) - len(wanted))
    note("header_differs", len(wanted.keys() - {register.names.get(name) for name in names}))
    return [found[wanted[column]] for column in columns]


def _text(cell: Any) -> str | None:
    """A cell as text. A float is written in its shortest exact form, so that 261000.5 stays 261000.5."""
    match cell:
        case None:
            return None
        case datetime() if cell.date() < FIRST_TRUE_DAY:
            return f"{cell:%Y-%m-%d}"
        case datetime():
            return f"{cell:%d/%m/%Y}" if cell.time() == time() else f"{cell:%d/%m/%Y %H:%M:%S}"
        case date():
            return f"{cell:%d/%m/%Y}"
        case float():
            return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
        case _:
            return str(cell)
