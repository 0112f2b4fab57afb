"""What a night moved, what it would move, and what differs: kept, tried and compared (D5, I3, I4)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from svu_pipeline.audit import entries
from svu_pipeline.change.diff import Difference, TableDifference
from svu_pipeline.change.nights import CHANGE, MEMORY, keep_change
from svu_pipeline.change.plan import plan
from svu_pipeline.change.rehearsal import rehearsal
from svu_pipeline.cli import app
from svu_pipeline.clock import window, written
from svu_pipeline.landing.batch import known_at
from svu_pipeline.people import decisions
from svu_pipeline.publication.publish import publish_review
from svu_pipeline.strike import NothingLanded
from svu_pipeline.verify import problems
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, CAT, Extract

YEAR = window("2023-11")


def extract(warrants: int, arrests: int = 2) -> Extract:
    """So many warrants, and so many of three people arrested."""
    made = Extract()
    made.weapon("KNIFE", seized="15/11/2023 12:00")
    made.operation("OTHER", None)
    made.deployment("LARKSPUR", "2022-10-01", unit_code="LPT_BASILDON")
    for number in range(warrants):
        made.warrant(date(2023, 4, 1), date(2023, 4, 12), Warrant_No=f"SW000{number}")
    for number, who in enumerate((ANN, BOB, CAT)[:arrests], start=1):
        made.arrest(who, f"2023-01-{number:02d} 08:00:00", custody_ref=f"42CU/{number:06d}/23")
    return made


def delivered(place: Path, name: str, made: Extract) -> Path:
    made.write(place / name)
    return place / name


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Force, list[dict[str, Any]]]:
    """Two nights, the year published after the first; what was kept of the changes after each."""
    place = tmp_path_factory.mktemp("nights")
    force = Force(place / "home")
    force.night(delivered(place, "first", extract(2)))
    kept = [keep_change(force.settings).document]
    publish_review(force.settings, YEAR, force.now)
    force.night(delivered(place, "second", extract(3)))
    kept.append(keep_change(force.settings).document)
    return force, kept


def test_the_last_night_is_kept_with_its_reasons(nights: tuple[Force, list[dict[str, Any]]]) -> None:
    """Of the published window the one figure that moved, with its parts, and no key of a record."""
    force, (first, second) = nights
    assert first["windows"] == []
    (one,) = second["windows"]
    assert [change["words"] for change in one["changes"]] == ["2 → 3: +1 late (warrants), 0 definition, 0 code"]
    known = known_at(force.home)
    assert known and second["to"] == written(known)
    text = (force.home.published / CHANGE).read_text()
    assert json.loads(text) == second
    assert "SW000" not in text


def test_a_night_without_news_keeps_nothing_anew(nights: tuple[Force, list[dict[str, Any]]]) -> None:
    """The same inputs again: the same bytes, not written."""
    force, (_, second) = nights
    kept = keep_change(force.settings)
    assert not kept.is_changed
    assert kept.document == second


def test_a_changed_file_is_noticed_and_published_again(nights: tuple[Force, list[dict[str, Any]]]) -> None:
    """From what is remembered, which verify looks at too."""
    force, _ = nights
    path = force.home.published / CHANGE
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert [line for line in problems(force.settings) if CHANGE in line]
    assert keep_change(force.settings).is_changed
    assert path.read_bytes() == whole
    memory = force.home.metrics / MEMORY
    kept = memory.read_bytes()
    memory.write_bytes(kept.replace(b"warrants", b"warrents", 1))
    assert [line for line in problems(force.settings) if MEMORY in line]
    memory.write_bytes(kept)


def test_a_night_is_planned_and_comes_as_planned(nights: tuple[Force, list[dict[str, Any]]], tmp_path: Path) -> None:
    """Nothing of the home is written but that it was planned; then the night is run, and its changes are those planned."""
    force, _ = nights
    with rehearsal(force.settings) as own:  # a copy to run the night on: other tests look at the home
        force = Force(own.home, force.nights)
        folder = delivered(tmp_path, "third", extract(1, arrests=3))
        before, seen = force.bytes_of_everything(), len(entries(force.home))
        planned = plan(replace(force.settings, sources=folder), [YEAR], clock=force.now)
        assert force.bytes_of_everything() == before
        assert [entry.action for entry in entries(force.home)[seen:]] == ["plan"]
        assert set(planned.brings) == {"custody", "warrants"}
        force.night(folder)
        (window_kept,) = keep_change(force.settings).document["windows"]
        words = {change["metric"]: change["words"] for change in window_kept["changes"]}
        assert {change.metric.id: change.words for change in planned.changes} == words
        assert words["warrants_executed"] == "3 → 1: −2 withdrawn (warrants), 0 definition, 0 code"
        assert words["people_arrested"] == "2 → 3: +1 late (custody), 0 definition, 0 code"


def test_a_pending_decision_is_tried_and_stays_pending(
    nights: tuple[Force, list[dict[str, Any]]], tmp_path: Path
) -> None:
    """Two records proposed to be one person's: the plan has one person fewer, the decision waits as before."""
    with rehearsal(nights[0].settings) as own:
        first, second = (f"custody_record:42CU/{number:06d}/23" for number in (1, 2))
        pending = decisions.propose(own, "same", first, second, "One", "seen by both", nights[0].now)
        tried = plan(own, [YEAR], lambda settings: decisions.confirm(settings, pending, "Another", nights[0].now))
        (change,) = (change for change in tried.changes if change.metric.id == "people_arrested")
        assert change.words == "2 → 1: −1 linking (custody), 0 definition, 0 code"
        assert decisions.decision_of(Force(own.home).home, pending).state == decisions.PENDING


def test_the_first_night_has_nothing_to_be_planned_against(tmp_path: Path) -> None:
    with pytest.raises(NothingLanded, match="first night"):
        plan(Force(tmp_path / "home").settings, [YEAR])


def test_what_differs_between_two_nights_and_two_homes(nights: tuple[Force, list[dict[str, Any]]]) -> None:
    """Figures with their reason, tables by rows, records only where asked for; exit code 1, and 0 where all is the same."""
    force, (first, second) = nights
    ends, own = [str(first["to"]), str(second["to"])], str(force.root)
    common = ["--home", own, "--window", "2023-11", "--json"]
    found = CliRunner().invoke(app, ["diff", *ends, *common, "--records"])
    said = json.loads(found.stdout)
    assert found.exit_code == 1
    assert [figure["why"] for figure in said["figures"]] == ["2 → 3: +1 late (warrants), 0 definition, 0 code"]
    warrants: dict[str, Any] = {"table": "fct_warrant", "added": 1, "removed": 0, "changed": 0}
    assert warrants | {"records": ["added SW0002"]} in said["tables"]
    assert entries(force.home)[-1].action == "drill_down"
    quiet = Difference((), (TableDifference(**warrants, records=("added SW0002",)),), ()).as_json()
    assert quiet["tables"] == [warrants | {"records": []}]
    for same in ([own, own], [ends[1], own]):
        alike = CliRunner().invoke(app, ["diff", *same, *common])
        assert (alike.exit_code, json.loads(alike.stdout)["figures"], json.loads(alike.stdout)["tables"]) == (0, [], [])
