"""F27: not enough memory: the night fails in a line of ours or lays aside what does not fit; what stood stands."""

from __future__ import annotations

import random
import resource
import sys
from functools import partial
from pathlib import Path

import pytest

from svu_pipeline.errors import Curable
from svu_pipeline_tests.faults import child, invariants
from svu_pipeline_tests.faults.mini import Mini
from svu_pipeline_tests.faults.survival import failures, recovers

SEED = 20231231


def _night_within(mebibytes: int, root: Path) -> None:
    """A second night that may map so much memory more than the process has to begin with; exit code 2 for an error of ours."""
    mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + (mebibytes << 20), resource.RLIM_INFINITY))
    try:
        Mini(root).night(2)
    except Curable as error:
        sys.stderr.write(f"svu: {error}\n")
        sys.exit(2)


def survives(mebibytes: int, first: Mini, second: Mini, folder: Path) -> None:
    mini, output = first.copy(folder / "mini"), folder / "output"
    code = child.run(_night_within, output, mebibytes, mini.root)
    invariants.stands_whole(mini, first.files(), second.files())
    assert code != 2 or "memory" in output.read_text("utf-8")
    recovers(mini, 2, second, output)


@pytest.mark.slow
@pytest.mark.parametrize("draws", [1, pytest.param(20, marks=pytest.mark.soak)])
def test_a_night_without_memory_leaves_what_stood(draws: int, first: Mini, second: Mini, tmp_path: Path) -> None:
    """Seeded limits, from too little for the first session to enough."""
    chance = random.Random(SEED)
    limits = [chance.randint(1, 400) for _ in range(draws)]
    cases = [(f"{limit} MiB", partial(survives, limit, first, second)) for limit in limits]
    assert not failures("F27", cases, tmp_path, "address space limited")
