"""The story of one drug line: what is told of it, which line it is, and how little is said of those in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svu_pipeline.clock import window
from svu_pipeline.kept import opened
from svu_pipeline.publication.story import DAY_48THS, MONTH_48THS, releasable, story, term_words
from svu_pipeline.settings import ReviewSettings
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, CAT, Extract, person, result, results

YEAR = window("2023-11")
DAN = person("Ambleside", "Dan", "2001-03-08")
ALL = ReviewSettings("OP23-0001", True, ("age", "sex"))


def line(extract: Extract, ref: str, closed: str | None, name: str, **fields: Any) -> None:
    extract.operation("DRUG_LINE", closed, operation_ref=ref, line_name=name, closure="TYPE_1", **fields)


def full_line() -> Extract:
    """A line with every link, and beside each link one that is not the line's or not the unit's."""
    extract = Extract()
    line(extract, "OP23-0001", "2023-04-12", "ALFA")
    line(extract, "OP23-0002", "2023-05-20", "BETA")
    line(extract, "OP23-0003", "2022-06-20", "GAMMA")
    at = {"Operation": "OP23-0001"}
    day = date(2023, 4, 12)
    extract.warrant(day, day, Premises_Ref="P1", District="E07000072", **at)
    extract.warrant(day, day, Premises_Ref="P1", District="E07000072", **at)
    extract.warrant(day, date(2023, 4, 13), Premises_Ref="P2", District="E09000031", **at)
    extract.warrant(day, day, Premises_Ref="P3", Unit="LPT_BASILDON", **at)
    extract.warrant(day, None, "ISSUED", Premises_Ref="P4", **at)
    extract.warrant(day, day, Premises_Ref="P5")
    for who, urn, age in ((DAN, "42CY0000001", "1002"), (CAT, "42CY0000002", "1007")):
        ref = extract.arrest(who, "2023-04-12 06:00:00", operation_ref="OP23-0001", sex="M" if who is DAN else "F")
        extract.charge(ref, urn)
        extract.charge(ref, urn, status="WITHDRAWN")
        extract.hearing(who, "2023-06-15", result(age, 31), urn=urn)
    extract.remand(ref, "LA")
    extract.remand(extract.tables["custody_record"][0]["custody_ref"], "PR")
    other = extract.arrest(BOB, "2023-04-12 07:00:00", operation_ref="OP23-0002")
    extract.charge(other, "42CY0000003")
    extract.hearing(BOB, "2023-07-01", *results(result("1003", None, "L"), result("1002", 4, "Y")), urn="42CY0000003")
    extract.contact(ANN, "2023-04-13", kind="CUCKOOING_VISIT", premises_ref="P2", operation="OP23-0001")
    extract.contact(ANN, "2023-04-14", kind="CUCKOOING_VISIT", premises_ref="P2", operation="OP23-0001")
    extract.contact(ANN, "2023-04-14", kind="CUCKOOING_VISIT", operation="OP23-0001")
    extract.order(DAN, "STRO", "2023-11-02", operation_ref="OP23-0001")
    extract.order(DAN, "STRO", "2023-11-02", operation_ref="OP23-0001", status="REFUSED")
    return extract


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Force:
    folder = tmp_path_factory.mktemp("story")
    force = Force(folder / "home")
    full_line().write(folder / "in")
    force.night(folder / "in")
    return force


def told(force: Force, settings: ReviewSettings = ALL, label: str = "2023-11", missing: str = "") -> Any:
    with opened(force.settings, [window(label)]) as state:
        state = replace(state, supplied=state.supplied - {missing})
        return story(state, window(label), settings)


@pytest.mark.slow
def test_every_link_counts_what_is_the_lines_and_the_units_and_nothing_else(night: Force) -> None:
    """Another unit's warrant, one not executed, a charge withdrawn, bail, a refused order, a visit nowhere: none counts."""
    found = told(night)
    assert {step["id"]: step["count"] for step in found["steps"]} == {
        "warrants": 3, "arrests": 2, "charges": 2, "remands": 1, "sentences": 2, "cuckooed": 1, "orders": 1,
    }  # fmt: skip
    words = {step["id"]: step["words"] for step in found["steps"]}
    assert words["warrants"] == (
        "at 2 addresses, from 12 April 2023 to 13 April 2023; 2 in Epping Forest, 1 outside Essex"
    )
    assert words["arrests"] == "of 2 people, on 12 April 2023"
    assert words["charges"] == "against 2 people, on 2 March 2023"
    assert words["cuckooed"].startswith("from 13 April 2023 to 14 April 2023; ")
    assert (found["label"], found["closed_on"]) == ("ALFA", "2023-04-12")


@pytest.mark.slow
def test_what_a_source_has_not_supplied_is_not_said_to_be_none(night: Force) -> None:
    """Without the warrants there is no count of them; the other links stand."""
    steps = {step["id"]: step for step in told(night, missing="warrants")["steps"]}
    assert (steps["warrants"]["count"], steps["warrants"]["marks"]) == (None, ["x"])
    assert steps["arrests"]["count"] == 2


@pytest.mark.slow
def test_a_child_is_told_by_neither_age_nor_sex_and_an_adult_as_the_settings_say(night: Force) -> None:
    """Dan is 22, Cat is 17 at her hearing: whatever the settings say, of her nothing is told."""

    def sentences(*says: str) -> set[str]:
        return {row["words"].partition(" was ")[0] for row in told(night, replace(ALL, story_says=says))["sentences"]}

    assert sentences() == {"One person"}
    assert sentences("sex") == {"One man", "One person"}
    assert sentences("age") == {"A 22-year-old person", "One person"}
    assert sentences("age", "sex") == {"A 22-year-old man", "One person"}
    assert told(night)["sentences"][0]["words"].endswith(
        " was given a custodial sentence of 31 months at Chelmsford Crown Court on 15 June 2023."
    )


@pytest.mark.slow
def test_a_term_without_an_end_has_no_number(night: Force) -> None:
    """Life beside four years: the years are not said."""
    (sentence,) = told(night, ReviewSettings("OP23-0002"))["sentences"]
    assert sentence["words"].startswith("One person was given a life or other indeterminate sentence at ")


@pytest.mark.slow
def test_which_line_is_told(night: Force) -> None:
    """The named line where it was closed in the window; else the one with the most links; none where no line closed."""
    assert told(night, ReviewSettings())["label"] == "ALFA" and not told(night, ReviewSettings())["is_chosen"]
    assert told(night, ReviewSettings("OP23-0002"))["label"] == "BETA"
    assert told(night, ReviewSettings("OP23-0003"))["label"] == "ALFA", "closed in the year before"
    assert told(night, ReviewSettings("OP23-0003"), "2022-11")["label"] == "GAMMA"
    assert told(night, ReviewSettings(), "2021-11") is None


@pytest.mark.slow
def test_only_what_is_named_and_concluded_leaves_the_force(night: Force) -> None:
    """Concluded proceedings of another line, or the same line not concluded: no story in a release."""
    for settings, leaves in (
        (ALL, True),
        (replace(ALL, story_is_concluded=False), False),
        (ReviewSettings(story_is_concluded=True), False),
        (ReviewSettings("OP23-0003", story_is_concluded=True), False),
    ):
        document = releasable({"window": YEAR.label, "story": told(night, settings)})
        assert (document["story"] is not None) is leaves
    assert releasable({"story": None}) == {"story": None}


@pytest.mark.slow
def test_no_one_is_named_in_it(night: Force) -> None:
    """No name, no reference of a record and no premises; the operation's own reference alone."""
    text = json.dumps(told(night)).lower()
    for word in ("ambleside", "dan", "thistlewaite", "42cu/", "42cy", "p1", "sw0001", "2001-03-08"):
        assert f'"{word}' not in text and f" {word} " not in text and word not in text.replace("standing", ""), word


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (31 * MONTH_48THS, "31 months"),
        (12 * MONTH_48THS, "1 year"),
        (60 * MONTH_48THS, "5 years"),
        (54 * MONTH_48THS, "4 years and 6 months"),
        (18 * 7 * DAY_48THS, "18 weeks"),
        (10 * DAY_48THS, "10 days"),
        (MONTH_48THS + 10 * DAY_48THS, "1 month and 10 days"),
        (49 * MONTH_48THS + 1 * DAY_48THS, "4 years, 1 month and 1 day"),
        (112 * MONTH_48THS, "9 years and 4 months"),
        (0, "no time"),
    ],
)
def test_a_term_is_said_as_courts_say_it(term: int, words: str) -> None:
    assert term_words(term) == words


@given(st.integers(0, 480), st.integers(0, 400))
def test_a_term_in_words_is_that_term(months: int, days: int) -> None:
    """Years, months, weeks and days that are said make up the whole term, to the day."""
    lengths = {"year": 12 * MONTH_48THS, "month": MONTH_48THS, "week": 7 * DAY_48THS, "day": DAY_48THS}
    term = months * MONTH_48THS + days * DAY_48THS
    said = term_words(term).replace(" and ", ", ").split(", ")
    parts = [part.split() for part in said if part != "no time"]
    assert sum(int(count) * lengths[unit.removesuffix("s")] for count, unit in parts) == term
