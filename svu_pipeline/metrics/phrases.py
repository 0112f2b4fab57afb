"""How a figure may be said, and whether what is said of it is true (counting.md, Saying a number; decision 0021).

Here: the table of forms, as a judgement of any phrase (`truth`) and as the phrases that a figure offers (`phrases`).
Not here: which nouns and verbs belong to a metric (`wording.py`), and what is found in a text of others (`claims/`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from svu_pipeline.metrics.rounding import magnitude, rounded, significant

if TYPE_CHECKING:
    from svu_pipeline.metrics.metric import Metric

PERCENTAGE_FLOOR = 20
"""Below this denominator a share is said in numbers, not in per cent (counting.md, Saying a number)."""

_WITHIN = Fraction(1, 20)
_MOST_LEFT_OUT = Fraction(1, 10)
"""A "more than" that leaves out more than a tenth is true by the table, and no way to say the figure: it is not offered."""


class Form(Enum):
    """How a number is said. Other words of one form: over; around, approximately, some; nearly."""

    EXACT = ""
    MORE_THAN = "more than"
    AROUND = "about"
    ALMOST = "almost"


class Truth(Enum):
    """What a phrase is of the exact figure; `truth` says when."""

    TRUE = "true"
    LOOSE = "true only loosely"
    WRONG_ROUNDING = "wrong rounding"
    WRONG_NUMBER = "wrong number"


@dataclass(frozen=True)
class Phrase:
    """One way to say a figure: `number` (`more than 400`) and `text` (`more than 400 vulnerable people safeguarded`)."""

    form: Form
    number: str
    text: str


def truth(form: Form, said: Decimal, exact: Fraction, decimals: int) -> Truth:
    """Whether a number said in a form is true of the exact figure; `decimals` are those that the text states.

    `decimals` below zero are those of a number said in thousands or millions (`£2.6 million`: -5). Neither number is
    negative. LOOSE is true in plain arithmetic and not by the table; WRONG_ROUNDING is near, and not what the form asks.
    """
    match form:
        case Form.EXACT:
            return _exactly(said, exact, decimals)
        case Form.MORE_THAN:
            return _more_than(said, exact)
        case Form.AROUND:
            return _around(said, exact)
        case Form.ALMOST:
            return _almost(said, exact)


def phrases(metric: Metric, numerator: int, denominator: int, *, marks: Collection[str] = ()) -> tuple[Phrase, ...]:
    """The phrases that may be said of a figure, the preferred one first; each is TRUE of the exact ratio.

    `numerator` and `denominator` are those of the table `value` (of a rate the numerator is 100 × the counted). None for a
    figure that is not supplied ("x") or protected ("c"), or of no denominator. An estimate ("e") is only ever "about";
    "at least" ("a") says so; a provisional figure ("p") says so.
    """
    if not denominator or "x" in marks or "c" in marks:
        return ()
    if metric.is_rate:
        numbers = tuple(_shares(numerator, denominator))
    else:
        numbers = tuple(_numbers(metric, Fraction(numerator, denominator), marks))
    first = [said for said in numbers if said[0] is metric.wording.form][:1]
    ordered = dict.fromkeys([*first, *numbers])
    return tuple(Phrase(form, number, metric.wording.phrase(number, marks)) for form, number in ordered)


def step(said: Decimal) -> Fraction:
    """One step of a round number: ten to the place of its last digit that is not zero (400: 100; 430: 10; 2.5: 0.1)."""
    return Fraction(10) ** _place(said)


def figures_of(said: Decimal) -> int:
    """How many significant figures a number has at least: 400 has one, 430 two. ValueError of zero."""
    return magnitude(said) - _place(said) + 1


def _exactly(said: Decimal, exact: Fraction, decimals: int) -> Truth:
    """x = N; of what is not whole (mass, money, years, a share): N is x rounded to the decimals that are stated."""
    if rounded(exact, decimals) == said:
        return Truth.TRUE
    error = abs(Fraction(said) - exact)
    is_cut = error < Fraction(10) ** -decimals
    is_rounded_further = bool(said) and _is_near(said, exact) and error < step(said)
    return Truth.WRONG_ROUNDING if is_cut or is_rounded_further else Truth.WRONG_NUMBER


def _more_than(said: Decimal, exact: Fraction) -> Truth:
    """x > N, N of 1 or 2 significant figures, and x < N + one step."""
    if exact > Fraction(said):
        is_next = bool(said) and figures_of(said) <= 2 and exact < Fraction(said) + step(said)
        return Truth.TRUE if is_next else Truth.LOOSE
    return Truth.WRONG_ROUNDING if _is_near(said, exact) else Truth.WRONG_NUMBER


def _around(said: Decimal, exact: Fraction) -> Truth:
    """N is x rounded to 1, 2 or 3 significant figures and within 5 %."""
    is_rounding = _is_rounding(said, exact)
    if _is_near(said, exact):
        return Truth.TRUE if is_rounding else Truth.LOOSE
    return Truth.WRONG_ROUNDING if is_rounding else Truth.WRONG_NUMBER


def _almost(said: Decimal, exact: Fraction) -> Truth:
    """x < N, within 5 %."""
    if _is_near(said, exact):
        return Truth.TRUE if exact < Fraction(said) else Truth.WRONG_ROUNDING
    is_rounding = exact < Fraction(said) and _is_rounding(said, exact)
    return Truth.WRONG_ROUNDING if is_rounding else Truth.WRONG_NUMBER


def _is_near(said: Decimal, exact: Fraction) -> bool:
    """Within 5 %, of whichever of the two is the smaller: so it holds whichever is taken for the whole."""
    return abs(Fraction(said) - exact) <= min(Fraction(said), exact) * _WITHIN


def _is_rounding(said: Decimal, exact: Fraction) -> bool:
    return any(significant(exact, figures) == said for figures in (1, 2, 3))


def _shares(numerator: int, denominator: int) -> Iterator[tuple[Form, str]]:
    """A share with one decimal and with none; of few in numbers, as is one that would round to nought or all and is neither."""
    exact = Fraction(numerator, denominator)
    rates = [said for said in (rounded(exact, 1), rounded(exact, 0)) if said not in (0, 100) or said == exact]
    if denominator < PERCENTAGE_FLOOR or not rates:
        yield Form.EXACT, f"{numerator // 100:,} of the {denominator:,}"
    else:
        yield from ((Form.EXACT, f"{said:f}%") for said in rates)


def _numbers(metric: Metric, exact: Fraction, marks: Collection[str]) -> Iterator[tuple[Form, str]]:
    """What may be said of a count or an amount, in the order of the forms and the roundest first.

    Of an estimate nobody knows on which side of a number it lies, and of a least count not how far above it.
    """
    amount, is_estimate, is_least = metric.wording.amount, "e" in marks, "a" in marks
    said = _as_recorded(exact, metric.scale.decimals)
    before = "at least " if is_least else ""
    if not exact:
        yield from () if is_least else ((Form.EXACT, amount(said)),)
        return
    if is_estimate or not said:
        numbers = _round_numbers(exact) if said else [significant(exact, 3)]
        # What is at least a number is said of none above it.
        near = [n for n in numbers if _is_true(Form.AROUND, n, exact) and (not is_least or n <= exact)]
        yield from ((Form.AROUND, f"{before}{Form.AROUND.value} {amount(number)}") for number in near)
        if is_least and not near:
            yield Form.EXACT, before + amount(said)
        return
    yield Form.EXACT, before + amount(said)
    for form, number in _rounder(exact, said):
        if form is Form.MORE_THAN or not is_least:
            yield form, f"{form.value} {amount(number)}"


def _rounder(exact: Fraction, said: Decimal) -> Iterator[tuple[Form, Decimal]]:
    """The numbers rounder than the figure as recorded that are true of it and near enough to be fair, by form."""
    numbers = [number for number in _round_numbers(exact) if figures_of(number) < figures_of(said)]
    for number in numbers:
        if _is_true(Form.MORE_THAN, number, exact) and exact - Fraction(number) <= exact * _MOST_LEFT_OUT:
            yield Form.MORE_THAN, number
    yield from ((Form.AROUND, number) for number in numbers if _is_true(Form.AROUND, number, exact))
    almost = (number for number in numbers if _is_true(Form.ALMOST, number, exact) and _is_rounding(number, exact))
    yield from ((Form.ALMOST, number) for number in islice(almost, 1))


def _is_true(form: Form, said: Decimal, exact: Fraction) -> bool:
    """Whether a round number is true in a form other than the exact one, for which decimals say nothing."""
    return truth(form, said, exact, 0) is Truth.TRUE


def _round_numbers(exact: Fraction) -> tuple[Decimal, ...]:
    """The numbers of 1, 2 and 3 significant figures next below and above, the roundest first."""
    found = []
    for figures in (1, 2, 3):
        decimals = figures - 1 - magnitude(exact)
        unit = Fraction(10) ** -decimals
        below = exact // unit * unit
        found += [rounded(number, decimals) for number in (below, below + unit) if number]
    return tuple(dict.fromkeys(found))


def _as_recorded(exact: Fraction, decimals: int) -> Decimal:
    """A figure with the decimals of its metric, or with none where those are all noughts."""
    said = rounded(exact, decimals)
    whole = rounded(exact, 0)
    return whole if whole == said else said


def _place(said: Decimal) -> int:
    """The power of ten of a number's last digit that is not zero."""
    _, digits, exponent = said.as_tuple()
    noughts = next(at for at, digit in enumerate(reversed(digits)) if digit)
    return int(exponent) + noughts
