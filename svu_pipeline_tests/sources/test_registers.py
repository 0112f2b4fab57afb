"""Workbooks kept by hand: the asset recovery register and the search warrant register."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from svu_pipeline.sources.asset_recovery import HEADER as MONEY_HEADER
from svu_pipeline.sources.asset_recovery import PATH as MONEY_PATH
from svu_pipeline.sources.warrants import HEADER as WARRANT_HEADER
from svu_pipeline.sources.warrants import PATH as WARRANT_PATH
from svu_pipeline_tests.sources.written import is_silent, read, refusal, write

Cells = Sequence[Any]
SURNAME = "Quillfeather"


def workbook(sheet: str, rows: Sequence[Cells], change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    """The bytes of a workbook with one sheet of rows, changed before it is saved."""
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    change(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def money(rows: Sequence[Cells], change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    """An asset recovery register: two title rows, the header, rows."""
    return workbook("Register", [["Asset recovery"], ["Restricted"], list(MONEY_HEADER), *rows], change)


def warrants(rows: Sequence[Cells], change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    """A search warrant register: the header, rows."""
    return workbook("Warrants", [list(WARRANT_HEADER), *rows], change)


def test_cells_become_the_text_that_a_clerk_would_have_typed(tmp_path: Path) -> None:
    """Real dates, text dates, numbers and numbers as text; `_row` is the sheet's own; the total is no record."""
    rows: list[Cells] = [
        ["AR1", datetime(2023, 9, 14), "SVU_HQ", None, "AFO", "SEIZED", 1250.5, "GBP", None, "two\nlines"],
        ["AR2", "14/09/2023", "SVU_HQ", "OP1", "AFO", "SEIZED", "£261,000.00", "GBP", None, None],
        [None] * 10,
        [1003, datetime(2023, 9, 14, 9, 30), "SVU_HQ", None, "AFO", "SEIZED", 1e-07, "EUR", 261000.0, None],
        ["TOTAL", None, None, None, None, None, 262250.5],
    ]
    common = {"unit": "SVU_HQ", "power": "AFO", "stage": "SEIZED"}
    expected = [
        {"ref": "AR1", "date": "14/09/2023", "amount": "1250.5", "currency": "GBP", "notes": "two\nlines", "_row": 4},
        {"ref": "AR2", "date": "14/09/2023", "amount": "£261,000.00", "currency": "GBP", "operation": "OP1", "_row": 5},
        {
            "ref": "1003",
            "date": "14/09/2023 09:30:00",
            "amount": "0.0000001",
            "currency": "EUR",
            "gbp_amount": "261000",
            "_row": 7,
        },
    ]
    found = read("asset_recovery", write(tmp_path, {MONEY_PATH: money(rows)}))
    assert found.rows == {"register_entry": [{**common, **row} for row in expected]}
    assert found.notes == []


def test_hidden_sheets_rows_and_columns_are_noted(tmp_path: Path) -> None:
    """A hidden sheet is not read; a hidden row and a hidden column are; each is counted."""

    def hide(book: Workbook) -> None:
        book.create_sheet("Old").append(["Warrant No", SURNAME])
        book["Old"].sheet_state = "hidden"
        book["Warrants"].row_dimensions[3].hidden = True
        book["Warrants"].column_dimensions["F"].hidden = True

    row = ["MDA_S23", "01/09/2023", "02/09/2023", "POSITIVE", "PR1", "E07000066", "SVU_HQ", None, "EXECUTED"]
    content = warrants([["SW1", *row], ["SW2", *row]], hide)
    found = read("warrants", write(tmp_path, {WARRANT_PATH: content}))
    assert [(r["warrant_no"], r["premises_ref"], r["_row"]) for r in found.rows["warrant"]] == [
        ("SW1", "PR1", 2),
        ("SW2", "PR1", 3),
    ]
    assert sum(count for _, _, code, count in found.notes if code == "hidden_content") == 3


def test_columns_are_found_by_their_headings(tmp_path: Path) -> None:
    """Reordered headings in other case and spacing are the same; a column that was added is not read."""
    headings = [
        "Status",
        "Remarks",
        *[f" {name.upper()}\N{NO-BREAK SPACE}" for name in WARRANT_HEADER if name != "Status"],
    ]
    row = ["ISSUED", SURNAME, "SW1", "PACE_S8", "01/09/2023", None, None, "PR1", "E07000066", "SVU_HQ", None]
    found = read("warrants", write(tmp_path, {WARRANT_PATH: workbook("Warrants", [headings, row])}))
    assert found.rows["warrant"] == [
        {
            "warrant_no": "SW1",
            "power": "PACE_S8",
            "issued": "01/09/2023",
            "premises_ref": "PR1",
            "district": "E07000066",
            "unit": "SVU_HQ",
            "status": "ISSUED",
            "_row": 2,
        }
    ]


def with_dtd(content: bytes, dtd: bytes) -> bytes:
    """The same workbook with a document type in its sheets."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            part = source.read(name)
            if name.startswith("xl/worksheets/"):
                part = dtd + part.split(b"?>", 1)[-1]
            copy.writestr(name, part)
    return target.getvalue()


ISSUED = [[SURNAME, "MDA_S23", "01/09/2023", None, None, "PR1", "E07000066", "SVU_HQ", None, "ISSUED"]]
BAD = {
    "there is no sheet": workbook("Sheet1", [list(WARRANT_HEADER), *ISSUED]),
    "no column Issued, Status": workbook("Warrants", [[n for n in WARRANT_HEADER if n not in ("Issued", "Status")]]),
    "row 1 has no column": workbook("Warrants", ISSUED),
    "no header in row 1": workbook("Warrants", []),
    "not a readable workbook": b"",
    "a readable workbook": b"<!DOCTYPE html><html><body>Quillfeather, sign in</body></html>",
    "readable workbook": warrants(ISSUED)[:-200],
    "a forbidden document type or entity": with_dtd(warrants(ISSUED), b'<!DOCTYPE x [<!ENTITY e "Quillfeather">]>'),
    "forbidden document type": with_dtd(warrants(ISSUED), b"<!DOCTYPE worksheet>"),
}


@pytest.mark.parametrize("problem", BAD)
def test_workbook_that_is_not_the_register_is_refused(problem: str, tmp_path: Path) -> None:
    """Another sheet, a lost heading, half a file, a page named .xlsx, a document type: refused, nothing said of it."""
    root = write(tmp_path / "extract", {WARRANT_PATH: BAD[problem]})
    error = refusal("warrants", root, tmp_path)
    assert problem in error.problem
    assert error.file == WARRANT_PATH
    assert is_silent(error, root, tmp_path, SURNAME)


def test_money_register_without_its_title_rows_is_refused(tmp_path: Path) -> None:
    """The header is in row 3 and nowhere else: a register that has moved is not guessed at."""
    content = workbook("Register", [list(MONEY_HEADER), ["AR1"], ["AR2"]])
    assert "row 3" in refusal("asset_recovery", write(tmp_path / "extract", {MONEY_PATH: content}), tmp_path).problem
