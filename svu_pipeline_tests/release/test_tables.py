"""The tables of a release hold what its document says, and the description beside each CSV is true of every cell."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from svu_pipeline.release.folder import FIGURES, read
from svu_pipeline.release.offline import cells_of

pytestmark = pytest.mark.slow

LEXICAL = {
    "string": r"[\s\S]*",
    "integer": r"[+-]?\d+",
    "decimal": r"[+-]?(\d+(\.\d*)?|\.\d+)",
    "date": r"\d{4}-\d{2}-\d{2}",
    "dateTimeStamp": r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})",
}
"""How values of the XML Schema types are written (XML Schema 1.1 part 2, 3.3 and 3.4)."""


@pytest.fixture(scope="module")
def folder(release_folder: Callable[[], Path]) -> Path:
    return release_folder()


def described(folder: Path, name: str) -> tuple[dict[str, Any], list[str], list[dict[str, str]]]:
    """The description of a CSV file, the file's header, and its rows."""
    content = json.loads((folder / f"{name}.csv-metadata.json").read_text("utf-8"))
    text = (folder / f"{name}.csv").read_bytes().decode("utf-8")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header, *rows = list(reader)
    assert all(len(row) == len(header) for row in rows), "a ragged row"
    return content, header, [dict(zip(header, row, strict=True)) for row in rows]


@pytest.mark.parametrize("name", ["figures", "breakdowns"])
def test_the_csv_is_as_its_description_says(folder: Path, name: str) -> None:
    """Read by the rules of Metadata Vocabulary for Tabular Data: context, names, titles, types, required cells, key."""
    content, header, rows = described(folder, name)
    context, local = content["@context"]
    assert (context, local) == ("http://www.w3.org/ns/csvw", {"@language": "en"})
    assert set(content) == {"@context", "url", "dc:title", "dialect", "tableSchema"} and content["url"] == f"{name}.csv"
    columns = content["tableSchema"]["columns"]
    assert [column["titles"] for column in columns] == header
    names = [column["name"] for column in columns]
    assert len(set(names)) == len(names) and all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.]*", one) for one in names)
    for column in columns:
        assert set(column) == {"name", "titles", "dc:description", "datatype", "required"}
        for row in rows:
            cell = row[column["titles"]]
            assert cell or not column["required"], column["name"]
            assert not cell or re.fullmatch(LEXICAL[column["datatype"]], cell), (column["name"], cell)
    key = content["tableSchema"]["primaryKey"]
    assert len({tuple(row[part] for part in key) for row in rows}) == len(rows) > 40


@pytest.mark.parametrize("name", ["figures", "breakdowns"])
def test_parquet_holds_what_the_csv_does(folder: Path, name: str) -> None:
    """Cell by cell, numbers as numbers: none is a float."""
    content, _, rows = described(folder, name)
    table = pq.read_table(folder / f"{name}.parquet")
    assert not [field for field in table.schema if "double" in str(field.type) or "float" in str(field.type)]
    made: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "decimal": Decimal,
        "date": date.fromisoformat,
        "dateTimeStamp": datetime.fromisoformat,
    }
    for column in content["tableSchema"]["columns"]:
        read_as = made.get(column["datatype"], str)
        expected = [read_as(row[column["name"]]) if row[column["name"]] else None for row in rows]
        assert table[column["name"]].to_pylist() == expected, column["name"]


def test_every_number_of_the_document_stands_in_the_tables(folder: Path) -> None:
    """Whole, months and parts; hidden ones as an empty cell with the mark c."""
    document = read(folder, FIGURES)
    rows = [*described(folder, "figures")[2], *described(folder, "breakdowns")[2]]
    found = {(f"{r['metric']}@{r['version']}", r.get("dimension", ""), r.get("code", "")): r for r in rows}
    expected = dict(cells_of(document))
    assert {key: row["figure"] for key, row in found.items()} == expected
    hidden = [row for row in found.values() if "c" in row["marks"].split()]
    assert hidden and not [row for row in hidden if row["figure"] or row["numerator"]]


def test_each_line_says_what_was_held_back(folder: Path) -> None:
    """How many records, and between what the figure would lie (B5)."""
    rows = {row["metric"]: row for row in described(folder, "figures")[2]}
    arrested = rows["people_arrested"]
    held, low, high = (arrested[name] for name in ("held", "lowest", "highest"))
    assert arrested["if_released"] == f"{held} records held back; figure would be between {low} and {high} if released"
    assert arrested["if_released"] in (folder / "text.md").read_text("utf-8")
    assert "or more if released" in rows["criminal_profits_seized"]["if_released"]
