"""Many custody rows from a PostgreSQL: landed and judged, against the bare chain and against dlt and pandas; then a night
that brings one row in a thousand, and whether memory grows with the rows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import IO, cast

from benchmarks.landing import FLAT, SMALLER, peak_of
from benchmarks.measure import ROOT, Comparison, ProcessFailedError, Run, cold, middle_and_range, side_by_side
from benchmarks.report import Line, peak, ratio_line

RIVAL = "bare: ADBC → text Parquet → typed Parquet"
RIVALS = {"rival_pandas": ("pandas + pandera script", 10), "rival_dlt": ("dlt, merge into DuckDB", 20)}
"""By module: its name, and of how many rows it loads one (their rows a second are compared, not their seconds)."""

CHANGED_SHARE = 1_000
"""One row in so many changes before the second night."""


@dataclass
class Source:
    """A running `postgres_source`: `place` is the JSON it said."""

    place: str
    asked: IO[str]
    answers: IO[str]

    def change(self, rows: int) -> None:
        """Change some rows, and wait until that is committed."""
        self.asked.write(f"{rows}\n")
        self.asked.flush()
        self.answers.readline()


def postgres_load(pairs: int, rows: int) -> list[Line]:
    """First load, second night and memory of ours; the bare chain; dlt and pandas where they could be installed."""
    with serving(rows // SMALLER) as source:
        few = _compared(source, 1)
    with serving(rows) as source, TemporaryDirectory() as home:
        many = _compared(source, pairs)
        first = _ours(source, home)
        nights = [_second_night(source, home, rows // CHANGED_SHARE) for _ in range(pairs)]
    return [
        ratio_line(f"first load from PostgreSQL, {rows:,} custody rows", RIVAL, many, at_most=1.7),
        _second(rows, first, nights),
        _memory(rows, few, many),
        *_rivals(rows, many.ours),
    ]


@contextmanager
def serving(rows: int) -> Iterator[Source]:
    """A PostgreSQL with so many custody rows, in a process of its own."""
    with TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.processes.postgres_source", str(rows), f"{folder}/server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        asked, answers = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        try:
            place = answers.readline().strip()
            if not place:
                raise ProcessFailedError("the PostgreSQL of the benchmark did not start")
            yield Source(place, asked, answers)
        finally:
            asked.close()
            process.wait()


def _compared(source: Source, pairs: int) -> Comparison:
    return side_by_side(_fresh(source, _ours), _fresh(source, _bare), pairs)


def _fresh(source: Source, side: Callable[[Source, str], Run]) -> Callable[[], Run]:
    def run() -> Run:
        with TemporaryDirectory() as folder:
            return side(source, folder)

    return run


def _ours(source: Source, home: str) -> Run:
    return cold("-m", "benchmarks.processes.land_postgres", source.place, home)


def _bare(source: Source, folder: str) -> Run:
    return cold("-m", "benchmarks.processes.bare_postgres", source.place, folder)


def _second_night(source: Source, home: str, rows: int) -> Run:
    """Raises ValueError when the night did not land what was changed."""
    source.change(rows)
    night = _ours(source, home)
    if json.loads(night.output)["found"]["rows"] < rows:
        raise ValueError(f"the night landed fewer than the {rows} rows that were changed")
    return night


def _second(rows: int, first: Run, nights: list[Run]) -> Line:
    """The bar is on landing and judging; what any night needs to start is in the CPU ratio, which is of whole processes."""
    ratios = [_work(night) / _work(first) for night in nights]
    return Line(
        what=f"landing + contracts of a night that brings {rows // CHANGED_SHARE:,} changed rows onto {rows:,}",
        ours=f"{median(_work(night) for night in nights):.2f} s",
        rival=f"our first load: {_work(first):.2f} s",
        ratio=middle_and_range(ratios),
        cpu_ratio=middle_and_range([night.cpu_seconds / first.cpu_seconds for night in nights]),
        bar="ratio < 0.1",
        is_met=median(ratios) < 0.1,
    )


def _work(run: Run) -> float:
    """Seconds of the stages, without the interpreter's start."""
    return float(sum(json.loads(run.output)["stages"].values()))


def _memory(rows: int, few: Comparison, many: Comparison) -> Line:
    grown = peak_of(many.ours) / peak_of(few.ours)
    return Line(
        what=f"peak memory from PostgreSQL, {rows // SMALLER:,} → {rows:,} rows",
        ours=f"{peak(few.ours)} → {peak(many.ours)}",
        rival=f"{RIVAL}: {peak(few.rival)} → {peak(many.rival)}",
        ratio=f"{grown:.2f} (ours, more rows ÷ fewer)",
        bar=f"ratio ≤ {FLAT}",
        is_met=grown <= FLAT,
    )


def _rivals(rows: int, ours: list[Run]) -> list[Line]:
    """Rows a second of each rival, on fewer rows, beside ours: both whole processes."""
    rate = rows / median(run.seconds for run in ours)
    lines = []
    with TemporaryDirectory() as name:
        try:
            python = _environment(Path(name))
        except subprocess.CalledProcessError:
            return [Line("dlt, and pandas + pandera", "", "could not be installed here: not compared")]
        for module, (title, share) in RIVALS.items():
            with serving(rows // share) as source, TemporaryDirectory() as folder:
                run = cold(f"benchmarks/processes/{module}.py", source.place, folder, python=python)
            theirs = rows / share / run.seconds
            lines.append(
                Line(
                    what=f"rows a second, {title}",
                    ours=f"{rate:,.0f}",
                    rival=f"{title}, {rows // share:,} rows in {run.seconds:.1f} s, {peak([run])}: {theirs:,.0f}",
                    ratio=f"{rate / theirs:.1f} times as many",
                )
            )
    return lines


def _environment(folder: Path) -> str:
    """The interpreter of a throw-away virtual environment with the rivals in it. Raises CalledProcessError."""
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement")
    subprocess.run([str(python), *install, str(ROOT / "benchmarks" / "rivals.txt")], check=True, capture_output=True)
    return str(python)
