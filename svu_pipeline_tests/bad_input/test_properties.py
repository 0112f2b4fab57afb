"""What may not matter does not: the order of rows, one file or two, the same again, how a pull is cut into pages."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svu_pipeline.contracts.casting import define_macros, value_columns
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.contracts.standing import stand
from svu_pipeline.landing.take import take
from svu_pipeline.warehouse import session
from svu_pipeline_tests.bad_input.csv_cases import exhibit, exhibits
from svu_pipeline_tests.bad_input.json_cases import HEARING, page
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.sources.written import write

pytestmark = pytest.mark.slow

Files = Mapping[str, bytes]

FEW = settings(max_examples=5, deadline=None)

VERSIONS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3)), min_size=1, max_size=12)
"""Exhibits by number and revision; the same pair is the same row, more than once."""


def standing(source: str, dataset: str, *nights: Files) -> set[tuple[Any, ...]]:
    """The current rows of a dataset after one or more nights of a source; the accounting must hold."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        force = Force(root / "home")
        for number, files in enumerate(nights):
            write(root / "sources", files)
            force.nights = number
            take(replace(force.settings, sources=root / "sources"), source, force.now)
        with session(root / "home") as connection:
            define_macros(connection)
            assert all(account.is_balanced for account in stand(connection, force.home, source))
            listed = ", ".join(f'"{name}"' for name in value_columns(CONTRACTS[dataset]))
            query = f"SELECT {listed} FROM standing_{dataset} WHERE _status = 'current'"
            return {tuple(map(str, row)) for row in connection.execute(query).fetchall()}


def rows_of(versions: Sequence[tuple[int, int]]) -> list[str]:
    """One line a version; what it says follows from which it is."""
    return [
        exhibit(exhibit_ref=f"EX{number}", revision=str(revision), quantity=f"{number}.{revision}")
        for number, revision in versions
    ]


def weekly(*files: Sequence[str]) -> dict[str, bytes]:
    """Weekly files of these lines, one after another."""
    return {f"property/property_202401{day:02d}.csv": exhibits(*lines) for day, lines in enumerate(files, start=1)}


@FEW
@given(VERSIONS, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(versions: list[tuple[int, int]], rng: Any) -> None:
    """Revisions decide, not places."""
    lines = rows_of(versions)
    shuffled = rng.sample(lines, len(lines))
    assert standing("property", "exhibit", weekly(lines)) == standing("property", "exhibit", weekly(shuffled))


@FEW
@given(VERSIONS, st.integers(0, 12))
def test_one_file_in_two_is_the_same(versions: list[tuple[int, int]], place: int) -> None:
    """On one night or on two nights, the halves in either order."""
    lines = rows_of(versions)
    halves = lines[:place], lines[place:]
    whole = standing("property", "exhibit", weekly(lines))
    assert standing("property", "exhibit", weekly(*halves)) == whole
    late = weekly(lines[place:], lines[:place])
    first = dict(list(late.items())[:1])
    assert standing("property", "exhibit", first, late) == whole


@FEW
@given(VERSIONS)
def test_the_same_again_changes_nothing(versions: list[tuple[int, int]]) -> None:
    """Rows that stand twice in a file, and a file that comes again under another name."""
    lines = rows_of(versions)
    once = standing("property", "exhibit", weekly(lines))
    assert standing("property", "exhibit", weekly(lines + lines)) == once
    assert standing("property", "exhibit", weekly(lines), weekly(lines, lines)) == once


@FEW
@given(st.integers(1, 9), st.integers(1, 4), st.randoms(use_true_random=False))
def test_paging_does_not_matter(hearings: int, size: int, rng: Any) -> None:
    """Pages of any size, in any order, some of them twice: the same hearings."""
    items = [{**HEARING, "hearing_id": f"H{number}"} for number in range(hearings)]
    whole = standing("courts", "hearing", {"courts/hearings-0001.json": page(*items).encode()})
    shuffled = rng.sample(items, hearings)
    pages = [page(*shuffled[start : start + size], total=hearings) for start in range(0, hearings, size)]
    pulled = rng.sample(pages + pages[:1], len(pages) + 1)
    files = {f"courts/hearings-{number:04d}.json": body.encode() for number, body in enumerate(pulled, start=1)}
    assert len(whole) == hearings
    assert standing("courts", "hearing", files) == whole
