"""F33: several nights at once on one home: one is run, the others say so and end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from svu_pipeline.warehouse import Busy, Home, lease
from svu_pipeline_tests import tally
from svu_pipeline_tests.faults import child, invariants
from svu_pipeline_tests.faults.mini import Mini

SVU = (sys.executable, "-m", "svu_pipeline")


def _ask(root: Path) -> None:
    with lease(Home(root), "night"):
        pass


def test_a_lease_is_refused_while_it_is_held(tmp_path: Path) -> None:
    """At once and with the cure; it is free again when the holder has left as often as it came, also by an error."""
    output = tmp_path / "output"
    with pytest.raises(RuntimeError), lease(Home(tmp_path), "night"):
        _ask(tmp_path)
        assert child.run(_ask, output, tmp_path) == 1
        raise RuntimeError
    assert "another night is running on this home" in output.read_text("utf-8")
    assert child.run(_ask, output, tmp_path) == 0


def _hold(root: Path) -> None:
    with lease(Home(root), "night"):
        (root / "held").touch()
        time.sleep(60)


def test_the_lease_of_a_killed_process_is_free(tmp_path: Path) -> None:
    """No stale lock to break: the system lets go of it with the process."""
    process = child.start(_hold, tmp_path / "output", tmp_path)
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    with pytest.raises(Busy), lease(Home(tmp_path), "night"):
        pass
    process.kill()
    process.join()
    with lease(Home(tmp_path), "night"):
        pass


@pytest.mark.soak
@pytest.mark.parametrize("many", [2, 5, 10])
def test_one_of_many_nights_proceeds(many: int, first: Mini, second: Mini, tmp_path: Path) -> None:
    """The others end with one line and exit code 2, long before the one is done; what it makes is right."""
    mini = first.copy(tmp_path / "mini")
    command = [
        *SVU,
        "nightly",
        "--home",
        str(mini.home),
        "--sources",
        str(mini.root / "sources2"),
        "--window",
        "2023-11",
    ]
    start = time.monotonic()
    running = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(many)
    ]
    ended: dict[int, float] = {}
    while len(ended) < many:
        ended |= {
            process.pid: time.monotonic() - start
            for process in running
            if process.poll() is not None and process.pid not in ended
        }
        time.sleep(0.02)
    busy = [process for process in running if process.returncode == 2]
    said = [process.communicate()[1] for process in busy]
    slowest = max(ended[process.pid] for process in busy)
    survived = (
        len(busy) == many - 1
        and slowest <= 10
        and all(line.count("\n") == 1 and "another night" in line for line in said)
    )
    tally.count("F33", int(survived), 1, f"{many} at once, the others ended within {slowest:.1f} s")
    assert survived, (len(busy), slowest, said)
    (winner,) = (process for process in running if process not in busy)
    assert winner.returncode == 1, "operations did not deliver"
    assert mini.force(0).figures("2023-11") == second.force(0).figures("2023-11")
    invariants.tidy(mini)
