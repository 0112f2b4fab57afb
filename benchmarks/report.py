"""What a benchmark found, as one line of a Markdown table, and the machine it was found on."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

from benchmarks.measure import Comparison, Run, middle_and_range

LIBRARIES = ("dagster", "duckdb", "pyarrow", "pandera")
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Line:
    """One finding. `is_met` is None where no bar is set; numbers are text, as printed."""

    what: str
    ours: str
    rival: str
    ratio: str = ""
    cpu_ratio: str = ""
    bar: str = ""
    is_met: bool | None = None


def ratio_line(what: str, rival: str, compared: Comparison, *, at_most: float | None = None) -> Line:
    """A comparison whose bar, if it has one, is on the median ratio of wall seconds."""
    return Line(
        what=what,
        ours=seconds(compared.ours),
        rival=f"{rival}: {seconds(compared.rival)}",
        ratio=middle_and_range(compared.ratios),
        cpu_ratio=middle_and_range(compared.cpu_ratios),
        bar=f"ratio ≤ {at_most}" if at_most else "",
        is_met=median(compared.ratios) <= at_most if at_most else None,
    )


def seconds_line(what: str, rival: str, compared: Comparison, *, under: float) -> Line:
    """A comparison whose bar is on our own median seconds; the ratio tells how much of them is ours to save."""
    return Line(
        what=what,
        ours=seconds(compared.ours),
        rival=f"{rival}: {seconds(compared.rival)}",
        ratio=middle_and_range(compared.ratios),
        cpu_ratio=middle_and_range(compared.cpu_ratios),
        bar=f"< {under} s",
        is_met=median(run.seconds for run in compared.ours) < under,
    )


def seconds(runs: Sequence[Run]) -> str:
    """Median wall seconds of some runs."""
    return f"{median(run.seconds for run in runs):.2f} s"


def peak(runs: Sequence[Run]) -> str:
    """Largest peak resident memory of some runs, in megabytes (10⁶ bytes)."""
    return f"{max(run.peak_bytes for run in runs) / MEGABYTE:.0f} MB"


def machine() -> str:
    """The machine in one sentence: what a ratio may still depend on."""
    load = os.getloadavg()[0]
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{len(os.sched_getaffinity(0))} cores of {platform.machine()} used, {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}; load average {load:.1f} at the end of the run."
    )


def table(lines: Sequence[Line]) -> str:
    """The lines as a Markdown table."""
    rows = ["| what | ours | rival | wall ratio: median (range) | CPU ratio | bar | |", "|---|---|---|---|---|---|---|"]
    words = {True: "met", False: "**missed**", None: ""}
    for line in lines:
        cells = (line.what, line.ours, line.rival, line.ratio, line.cpu_ratio, line.bar, words[line.is_met])
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)
