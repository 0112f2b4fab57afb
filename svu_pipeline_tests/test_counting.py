"""Every sentence of the counting rules and the source interface, on extracts made by hand and by chance.

The expected figures are written by hand (`oracle/cases/`) or counted by a second, independent reading of the same pages in
plain Python (`oracle/`), which shares no code with the pipeline.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases import CASES, NIGHT_CASES, Case, NightCase
from svu_pipeline_tests.oracle.count import accounts, figures_of
from svu_pipeline_tests.oracle.extract import write_extract
from svu_pipeline_tests.oracle.next_night import write_next_night
from svu_pipeline_tests.oracle.nights import read_nights

WINDOWS = (("2023-11", 12), ("2022-12", 12), ("2023-10", 1))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_counts_as_it_says(case: Case, force: Force, tmp_path: Path) -> None:
    """Each hand-made extract gives the figures written beside it."""
    case.write(tmp_path / "extract")
    force.land(tmp_path / "extract")
    found = force.figures(case.window)
    assert {name: found[name] for name in case.expected} == case.expected, case.proves


@pytest.mark.slow
@pytest.mark.parametrize("case", NIGHT_CASES, ids=lambda case: case.name)
def test_two_nights_count_as_they_say(case: NightCase, force: Force, tmp_path: Path) -> None:
    """Each pair of hand-made nights gives, after the second, the figures written beside it."""
    case.write(tmp_path / "first", tmp_path / "second")
    force.land(tmp_path / "first")
    force.land(tmp_path / "second")
    found = force.figures(case.window)
    assert {name: found[name] for name in case.expected} == case.expected, case.proves


def agree_for_three_nights(seed: int, force: Force, folder: Path) -> None:
    """A stranger's extract and two nights after it give every figure and row account that the oracle counts."""
    nights = [folder / "night1", folder / "night2", folder / "night3"]
    write_extract(nights[0], seed)
    write_next_night(nights[0], nights[1], seed + 1000)
    write_next_night(nights[1], nights[2], seed + 2000)
    for number, sources in enumerate(nights, start=1):
        force.land(sources)
        history = read_nights(nights[:number])
        for label, months in WINDOWS:
            assert force.figures(label, months) == figures_of(history, label, months), (number, label)
        if number == 1:
            assert force.accounts() == accounts(nights[:1])


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, pytest.param(3, marks=pytest.mark.soak)])
def test_a_strangers_extract_counts_right(seed: int, force: Force, tmp_path: Path) -> None:
    """Extracts that someone else wrote to the interface load and count right, three nights running.

    Seeds that end in 7 and 3 have a delivery that must be held whole, on the first and on a later night.
    """
    agree_for_three_nights(seed, force, tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 300))
def test_many_strangers_extracts_count_right(seed: int, force: Force, tmp_path: Path) -> None:
    """Two hundred more of them."""
    agree_for_three_nights(seed, force, tmp_path)
