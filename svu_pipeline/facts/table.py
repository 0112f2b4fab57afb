"""The fact tables as their .sql files declare them: grain, driving rows, columns, and what each is built from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib import resources

from svu_pipeline.contracts.registry import CONTRACTS

_HEADER_ENTRY = re.compile(r"^(grain|rows|columns):\s*(.*)$")
_COLUMN = re.compile(r"^\s+(\w+)\s+(.*?)(?:\s+\[(direct|indirect)\])?$")
_SOURCE = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


@dataclass(frozen=True)
class FactColumn:
    """A column of a fact: its meaning with its unit, and how close it is to a person (`none`, `indirect`, `direct`)."""

    name: str
    meaning: str
    personal: str


@dataclass(frozen=True)
class FactTable:
    """A fact table. `rows` names the dataset of which it has exactly one row a standing record, or is empty."""

    name: str
    description: str
    grain: tuple[str, ...]
    rows: str
    columns: tuple[FactColumn, ...]
    facts: tuple[str, ...]
    datasets: tuple[str, ...]
    query: str


@cache
def fact_tables() -> dict[str, FactTable]:
    """All fact tables by name, each after those it is built from."""
    folder = resources.files("svu_pipeline.facts")
    files = {entry.name.removesuffix(".sql"): entry.read_text("utf-8") for entry in folder.iterdir()
             if entry.name.endswith(".sql") and entry.name != "macros.sql"}  # fmt: skip
    tables = {name: _table(name, text, files.keys()) for name, text in files.items()}
    order = TopologicalSorter({name: table.facts for name, table in sorted(tables.items())}).static_order()
    return {name: tables[name] for name in order}


def _table(name: str, text: str, names: object) -> FactTable:
    header, query = _split(text)
    described, entries, columns = [], {"grain": "", "rows": ""}, []
    for line in header:
        if entry := _HEADER_ENTRY.match(line):
            entries[entry[1]] = entry[2]
        elif "columns" in entries and (column := _COLUMN.match(line)):
            columns.append(FactColumn(column[1], column[2], column[3] or "none"))
        elif "columns" not in entries:
            described.append(line.strip())
    sources = set(_SOURCE.findall(query))
    return FactTable(
        name=name,
        description=" ".join(described),
        grain=tuple(entries["grain"].split(", ")),
        rows=entries["rows"],
        columns=tuple(columns),
        facts=tuple(sorted(other for other in sources if other in names and other != name)),  # type: ignore[operator]
        datasets=tuple(sorted(other for other in sources if other in CONTRACTS)),
        query=query,
    )


def _split(text: str) -> tuple[list[str], str]:
    """The opening comment without its dashes, and the statement after it."""
    lines = text.splitlines()
    end = next(place for place, line in enumerate(lines) if not line.startswith("--"))
    return [line.removeprefix("--").removeprefix(" ") for line in lines[:end]], "\n".join(lines[end:]).strip()
