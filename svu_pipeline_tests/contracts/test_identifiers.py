"""Check rules of identifiers: the examples of the sources' interface, single errors, and one answer in two languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svu_pipeline.contracts.identifiers import arrest_summons_number, case_number, cro_number, pnc_id
from svu_pipeline_tests.contracts.landed import casting_session

ALPHABET = "ZABCDEFGHJKLMNPQRTUVWXY"

Rule = Callable[[str], str | None]

VALID: dict[Rule, tuple[str, ...]] = {
    pnc_id: ("1981/0000034U", "2002/0073319Z", "1979/0163001B", "2023/1234567V"),
    cro_number: ("065656/91H", "SF05/482703J"),
    arrest_summons_number: ("2005FF0500000000555P", "9700000000000123456K", "1101ZD0100000448754K"),
    case_number: ("42CY0012323", "42010012323"),
}
INVALID: dict[Rule, tuple[str, ...]] = {
    pnc_id: ("2003/0011985Z", "2012/0052494O", "2023/0583843N", "2001/0171310S", "1981/34U", "1981/0000034", ""),
    cro_number: ("85227/65G", "085227/65G", "SF05/0482703J", "SF05/482703", "SF05/J", "065656/91"),
    arrest_summons_number: ("2005FF0500000000555Q", "2005FF050000000555P", "2005FF05000000000555P"),
    case_number: ("42CY001232", "42CY00123234", "42C/0012323", "4200A012323"),
}


def pairs(examples: dict[Rule, tuple[str, ...]]) -> list[tuple[Rule, str]]:
    """Each rule with each of its examples."""
    return [(rule, text) for rule, texts in examples.items() for text in texts]


@pytest.mark.parametrize(("rule", "text"), pairs(VALID))
def test_valid_identifier_is_its_own_canonical_form(rule: Rule, text: str) -> None:
    """A canonical text stays as it is; lower case and blanks around it are forgiven."""
    assert rule(text) == text
    assert rule(f"\N{NO-BREAK SPACE}{text.lower()} ") == text


@pytest.mark.parametrize(("rule", "text"), pairs(INVALID))
def test_invalid_identifier_has_no_canonical_form(rule: Rule, text: str) -> None:
    """A wrong check letter, a letter that is none, and every other shape."""
    assert rule(text) is None


def test_short_forms_are_the_same_person() -> None:
    """The pivot is fixed: 26 is 2026, 27 is 1927; a CRO serial is padded to six."""
    assert pnc_id("81/34U") == "1981/0000034U"
    assert pnc_id("02/73319Z") == "2002/0073319Z"
    assert pnc_id(f"26/1{letter_for('260000001')}") == f"2026/0000001{letter_for('260000001')}"
    assert pnc_id(f"27/1{letter_for('270000001')}") == f"1927/0000001{letter_for('270000001')}"
    assert cro_number(f"227/65{letter_for('65000227')}") == f"000227/65{letter_for('65000227')}"


@pytest.mark.parametrize(("rule", "text"), [pair for pair in pairs(VALID) if pair[0] is not case_number])
def test_every_single_wrong_digit_is_found(rule: Rule, text: str) -> None:
    """23 is prime and no power of ten is a multiple of it: changing one digit that is checked always changes the letter.

    Of an ASN the unit is not checked, nor a force or system of letters.
    """
    unchecked = range(4, 6) if rule is arrest_summons_number else range(2) if rule is pnc_id else range(0)
    for place, digit in enumerate(text):
        if digit.isdigit() and place not in unchecked:
            for other in set("0123456789") - {digit}:
                assert rule(text[:place] + other + text[place + 1 :]) is None


def letter_for(digits: str) -> str:
    """The check letter by long division, a digit at a time."""
    rest = 0
    for digit in digits:
        rest = (rest * 10 + int(digit)) % 23
    return ALPHABET[rest]


@given(st.integers(1927, 2026), st.integers(0, 9_999_999), st.sampled_from(ALPHABET + "IOS"))
@settings(deadline=None, derandomize=True)
def test_pnc_id_holds_exactly_where_the_letter_does(year: int, serial: int, letter: str) -> None:
    """Over random years and serials, in the full and the short form, by a division of the test's own."""
    full = f"{year}/{serial:07d}{letter}"
    expected = full if letter == letter_for(f"{year % 100:02d}{serial:07d}") else None
    assert pnc_id(full) == expected
    assert pnc_id(f"{year % 100:02d}/{serial}{letter}") == expected


def in_sql(texts: list[str]) -> list[str | None]:
    """The same texts by the macros that cast a whole column."""
    query = "SELECT pnc_checked(pnc_parts(plain(text))) FROM (SELECT unnest(?) AS text)"
    rows = casting_session().execute(query, [texts]).fetchall()
    return [value for (value,) in rows]


SERIALS = st.tuples(st.integers(1900, 2099), st.integers(0, 9_999_999), st.booleans())


@given(st.lists(st.one_of(st.text("0123456789/ZUVBios \t", max_size=14), SERIALS), min_size=1, max_size=80))
@settings(deadline=None, derandomize=True)
def test_column_and_function_give_the_same_answer(drawn: list[str | tuple[int, int, bool]]) -> None:
    """Random text and random serials under a right letter: one rule, told the same in Python and in SQL."""
    texts = [one if isinstance(one, str) else lettered(*one) for one in drawn]
    assert in_sql(texts) == [pnc_id(text) for text in texts]


def lettered(year: int, serial: int, is_short: bool) -> str:
    """A PNC id with its right check letter."""
    letter = letter_for(f"{year % 100:02d}{serial:07d}")
    return f"{year % 100:02d}/{serial}{letter}" if is_short else f"{year}/{serial:07d}{letter}"


def test_examples_are_the_same_in_sql() -> None:
    """The examples of the interface by the macros, too."""
    assert in_sql(list(VALID[pnc_id])) == list(VALID[pnc_id])
    assert in_sql(list(INVALID[pnc_id])) == [None] * len(INVALID[pnc_id])
    assert in_sql(["81/34u"]) == ["1981/0000034U"]
