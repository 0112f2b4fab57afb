"""Whether the workbook of a release has the numbers of its figures, read back as a spreadsheet reads them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl import Workbook

WORKBOOK = "workbook.xlsx"
PARTS = "By_"
"""How the sheets of breakdowns begin: their dimension follows."""

Place = tuple[str, str, str]
"""Title of the figure, dimension and code; the last two empty for the whole."""


def otherwise_in_workbook(folder: Path, document: dict[str, Any]) -> Iterator[str]:
    """One line for each number that the workbook has otherwise, not at all, or beyond those of the document."""
    from openpyxl import load_workbook

    book = load_workbook(folder / WORKBOOK, read_only=True)
    found, expected = dict(_found(book)), dict(_expected(document))
    book.close()
    for place in dict.fromkeys([*expected, *found]):
        if place not in found or place not in expected or found[place] != expected[place]:
            yield f"{WORKBOOK}: {', '.join(word for word in place if word)} is not as in figures.json"


def _expected(document: dict[str, Any]) -> Iterator[tuple[Place, Decimal | None]]:
    for figure in document["figures"]:
        yield (figure["title"], "", ""), _decimal(figure["printed"])
        for month in figure["monthly"]:
            yield (figure["title"], "month", month["month"]), _decimal(month["printed"])
        for table in figure["breakdowns"]:
            for row in table["rows"]:
                yield (figure["title"], table["dimension"], row["code"]), _decimal(row["printed"])


def _found(book: Workbook) -> Iterator[tuple[Place, Decimal | None]]:
    for row in _rows(book, "Figures"):
        yield (row["Measure"], "", ""), _number(row["Figure"])
    for row in _rows(book, "Months"):
        for month, cell in row.items():
            if month not in ("Measure", "Unit"):
                yield (row["Measure"], "month", month), _number(cell)
    for name in book.sheetnames:
        if name.startswith(PARTS):
            for row in _rows(book, name):
                yield (row["Measure"], name.removeprefix(PARTS), str(row["Code"])), _number(row["Figure"])


def _rows(book: Workbook, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a sheet's one table, by its header."""
    rows = book[name].iter_rows(values_only=True)
    header = next(row for row in rows if row[0] == "Measure")
    return (dict(zip(map(str, header), row, strict=True)) for row in rows if row[0])


def _decimal(printed: str | None) -> Decimal | None:
    return Decimal(printed) if printed is not None else None


def _number(cell: object) -> Decimal | None:
    """A cell's number; null for a mark. A spreadsheet keeps doubles, whose shortest text is the number that was written."""
    return None if isinstance(cell, str) else Decimal(str(cell))
