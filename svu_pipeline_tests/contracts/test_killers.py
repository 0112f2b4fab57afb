"""Every rule of every contract has a row that breaks it, and nothing but it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.contracts.model import Action, Rule, rules_of
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.contracts.verdict import Verdict
from svu_pipeline.warehouse import Home
from svu_pipeline_tests.contracts.killers.registry import SPECIMENS, specimens_of
from svu_pipeline_tests.contracts.killers.specimen import Row, Specimen
from svu_pipeline_tests.contracts.landed import checked, deliver, reasons_by_row

CONFLICT = "conflicting_duplicate"

RULES = [rule for contract in CONTRACTS.values() for rule in rules_of(contract)]
OF_ONE_ROW = [rule for rule in RULES if rule.reason != CONFLICT]
OF_TWO_ROWS = [rule for rule in RULES if rule.reason == CONFLICT]
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


@dataclass(frozen=True)
class Findings:
    """The killers of a dataset checked as one table: what each breaks, whether it is held, its values."""

    killers: list[Spoilt]
    reasons: dict[int, set[tuple[str, str]]]
    values: list[dict[str, Any]]

    def row_of(self, rule: str) -> int:
        """The row, from 1, of the killer of a rule."""
        (number,) = [place for place, killer in enumerate(self.killers, start=1) if killer.rule == rule]
        return number


@cache
def found_in(dataset: str) -> Findings:
    """All killers of a dataset, and what came of them."""
    killers = [killer for specimen in specimens_of(dataset) for killer in spoilt_by(specimen)]
    result = checked(dataset, [killer.row for killer in killers])
    return Findings(killers, reasons_by_row(result), result.values.to_pylist())


@cache
def good_values(dataset: str) -> tuple[dict[int, set[tuple[str, str]]], list[dict[str, Any]]]:
    """What the good rows of a dataset break, and their values, in the order of its specimens."""
    result = checked(dataset, [specimen.good for specimen in specimens_of(dataset)])
    return reasons_by_row(result), result.values.to_pylist()


@cache
def conflicts_of(source: str, folder: Path) -> tuple[Verdict, Verdict]:
    """The verdicts on two deliveries of a source: of each dataset two different rows of one key, and the same row twice."""
    twins = [s for s in SPECIMENS if s.twin and CONTRACTS[s.dataset].source == source]
    different = deliver(Home(folder / "different"), source, {s.dataset: [s.good, {**s.good, **s.twin}] for s in twins})
    same = deliver(Home(folder / "same"), source, {s.dataset: [s.good, s.good] for s in twins})
    return different, same


def told(rule: Rule) -> str:
    """The name of a rule for pytest."""
    return f"{rule.dataset}-{rule.name}"


def test_every_rule_has_a_killer_and_every_killer_a_rule() -> None:
    """Completeness, both ways: a rule without a killer fails here, and so does a killer of no rule, or a second one."""
    rules = {(rule.dataset, rule.name) for rule in RULES}
    assert len(rules) == len(RULES), "two rules of one name"
    single = [(specimen.dataset, killer.rule) for specimen in SPECIMENS for killer in spoilt_by(specimen)]
    twins = [(s.dataset, f"{'_'.join(CONTRACTS[s.dataset].key)}__{CONFLICT}") for s in SPECIMENS if s.twin]
    killed = [*single, *twins]
    assert len(set(killed)) == len(killed)
    assert set(killed) == rules


@pytest.mark.parametrize("rule", OF_ONE_ROW, ids=told)
def test_killer_breaks_its_rule_and_no_other(rule: Rule) -> None:
    """The rule fires on its killer with the action that it declares, and nothing else does."""
    found = found_in(rule.dataset)
    assert found.reasons[found.row_of(rule.name)] == {(rule.name, rule.action.value)}


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_good_rows_break_no_rule(dataset: str) -> None:
    """What a killer is made from is beyond reproach, so that its one wrong cell is what is seen."""
    reasons, values = good_values(dataset)
    assert reasons == {}
    assert not any(row["_held"] for row in values)


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_only_killers_of_holding_rules_are_held(dataset: str) -> None:
    """A row is held when, and only when, a rule that holds is broken; a withheld value or a warning leaves the row."""
    actions = {rule.name: rule.action for rule in rules_of(CONTRACTS[dataset])}
    found = found_in(dataset)
    assert [row["_held"] for row in found.values] == [actions[k.rule] is Action.HOLD for k in found.killers]


@pytest.mark.parametrize("rule", [rule for rule in OF_ONE_ROW if rule.action is Action.WITHHOLD], ids=told)
def test_withheld_value_is_null_and_nothing_else_changes(rule: Rule) -> None:
    """The value that a rule withholds is not handed on, and the other values are those of the good row."""
    found = found_in(rule.dataset)
    place = next(at for at, s in enumerate(specimens_of(rule.dataset)) if rule.name in s.killers)
    expected = {**good_values(rule.dataset)[1][place], rule.column: None}
    spoilt = found.values[found.row_of(rule.name) - 1]
    assert {**spoilt, "_row": 0} == {**expected, "_row": 0}


@pytest.mark.parametrize("rule", OF_TWO_ROWS, ids=told)
def test_two_different_rows_of_one_key_and_order_are_both_held(
    rule: Rule, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A conflict within one delivery holds both rows, each with the reason; the same row twice is no conflict."""
    source = CONTRACTS[rule.dataset].source
    different, same = conflicts_of(source, tmp_path_factory.getbasetemp() / f"conflicts_{source}")
    assert (different.tables[rule.dataset].held, different.tables[rule.dataset].rules) == (2, {rule.name: 2})
    assert (same.tables[rule.dataset].held, same.tables[rule.dataset].rules) == (0, {})
