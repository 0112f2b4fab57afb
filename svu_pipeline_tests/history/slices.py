"""An extract delivered bit by bit: what it would have held at earlier times, so that nights bring what one load brings."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl

from svu_pipeline_tests.oracle import folder as write
from svu_pipeline_tests.oracle.read_tables import TABLES

REGISTERS = {"asset_recovery/asset_recovery_register.xlsx": 4, "warrants/warrants_register.xlsx": 2}
"""The workbooks and the first row of their records."""


def write_slice(extract: Path, folder: Path, part: int, of: int) -> None:
    """Write what the first `part` of `of` equal parts of an extract hold; the last is the extract itself.

    Records of databases and hearings are parted by the instant of their update, files by their date, rows of registers by
    their place, months by month.
    """
    shutil.copytree(extract, folder)
    if part == of:
        return
    for name in ("custody.sqlite", "case_file.sqlite"):
        _rows_until(folder / name, part, of)
    _hearings_until(folder / "courts", part, of)
    for pattern in (
        "property/*.csv", "safeguarding/*.xml", "civil_orders/civil_orders_*.csv", "civil_orders/order_breaches_*.csv",
        "operations/operations_*.jsonl", "operations/deployments_*.jsonl", "police_uk/*/*-street.csv",
        "police_uk/*/*-stop-and-search.csv",
    ):  # fmt: skip
        files = sorted(folder.glob(pattern))
        for file in files[_share(len(files), part, of) :]:
            file.unlink()
    for path, first in REGISTERS.items():
        _register_until(folder / path, first, part, of)


def _share(count: int, part: int, of: int) -> int:
    """How many of `count` things the first parts have: at least one."""
    return max(1, count * part // of)


def _rows_until(path: Path, part: int, of: int) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master") if name in TABLES]
        instants = sorted(
            stamp for table in tables for (stamp,) in database.execute(f"SELECT updated_at FROM {table}") if stamp
        )
        until = instants[_share(len(instants), part, of) - 1]
        for table in tables:
            database.execute(f"DELETE FROM {table} WHERE updated_at > ?", (until,))


def _hearings_until(folder: Path, part: int, of: int) -> None:
    """One page of what had been updated by then; the pull of the last part has all pages."""
    pages = sorted(folder.glob("*.json"))
    items = sorted(
        (item for page in pages for item in json.loads(page.read_bytes())["items"]), key=lambda item: item["updated_at"]
    )
    for page in pages:
        page.unlink()
    write.write_pages(folder, [items[: _share(len(items), part, of)]])


def _register_until(path: Path, first: int, part: int, of: int) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    records = sheet.max_row - first + 1
    kept = _share(records, part, of)
    sheet.delete_rows(first + kept, records - kept)
    book.save(path)
