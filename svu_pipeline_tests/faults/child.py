"""A night in a process of its own that ends itself at a point of its choosing.

The processes are forked from a server that has loaded the pipeline and done nothing with it: no thread of DuckDB or Arrow
is lost in the fork, and a night starts in milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from svu_pipeline import disk
from svu_pipeline_tests.faults.mini import Mini

KILLED = -signal.SIGKILL
_LOADED = [
    "svu_pipeline_tests.faults.child", "svu_pipeline.publication.page", "duckdb", "pyarrow.csv", "pyarrow.parquet",
    "openpyxl", "adbc_driver_sqlite.dbapi", "pandera.pyarrow", "hypothesis.strategies", "jinja2",
]  # fmt: skip
"""What a night loads at one time or another."""


def run(task: Callable[..., None], output: Path, *arguments: Any) -> int:
    """Run a task in a process of its own with its output in a file; gives its exit code, below 0 for a signal."""
    process = start(task, output, *arguments)
    process.join()
    assert process.exitcode is not None
    return process.exitcode


def start(task: Callable[..., None], output: Path, *arguments: Any) -> ForkServerProcess:
    """Start a task in a process of its own; who calls joins it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    process = context.Process(target=_quietly, args=(task, output, *arguments))
    process.start()
    return process


def _quietly(task: Callable[..., None], output: Path, *arguments: Any) -> None:
    """All that the process says goes to a file, which is looked through for names."""
    handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(handle, sys.stdout.fileno())
    os.dup2(handle, sys.stderr.fileno())
    os.umask(0o077)
    task(*arguments)


def night(root: Path, number: int) -> None:
    """A night to its end."""
    Mini(root).night(number)


def night_killed_at(root: Path, number: int, nth: int) -> None:
    """A night that is killed at the `nth` point it reaches, from 1."""
    kill_at(nth)
    Mini(root).night(number)


def kill_at(nth: int) -> None:
    """From here on, kill this process at the `nth` point it reaches."""
    left = [nth]

    def kill(_: str) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    disk.reached = kill


def night_noting_points(root: Path, number: int, target: Path) -> None:
    """A night to its end; every point that it reached, in order, a line each in a file."""
    points: list[str] = []
    disk.reached = points.append
    Mini(root).night(number)
    target.write_text("\n".join(points), "utf-8")
