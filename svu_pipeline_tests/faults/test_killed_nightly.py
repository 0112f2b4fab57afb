"""F06, F50: the whole `svu nightly` under Dagster, killed; its run history dead, locked or gone: the next night is right."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
from dagster import DagsterRun, DagsterRunStatus

from svu_pipeline.disk import process_mark
from svu_pipeline.instance import PROCESS, end_dead_runs, instance
from svu_pipeline.pipeline import Pipeline
from svu_pipeline.run import run_night
from svu_pipeline.warehouse import Home
from svu_pipeline_tests import tally
from svu_pipeline_tests.faults import invariants
from svu_pipeline_tests.faults.mini import SENTINEL, Mini

SVU = (sys.executable, "-m", "svu_pipeline", "nightly", "--window", "2023-11")


@pytest.fixture(autouse=True)
def _own_dagster_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable that a Dagster instance sets is put back."""
    monkeypatch.setenv("DAGSTER_HOME", "")


def nightly(mini: Mini) -> subprocess.Popen[str]:
    """Start `svu nightly` on the sources of the second night; its steps come as lines on its standard error."""
    command = [*SVU, "--home", str(mini.home), "--sources", str(mini.root / "sources2")]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def figures_are_right(mini: Mini, second: Mini) -> bool:
    """The same figures as undisturbed, nothing left over, no name told."""
    invariants.tidy(mini)
    invariants.no_name_is_told(mini, None)
    return mini.force(0).figures("2023-11") == second.force(0).figures("2023-11")


@pytest.mark.slow
def test_runs_of_dead_processes_are_marked_failed(tmp_path: Path) -> None:
    """A run whose process is gone; not one of a process that lives, nor one that a code server looks after."""
    with instance(Home(tmp_path)) as history:
        for number, tags in enumerate(({PROCESS: "999999999-1"}, {PROCESS: process_mark()}, {})):
            history.add_run(
                DagsterRun(
                    "nightly", str(uuid4()), status=DagsterRunStatus.STARTED, tags={**tags, "number": str(number)}
                )
            )
        assert end_dead_runs(history) == 1
        failed = [run.tags["number"] for run in history.get_runs() if run.status is DagsterRunStatus.FAILURE]
        assert failed == ["0"]


@pytest.mark.soak
def test_a_killed_nightly_is_marked_failed_and_the_next_is_right(first: Mini, second: Mini, tmp_path: Path) -> None:
    """Killed once its history has a run in progress; the next night ends that run, so that it holds up no queue."""
    mini = first.copy(tmp_path / "mini")
    killed = nightly(mini)
    while killed.poll() is None and not _runs(mini):
        time.sleep(0.05)
    killed.kill()
    killed.communicate()
    start = time.monotonic()
    said = nightly(mini).communicate()[1]
    took = time.monotonic() - start
    with instance(mini.force(0).home) as history:
        statuses = sorted(run.status.value for run in history.get_runs() if run.job_name == "nightly")
        assert end_dead_runs(history) == 0
    is_right = statuses == [DagsterRunStatus.FAILURE.value, DagsterRunStatus.SUCCESS.value]
    is_right &= figures_are_right(mini, second) and SENTINEL not in said
    tally.count("F06", int(is_right), 1, f"marked failed by the next night, which took {took:.0f} s")
    assert is_right, (statuses, said[-500:])


def _runs(mini: Mini) -> bool:
    """Whether the history has a run that has started."""
    history = mini.home / "dagster" / "history" / "runs.db"
    if not history.is_file():
        return False
    with sqlite3.connect(f"file:{history}?mode=ro", uri=True) as database:
        tables = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'runs'").fetchall()[0][0]
        return bool(tables and database.execute("SELECT count(*) FROM runs WHERE status = 'STARTED'").fetchall()[0][0])


@pytest.mark.soak
def test_a_lost_run_history_loses_no_data(first: Mini, second: Mini, tmp_path: Path) -> None:
    """F50: Dagster's folder gone between two nights: its store is never the truth."""
    mini = first.copy(tmp_path / "mini")
    pipeline = Pipeline(lambda: mini.settings(2), mini.force(2).now)
    assert run_night(pipeline, ["2023-11"]).succeeded
    shutil.rmtree(mini.home / "dagster")
    again = run_night(pipeline, ["2023-11"])
    is_right = again.succeeded and again.changed == [] and figures_are_right(mini, second)
    tally.count("F50", int(is_right), 1, "Dagster's folder removed")
    assert is_right, again
