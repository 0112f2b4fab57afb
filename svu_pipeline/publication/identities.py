"""Identities between figures: what can never be otherwise, whatever the data (counting.md, Nouns).

Checked on a review document of any state: as struck, and as rounded and protected for a release. Both the printed figures,
which are what a reader can add up, and the exact ones behind them are held to it. A part that is hidden ([c]) is no number:
what is left of an identity without it is what is checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.metrics.rounding import printed

AT_MOST = (
    ("people_arrested", "arrests"),
    ("people_charged", "people_arrested"),
    ("people_charged_and_remanded", "people_charged"),
    ("charge_and_remand_rate", "charge_rate"),
    ("knives_and_blades_seized", "weapons_seized"),
    ("firearms_seized", "weapons_seized"),
    ("children_safeguarded", "people_safeguarded"),
    ("adults_safeguarded", "people_safeguarded"),
    ("gang_injunctions_teenagers", "gang_injunctions"),
)
"""Pairs of which the first is never more than the second: as wholes, in each month, and in each part that both have."""

TOGETHER_AT_MOST = (
    (("children_safeguarded", "adults_safeguarded"), "people_safeguarded"),
    (("knives_and_blades_seized", "firearms_seized"), "weapons_seized"),
)
"""Parts that have nothing in common, and that together are never more than the whole."""

ANY_PART = {("people_arrested", "arrests")}
"""Pairs that hold in each part although the one is broken down by people's first record and the other by every record."""

Figure = Mapping[str, Any]
Numbers = dict[tuple[str, str], Fraction | None]
"""By dimension and code (both '' for the whole) a number; None where it is hidden or not supplied."""


def broken_identities(document: Mapping[str, Any], rounding: int = 1) -> list[str]:
    """Names of the identities that do not hold in a review document; empty when all do.

    `rounding` is to the nearest how many its parts have been rounded: sums may then be apart by half of it for each part.
    """
    figures = {figure["id"]: figure for figure in document["figures"]}
    broken = [
        *_at_most(figures),
        *_together(figures),
        *(name for figure in figures.values() for name in _sums(figure, rounding)),
        *(name for figure in figures.values() for name in _rates(figure, figures)),
        *(f"{figure['id']} as rounded" for figure in figures.values() if _is_printed_otherwise(figure)),
    ]
    return list(dict.fromkeys(broken))


def _at_most(figures: Mapping[str, Figure]) -> Iterator[str]:
    for part, whole in AT_MOST:
        if not _as_known_together(figures[part], figures[whole]):
            continue
        is_alike = (part, whole) in ANY_PART or CATALOGUE[part].first_of == CATALOGUE[whole].first_of
        for less, more in zip(_readings(figures[part]), _readings(figures[whole]), strict=True):
            for cell, number in less.items():
                most = more.get(cell)
                if number is not None and most is not None and number > most and (is_alike or cell[0] in ("", "month")):
                    yield f"{part} <= {whole}" + _by(cell[0])


def _together(figures: Mapping[str, Figure]) -> Iterator[str]:
    for parts, whole in TOGETHER_AT_MOST:
        numbers = [_readings(figures[part])[0]["", ""] for part in parts]
        most = _readings(figures[whole])[0]["", ""]
        known = [number for number in numbers if number is not None]
        if most is not None and _as_known_together(*(figures[one] for one in (*parts, whole))) and sum(known) > most:
            yield f"{' + '.join(parts)} <= {whole}"


def _as_known_together(*figures: Figure) -> bool:
    """Whether figures are as known at one instant: what was known at two need not agree."""
    return len({figure["as_at"] for figure in figures}) == 1


def _sums(figure: Figure, rounding: int) -> Iterator[str]:
    """The dimensions whose parts do not make the whole: that add up to it, or cover it where something is in several."""
    if CATALOGUE[figure["id"]].is_rate:
        return
    dimensions = {"month": figure["is_additive"], **{one["dimension"]: one["adds_up"] for one in figure["breakdowns"]}}
    for reading, place in zip(_readings(figure), (_last_place(figure), Fraction(0)), strict=True):
        whole = reading["", ""]
        if whole is None:
            continue
        for dimension, adds_up in dimensions.items():
            parts = [number for (by, _), number in reading.items() if by == dimension]
            room = Fraction(len(parts) * (rounding // 2)) + place * (len(parts) + 1) / 2
            if parts and not _makes(whole, parts, room, adds_up=adds_up, is_whole=not _hides(figure, dimension)):
                yield f"{figure['id']} by {dimension}"


def _makes(whole: Fraction, parts: list[Fraction | None], room: Fraction, *, adds_up: bool, is_whole: bool) -> bool:
    """Whether parts can be those of a whole; some of them may be hidden (`is_whole` is False)."""
    known = [part for part in parts if part is not None]
    total = sum(known, Fraction(0))
    if adds_up:
        return total <= whole + room and (not is_whole or total >= whole - room)
    is_covered = not is_whole or len(known) < len(parts) or total >= whole - room
    return is_covered and all(part <= whole + room for part in known)


def _hides(figure: Figure, dimension: str) -> bool:
    return any("c" in part.get("marks", ()) for by, _, part in _parts(figure) if by == dimension)


def _last_place(figure: Figure) -> Fraction:
    """The last printed place where printing rounds (mass, years); 0 where it does not (pounds, counts)."""
    scale = CATALOGUE[figure["id"]].scale
    return Fraction(0) if scale.divisor == 10**scale.decimals else Fraction(1, 10**scale.decimals)


def _rates(figure: Figure, figures: Mapping[str, Figure]) -> Iterator[str]:
    """Where a rate is not made of the two figures that it is the ratio of."""
    metric = CATALOGUE[figure["id"]]
    if not metric.is_rate or not _as_known_together(figure, figures[metric.numerator], figures[metric.denominator]):
        return
    over, under = (
        {(by, code): part.get("numerator") for by, code, part in _parts(figures[one])}
        for one in (metric.numerator, metric.denominator)
    )
    for by, code, part in _parts(figure):
        share, of = over.get((by, code), 0), under.get((by, code))
        is_told = None not in (part.get("numerator"), part.get("denominator"), of)
        if is_told and share is not None and (part["numerator"], part["denominator"]) != (100 * share, of):
            yield f"{metric.id} = {metric.numerator} / {metric.denominator}" + _by(by)


def _is_printed_otherwise(figure: Figure) -> bool:
    """Whether a printed number of a figure is not its exact one rounded once."""
    decimals = CATALOGUE[figure["id"]].scale.decimals
    return any(
        part["printed"] is not None
        and part.get("numerator") is not None
        and part["printed"] != printed(part["numerator"], part["denominator"], decimals)
        for _, _, part in _parts(figure)
    )


def _readings(figure: Figure) -> tuple[Numbers, Numbers]:
    """Every number of a figure as printed, and exactly; exactly it is also None where the document does not say."""
    as_printed: Numbers = {}
    exact: Numbers = {}
    for by, code, part in _parts(figure):
        as_printed[by, code] = None if part["printed"] is None else Fraction(Decimal(part["printed"]))
        numerator = part.get("numerator")
        exact[by, code] = None if numerator is None else Fraction(numerator, part["denominator"])
    return as_printed, exact


def _parts(figure: Figure) -> Iterator[tuple[str, str, Figure]]:
    """Dimension, code and part: the whole, the months, the rows of each breakdown."""
    yield "", "", figure
    for month in figure["monthly"]:
        yield "month", month["month"], month
    for breakdown in figure["breakdowns"]:
        for row in breakdown["rows"]:
            yield breakdown["dimension"], row["code"], row


def _by(dimension: str) -> str:
    return f" by {dimension}" if dimension else ""
