"""Every rule of every contract has a row that breaks it, and nothing but it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from svu_pipeline.contracts.model import Action, Rule, rules_of
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline_tests.contracts.killers.registry import SPECIMENS, specimens_of
from svu_pipeline_tests.contracts.killers.specimen import Row, Specimen
from svu_pipeline_tests.contracts.landed import checked, deliver, reasons_by_row
from svu_pipeline.warehouse import Home

CONFLICT = "conflicting_duplicate"
UNBREAKABLE = {("contact_withdrawal", f"id__{CONFLICT}")}
"""A withdrawal is nothing but its key: two of one key cannot differ."""

RULES = [rule for contract in CONTRACTS.values() for rule in rules_of(contract)]
OF_ONE_ROW = [rule for rule in RULES if rule.reason != CONFLICT]
OF_TWO_ROWS = [rule for rule in RULES if rule.reason == CONFLICT and (rule.dataset, rule.name) not in UNBREAKABLE]
"""A conflict takes two rows of one delivery: it is proved through a verdict."""


@dataclass(frozen=True)
class Spoilt:
    """A killer as it is checked: the rule it is for, and the row (or the defect of one that has no cells)."""

    rule: str
    row: Row | str


def spoilt_by(specimen: Specimen) -> list[Spoilt]:
    """The killers of one specimen."""
    columns = {rule.name: rule.column for rule in rules_of(CONTRACTS[specimen.dataset])}
    rows = [Spoilt(name, {**specimen.good, columns[name]: text}) for name, text in specimen.killers.items()]
    return [*rows, *(Spoilt(f"row__{defect}", defect) for defect in specimen.defects)]


@cache
def found_in(dataset: str) -> tuple[list[Spoilt], dict[int, set[tuple[str, str]]]]:
    """All killers of a dataset, checked as one table, and what each row of it (from 1) breaks."""
    killers = [killer for specimen in specimens_of(dataset) for killer in spoilt_by(specimen)]
    return killers, reasons_by_row(checked(dataset, [killer.row for killer in killers]))


def told(rule: Rule) -> str:
    """The name of a rule for pytest."""
    return f"{rule.dataset}-{rule.name}"


def test_every_rule_has_a_killer_and_every_killer_a_rule() -> None:
    """Completeness, both ways: a rule without a killer fails here, and so does a killer of no rule, or a second one."""
    rules = {(rule.dataset, rule.name) for rule in RULES}
    assert len(rules) == len(RULES), "two rules of one name"
    single = [(name, killer.rule) for name in CONTRACTS for specimen in specimens_of(name) for killer in spoilt_by(specimen)]
    twins = [(s.dataset, f"{'_'.join(CONTRACTS[s.dataset].key)}__{CONFLICT}") for s in SPECIMENS if s.twin]
    killed = [*single, *twins]
    assert len(set(killed)) == len(killed)
    assert set(killed) | UNBREAKABLE == rules
    assert not set(killed) & UNBREAKABLE


@pytest.mark.parametrize("rule", OF_ONE_ROW, ids=told)
def test_killer_breaks_its_rule_and_no_other(rule: Rule) -> None:
    """The rule fires on its killer with the action that it declares, and nothing else does."""
    killers, reasons = found_in(rule.dataset)
    (number,) = [place for place, killer in enumerate(killers, start=1) if killer.rule == rule.name]
    assert reasons[number] == {(rule.name, rule.action.value)}


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.dataset)
def test_good_row_breaks_no_rule(specimen: Specimen) -> None:
    """What a killer is made from is beyond reproach, so that its one wrong cell is what is seen."""
    result = checked(specimen.dataset, [specimen.good])
    assert reasons_by_row(result) == {}
    assert result.values["_held"].to_pylist() == [False]


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_only_killers_of_holding_rules_are_held(dataset: str) -> None:
    """A row is held when, and only when, a rule that holds is broken; a withheld value leaves the row."""
    killers, _ = found_in(dataset)
    actions = {rule.name: rule.action for rule in rules_of(CONTRACTS[dataset])}
    held = checked(dataset, [killer.row for killer in killers]).values["_held"].to_pylist()
    assert held == [actions[killer.rule] is Action.HOLD for killer in killers]


@pytest.mark.parametrize("rule", [rule for rule in OF_ONE_ROW if rule.action is Action.WITHHOLD], ids=told)
def test_withheld_value_is_null(rule: Rule) -> None:
    """The value that a rule withholds is not handed on, and the other values are those of the good row."""
    killers, _ = found_in(rule.dataset)
    (spoilt,) = [killer.row for killer in killers if killer.rule == rule.name]
    assert not isinstance(spoilt, str)
    good = next(s.good for s in specimens_of(rule.dataset) if rule.name in s.killers)
    expected, found = checked(rule.dataset, [good, spoilt]).values.to_pylist()
    assert found[rule.column] is None
    del found["_row"], expected["_row"]
    assert found == {**expected, rule.column: None}


@pytest.mark.parametrize("rule", OF_TWO_ROWS, ids=told)
def test_two_different_rows_of_one_key_and_order_are_both_held(rule: Rule, tmp_path) -> None:
    """A conflict within one delivery holds both rows, each with the reason; the same row twice is no conflict."""
    (specimen,) = [specimen for specimen in specimens_of(rule.dataset) if specimen.twin]
    source = CONTRACTS[rule.dataset].source
    twins = {rule.dataset: [specimen.good, {**specimen.good, **specimen.twin}]}
    verdict = deliver(Home(tmp_path / "twins"), source, twins).tables[rule.dataset]
    assert (verdict.held, verdict.rules) == (2, {rule.name: 2})
    same = {rule.dataset: [specimen.good, specimen.good]}
    verdict = deliver(Home(tmp_path / "same"), source, same).tables[rule.dataset]
    assert (verdict.held, verdict.rules) == (0, {})
