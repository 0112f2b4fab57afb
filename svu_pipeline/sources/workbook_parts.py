"""What openpyxl does not tell of a workbook: its parts as they stand in the archive, looked at before it is opened.

Here: size, active content, the raw cells of one sheet (errors, formulae without a value, merged and hidden parts). Not
here: the table and its values (`xlsx_register.py`).
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import IO
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from svu_pipeline.sources.archive import check_size
from svu_pipeline.sources.system import Unreadable

CURE = "Ask the register's keeper for the workbook as it was agreed."
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ACTIVE = re.compile(r"(?i)xl/(vbaproject|externallinks/|embeddings/|activex/|ctrlprops/|macrosheets/)|.*oleobject")
"""Parts that run, embed or fetch: none has a place in a register."""

MAX_ROWS = 1_048_576
ROW_LIMITS = (65_536, MAX_ROWS)
"""A sheet that ends exactly where a format of Excel's ends was probably cut there (.xls 1997, .xlsx 2007)."""

CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass
class SheetFacts:
    """What stands in a sheet beside its values. `defects` gives a reason code by row and column, both from 1."""

    defects: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: int = 0
    last_row: int = 0
    last_merged_row: int = 0


def check_parts(archive: zipfile.ZipFile) -> None:
    """Raise Unreadable for a workbook that unpacks beyond all bounds, or that holds anything that is not a table."""
    members = archive.infolist()
    check_size(sum(member.file_size for member in members), sum(member.compress_size for member in members))
    if any(ACTIVE.match(member.filename) for member in members) or b"macroEnabled" in archive.read(
        "[Content_Types].xml"
    ):
        cure = "Ask the register's keeper for a workbook without macros, links and embedded objects."
        raise Unreadable("active_content", "the workbook holds macros, links or embedded objects", cure)


def sheet_facts(archive: zipfile.ZipFile, sheet: str) -> SheetFacts:
    """Read one sheet's XML as a stream, a row at a time."""
    facts = SheetFacts()
    with archive.open(_part_of(archive, sheet)) as part:
        _read(part, facts)
    if facts.last_row in ROW_LIMITS:
        raise Unreadable("row_limit_suspected", f"the sheet ends at row {facts.last_row}, a limit of Excel's", CURE)
    if facts.last_row > MAX_ROWS:
        raise Unreadable("limit", "the sheet names rows beyond those that a sheet can have", CURE)
    return facts


def _read(part: IO[bytes], facts: SheetFacts) -> None:
    rows: Element | None = None
    for event, element in ElementTree.iterparse(part, events=("start", "end"), forbid_dtd=True):
        name = element.tag.removeprefix(SPREADSHEET)
        if event == "start":
            rows = element if name == "sheetData" else rows
        elif name == "row":
            _note_row(element, facts)
            if rows is not None:
                rows.clear()
        elif name == "col" and element.get("hidden") in ("1", "true"):
            facts.hidden += _whole(element.get("max")) - _whole(element.get("min")) + 1
        elif name == "mergeCell":
            facts.last_merged_row = max(facts.last_merged_row, *_rows_of(element.get("ref", "")))


def _note_row(row: Element, facts: SheetFacts) -> None:
    facts.last_row = _whole(row.get("r")) or facts.last_row + 1
    facts.hidden += row.get("hidden") in ("1", "true")
    column = 0
    for cell in row.findall(f"{SPREADSHEET}c"):
        place = CELL.fullmatch(cell.get("r", ""))
        column = _column(place[1]) if place else column + 1
        if cell.get("t") == "e":
            facts.defects[facts.last_row, column] = "excel_error"
        elif cell.find(f"{SPREADSHEET}f") is not None and not cell.findtext(f"{SPREADSHEET}v"):
            facts.defects[facts.last_row, column] = "formula_without_value"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _rows_of(reference: str) -> list[int]:
    return [int(number) for _, number in CELL.findall(reference)] or [0]


def _whole(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else 0


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The name of the archive member that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    wanted = next(node.get(RELATION) for node in book.iter(f"{SPREADSHEET}sheet") if node.get("name") == sheet)
    target = targets[wanted]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
