"""The checker finds, binds and judges the figures of the labelled texts as well as docs/claims.md says it does."""

from __future__ import annotations

from dataclasses import fields

import pytest

from svu_pipeline.claims.claim import Claim, MissingList, Report, Verdict
from svu_pipeline.claims.figures import Figures, figures_of
from svu_pipeline.clock import window
from svu_pipeline_tests.claims.labels import Label, Reading, Text, read
from svu_pipeline_tests.claims.score import Score, measured, score, total
from svu_pipeline_tests.night import Force

FLOORS: dict[str, dict[str, int]] = {
    "dev": {
        "finding_precision": 970,
        "finding_recall": 970,
        "binding_precision": 960,
        "binding_recall": 950,
        "windows": 950,
        "wrong_precision": 880,
        "wrong_recall": 950,
        "cleared": 960,
        "exact": 910,
        "quiet": 970,
        "lists_precision": 1000,
        "lists_recall": 1000,
    },
    "heldout": {
        "finding_precision": 960,
        "finding_recall": 965,
        "binding_precision": 915,
        "binding_recall": 810,
        "windows": 890,
        "wrong_precision": 740,
        "wrong_recall": 820,
        "cleared": 885,
        "exact": 720,
        "quiet": 940,
        "lists_precision": 660,
        "lists_recall": 660,
    },
}
"""Per mille, a little below what docs/claims.md has. Of the held-out texts no miss is ever shown: they are not tuned on."""


@pytest.fixture(scope="module")
def figures(demo_night: Force) -> Figures:
    """The exact figures of the demonstration year."""
    return figures_of(demo_night.settings, window("2023-11"))


@pytest.mark.parametrize("which", FLOORS)
def test_precision_and_recall_are_no_lower_than_measured(which: str, figures: Figures) -> None:
    whole = total(score(read(which), figures))
    values = {measure.name: getattr(whole, measure.name).per_mille for measure in fields(Score)}
    assert FLOORS[which].keys() == values.keys()
    assert not {name: value for name, value in values.items() if value < FLOORS[which][name]}


WORDS = "The unit arrested 440 people and recovered 83 knives on 5 May. The list:"


def _label(said: str, *readings: tuple[str | None, str]) -> Label:
    start = WORDS.index(said)
    found = tuple(Reading(metric, frozenset({Verdict(verdict)})) for metric, verdict in readings)
    return Label(start, start + len(said), said, "2023-11", "", False, found)


def _claim(said: str, metric: str | None, verdict: str) -> Claim:
    start = WORDS.index(said)
    return Claim(start, start + len(said), said, (Verdict(verdict),), metric=metric, window="2023-11")


TEXT = Text(
    "made_up",
    "made_up",
    "2023-11",
    True,
    WORDS,
    (
        _label("440 people", ("people_arrested", "true")),
        _label("83 knives", ("weapons_seized", "wrong_term"), ("knives_and_blades_seized", "wrong_number")),
        _label("5 May", (None, "not_a_claim")),
    ),
    ((WORDS.index("The list:"), len(WORDS)),),
)


def _of(*claims: Claim, lists: tuple[MissingList, ...] = ()) -> dict[str, str]:
    found = measured(TEXT, Report(WORDS, "2023-11", "", claims, lists)).score
    return {measure.name: str(getattr(found, measure.name)).split(" ")[1] for measure in fields(Score)}


def test_a_report_as_labelled_loses_nothing_whichever_right_reading_it_takes() -> None:
    lists = (MissingList(TEXT.missing[0][0], TEXT.missing[0][1], "The list:"),)
    first = _of(_claim("440", "people_arrested", "true"), _claim("83", "weapons_seized", "wrong_term"), lists=lists)
    other = _of(
        _claim("440", "people_arrested", "true"), _claim("83", "knives_and_blades_seized", "wrong_number"), lists=lists
    )
    assert first == other
    assert first == {
        "finding_precision": "(2/2)",
        "finding_recall": "(2/2)",
        "binding_precision": "(2/2)",
        "binding_recall": "(2/2)",
        "windows": "(2/2)",
        "wrong_precision": "(1/1)",
        "wrong_recall": "(1/1)",
        "cleared": "(2/2)",
        "exact": "(2/2)",
        "quiet": "(1/1)",
        "lists_precision": "(1/1)",
        "lists_recall": "(1/1)",
    }


def test_a_miss_a_false_alarm_and_a_wrong_metric_each_cost_where_they_belong() -> None:
    found = _of(_claim("440 people", "arrests", "wrong_number"), _claim("5 May", None, "cannot_be_checked"))
    assert found["finding_precision"] == "(1/2)" and found["finding_recall"] == "(1/2)"
    assert found["binding_precision"] == "(0/1)" and found["binding_recall"] == "(0/2)"
    assert found["wrong_precision"] == "(0/1)" and found["wrong_recall"] == "(0/1)"
    assert found["cleared"] == "(1/2)"
    assert found["exact"] == "(0/2)" and found["quiet"] == "(0/1)" and found["lists_recall"] == "(0/1)"
