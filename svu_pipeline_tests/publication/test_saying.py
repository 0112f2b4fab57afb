"""The words of a review document: the sentences of the year, and what is not said."""

from __future__ import annotations

from typing import Any

from svu_pipeline.clock import window
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.publication.saying import HEADLINES, said, sentences

YEAR = window("2023-11")
EXACT = {"people_safeguarded": 431, "people_arrested": 440, "drugs_seized_kg": 5_987_400, "prison_years": 804 * 17_532}


def _figure(id: str, numerator: int | None = 1, *marks: str, note: str = "") -> dict[str, Any]:
    denominator = None if numerator is None else CATALOGUE[id].scale.divisor
    return {"id": id, "numerator": numerator, "denominator": denominator, "marks": [*marks], "note": note}


def _year(**others: dict[str, Any]) -> list[dict[str, Any]]:
    return [others.get(name, _figure(name, EXACT.get(name, 1))) for name in CATALOGUE]


def test_the_year_is_told_in_one_sentence_a_headline_figure() -> None:
    told = [sentence["text"] for sentence in sentences(_year(), YEAR)]
    assert len(told) == len(HEADLINES)
    assert "In the twelve months to the end of November 2023, 440 people were arrested." in told
    assert "In the twelve months to the end of November 2023, more than 400 vulnerable people were safeguarded." in told
    assert "In the twelve months to the end of November 2023, about 6 kg of drugs was seized." in told
    assert sentences(_year(), window("2023-11", 1))[0]["text"].startswith("In November 2023, ")


def test_a_figure_that_is_not_supplied_or_protected_is_not_told() -> None:
    silent = _figure("people_arrested", None, "x")
    hidden = _figure("people_safeguarded", None, "c")
    told = {sentence["id"] for sentence in sentences(_year(people_arrested=silent, people_safeguarded=hidden), YEAR)}
    assert told == set(HEADLINES) - {"people_arrested", "people_safeguarded"}
    assert said(silent, YEAR)["phrases"] == [] and said(silent, YEAR)["definition_words"]["words"]


def test_provisional_and_stale_are_said() -> None:
    note = "Custody system has been silent since 1 December 2023 at 05:00."
    told = sentences(_year(people_arrested=_figure("people_arrested", 440, "p", "s", note=note)), YEAR)
    assert f"440 people were arrested. This figure is provisional. {note}" in told[0]["text"]


def test_the_phrases_of_a_figure_are_plain_json() -> None:
    first = said(_figure("people_safeguarded", 431), YEAR)["phrases"][0]
    text = "more than 400 vulnerable people safeguarded"
    assert first == {"form": "MORE_THAN", "number": "more than 400", "text": text}
