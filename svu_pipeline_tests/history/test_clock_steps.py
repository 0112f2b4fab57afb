"""A clock that steps, and days on which calendars go wrong: what lands stays in order, nights keep their names (F30)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from svu_pipeline.clock import LONDON, previous_month, window
from svu_pipeline.landing.batch import BATCH_NAME, all_manifests, known_at
from svu_pipeline.nightly import night_of
from svu_pipeline_tests import tally
from svu_pipeline_tests.history.living import LivingForce
from svu_pipeline_tests.history.trouble import Stepping

WINDOW = "2023-11"
STEPS = (timedelta(), timedelta(hours=-26), timedelta(hours=26), timedelta(days=-400))
"""Beside a day a night: the clock of the second night is two hours before that of the first."""


@pytest.mark.slow
@pytest.mark.soak
def test_a_clock_that_steps_leaves_batches_in_order(tmp_path: Path) -> None:
    """Put back and forward, by hours and by a year: each batch is later than all before it, each night comes out as it was."""
    living, force = LivingForce(30), Stepping(tmp_path / "home")
    said: list[tuple[datetime, dict[str, str | None]]] = []
    for step in STEPS:
        force.step = step
        force.land(living.write(tmp_path / f"night{living.nights}"), ["custody", "property", "warrants"])
        at = known_at(force.home)
        assert at is not None and all(at > earlier for earlier, _ in said)
        said.append((at, force.figures(WINDOW)))
        for _ in range(4):
            living.live_on()
    again = [(at, force.figures(WINDOW, as_at=at)) for at, _ in said]
    tally.count(
        "F30", sum(ours == theirs for ours, theirs in zip(again, said, strict=True)), len(STEPS), "clock stepped"
    )
    assert again == said
    assert all(manifest.landed_at.strftime(BATCH_NAME) == manifest.batch for manifest in all_manifests(force.home))


@pytest.mark.parametrize(
    ("first", "days"),
    [("2020-12-26", 12), ("2023-12-29", 5), ("2024-02-27", 4), ("2023-03-24", 4), ("2023-10-27", 4)],
    ids=["iso-week-53", "year-end", "29-february", "spring", "autumn"],
)
def test_nights_are_named_by_their_london_day(first: str, days: int) -> None:
    """Over the turn of a year, a week 53, a 29 February and the clock changes every night has a name of its own, in order."""
    start = datetime.fromisoformat(f"{first}T04:00").replace(tzinfo=LONDON)
    nights = [night_of((start + timedelta(days=day)).astimezone(UTC)) for day in range(days)]
    assert nights == sorted({f"{start.date() + timedelta(days=day)}" for day in range(days)})


@pytest.mark.parametrize(
    ("instant", "month"),
    [
        ("2024-01-01T04:00", "2023-12"), ("2024-03-01T04:00", "2024-02"), ("2024-02-29T04:00", "2024-01"),
        ("2020-12-31T04:00", "2020-11"), ("2023-04-01T04:00", "2023-03"), ("2023-11-01T04:00", "2023-10"),
    ],
)  # fmt: skip
def test_the_month_to_review_is_the_last_whole_one(instant: str, month: str) -> None:
    """The night of the first of a month reviews the one before it; its window ends on that month's last day."""
    night = datetime.fromisoformat(instant).replace(tzinfo=LONDON)
    assert previous_month(night.astimezone(UTC)) == month
    assert window(month).end == window(month, 1).end
    assert (window(month).start.year, window(month).start.day) == (window(month).end.year - 1, 1)
