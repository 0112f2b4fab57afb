"""A backfill of reviews beside a night: what is published is what comes out one after the other (F34)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from svu_pipeline.clock import months_between, window
from svu_pipeline.publication.publish import publish_review, published_windows
from svu_pipeline_tests import tally
from svu_pipeline_tests.history.living import LivingForce
from svu_pipeline_tests.night import Force

BACKFILL = (
    "import sys; from pathlib import Path; from svu_pipeline.clock import window; "
    "from svu_pipeline.publication.publish import publish_review; from svu_pipeline_tests.night import Force; "
    "force = Force(Path(sys.argv[1]), int(sys.argv[2])); "
    "[publish_review(force.settings, window(month), force.now) for month in sys.argv[3:]]"
)


MONTHS = months_between("2021-06", "2023-11")


@pytest.mark.soak
def test_a_backfill_beside_a_night_publishes_the_same(tmp_path: Path) -> None:
    """Another process backfills thirty months while a night lands; after the reviews that follow it, every file is equal."""
    living, one, beside = LivingForce(34), Force(tmp_path / "one"), Force(tmp_path / "beside")
    one.night(living.write(tmp_path / "first"))
    shutil.copytree(one.root, beside.root)
    beside.nights = one.nights
    for _ in range(4):
        living.live_on()
    second = living.write(tmp_path / "second")

    one.night(second)
    for month in MONTHS:
        publish_review(one.settings, window(month), one.now)

    child = subprocess.Popen([sys.executable, "-c", BACKFILL, str(beside.root), str(one.nights), *MONTHS])
    beside.night(second)
    assert child.wait(timeout=600) == 0
    for month in published_windows(beside.settings):
        publish_review(beside.settings, window(month), beside.now)

    ours, theirs = (_published(force) for force in (beside, one))
    tally.count(
        "F34", sum(ours.get(name) == content for name, content in theirs.items()), len(theirs), "files published"
    )
    assert len(theirs) == 3 * len(MONTHS)
    assert ours == theirs


def _published(force: Force) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in force.home.published.glob("review-*")}
