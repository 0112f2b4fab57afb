"""Seeded fuzz of every reader: a part of it always, 10,000 mutations by `make soak`."""

from __future__ import annotations

import resource
from collections import Counter
from pathlib import Path

import pytest

from svu_pipeline_tests.bad_input.fuzz import Target, mutated, outcome, targets
from svu_pipeline_tests.tally import count

ALWAYS, SOAK = 34, 1_112
"""Mutations of each of the nine files: 306 and 10,008 in all."""

MEMORY_KIB = 400 << 10
"""How much the process may grow by reading small files that were spoilt."""


@pytest.fixture(scope="module")
def good_files(tmp_path_factory: pytest.TempPathFactory) -> list[Target]:
    """A good file for each reader."""
    return targets(tmp_path_factory.mktemp("good"))


def fuzz(files: list[Target], seeds: range, folder: Path) -> Counter[str]:
    """Outcomes by kind; a failure names the target and the seed, by which it can be had again."""
    outcomes: Counter[str] = Counter()
    for target in files:
        for seed in seeds:
            try:
                outcomes[outcome(target, mutated(target, seed), folder)] += 1
            except BaseException as error:
                count("fuzz", 0, 1, f"{target.name} {seed}")
                raise AssertionError(f"{target.name}, seed {seed}: {type(error).__name__}") from error
    count("fuzz", outcomes.total(), outcomes.total())
    return outcomes


def test_good_files_are_read(good_files: list[Target], tmp_path: Path) -> None:
    """What is mutated is beyond reproach before."""
    assert {outcome(target, target.content, tmp_path) for target in good_files} == {"rows"}


def test_spoilt_files_are_refused_or_accounted_for(good_files: list[Target], tmp_path: Path) -> None:
    """No crash, no hang, no row without a fate; of what is spoilt some is refused and some still read."""
    outcomes = fuzz(good_files, range(ALWAYS), tmp_path)
    assert outcomes["rows"] > len(good_files)
    assert len(outcomes) > 8


@pytest.mark.soak
def test_ten_thousand_spoilt_files(good_files: list[Target], tmp_path: Path) -> None:
    """The same with 10,000 mutations, in memory that does not grow with them."""
    fuzz(good_files, range(ALWAYS), tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fuzz(good_files, range(ALWAYS, SOAK), tmp_path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY_KIB
