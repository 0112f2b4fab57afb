"""Rules that stand in several contracts: the unit and its launch, districts, and arithmetic on calendar months."""

from __future__ import annotations

import narwhals.stable.v1 as nw

from svu_pipeline.clock import UNIT_LAUNCHED_ON

UNITS = ("RAPTOR_NORTH", "RAPTOR_SOUTH", "RAPTOR_WEST", "SVU_PPP", "SVU_HQ")
"""The unit's own codes; work under any other is loaded and is not the unit's (sources.md, Conventions)."""

DISTRICTS = {
    "E07000066": "Basildon", "E07000067": "Braintree", "E07000068": "Brentwood", "E07000069": "Castle Point",
    "E07000070": "Chelmsford", "E07000071": "Colchester", "E07000072": "Epping Forest", "E07000073": "Harlow",
    "E07000074": "Maldon", "E07000075": "Rochford", "E07000076": "Tendring", "E07000077": "Uttlesford",
    "E06000033": "Southend-on-Sea", "E06000034": "Thurrock",
}  # fmt: skip
"""The fourteen districts of the force by ONS code; any other is outside Essex."""


TEST_NAMES = ("TEST", "Test", "test")
PERSONAL_TEXT = (
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"
    r"|\b0[1-9](?:[ -]?[0-9]){8,9}\b|\+44[ -]?[1-9](?:[ -]?[0-9]){8,9}\b"
    r"|\b(?:Mr|Mrs|Miss|Ms|Dr)\.? [A-Z][a-z]+"
)
"""What gives a person away in a column that is not about one: an address, a British telephone number, a title."""


def within_unit_life(unit: str, day: str) -> nw.Expr:
    """Not the unit's code on a day before the unit was set up."""
    return ~(nw.col(unit).is_in(UNITS) & (nw.col(day) < nw.lit(UNIT_LAUNCHED_ON)))


def within_essex(district: str) -> nw.Expr:
    """No district given, or one of the fourteen."""
    return nw.col(district).is_null() | nw.col(district).is_in(list(DISTRICTS))


def is_no_test(surname: str, forenames: str) -> nw.Expr:
    """Not the invented person TEST TEST, with whom systems are tried out."""
    return ~(nw.col(surname).is_in(TEST_NAMES) & nw.col(forenames).is_in(TEST_NAMES))


def is_not_before(later: str, earlier: str) -> nw.Expr:
    """The one day is not before the other, where both are given."""
    return nw.col(later) >= nw.col(earlier)


def names_no_person(text: str) -> nw.Expr:
    """Free text without what looks like an e-mail address, a telephone number or a person's title and name."""
    return ~nw.col(text).str.contains(PERSONAL_TEXT)


def given_where(column: str, condition: nw.Expr) -> nw.Expr:
    """The column is not empty wherever the condition holds."""
    return ~condition | ~nw.col(column).is_null()


def is_code(column: str, *codes: str) -> nw.Expr:
    """The code is one of these; an empty code is not."""
    return ~nw.col(column).is_null() & nw.col(column).is_in(codes)


def completed_months(earlier: str, later: str) -> nw.Expr:
    """Whole calendar months from one day to another: born 29 February, a month is complete on 1 March."""
    return _month_number(later) - _month_number(earlier) - _is_short(earlier, later)


def is_within_months(earlier: str, later: str, months: int) -> nw.Expr:
    """The later day is at most so many calendar months after the earlier one; 31 January + 1 month is 28 or 29 February.

    Where the day of the month is later than the earlier one's, the next month has begun. A short last month needs no
    rule of its own: its every day is then within it.
    """
    apart = _month_number(later) - _month_number(earlier)
    in_last = (apart == months) & (nw.col(later).dt.day() <= nw.col(earlier).dt.day())
    return (nw.col(later) >= nw.col(earlier)) & ((apart < months) | in_last)


def lasts_years(start: str, last: str, years: int) -> nw.Expr:
    """From `start` to the day after `last` are at least so many years; from 29 February a year ends on 28 February."""
    after = nw.col(last).dt.offset_by("1d")
    apart = after.dt.year() * 12 + after.dt.month() - _month_number(start)
    from_leap_day = (nw.col(start).dt.month() == 2) & (nw.col(start).dt.day() == 29)
    day = nw.when(from_leap_day).then(nw.lit(28)).otherwise(nw.col(start).dt.day())
    return (apart > years * 12) | ((apart == years * 12) & (after.dt.day() >= day))


def _month_number(day: str) -> nw.Expr:
    return nw.col(day).dt.year().cast(nw.Int64) * 12 + nw.col(day).dt.month().cast(nw.Int64)


def _is_short(earlier: str, later: str) -> nw.Expr:
    return (nw.col(later).dt.day() < nw.col(earlier).dt.day()).cast(nw.Int64)
