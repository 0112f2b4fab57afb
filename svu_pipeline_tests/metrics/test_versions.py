"""A definition changes with a version and a day, never unseen; earlier windows keep what they were counted by."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.clock import window
from svu_pipeline.facts import table
from svu_pipeline.metrics import catalogue
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.enforcement import (
    ARRESTS,
    CHARGE_RATE,
    KNIVES,
    PEOPLE_ARRESTED,
    PEOPLE_CHARGED,
    WARRANTS_EXECUTED,
    WEAPONS_SEIZED,
)
from svu_pipeline.metrics.metric import CatalogueError, Metric
from svu_pipeline.metrics.terms import counting_terms, recorded_terms, unrecorded
from svu_pipeline.metrics.versions import check_dependants, entries, in_force, side_by_side
from svu_pipeline.publication.explain import explain
from svu_pipeline.publication.review import review
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.extract import write_extract

APRIL, LATER = date(2023, 4, 1), date(2024, 4, 1)
MEN = replace(
    ARRESTS,
    where="is_counted AND sex = 'M'",
    version=2,
    effective_on=APRIL,
    changed="Arrests of men alone are counted.",
    earlier=(ARRESTS,),
)
BLADES_ALONE = replace(
    WEAPONS_SEIZED,
    where=KNIVES.where,
    version=2,
    effective_on=APRIL,
    changed="Only blades are counted.",
    earlier=(WEAPONS_SEIZED,),
)
THIRD = replace(
    MEN, version=3, effective_on=LATER, changed="All are counted again.", where="is_counted", earlier=(ARRESTS, MEN)
)


def test_a_window_is_counted_by_the_definition_in_force_on_its_last_day() -> None:
    """Before the change by the first, from its month on by the second; a window that it falls within by both."""
    versions = {label: in_force(THIRD, window(label)).version for label in ("2023-03", "2023-04", "2024-03", "2024-04")}
    assert versions == {"2023-03": 1, "2023-04": 2, "2024-03": 2, "2024-04": 3}
    beside = {
        label: [one.version for one in side_by_side(THIRD, window(label))]
        for label in ("2023-03", "2023-11", "2024-03")
    }
    assert beside == {"2023-03": [1], "2023-11": [1, 2], "2024-03": [2]}, "2024-03 begins on the day of the change"
    assert [one.id for one in entries(THIRD)] == ["arrests@1", "arrests@2", "arrests"]
    assert in_force(entries(THIRD)[1], window("2022-11")).id == "arrests@2", "asked for by its number it is itself"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (replace(MEN, earlier=()), "every earlier definition"),
        (replace(MEN, version=3), "every earlier definition"),
        (replace(MEN, effective_on=None), "from which day"),
        (replace(MEN, changed=""), "what changed"),
        (replace(THIRD, effective_on=APRIL), "later day"),
    ],
)
def test_a_version_says_when_and_what(broken: Metric, words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        entries(broken)


def test_what_is_made_of_a_changed_metric_changes_with_it() -> None:
    """The charge rate has a new version on the day on which the people charged have one."""
    charged = replace(PEOPLE_CHARGED, version=2, effective_on=APRIL, changed="…", earlier=(PEOPLE_CHARGED,))
    with pytest.raises(CatalogueError, match="charge_rate: people_charged has a new definition from 2023-04-01"):
        check_dependants([PEOPLE_ARRESTED, charged, CHARGE_RATE])
    before = replace(CHARGE_RATE, numerator="people_charged@1")
    rate = replace(CHARGE_RATE, version=2, effective_on=APRIL, changed="…", earlier=(before,))
    check_dependants([PEOPLE_ARRESTED, charged, rate])


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_no_definition_changes_without_a_new_version(metric: Metric) -> None:
    """The fingerprint of what each version counts is the recorded one."""
    assert unrecorded(metric) == {}, (
        f"{metric.id} counts otherwise than svu_pipeline/metrics/definitions.json has on record. Give it the next version: "
        "effective_on, changed, and the definition until now among `earlier` (metrics/versions.py), and record the new "
        "fingerprint above. Where the change cannot change a figure (a faster query), replace the recorded one; the recount "
        "must agree."
    )


def test_there_is_no_record_of_a_metric_or_version_that_is_not_there() -> None:
    assert {name: list(versions) for name, versions in recorded_terms().items()} == {
        metric.id: [str(one.version) for one in entries(metric)] for metric in METRICS
    }


def test_terms_and_facts_are_in_the_fingerprint_and_words_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter, a breakdown's column, a fact deep below; not a title, not a comment."""
    known = counting_terms(WARRANTS_EXECUTED)
    assert counting_terms(replace(WARRANTS_EXECUTED, title="Warrants", definition="Other words.")) == known
    assert counting_terms(replace(WARRANTS_EXECUTED, where="is_executed AND true")) != known
    assert counting_terms(replace(WARRANTS_EXECUTED, breakdowns={"unit": "district_code"})) != known
    facts, charged = table.fact_tables(), counting_terms(PEOPLE_CHARGED)
    chain = facts["custody_chain"]
    for query, is_same in ((f"-- why\n{chain.query}", True), (chain.query.replace("+ 1", "+ 2"), False)):
        changed = {**facts, "custody_chain": replace(chain, query=query)}
        monkeypatch.setattr("svu_pipeline.metrics.terms.fact_tables", lambda found=changed: found)
        assert (counting_terms(PEOPLE_CHARGED) == charged) is is_same and counting_terms(WARRANTS_EXECUTED) == known


def test_a_changed_definition_through_the_whole_of_a_review(
    force: Force, tmp_path: Path, adopt: Callable[[Metric], None]
) -> None:
    """Old windows keep their figure, the year of the change has both, its month is marked, and no change is given."""
    write_extract(tmp_path / "in", seed=5, size=40)
    force.land(tmp_path / "in")
    was = {label: found(force, label) for label in ("2022-11", "2023-11")}
    assert all(seen[0]["version"] == 1 and seen[0]["versions"] == [] for seen in was.values())
    adopt(BLADES_ALONE)
    (old, _), (new, blades) = (found(force, label) for label in was)
    assert (old["version"], old["printed"]) == (1, was["2022-11"][0]["printed"])
    assert [(one["version"], one["printed"]) for one in old["versions"]] == [(1, old["printed"]), (2, None)]
    assert (new["version"], new["printed"]) == (2, blades["printed"]) and new["printed"] != was["2023-11"][0]["printed"]
    assert [(one["version"], one["printed"]) for one in new["versions"]] == [
        (1, was["2023-11"][0]["printed"]),
        (2, blades["printed"]),
    ]
    assert "2023-04" in [part["month"] for part in new["monthly"] if "b" in part["marks"]]
    comparison = new["comparison"]
    assert comparison["change"] is None and "Only blades are counted" in comparison["words"]
    assert ("definition", "2023-04-01") in [(one["kind"], one["on"]) for one in comparison["breaks"]]
    (explained,) = explain(force.settings, "weapons_seized", window("2022-11"))
    assert (explained.metric, explained.count) == ("weapons_seized@1", old["printed"])
    (first,) = explain(force.settings, "weapons_seized@1", window("2023-11"))
    assert first.count == was["2023-11"][0]["printed"]


def found(force: Force, label: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weapons and the blades of a window's review."""
    figures = {figure["id"]: figure for figure in review(force.settings, window(label))["figures"]}
    return figures["weapons_seized"], figures["knives_and_blades_seized"]


@pytest.fixture
def adopt(monkeypatch: pytest.MonkeyPatch) -> Callable[[Metric], None]:
    """Puts a metric into the catalogue for one test, wherever the package has it from there."""

    def put(metric: Metric) -> None:
        metrics = tuple(metric if one.id == metric.id else one for one in METRICS)
        counted = tuple(entry for one in metrics for entry in entries(one))
        new = {
            "METRICS": metrics,
            "CATALOGUE": {one.id: one for one in metrics},
            "COUNTED": counted,
            "ENTRIES": {one.id: one for one in counted},
        }
        held = {name: getattr(catalogue, name) for name in new}
        for module in [module for name, module in sys.modules.items() if name.startswith("svu_pipeline.")]:
            for name, value in new.items():
                if getattr(module, name, None) is held[name]:
                    monkeypatch.setattr(module, name, value)

    return put
