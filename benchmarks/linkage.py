"""Linking the records of many people: how long, how much memory, and how much of it a night of few new records takes."""

from __future__ import annotations

import json
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import Run, cold
from benchmarks.report import Line, peak

MEMORY = "6GB"
"""Limit of the session; what Python and the libraries take comes on top."""

BYTES = 8_000_000_000
SECONDS = {100_000: 60.0}
"""Bars on the whole linking, by records; beyond, the memory alone."""

PAIRS_A_RECORD = 10


def linkage(records: int) -> list[Line]:
    """Blocking, comparing, weighing and clustering of so many records in a cold process, then of one in a thousand more."""
    with TemporaryDirectory() as folder:
        run = cold("-m", "benchmarks.processes.link_people", str(records), MEMORY, folder)
    return lines_of(records, run)


def lines_of(records: int, run: Run) -> list[Line]:
    found: dict[str, Any] = json.loads(run.output)
    seconds, agreed = found["seconds"], found["found"]
    whole = sum(spent for stage, spent in seconds.items() if not stage.endswith("a night"))
    night = sum(spent for stage, spent in seconds.items() if stage.endswith("a night"))
    bar = SECONDS.get(records)
    stages = ", ".join(f"{stage} {spent:.1f} s" for stage, spent in seconds.items())
    a_record = agreed["pairs"] / records
    return [
        Line(f"linking {records:,} records", f"{whole:.1f} s", stages, bar=f"≤ {bar:.0f} s" if bar else "",
             is_met=whole <= bar if bar else None),
        Line("— peak memory", peak([run]), f"session limited to {MEMORY}", bar="≤ 8 GB", is_met=run.peak_bytes <= BYTES),
        Line("— candidate pairs a record", f"{a_record:.2f}", "", bar=f"≤ {PAIRS_A_RECORD}", is_met=a_record <= PAIRS_A_RECORD),
        Line("— a night with 0.1 % new", f"{night:.1f} s", f"of it comparing {seconds['compare, a night']:.1f} s",
             ratio=f"{night / whole:.2f} of the whole"),
        Line("— pairs of one person, by the truth", f"precision {agreed['precision']:.4f}", f"recall {agreed['recall']:.4f}"),
    ]  # fmt: skip
