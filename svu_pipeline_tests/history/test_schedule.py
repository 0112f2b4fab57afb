"""Which nights the daemon asks for: clock changes, missed nights, a changed hour (F28, F29, F31, F32)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from svu_pipeline.clock import LONDON, window
from svu_pipeline.landing.batch import all_manifests
from svu_pipeline.nightly import nightly_schedule
from svu_pipeline_tests import tally
from svu_pipeline_tests.history.daemon import Daemon, daemon
from svu_pipeline_tests.history.living import LivingForce
from svu_pipeline_tests.history.reading import Reading
from svu_pipeline_tests.night import Force

HOUR = timedelta(hours=1)


def due(day: str) -> datetime:
    """The instant at which the night of a London day is due."""
    return datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("row", "day", "hours"),
    [("F28", "2023-03-26", 23), ("F29", "2023-10-29", 25), ("F30", "2024-02-29", 24), ("F30", "2020-12-31", 24)],
)
def test_the_night_comes_once_on_every_day(row: str, day: str, hours: int) -> None:
    """At four in London, once, on the days of both clock changes too: 23 and 25 hours after the night before."""
    before = due(f"{datetime.fromisoformat(day) - timedelta(days=1):%Y-%m-%d}")
    ticks = schedule_execution_time_iterator(
        before.timestamp(), nightly_schedule.cron_schedule, nightly_schedule.execution_timezone, ascending=True
    )
    found = [next(ticks).astimezone(UTC) for _ in range(3)]
    expected = [before, due(day), due(f"{datetime.fromisoformat(day) + timedelta(days=1):%Y-%m-%d}")]
    tally.count(row, int(found == expected), 1, f"the night of {day}")
    assert found == expected
    assert found[1] - found[0] == hours * HOUR


@pytest.mark.parametrize(("month", "hours"), [("2023-03", 31 * 24 - 1), ("2023-10", 31 * 24 + 1), ("2023-05", 31 * 24)])
def test_a_window_has_the_hours_of_its_london_days(month: str, hours: int) -> None:
    """The month of a clock change is an hour shorter or longer than its days."""
    before = window(month, 1).start - timedelta(days=1)
    assert window(month, 1).closes_at - window(f"{before:%Y-%m}", 1).closes_at == hours * HOUR


@pytest.mark.parametrize(
    "gaps", [pytest.param((1, 10), marks=pytest.mark.slow), pytest.param((1, 3, 6, 10), marks=pytest.mark.soak)]
)
def test_missed_nights_are_filled_by_one_run(gaps: tuple[int, ...], force: Force, tmp_path: Path) -> None:
    """The daemon is down for some nights: back up it asks for one run, and that lands each night's deliveries once.

    The oracle reads every night as it comes; after the one run all figures equal its own.
    """
    living, oracle, asked, filled = LivingForce(31, files_left=20), Reading(), [], []
    at = due("2024-06-02") + 5 * HOUR
    with daemon(force.home) as up:
        up.wake(at)
        for missed in gaps:
            for _ in range(missed + 1):
                folder = living.write(tmp_path / f"night{living.nights}")
                oracle.take(folder, at)
                living.live_on()
                at += timedelta(days=1)
            before = len(up.nights())
            up.stay_up(at, at + 8 * HOUR)
            asked.append(len(up.nights()) - before)
            force.land(folder)
            is_whole = force.figures("2023-11") == oracle.figures("2023-11")
            filled.append(is_whole and _landings_of_dated_files(force, folder) == {1})
    tally.count("F31", sum(filled), len(gaps), f"one run after {', '.join(map(str, gaps))} missed nights")
    assert asked == [1 for _ in gaps]
    assert all(filled)


def _landings_of_dated_files(force: Force, folder: Path) -> set[int]:
    """How many times each dated file of the sources that deliver by file has landed."""
    landed = Counter(file.path for manifest in all_manifests(force.home) for file in manifest.files)
    files = [path for source in ("property", "safeguarding") for path in (folder / source).iterdir()]
    return {landed[path.relative_to(folder).as_posix()] for path in files}


@pytest.mark.slow
def test_a_changed_hour_brings_no_second_run(force: Force, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cron is moved to later on the same day and deployed: tonight has been run; tomorrow comes at the new hour, once."""
    with daemon(force.home) as up:
        up.stay_up(due("2024-06-02") + HOUR, due("2024-06-03") + HOUR)
        assert up.nights() == ["2024-06-03"]
    monkeypatch.setattr(nightly_schedule, "_cron_schedule", "30 7 * * *")
    with daemon(force.home) as up:
        assert _hours(up) == ["30 7 * * *"]
        up.stay_up(due("2024-06-03") + 2 * HOUR, due("2024-06-03") + 18 * HOUR)
        tonight = up.nights()
        up.stay_up(due("2024-06-04"), due("2024-06-04") + 8 * HOUR)
        tomorrow = up.nights()
    tally.count("F32", int(tonight == ["2024-06-03"]) + int(tomorrow == ["2024-06-03", "2024-06-04"]), 2)
    assert tonight == ["2024-06-03"]
    assert tomorrow == ["2024-06-03", "2024-06-04"]


def _hours(up: Daemon) -> list[str]:
    """The crons of the schedules that the daemon sees."""
    locations = up.workspace.create_request_context().code_locations
    repositories = (repository for location in locations for repository in location.get_repositories().values())
    return [str(schedule.cron_schedule) for repository in repositories for schedule in repository.get_schedules()]
