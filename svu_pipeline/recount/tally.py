"""Counting what contributes in a window: the whole, each month, each part."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

Cell = tuple[str, str]
"""Dimension and code: both '' for the whole."""

Exact = tuple[int, int]
"""Numerator and denominator of a figure in its printed unit."""

WHOLE: Cell = ("", "")
UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Item:
    """One record that contributes: its day, what is counted once, its amount, and the parts it belongs to."""

    on: date
    key: str
    subject: str | None = None
    amount: int | None = 1
    parts: Mapping[str, str | None] = field(default_factory=dict)
    age: int | None = None
    at: datetime | None = None

    @cached_property
    def month(self) -> Cell:
        return "month", self.on.isoformat()[:7]

    def cells(self, by: tuple[str, ...]) -> tuple[Cell, ...]:
        """The parts that it belongs to, of some dimensions; made once, as it stands in many windows."""
        if by not in self._cells:
            self._cells[by] = tuple((name, self.parts.get(name) or UNKNOWN) for name in by)
        return self._cells[by]

    @cached_property
    def _cells(self) -> dict[tuple[str, ...], tuple[Cell, ...]]:
        return {}


@dataclass(frozen=True)
class Measure:
    """How a metric is counted. `by` are the dimensions; with `is_distinct` subjects are counted, else amounts are added.

    Where `first` is given a person belongs to the parts of the first of these items in the window, and is left out unless
    the age at it lies within `ages`.
    """

    items: list[Item]
    by: tuple[str, ...]
    is_distinct: bool = False
    divisor: int = 1
    first: list[Item] | None = None
    ages: tuple[int, int] | None = None

    def count(self, start: date, end: date) -> dict[Cell, Exact]:
        """The exact figure of the days from `start` to before `end`: the whole, and every part that has something in it."""
        firsts = self._firsts(start, end)
        subjects: dict[Cell, set[str]] = defaultdict(set)
        totals: dict[Cell, int] = defaultdict(int)
        totals[WHOLE] = 0
        for item in _within(self.items, start, end):
            lead = item if self.first is None else firsts.get(item.subject)
            if self.ages and (lead is None or lead.age is None or not self.ages[0] <= lead.age <= self.ages[1]):
                continue
            for cell in (WHOLE, item.month, *(lead.cells(self.by) if lead else _unknown(self.by))):
                totals[cell] += item.amount or 0
                if item.subject is not None:
                    subjects[cell].add(item.subject)
        if self.is_distinct:
            return {cell: (len(subjects[cell]), self.divisor) for cell in totals}
        return {cell: (total, self.divisor) for cell, total in totals.items()}

    def _firsts(self, start: date, end: date) -> dict[str | None, Item]:
        found: dict[str | None, Item] = {}
        for item in _within(self.first or [], start, end):
            found.setdefault(item.subject, item)
        found.pop(None, None)
        return found


def in_order(items: list[Item]) -> list[Item]:
    """Items by day, instant and key: the order in which one is a person's first."""
    return sorted(items, key=lambda item: (item.on, item.at or item.on, item.key))


def rate(part: Mapping[Cell, Exact], whole: Mapping[Cell, Exact], by: tuple[str, ...]) -> dict[Cell, Exact]:
    """A share in per cent of every part of the whole: hundred times the one over the other."""
    names = ("", "month", *by)
    return {cell: (100 * part.get(cell, (0, 1))[0], of) for cell, (of, _) in whole.items() if cell[0] in names}


def _unknown(by: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple((name, UNKNOWN) for name in by)


def _within(items: list[Item], start: date, end: date) -> list[Item]:
    first = bisect_left(items, start, key=lambda item: item.on)
    return items[first : bisect_left(items, end, key=lambda item: item.on)]
