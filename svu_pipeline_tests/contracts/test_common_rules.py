"""Arithmetic on calendar months against plain Python that steps through the calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import narwhals.stable.v1 as nw
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svu_pipeline.contracts.common_rules import completed_months, is_within_months, lasts_years

PAIRS = st.lists(
    st.tuples(st.dates(date(1900, 1, 1), date(2060, 12, 31)), st.integers(-400, 44_000)), min_size=1, max_size=60
)
"""A day, and how many days later (or earlier) the other is: from before the first to 120 years after it."""

NEAR_PAIRS = st.lists(
    st.tuples(st.dates(date(2015, 12, 1), date(2025, 3, 31)), st.integers(-2, 130)), min_size=1, max_size=60
)


def ask(expression: nw.Expr, pairs: list[tuple[date, date]]) -> list[object]:
    """What an expression over the days `a` and `b` gives for each pair."""
    table = pa.table(
        {name: pa.array(days, pa.date32()) for name, days in zip("ab", zip(*pairs, strict=True), strict=True)}
    )
    return list(nw.from_native(table).select(told=expression).to_native()["told"].to_pylist())


def spread(pairs: list[tuple[date, int]]) -> list[tuple[date, date]]:
    """Pairs of days from a day and a distance."""
    return [(day, day + timedelta(days=days)) for day, days in pairs]


def same_day_in(day: date, months: int) -> date:
    """The day so many calendar months later, or the last one of that month where it is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def anniversary_completed(day: date, months: int) -> date:
    """The day on which so many months are complete: the same day of the month, else the first of the next month."""
    ends = same_day_in(day, months)
    return ends if ends.day == day.day else ends + timedelta(days=1)


def months_lived(earlier: date, later: date) -> int:
    """Whole months from one day to another, by stepping from anniversary to anniversary."""
    months = 0
    while anniversary_completed(earlier, months + 1) <= later:
        months += 1
    while anniversary_completed(earlier, months) > later:
        months -= 1
    return months


@given(PAIRS)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_completed_months_are_those_of_the_calendar(pairs: list[tuple[date, int]]) -> None:
    """Equal to stepping through the calendar one anniversary at a time, for later days before and after the first."""
    days = [(earlier, earlier + timedelta(days=distance // 40)) for earlier, distance in pairs]
    assert ask(completed_months("a", "b"), days) == [months_lived(*pair) for pair in days]


@given(NEAR_PAIRS, st.sampled_from([1, 3]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_within_months_is_up_to_the_same_day_or_the_end_of_a_short_month(
    pairs: list[tuple[date, int]], months: int
) -> None:
    """A warrant is alive from its issue to the same day of the month it ends in, or that month's last."""
    days = spread(pairs)
    expected = [earlier <= later <= same_day_in(earlier, months) for earlier, later in days]
    assert ask(is_within_months("a", "b", months), days) == expected


@given(
    st.lists(st.tuples(st.dates(date(2015, 1, 1), date(2025, 3, 31)), st.integers(-3, 3)), min_size=1),
    st.sampled_from([2, 5]),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_years_last_to_the_day_before_the_anniversary(pairs: list[tuple[date, int]], years: int) -> None:
    """An order lasts so many years when the day after its last is not before the anniversary of its first."""
    days = [(start, same_day_in(start, years * 12) + timedelta(days=off)) for start, off in pairs]
    expected = [last + timedelta(days=1) >= same_day_in(start, years * 12) for start, last in days]
    assert ask(lasts_years("a", "b", years), days) == expected


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        ("2023-01-31", "2023-02-28"),
        ("2024-01-31", "2024-02-29"),
        ("2024-01-29", "2024-02-29"),
        ("2023-02-28", "2023-03-28"),
    ],
)
def test_one_month_after_the_31_january_is_the_end_of_february(issued: str, last: str) -> None:
    """The last day is within the month, the day after it is not, nor the day before the first."""
    first, end, day = date.fromisoformat(issued), date.fromisoformat(last), timedelta(days=1)
    pairs = [(first, first - day), (first, first), (first, end), (first, end + day)]
    assert ask(is_within_months("a", "b", 1), pairs) == [False, True, True, False]


def test_born_on_29_february_is_18_on_1_march() -> None:
    """In a common year the birthday is complete on 1 March, in a leap year on the day itself."""
    born = date(2004, 2, 29)
    days = [date(2022, 2, 28), date(2022, 3, 1), date(2024, 2, 28), date(2024, 2, 29)]
    assert ask(completed_months("a", "b"), [(born, day) for day in days]) == [215, 216, 239, 240]
