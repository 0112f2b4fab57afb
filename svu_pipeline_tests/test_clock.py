"""Windows, instants and the follow-up clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svu_pipeline.clock import TimeError, instant, months_between, previous_month, window, written


def test_a_window_is_twelve_whole_months_half_open() -> None:
    """`2023-11` runs from 1 December 2022 to 30 November 2023 and says so."""
    found = window("2023-11")
    assert (found.start, found.end, found.last_day) == (date(2022, 12, 1), date(2023, 12, 1), date(2023, 11, 30))
    assert found.words == "12 months to 30 November 2023"


def test_a_year_and_a_month_are_the_same_rule_with_other_lengths() -> None:
    """A calendar year is the window that ends with its December."""
    assert window("2023") == window("2023-12")
    assert (window("2024-02", 1).start, window("2024-02", 1).last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    assert window("2023-10", 1).words == "month of October 2023"


@given(st.integers(1950, 2200), st.integers(1, 12), st.integers(1, 60))
def test_windows_follow_on_without_gap_or_overlap(year: int, month: int, months: int) -> None:
    """The window of the same length before this one ends where this one starts, and months add up."""
    this = window(f"{year}-{month:02d}", months)
    before = this.start - timedelta(days=1)
    assert window(f"{before:%Y-%m}", months).end == this.start
    assert len(months_between(f"{this.start:%Y-%m}", this.label)) == months


@pytest.mark.parametrize("text", ["", "2023-13", "2023-00", "23-11", "2023-1", "November", "2023-11-01"])
def test_what_is_no_window_is_refused_with_the_cure(text: str) -> None:
    """The message says how a window is written and does not repeat what was given."""
    with pytest.raises(TimeError, match="2023-11") as caught:
        window(text)
    assert not text or text not in str(caught.value).replace("2023-11", "")


def test_the_follow_up_closes_91_days_after_the_window() -> None:
    """Provisional until 91 days have passed since the end of the window in London."""
    found = window("2023-11")
    assert found.closes_at == datetime(2023, 12, 1, tzinfo=UTC)
    assert found.is_provisional(datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC))
    assert not found.is_provisional(datetime(2024, 3, 1, tzinfo=UTC))
    assert window("2023-06").closes_at == datetime(2023, 6, 30, 23, tzinfo=UTC), "the window ends in summer time"


def test_instants_are_read_and_written_alike() -> None:
    """Equal instants are equal text in time order; a bare day is its last moment in London."""
    assert written(instant("2024-01-31T04:00:00+01:00")) == "2024-01-31T03:00:00.000000Z"
    assert written(instant("2023-07-01")) == "2023-07-01T22:59:59.999999Z"
    assert instant(written(instant("2024-01-31T04:00:00.123456Z"))) == instant("2024-01-31T04:00:00.123456Z")
    for text in ("2024-01-31T04:00:00", "yesterday", "2024-02-30"):
        with pytest.raises(TimeError, match="2024-01-31"):
            instant(text)


def test_the_last_complete_month_is_londons() -> None:
    """At half past eleven at night UTC on 30 June it is July in London, and June is complete."""
    assert previous_month(datetime(2023, 6, 30, 23, 30, tzinfo=UTC)) == "2023-06"
    assert previous_month(datetime(2023, 6, 30, 22, 30, tzinfo=UTC)) == "2023-05"
