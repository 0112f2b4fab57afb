"""A change of a figure: what it was, what it is, and its parts by cause; how it is said and written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from svu_pipeline.change.causes import Cause
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.metrics.metric import Metric, Noun
from svu_pipeline.metrics.rounding import rounded

EXACT_DECIMALS = 6
"""Parts are said exactly where so many decimals are enough (pounds, kilograms), else with one more than the figure has."""


@dataclass(frozen=True)
class Total:
    """A figure as exact whole numbers: of a rate what is counted above and below the line, else over the metric's divisor."""

    numerator: int
    denominator: int

    def value(self, metric: Metric) -> Fraction | None:
        """The figure in its own unit; None for a rate of nothing."""
        if not self.denominator:
            return None
        return Fraction(self.numerator * (100 if metric.is_rate else 1), self.denominator)


@dataclass(frozen=True)
class Part:
    """What one cause did to a figure.

    The deltas are whole numbers as in `Total`; `delta` is by how much the figure itself moved. A rate of nothing is taken as
    0 here. `records` (`dataset:key`) are those that the cause befell and that made the change, `counted` those whose
    contribution it altered: the same, or others that hang on them. Both are restricted.
    """

    cause: Cause
    numerator_delta: int = 0
    denominator_delta: int = 0
    delta: Fraction = Fraction(0)
    records: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources of the records."""
        return tuple(sorted({CONTRACTS[record.partition(":")[0]].source for record in self.records}))

    @property
    def is_moving(self) -> bool:
        return bool(self.numerator_delta or self.denominator_delta)


@dataclass(frozen=True)
class Change:
    """A figure before and after, and why: one part for every cause, in the order in which the causes are applied.

    `before` and `after` are null where the metric was not supplied. The parts sum exactly to the difference, where what was
    not supplied, and a rate of nothing, is nothing.
    """

    metric: Metric
    window: str
    from_at: str
    to_at: str
    before: Total | None
    after: Total | None
    parts: tuple[Part, ...]

    @property
    def is_moved(self) -> bool:
        return self.before != self.after

    @property
    def figures(self) -> tuple[str, str]:
        """What it was and what it is, as printed."""
        return figure_words(self.metric, self.before), figure_words(self.metric, self.after)

    @property
    def words(self) -> str:
        """As in `440 → 443: +4 late (custody), −1 linking, 0 definition, 0 code`."""
        moving = [part for part in self.parts if part.is_moving]
        still = [part for part in self.parts if not part.is_moving and part.cause in (Cause.DEFINITION, Cause.CODE)]
        parts = ", ".join(part_words(self.metric, part) for part in (*reversed(moving), *reversed(still)))
        return f"{' → '.join(self.figures)}: {parts}"

    def with_code(self, before: Total | None, after: Total | None) -> Change:
        """The change between figures that other code struck of the same records: what today's strikes otherwise is `code`."""
        steps = [(before, self.before), (self.after, after)]
        own = parts_of_path(self.metric, [(Cause.CODE, old or NOTHING, new or NOTHING) for old, new in steps])
        (had,) = (part for part in self.parts if part.cause is Cause.CODE)
        code = replace(
            had,
            numerator_delta=sum(part.numerator_delta for part in own),
            denominator_delta=sum(part.denominator_delta for part in own),
            delta=sum((part.delta for part in own), Fraction(0)),
        )
        return replace(
            self, before=before, after=after, parts=(code, *(p for p in self.parts if p.cause is not Cause.CODE))
        )

    def turned(self) -> Change:
        """The way back."""
        parts = tuple(
            replace(
                part,
                numerator_delta=-part.numerator_delta,
                denominator_delta=-part.denominator_delta,
                delta=-part.delta,
            )
            for part in self.parts
        )
        return replace(self, from_at=self.to_at, to_at=self.from_at, before=self.after, after=self.before, parts=parts)

    def as_json(self, *, with_records: bool = False) -> dict[str, Any]:
        """Counts alone; `with_records` the records' keys too, which are restricted. Exact values are fractions as text."""
        return {
            "metric": self.metric.id,
            "title": self.metric.title,
            "window": self.window,
            "from": {"as_at": self.from_at, **_figure(self.metric, self.before)},
            "to": {"as_at": self.to_at, **_figure(self.metric, self.after)},
            "words": self.words,
            "parts": [_part(self.metric, part, with_records=with_records) for part in self.parts],
        }


NOTHING = Total(0, 0)


def parts_of_path(metric: Metric, path: Sequence[tuple[Cause, Total, Total]]) -> list[Part]:
    """The parts of the steps of a path, each from one total to the next."""
    return [
        Part(
            cause,
            new.numerator - old.numerator,
            new.denominator - old.denominator if metric.is_rate else 0,
            (new.value(metric) or Fraction(0)) - (old.value(metric) or Fraction(0)),
        )
        for cause, old, new in path
    ]


def figure_words(metric: Metric, total: Total | None) -> str:
    """A figure as it is printed."""
    if total is None:
        return "not supplied"
    value = total.value(metric)
    return "none" if value is None else f"{rounded(value, metric.scale.decimals):,f}"


def part_words(metric: Metric, part: Part) -> str:
    """A part as in `+4 late (custody)`; of a rate in percentage points."""
    own, exact = metric.scale.decimals, _decimals_of(part.delta)
    decimals = max(own, exact) if exact <= EXACT_DECIMALS else own + 1
    size = f"{rounded(abs(part.delta), decimals):,f}" if part.delta else "0"
    sign = "+" if part.delta > 0 else "−" if part.delta < 0 else ""
    unit = " points" if metric.noun is Noun.PER_CENT and part.delta else ""
    sources = f" ({', '.join(source.replace('_', ' ') for source in part.sources)})" if part.sources else ""
    return f"{sign}{size}{unit} {part.cause.value}{sources}"


def _decimals_of(value: Fraction) -> int:
    """How many decimals say a number exactly; more than enough where none do."""
    return next((n for n in range(EXACT_DECIMALS + 1) if (value * 10**n).denominator == 1), EXACT_DECIMALS + 1)


def _figure(metric: Metric, total: Total | None) -> dict[str, Any]:
    if total is None:
        return {"printed": None, "numerator": None, "denominator": None}
    value = total.value(metric)
    printed = None if value is None else f"{rounded(value, metric.scale.decimals):f}"
    return {"printed": printed, "numerator": total.numerator, "denominator": total.denominator}


def _part(metric: Metric, part: Part, *, with_records: bool) -> dict[str, Any]:
    content = {
        "cause": part.cause.value,
        "numerator_delta": part.numerator_delta,
        "denominator_delta": part.denominator_delta,
        "delta": str(part.delta),
        "words": part_words(metric, part),
        "sources": list(part.sources),
        "records": len(part.records),
        "counted": len(part.counted),
    }
    return content | ({"record_keys": list(part.records), "counted_keys": list(part.counted)} if with_records else {})
