"""F01, F04, F05: killed before or after any durable side effect, and killed again in the recovery."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from svu_pipeline_tests.faults import child, invariants
from svu_pipeline_tests.faults.mini import Mini
from svu_pipeline_tests.faults.survival import failures, recovers

SEED = 20231126
NOTE = "named points; SIGKILL, which is no power cut"

Case = tuple[str, Callable[[Path], None]]


def points(before: Mini, number: int, folder: Path) -> list[str]:
    """The points that an undisturbed night reaches, in order."""
    mini, target = before.copy(folder / "noted"), folder / "points"
    assert child.run(child.night_noting_points, folder / "output", mini.root, number, target) == 0
    return target.read_text("utf-8").splitlines()


def killed(before: Mini, number: int, kills: list[int], undisturbed: Mini, folder: Path) -> None:
    """Kill a night at its nth point, the recovery at its nth, …; then run it once more and hold it to the invariants."""
    mini, output = before.copy(folder / "mini"), folder / "output"
    for nth in kills:
        code = child.run(child.night_killed_at, output, mini.root, number, nth)
        assert code in (child.KILLED, 0), output.read_text("utf-8")
        invariants.stands_whole(mini, before.files(), undisturbed.files())
    recovers(mini, number, undisturbed, output)


def case(before: Mini, number: int, kills: list[int], undisturbed: Mini) -> Case:
    return f"night {number} killed at {kills}", partial(killed, before, number, kills, undisturbed)


def every_point(nights: list[tuple[Mini, int, Mini]], folder: Path) -> Iterator[Case]:
    for before, number, undisturbed in nights:
        for nth in range(1, len(points(before, number, folder / str(number))) + 1):
            yield case(before, number, [nth], undisturbed)


@pytest.mark.slow
def test_a_night_killed_at_some_points_comes_out_the_same(first: Mini, second: Mini, tmp_path: Path) -> None:
    """A seeded one of all points of a second night, and a kill of its recovery too."""
    chance = random.Random(SEED)
    end = len(points(first, 2, tmp_path / "points"))
    cases = [case(first, 2, [chance.randint(1, end)], second)]
    cases += [case(first, 2, [chance.randint(1, end), chance.randint(1, end // 2)], second)]
    assert not failures("F01", cases, tmp_path, NOTE)


@pytest.mark.soak
def test_a_night_killed_at_every_point_comes_out_the_same(
    never_run: Mini, first: Mini, second: Mini, tmp_path: Path
) -> None:
    """Every occurrence of every point of a first and of a second night."""
    assert not failures("F01", every_point([(never_run, 1, first), (first, 2, second)], tmp_path), tmp_path, NOTE)


@pytest.mark.soak
def test_a_recovery_killed_as_well_comes_out_the_same(first: Mini, second: Mini, tmp_path: Path) -> None:
    """Ten points spread over the night, and after each ten points spread over its recovery."""
    end = len(points(first, 2, tmp_path / "points"))
    spread = [1 + place * (end - 1) // 9 for place in range(10)]
    cases = [case(first, 2, [one, max(1, other * (end - one) // end)], second) for one in spread for other in spread]
    assert not failures("F05", cases, tmp_path, NOTE)


def _keyless(never_run: Mini, nth: int, undisturbed: Mini, folder: Path) -> None:
    mini, output = never_run.copy(folder / "mini"), folder / "output"
    mini.force(0).settings.person_key_file.unlink()
    assert child.run(child.night_killed_at, output, mini.root, 1, nth) == child.KILLED
    assert child.run(child.night, output, mini.root, 1) == 0, output.read_text("utf-8")
    invariants.hold(mini, undisturbed.files(), output, but=invariants.KEYED)


@pytest.mark.slow
@pytest.mark.parametrize("kills", [[9], pytest.param(range(1, 11), marks=pytest.mark.soak)], ids=["some", "all"])
def test_a_home_killed_while_it_is_made_opens(kills: list[int], never_run: Mini, first: Mini, tmp_path: Path) -> None:
    """F04: the first effects of the first night on an empty home, with no key yet: the next night makes everything."""
    cases = [(f"killed at {nth}", partial(_keyless, never_run, nth, first)) for nth in kills]
    assert not failures("F04", cases, tmp_path, NOTE)
