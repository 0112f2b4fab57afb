"""CSV files: the property store's, the civil orders register's and the public ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from svu_pipeline.demo.records import Record


def write_property_file(path: Path, columns: Sequence[str], records: Sequence[Record]) -> None:
    """Windows-1252, a header, the records, and a trailer that counts the records."""
    rows = [_cells(record, columns) for record in records]
    _write(path, [columns, *rows, ["TRAILER", str(len(rows))]], "cp1252")


def write_register_file(path: Path, columns: Sequence[str], records: Sequence[Record]) -> None:
    """UTF-8 with a byte order mark, a header and the records."""
    _write(path, [columns, *(_cells(record, columns) for record in records)], "utf-8-sig")


def write_public_file(path: Path, columns: Sequence[str], rows: Iterable[dict[str, str]]) -> None:
    """UTF-8, a header and the rows."""
    _write(path, [columns, *([row[column] for column in columns] for row in rows)], "utf-8")


def _cells(record: Record, columns: Sequence[str]) -> list[str]:
    """The record's line; a ragged one has fields too many or too few."""
    cells = [record.values[column] for column in columns]
    if record.fields_added < 0:
        return cells[: record.fields_added]
    return cells + ["surplus"] * record.fields_added


def _write(path: Path, rows: Iterable[Sequence[str]], encoding: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
