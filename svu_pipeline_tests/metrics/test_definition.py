"""Definitions in words: made from the specification, and no rule changes while its words stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from svu_pipeline.clock import window
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.metrics.catalogue import CATALOGUE, COUNTED
from svu_pipeline.metrics.definition import DefinitionError, fingerprint_of_fact, in_words, unread, words_of_rules
from svu_pipeline.metrics.metric import Metric


@pytest.mark.parametrize("metric", COUNTED, ids=lambda metric: metric.id)
def test_the_words_of_every_metric_are_those_of_its_rules(metric: Metric) -> None:
    """Nothing has changed under them since they were read, and every part has its words."""
    assert not unread(metric)
    words = in_words(metric, window("2023-11"))
    assert words["words"].endswith(".") and words["includes"] and words["source"] and "The figure: " in words["example"]
    assert "1 December 2022 to 30 November 2023" in words["window"]
    assert not set(words["includes"]) & set(words["excludes"])


@pytest.mark.parametrize(
    "changed",
    [
        lambda metric: replace(metric, where="is_unit_work AND stage IN ('SEIZED', 'DETAINED')"),
        lambda metric: replace(metric, where="is_unit_work AND NOT stage = 'SEIZED'"),
        lambda metric: replace(metric, quantity="amount_pence * 2"),
        lambda metric: replace(metric, on="reported_on"),
    ],
)
def test_a_changed_filter_has_no_words(changed: Callable[[Metric], Metric]) -> None:
    """A condition, quantity or day that nobody has put into words cannot be said."""
    with pytest.raises(DefinitionError, match=r"definition\.toml"):
        in_words(changed(CATALOGUE["criminal_profits_seized"]))


def test_a_filter_of_known_conditions_that_has_changed_is_to_be_read_again() -> None:
    """With one condition less every word is there, and the metric's own words are still to be looked at."""
    metric = CATALOGUE["weapons_seized"]
    (found,) = unread(replace(metric, where="is_weapon"))
    assert "weapons_seized has changed" in found and "wording.toml" in found
    assert "exhibits seized by anyone else" in in_words(metric)["excludes"]
    assert "exhibits seized by anyone else" not in in_words(replace(metric, where="is_weapon"))["excludes"]


def test_a_fact_that_has_changed_is_to_be_read_again() -> None:
    """Its own SQL, that of a fact under it; a comment changes nothing."""
    tables, name, under = fact_tables(), "fct_arrest_disposal", "custody_chain"
    before = words_of_rules()["facts"][name]["fingerprint"]
    assert fingerprint_of_fact(name) == before
    own = tables[name].query.replace("initiation = 'C'", "initiation IN ('C', 'R')")
    assert own != tables[name].query
    assert fingerprint_of_fact(name, {**tables, name: replace(tables[name], query=own)}) != before
    deeper = replace(tables[under], query=tables[under].query.replace("step_no + 1", "step_no + 2"))
    assert fingerprint_of_fact(name, {**tables, under: deeper}) != before
    noted = replace(tables[name], query="-- a remark\n" + tables[name].query.replace("\n", "\n  "))
    assert fingerprint_of_fact(name, {**tables, name: noted}) == before


def test_no_words_are_left_of_a_rule_that_is_gone() -> None:
    """Every condition, fact, quantity and subject in the file is one of a metric."""
    rules = words_of_rules()
    used = {name for metric in COUNTED for name in metric.fact.split() if name.startswith("fct_")}
    assert set(rules["facts"]) == used
    filters = " AND ".join(metric.where for metric in COUNTED)
    for name, fact in rules["facts"].items():
        assert all(condition in filters for condition in fact.get("where", {})), name
    assert set(rules["quantities"]) == {metric.quantity for metric in COUNTED if not metric.subject}
    assert set(rules["subjects"]) == {metric.subject for metric in COUNTED if metric.subject}
    assert set(rules["seen"]) == {metric.id for metric in COUNTED}
