"""What the figures of a review say in words: the phrases of each, its definition, and the sentences of the year.

Here: which words go into the review document. Not here: how a number may be said (`metrics/phrases.py`), the words of a
metric (`metrics/wording.py`) and those of its rules (`metrics/definition.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from svu_pipeline.clock import Window
from svu_pipeline.metrics.catalogue import CATALOGUE, metric_of
from svu_pipeline.metrics.definition import in_words
from svu_pipeline.metrics.phrases import phrases
from svu_pipeline.metrics.versions import in_force

HEADLINES = (
    "people_arrested",
    "people_charged_and_remanded",
    "charge_and_remand_rate",
    "warrants_executed",
    "weapons_seized",
    "drugs_seized_kg",
    "criminal_profits_seized",
    "prison_years",
    "people_safeguarded",
    "gang_injunctions",
    "stro_people",
    "drug_lines_closed",
    "bumble_deployments",
    "bumble_leaflets",
    "bumble_partner_referrals",
    "bumble_training_sessions_offered",
)
"""The figures of which the year is told, in the order of the review (counting.md, The published year)."""

_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
            10: "ten", 11: "eleven", 12: "twelve"}  # fmt: skip


def said(figure: dict[str, Any], window: Window) -> dict[str, Any]:
    """`phrases` (form, number and text; the preferred one first) and `definition_words` of a figure of the review."""
    metric = in_force(CATALOGUE[figure["id"]], window)
    return {"phrases": _phrases(figure), "definition_words": in_words(metric, window)}


def sentences(figures: Sequence[dict[str, Any]], window: Window) -> list[dict[str, str]]:
    """The window told in one sentence a headline figure; one that is not supplied, or protected, has none.

    Each has the metric's `id`, its `text`, and that parted into the `opening`, which names the window, and the `rest`, which
    stands as a sentence under it.
    """
    by_id, opening = {figure["id"]: figure for figure in figures}, f"In {_window(window)}"
    told = ((name, _clause(by_id[name])) for name in HEADLINES)
    return [
        {"id": name, "text": f"{opening}, {clause}", "opening": opening, "rest": clause[:1].upper() + clause[1:]}
        for name, clause in told
        if clause
    ]


def _phrases(figure: dict[str, Any]) -> list[dict[str, str]]:
    if figure["numerator"] is None:
        return []
    metric = metric_of(figure["id"])
    made = phrases(metric, figure["numerator"], figure["denominator"], marks=figure["marks"])
    return [{"form": phrase.form.name, "number": phrase.number, "text": phrase.text} for phrase in made]


def _clause(figure: dict[str, Any]) -> str:
    """ "more than 400 vulnerable people were safeguarded.", and what is to be said with it; '' where nothing may be."""
    offered = _phrases(figure)
    if not offered:
        return ""
    clause = metric_of(figure["id"]).wording.sentence(offered[0]["number"])
    provisional = " This figure is provisional." if "p" in figure["marks"] else ""
    stale = f" {figure['note']}" if "s" in figure["marks"] else ""
    return f"{clause}.{provisional}{stale}"


def _window(window: Window) -> str:
    if window.months == 1:
        return f"{window.start:%B %Y}"
    length = _NUMBERS.get(window.months, str(window.months))
    return f"the {length} months to the end of {window.last_day:%B %Y}"
