"""F02, F26, F24: killed, or told that the disk fails or is full, at the nth system call of a kind (strace injects it)."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from svu_pipeline_tests import tally
from svu_pipeline_tests.faults import invariants
from svu_pipeline_tests.faults.mini import Mini
from svu_pipeline_tests.faults.survival import failures, recovers

SEED = 20231029
STRACE = shutil.which("strace")
DURABLE = ("fsync", "rename", "pwrite64", "unlink", "mkdir", "ftruncate")
"""What Python, Arrow and DuckDB call to change the disk, but for `write`, which is also called for pipes."""


@pytest.fixture
def strace() -> str:
    """The tool; a machine without it says so in the tally."""
    if STRACE is None:
        tally.count("F02", 0, 0, "strace is not installed on this machine")
        pytest.skip("strace is not installed")
    return STRACE


def injected(strace: str, mini: Mini, number: int, injection: str, output: Path) -> int:
    """Run a night in a process of its own with an injection such as `fsync:signal=KILL:when=3`; its exit code."""
    calls = injection.partition(":")[0]
    command = [
        strace,
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-o",
        "/dev/null",
        "-e",
        f"trace={calls}",
        "-e",
        f"inject={injection}",
    ]
    night = [sys.executable, "-m", "svu_pipeline_tests.faults.mini", str(mini.root), str(number)]
    with output.open("ab") as said:
        return subprocess.run([*command, *night], stdout=said, stderr=said, check=False).returncode


def survives(strace: str, injection: str, first: Mini, second: Mini, folder: Path) -> int:
    """A second night with an injection, then the night again; the exit code of the first, 0 when nothing hit it."""
    mini, output = first.copy(folder / "mini"), folder / "output"
    code = injected(strace, mini, 2, injection, output)
    invariants.stands_whole(mini, first.files(), second.files())
    recovers(mini, 2, second, output)
    return code


def fails_cleanly(strace: str, injection: str, first: Mini, second: Mini, folder: Path) -> None:
    """As `survives`, and the night that was hit says so in a line of our own."""
    code = survives(strace, injection, first, second, folder)
    said = (folder / "output").read_text("utf-8")
    assert code == 0 or (code == 2 and "svu: " in said), said[-2_000:]


def killed(strace: str, call: str, nth: int, first: Mini, second: Mini, folder: Path) -> None:
    survives(strace, f"{call}:signal=KILL:when={nth}", first, second, folder)


@pytest.mark.slow
def test_a_night_killed_at_some_system_calls_comes_out_the_same(
    strace: str, first: Mini, second: Mini, tmp_path: Path
) -> None:
    """F02: a seeded rename."""
    nth = random.Random(SEED).randint(1, 60)
    cases = [(f"rename {nth}", partial(killed, strace, "rename", nth, first, second))]
    assert not failures("F02", cases, tmp_path, "strace, nth rename")


@pytest.mark.soak
@pytest.mark.parametrize("call", DURABLE)
def test_a_night_killed_at_every_system_call_comes_out_the_same(
    call: str, strace: str, first: Mini, second: Mini, tmp_path: Path
) -> None:
    """F02: n = 1, 2, 3 … until a night ends untouched."""

    def nights() -> Iterator[tuple[str, partial[None]]]:
        nth, hit = 1, [True]

        def one(nth: int, folder: Path) -> None:
            hit[0] = survives(strace, f"{call}:signal=KILL:when={nth}", first, second, folder) != 0

        while hit[0]:
            yield f"{call} {nth}", partial(one, nth)
            nth += 1

    assert not failures("F02", nights(), tmp_path, f"strace, every nth {call}")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("row", "injection"),
    [
        ("F26", "fsync:error=EIO:when={}"),
        pytest.param("F24", "fsync:error=ENOSPC:when={}+", marks=pytest.mark.soak),
    ],
    ids=["eio", "full"],
)
@pytest.mark.parametrize("draws", [1, pytest.param(40, marks=pytest.mark.soak)])
def test_a_disk_that_fails_fails_the_night_cleanly(
    row: str, injection: str, draws: int, strace: str, first: Mini, second: Mini, tmp_path: Path
) -> None:
    """An fsync that fails once, and a disk found full at the nth fsync and from then on: the error is ours, what stood stands, the next night is right."""
    chance = random.Random(SEED)
    chosen = [injection.format(chance.randint(20, 120)) for _ in range(draws)]
    cases = [(one, partial(fails_cleanly, strace, one, first, second)) for one in chosen]
    assert not failures(row, cases, tmp_path, "strace injects the error")
