"""Running one fault after another: each case works on a copy of its own, is counted, and is named when it does not survive."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from svu_pipeline_tests import tally
from svu_pipeline_tests.faults import child, invariants
from svu_pipeline_tests.faults.mini import Mini


def failures(row: str, cases: Iterable[tuple[str, Callable[[Path], None]]], folder: Path, note: str = "") -> list[str]:
    """Run every case in a folder of its own; the names and reasons of those that failed, all of them counted for `row`."""
    tried, failed = 0, []
    for name, case in cases:
        tried += 1
        place = folder / f"{row}-{tried}"
        place.mkdir(parents=True)
        try:
            case(place)
        except AssertionError as error:
            failed.append(f"{name}: {error}")
        else:
            shutil.rmtree(place)
    tally.count(row, tried - len(failed), tried, note)
    return failed


def recovers(mini: Mini, number: int, undisturbed: Mini, output: Path) -> None:
    """The night run again ends well, and every invariant holds."""
    assert child.run(child.night, output, mini.root, number) == 0, output.read_text("utf-8")
    invariants.hold(mini, undisturbed.files(), output)
