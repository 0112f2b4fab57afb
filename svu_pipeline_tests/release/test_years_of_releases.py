"""Nights go on after a release: each release verifies, and every figure it shows is struck again as it was."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from svu_pipeline.change.points import explain_between, point
from svu_pipeline.release import check
from svu_pipeline.release.gates import gates
from svu_pipeline.release.prepare import Prepared, prepare
from svu_pipeline.release.publish import publish
from svu_pipeline.release.registry import released
from svu_pipeline.release.revisions import Note
from svu_pipeline.release.sign_off import sign
from svu_pipeline.release.signing import new_key
from svu_pipeline_tests.history.living import LivingForce
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.release.conftest import WINDOW

NOTE = Note("planned", "Deliveries since the last release.")


pytestmark = pytest.mark.soak

NIGHTS, EVERY = 30, 3


def test_every_release_verifies_after_the_nights_that_follow_it(tmp_path: Path) -> None:
    """A living force: late, corrected and withdrawn records each night, a release every few nights, old and new at odds.

    At the end each is as it was signed, as anyone checks it, and as known at its instant to the last digit; and whatever the
    last says otherwise than the first is explained, by parts that sum exactly and name their records.
    """
    force, living = Force(tmp_path / "home"), LivingForce(seed=11, size=40)
    new_key(force.settings, "tests", force.now)
    force.night(living.write(tmp_path / f"night{living.nights}"))
    release(force)
    for night in range(1, NIGHTS + 1):
        living.live_on()
        force.night(living.write(tmp_path / f"night{living.nights}"))
        if night % EVERY == 0:
            release(force)
    found = released(force.home)
    assert len(found) == 1 + NIGHTS // EVERY
    for one in found:
        assert check.problems(force.home, one.id) == []
        assert check.as_known(force.settings, one.id) == []
    first, last = (point(force.settings, one.id) for one in (found[0], found[-1]))
    moved = [name for name, figure in last.figures.items() if figure["printed"] != first.figures[name]["printed"]]
    assert moved
    for name in moved:
        change = explain_between(force.settings, name, WINDOW, first, last)
        values = [end.value(change.metric) or Fraction(0) for end in (change.before, change.after) if end]
        assert sum((part.delta for part in change.parts), Fraction(0)) == values[-1] - values[0], name
        assert all(part.records for part in change.parts if part.is_moving), name


def release(force: Force) -> None:
    """Prepare, sign off and publish, at noon after the night."""

    def noon() -> datetime:
        return force.now() + timedelta(hours=8)

    made: Prepared = prepare(force.settings, WINDOW, None, NOTE, noon)
    for role, name in (("statistician", "Ann Other"), ("press_officer", "Bo Field")):
        sign(force.home, made.id, role, name, made.sha256, noon)
    blocking = [(gate.name, gate.words) for gate in gates(force.settings, made.id) if gate.blocks]
    assert blocking == []
    publish(force.settings, made.id, clock=noon)
