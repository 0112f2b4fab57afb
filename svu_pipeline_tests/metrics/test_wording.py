"""The words of the metrics: none is without, and no word is right and wrong for the same one."""

from __future__ import annotations

import string
from decimal import Decimal

import pytest

from svu_pipeline.metrics.catalogue import CATALOGUE, METRICS
from svu_pipeline.metrics.metric import Metric, Noun
from svu_pipeline.metrics.wording import WordingError, wording_of, wordings

EVERY = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)


def test_every_metric_has_words_and_no_words_are_of_none() -> None:
    assert set(wordings()) == set(CATALOGUE)
    assert wording_of("people_arrested@1") is wording_of("people_arrested")
    with pytest.raises(WordingError, match=r"\[people_arested\]"):
        wording_of("people_arested")


@EVERY
def test_the_words_of_a_metric_are_complete(metric: Metric) -> None:
    """Verbs, nouns, a template of the known fields, and at least one term that it is not, with a reason."""
    words = metric.wording
    assert words.verbs and all(verb == verb.strip() for verb in words.verbs)
    assert {name for _, name, _, _ in string.Formatter().parse(words.template) if name} <= {"number", "noun", "were"}
    assert "{number} {noun}" in words.template
    assert words.not_to_be_said and all(len(why) > 15 for why in words.not_to_be_said.values())


@EVERY
def test_no_wrong_term_is_a_right_one(metric: Metric) -> None:
    words = metric.wording
    right = {term.lower() for term in (*words.nouns, *words.verbs)}
    assert not right & {term.lower() for term in words.not_to_be_said}


@EVERY
def test_the_words_fit_the_noun_that_is_counted(metric: Metric) -> None:
    """Pounds are said in pounds, shares in per cent, mass in kilograms; all else is a plain number."""
    units = {Noun.POUNDS: "£261,000", Noun.PER_CENT: "261,000%", Noun.KILOGRAMS: "261,000 kg"}
    assert metric.wording.amount(Decimal(261_000)) == units.get(metric.noun, "261,000")
    assert metric.wording.amount(Decimal(0)) == "no"


@pytest.mark.parametrize(
    ("metric", "term"),
    [
        ("criminal_profits_seized", "recovered"),
        ("criminal_profits_seized", "forfeited"),
        ("criminal_profits_seized", "confiscated"),
        ("charge_and_remand_rate", "charge rate"),
        ("bumble_training_sessions_offered", "delivered"),
        ("gang_injunctions_teenagers", "children"),
        ("people_arrested", "arrests"),
        ("arrests", "people"),
        ("weapons_seized", "recovered"),
    ],
)
def test_the_confusions_that_were_published_are_known(metric: str, term: str) -> None:
    """Counting.md, Saying a number: the verb belongs to the metric."""
    assert term in CATALOGUE[metric].wording.not_to_be_said


def test_one_is_singular_money_is_a_sum_and_none_is_plural() -> None:
    people, money = CATALOGUE["people_safeguarded"].wording, CATALOGUE["criminal_profits_seized"].wording
    assert people.sentence("1") == "1 vulnerable person was safeguarded"
    assert people.sentence("more than 400") == "more than 400 vulnerable people were safeguarded"
    assert money.sentence("£261,000") == "£261,000 in criminal profits was seized"
    assert money.sentence("no") == "no criminal profits were seized"
    assert CATALOGUE["charge_rate"].wording.sentence("7 of the 12") == "7 of the 12 people arrested were charged"
