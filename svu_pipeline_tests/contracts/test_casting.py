"""Casting: each form of the interface and no other, and London's clock against the time zone database of Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svu_pipeline_tests.contracts.killers.custody import ARREST
from svu_pipeline_tests.contracts.landed import casting_session, checked

LONDON = ZoneInfo("Europe/London")

FORMS: dict[str, dict[str, Any]] = {
    "as_whole(r)": {"0": 0, "-4": -4, "+5": 5, "0007": 7, "5.0": None, "1,000": None, "1e3": None, "٣": None, "": None},
    "as_millionths(r)": {
        "12.5": 12_500_000,
        "-0.000001": -1,
        "28.349523125": 28_349_523,
        "0": 0,
        ".5": None,
        "1,000": None,
        "1e3": None,
        "5 g": None,
    },
    "whole_pence(pounds(r))": {
        "£1,250.50": 125_050,
        "1250.5": 125_050,
        "£261,000": 26_100_000,
        "-£0.01": -1,
        "£-0.01": -1,
        "£ 5": 500,
        "1087.2000000000001": 108_720,
        "0": 0,
        "0.005": None,
        "12,50": None,
        "1,2345": None,
        "1234,567": None,
        "£": None,
        "5p": None,
        "$5": None,
        "1e3": None,
    },
    "as_yes_no(r)": {"true": True, "FALSE": False, "yes": None, "1": None, "0": None},
    "as_day(r)": {
        "2024-02-29": date(2024, 2, 29),
        "2023-02-29": None,
        "2023-2-1": None,
        "14/09/2023": None,
        "2023-09-14 00:00:00": None,
        "20230914": None,
    },
    "as_register_day(r)": {
        "31/12/2023": date(2023, 12, 31),
        "31/12/2023 14:05:00": date(2023, 12, 31),
        "1/12/2023": None,
        "31/02/2023": None,
        "12/31/2023": None,
        "2023-12-31": None,
        "31.12.2023": None,
        "45291": None,
    },
    "as_instant(r)": {
        "2023-09-14T16:05:11Z": datetime(2023, 9, 14, 16, 5, 11),
        "2023-09-14 16:05:11": None,
        "2023-09-14T16:05:11": None,
        "2023-09-14T16:05:11+00:00": None,
        "2023-09-14T16:05:11.5Z": None,
        "2023-09-14T24:00:00Z": None,
        "2023-09-14T25:05:11Z": None,
        "2023-09-14T23:59:60Z": None,
        "2023-09-31T16:05:11Z": None,
    },
    "local_time(r)": {"2023-09-14 14:30": None, "2023-09-14T14:30:00": None, "2023-09-14 24:00:00": None},
    "local_minute(r)": {
        "14/09/2023 14:30:00": None,
        "14/09/2023": None,
        "2023-09-14 14:30": None,
        "31/09/2023 1:30": None,
    },
}


@pytest.mark.parametrize(
    ("cast", "text", "value"), [(cast, text, value) for cast, forms in FORMS.items() for text, value in forms.items()]
)
def test_text_is_cast_by_its_form_alone(cast: str, text: str, value: object) -> None:
    """The value of each form, and null for what is near it: nothing is guessed."""
    assert casting_session().execute(f"SELECT {cast} FROM (SELECT plain(?) AS r)", [text]).fetchall() == [(value,)]


Reading = tuple[datetime | None, bool]
"""The instant of a London wall time in UTC without a zone (None where the clock skipped it), and whether it came twice."""


def by_zoneinfo(wall: datetime) -> Reading:
    """What Python's time zone database says of a wall time; of two instants the earlier (fold 0)."""
    first, second = (wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(LONDON).replace(tzinfo=None) != wall:
        return None, False
    return first.replace(tzinfo=None), first != second


def by_macros(walls: list[datetime]) -> list[Reading]:
    """What the casting macros say of wall times."""
    query = (
        "SELECT u, is_ambiguous(u, l) FROM (SELECT london_to_utc(l) AS u, l FROM (SELECT unnest(?::TIMESTAMP[]) AS l))"
    )
    return [(instant, twice) for instant, twice in casting_session().execute(query, [walls]).fetchall()]


@pytest.mark.parametrize("day", [datetime(2023, 3, 26), datetime(2023, 10, 29)])
def test_every_half_hour_of_a_changeover_day_is_read_as_the_clock_showed_it(day: datetime) -> None:
    """The hour that was skipped has no instant, the hour that came twice is the earlier one and said to be ambiguous."""
    walls = [day + timedelta(minutes=30 * step) for step in range(-4, 52)]
    expected = [by_zoneinfo(wall) for wall in walls]
    assert by_macros(walls) == expected
    assert sum(instant is None for instant, _ in expected) + sum(twice for _, twice in expected) == 2


@given(st.lists(st.datetimes(datetime(1972, 1, 1), datetime(2037, 12, 31)), min_size=1, max_size=200))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_any_wall_time_is_read_as_python_reads_it(walls: list[datetime]) -> None:
    """Over the years in which the rules of the clock have been the same, and those of the century's planning."""
    assert by_macros(walls) == [by_zoneinfo(wall) for wall in walls]


@pytest.mark.parametrize(
    ("local", "instant", "day"),
    [
        ("2023-09-14 00:30:00", "2023-09-13 23:30:00", date(2023, 9, 14)),
        ("2023-12-31 23:59:59", "2023-12-31 23:59:59", date(2023, 12, 31)),
        ("2023-10-29 01:30:00", "2023-10-29 00:30:00", date(2023, 10, 29)),
        ("2023-03-26 02:00:00", "2023-03-26 01:00:00", date(2023, 3, 26)),
    ],
)
def test_local_time_is_kept_as_instant_with_the_london_day_beside(local: str, instant: str, day: date) -> None:
    """In summer the day in London is not always the day in UTC: it is kept beside the instant."""
    values = checked("custody_record", [{**ARREST, "arrested_at": local}]).values.to_pylist()[0]
    assert str(values["arrested_at"]) == instant
    assert values["arrested_on"] == day


@pytest.mark.parametrize(
    ("macro", "text"),
    [
        ("as_day", "0000-05-05"),
        ("as_register_day", "05/05/0000"),
        ("as_register_day", "14/09/2023 25:61:99"),
        ("as_instant", "0000-05-05T00:00:00Z"),
        ("local_time", "0000-05-05 00:00:00"),
        ("local_minute", "05/05/0000 00:00"),
    ],
)
def test_a_day_that_never_was_is_none(macro: str, text: str) -> None:
    """The calendar has no year 0 and the day no 25th hour."""
    assert casting_session().execute(f"SELECT {macro}('{text}')").fetchall() == [(None,)]
