"""`svu people` as it is typed, and its jobs in the UI: the same decisions, in words and as JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from svu_pipeline.commands.people import app
from svu_pipeline.contracts.decisions import DecisionError
from svu_pipeline.errors import Curable
from svu_pipeline.kept import keep_people, keep_standing
from svu_pipeline.people.decision_jobs import JOBS
from svu_pipeline.pipeline import Pipeline
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, Extract

pytestmark = pytest.mark.slow

FIRST, SECOND = "custody_record:42CU/000001/23", "custody_record:42CU/000002/23"
WHY = ("--reason", "the same photograph")


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Force:
    """A home in which two arrests have landed and been linked: of two people."""
    folder = tmp_path_factory.mktemp("commands")
    extract, force = Extract(), Force(folder / "home")
    for number, who in enumerate((ANN, BOB), start=1):
        extract.arrest(who, f"2023-01-0{number} 08:00:00", custody_ref=f"42CU/00000{number}/23")
    extract.write(folder / "extract")
    force.land(folder / "extract", ("custody",))
    for source in ("courts", "safeguarding", "civil_orders"):
        keep_standing(force.settings, source)
    keep_people(force.settings)
    return force


@pytest.fixture
def home(linked: Force, tmp_path: Path) -> Force:
    """A copy of it for one test."""
    shutil.copytree(linked.root, tmp_path / "home")
    return Force(tmp_path / "home", linked.nights)


def svu(force: Force, *arguments: str) -> Result:
    result = CliRunner().invoke(app, [*arguments, "--home", str(force.root)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def listed(force: Force, command: str) -> Any:
    return json.loads(svu(force, command, "--json").stdout)


def test_a_decision_from_proposal_to_reversal_as_typed(home: Force) -> None:
    """The id alone on standard output; what to do next beside it; the merge and the split are events with their cause."""
    decision = svu(home, "same", FIRST, SECOND, "--by", "J Marsh", *WHY).stdout.strip()
    with pytest.raises(DecisionError, match="second person"):
        svu(home, "confirm", decision, "--by", "j marsh")
    told = svu(home, "confirm", decision[:5], "--by", "R Vale").stderr
    assert f"{decision} is in force" in told and "under one account" in told
    keep_people(home.settings)
    assert "stays in force" in svu(home, "reverse", decision, "--by", "R Vale", *WHY).stderr
    assert "is reversed" in svu(home, "confirm", decision, "--by", "K Holt").stderr
    keep_people(home.settings)
    (found,) = listed(home, "decisions")
    assert (found["state"], found["records"], found["kind"]) == ("reversed", [FIRST, SECOND], "same")
    assert "reversed" in svu(home, "decisions").stdout
    events = listed(home, "events")
    assert [(event["kind"], event["because"]) for event in events] == [("merge", "decision"), ("split", "decision")]
    assert events[0]["causes"] == [FIRST, SECOND] and events[0]["person_id"] == events[1]["person_id"]
    assert listed(home, "events") == json.loads(svu(home, "events", "--since", "2020-01-01", "--json").stdout)
    assert "0 merges and splits" in svu(home, "events", "--since", "2090-01-01").stdout


def test_the_key_is_changed_by_a_named_person(home: Force) -> None:
    before = home.settings.person_key_file.read_bytes()
    assert "2 ids are led over" in svu(home, "rotate-key", "--by", "R Vale", "--reason", "a leaver").stderr
    assert home.settings.person_key_file.read_bytes() != before
    with pytest.raises(Curable):
        svu(home, "rotate-key", "--by", " ", "--reason", "a leaver")


def test_the_jobs_of_the_ui_take_the_same_decisions(home: Force) -> None:
    """Proposed, confirmed by another and reversed from the launchpad; a refusal fails the run in its own words."""
    pipeline = {"pipeline": Pipeline(lambda: home.settings, home.now)}
    jobs = {job.name.split("_")[0]: job for job in JOBS}

    def run(job: str, **config: str) -> dg.ExecuteInProcessResult:
        return jobs[job].execute_in_process(
            {"ops": {job: {"config": config}}}, resources=pipeline, raise_on_error=False
        )

    assert run("propose", kind="not_same", first=SECOND, second=FIRST, by="J Marsh", reason="twins").success
    (found,) = listed(home, "decisions")
    assert not run("confirm", decision=found["id"], by="J. MARSH").success
    assert run("confirm", decision=found["id"], by="R Vale").success
    assert run("reverse", decision=found["id"], by="R Vale", reason="not twins").success
    assert [decision["state"] for decision in listed(home, "decisions")] == ["in force"]
