"""Cold processes and the ratio between two of them.

A time on a shared machine says little; the ratio of two processes that ran one after the other says more. The ratio of
their CPU seconds is given as well: other work on the machine disturbs it less than it does the clock on the wall.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter
from typing import IO

ROOT = Path(__file__).parents[1]
"""The checkout: every process runs in it, so that it imports the package as it stands there."""

OWN_VARIABLES = ("SVU_", "DAGSTER_")
"""Variables that would lead a process to somebody's own data folder; none is handed on."""

BYTES_PER_MAXRSS = 1 if sys.platform == "darwin" else 1024


class ProcessFailedError(Exception):
    """A measured process ended with an error: the command and the end of what it said."""


@dataclass(frozen=True)
class Run:
    """One process from start to end: wall and CPU seconds, peak resident bytes, standard output and error as text."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str
    said: str


@dataclass(frozen=True)
class Comparison:
    """Our runs and the rival's, in pairs."""

    ours: list[Run]
    rival: list[Run]

    @property
    def ratios(self) -> list[float]:
        """Wall seconds of ours by the rival's, pair by pair."""
        return [our.seconds / other.seconds for our, other in zip(self.ours, self.rival, strict=True)]

    @property
    def cpu_ratios(self) -> list[float]:
        """CPU seconds, user and system, of ours by the rival's, pair by pair."""
        return [our.cpu_seconds / other.cpu_seconds for our, other in zip(self.ours, self.rival, strict=True)]


Side = Callable[[], Run]


def cold(*arguments: str, variables: Mapping[str, str] | None = None, python: str = sys.executable) -> Run:
    """Run a new process of `python` to its end. Raises ProcessFailedError unless it ends well.

    Peak memory is the kernel's figure for that child alone. It is never below the peak of the process that started it,
    which is why the runner imports no table library.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OWN_VARIABLES)}
    with TemporaryFile() as output, TemporaryFile() as errors:
        started = perf_counter()
        process = subprocess.Popen(
            [python, *arguments], cwd=ROOT, env={**inherited, **(variables or {})}, stdout=output, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise ProcessFailedError(f"{' '.join(arguments)}: {process.returncode}\n{_text(errors)[-2000:]}")
        peak = usage.ru_maxrss * BYTES_PER_MAXRSS
        return Run(seconds, usage.ru_utime + usage.ru_stime, peak, _text(output), _text(errors))


def side_by_side(ours: Side, rival: Side, pairs: int) -> Comparison:
    """Run both sides in turn, ours first, `pairs` times, after one uncounted run of each.

    The uncounted run compiles byte code and brings files into the page cache, as any earlier night would have done.
    """
    ours(), rival()
    measured = [(ours(), rival()) for _ in range(pairs)]
    return Comparison([our for our, _ in measured], [other for _, other in measured])


def middle_and_range(values: list[float], decimals: int = 2) -> str:
    """The median, and the smallest and largest value: `1.84 (1.79–1.93)`."""
    low, middle, high = (f"{value:.{decimals}f}" for value in (min(values), median(values), max(values)))
    return f"{middle} ({low}–{high})"


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode(errors="replace")
