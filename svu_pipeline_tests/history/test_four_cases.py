"""Late, corrected, retracted, back-dated, through every source it can happen to: what is known now and what was known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import pytest

from svu_pipeline.clock import window
from svu_pipeline.landing.batch import known_at
from svu_pipeline.strike import struck
from svu_pipeline_tests import tally
from svu_pipeline_tests.history.four_cases import CASES, KINDS, Case, first_night
from svu_pipeline_tests.night import Force

pytestmark = pytest.mark.slow

WINDOW, WINDOW_BEFORE = "2023-11", "2022-11"
DERIVED = {"charge_rate", "charge_and_remand_rate"}

Figures = dict[str, str | None]


@dataclass(frozen=True)
class Told:
    """What was known after one night: the instant, and the figures of the window and of the one before it."""

    at: datetime
    figures: Figures
    before: Figures


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Force, dict[str, Told]]:
    """Five nights: what stands first, then all changes of one kind a night."""
    folder = tmp_path_factory.mktemp("four_cases")
    force, sources = Force(folder / "home"), first_night()
    told = {}
    for number, kind in enumerate(("first", *KINDS)):
        sources.night = number
        if number:
            sources.hearings = []
        for case in CASES:
            if case.kind == kind:
                case.change(sources)
        sources.write(folder / kind)
        force.land(folder / kind)
        assert not force.refused
        at = known_at(force.home)
        assert at is not None
        told[kind] = as_known(force, at)
    return force, told


def as_known(force: Force, at: datetime) -> Told:
    """What was known at an instant, struck for both windows in one session."""
    with struck(force.settings, [window(WINDOW), window(WINDOW_BEFORE)], at) as state:
        query = "SELECT window_label, metric_id, printed FROM value WHERE dimension = ''"
        rows = state.connection.execute(query).fetchall()
    figures = {label: {name: printed for of, name, printed in rows if of == label} for label in (WINDOW, WINDOW_BEFORE)}
    return Told(at, figures[WINDOW], figures[WINDOW_BEFORE])


def moved(before: Figures, after: Figures) -> dict[str, Decimal]:
    """By how much each figure moved that did."""
    return {
        name: Decimal(after[name] or 0) - Decimal(before[name] or 0)
        for name in after.keys() - DERIVED
        if after[name] != before[name]
    }


def night_before(kind: str) -> str:
    order = ("first", *KINDS)
    return order[order.index(kind) - 1]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source}-{case.kind}")
def test_a_change_of_the_past_moves_its_figures(case: Case, nights: tuple[Force, dict[str, Told]]) -> None:
    """Now each figure has moved by what was worked out by hand."""
    _, told = nights
    found = moved(told[night_before(case.kind)].figures, told[case.kind].figures)
    assert {name: found.get(name, Decimal(0)) for name in case.moves} == case.moves


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_figure_moves(kind: str, nights: tuple[Force, dict[str, Told]]) -> None:
    """Of all figures, those of the night's cases and no others have moved."""
    _, told = nights
    found = moved(told[night_before(kind)].figures, told[kind].figures)
    assert found.keys() == {name for case in CASES if case.kind == kind for name in case.moves}


def test_what_is_back_dated_counts_where_it_happened(nights: tuple[Force, dict[str, Told]]) -> None:
    """What leaves the window enters the one before it, and nothing else enters there on any night."""
    _, told = nights
    left = moved(told["retracted"].figures, told["back_dated"].figures)
    assert moved(told["retracted"].before, told["back_dated"].before) == {name: -by for name, by in left.items()}
    assert told["first"].before == told["retracted"].before


def test_each_night_is_as_it_was_known(nights: tuple[Force, dict[str, Told]]) -> None:
    """As at each earlier night every figure of both windows is what it was, however the past has changed since."""
    force, told = nights
    again = {kind: as_known(force, known.at) for kind, known in told.items()}
    right = sum(again[kind] == told[kind] for kind in told)
    tally.count("D1", right, len(told), f"{len(CASES)} changes of the past through ten sources")
    assert again == told
