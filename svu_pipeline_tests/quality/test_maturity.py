"""How soon figures are whole, measured on what came late, and from when they are final."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from svu_pipeline.clock import window
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.quality.maturity import FEWEST, Maturity, closes_on, measure, of_metric

FIRST, KNOWN_ON = date(2023, 1, 1), date(2024, 12, 31)
WARRANTS, ARRESTED, RATE = (CATALOGUE[name] for name in ("warrants_executed", "people_arrested", "charge_rate"))


def curves(lags: list[int], *, happened: date = date(2023, 6, 1), known_on: date = KNOWN_ON) -> dict[str, Maturity]:
    """The curves where each warrant was executed on a day and first came so many days later."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE contribution (metric_id TEXT, record_dataset TEXT, record_key TEXT, happened_on DATE)"
    )
    connection.execute("CREATE TABLE first_known (record_dataset TEXT, record_key TEXT, batch TEXT, first_batch TEXT)")
    for place, lag in enumerate(lags):
        key = ["warrant", f"W{place}"]
        connection.execute("INSERT INTO contribution VALUES (?, ?, ?, ?)", [WARRANTS.id, *key, happened])
        batches = [f"{day:%Y%m%d}T030000.000000Z" for day in (happened + timedelta(days=lag), FIRST)]
        connection.execute("INSERT INTO first_known VALUES (?, ?, ?, ?)", [*key, *batches])
    return measure(connection, known_on)


def test_the_curve_is_the_share_known_within_so_many_days() -> None:
    """95 of 100 come the next day, four in the second month, one after a hundred days."""
    found = curves([1] * 95 + [31, 45, 59, 60] + [100])[WARRANTS.id]
    assert found == Maturity(100, (95, 99, 99, 100)) and found.shares == ("95.0", "99.0", "99.0", "100.0")
    assert found.settles_after == timedelta(days=60)


@pytest.mark.parametrize(("late", "days"), [(1, 30), (2, 60)])
def test_ninety_nine_in_a_hundred_close_a_figure_and_fewer_do_not(late: int, days: int) -> None:
    assert curves([1] * (100 - late) + [40] * late)[WARRANTS.id].settles_after == timedelta(days=days)


def test_what_never_reaches_99_per_cent_closes_after_the_longest_wait() -> None:
    assert curves([1] * 60 + [181] * 40)[WARRANTS.id].settles_after == timedelta(days=180)


def test_too_few_events_say_nothing() -> None:
    assert curves([1] * (FEWEST - 1)) == {} and len(curves([1] * FEWEST)) == 1


def test_events_before_the_first_delivery_are_not_late() -> None:
    """What the first delivery brings of the years before says nothing of how late records come."""
    assert curves([400] * 80, happened=FIRST - timedelta(days=1)) == {}


def test_events_too_young_to_be_final_are_left_out() -> None:
    young = date(2023, 6, 1) + timedelta(days=179)
    assert curves([1] * 80, known_on=young) == {} and curves([1] * 80, known_on=young + timedelta(days=1))


def test_a_rate_is_as_slow_as_its_slower_part_and_unknown_where_a_part_is() -> None:
    fast, slow = Maturity(100, (100, 100, 100, 100)), Maturity(100, (10, 20, 100, 100))
    assert of_metric(RATE, {"people_charged": slow, "people_arrested": fast}) == slow
    assert of_metric(RATE, {"people_arrested": fast}) is None


def test_a_figure_closes_when_its_late_records_are_in_and_a_cohort_never_before_its_follow_up() -> None:
    year, quick, slow = window("2023-11"), Maturity(100, (100,) * 4), Maturity(100, (0, 0, 0, 100))
    assert closes_on(WARRANTS, year, None) is None
    assert closes_on(WARRANTS, year, quick) == date(2023, 12, 31)
    assert closes_on(RATE, year, None) == closes_on(RATE, year, quick) == date(2024, 3, 1)
    assert closes_on(RATE, year, slow) == date(2024, 5, 29) == closes_on(ARRESTED, year, slow)
