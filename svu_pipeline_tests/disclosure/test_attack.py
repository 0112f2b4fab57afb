"""Whoever has all that leaves the force, and a solver, learns of a hidden number no more than that it is hidden."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from svu_pipeline.disclosure.cells import Key
from svu_pipeline.disclosure.policy import policy_of
from svu_pipeline.disclosure.protect import Protected, protection
from svu_pipeline_tests.disclosure import town
from svu_pipeline_tests.disclosure.attacker import Attack, blank, parts

POLICY = policy_of({})
COUNTS = ("arrests", "people_arrested", "people_charged", "people_charged_and_remanded")


def assert_safe(document: dict[str, Any], metrics: tuple[str, ...], base: int = 1) -> int:
    """No hidden small part of a document can be pinned once it is protected; gives how many there were."""
    return assert_hides(protection(document, policy_of({"rounding": base})), document, metrics, base)


def assert_hides(outcome: Protected, document: dict[str, Any], metrics: tuple[str, ...], base: int = 1) -> int:
    """No hidden small part can be pinned closer than 1 to 4, or than the force's own figures pin it; gives how many there were."""
    attack, least = Attack(outcome.document, metrics, base), Attack(blank(outcome.document), metrics, base)
    hidden = attack.hidden()
    assert {Key(*part) for part in hidden} <= outcome.hidden
    small = [part for part in hidden if Key(*part) in outcome.small]
    exact = dict(parts(document))
    for part in small:
        low, high = attack.interval(part)
        assert low <= exact[part]["numerator"] <= high, "an attack that shuts out what is true proves nothing"
        if low > 1 or high < POLICY.threshold - 1:
            assert (low, high) == least.interval(part), f"{part} lies between {low} and {high}"
    return len(small)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.integers(4, 250), st.sampled_from([1, 5]))
def test_no_small_part_of_a_random_town_can_be_pinned(seed: int, size: int, base: int) -> None:
    assert_safe(town.review(town.arrests(seed, size)), COUNTS, base)


def test_the_case_in_which_the_solver_lost_what_is_true() -> None:
    """With its presolve HiGHS 1.15.1 had the charged of D5, four, between none and one."""
    assert assert_safe(town.review(town.arrests(1087, 119)), COUNTS) > 0


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.integers(60, 250))
def test_nobody_learns_how_few_were_let_go_without_charge(seed: int, size: int) -> None:
    """Arrested less charged is a count of people too, in each district and month."""
    document = town.review(town.arrests(seed, size))
    outcome = protection(document, POLICY)
    exact = dict(parts(document))
    attack = Attack(outcome.document, COUNTS)
    for (metric, dimension, code), row in exact.items():
        if metric == "people_arrested" and dimension:
            charged = ("people_charged", dimension, code)
            left = row["numerator"] - exact.get(charged, {"numerator": 0})["numerator"]
            if 0 < left < POLICY.threshold:
                low, high = attack.difference((metric, dimension, code), charged)
                assert low <= 1 and high >= min(left, POLICY.threshold - 1), f"{code}: between {low} and {high}"


def test_no_small_part_of_the_demonstration_year_can_be_pinned(demo_document: dict[str, Any]) -> None:
    """The families of figures that hang together, each with all its tables, at once."""
    families = (COUNTS, ("people_safeguarded", "children_safeguarded", "adults_safeguarded"))
    alone = ("people_imprisoned", "indeterminate_sentences", "nrm_referrals", "partner_referrals", "stro_people")
    orders = ("gang_injunctions", "gang_injunctions_teenagers")
    outcome = protection(demo_document, POLICY)
    every = (*families, orders, *((one,) for one in alone))
    counts = [assert_hides(outcome, demo_document, family) for family in every]
    assert min(counts) > 0


@pytest.mark.parametrize(
    "counts",
    [
        [1, 30, 40],
        [1, 1, 40],
        [2, 3, 40],
        [1, 1, 1, 1, 1, 1],
        [4, 5],
        [3],
        [1, 0, 0, 12],
        [4, 4, 4],
    ],
)
def test_tables_that_are_easily_undone(counts: list[int]) -> None:
    """One small part and two, small parts only, a small part that is the whole, a small part among nothing."""
    table = Counter({district: count for district, count in zip(town.DISTRICTS, counts, strict=False) if count})
    total = sum(counts)
    figure = town.figure(
        "order_breaches", total, Counter({"2023-11": total}), {"district": table}, town.MONTHS, is_additive=True
    )
    document = {"window": "2023-11", "months": 6, "as_at": "", "metrics": {}, "figures": [figure, wide()]}
    assert assert_safe(document, ("order_breaches",)) > 0


def test_parts_that_none_takes_for_zero_do_not_give_themselves_away() -> None:
    """Six orders in six districts: a reader who thinks that no hidden part is zero would know each. So a zero is hidden too."""
    counts = Counter(dict.fromkeys(town.DISTRICTS, 1))
    figure = town.figure(
        "order_breaches", 6, Counter({"2023-11": 6}), {"district": counts}, town.MONTHS, is_additive=True
    )
    outcome = protection({"window": "2023-11", "months": 6, "as_at": "", "metrics": {}, "figures": [figure]}, POLICY)
    hidden = {key.code for key in outcome.hidden if key.dimension == "district"}
    assert hidden > set(town.DISTRICTS)


def test_a_rate_does_not_give_a_hidden_number() -> None:
    """Forty arrested, three charged: 7.5 % of forty is three, so neither the rate nor its numbers say so."""
    outcome = protection(lopsided(charged=3), POLICY)
    rate = next(figure for figure in outcome.document["figures"] if figure["id"] == "charge_rate")
    row = next(row for row in rate["breakdowns"][0]["rows"] if row["code"] == "D1")
    assert row["printed"] is None and row["numerator"] is None and row["denominator"] is None and "c" in row["marks"]


def test_a_rate_of_all_hides_the_few_who_are_all() -> None:
    """Two arrested and two charged: the rate of 100 % is not said, nor that it is of few."""
    outcome = protection(lopsided(charged=2, arrested=2), POLICY)
    rate = next(figure for figure in outcome.document["figures"] if figure["id"] == "charge_rate")
    row = next(row for row in rate["breakdowns"][0]["rows"] if row["code"] == "D1")
    assert row["printed"] is None and "c" in row["marks"]


def lopsided(charged: int, arrested: int = 40) -> dict[str, Any]:
    """A town in whose first district so many were arrested and so many charged; in the others fifty, and half."""
    rng = random.Random(1)
    happened = [
        town.Arrest(100 * place + person, district, "M", rng.choice(town.MONTHS), person < count, False)
        for place, (district, size, count) in enumerate(
            [("D1", arrested, charged), *((district, 50, 25) for district in town.DISTRICTS[1:])]
        )
        for person in range(size)
    ]
    return town.review(sorted(happened, key=lambda arrest: (arrest.month, arrest.person)))


def wide() -> dict[str, Any]:
    """A figure that has every district: what is listed in one table is listed in the next."""
    counts = Counter(dict.fromkeys(town.DISTRICTS, 50))
    return town.figure("arrests", 300, Counter({"2023-11": 300}), {"district": counts}, town.MONTHS, is_additive=True)
