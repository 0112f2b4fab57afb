"""The figures of a release as tables: CSV with its CSVW description, and Parquet, of the same columns.

`figures` has one row for each figure, `breakdowns` one for each of its months and parts. A number that is not shown is an
empty cell, and its mark says why.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import instant
from svu_pipeline.publication.publish import plain
from svu_pipeline.release.sentences import held_back

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST = 18
"""Digits of a decimal column: more than any figure in pounds, kilograms or people has."""
DECIMALS = 3

Value = str | int | Decimal | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column: its CSVW datatype (an XML Schema type), what it means, and whether it may be empty."""

    name: str
    datatype: str
    meaning: str
    is_required: bool = True


@dataclass(frozen=True)
class Table:
    """One table: rows have as many values as `columns`; `key` are the columns that tell rows apart."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]


_SAID = (
    Column("release", "string", "Release: window and number"),
    Column("metric", "string", "Metric of the catalogue"),
    Column("version", "integer", "Version of the metric's definition"),
    Column("title", "string", "What is counted"),
    Column("unit", "string", "Unit of the figure"),
)
_FIGURE = (
    Column("figure", "decimal", "The figure, rounded once, half away from zero; empty where it is not shown", False),
    Column("numerator", "integer", "Exact number in the metric's own unit; empty where it is not shown", False),
    Column("denominator", "integer", "What the exact number is divided by", False),
    Column("marks", "string", "p provisional, x not supplied, s stale, e estimate, a at least, c confidential, r revised, b break", False),
    Column("previous_figure", "decimal", "As released before; empty where it was not, or not otherwise", False),
    Column("previous_release", "string", "The release that said so", False),
    Column("revision", "string", "error or planned", False),
)  # fmt: skip
FIGURE_COLUMNS = (
    *_SAID,
    Column("window", "string", "Last month of the window"),
    Column("start", "date", "First day of the window"),
    Column("end", "date", "Last day of the window"),
    Column("as_at", "dateTimeStamp", "The figure is as known then"),
    *_FIGURE,
    Column("held", "integer", "Records held back that could touch the figure"),
    Column("lowest", "decimal", "The figure's lowest value if they were released", False),
    Column("highest", "decimal", "Its highest; empty where no bound can be given", False),
    Column("if_released", "string", "The same in words", False),
    Column("linking_lowest", "decimal", "Lowest as the linking threshold goes from .80 to .99", False),
    Column("linking_highest", "decimal", "Highest as it does", False),
)
BREAKDOWN_COLUMNS = (
    *_SAID,
    Column("window", "string", "Last month of the window"),
    Column("dimension", "string", "By what: month, district, sex and so on"),
    Column("code", "string", "Which month or part; UNKNOWN where it is not known"),
    Column("label", "string", "The same in words"),
    *_FIGURE,
)


def tables(document: dict[str, Any]) -> list[Table]:
    """The two tables of a release document."""
    about = f"{document['force']}, {document['unit']}: {document['window_words']}"
    figures = [tuple(_figure(document, figure)) for figure in document["figures"]]
    parts = [row for figure in document["figures"] for row in _parts(document, figure)]
    key = ("metric", "version")
    return [
        Table("figures", f"Figures. {about}", FIGURE_COLUMNS, key, figures),
        Table("breakdowns", f"Figures by part. {about}", BREAKDOWN_COLUMNS, (*key, "dimension", "code"), parts),
    ]


def as_csv(table: Table) -> bytes:
    """A table as CSV (RFC 4180, UTF-8), safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([[_written(value) for value in row] for row in table.rows])
    return text.getvalue().encode()


def as_csvw(table: Table) -> dict[str, Any]:
    """What describes the CSV beside it (W3C Tabular Metadata): each column's type and meaning, and the key."""
    columns = [
        {
            "name": column.name,
            "titles": column.name,
            "dc:description": column.meaning,
            "datatype": column.datatype,
            "required": column.is_required,
        }
        for column in table.columns
    ]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{table.name}.csv",
        "dc:title": table.title,
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "doubleQuote": True},
        "tableSchema": {"columns": columns, "primaryKey": list(table.key)},
    }


def as_parquet(table: Table) -> bytes:
    """A table as Parquet, numbers as decimals."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [pa.field(column.name, _type(column), nullable=not column.is_required) for column in table.columns]
    columns = [[row[place] for row in table.rows] for place in range(len(fields))]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, fields, strict=True)]
    buffer = io.BytesIO()
    pq.write_table(pa.table(arrays, schema=pa.schema(fields)), buffer, compression="zstd")
    return buffer.getvalue()


def _figure(document: dict[str, Any], figure: dict[str, Any]) -> Iterator[Value]:
    yield from _said(document, figure)
    yield from (document["window"], date.fromisoformat(document["start"]), date.fromisoformat(document["end"]))
    yield instant(figure["as_at"])
    yield from _number(figure)
    lowest, highest = figure["band"] or (None, None)
    yield from (figure["held"], _decimal(lowest), _decimal(highest), held_back(figure) or None)
    linking = figure["linking"] or {"lowest": None, "highest": None}
    yield from (_decimal(linking["lowest"]), _decimal(linking["highest"]))


def _parts(document: dict[str, Any], figure: dict[str, Any]) -> Iterator[tuple[Value, ...]]:
    stem = (*_said(document, figure), document["window"])
    for month in figure["monthly"]:
        yield (*stem, "month", month["month"], month["month"], *_number(month))
    for breakdown in figure["breakdowns"]:
        for row in breakdown["rows"]:
            yield (*stem, breakdown["dimension"], row["code"], row["label"], *_number(row))


def _said(document: dict[str, Any], figure: dict[str, Any]) -> Iterator[Value]:
    yield from (document["release"]["id"], figure["id"], figure["version"], figure["title"], figure["noun"])


def _number(part: dict[str, Any]) -> Iterator[Value]:
    yield _decimal(part["printed"])
    yield from (part["numerator"], part["denominator"]) if part["printed"] is not None else (None, None)
    yield " ".join(part["marks"]) or None
    before = part["revised"] or {"old": None, "release": None, "kind": None}
    yield from (_decimal(before["old"]), before["release"], before["kind"] or None)


def _decimal(printed: str | None) -> Decimal | None:
    return Decimal(printed) if printed is not None else None


def _written(value: Value) -> str:
    """A value as CSVW's datatypes have it; text that a spreadsheet would run behind an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(plain(value))
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


def _type(column: Column) -> pa.DataType:
    import pyarrow as pa

    return {
        "string": pa.string(),
        "integer": pa.int64(),
        "decimal": pa.decimal128(LONGEST, DECIMALS),
        "date": pa.date32(),
        "dateTimeStamp": pa.timestamp("us", "UTC"),
    }[column.datatype]
