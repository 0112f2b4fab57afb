"""XLSX registers whose bytes depend on the rows alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from svu_pipeline.demo.records import Record

STAMP = datetime(2024, 12, 2, 8, 0, 0)
MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def write_register(
    path: Path,
    sheet: str,
    columns: Mapping[str, str],
    records: Sequence[Record],
    *,
    titles: Sequence[str] = (),
    total: Mapping[str, Any] | None = None,
    hidden_sheet: str = "",
) -> None:
    """One sheet: title rows, the header (`columns`: name → heading), the records, any total row."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = sheet
    for title in titles:
        page.append([title])
    page.append(list(columns.values()))
    for record in records:
        page.append([record.values[column] for column in columns])
        if record.is_hidden:
            page.row_dimensions[page.max_row].hidden = True
    if total:
        page.append([total[column] for column in columns])
    for row in page.iter_rows():
        for cell in row:
            if isinstance(cell.value, date):
                cell.number_format = "dd/mm/yyyy"
    if hidden_sheet:
        _put_aside(book, hidden_sheet, columns, records[:3])
    path.write_bytes(_with_fixed_times(book))


def _put_aside(book: Workbook, title: str, columns: Mapping[str, str], records: Sequence[Record]) -> None:
    """A hidden sheet of entries under other references: were it read, every figure would be too high."""
    sheet = book.create_sheet(title)
    sheet.sheet_state = "hidden"
    sheet.append(list(columns.values()))
    for record in records:
        reference, *others = (record.values[column] for column in columns)
        sheet.append([f"OLD/{reference}", *others])


def _with_fixed_times(book: Workbook) -> bytes:
    """The workbook's parts stored again uncompressed (compressors differ) and with one fixed time."""
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            entry.create_system = 0  # else the operating system would show in the bytes
            target.writestr(entry, part)
    return fixed.getvalue()
