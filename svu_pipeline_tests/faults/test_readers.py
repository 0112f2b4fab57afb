"""F35, F36, F47: analysts read the published database while it is published, again and again, and keep it open for long."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import duckdb
import pytest

from svu_pipeline import disk
from svu_pipeline.publication.database import publish_database
from svu_pipeline_tests import tally
from svu_pipeline_tests.faults import child
from svu_pipeline_tests.faults.mini import DATABASE, Mini, exported

EVERY = 0.02
"""Seconds between two looks: 50 a second."""


def _publish_by_turns(home: Path, one: Path, other: Path, times: int, done: Path) -> None:
    """Publish by turns what two homes' facts and figures say."""
    for place in range(times):
        shutil.rmtree(home / "facts")
        shutil.copytree((one, other)[place % 2] / "facts", home / "facts")
        assert publish_database(Mini(home.parent).force(0).settings)[1]
    done.touch()


def _read(path: Path, versions: list[bytes], done: Path, seen: Path) -> None:
    """Look until the publishing is done; write how many looks there were, and fail on one that is no whole version."""
    looks = 0
    while not done.exists():
        assert exported(path) in versions, "an empty or mixed version"
        looks += 1
        time.sleep(EVERY)
    seen.write_text(str(looks), "ascii")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("readers", "publishes"), [(2, 6), pytest.param(8, 100, marks=pytest.mark.soak)], ids=["some", "all"]
)
def test_readers_see_whole_versions_only(
    readers: int, publishes: int, first: Mini, second: Mini, tmp_path: Path
) -> None:
    """Processes that open the file 50 times a second see the version of the first night or of the second, never another."""
    mini, done = second.copy(tmp_path / "mini"), tmp_path / "done"
    versions = [exported(night.home / DATABASE) for night in (first, second)]
    running = [
        child.start(_read, tmp_path / f"said{n}", mini.home / DATABASE, versions, done, tmp_path / f"seen{n}")
        for n in range(readers)
    ]
    output = tmp_path / "output"
    published = child.run(_publish_by_turns, output, mini.home, first.home, second.home, publishes, done)
    done.touch()
    for reader in running:
        reader.join()
    well = sum(reader.exitcode == 0 for reader in running)
    looks = sum(
        int((tmp_path / f"seen{n}").read_text("ascii")) for n in range(readers) if (tmp_path / f"seen{n}").exists()
    )
    tally.count("F35", well, readers, f"{readers} readers, {publishes} publications, {looks} looks")
    assert published == 0, output.read_text("utf-8")
    assert well == readers, [(tmp_path / f"said{n}").read_text("utf-8") for n in range(readers)]
    assert looks > publishes


@pytest.mark.slow
def test_a_reader_that_never_lets_go_blocks_no_one(first: Mini, second: Mini, tmp_path: Path) -> None:
    """F36: over three publications a reader keeps the version that it opened, and the newest is there to be opened."""
    mini, output = first.copy(tmp_path / "mini"), tmp_path / "output"
    before = exported(mini.home / DATABASE)
    with duckdb.connect(str(mini.home / DATABASE), read_only=True) as open_for_hours:
        rows = open_for_hours.execute("SELECT count(*) FROM contribution").fetchall()
        turns = (mini.home, second.home, first.home, 3, tmp_path / "done")
        assert child.run(_publish_by_turns, output, *turns) == 0, output.read_text("utf-8")
        assert open_for_hours.execute("SELECT count(*) FROM contribution").fetchall() == rows
    newest = exported(mini.home / DATABASE)
    tally.count("F36", int(newest != before), 1, "three publications under one open reader")
    assert newest == exported(second.home / DATABASE)


def _publish_killed_at(root: Path, nth: int) -> None:
    """Publish the database and the review of a second night, killed at the nth point of it."""
    child.kill_at(nth)
    mini = Mini(root)
    mini.publish(mini.force(0).settings)


@pytest.mark.soak
@pytest.mark.parametrize("every", [1], ids=["all"])
def test_a_publication_killed_between_its_files_is_finished_by_the_next(
    every: int, first: Mini, second: Mini, tmp_path: Path
) -> None:
    """F47: all tables of the database change at once; page, JSON and CSV are each whole, and agree after the next night."""
    points: list[str] = []
    survived = tried = 0
    mini = _unpublished(first, second, tmp_path / "noted")
    disk.reached, kept = points.append, disk.reached
    try:
        mini.publish(mini.force(0).settings)
    finally:
        disk.reached = kept
    for nth in range(1, len(points) + 1, every):
        mini, tried = _unpublished(first, second, tmp_path / str(nth)), tried + 1
        assert child.run(_publish_killed_at, tmp_path / "output", mini.root, nth) == child.KILLED
        whole = exported(mini.home / DATABASE) in [exported(night.home / DATABASE) for night in (first, second)]
        mini.night(2)
        survived += whole and mini.files() == second.files()
    tally.count("F47", survived, tried, "killed between and within the published files")
    assert survived == tried


def _unpublished(first: Mini, second: Mini, root: Path) -> Mini:
    """The second night's home as it is before it publishes."""
    mini = second.copy(root)
    shutil.rmtree(mini.home / "published")
    shutil.copytree(first.home / "published", mini.home / "published")
    for marker in (mini.home / "facts" / "metrics").glob("review-*.json"):
        shutil.copyfile(first.home / marker.relative_to(mini.home), marker)
    return mini
