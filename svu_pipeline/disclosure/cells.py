"""The numbers of a review document as cells, and what a reader knows of one cell by others.

A cell is a figure or a part of one, as a whole number in its smallest unit (people, pence, 48ths of a day). A link is a sum of
cells, each times a whole number, that lies between two bounds whatever the numbers are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from svu_pipeline.disclosure.policy import Policy

MONTH = "month"


@dataclass(frozen=True, order=True)
class Key:
    """Which number of a document: a metric's part by a dimension and code, or the whole where both are ''."""

    metric: str
    dimension: str = ""
    code: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.dimension

    @property
    def whole(self) -> Key:
        return Key(self.metric)


@dataclass(frozen=True)
class Cell:
    """What a number is: its value, on how many records it rests and the largest of them (None where that is not told)."""

    value: int
    records: int | None
    largest: int | None


@dataclass(frozen=True)
class Link:
    """`low` <= the sum of cells times their coefficients <= `high`; None is no bound."""

    terms: Mapping[Key, int]
    low: int | None
    high: int | None

    def holds(self, values: Mapping[Key, int]) -> bool:
        total = sum(times * values.get(key, 0) for key, times in self.terms.items())
        return (self.low is None or total >= self.low) and (self.high is None or total <= self.high)


@dataclass(frozen=True)
class Grid:
    """The protected numbers of a document and what links them. A link that the numbers do not keep is known to nobody."""

    cells: dict[Key, Cell]
    links: list[Link] = field(default_factory=list)

    @property
    def values(self) -> dict[Key, int]:
        return {key: cell.value for key, cell in self.cells.items()}


def grid_of(document: Mapping[str, Any], policy: Policy) -> Grid:
    """The cells of the metrics that the policy protects, and their links. What was not supplied is no cell."""
    figures = [figure for figure in document["figures"] if policy.is_protected(figure["id"])]
    cells = {key: cell for figure in figures for key, cell in _cells(figure)}
    values = {key: cell.value for key, cell in cells.items()}
    links = [*_tables(figures, values), *_between(policy, values)]
    return Grid(cells, [link for link in links if link.holds(values)])


def parts_of(figure: Mapping[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Every number of a figure with its key: the whole, the months, the rows of each breakdown."""
    yield Key(figure["id"]), figure  # type: ignore[misc]
    for dimension, _, rows in tables_of(figure):
        for row in rows:
            yield Key(figure["id"], dimension, row["month" if dimension == MONTH else "code"]), row


def tables_of(figure: Mapping[str, Any]) -> Iterator[tuple[str, bool, list[dict[str, Any]]]]:
    """Each table of a figure: its dimension, whether the parts add up to the whole, its rows."""
    yield MONTH, figure["is_additive"], figure["monthly"]
    for breakdown in figure["breakdowns"]:
        yield breakdown["dimension"], breakdown["adds_up"], breakdown["rows"]


def exact(part: Mapping[str, Any]) -> int | None:
    """The whole number behind a part; None where there is none. A document without numerators is read as printed."""
    if part.get("numerator") is not None:
        return int(part["numerator"])
    return None if part["printed"] is None else int(Fraction(part["printed"]) * 10 ** _decimals(part["printed"]))


def _decimals(printed: str) -> int:
    return len(printed.partition(".")[2])


def _cells(figure: Mapping[str, Any]) -> Iterator[tuple[Key, Cell]]:
    for key, part in parts_of(figure):
        value = exact(part)
        if value is not None:
            yield key, Cell(value, part.get("contributions"), part.get("largest"))


def _tables(figures: list[Mapping[str, Any]], values: Mapping[Key, int]) -> Iterator[Link]:
    """What a table says of its parts: they add up to the whole, or each is at most the whole and all at least it."""
    for figure in figures:
        whole = Key(figure["id"])
        for dimension, adds_up, rows in tables_of(figure):
            keys = [Key(figure["id"], dimension, row["month" if dimension == MONTH else "code"]) for row in rows]
            known = [key for key in keys if key in values]
            if not known or whole not in values:
                continue
            terms = {**dict.fromkeys(known, 1), whole: -1}
            if len(known) < len(keys):
                yield Link(terms, None, 0)
                continue
            yield Link(terms, 0, 0 if adds_up else None)
            if not adds_up:
                yield from (Link({key: 1, whole: -1}, None, 0) for key in known)


def _between(policy: Policy, values: Mapping[Key, int]) -> Iterator[Link]:
    """What one metric's cell says of another's, code by code; a code that is not listed is zero."""
    places = sorted({(key.dimension, key.code) for key in values})
    supplied = {key.metric for key in values if key.is_whole}
    for rule in policy.at_most:
        for dimension, code in places:
            whole, parts = Key(rule.whole, dimension, code), [Key(part, dimension, code) for part in rule.parts]
            if any(key in values for key in (whole, *parts)) and {rule.whole, *rule.parts} <= supplied:
                yield Link({**dict.fromkeys(parts, 1), whole: -1}, None, 0)
    for same in policy.equal:
        first, second = same.metrics
        if {first, second} <= supplied:
            for code in same.codes:
                yield Link({Key(first, same.dimension, code): 1, Key(second, same.dimension, code): -1}, 0, 0)
