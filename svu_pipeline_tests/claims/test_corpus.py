"""The labelled texts are as many, as varied and as rightly labelled as the measured precision and recall rest on."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest

from svu_pipeline.claims.claim import Verdict
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline_tests.claims.labels import SETS, WRONG, Text, read

TEXTS = {which: read(which) for which in SETS}
ALL = [text for texts in TEXTS.values() for text in texts]
NUMBERS = re.compile(
    r"\d+|\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(twen|thir|for|fif|six|seven|eigh|nine)(ty|teen)\w*"
    r"|dozens?|scores|half|thirds?|quarters?|hundreds?|thousands?|doubled|per cent)\b",
    re.IGNORECASE,
)
PLAIN = re.compile(r"£?(\d[\d,]*(?:\.\d+)?)(?:\s(?!g$|tonnes|months)[a-z ]*)?")
"""A figure without a form, in digits and in the unit of its metric."""


def test_there_are_enough_of_them_half_with_errors_and_a_third_held_out() -> None:
    figures = sum(len(text.labels) for text in ALL)
    assert len(ALL) >= 66 and figures >= 330
    assert 0.45 < sum(text.is_mutated for text in ALL) / len(ALL) < 0.55
    assert 0.3 < len(TEXTS["heldout"]) / len(ALL) < 0.37
    assert {text.style for text in TEXTS["dev"]} == {text.style for text in TEXTS["heldout"]}


@pytest.mark.parametrize("text", ALL, ids=lambda text: text.name)
def test_every_figure_of_a_text_is_labelled_once(text: Text) -> None:
    """No number, in digits or words, stands outside a label, so that nothing that the checker finds goes unjudged."""
    spans = [(label.start, label.end) for label in text.labels]
    assert all(one[1] <= other[0] for one, other in pairwise(spans)), "in the order of the text, and apart"
    unlabelled = [
        found[0]
        for found in NUMBERS.finditer(text.text)
        if not any(start < found.end() and found.start() < end for start, end in spans)
    ]
    assert not unlabelled


@pytest.mark.parametrize("text", ALL, ids=lambda text: text.name)
def test_labels_speak_of_metrics_and_agree_with_the_mutation(text: Text) -> None:
    readings = [reading for label in text.labels for reading in label.readings]
    assert {reading.metric for reading in readings} <= {None, *CATALOGUE}
    assert all(reading.metric for reading in readings if reading.verdicts & {Verdict.WRONG_TERM, Verdict.LOOSE})
    assert not any(reading.metric for reading in readings if not reading.is_claim)
    has_error = bool(text.missing) or any(label.verdicts & WRONG for label in text.labels)
    assert has_error is text.is_mutated


def test_labels_agree_with_what_the_demonstration_force_was_made_of(truth: dict[str, Any]) -> None:
    """Figures in digits, of a whole and of a window that the generator counted: true ones are its own, wrong ones are not."""
    checked = 0
    for text in ALL:
        for label in text.labels:
            said, metric = PLAIN.fullmatch(label.said), label.readings[0].metric
            if not (said and metric and label.window in truth["windows"]) or label.part or label.is_derived:
                continue
            number, exact = Decimal(said[1].replace(",", "")), Decimal(truth["windows"][label.window][metric])
            is_so = number == exact.quantize(number, ROUND_HALF_UP)
            if label.verdicts in ({Verdict.TRUE}, {Verdict.WRONG_NUMBER}):
                checked += 1
                is_true = Verdict.TRUE in label.verdicts
                assert is_so is is_true, (text.name, label.said)
    assert checked > 300
