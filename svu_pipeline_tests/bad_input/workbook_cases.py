"""Cases of workbooks, B39 to B50: the warrants register and the asset recovery register."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, time
from typing import Any

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from svu_pipeline_tests.bad_input.case import SENTINEL, A, Case, F, N, R, Spoil, W, file
from svu_pipeline_tests.oracle.read_tables import REGISTER_HEADER, WARRANT_HEADER

WARRANTS = "warrants/warrants_register.xlsx"
REGISTER = "asset_recovery/asset_recovery_register.xlsx"

Change = Callable[[Workbook], None]


def row(
    issued: Any = date(2023, 4, 1), executed: Any = date(2023, 4, 12), number: Any = "SW1", **other: Any
) -> list[Any]:
    """A warrant's cells; the sentinel stands in the premises."""
    premises, result = other.get("premises", SENTINEL), other.get("result", "POSITIVE")
    return [number, "PACE_S8", issued, executed, result, premises, "E07000066", "RAPTOR_WEST", None, "EXECUTED"]


def workbook(
    rows: Sequence[Sequence[Any]], change: Change = lambda _: None, header: Sequence[str] = WARRANT_HEADER
) -> bytes:
    """The bytes of a warrants register, changed before it is saved."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Warrants"
    for cells in [header, *rows]:
        sheet.append(list(cells))
    change(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def warrants(rows: Sequence[Sequence[Any]], change: Change = lambda _: None, **more: Any) -> Spoil:
    return file(WARRANTS, workbook(rows, change, **more))


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The same workbook with another part in its archive."""
    target = io.BytesIO(content)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(name, part)
    return target.getvalue()


def with_sheet(content: bytes, change: Callable[[str], str]) -> bytes:
    """The same workbook, the XML of its first sheet changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as copy:
        for name in source.namelist():
            part = source.read(name)
            copy.writestr(name, change(part.decode()).encode() if name == "xl/worksheets/sheet1.xml" else part)
    return target.getvalue()


def macro_enabled(content: bytes) -> bytes:
    """The same workbook as an .xlsm names itself."""
    return with_part(content, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")


def last_row_at(number: int) -> bytes:
    """A register whose second row says that it is row `number`."""
    return with_sheet(
        workbook([row()]), lambda xml: re.sub(r'<row r="2".*?</row>', f'<row r="{number}"/>', xml, flags=re.DOTALL)
    )


def cell(reference: str, inner: str, kind: str = "") -> Callable[[str], str]:
    """Replaces a cell of the sheet by another."""

    def change(xml: str) -> str:
        return re.sub(
            rf'<c r="{reference}".*?(?:/>|</c>)', f'<c r="{reference}"{kind}>{inner}</c>', xml, flags=re.DOTALL
        )

    return change


def merged(reference: str) -> Change:
    return lambda book: book["Warrants"].merge_cells(reference)


def hidden(book: Workbook) -> None:
    book.create_sheet("Old").append(["Warrant No", SENTINEL])
    book["Old"].sheet_state = "hidden"
    book["Warrants"].row_dimensions[2].hidden = True
    book["Warrants"].column_dimensions["F"].hidden = True


def of_1904(book: Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


def refused(number: str, what: str, content: bytes, code: str) -> Case:
    return Case(number, what, "warrants", file(WARRANTS, content), F, code)


def held(number: str, what: str, code: str, rows: Sequence[Sequence[Any]], **more: Any) -> Case:
    return Case(number, what, "warrants", warrants(rows), R, code, dataset="warrant", **more)


def register(*rows: Sequence[Any]) -> Spoil:
    """The asset recovery register with these rows below its header."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Register"
    for cells in [["Asset recovery"], ["Restricted"], REGISTER_HEADER, *rows]:
        sheet.append(list(cells))
    return file(REGISTER, saved(book))


MONEY = ["AR1", date(2023, 6, 15), "SVU_HQ", None, "AFO", "SEIZED", 100, "GBP", None, SENTINEL]
EXECUTED = {"executed": date(2023, 4, 12), "issued": date(2023, 4, 1)}
GOOD = workbook([row(), row(number="SW2")])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

CASES = (
    refused("B39", "a text named .xlsx", f"Warrant No,{SENTINEL}\r\n".encode(), "bad_workbook"),
    refused("B39", "an .xls, or one behind a password, renamed", OLE, "bad_workbook"),
    refused("B39", "half a workbook", GOOD[: len(GOOD) // 2], "bad_workbook"),
    refused("B39", "a zip that is no workbook", with_part(b"", "a.txt", b"x"), "bad_workbook"),
    refused("B40", "a sheet that ends at row 65,536", last_row_at(65_536), "row_limit_suspected"),
    refused("B40", "a sheet that ends at row 1,048,576", last_row_at(1_048_576), "row_limit_suspected"),
    held("B41", "a date as its serial number", "bad_date", [row(issued=45_000)]),
    Case("B42", "dates counted from 1904", "warrants", warrants([row()], of_1904), N, "date_system_1904",
         dataset="warrant", values=EXECUTED),
    Case("B43", "29 February 1900, serial 60", "warrants",
         file(WARRANTS, with_sheet(workbook([row()]), lambda xml: re.sub(
             r'(<c r="C2"[^>]*>)<v>[^<]*</v>', r"\1<v>60</v>", xml))), R, "bad_date", dataset="warrant"),
    held("B43", "a time of day alone", "bad_date", [row(issued=time(9, 30))]),
    Case("B44", "text dates beside real ones", "warrants", warrants([row(), row("01/04/2023", number="SW2")]), A,
         dataset="warrant", values={"warrant_no": "SW2", **EXECUTED}),
    held("B44", "a text date of another form", "bad_date", [row("2023-04-01")]),
    Case("B45", "a formula without a value", "warrants", warrants([row(result="=1+1")]), R, "formula_without_value",
         dataset="warrant"),
    *(Case("B46", error, "warrants", file(WARRANTS, with_sheet(GOOD, cell("E2", f"<v>{error}</v>", ' t="e"'))), R,
           "excel_error", dataset="warrant") for error in ("#REF!", "#N/A", "#DIV/0!")),
    Case("B47", "merged cells in the table", "warrants", warrants([row(), row(number="SW2")], merged("E2:E3")), F,
         "layout_changed"),
    Case("B47", "title rows above the header", "warrants",
         warrants([WARRANT_HEADER, row()], header=["Search warrants", SENTINEL]), F, "layout_changed"),
    held("B47", "a total within the rows", "not_a_record",
         [row(), ["TOTAL", *[None] * 8, 2], row(number="SW2")]),
    held("B47", "a heading within the rows", "not_a_record", [[SENTINEL], row()]),
    Case("B47", "a total within the money", "asset_recovery",
         register(["TOTAL", *[None] * 5, 100], MONEY), R, "not_a_record", dataset="register_entry"),
    Case("B47", "a trailing total of the money", "asset_recovery", register(MONEY, ["TOTAL", *[None] * 5, 100]), A,
         dataset="register_entry", values={"ref": "AR1"}, why="sources.md, 5: a trailing TOTAL is no record"),
    Case("B47", "blank rows", "warrants", warrants([row(), [None] * 10, row(number="SW2")]), A, dataset="warrant",
         values={"warrant_no": "SW2"}, why="a row without a cell says nothing, and is no record"),
    Case("B48", "a hidden sheet, row and column", "warrants", warrants([row()], hidden), W, "hidden_content", of=3,
         dataset="warrant", values={"warrant_no": "SW1"}),
    Case("B48", "several sheets", "warrants", warrants([row()], lambda book: book.create_sheet("Notes")), A,
         dataset="warrant", values={"warrant_no": "SW1"}),
    held("B49", "a reference of 17 digits that was a number", "precision_lost", [row(number=1.234567890123457e16)]),
    refused("B50", "a macro", macro_enabled(GOOD), "active_content"),
    refused("B50", "a link to another workbook", with_part(GOOD, "xl/externalLinks/externalLink1.xml", b"<x/>"),
            "active_content"),
    refused("B50", "an embedded object", with_part(GOOD, "xl/embeddings/oleObject1.bin", OLE), "active_content"),
)  # fmt: skip
