"""The pairs worth deciding: what the list says a decision would do to the figures is what it does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from svu_pipeline.clock import window
from svu_pipeline.people import decisions
from svu_pipeline.people.decisions import NOT_SAME, SAME
from svu_pipeline.people.worklist import Pair, worklist
from svu_pipeline.publication.publish import publish_review
from svu_pipeline.strike import NothingLanded
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import Extract, person, pnc

pytestmark = pytest.mark.slow

WINDOW = "2023-11"
FILLERS = ("Abernethy", "Bannerjee", "Chukwu", "Dimitrov", "Eriksen", "Fonseca", "Grabowski", "Hassan")
NAMES = ("Okonjo", "Pemberley", "Wrexford", "Lindqvist", "Marchetti", "Delacroix")


def extract() -> Extract:
    """Pairs of which the model is not sure, each with something of its own hanging on it.

    Okonjo: two arrests, one without a date of birth. Pemberley: two arrests, the dates a typing error apart. Wrexford: an
    arrest and a hearing for drug supply under another surname. Lindqvist: two safeguarding contacts. Marchetti: twins.
    Delacroix: alike in everything but the PNC id.
    """
    made = Extract()
    made.arrest(person("Okonjo", "Ada Grace", "1991-03-04"), "2023-01-01 08:00:00", custody_ref="42CU/000001/23")
    made.arrest(person("Okonjo", "Ada Grace", None), "2023-01-02 08:00:00", custody_ref="42CU/000002/23")
    made.arrest(person("Pemberley", "Thomas", "1988-07-19"), "2023-01-03 08:00:00", custody_ref="42CU/000003/23")
    made.arrest(person("Pemberly", "Tomas", "1988-07-29"), "2023-01-04 08:00:00", custody_ref="42CU/000004/23")
    lucy = made.arrest(
        person("Wrexford", "Lucy Anne", "1999-12-02"), "2023-01-05 08:00:00", custody_ref="42CU/000005/23"
    )
    made.charge(lucy, "42CY0000777")
    term = {"result_id": "R1", "offence_code": "MD71171", "result_code": "1002", "duration": {"value": 3, "unit": "Y"}}
    made.hearing(
        person("Harmsworth", "Lucy Anne", "1999-12-02"), "2023-06-01", term, urn="42CY0000777", hearing_id="H000001"
    )
    made.contact(person("Lindqvist", "Elsa Marie", "2009-05-05"), "2023-03-01", id="SG000001")
    made.contact(person("Lindqvist", "Elsa Marie", None), "2023-03-02", id="SG000002")
    for number, name in enumerate(("Piero", "Sandro"), start=6):
        twin = person("Marchetti", name, "1995-01-08")
        made.arrest(twin, f"2023-01-0{number} 08:00:00", custody_ref=f"42CU/00000{number}/23")
    for number in (8, 9):
        one = person("Delacroix", "Jean Marc", "1979-10-11", pnc(2001, number))
        made.arrest(one, f"2023-01-0{number} 08:00:00", custody_ref=f"42CU/00000{number}/23", home_postcode="CM1 1AA")
    for number, name in enumerate(FILLERS, start=10):
        filler = person(name, f"{name[:3]}ette", f"19{60 + number}-0{1 + number % 9}-1{number % 10}")
        made.arrest(filler, f"2023-02-{number:02d} 08:00:00", custody_ref=f"42CU/0000{number}/23")
    return made


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Force, list[Pair]]:
    """A home after a night whose review is published, and its list."""
    folder = tmp_path_factory.mktemp("worklist")
    extract().write(folder / "extract")
    force = Force(folder / "home")
    force.night(folder / "extract")
    assert not force.refused
    publish_review(force.settings, window(WINDOW), force.now)
    return force, worklist(force.settings)


def figures(force: Force) -> dict[str, str | None]:
    return force.figures(WINDOW)


def test_deciding_the_first_pairs_moves_each_figure_by_what_the_list_says(
    listed: tuple[Force, list[Pair]], tmp_path: Path
) -> None:
    """Whatever the figure: people, rates, years of prison; and no figure that hangs on linking moves that was not named."""
    force, pairs = listed
    before = figures(force)
    seen: set[str] = set()
    for number, pair in enumerate(pairs):
        if not pair.changes:
            continue
        copy = Force(tmp_path / f"home{number}", force.nights)
        shutil.copytree(force.root, copy.root)
        kind = NOT_SAME if pair.now == "one person" else SAME
        decision = decisions.propose(copy.settings, kind, *pair.records, "J Marsh", "the same photograph", copy.now)
        decisions.confirm(copy.settings, decision, "R Vale", copy.now)
        after = figures(copy)
        moved = {name: _by(before[name], after[name]) for name in after if before[name] != after[name]}
        assert {change.metric: float(change.by) for change in pair.changes} == moved, pair
        seen |= moved.keys()
    assert {"people_arrested", "people_safeguarded", "prison_years", "people_imprisoned"} <= seen
    assert {pair.now for pair in pairs} == {"one person", "two people", "two people: two PNC ids"}


def _by(before: str | None, after: str | None) -> float:
    return round(float(after or 0) - float(before or 0), 3)


def test_the_list_is_in_order_of_worth_and_ends_with_what_no_figure_hangs_on(listed: tuple[Force, list[Pair]]) -> None:
    """`people_arrested` above all; the less sure the more."""
    _, pairs = listed
    assert [pair.worth for pair in pairs] == sorted((pair.worth for pair in pairs), reverse=True)
    assert "people_arrested" in {change.metric for change in pairs[0].changes}
    for pair in pairs:
        assert 0 < pair.chance < 1 and pair.id and pair.records[0] < pair.records[1]
        assert bool(pair.worth) == any(not change.metric.endswith("rate") for change in pair.changes)


def test_the_list_names_no_one(listed: tuple[Force, list[Pair]]) -> None:
    """References and figures alone, in the text and in the JSON."""
    _, pairs = listed
    told = json.dumps([pair.as_json() for pair in pairs]) + " ".join(pair.words for pair in pairs)
    for name in (*NAMES, *FILLERS, "Harmsworth", "1991-03-04"):
        assert name.lower() not in told.lower()


def test_what_is_decided_leaves_the_list_and_what_is_proposed_says_so(
    listed: tuple[Force, list[Pair]], tmp_path: Path
) -> None:
    force, pairs = listed
    copy = Force(tmp_path / "home", force.nights)
    shutil.copytree(force.root, copy.root)
    first = pairs[0]
    kind = NOT_SAME if first.now == "one person" else SAME
    decision = decisions.propose(copy.settings, kind, *first.records, "J Marsh", "the same photograph", copy.now)
    again = worklist(copy.settings, 3)[0]
    assert (again.id, again.decision) == (first.id, f"{decision} pending")
    decisions.confirm(copy.settings, decision, "R Vale", copy.now)
    assert first.id not in [pair.id for pair in worklist(copy.settings)]


def test_without_a_linking_there_is_no_list(force: Force) -> None:
    with pytest.raises(NothingLanded):
        worklist(force.settings)
