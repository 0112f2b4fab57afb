"""The workbook of a release, accessible: one table a sheet, marked up as such, no empty cell, every mark explained.

Written by gptables, which lays tables out as the Government Analysis Function asks. The same document gives the same bytes.
"""

from __future__ import annotations

import io
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import instant, spoken
from svu_pipeline.release.sheets import MEANINGS, Sheet, marks_used, sheets
from svu_pipeline.without_pandas import pandas_shown

if TYPE_CHECKING:
    from gptables import Cover, GPTable

A4 = 9
"""XlsxWriter's number of the paper."""
WIDE = 60
"""Text of more characters than this is wrapped, in a column as wide as this."""


def workbook(document: dict[str, Any]) -> bytes:
    """The workbook of a release document as the bytes of an .xlsx file."""
    with pandas_shown():
        from gptables import produce_workbook

    found = sheets(document)
    aside = io.BytesIO()
    with warnings.catch_warnings():
        # gptables warns of a missing notes sheet (the marks are explained on the cover and on each sheet), and pandas of
        # what gptables does and pandas 4 will not have.
        warnings.simplefilter("ignore")
        made = produce_workbook(
            aside,
            {sheet.label: _table(sheet, document) for sheet in found},
            cover=_cover(document),
            contentsheet_label="Contents",
            workbook_options={"in_memory": True},
        )
    for page in made.worksheets():
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
    known = instant(document["as_at"])
    made.set_properties({"title": _title(document), "author": document["force"], "created": known})
    made.close()
    return aside.getvalue()


def _title(document: dict[str, Any]) -> str:
    return f"{document['unit']}: {document['window_words']}"


def _cover(document: dict[str, Any]) -> Cover:
    from gptables import Cover

    release = document["release"]
    return Cover(
        title=_title(document),
        intro=[
            f"{document['force']}, release {release['id']}.",
            f"Window: {document['window_words']}.",
            f"As known on {spoken(instant(document['as_at']))}.",
            "Each sheet has one table. Numbers are rounded once, half away from zero.",
        ],
        about=[f"[{mark}] {MEANINGS[mark]}" for mark in marks_used(document)],
        contact=[
            "The definitions are on the sheet Definitions; what stands behind the figures is on the sheet Quality."
        ],
    )


def _table(sheet: Sheet, document: dict[str, Any]) -> GPTable:
    import pandas as pd
    from gptables import GPTable

    frame = pd.DataFrame(sheet.rows, columns=list(sheet.header), dtype=object)
    return GPTable(
        frame,
        table_name=f"table_{sheet.label.lower()}",
        title=sheet.title,
        subtitles=list(sheet.subtitles),
        instructions=f"This worksheet contains one table of {len(sheet.rows)} rows.",
        legend=[f"[{mark}] {MEANINGS[mark]}" for mark in marks_used(document) if _has(sheet, mark)],
        index_columns={2: 0},
        additional_formatting=[*_number_formats(sheet), *_column_formats(sheet)],
    )


def _has(sheet: Sheet, mark: str) -> bool:
    return any(isinstance(cell, str) and f"[{mark}]" in cell for row in sheet.rows for cell in row)


def _number_formats(sheet: Sheet) -> list[dict[str, Any]]:
    """Each number is shown with the decimals that it is printed with, and its thousands parted."""
    return [
        {"cell": {"cells": (row, column), "format": {"num_format": _shown(cell)}}}
        for row, cells in enumerate(sheet.rows, start=1)
        for column, cell in enumerate(cells)
        if not isinstance(cell, str)
    ]


def _shown(number: int | Decimal) -> str:
    """A spreadsheet's format of a number: its thousands parted, with the decimals that it is printed with."""
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _column_formats(sheet: Sheet) -> list[dict[str, Any]]:
    """Columns of numbers stand to the right, marks among them too; long text is wrapped, not drawn out."""
    places = range(len(sheet.header))
    numbers = [place for place in places if any(not isinstance(row[place], str) for row in sheet.rows)]
    long = [place for place in places if any(len(str(row[place])) > WIDE for row in sheet.rows)]
    formats: list[tuple[list[int], dict[str, Any]]] = [(numbers, {"align": "right"}), (long, {"text_wrap": True})]
    return [{"column": {"columns": columns, "format": look}} for columns, look in formats if columns]
