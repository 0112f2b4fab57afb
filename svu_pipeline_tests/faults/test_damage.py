"""F37, F38, F39: bits flipped, files cut short or gone, anywhere in a home: every one is named, and what can be made again is.

Our write-ahead log is the batches with their manifests; no database of ours has one (the published file is closed).
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from svu_pipeline.verify import problems
from svu_pipeline_tests.faults import child
from svu_pipeline_tests.faults.mini import Mini
from svu_pipeline_tests.faults.survival import failures, recovers

SEED = 20230405
LANDED = "restricted/landing/*/*/*"
MADE = ("published/*", "facts/*.*", "facts/metrics/*", "restricted/standing/*", "restricted/people/*")
JUDGED = "restricted/contracts/*/*/*"

Damage = Callable[[Path, random.Random], None]


def flip(path: Path, chance: random.Random) -> None:
    """One bit, anywhere."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut(path: Path, chance: random.Random) -> None:
    """The end, from anywhere on."""
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def remove(path: Path, _: random.Random) -> None:
    path.unlink()


def files(mini: Mini, *patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in mini.home.glob(pattern) if path.stat().st_size)


def is_named(damage: Damage, seed: int, patterns: tuple[str, ...], second: Mini, folder: Path) -> None:
    """Damage a file of a finished home: `svu verify` names it, or what it belongs to."""
    mini, chance = second.copy(folder / "mini"), random.Random(seed)
    hurt = chance.choice(files(mini, *patterns))
    damage(hurt, chance)
    said = list(problems(mini.force(0).settings))
    assert any(hurt.stem in line or hurt.parent.name in line for line in said), (hurt.relative_to(mini.home), said)


def is_made_again(
    damage: Damage, seed: int, patterns: tuple[str, ...], before: Mini, after: Mini, folder: Path
) -> None:
    """Damage what can be made again, then run a night: all is as if nothing had been."""
    mini, chance = before.copy(folder / "mini"), random.Random(seed)
    damage(chance.choice(files(mini, *patterns)), chance)
    recovers(mini, 2, after, folder / "output")


@pytest.mark.slow
@pytest.mark.parametrize("draws", [12, pytest.param(200, marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    ("row", "patterns"),
    [("F37", (*MADE, JUDGED)), ("F38", (LANDED,))],
    ids=["made", "landed"],
)
def test_every_damaged_file_is_named(
    row: str, patterns: tuple[str, ...], draws: int, second: Mini, tmp_path: Path
) -> None:
    """Seeded flips, cuts and losses of what is made, and of what has landed: batches, bytes as received, manifests."""
    chance = random.Random(SEED)
    kinds = [flip, cut] * (draws // 2)
    cases = [
        (f"{kind.__name__} {place}", partial(is_named, kind, chance.randrange(1 << 30), patterns, second))
        for place, kind in enumerate(kinds)
    ]
    assert not failures(row, cases, tmp_path, "named by `svu verify`; flips and cuts")


@pytest.mark.slow
@pytest.mark.parametrize("draws", [1, pytest.param(120, marks=pytest.mark.soak)])
def test_what_can_be_made_again_is(draws: int, first: Mini, second: Mini, tmp_path: Path) -> None:
    """Kept tables, their markers and what is published, flipped, cut or gone, before a night with news and one without."""
    chance, cases = random.Random(SEED), []
    for place in range(draws):
        kind = (flip, cut, remove)[place % 3]
        before, patterns = ((second, MADE), (first, (*MADE, JUDGED)))[place % 2]
        case = partial(is_made_again, kind, chance.randrange(1 << 30), patterns, before, second)
        cases.append((f"{kind.__name__} {place}", case))
    assert not failures("F37", cases, tmp_path, "made again, the same")


def stops_the_night(damage: Damage, seed: int, first: Mini, folder: Path) -> None:
    """Damage a batch's manifest: the night says which, and changes nothing."""
    mini, chance, output = first.copy(folder / "mini"), random.Random(seed), folder / "output"
    hurt = chance.choice(files(mini, "restricted/landing/*/*/manifest.json"))
    damage(hurt, chance)
    before = mini.force(0).bytes_of_everything()
    assert child.run(child.night, output, mini.root, 2) == 1
    said = output.read_text("utf-8")
    assert "Damaged" in said and hurt.parent.name in said, said[-2_000:]
    assert mini.force(0).bytes_of_everything() == before


@pytest.mark.slow
@pytest.mark.parametrize("draws", [2, pytest.param(50, marks=pytest.mark.soak)])
def test_a_damaged_manifest_stops_the_night_before_it_begins(draws: int, first: Mini, tmp_path: Path) -> None:
    """F39: what says how far has been read is not guessed at: the batch is named and nothing is published."""
    chance = random.Random(SEED)
    cases = [
        (kind.__name__, partial(stops_the_night, kind, chance.randrange(1 << 30), first))
        for kind in (flip, cut) * (draws // 2)
    ]
    assert not failures("F39", cases, tmp_path, "manifests of batches; the batch is named, nothing changes")


@pytest.mark.soak
def test_a_lost_batch_lands_again(first: Mini, second: Mini, tmp_path: Path) -> None:
    """F39: a batch folder that is gone is fetched again from what its source still holds; the figures are the same."""
    mini = first.copy(tmp_path / "mini")
    (lost,) = files(mini, "restricted/landing/property/*/manifest.json")
    shutil.rmtree(lost.parent)
    mini.night(2)
    assert mini.force(0).figures("2023-11") == second.force(0).figures("2023-11")
