"""F03: killed at any time, wherever it is."""

from __future__ import annotations

import random
import time
from functools import partial
from pathlib import Path

import pytest

from svu_pipeline_tests.faults import child, invariants
from svu_pipeline_tests.faults.mini import Mini
from svu_pipeline_tests.faults.survival import failures, recovers

SEED = 20230326


def killed_after(seconds: float, first: Mini, second: Mini, folder: Path) -> None:
    mini, output = first.copy(folder / "mini"), folder / "output"
    process = child.start(child.night, output, mini.root, 2)
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
    invariants.stands_whole(mini, first.files(), second.files())
    recovers(mini, 2, second, output)


@pytest.mark.slow
@pytest.mark.parametrize("kills", [1, pytest.param(200, marks=pytest.mark.soak)])
def test_a_night_killed_at_any_time_comes_out_the_same(kills: int, first: Mini, second: Mini, tmp_path: Path) -> None:
    """Seeded instants within the time that an undisturbed night takes."""
    mini = first.copy(tmp_path / "timed")
    start = time.monotonic()
    assert child.run(child.night, tmp_path / "output", mini.root, 2) == 0
    took = time.monotonic() - start
    chance = random.Random(SEED)
    instants = [took * chance.random() for _ in range(kills)]
    cases = [(f"after {instant:.3f} s", partial(killed_after, instant, first, second)) for instant in instants]
    assert not failures("F03", cases, tmp_path, f"seed {SEED}")
