"""What may be said of a figure: every phrase made is true, and nothing is judged true that is not.

The table of counting.md (Saying a number) is stated here a second time, on digits and in plain arithmetic.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from svu_pipeline.metrics.catalogue import CATALOGUE, METRICS
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.phrases import Form, Phrase, Truth, phrases, truth

COUNTS = st.integers(0, 60) | st.integers(0, 5_000) | st.integers(0, 10**12)
SAID = st.builds(lambda digits, power: Decimal(digits).scaleb(power), st.integers(1, 9999), st.integers(-2, 7))
EXACTS = st.builds(Fraction, COUNTS, st.sampled_from((1, 100, 1_000_000, 17_532, 440)))
MARKS = st.sets(st.sampled_from("pseac"))


@st.composite
def figures(draw: st.DrawFn) -> tuple[Metric, int, int]:
    """Any metric with a numerator and denominator as the table `value` has them."""
    metric = draw(st.sampled_from(METRICS))
    if metric.is_rate:
        of = draw(st.sampled_from((0, 1, 19, 20, 21)) | st.integers(0, 2_000))
        return metric, 100 * draw(st.integers(0, of)), of
    return metric, draw(COUNTS), metric.scale.divisor


@settings(deadline=None, max_examples=400)
@given(figures(), MARKS)
@example((CATALOGUE["charge_rate"], 700, 19), set())
@example((CATALOGUE["charge_rate"], 700, 20), set())
@example((CATALOGUE["drugs_seized_kg"], 400, 1_000_000), set())
def test_every_phrase_made_is_true_of_the_exact_figure(figure: tuple[Metric, int, int], marks: set[str]) -> None:
    """For every metric and its scale, of nought, one, few and many; by `truth` and by the table as stated here."""
    metric, numerator, denominator = figure
    made = phrases(metric, numerator, denominator, marks=marks)
    assert "c" not in marks or not made
    for phrase in made:
        numbers = _numbers(phrase)
        if " of the " in phrase.number:
            assert [100 * numbers[0], numbers[1]] == [numerator, denominator]
            continue
        exact = Fraction(numerator, denominator)
        decimals = max(-int(numbers[0].as_tuple().exponent), 0)
        assert truth(phrase.form, numbers[0], exact, decimals) is Truth.TRUE, phrase
        assert _is_true(phrase.form, numbers[0], exact, decimals), phrase
        assert phrase.number.removeprefix("at least ").startswith(phrase.form.value)
        assert "%" not in phrase.number or denominator >= 20


@settings(max_examples=600)
@given(st.sampled_from(Form), SAID, EXACTS, st.integers(0, 3))
def test_only_what_the_table_says_is_judged_true(form: Form, said: Decimal, exact: Fraction, decimals: int) -> None:
    assert (truth(form, said, exact, decimals) is Truth.TRUE) == _is_true(form, said, exact, decimals)


@settings(max_examples=600)
@given(st.sampled_from(Form), st.integers(1, 3), st.booleans(), st.integers(1, 10**7))
def test_so_it_is_beside_the_figure(form: Form, figures: int, is_above: bool, exact: int) -> None:
    """The same for the round numbers next below and above a figure, where most claims lie."""
    unit = 10 ** max(len(str(exact)) - figures, 0)
    said = Decimal((exact // unit + is_above) * unit)
    assert (truth(form, said, Fraction(exact), 0) is Truth.TRUE) == _is_true(form, said, Fraction(exact), 0)


@pytest.mark.parametrize(
    ("form", "said", "exact", "decimals", "judged"),
    [
        (Form.EXACT, "440", Fraction(440), 0, Truth.TRUE),
        (Form.EXACT, "441", Fraction(440), 0, Truth.WRONG_NUMBER),
        (Form.EXACT, "450", Fraction(447), 0, Truth.WRONG_ROUNDING),
        (Form.EXACT, "69.3", Fraction(30500, 440), 1, Truth.TRUE),
        (Form.EXACT, "69", Fraction(30500, 440), 0, Truth.TRUE),
        (Form.EXACT, "70", Fraction(30500, 440), 0, Truth.WRONG_ROUNDING),
        (Form.EXACT, "75.2", Fraction(30500, 440), 1, Truth.WRONG_NUMBER),
        (Form.EXACT, "2600000", Fraction(2_612_000), -5, Truth.TRUE),
        (Form.EXACT, "2600000", Fraction(2_612_000), 0, Truth.WRONG_ROUNDING),
        (Form.EXACT, "0", Fraction(3), 0, Truth.WRONG_NUMBER),
        (Form.MORE_THAN, "400", Fraction(431), 0, Truth.TRUE),
        (Form.MORE_THAN, "430", Fraction(431), 0, Truth.TRUE),
        (Form.MORE_THAN, "431", Fraction(432), 0, Truth.LOOSE),
        (Form.MORE_THAN, "100", Fraction(440), 0, Truth.LOOSE),
        (Form.MORE_THAN, "440", Fraction(440), 0, Truth.WRONG_ROUNDING),
        (Form.MORE_THAN, "500", Fraction(440), 0, Truth.WRONG_NUMBER),
        (Form.AROUND, "6", Fraction(59874, 10000), 0, Truth.TRUE),
        (Form.AROUND, "2700", Fraction(2704), 0, Truth.TRUE),
        (Form.AROUND, "400", Fraction(440), 0, Truth.WRONG_ROUNDING),
        (Form.AROUND, "450", Fraction(440), 0, Truth.LOOSE),
        (Form.AROUND, "600", Fraction(440), 0, Truth.WRONG_NUMBER),
        (Form.ALMOST, "6", Fraction(59874, 10000), 0, Truth.TRUE),
        (Form.ALMOST, "440", Fraction(440), 0, Truth.WRONG_ROUNDING),
        (Form.ALMOST, "500", Fraction(440), 0, Truth.WRONG_NUMBER),
    ],
)
def test_a_claim_is_judged_as_the_rules_are_read(
    form: Form, said: str, exact: Fraction, decimals: int, judged: Truth
) -> None:
    """One row for each verdict of each form (decision 0021)."""
    assert truth(form, Decimal(said), exact, decimals) is judged


@pytest.mark.parametrize(
    ("metric", "numerator", "marks", "first"),
    [
        ("people_safeguarded", 431, "", "more than 400 vulnerable people safeguarded"),
        ("people_arrested", 440, "", "440 people arrested"),
        ("people_charged_and_remanded", 305, "p", "305 people charged and remanded in custody (provisional)"),
        ("drugs_seized_kg", 5_987_400, "", "about 6 kg of drugs seized"),
        ("criminal_profits_seized", 26_100_000, "", "£261,000 in criminal profits seized"),
        ("prison_years", 804 * 17_532, "", "804 years of prison imposed"),
        ("bumble_leaflets", 2_704, "e", "about 2,700 leaflets handed out at Op Bumble deployments"),
        ("bumble_vehicles_stopped", 1_038, "a", "at least 1,038 vehicles stopped at Op Bumble deployments"),
        ("firearms_seized", 1, "", "1 firearm seized"),
        ("firearms_seized", 0, "", "no firearms seized"),
        ("people_safeguarded", 400, "", "400 vulnerable people safeguarded"),
    ],
)
def test_the_year_is_said_as_it_was_published(metric: str, numerator: int, marks: str, first: str) -> None:
    """The preferred phrase, with the marks of the figure in its words."""
    entry = CATALOGUE[metric]
    assert phrases(entry, numerator, entry.scale.divisor, marks=marks)[0].text == first


def test_a_rate_is_said_to_its_rounding_and_of_few_in_numbers() -> None:
    """305 of 440 is 69.3 % or 69 %, never 70 %; 7 of 12 is no percentage; 9,999 of 10,000 is not all."""
    rate = CATALOGUE["charge_and_remand_rate"]
    assert [phrase.number for phrase in phrases(rate, 30_500, 440)] == ["69.3%", "69%"]
    assert [phrase.number for phrase in phrases(rate, 700, 12)] == ["7 of the 12"]
    assert [phrase.number for phrase in phrases(rate, 999_900, 10_000)] == ["9,999 of the 10,000"]
    assert [phrase.number for phrase in phrases(rate, 2_000, 20)] == ["100.0%", "100%"]


def test_what_is_not_supplied_or_hidden_is_not_said() -> None:
    people = CATALOGUE["people_arrested"]
    assert phrases(people, 440, 1, marks=["x"]) == phrases(people, 440, 1, marks=["c"]) == ()
    assert phrases(CATALOGUE["charge_rate"], 0, 0) == ()


def _numbers(phrase: Phrase) -> list[Decimal]:
    return [Decimal(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", phrase.number)] or [
        Decimal(0)
    ]


def _is_true(form: Form, said: Decimal, exact: Fraction, decimals: int) -> bool:
    """The table, read again: digits of the number as written, and arithmetic in whole numbers."""
    number = Fraction(said)
    bare = f"{said:f}".rstrip("0") if "." in f"{said:f}" else f"{said:f}"
    digits = bare.replace(".", "").strip("0")
    is_near = 20 * abs(number - exact) <= number and 20 * abs(number - exact) <= exact
    if form is Form.EXACT:
        off = (number - exact) * 10**decimals
        return _is_whole(number * 10**decimals) and -Fraction(1, 2) < off <= Fraction(1, 2)
    if form is Form.MORE_THAN:
        whole, _, part = bare.rstrip(".").partition(".")
        one_step = Fraction(1, 10 ** len(part)) if part else Fraction(10 ** (len(whole) - len(whole.rstrip("0"))))
        return 1 <= len(digits) <= 2 and number < exact < number + one_step
    if form is Form.ALMOST:
        return exact < number and is_near
    return is_near and len(digits) <= 3 and _is_rounding(number, exact)


def _is_whole(value: Fraction) -> bool:
    return value.denominator == 1


def _is_rounding(number: Fraction, exact: Fraction) -> bool:
    """Whether a number is the figure rounded at its first, second or third digit: half a unit of it away at most."""
    if not exact:
        return not number
    unit = Fraction(1)
    while unit * 10 <= exact:
        unit *= 10
    while unit > exact:
        unit /= 10
    return any(
        _is_whole(number / unit * 10**place) and -unit / 10**place / 2 < number - exact <= unit / 10**place / 2
        for place in range(3)
    )
