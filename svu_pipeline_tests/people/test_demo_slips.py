"""How the demonstration force misspells its people: enough to mislead exact keys, never so far that nobody could tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svu_pipeline.demo.deliver import slips
from svu_pipeline.demo.deliver.identities import Identities
from svu_pipeline.demo.deliver.mentions import Mention, faithful, mentions
from svu_pipeline.demo.force import Force
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.names import Registry, known_names, name_lists, nearly_the_same_day, plain
from svu_pipeline.demo.plan.year import plan_force
from svu_pipeline.demo.targets import load_targets

LISTS = name_lists()
TYPING = (slips.transposed, slips.dropped, slips.doubled, slips.replaced)
IDENTITY = ("pnc_id", "surname", "forenames", "born", "sex", "postcode")
seeds = st.integers(0, 10_000).map(Random)
forenames = st.sampled_from([*LISTS["forenames_m"], *LISTS["forenames_f"]])
births = st.dates(date(1940, 1, 1), date(2012, 12, 31))


@pytest.fixture(scope="module")
def force() -> Force:
    return plan_force(load_targets(), 2023)


@pytest.fixture(scope="module")
def written(force: Force) -> list[Mention]:
    """Every record of the plan that will stand, as it is written."""
    identities = Identities(force, load_targets(), Ledger(), Random("written"))
    return [identities.of(one.dataset, one.key, one.person) for one in mentions(force)]


@given(st.sampled_from(TYPING), forenames, seeds)
def test_a_typing_error_is_a_sign_or_two_and_no_other_name(slip: slips.Typing, name: str, rng: Random) -> None:
    """The first letter stays, the length changes by one at most, and the result is nobody's forename."""
    wrong = slip(name, rng)
    if wrong is not None:
        assert wrong[0] == name[0] and abs(len(wrong) - len(name)) <= 1
        assert plain(wrong) != plain(name) and plain(wrong) not in known_names()


@given(st.sampled_from((slips.day_and_month_swapped, slips.wrong_digit, slips.a_year_off)), births, seeds)
def test_a_wrong_date_of_birth_is_one_slip_away(slip: slips.Misdating, born: date, rng: Random) -> None:
    """Another day, and one that the registry would not give by chance to somebody of the same name."""
    wrong = slip(born, rng)
    if wrong is not None:
        assert wrong != born and nearly_the_same_day(wrong, born)


@given(seeds)
def test_a_mistyped_postcode_is_one_sign_away(rng: Random) -> None:
    """One sign of the second half is another."""
    postcode = Registry(rng).new_postcode()
    wrong = slips.wrong_postcode(postcode, rng)
    assert wrong is not None and len(wrong) == len(postcode)
    assert sum(one != other for one, other in zip(wrong, postcode, strict=True)) == 1


def test_one_record_of_everybody_is_faithful(written: list[Mention]) -> None:
    """Of whoever is seen more than once, every slip can be told from a record without one; none has more than two."""
    seen: dict[int, list[Mention]] = defaultdict(list)
    for one in written:
        seen[one.person.number].append(one)
    chained = {one.person.number for one in written if one.slips and one.slips[0].startswith("chain")}
    for number, records in seen.items():
        assert all(len(one.slips) <= 2 for one in records)
        if len(records) > 1 and number not in chained:
            assert any(not one.slips and _is_faithful(one) for one in records), number


def _is_faithful(one: Mention) -> bool:
    true = faithful(one.dataset, one.key, one.person, has_birth_date=one.born is not None)
    return all(getattr(one, field) == getattr(true, field) for field in IDENTITY)


def test_the_most_frequent_date_of_birth_is_the_true_one(written: list[Mention]) -> None:
    """So no age depends on a slip: the earliest of the most frequent dates (counting.md), wherever an age is asked for."""
    dates: dict[int, Counter[date]] = defaultdict(Counter)
    for one in written:
        if one.born:
            dates[one.person.number][one.born] += 1
    with_age = {one.person for one in written if one.dataset in ("contact", "civil_order")}
    for person in with_age:
        if found := dates[person.number]:
            assert min(found, key=lambda born: (-found[born], born)) == person.born, person.number


def test_lookalikes_are_written_faithfully(force: Force, written: list[Mention]) -> None:
    """What tells them apart stands on every record, and each pair is alike in what it is said to be alike in."""
    groups = force.lookalikes
    trapped = {person for pairs in groups.values() for pair in pairs for person in pair}
    assert all(_is_faithful(one) for one in written if one.person in trapped)
    assert {one.person for one in written} >= trapped
    for kind, pairs in groups.items():
        for one, other in pairs:
            assert one.surname == other.surname and one.number != other.number
            assert (one.born == other.born) == (kind.startswith("twin") or kind == "two_pnc_ids")
            assert (one.forenames == other.forenames) == (not kind.startswith("twin"))
            assert (one.postcode == other.postcode) == (kind not in ("namesakes", "two_pnc_ids"))
    assert all(one.pnc_id and other.pnc_id for one, other in groups["two_pnc_ids"])


def test_pnc_ids_are_missing_where_they_are_in_service(written: list[Mention]) -> None:
    """Of the records of people who have one: a tenth and more in custody, a quarter and more elsewhere, at most 40 %."""
    of_people_with_one = [one for one in written if one.person.pnc_id and one.born]
    known = Counter(one.dataset for one in of_people_with_one)
    missing = Counter(one.dataset for one in of_people_with_one if not one.pnc_id)
    shares = {dataset: missing[dataset] / known[dataset] for dataset in known}
    assert 0.10 <= shares["custody_record"] <= 0.15
    assert all(0.15 <= shares[dataset] <= 0.40 for dataset in ("contact", "civil_order"))


def test_common_names_are_common() -> None:
    """Every short form is of a forename on the lists, and what is called common is on them."""
    names = {*LISTS["forenames_m"], *LISTS["forenames_f"]}
    assert set(LISTS["short_forms"]) | {*LISTS["common_m"], *LISTS["common_f"]} <= names
    assert all(plain(form) != plain(name) for name, forms in LISTS["short_forms"].items() for form in forms)
