"""Volumes of deliveries: empty after full, far from usual, far too many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from operator import eq

import pytest

from svu_pipeline.landing.batch import DropEntry, Manifest, TableEntry
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.quality.volume import volume_of
from svu_pipeline_tests.tally import count

MONDAY = datetime(2026, 6, 1, 4, tzinfo=UTC)


def deliveries(counts: list[int], dataset: str = "warrant", every: int = 1) -> list[Manifest]:
    """Batches of one dataset with so many rows, `every` so many days, the first on a Monday."""
    return [
        Manifest(
            source="warrants",
            batch=f"{number}",
            landed_at=MONDAY + timedelta(days=every * number),
            drops=(DropEntry("register", "", (dataset,), "", 0, ()),),
            tables={dataset: TableEntry(rows, "")},
            raw_sha256=None,
        )
        for number, rows in enumerate(counts)
    ]


STEADY = [100, 104, 97, 101, 99, 103, 98]


@pytest.mark.parametrize(
    ("counts", "problem"),
    [
        ([], ""),
        ([500], ""),
        ([*STEADY, 105], ""),
        ([*STEADY, 140], "unusual_volume"),
        ([*STEADY, 10], "unusual_volume"),
        ([*STEADY, 1000], "unusual_volume"),
        ([*STEADY, 1001], "implausible_volume"),
        ([*STEADY, 0], "zero_rows"),
        ([*STEADY, 0, 0], "unusual_volume"),
        ([3, 2, 4, 3, 3, 2, 4, 22], ""),
        ([3, 2, 4, 3, 3, 2, 4, 40], "implausible_volume"),
        ([*STEADY[:3], 900], ""),
        ([*STEADY[:4], 900], ""),
        ([*STEADY[:4], 2000], "implausible_volume"),
    ],
)
def test_the_last_delivery_is_held_against_those_before(counts: list[int], problem: str) -> None:
    """Within the spread it passes; outside, empty, or ten times too large it is named; little history says nothing."""
    assert volume_of("warrant", deliveries(counts)).problem == problem


def test_ten_times_too_many_is_an_error_and_all_else_a_warning() -> None:
    """B34: more than ten times the median of 28 days."""
    many, few = (volume_of("warrant", deliveries([*STEADY, rows])) for rows in (10 * 101, 10))
    found = [(many.problem, many.severity), (few.problem, few.severity)]
    expected = [("implausible_volume", Severity.ERROR), ("unusual_volume", Severity.WARN)]
    count("F43", sum(map(eq, found, expected)), len(expected), "ten times and a tenth of the usual rows")
    assert found == expected


def test_an_empty_delivery_of_changes_is_a_heartbeat() -> None:
    """A source that delivers what changed may have nothing to tell; a whole register does not empty overnight."""
    assert volume_of("contact", deliveries([3, 4, 0], "contact")).problem == ""
    assert volume_of("warrant", deliveries([3, 4, 0])).problem == "zero_rows"


def test_a_weekday_is_compared_with_its_like() -> None:
    """Four Mondays of 500 among days of 100: the fifth Monday is as usual, and a Monday of 100 is not."""
    week = [500, 100, 101, 99, 100, 102, 98]
    assert volume_of("warrant", deliveries([*week * 4, 505])).problem == ""
    assert volume_of("warrant", deliveries([*week * 4, 100])).problem == "unusual_volume"


def test_what_is_older_than_28_days_is_forgotten() -> None:
    """Months ago the source was larger: compared with the last four weeks, today's is as usual."""
    long_ago = deliveries([1000] * 10)
    now = deliveries([*[0] * 60, *STEADY, 105])[60:]
    assert volume_of("warrant", [*long_ago, *now]).problem == ""
