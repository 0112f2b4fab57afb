"""Nights through Dagster: in process, in several processes, one asset at a time, one month at a time."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from svu_pipeline.definitions import build_defs
from svu_pipeline.instance import dagster_home, instance
from svu_pipeline.landing.batch import manifests
from svu_pipeline.nightly import months_to_review, reviews_follow_the_night
from svu_pipeline.pipeline import Pipeline
from svu_pipeline.run import Night, run_night
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.extract import write_extract
from svu_pipeline_tests.oracle.next_night import write_next_night

pytestmark = pytest.mark.slow
SENTINEL = "ZZSENTINEL"


@pytest.fixture(autouse=True)
def _own_dagster_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The variable that `dagster_home` sets is put back."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    yield


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    write_extract(tmp_path / "home" / "sources", seed=1, size=40)
    return tmp_path / "home" / "sources"


def pipeline(force: Force) -> Pipeline:
    return Pipeline(lambda: force.settings, force.now)


def night(force: Force) -> Night:
    force.nights += 1
    return run_night(pipeline(force), ["2023-11"])


def test_a_night_succeeds_and_its_history_is_kept(force: Force, sources: Path) -> None:
    """All steps run, the review stands, the runs are in the home's own history, and stock storage can read them."""
    steps: list[str] = []
    force.nights += 1
    first = run_night(pipeline(force), ["2023-11"], steps.append)
    assert first.succeeded and not first.failures and not first.refused
    assert first.pages["2023-11"].is_file() and len(steps) >= 25
    with instance(force.home) as history:
        runs = history.get_runs()
        assert {run.job_name for run in runs} == {"nightly", "review_month"}
        assert all(run.is_success for run in runs)
    stock = SqliteEventLogStorage(str(force.home.dagster / "history" / "runs"))
    assert stock.get_logs_for_run(runs[0].run_id)
    second = night(force)
    assert second.succeeded and second.changed == []


def test_a_broken_source_fails_its_check_and_stops_nothing_else(force: Force, sources: Path, tmp_path: Path) -> None:
    """The run goes on, the night names the refusal, the review is published with its mark."""
    night(force)
    write_next_night(sources, tmp_path / "next", seed=3)
    shutil.rmtree(sources)
    (tmp_path / "next").rename(sources)
    (sources / "warrants" / "warrants_register.xlsx").write_text(f"<html>{SENTINEL}</html>", encoding="utf-8")
    second = night(force)
    assert second.succeeded and not second.failures
    (refusal,) = second.refused
    assert "warrants_register.xlsx" in refusal and SENTINEL not in refusal
    assert "review" in second.changed
    page = second.pages["2023-11"].read_text("utf-8")
    assert "Search warrant register" in page and SENTINEL not in page


@pytest.mark.soak
def test_several_processes_give_the_same_tables(force: Force, sources: Path, tmp_path: Path) -> None:
    """The same night under the multiprocess executor: every fact and metric equal byte for byte."""
    night(force)
    other = Force(tmp_path / "other" / "home")
    other.root.joinpath("restricted").mkdir(parents=True)
    shutil.copy(force.settings.person_key_file, other.settings.person_key_file)
    environment = {
        "SVU_HOME": str(other.root),
        "SVU_SOURCES": str(sources),
        "DAGSTER_HOME": str(dagster_home(other.home)),
        "PATH": "/usr/bin:/bin",
    }
    config = tmp_path / "several.yaml"
    config.write_text("execution:\n  config:\n    multiprocess:\n      max_concurrent: 2\n", encoding="utf-8")
    command = ["-m", "dagster", "job", "execute", "-m", "svu_pipeline.definitions", "-j", "nightly", "-c", str(config)]
    done = subprocess.run(
        [sys.executable, *command], env=environment, cwd=Path(__file__).parents[1], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    ours, theirs = (
        {path.name: path.read_bytes() for path in home.rglob("*.parquet") if path.parent.name != "quality"}
        for home in (force.home.facts, other.home.facts)
    )
    # Batches carry the instant at which they landed, and public rows are known by theirs.
    dated = {"fct_stop_and_search.parquet", "fct_street_crime.parquet", "contribution.parquet"}
    assert ours.keys() == theirs.keys() and len(ours) > 20
    assert {name for name in ours if ours[name] != theirs[name]} <= dated
    assert other.figures("2023-11") == force.figures("2023-11")


def test_one_asset_can_be_materialised_by_itself(force: Force, sources: Path) -> None:
    """As from the UI: landing one dataset's source, checking it, building one fact; the rest stays as it was."""
    night(force)
    before = force.bytes_of_everything()
    defs = build_defs(pipeline=pipeline(force))
    for key in (["landing", "raw_warrant"], ["contracts", "warrant"], ["facts", "fct_warrant"], ["metrics", "value"]):
        with instance(force.home) as history:
            job = defs.resolve_implicit_global_asset_job_def()
            done = job.get_subset(asset_selection={dg.AssetKey(key)}).execute_in_process(instance=history)
        assert done.success
        assert [event.asset_key for event in done.get_asset_materialization_events()] == [dg.AssetKey(key)]
    assert force.bytes_of_everything() == before


def test_a_month_is_reviewed_and_checked_by_itself(force: Force, sources: Path) -> None:
    """Materialising one partition writes that month's files, evaluates that month's checks, and no other's."""
    night(force)
    defs = build_defs(pipeline=pipeline(force))
    with instance(force.home) as history:
        done = defs.resolve_job_def("review_month").execute_in_process(instance=history, partition_key="2023-09")
        checks = done.get_asset_check_evaluations()
        assert {check.check_name for check in checks} == {
            "identities_hold",
            "every_source_is_current",
            "every_figure_is_supplied",
            "linking_band_within_printed_precision",
        }
        assert {check.partition for check in checks} == {"2023-09"} and all(check.passed for check in checks)
        held = history.get_materialized_partitions(dg.AssetKey(["publication", "review"]))
    assert held == {"2023-11", "2023-09"}
    assert (force.home.published / "review-2023-09.html").is_file()


def test_no_value_of_a_person_reaches_dagster_or_the_published_zone(force: Force, sources: Path) -> None:
    """Surnames and dates of birth planted in every source that names people are found in the restricted zone alone."""
    import sqlite3

    with sqlite3.connect(sources / "custody.sqlite") as database:
        database.execute(f"UPDATE custody_record SET surname = '{SENTINEL}', date_of_birth = '1987-06-05'")
        database.execute("UPDATE custody_record SET arrested_at = 'not a time' WHERE rowid % 40 = 0")
    night(force)
    assert manifests(force.home, "custody")
    for path in force.root.rglob("*"):
        zone = path.relative_to(force.root).parts[0]
        if path.is_file() and zone not in ("restricted", "sources"):
            content = path.read_bytes()
            assert SENTINEL.encode() not in content and b"1987-06-05" not in content, path
    assert {path.suffix for path in force.home.dagster.rglob("storage/*")} <= {""}


def test_the_reviews_that_follow_a_night(force: Force, sources: Path) -> None:
    """The last complete month in London, and every month already published: those a night may have revised."""
    assert months_to_review(pipeline(force)) == ["2026-10"]
    night(force)
    assert months_to_review(pipeline(force)) == ["2023-11", "2026-10"]
    with instance(force.home) as history:
        context = dg.build_run_status_sensor_context(
            sensor_name="reviews_follow_the_night",
            dagster_instance=history,
            dagster_run=next(run for run in history.get_runs() if run.job_name == "nightly"),
            dagster_event=history.fetch_run_status_changes(dg.DagsterEventType.RUN_SUCCESS, limit=1)
            .records[0]
            .event_log_entry.get_dagster_event(),
        )
        requests = reviews_follow_the_night(context, pipeline=pipeline(force))
        assert isinstance(requests, Iterator)
        asked = [(request.partition_key, request.run_key) for request in requests if isinstance(request, dg.RunRequest)]
    assert [month for month, _ in asked] == ["2023-11", "2026-10"] and len(set(asked)) == 2
