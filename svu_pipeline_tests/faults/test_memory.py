"""F27: DuckDB without enough memory: the night fails in a line of ours, or lays aside what does not fit; what stood stands."""

from __future__ import annotations

import random
import sys
from functools import partial
from pathlib import Path

import duckdb
import pytest

from svu_pipeline.errors import Curable
from svu_pipeline_tests.faults import child, invariants
from svu_pipeline_tests.faults.mini import Mini
from svu_pipeline_tests.faults.survival import failures, recovers

SEED = 20231231


def _night_within(kibibytes: int, root: Path) -> None:
    """A second night whose every DuckDB session has so much memory; exit code 2 for an error of ours."""
    connect = duckdb.connect

    def small(
        database: str | Path = ":memory:",
        read_only: bool = False,
        config: dict[str, str | bool | int | float | list[str]] | None = None,
    ) -> duckdb.DuckDBPyConnection:
        return connect(database, read_only, {**(config or {}), "memory_limit": f"{kibibytes}KiB"})

    duckdb.connect = small
    try:
        Mini(root).night(2)
    except Curable as error:
        sys.stderr.write(f"svu: {error}\n")
        sys.exit(2)


def survives(kibibytes: int, first: Mini, second: Mini, folder: Path) -> None:
    mini, output = first.copy(folder / "mini"), folder / "output"
    code, said = child.run(_night_within, output, kibibytes, mini.root), output.read_text("utf-8")
    assert code == 0 or (code == 2 and "not enough memory" in said), said[-2_000:]
    invariants.stands_whole(mini, first.files(), second.files())
    recovers(mini, 2, second, output)


@pytest.mark.soak
@pytest.mark.parametrize("draws", [20])
def test_a_night_without_memory_leaves_what_stood(draws: int, first: Mini, second: Mini, tmp_path: Path) -> None:
    """Seeded limits, from too little for the first query to enough."""
    chance = random.Random(SEED)
    limits = [chance.randint(1_000, 16_000) for _ in range(draws)]
    cases = [(f"{limit} KiB", partial(survives, limit, first, second)) for limit in limits]
    assert not failures("F27", cases, tmp_path, "DuckDB's memory limited; the process's own is not")
