"""Every way in which a number is written in a draft is read: value, unit, decimals, and how it is meant."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svu_pipeline.claims.aside import aside_at, asides
from svu_pipeline.claims.claim import Number, Said, Unit
from svu_pipeline.claims.numbers import numbers

FORMS = [
    ("440 people", "440", Said.EXACT),
    ("1,038 vehicles", "1038", Said.EXACT),
    ("more than 400 people", "400", Said.MORE_THAN),
    ("over 400 people", "400", Said.MORE_THAN),
    ("400+ people", "400", Said.MORE_THAN),
    ("around 170 warrants", "170", Said.AROUND),
    ("some 170 warrants", "170", Said.AROUND),
    ("170 or so warrants", "170", Said.AROUND),
    ("nearly 170 warrants", "170", Said.ALMOST),
    ("just under 170 warrants", "170", Said.ALMOST),
    ("at least 160 warrants", "160", Said.AT_LEAST),
    ("160 or more warrants", "160", Said.AT_LEAST),
    ("up to 170 warrants", "170", Said.UP_TO),
    ("fewer than 170 warrants", "170", Said.LESS_THAN),
    ("seven referrals", "7", Said.EXACT),
    ("twenty-five deployments", "25", Said.EXACT),
    ("four hundred and forty people", "440", Said.EXACT),
    ("a hundred and sixty-eight warrants", "168", Said.EXACT),
    ("no arrests were made", "0", Said.EXACT),
    ("a dozen drug lines", "12", Said.AROUND),
    ("dozens of weapons", "24", Said.VAGUE),
    ("hundreds of people", "200", Said.VAGUE),
]


def _one(text: str) -> Number:
    found = numbers(text)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(("text", "value", "said"), FORMS, ids=[text for text, _, _ in FORMS])
def test_a_number_has_its_value_and_its_form(text: str, value: str, said: Said) -> None:
    number = _one(text)
    assert (number.low, number.said) == (Decimal(value), said)


@pytest.mark.parametrize(
    ("text", "unit", "value", "decimals"),
    [
        ("£261,000", Unit.POUNDS, "261000", 0),
        ("£261k", Unit.POUNDS, "261000", -3),
        ("£0.26m", Unit.POUNDS, "260000", -4),
        ("£1.2 million", Unit.POUNDS, "1200000", -5),
        ("261,000 pounds", Unit.POUNDS, "261000", 0),
        ("£24,167.25", Unit.POUNDS, "24167.25", 2),
        ("6kg", Unit.KILOGRAMS, "6", 0),
        ("5.987 kg", Unit.KILOGRAMS, "5.987", 3),
        ("six kilos", Unit.KILOGRAMS, "6", 0),
        ("69.3%", Unit.PER_CENT, "69.3", 1),
        ("70 per cent", Unit.PER_CENT, "70", 0),
        ("half", Unit.PER_CENT, "50", 0),
        ("one in four", Unit.PER_CENT, "25", 0),
        ("three quarters", Unit.PER_CENT, "75", 0),
    ],
)
def test_a_number_is_in_its_unit_with_the_decimals_that_it_states(
    text: str, unit: Unit, value: str, decimals: int
) -> None:
    number = _one(text)
    assert (number.unit, number.low, number.decimals) == (unit, Decimal(value), decimals)


def test_pounds_of_weight_ounces_and_grams_are_kilograms() -> None:
    """An ounce is 28.349523125 g (counting.md), a pound sixteen of them."""
    assert _one("13.2lb").value == Fraction(132, 10) * Fraction(45359237, 10**8)
    assert _one("16 ounces").value == _one("1 lb").value
    assert _one("5,987 grams").value == Fraction(5987, 1000)


@pytest.mark.parametrize(
    "text", ["between 36 and 60 months", "36–60 months", "36 to 60 months", "orders ran from 36 to 60 months"]
)
def test_a_range_is_one_number_with_two_ends(text: str) -> None:
    number = _one(text)
    assert (number.low, number.high, number.said) == (Decimal(36), Decimal(60), Said.BETWEEN)


def test_a_change_from_one_to_another_is_no_range() -> None:
    assert [number.low for number in numbers("rose from 390 to 440")] == [390, 440]


@given(st.integers(0, 99_999_999), st.sampled_from(["", "more than ", "about ", "nearly "]))
def test_a_number_with_its_thousands_parted_is_read_back(value: int, form: str) -> None:
    text = f"{form}{value:,} people"
    number = _one(text)
    assert number.low == value
    assert text[number.start : number.end] == number.text == f"{form}{value:,}"


ASIDE = [
    "aged 13", "a 22-year-old man", "12 April 2023", "November 30", "at 6am", "call 101 or", "01632 960123", "section 23",
    "s.8 of PACE", "the Policing Act 2009", "up to 14 years", "14 Mill Lane", "CM2 6DA", "a three-week operation",
    "within 40 working days", "set up in 2020", "two counts of supply", "Issue 48", "4.2 The Inspector", "https://a.example/440",
    "in the last 12 months",
]  # fmt: skip


@pytest.mark.parametrize("text", ASIDE)
def test_law_ages_dates_and_addresses_claim_nothing(text: str) -> None:
    """Each number in them is set aside; not one is left to be bound to a metric."""
    found = asides(text)
    assert all(aside_at(found, number.core, number.end) for number in numbers(text))


@pytest.mark.parametrize(
    "text", ["440 people", "61 knives", "168 warrants", "804 years in prison", "£261,000", "2,700 leaflets"]
)
def test_figures_are_not_set_aside(text: str) -> None:
    found = asides(text)
    assert not any(aside_at(found, number.core, number.end) for number in numbers(text))


def test_number_words_that_make_no_number_are_left_out() -> None:
    """Nothing is found in them rather than something else; two numbers joined by `and` are two."""
    assert not numbers("one two, one two")
    assert [(number.low, number.text) for number in numbers("five and six weapons")] == [
        (Decimal(5), "five"),
        (Decimal(6), "six"),
    ]
    assert [number.low for number in numbers("two hundred and five people")] == [205]


@given(st.text(st.sampled_from("0123456789 ,.£%-–kmg½²٣"), max_size=40) | st.text(max_size=40))
def test_no_text_makes_reading_numbers_fail(text: str) -> None:
    found = numbers(text)
    assert all(text[number.start : number.end] == number.text for number in found)


WORDS = [
    "one", "two", "twenty", "hundred", "thousand", "million", "and", "a", "half", "third", "in", "out of", "more than", "£", "kg",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_no_row_of_number_words_makes_it_fail(words: list[str]) -> None:
    text = " ".join(words)
    assert all(text[number.start : number.end] == number.text for number in numbers(text))
