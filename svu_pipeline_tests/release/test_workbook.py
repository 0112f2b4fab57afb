"""The workbook of a release says the document's figures to the digit, and can be used by everyone."""

from __future__ import annotations

import copy
import csv
import io
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from svu_pipeline.clock import window
from svu_pipeline.publication.review import review
from svu_pipeline.release.sheets import MEANINGS, marks_used
from svu_pipeline.release.triangle import as_json
from svu_pipeline.release.workbook import workbook
from svu_pipeline_tests.night import Force


@pytest.fixture(scope="module")
def document(demo_night: Force) -> dict[str, Any]:
    """The demo year as a release has it: one part hidden, one figure revised, one not supplied."""
    found = review(demo_night.settings, window("2023-11"))
    found["release"] = {"id": "2023-11.2"}
    first, second = found["figures"][0], found["figures"][1]
    hidden = first["breakdowns"][0]["rows"][0]
    hidden.update(printed=None, numerator=None, marks=["c"])
    second.update(printed=None, numerator=None, marks=["x"])
    first["marks"] = ["r"]
    row = {"metric": first["id"], "title": first["title"], "old": "441", "new": "440", "release": "2023-11.1"}
    row |= {"start": found["start"], "end": found["end"], "dimension": "", "code": ""}
    found["revisions"] = [{**row, "kind": "error", "note": "An arrest had been entered twice."}]
    found["triangle"] = as_json([{**found, "release": {"id": "2023-11.1"}}, found])
    return found


@pytest.fixture(scope="module")
def content(document: dict[str, Any]) -> bytes:
    return workbook(document)


def tables(content: bytes) -> dict[str, Worksheet]:
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: sheet for sheet in book.worksheets}


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    """The rows of a sheet's one table, by its header."""
    (table,) = sheet.tables.values()
    header, *cells = ([cell.value for cell in row] for row in sheet[table.ref])
    return [dict(zip(header, row, strict=True)) for row in cells]


def exactly(cell: Any) -> Decimal | str:
    """A cell as it was written: spreadsheets keep numbers as doubles, whose shortest text is the printed number."""
    return cell if isinstance(cell, str) else Decimal(repr(cell))


def test_every_figure_month_and_part_equals_the_document_to_the_digit(content: bytes, document: dict[str, Any]) -> None:
    """Compared one for one, hidden and missing ones as their marks."""
    found = tables(content)
    figures = {row["Metric and version"].partition("@")[0]: row for row in rows(found["Figures"])}
    months = rows(found["Months"])
    parts = {
        (dimension, row["Measure"], row["Code"]): exactly(row["Figure"])
        for dimension, sheet in ((name[3:], sheet) for name, sheet in found.items() if name.startswith("By_"))
        for row in rows(sheet)
    }

    def said(part: dict[str, Any]) -> Decimal | str:
        if part["printed"] is not None:
            return Decimal(part["printed"])
        return next((f"[{mark}]" for mark in ("c", "x") if mark in part["marks"]), "[z]")

    compared = 0
    for place, figure in enumerate(document["figures"]):
        assert exactly(figures[figure["id"]]["Figure"]) == said(figure)
        for month in figure["monthly"]:
            assert exactly(months[place][month["month"]]) == said(month)
        for breakdown in figure["breakdowns"]:
            for row in breakdown["rows"]:
                assert parts.pop((breakdown["dimension"], figure["title"], row["code"])) == said(row)
                compared += 1
    assert not parts and compared > 500 and len(figures) == len(document["figures"])


def test_a_hidden_part_is_c_and_never_zero_and_its_mark_is_explained(content: bytes) -> None:
    found = tables(content)
    assert [row["Figure"] for row in rows(found["By_district"])].count("[c]") == 1
    words = [cell.value for cell in found["By_district"]["A"] if cell.value]
    assert f"[c] {MEANINGS['c']}" in words
    assert f"[c] {MEANINGS['c']}" in [cell.value for cell in found["Cover"]["A"]]
    assert not any(MEANINGS["c"] in str(cell.value) for cell in found["Quality"]["A"]), "explained only where it stands"


def test_a_revised_figure_shows_old_and_new(content: bytes) -> None:
    (row,) = rows(tables(content)["Revisions"])
    assert (row["As released before"], row["As released now"], row["Kind of revision"]) == (441, 440, "error")


def test_the_workbook_keeps_the_accessibility_checklist(content: bytes) -> None:
    """One marked-up table a sheet from column A, a title in A1, no merged, empty, hidden or coloured-only cell."""
    book = load_workbook(io.BytesIO(content))
    assert book.properties.title and book.sheetnames[0] == "Cover"
    names = [name for sheet in book.worksheets for name in sheet.tables]
    assert len(names) == len(set(names))
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible" and not sheet.merged_cells.ranges and not sheet._images
        assert sheet["A1"].value and not re.search(r"\s", sheet.title)
        assert not any(hidden.hidden for hidden in (*sheet.row_dimensions.values(), *sheet.column_dimensions.values()))
        if sheet.title == "Cover":
            continue
        (table,) = sheet.tables.values()
        assert table.ref.startswith("A") and table.headerRowCount == 1
        cells = [cell for row in sheet[table.ref] for cell in row]
        assert all(cell.value not in (None, "") for cell in cells)
        assert len({cell.value for cell in sheet[table.ref][0]}) == len(sheet[table.ref][0]), "headings differ"
        above = sheet.max_row - len(sheet[table.ref])
        assert all(cell.value is None for row in sheet.iter_rows(1, above, 2) for cell in row), "words above stand in A"


def test_every_mark_in_a_cell_is_explained_on_its_sheet(content: bytes) -> None:
    for name, sheet in tables(content).items():
        if name in ("Cover", "Contents"):
            continue
        (table,) = sheet.tables.values()
        used = {
            mark for row in sheet[table.ref] for cell in row for mark in re.findall(r"\[([a-z])\]", str(cell.value))
        }
        said = {str(cell.value)[1] for cell in sheet["A"] if re.match(r"\[[a-z]\] ", str(cell.value))}
        assert used == said, name


def test_the_same_document_gives_the_same_bytes(content: bytes, document: dict[str, Any]) -> None:
    assert workbook(copy.deepcopy(document)) == content


def test_marks_that_no_figure_has_are_not_explained(document: dict[str, Any]) -> None:
    assert "c" in marks_used(document) and "b" not in marks_used(document)


@pytest.mark.slow
def test_libreoffice_opens_it_and_reads_the_same_numbers(
    content: bytes, document: dict[str, Any], tmp_path: Path
) -> None:
    """A real office program reads every sheet; its figures are the printed ones."""
    if not (office := shutil.which("soffice")):
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "release.xlsx").write_bytes(content)
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", every_sheet]
    done = subprocess.run([*command, "release.xlsx"], cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0
    sheets = load_workbook(io.BytesIO(content)).sheetnames
    assert {file.name for file in tmp_path.glob("*.csv")} == {f"release-{sheet}.csv" for sheet in sheets}
    shown = list(csv.reader((tmp_path / "release-Figures.csv").read_text("utf-8").splitlines()))
    start = next(place for place, row in enumerate(shown) if row[0] == "Measure")
    said = {row[-1].partition("@")[0]: row[1].replace(",", "") for row in shown[start + 1 :]}
    for figure in document["figures"]:
        if figure["printed"] is None:
            assert said[figure["id"]] == "[x]"
        else:
            assert Decimal(said[figure["id"]]) == Decimal(figure["printed"])
