"""F24, F25: the disk full, out of files, read-only or not ours to write to: a clear error, and what stood stands."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from svu_pipeline_tests import tally
from svu_pipeline_tests.faults import invariants
from svu_pipeline_tests.faults.mini import Mini
from svu_pipeline_tests.faults.survival import failures, recovers

SEED = 20240229
PLACES = (
    "restricted/landing/custody",
    "restricted/contracts/custody",
    "restricted/standing",
    "restricted/people",
    "facts",
    "facts/metrics",
    "published",
)
NIGHT = (sys.executable, "-m", "svu_pipeline_tests.faults.mini")
ON_TMPFS = """
mount -t tmpfs -o "$1" tmpfs "$2/home" && cp -a "$3/home/." "$2/home/" || exit 99
shift 1; "${@:3}"; code=$?
cp -a "$1/home/." "$1/left" && exit $code || exit 98
"""
"""Mount a small file system of one's own at the home, fill in the home as it stood, run the night, take out what is left."""


@pytest.fixture(scope="session")
def unshare() -> str:
    """What mounts a file system for one process; a machine that does not let us says so in the tally."""
    tool = shutil.which("unshare")
    if tool is None or subprocess.run([tool, "-rm", "true"], capture_output=True, check=False).returncode:
        tally.count("F24", 0, 0, "no mount namespace is allowed on this machine")
        pytest.skip("no mount namespace is allowed")
    return tool


def night_on_tmpfs(unshare: str, options: str, first: Mini, folder: Path, *said: str) -> tuple[int, Mini, str]:
    """A second night on a file system of a size; its exit code, the home as it was left, and what the night said."""
    mini = first.copy(folder / "mini")
    shutil.rmtree(mini.home)
    mini.home.mkdir()
    (mini.root / "left").mkdir()
    night = [*NIGHT, str(mini.root), "2", *said]
    command = [unshare, "-rm", "bash", "-c", ON_TMPFS, "tmpfs", options, str(mini.root), str(first.root), *night]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode not in (98, 99), done.stderr
    mini.home.rmdir()
    (mini.root / "left").rename(mini.home)
    (folder / "output").write_text(done.stdout + done.stderr, "utf-8")
    return done.returncode, mini, done.stderr


def fills_up(unshare: str, options: str, first: Mini, second: Mini, folder: Path) -> None:
    """The disk gets full in the middle: the error is ours and plain, published files are whole, the next night is right."""
    code, mini, said = night_on_tmpfs(unshare, options, first, folder, "regardless")
    assert code == 0 or (code == 2 and "svu: " in said), said[-2_000:]
    invariants.stands_whole(mini, first.files(), second.files())
    recovers(mini, 2, second, folder / "output")


def _bytes_of(home: Path) -> int:
    return sum(-(-path.stat().st_size // 4096) * 4096 for path in home.rglob("*"))


@pytest.mark.slow
@pytest.mark.parametrize("options", ["size=12m", "size=512m,nr_inodes=1000"], ids=["bytes", "files"])
def test_a_disk_too_small_is_told_before_anything_is_written(
    options: str, unshare: str, first: Mini, tmp_path: Path
) -> None:
    """The night does not begin, and says how much it may need and what to do."""
    code, mini, said = night_on_tmpfs(unshare, options, first, tmp_path)
    is_told = code == 2 and "the night may" in said and "Nothing was written" in said
    tally.count("F24", int(is_told and mini.files() == first.files()), 1, f"before writing, tmpfs {options}")
    assert is_told, said
    assert mini.files() == first.files()


@pytest.mark.slow
@pytest.mark.parametrize("draws", [1, pytest.param(24, marks=pytest.mark.soak)])
def test_a_disk_that_gets_full_leaves_what_stood(
    draws: int, unshare: str, first: Mini, second: Mini, tmp_path: Path
) -> None:
    """File systems with a seeded bit more room than the home takes, so that each is full at another stage."""
    chance, taken = random.Random(SEED), _bytes_of(first.home) // 1024
    sizes = [taken + 40 + chance.randint(0, 5_000) for _ in range(draws)]
    cases = [(f"{size} KiB", partial(fills_up, unshare, f"size={size}k", first, second)) for size in sizes]
    assert not failures("F24", cases, tmp_path, "tmpfs that gets full in the middle")


@pytest.mark.soak
@pytest.mark.parametrize("draws", [10])
def test_a_disk_out_of_files_leaves_what_stood(
    draws: int, unshare: str, first: Mini, second: Mini, tmp_path: Path
) -> None:
    """File systems that take a seeded few files more than there are."""
    chance, taken = random.Random(SEED), sum(1 for _ in first.home.rglob("*"))
    counts = [taken + 2 + chance.randint(0, 25) for _ in range(draws)]
    cases = [(f"{count} files", partial(fills_up, unshare, f"nr_inodes={count}", first, second)) for count in counts]
    assert not failures("F25", cases, tmp_path, "tmpfs that runs out of files")


def _without_privilege() -> Sequence[str]:
    """A command that runs another as an account whose writes the permissions bind; root's are not bound."""
    if os.geteuid():
        return ()
    tool = shutil.which("setpriv")
    if tool is None:
        pytest.skip("root, and no setpriv to give up its privilege")
    return (tool, "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")


def is_refused(place: str, first: Mini, second: Mini, folder: Path) -> None:
    """A folder without permission to write: an error that names it, nothing changed in it, and right once it is given."""
    mini = first.copy(folder / "mini")
    closed = mini.home / place
    before = {path: path.read_bytes() for path in closed.iterdir() if path.is_file()}
    closed.chmod(0o500)
    done = subprocess.run(
        [*_without_privilege(), *NIGHT, str(mini.root), "2"], capture_output=True, text=True, check=False
    )
    assert {path: path.read_bytes() for path in closed.iterdir() if path.is_file()} == before
    closed.chmod(0o700)
    assert done.returncode == 2 and "there is no permission to write" in done.stderr, done.stderr[-2_000:]
    invariants.stands_whole(mini, first.files(), second.files())
    (folder / "output").write_text(done.stderr, "utf-8")
    recovers(mini, 2, second, folder / "output")


@pytest.mark.slow
@pytest.mark.parametrize("places", [PLACES[4:5], pytest.param(PLACES, marks=pytest.mark.soak)], ids=["one", "all"])
def test_a_folder_that_may_not_be_written_is_named(
    places: Sequence[str], first: Mini, second: Mini, tmp_path: Path
) -> None:
    """F25: each folder of the home in turn."""
    cases = [(place, partial(is_refused, place, first, second)) for place in places]
    assert not failures("F25", cases, tmp_path, "permission taken")
