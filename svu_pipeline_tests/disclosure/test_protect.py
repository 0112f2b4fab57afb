"""A protected document has the shape of the one it was made from, and no trace of what it hides."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline import settings_file
from svu_pipeline.disclosure.cells import Key
from svu_pipeline.disclosure.policy import policy_of
from svu_pipeline.disclosure.protect import hidden_of, protect, protection
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline_tests.disclosure import town
from svu_pipeline_tests.disclosure.attacker import parts

POLICY = policy_of({})
TOWN = town.review(town.arrests(3, 120))


def test_the_policy_names_every_metric_once() -> None:
    """A new metric must be declared; until it is, it is protected as people are. Rates go with what they are made of."""
    named = Counter([*POLICY.people, *POLICY.sums, *POLICY.open])
    assert set(named) == {metric.id for metric in CATALOGUE.values() if not metric.is_rate}
    assert set(named.values()) == {1}
    assert POLICY.is_people("something_new") and POLICY.is_protected("something_new")


def test_a_force_may_say_otherwise(tmp_path: Path) -> None:
    """A word of [disclosure] takes the place of the project's; one that there is not, or beyond its bounds, is refused."""
    said, problems = settings_file.parse(tomllib.loads("[disclosure]\nthreshold = 10\nrounding = 5"), tmp_path)
    assert problems == []
    policy = policy_of(said["disclosure"])
    assert (policy.threshold, policy.rounding, policy.headline_from) == (10, 5, POLICY.headline_from)
    for text in ("[disclosure]\nthreshold = 1", "[disclosure]\nlimit = 5"):
        assert settings_file.parse(tomllib.loads(text), tmp_path)[1]


def test_what_is_hidden_leaves_no_trace() -> None:
    """Null and [c] in the place of the number: no numerator, no denominator, no records behind any part; never a zero."""
    outcome = protection(TOWN, POLICY)
    hidden = {Key(*part): row for part, row in parts(outcome.document) if "c" in row["marks"]}
    assert hidden and hidden.keys() == outcome.hidden == set(hidden_of(outcome.document))
    for row in hidden.values():
        assert (row["printed"], row["numerator"], row["denominator"]) == (None, None, None)
        assert row["marks"].count("c") == 1
    for (_, dimension, _), row in parts(outcome.document):
        assert "largest" not in row
        assert not dimension or "contributions" not in row


def test_what_stands_is_as_it_was() -> None:
    """Every number that is shown is the very one of the document it was made from; and that is not touched."""
    before = json.dumps(TOWN)
    exact = dict(parts(TOWN))
    for part, row in parts(protect(TOWN, POLICY)):
        if "c" not in row["marks"]:
            there = exact.get(part, {"printed": "0", "numerator": 0})
            assert (row["printed"], row["numerator"]) == (there["printed"], there["numerator"])
    assert json.dumps(TOWN) == before


def test_the_same_document_is_protected_the_same_way() -> None:
    assert json.dumps(protect(TOWN, POLICY)) == json.dumps(protect(TOWN, POLICY))


def test_the_order_of_rows_tells_nothing_of_a_hidden_one() -> None:
    """A table is in order of size until a part of it is hidden; then it is in order of code, and lists every code."""
    found = 0
    for figure in protect(TOWN, POLICY)["figures"]:
        for table in figure["breakdowns"]:
            codes = [row["code"] for row in table["rows"]]
            if any("c" in row["marks"] for row in table["rows"]):
                found += 1
                assert codes == [*sorted(codes[:-1]), "UNKNOWN"]
    assert found


def test_a_figure_of_the_force_that_is_too_small_is_not_said_in_any_way() -> None:
    """Two people: no number, no phrase, no band, no comparison, nothing in the list of figures. Three stand."""
    for total, is_shown in ((2, False), (3, True)):
        document = town.review([town.Arrest(n, "D1", "F", "2023-11", False, False) for n in range(total)])
        outcome = protect(document, POLICY)
        figure = outcome["figures"][1]
        assert (outcome["metrics"]["people_arrested"] is not None) == is_shown
        assert (figure["printed"] is not None, bool(figure["phrases"])) == (is_shown, is_shown)
        if not is_shown:
            assert figure["display"] == "[c]" and str(total) not in json.dumps(figure["breakdowns"])


def test_unknown_and_zero_stand() -> None:
    """Three whose sex is not known, none in a district: neither tells of anybody."""
    counts = {"sex": Counter({"F": 40, "M": 50, "UNKNOWN": 3})}
    figure = town.figure("partner_referrals", 93, Counter({"2023-11": 93}), counts, town.MONTHS, is_additive=True)
    figure["breakdowns"][0]["rows"].pop()
    outcome = protect({**TOWN, "figures": [figure], "metrics": {}}, POLICY)
    assert not list(hidden_of(outcome))


def test_what_is_not_about_people_is_not_touched() -> None:
    figure = town.figure(
        "warrants_executed",
        3,
        Counter({"2023-11": 3}),
        {"district": Counter(D1=1, D2=2)},
        town.MONTHS,
        is_additive=True,
    )
    document = {**TOWN, "figures": [figure], "metrics": {}}
    assert [row["printed"] for _, row in parts(protect(document, POLICY))] == [
        row["printed"] for _, row in parts(document)
    ]


@pytest.mark.parametrize(
    ("records", "largest", "is_hidden"),
    [(4, 100_00, True), (5, 100_00, False), (40, 790_00, False), (40, 800_00, True)],
)
def test_a_sum_of_few_records_or_of_one_above_all_is_hidden(records: int, largest: int, is_hidden: bool) -> None:
    """£1,000 of four entries, or of which one is 80 %, tells of somebody; of five, or less than that, it does not."""
    parts_of = {"unit": Counter({"U1": 1000_00, "U2": 9000_00, "U3": 9000_00})}
    figure = town.figure(
        "criminal_profits_seized", 19000_00, Counter({"2023-11": 19000_00}), parts_of, ["2023-11"],
        is_additive=True, decimals=2, records=lambda *_: 50,
    )  # fmt: skip
    figure["breakdowns"][0]["rows"][-2].update(contributions=records, largest=largest)
    outcome = protection({**TOWN, "figures": [figure], "metrics": {}}, POLICY)
    assert (Key("criminal_profits_seized", "unit", "U1") in outcome.small) == is_hidden
    assert len(outcome.hidden) == (2 if is_hidden else 0), "a hidden sum is shielded by another"


def test_rounded_parts_are_multiples_and_rates_of_them_say_no_more() -> None:
    document = protect(TOWN, POLICY.with_rounding(5))
    shown = dict(parts(document))
    for (metric, dimension, code), row in shown.items():
        if dimension and row["printed"] is not None and metric != "charge_rate" and metric != "charge_and_remand_rate":
            assert int(row["printed"]) % 5 == 0 and row["numerator"] == int(row["printed"])
        if metric == "charge_rate" and dimension and row["printed"] is not None:
            above, below = (shown[name, dimension, code]["numerator"] for name in ("people_charged", "people_arrested"))
            assert row["numerator"] * below == 100 * above * row["denominator"]


def test_the_demonstration_year_is_protected_and_keeps_its_headlines(demo_document: dict[str, Any]) -> None:
    """All the published figures of the year stand; the parts of one and two are hidden, with what shields them."""
    outcome = protection(demo_document, POLICY)
    assert outcome.document["metrics"] == demo_document["metrics"]
    assert Key("people_arrested", "district", "E09000031") in outcome.small
    assert len(outcome.hidden) < 3 * len(outcome.small)
