"""A year of nights with something wrong in one of five, and every past figure again (F51, issue points 2 and 3, D2)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from svu_pipeline.cli import app
from svu_pipeline.clock import written
from svu_pipeline_tests import tally
from svu_pipeline_tests.history.trouble import TROUBLES
from svu_pipeline_tests.history.years import WINDOW, Years, used

SOAK_NIGHTS = int(os.environ.get("SVU_SOAK_NIGHTS", "365"))
"""Fewer for a first look."""

FURTHER = min(200, SOAK_NIGHTS - 1)
"""How many nights follow before a past figure is asked for again (capabilities, D2)."""


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Years, list[str]]]:
    """Each kind of trouble once, a night each, between two quiet nights; what was wrong after any of them."""
    years = Years(tmp_path_factory.mktemp("troubled"), seed=3)
    wrong = years.night()
    years.remember()
    for number, trouble in enumerate(TROUBLES):
        wrong += years.night(trouble)
        if number == len(TROUBLES) // 2:
            years.remember()
    wrong += years.night()
    yield years, wrong


@pytest.mark.slow
def test_every_trouble_is_survived(troubled: tuple[Years, list[str]]) -> None:
    """Figures and row accounts equal the oracle's after each night, only what a trouble touches is refused, nothing is left."""
    _, wrong = troubled
    bad = {line.partition(":")[0] for line in wrong}
    tally.count("F51", len(TROUBLES) - len(bad), len(TROUBLES), "each kind of trouble once")
    assert not wrong


@pytest.mark.slow
def test_a_review_says_again_what_it_said(troubled: tuple[Years, list[str]]) -> None:
    """The JSON of `svu review --as-at T` after further nights is that of the night T, byte for byte; the nights differ."""
    years, _ = troubled
    assert len(set(years.said.values())) == len(years.said) == 2
    assert {instant: years.review(instant) for instant in years.said} == years.said
    first, said = next(iter(years.said.items()))
    arguments = ["review", "--home", str(years.force.root), "--window", WINDOW, "--as-at", written(first), "--json"]
    assert CliRunner().invoke(app, arguments).stdout == f"{said}\n"


@pytest.mark.soak
def test_a_year_of_nights_with_trouble_in_one_of_five(tmp_path: Path) -> None:
    """All nights equal the oracle; reviews 200 nights old come out as they were; open files, memory and disk stay flat.

    Flat: after the last night as after the first fifth of them, disk counted by the batch.
    """
    years = Years(tmp_path, seed=51)
    wrong: list[str] = []
    early = None
    for night in range(SOAK_NIGHTS):
        is_troubled = night > 0 and years.chance.happens(0.2)
        wrong += years.night(years.chance.pick(TROUBLES) if is_troubled else None)
        if night < SOAK_NIGHTS - FURTHER and night % 5 == 0:
            years.remember()
        early = used(years.force.root) if night == SOAK_NIGHTS // 5 else early
    bad = {line.partition(":")[0] for line in wrong}
    assert early is not None
    late = used(years.force.root)
    tally.count("F51", SOAK_NIGHTS - len(bad), SOAK_NIGHTS, f"after a fifth {early}; at the end {late}")
    changed = [instant for instant, said in years.said.items() if years.review(instant) != said]
    tally.count("D2", len(years.said) - len(changed), len(years.said), f"reviews again after {FURTHER} nights")
    assert not wrong, "\n".join(wrong[:20])
    assert not changed
    assert late.open_files <= early.open_files + 2
    assert late.memory <= early.memory * 1.3
    assert late.disk <= early.disk * 1.1
