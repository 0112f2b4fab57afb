"""What stands in the workbook of a release: each sheet as one table, made from the release document.

Here: which part of the document goes on which sheet, in which columns. Not here: how a sheet is written (`workbook.py`) and
any figure: a number is the printed text of the document as a decimal, to the digit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from svu_pipeline.clock import instant, spoken
from svu_pipeline.publication.labels import DIMENSION_TITLES

NOT_APPLICABLE = "[z]"
"""The mark of a cell that has nothing to say: no cell of a published table is empty (Government Analysis Function)."""

MEANINGS = {
    "c": "confidential: not shown, so that nobody can be known from it. It is not zero.",
    "x": "not supplied: a source that this figure needs has not delivered. It is not zero.",
    "z": "not applicable: there is nothing to say here.",
    "p": "provisional: the figure may still change.",
    "r": "revised since an earlier release; sheet Revisions has both.",
    "b": "break in the series: figures before and after are not like for like.",
    "e": "estimate: part of what is added up was estimated by those who recorded it.",
    "a": "at least: part of it was not recorded, so the true figure is this or more.",
    "s": "stale: a source is not up to date; the figure is that of the last sound night.",
}
"""What each mark means, in the shorthand of the Government Analysis Function where it has one."""

UNITS = {"£": "pounds sterling", "%": "per cent", "kg": "kilograms"}
"""Units in words: a cell of signs alone says nothing when it is read out."""

Cell = str | int | Decimal


@dataclass(frozen=True)
class Sheet:
    """One table of the workbook: `rows` have as many cells as `header`; a number is a Decimal or int, written as such."""

    label: str
    title: str
    subtitles: tuple[str, ...]
    header: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def sheets(document: dict[str, Any]) -> list[Sheet]:
    """The sheets of a release document, in order; those of breakdowns that no figure has are left out."""
    found = [_figures(document), _months(document), *_breakdowns(document), _comparison(document)]
    found += [_revisions(document), _triangle(document), _definitions(document), _quality(document)]
    return [sheet for sheet in found if sheet.rows]


def marks_used(document: dict[str, Any]) -> list[str]:
    """The marks that stand anywhere in a release document's figures, in the order of their meanings; [z] always."""
    found = {"z"}
    for figure in document["figures"]:
        found.update(figure["marks"])
        for part in (*figure["monthly"], *(row for table in figure["breakdowns"] for row in table["rows"])):
            found.update(part["marks"])
    return [mark for mark in MEANINGS if mark in found]


def _figures(document: dict[str, Any]) -> Sheet:
    header = (
        "Measure", "Figure", "Unit", "Marks", "Kind", "Held rows", "Lowest if held rows count", "Highest if held rows count",
        "Lowest by linking", "Highest by linking", "Metric and version",
    )  # fmt: skip
    rows = [
        (
            figure["title"],
            _number(figure),
            _unit(figure),
            _marks(figure),
            figure["kind"],
            figure["held"],
            *_bounds(figure["band"] or (None, None)),
            *_bounds(
                (figure["linking"]["lowest"], figure["linking"]["highest"]) if figure["linking"] else (None, None)
            ),
            f"{figure['id']}@{figure['version']}",
        )
        for figure in document["figures"]
    ]
    return Sheet("Figures", "Figures of the year", _window(document), header, rows)


def _months(document: dict[str, Any]) -> Sheet:
    months = [part["month"] for part in document["figures"][0]["monthly"]] if document["figures"] else []
    rows: list[tuple[Cell, ...]] = [
        (figure["title"], _unit(figure), *(_number(part) for part in figure["monthly"]))
        for figure in document["figures"]
    ]
    words = "Months of people do not add up to the year: a person counted in two months is one person in the year."
    return Sheet("Months", "Figures by month", (*_window(document), words), ("Measure", "Unit", *months), rows)


def _breakdowns(document: dict[str, Any]) -> Iterator[Sheet]:
    """One sheet a dimension, with every measure that is broken down by it."""
    header = ("Measure", "Code", "Part", "Figure", "Unit", "Marks")
    for dimension, title in DIMENSION_TITLES.items():
        rows = [
            (figure["title"], row["code"], row["label"], _number(row), _unit(figure), _marks(figure, row))
            for figure in document["figures"]
            for breakdown in figure["breakdowns"]
            if breakdown["dimension"] == dimension
            for row in breakdown["rows"]
        ]
        label = f"By_{dimension}"
        yield Sheet(label, f"Figures by {title[:1].lower()}{title[1:]}", _window(document), header, rows)


def _comparison(document: dict[str, Any]) -> Sheet:
    header = ("Measure", "This year", "Year before", "Change", "Change in per cent", "Unit", "What to know")
    rows: list[tuple[Cell, ...]] = []
    for figure in document["figures"]:
        if found := figure["comparison"]:
            cells = (found["printed"], found["change"], found["per_cent"])
            words = " ".join(point["words"] for point in found["breaks"]) or found["words"] or NOT_APPLICABLE
            rows.append((figure["title"], _number(figure), *map(_decimal, cells), _unit(figure), words))
    return Sheet("Year_on_year", "Change from the year before", _window(document), header, rows)


def _revisions(document: dict[str, Any]) -> Sheet:
    header = (
        "Measure",
        "Period",
        "Part",
        "As released before",
        "As released now",
        "Before in",
        "Kind of revision",
        "Note",
    )
    rows = [
        (
            row["title"],
            f"{row['start']} to {row['end']}",
            f"{DIMENSION_TITLES[row['dimension']]}: {row['code']}" if row["dimension"] else "whole",
            _decimal(row["old"]),
            _decimal(row["new"]),
            row["release"],
            row["kind"] or NOT_APPLICABLE,
            row["note"] or NOT_APPLICABLE,
        )
        for row in document["revisions"]
    ]
    return Sheet("Revisions", "Figures that were released otherwise before", _window(document), header, rows)


def _triangle(document: dict[str, Any]) -> Sheet:
    """What each release said of each period; [z] where a release has no such period."""
    found = document["triangle"]
    rows = [
        (row["title"], row["period"], *(_number(cell) if cell else NOT_APPLICABLE for cell in row["cells"]))
        for row in found["rows"]
    ]
    releases = tuple(f"Release {release}" for release in found["releases"])
    words = "Rows are periods, columns are releases in the order in which they were published."
    return Sheet("Revision_triangle", "What each release said", (words,), ("Measure", "Period", *releases), rows)


def _definitions(document: dict[str, Any]) -> Sheet:
    header = ("Measure", "Metric and version", "Definition", "Counted are", "Not counted are", "Sources")
    rows = [
        (
            figure["title"],
            f"{figure['id']}@{figure['version']}",
            figure["definition"],
            *(_listed(figure["definition_words"][name]) for name in ("includes", "excludes")),
            _listed(figure["definition_words"]["source"]),
        )
        for figure in document["figures"]
    ]
    return Sheet("Definitions", "What each figure means", (), header, rows)


def _quality(document: dict[str, Any]) -> Sheet:
    header = ("Source", "Status", "Rows landed", "Counted", "Superseded", "Withdrawn", "Duplicates", "Held")
    counts = ("landed", "current", "superseded", "withdrawn", "duplicate", "held")
    rows = [
        (source["title"], source["status"], *(source[name] for name in counts))
        for source in document["quality"]["sources"]
    ]
    words = "Every row that has landed is in exactly one of the five columns after it."
    return Sheet("Quality", "Where the figures come from, row by row", (words,), header, rows)


def _window(document: dict[str, Any]) -> tuple[str, ...]:
    force, unit = document["force"], document["unit"]
    return (f"{force}, {unit}: {document['window_words']}, as known on {spoken(instant(document['as_at']))}.",)


def _number(part: dict[str, Any]) -> Cell:
    """A printed figure as a decimal; its mark where it is not shown, [z] where there is none to show."""
    if part["printed"] is not None:
        return Decimal(part["printed"])
    return next((f"[{mark}]" for mark in ("c", "x") if mark in part["marks"]), NOT_APPLICABLE)


def _unit(figure: dict[str, Any]) -> str:
    noun: str = figure["noun"]
    return UNITS.get(noun, noun)


def _decimal(printed: str | None) -> Cell:
    return NOT_APPLICABLE if printed is None else Decimal(printed)


def _bounds(pair: tuple[str | None, str | None]) -> tuple[Cell, Cell]:
    return _decimal(pair[0]), _decimal(pair[1])


def _marks(*parts: dict[str, Any]) -> str:
    """The marks of a figure and of its part, as they are written."""
    found = dict.fromkeys(mark for part in parts for mark in part["marks"])
    return " ".join(f"[{mark}]" for mark in found) or "none"


def _listed(words: Any) -> str:
    """Words as they stand in one cell: a list of them parted by semicolons."""
    said = words if isinstance(words, str) else "; ".join(words)
    return said or NOT_APPLICABLE
