"""What an output says, as statements over cells: this figure, of this window, in this part, lies between these two.

The cell of a month is the whole of the window of that month alone: so one name stands for it wherever it is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from svu_pipeline.clock import months_between, window
from svu_pipeline.disclosure.cells import Key, parts_of
from svu_pipeline.disclosure.policy import Policy
from svu_pipeline.disclosure.protect import Protected
from svu_pipeline.disclosure.suppress import shown_between


class Place(NamedTuple):
    """A number of the force's, wherever it is said: metric and version, the window's last month and length, the part of it.

    A tuple, for hundreds of thousands of them are looked up for one answer.
    """

    metric: str
    version: int
    window: str
    months: int
    dimension: str = ""
    code: str = ""

    @property
    def words(self) -> str:
        """The place as a message names it."""
        length = f" ({self.months} months)" if self.months != 12 else ""
        part = f" by {self.dimension} {self.code}" if self.dimension else ""
        return f"{self.metric}@{self.version}{part}, {self.window}{length}"

    @property
    def key(self) -> Key:
        return Key(self.metric, self.dimension, self.code)

    @property
    def whole(self) -> Place:
        return Place(self.metric, self.version, self.window, self.months)

    def of(self, metric: str) -> Place:
        """The same place of another metric."""
        return Place(metric, self.version, self.window, self.months, self.dimension, self.code)

    @property
    def span(self) -> tuple[str, ...]:
        """The months of the window."""
        return _span(self.window, self.months)


@dataclass(frozen=True)
class Statement:
    """That a number lies between two bounds, both included; one that is hidden has none, and then says only that it is.

    `is_small`: it is hidden for its own sake, and not to shield another.
    """

    place: Place
    low: Decimal | None
    high: Decimal | None
    is_small: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.low is None and self.high is None

    @property
    def is_exact(self) -> bool:
        return self.low is not None and self.low == self.high

    @property
    def row(self) -> list[Any]:
        """The statement as it stands in the register."""
        place = self.place
        bounds = [str(bound) if bound is not None else None for bound in (self.low, self.high)]
        return [
            place.metric,
            place.version,
            place.window,
            place.months,
            place.dimension,
            place.code,
            *bounds,
            int(self.is_small),
        ]

    @staticmethod
    def of_row(row: list[Any]) -> Statement:
        """The statement of a row of the register."""
        low, high = (Decimal(bound) if bound is not None else None for bound in row[6:8])
        return Statement(Place(*row[:6]), low, high, bool(row[8]))


@dataclass(frozen=True)
class Output:
    """What was, or is to be, published under one name: its statements, as known at an instant.

    With `is_tabular` each table in it is whole: a code that is not listed is zero. A text lists nothing.
    """

    name: str
    as_at: str
    is_tabular: bool
    statements: tuple[Statement, ...]

    @cached_property
    def by_place(self) -> dict[Place, Statement]:
        return {statement.place: statement for statement in self.statements}


def output_of(name: str, protected: Protected, policy: Policy) -> Output:
    """What a protected document says: every number of it, the hidden ones and the rates among them."""
    return Output(name, protected.document["as_at"], True, tuple(_statements(protected, policy)))


def text_output(name: str, as_at: str, statements: Iterable[Statement]) -> Output:
    """What a text says: press release, reply or claim. A phrase such as "more than 400" is a statement with bounds."""
    return Output(name, as_at, False, tuple(statements))


def said(metric: str, label: str, low: Decimal | None, high: Decimal | None, **place: Any) -> Statement:
    """A statement of a text: "more than 400 people arrested" has a `low` of 401 and no `high`.

    `place` may have version, months, dimension and code.
    """
    return Statement(Place(metric, place.pop("version", 1), label, place.pop("months", 12), **place), low, high)


def _statements(protected: Protected, policy: Policy) -> Iterator[Statement]:
    document = protected.document
    for figure in document["figures"]:
        for key, part in parts_of(figure):
            is_month = key.dimension == "month"
            label, months = (key.code, 1) if is_month else (document["window"], document["months"])
            part_of = ("", "") if is_month else (key.dimension, key.code)
            place = Place(key.metric, figure.get("version", 1), label, months, *part_of)
            if part["printed"] is not None:
                yield Statement(place, *_bounds(key, Decimal(part["printed"]), policy))
            elif "c" in part["marks"]:
                yield Statement(place, None, None, key in protected.small)


def _bounds(key: Key, printed: Decimal, policy: Policy) -> tuple[Decimal, Decimal]:
    """Between what a reader knows a printed number to lie: a count exactly or as rounded, else half of the last place."""
    exponent = printed.as_tuple().exponent
    if exponent == 0:
        low, high = shown_between(key, int(printed), policy)
        return Decimal(low), Decimal(high)
    half = Decimal(5).scaleb(int(exponent) - 1)
    return max(printed - half, Decimal(0)), printed + half


_SPANS: dict[tuple[str, int], tuple[str, ...]] = {}


def _span(label: str, months: int) -> tuple[str, ...]:
    if (label, months) not in _SPANS:
        start = window(label, months).start
        _SPANS[label, months] = tuple(months_between(f"{start:%Y-%m}", label))
    return _SPANS[label, months]
