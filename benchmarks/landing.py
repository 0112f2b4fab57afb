"""Landing and contracts of many custody rows against the bare chain in DuckDB, and whether memory grows with the rows."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import Comparison, Run, cold, side_by_side
from benchmarks.report import Line, peak, ratio_line

RIVAL = "the same rules in bare DuckDB"
SMALLER = 5
"""Memory is shown for a fifth of the rows as well."""

FLAT = 1.5
"""Peak memory for five times the rows may be this many times that for one: buffers fill, a source is not held."""


def landing(pairs: int, rows: int) -> list[Line]:
    """SQLite to judged Parquet by our landing and contracts; CSV to typed Parquet by DuckDB on as many cores.

    Raises ValueError unless both find the same rows held and the same count for each rule.
    """
    few, many = _compared(1, rows // SMALLER), _compared(pairs, rows)
    line = ratio_line(f"landing + contracts, {rows:,} custody rows", RIVAL, many, at_most=1.7)
    grown = peak_of(many.ours) / peak_of(few.ours)
    memory = Line(
        what=f"peak memory, {rows // SMALLER:,} → {rows:,} rows",
        ours=f"{peak(few.ours)} → {peak(many.ours)}",
        rival=f"{RIVAL}: {peak(few.rival)} → {peak(many.rival)}",
        ratio=f"{grown:.2f} (ours, more rows ÷ fewer)",
        bar=f"ratio ≤ {FLAT}",
        is_met=grown <= FLAT,
    )
    return [line, *(_stage(stage, many) for stage in ("landing", "contracts")), memory]


def peak_of(runs: list[Run]) -> int:
    """Largest peak of some runs in bytes."""
    return max(run.peak_bytes for run in runs)


def _compared(pairs: int, rows: int) -> Comparison:
    with TemporaryDirectory() as name:
        folder = Path(name)
        cold("-m", "benchmarks.processes.custody_rows", str(rows), name)
        compared = side_by_side(lambda: _ours(folder), lambda: _rival(folder), pairs)
    found = [json.loads(run.output)["found"] for run in (*compared.ours, *compared.rival)]
    if any(other != found[0] for other in found):
        raise ValueError(f"both sides must find the same: {found[0]} and {found[-1]}")
    return compared


def _ours(folder: Path) -> Run:
    with TemporaryDirectory(dir=folder) as home:
        return cold("-m", "benchmarks.processes.land_custody", str(folder), home)


def _rival(folder: Path) -> Run:
    with TemporaryDirectory(dir=folder) as made:
        return cold("-m", "benchmarks.processes.bare_chain", str(folder / "custody.csv"), made)


def _stage(stage: str, compared: Comparison) -> Line:
    """One stage of both, without start-up; no bar of its own."""
    ours, rival = ([_seconds(run, stage) for run in runs] for runs in (compared.ours, compared.rival))
    ratios = [our / other for our, other in zip(ours, rival, strict=True)]
    ratio = f"{median(ratios):.2f}"
    return Line(f"— of it {stage}", f"{median(ours):.2f} s", f"{RIVAL}: {median(rival):.2f} s", ratio)


def _seconds(run: Run, stage: str) -> float:
    stages: dict[str, Any] = json.loads(run.output)["stages"]
    return float(stages[stage])
