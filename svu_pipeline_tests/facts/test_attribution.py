"""Credit to the unit: each kind of evidence, both ways of disagreeing, and that no figure follows the second opinion."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from svu_pipeline.facts.table import fact_tables
from svu_pipeline.metrics.values import contribute
from svu_pipeline_tests.facts.records import DAY, Records, Rows, records

OURS, THEIRS = "RAPTOR_NORTH", "LPT_BASILDON"
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.fixture
def night() -> Iterator[Records]:
    with records() as made:
        yield made


Told = tuple[bool, str, bool | None, str | None, str | None]
"""Is the recorded unit the unit's, opinion, do they agree, evidence for, evidence against."""


def said(row: dict[str, Any]) -> Told:
    return row["is_unit_work"], row["opinion"], row["is_agreed"], row["evidence_for"], row["evidence_against"]


ALONE = (True, "none", None, None, None)
NOT_OURS = (False, "none", None, None, None)


def agreed(*kinds: str) -> tuple[bool, str, bool, str, None]:
    return True, "unit", True, ", ".join(kinds), None


def claimed(*kinds: str) -> tuple[bool, str, bool, str, None]:
    """Not credited, though the other evidence says it is the unit's."""
    return False, "unit", False, ", ".join(kinds), None


def doubted(*kinds: str) -> tuple[bool, str, bool, None, str]:
    """Credited, though the other evidence says it is another's."""
    return True, "other", False, None, ", ".join(kinds)


def granted(*kinds: str) -> tuple[bool, str, bool, None, str]:
    """Another's, and the other evidence says so too."""
    return False, "other", True, None, ", ".join(kinds)


def test_the_recorded_unit_alone_is_no_opinion(night: Records) -> None:
    """One record of each dataset, of the unit and of another: nothing else speaks."""
    pairs = [
        (make(OURS), make(THEIRS))
        for make in (night.arrest, night.exhibit, night.warrant, night.contact, night.money, night.order)
    ]
    pairs.append((night.deployment(OURS), night.deployment(THEIRS)))
    found = night.attributed()
    for ours, theirs in pairs:
        assert said(found[ours]) == ALONE and said(found[theirs]) == NOT_OURS


def test_an_operation_of_the_log_says_it_is_the_unit_s(night: Records) -> None:
    """From the day it was opened, whoever is recorded; an operation that no log knows says nothing."""
    night.operation("OP1", opened_on=DAY)
    keys = {
        (unit, on): [
            make(unit, on, **{column: "OP1"})
            for make, column in (
                (night.arrest, "operation_ref"), (night.exhibit, "operation_ref"), (night.warrant, "operation"),
                (night.contact, "operation"), (night.money, "operation"), (night.order, "operation_ref"),
            )
        ]
        for unit, on in ((OURS, AFTER), (THEIRS, DAY), (OURS, BEFORE))
    }  # fmt: skip
    unlogged = night.arrest(OURS, operation_ref="OP2")
    found = night.attributed()
    assert {said(found[key])[:3] for key in keys[OURS, AFTER]} == {(True, "unit", True)}
    assert all(found[key]["evidence_for"].startswith("operation") for key in keys[OURS, AFTER] + keys[THEIRS, DAY])
    assert all("operation" not in (found[key]["evidence_for"] or "") for key in keys[OURS, BEFORE])
    assert said(found[unlogged]) == ALONE


def test_a_deployment_names_its_operation(night: Records) -> None:
    """By its name, from the day it was opened: two operations of one name are one witness."""
    night.operation("OP1", BEFORE, name="BUMBLE")
    night.operation("OP2", BEFORE, name="BUMBLE")
    early, ours, theirs = (
        night.deployment(OURS, BEFORE - timedelta(days=1)),
        night.deployment(OURS),
        night.deployment(THEIRS),
    )
    found = night.attributed()
    assert (
        said(found[early]) == ALONE
        and said(found[ours]) == agreed("operation")
        and said(found[theirs]) == claimed("operation")
    )


def test_who_arrested_and_who_seized_speak_for_one_another(night: Records) -> None:
    """Custody says one unit, the property store another: both records are disputed; where they say the same, none is."""
    one, other, third, fourth = (night.arrest(unit) for unit in (OURS, OURS, THEIRS, THEIRS))
    seized = [night.exhibit(unit, custody_ref=ref) for unit, ref in ((OURS, one), (THEIRS, other), (OURS, third))]
    night.exhibit(THEIRS, custody_ref=fourth, category="CASH")
    found = night.attributed()
    assert [said(found[key]) for key in seized] == [agreed("custody"), claimed("custody"), doubted("custody")]
    arrests = [said(found[key]) for key in (one, other, third, fourth)]
    assert arrests == [agreed("custody"), doubted("custody"), claimed("custody"), granted("custody")]
    assert found[seized[1]]["witness"] == f"custody {other}"


def test_of_several_witnesses_one_of_the_unit_s_is_enough(night: Records) -> None:
    """Three exhibits under one custody record, one of them the unit's; one recorded in error is none."""
    arrest, other = night.arrest(THEIRS), night.arrest(OURS)
    for unit in (THEIRS, OURS, THEIRS):
        night.exhibit(unit, custody_ref=arrest)
    night.exhibit(THEIRS, custody_ref=other, status="CREATED_IN_ERROR")
    found = night.attributed()
    assert said(found[arrest]) == claimed("custody") and said(found[other]) == ALONE


def test_the_witness_shown_is_the_one_that_is_believed(night: Records) -> None:
    """An arrest charged on two cases, of which one has an arrest of the unit's, comes first or last."""
    for cases in (("U1", "U2"), ("U4", "U3")):
        arrest = night.arrest(THEIRS)
        for urn, unit in zip(cases, (THEIRS, OURS), strict=True):
            night.charge(arrest, urn)
            night.charge(night.arrest(unit), urn)
        found = night.attributed()[arrest]
        assert said(found) == claimed("case") and found["witness"] == f"case {cases[1]}"


def test_custody_of_a_chain_and_of_a_return_to_bail_is_its_arrest(night: Records) -> None:
    """An exhibit on the second record of a transfer, or on the record of an answer to bail, belongs to the first arrest."""
    first = night.arrest(OURS, person="p")
    second = night.arrest(THEIRS, transferred_from=first)
    bail = night.arrest(THEIRS, AFTER, person="p", arrest_reason="ANSWER_BAIL")
    exhibits = [night.exhibit(OURS, AFTER, custody_ref=ref) for ref in (second, bail)]
    found = night.attributed()
    assert [said(found[key]) for key in exhibits] == [agreed("custody")] * 2
    assert said(found[first]) == agreed("custody") and not {second, bail} & found.keys()


def test_the_arrests_of_a_case_speak_for_one_another(night: Records) -> None:
    """By live charges on one URN; the arrest itself, charged twice over, is no witness."""
    ours, also, theirs, apart, alone = (night.arrest(unit) for unit in (OURS, OURS, THEIRS, THEIRS, OURS))
    mixed, other = night.arrest(OURS), night.arrest(THEIRS)
    for urn, refs in {"U1": (ours, also, theirs), "U2": (alone, alone), "U3": (mixed, other)}.items():
        for ref in refs:
            night.charge(ref, urn)
    night.charge(apart, "U1", status="WITHDRAWN")
    found = night.attributed()
    assert said(found[ours]) == agreed("case") and said(found[theirs]) == claimed("case")
    assert said(found[mixed]) == doubted("case") and said(found[other]) == claimed("case")
    assert said(found[apart]) == NOT_OURS and said(found[alone]) == ALONE
    assert found[ours]["witness"] == "case U1"


def test_the_entries_of_the_same_money_speak_for_one_another(night: Records) -> None:
    """What was seized and what became of it; the entry itself is no witness."""
    seized, forfeited = night.money(OURS, ref="A1"), night.money(OURS, AFTER, ref="A1", stage="FORFEITED")
    ours, theirs = night.money(OURS, ref="A2"), night.money(THEIRS, AFTER, ref="A2", stage="RETURNED")
    alone = night.money(OURS, ref="A3")
    found = night.attributed()
    assert said(found[seized]) == said(found[forfeited]) == agreed("money")
    assert said(found[ours]) == doubted("money") and said(found[theirs]) == claimed("money")
    assert said(found[alone]) == ALONE


@pytest.mark.parametrize(
    ("column", "makes"), [("operation", "contact"), ("premises_ref", "contact"), ("operation", "money")]
)
def test_another_system_s_record_of_the_same_place_and_day_speaks(night: Records, column: str, makes: str) -> None:
    """Of the same operation, logged or not, or premises; on another day, of another place or in the same register: not."""
    other = getattr(night, makes)

    def at(place: str) -> dict[str, Any]:
        return {column: place}

    ours, met = night.warrant(OURS, **at("X1")), other(OURS, **at("X1"))
    theirs = night.warrant(THEIRS, **at("X1"))
    doubtful, another = night.warrant(OURS, **at("X2")), other(THEIRS, **at("X2"))
    night.warrant(OURS, AFTER, **at("X3")), other(OURS, **at("X3"))
    rivals = [night.warrant(unit, **at("X4")) for unit in (OURS, THEIRS)]
    found = night.attributed()
    assert said(found[ours]) == said(found[met]) == agreed("same_day") and said(found[theirs]) == claimed("same_day")
    assert said(found[doubtful]) == doubted("same_day") and said(found[another]) == claimed("same_day")
    assert [said(found[key]) for key in rivals] == [ALONE, NOT_OURS]
    assert found[ours]["witness"] == f"same_day {column.removesuffix('_ref')} X1 on {DAY}"
    assert sum(row["opinion"] != "none" for row in found.values()) == 5


def test_premises_are_not_taken_for_an_operation(night: Records) -> None:
    """The same text in two columns is two things."""
    night.warrant(OURS, premises_ref="X1")
    contact = night.contact(THEIRS, operation="X1")
    assert said(night.attributed()[contact]) == NOT_OURS


def test_evidence_both_ways_is_no_opinion(night: Records) -> None:
    """The operation says the unit's, the arrest behind the exhibit another's: neither agreed nor disputed, and both shown."""
    night.operation("OP1")
    exhibit = night.exhibit(OURS, custody_ref=night.arrest(THEIRS), operation_ref="OP1")
    found = night.attributed()[exhibit]
    assert said(found) == (True, "none", None, "operation", "custody")
    assert found["witness"].startswith("custody C") and found["witness"].endswith(", operation OP1")


def test_a_breach_has_its_order_s_credit_and_evidence(night: Records) -> None:
    """Whatever type the order is of; a breach of an order that is not there can be credited to no one."""
    night.operation("OP1")
    ours = night.breach(night.order(OURS, operation_ref="OP1", order_type="CBO"))
    theirs = night.breach(night.order(THEIRS, operation_ref="OP1"))
    alone, lost = night.breach(night.order(OURS)), night.breach("gone")
    found = night.attributed()
    assert said(found[ours]) == agreed("operation") and said(found[theirs]) == claimed("operation")
    assert said(found[alone]) == ALONE and lost not in found
    assert found[ours]["unit_code"] == OURS


def test_a_hearing_has_its_arrest_s_credit_and_evidence(night: Records) -> None:
    """That of the unit's arrest where there is one, else of the first; of that person's, and on that case."""
    night.operation("OP1")
    both, ours, theirs = "p", "q", "r"
    night.charge(night.arrest(THEIRS, BEFORE, both), "U1")
    night.charge(night.arrest(OURS, DAY, both, operation_ref="OP1"), "U1")
    night.charge(night.arrest(OURS, DAY, ours), "U2")
    night.charge(night.arrest(THEIRS, AFTER, theirs, operation_ref="OP1"), "U3")
    night.charge(night.arrest(THEIRS, DAY, theirs), "U3")
    keys = [night.hearing("U1", both), night.hearing("U2", ours), night.hearing("U3", theirs)]
    uncounted = [
        night.hearing("U2", theirs), night.hearing("U4", ours), night.hearing("U2", ours, BEFORE),
        night.hearing("U1", both, BEFORE, code="1115"), night.hearing("U3", theirs, BEFORE, offence="TH68001"),
    ]  # fmt: skip
    found = night.attributed()
    first, second, third = (said(found[key]) for key in keys)
    assert first == (True, "none", None, "operation", "case") and second == ALONE
    # Of two arrests by others the first makes the case; the second of them names the operation.
    assert third == (False, "other", True, None, "case")
    assert not set(uncounted) & found.keys()


def test_what_no_figure_can_count_is_not_in_it(night: Records) -> None:
    """Not the unit's work before there was a unit, nor what no metric counts."""
    early = date(2020, 6, 30)
    left_out = [
        night.arrest(OURS, early), night.arrest(OURS, arrest_reason="ANSWER_BAIL"),
        night.arrest(OURS, record_status="CREATED_IN_ERROR"), night.warrant(OURS, status="ISSUED"),
        night.exhibit(OURS, status="AMNESTY"), night.exhibit(OURS, item_type="AMMUNITION"),
        night.exhibit(OURS, category="CASH"), night.exhibit(OURS, category="DRUG", status="CREATED_IN_ERROR"),
        night.money(OURS, stage="DETAINED"), night.contact(OURS, outcome="ENGAGED"),
        night.contact(OURS, outcome="REFERRED", kind="CUCKOOING_VISIT"),
        night.contact(OURS, outcome="REFERRED", kind="ADULT_REFERRAL"), night.order(OURS, status="REFUSED"),
        night.order(OURS, order_type="CBO"), night.order(OURS, order_type="STRO", stage="INTERIM"),
        night.deployment(OURS, name="HAZEL"),
    ]  # fmt: skip
    kept = night.arrest(OURS, date(2020, 7, 1))
    found = night.attributed()
    assert found.keys() == {kept} and left_out


DAYS = [DAY + timedelta(days=step) for step in range(3)]


def a_night(chance: random.Random, night: Records) -> None:
    """Records of few units, days, operations, cases and premises, so that all sorts of them meet."""

    def unit() -> str:
        return chance.choice((OURS, "SVU_PPP", THEIRS, "ROADS"))

    def day() -> date:
        return chance.choice(DAYS) if chance.random() < 0.95 else date(2020, 6, 30)

    def one_of(*values: str | None) -> str | None:
        return chance.choice(values)

    def operation() -> str | None:
        return one_of(None, None, "OP1", "OP2", "OP9")

    for ref, opened in (("OP1", DAYS[0]), ("OP2", DAYS[1])):
        night.operation(ref, opened, chance.choice(("BUMBLE", "KASH")))
    arrests: list[str] = []
    for _ in range(14):
        before = chance.choice(arrests) if arrests and chance.random() < 0.2 else None
        reason = chance.choice(("NEW_OFFENCE", "NEW_OFFENCE", "RECALL", "ANSWER_BAIL"))
        who = f"p{chance.randrange(6)}"
        arrest = {"operation_ref": operation(), "arrest_reason": reason, "transferred_from": before}
        arrests.append(night.arrest(unit(), day(), who, **arrest))
        if chance.random() < 0.8:
            urn = f"U{chance.randrange(5)}"
            night.charge(arrests[-1], urn, chance.choice(("LIVE", "LIVE", "WITHDRAWN")))
            if chance.random() < 0.7:
                night.hearing(urn, who, day(), chance.choice(("1002", "1002", "1115")))
    for _ in range(10):
        custody = one_of(None, "gone", *arrests)
        category = chance.choice(("WEAPON", "DRUG", "CASH"))
        status = chance.choice(("HELD", "HELD", "AMNESTY", "CREATED_IN_ERROR"))
        night.exhibit(unit(), day(), custody, operation_ref=operation(), category=category, status=status)
        premises = one_of(None, "P1", "P2")
        night.warrant(
            unit(), day(), operation=operation(), premises_ref=premises, status=chance.choice(("EXECUTED", "ISSUED"))
        )
        kind, outcome = (
            chance.choice(("CUCKOOING_VISIT", "NRM_REFERRAL", "ADULT_REFERRAL")),
            one_of("SAFEGUARDED", "REFERRED"),
        )
        visit = {"kind": kind, "outcome": outcome, "partner": one_of(None, "SCHOOL")}
        night.contact(unit(), day(), operation=operation(), premises_ref=premises, **visit)
        order = night.order(unit(), day(), operation_ref=operation(), status=one_of("GRANTED", "REFUSED", "DISCHARGED"),
                            order_type=one_of("GANG_INJUNCTION", "STRO", "CBO"), stage=one_of("INTERIM", "FINAL"))  # fmt: skip
        night.breach(one_of(order, "gone") or "", day())
        night.deployment(unit(), day(), chance.choice(("BUMBLE", "KASH")))
    for ref in ("A1", "A2", "A3", "A4"):
        for stage in chance.sample(("SEIZED", "FORFEITED", "RETURNED", "DETAINED"), chance.choice((1, 2))):
            night.money(unit(), day(), ref, stage, operation=operation())


def by_hand(night: Records) -> dict[tuple[str, str], Told]:
    """The second opinion counted in loops, from the other facts: record by record, witness by witness."""
    facts = {name: night.rows(f"FROM {name}") for name in fact_tables() if name != "fct_unit_attribution"}
    arrests = {row["arrest_ref"]: row for row in facts["fct_custody_arrest"]}
    orders = {row["order_ref"]: row for row in facts["fct_civil_order"]}
    counted: dict[tuple[str, str], Told] = {}
    for dataset, key, row, is_ours in _every_record(facts):
        counted[dataset, key] = _judged(is_ours, _witnesses(night, facts, dataset, key, row))
    for breach in facts["fct_order_breach"]:
        if order := orders.get(breach["order_ref"]):
            heard = _witnesses(night, facts, "civil_order", order["order_ref"], order)
            counted["order_breach", breach["breach_ref"]] = _judged(order["is_unit_work"], heard)
    for hearing in facts["fct_hearing"]:
        behind = [
            arrests[charge["arrest_ref"]]
            for charge in facts["fct_charge"]
            if charge["is_live"] and charge["arrest_ref"] and charge["urn"] == hearing["urn"]
            and charge["person_id"] == hearing["person_id"]
        ]  # fmt: skip
        if behind and hearing["is_drug_supply"] and not hearing["is_replaced"]:
            arrest = min(behind, key=lambda row: (not row["is_counted"], row["arrested_at"], row["arrest_ref"]))
            heard = _witnesses(night, facts, "custody_record", arrest["arrest_ref"], arrest)
            counted["hearing", hearing["hearing_id"]] = _judged(arrest["is_counted"], heard)
    return counted


COLUMNS = {
    "custody_record": ("fct_custody_arrest", "arrest_ref", "arrested_on", "is_counted"),
    "warrant": ("fct_warrant", "warrant_ref", "executed_on", "is_executed"),
    "exhibit": ("fct_exhibit", "exhibit_ref", "seized_on", "is_unit_work"),
    "register_entry": ("fct_money_event", "money_ref", "happened_on", "is_unit_work"),
    "contact": ("fct_safeguarding_contact", "contact_ref", "contacted_on", "is_unit_work"),
    "civil_order": ("fct_civil_order", "order_ref", "granted_on", "is_unit_work"),
    "deployment": ("fct_deployment", "deployment_ref", "started_on", "is_unit_work"),
}


UNITS = {
    "custody_record": "arresting_unit",
    "warrant": "unit",
    "exhibit": "unit_code",
    "register_entry": "unit",
    "contact": "unit",
    "civil_order": "unit_code",
    "deployment": "unit_code",
}


def _every_record(facts: dict[str, Rows]) -> Iterator[tuple[str, str, dict[str, Any], bool]]:
    """`(dataset, key, row, is the unit's)` of each record that happened."""
    for dataset, (fact, key, day, flag) in COLUMNS.items():
        for row in facts[fact]:
            is_real = row.get("arrest_reason") != "ANSWER_BAIL" and row.get("is_valid", True)
            if is_real and (dataset != "warrant" or row["status"] == "EXECUTED"):
                yield dataset, row[key], {**row, "on": row[day]}, row[flag]


def _witnesses(
    night: Records, facts: dict[str, Rows], dataset: str, key: str, row: dict[str, Any]
) -> dict[str, list[bool]]:
    """By kind of evidence, what each of its witnesses says."""
    on = row[COLUMNS[dataset][2]]
    heard: dict[str, list[bool]] = {"operation": [], "custody": [], "case": [], "money": [], "same_day": []}
    for operation in facts["fct_operation"]:
        name, ref = operation["operation_name"], operation["operation_ref"]
        is_named = name == row["operation_name"] if dataset == "deployment" else ref == row["operation_ref"]
        heard["operation"] += [True] * (is_named and operation["opened_on"] <= on)
    arrest_of = {link["custody_ref"]: link["arrest_ref"] for link in facts["custody_arrest_link"]}
    custody_of = {raw["exhibit_ref"]: arrest_of.get(raw["custody_ref"]) for raw in night.rows("FROM exhibit")}
    arrests = {arrest["arrest_ref"]: arrest for arrest in facts["fct_custody_arrest"]}
    if dataset == "exhibit" and custody_of[key]:
        heard["custody"].append(arrests[custody_of[key]]["is_counted"])
    if dataset == "custody_record":
        seized = [exhibit for exhibit in facts["fct_exhibit"] if custody_of[exhibit["exhibit_ref"]] == key]
        heard["custody"] += [exhibit["is_unit_work"] for exhibit in seized if exhibit["is_valid"]]
        live = [charge for charge in facts["fct_charge"] if charge["is_live"] and charge["arrest_ref"]]
        cases = {charge["urn"] for charge in live if charge["arrest_ref"] == key}
        others = {charge["arrest_ref"] for charge in live if charge["urn"] in cases} - {key}
        heard["case"] += [arrests[ref]["is_counted"] for ref in others]
    if dataset == "register_entry":
        same = [money for money in facts["fct_money_event"] if money["money_ref"].split()[0] == key.split()[0]]
        heard["money"] += [money["is_unit_work"] for money in same if money["money_ref"] != key]
    for other, _, record, is_ours in _every_record(facts):
        is_met = any(
            row.get(place) is not None and record.get(place) == row[place]
            for place in ("operation_ref", "premises_ref")
        )
        heard["same_day"] += [is_ours] * (other != dataset and record["on"] == on and is_met)
    return heard


def _judged(is_ours: bool, heard: dict[str, list[bool]]) -> Told:
    ours = sorted(kind for kind, found in heard.items() if any(found))
    theirs = sorted(kind for kind, found in heard.items() if found and not any(found))
    opinion = "unit" if ours and not theirs else "other" if theirs and not ours else "none"
    is_agreed = None if opinion == "none" else is_ours == (opinion == "unit")
    return is_ours, opinion, is_agreed, ", ".join(ours) or None, ", ".join(theirs) or None


SEEDS = range(6)


@cache
def told(seed: int) -> tuple[dict[tuple[str, str], Told], dict[tuple[str, str], Told], set[tuple[str, str]]]:
    """Of a random night: the table, what loops count, and the records that contribute to the unit's figures."""
    with records() as night:
        a_night(random.Random(seed), night)
        night.build()
        found = {(row["dataset"], row["record_key"]): said(row) for row in night.rows("FROM fct_unit_attribution")}
        return found, by_hand(night), contributed(night)


def contributed(night: Records) -> set[tuple[str, str]]:
    """The records of the unit's figures; drug lines have no unit."""
    contribute(night.connection)
    rows = night.rows(
        "SELECT DISTINCT record_dataset, record_key FROM contribution WHERE metric_id <> 'drug_lines_closed'"
    )
    return {(row["record_dataset"], row["record_key"]) for row in rows}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_table_is_what_loops_count(seed: int) -> None:
    """Random nights: every row of the table as counted by hand; what is credited is what contributes, no more and no less."""
    found, counted, credited = told(seed)
    assert found and {key: counted[key] for key in found} == found
    assert credited == {key for key, row in found.items() if row[0]}


@pytest.mark.parametrize("seed", range(3))
def test_it_has_each_record_that_would_count_were_it_the_unit_s(seed: int) -> None:
    """The records of a random night, and the contributions of the same night with every record the unit's."""
    with records() as night:
        a_night(random.Random(seed), night)
        night.build()
        before = night.connection.execute("SELECT dataset, record_key FROM fct_unit_attribution").fetchall()
        for dataset, column in UNITS.items():
            night.connection.execute(f"UPDATE {dataset} SET {column} = '{OURS}'")
        night.build()
        # Whose arrest a charge on a return to bail is turns on which arrests count: hearings are compared by hand alone.
        would_count = {record for record in contributed(night) if record[0] != "hearing"}
        assert {record for record in before if record[0] != "hearing"} == would_count


def test_the_nights_have_all_that_can_be_said() -> None:
    """Among them each kind of evidence speaks each way it can, and each opinion meets each flag."""
    rows = [row for seed in SEEDS for row in told(seed)[0].values()]
    spoken = {("for", row[3]) for row in rows} | {("against", row[4]) for row in rows}
    seen = {(way, kind) for way, kinds in spoken for kind in (kinds or "").split(", ")}
    tied = {(way, kind) for way in ("for", "against") for kind in ("custody", "case", "money", "same_day")}
    assert tied | {("for", "operation")} <= seen
    opinions = {(is_ours, opinion) for is_ours in (True, False) for opinion in ("unit", "other", "none")}
    assert opinions <= {row[:2] for row in rows}


def test_no_figure_follows_the_second_opinion() -> None:
    """The log of operations empties, references are dropped and cases change: opinions turn, no contribution does.

    What is cut is evidence and nothing that a figure counts or is broken down by, of weapons and money, which hang on
    nothing else: the same records with all, and with none, of the evidence.
    """
    contributions, opinions = [], []
    for is_told in (True, False):
        with records() as night:
            arrest = night.arrest(THEIRS)
            if is_told:
                night.operation("OP1")
            for unit in (OURS, THEIRS):
                night.exhibit(unit, custody_ref=arrest if is_told else None, operation_ref="OP9")
                night.warrant(unit, operation="OP1", premises_ref="P1")
                night.money(unit, ref="A1" if is_told else None, stage="SEIZED" if unit == OURS else "FORFEITED")
            night.build()
            contribute(night.connection)
            values = night.rows(
                "SELECT metric_id, happened_on, quantity, unit, operation, weapon_type FROM contribution "
                "WHERE metric_id <> 'drug_lines_closed' ORDER BY ALL"
            )
            contributions.append(values)
            opinions.append(night.rows("SELECT opinion, is_agreed FROM fct_unit_attribution ORDER BY ALL"))
    assert contributions[0] == contributions[1] and contributions[0]
    assert opinions[0] != opinions[1]
