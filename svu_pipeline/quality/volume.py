"""Whether a delivery brings about as many rows as such deliveries do (faults.md, F43, F44, B34)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from svu_pipeline.clock import LONDON
from svu_pipeline.landing.batch import Manifest
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.sources.registry import SYSTEM_OF
from svu_pipeline.sources.system import Delivery

HISTORY = timedelta(days=28)
LEAST_SAME_DAY, LEAST_ANY_DAY = 4, 7
"""With fewer earlier deliveries of the same weekday than four, all are compared with, if they are seven at least.

That a delivery is ten times too large is said from four deliveries on, of whatever day.
"""

DEVIATIONS = 6
"""How many median absolute deviations from the median are usual: about four standard deviations of a normal spread."""

LEAST_SPREAD = 0.05
"""The deviation is taken as at least this share of the median: a steady source may grow a little."""

LEAST_DIFFERENCE = 20
"""Fewer rows than these more or less are never odd: of a source of three rows a night, nine are three times as many."""

FAR_TOO_MANY = 10
"""More than this many times the median of 28 days is an error (B34), and no sender's busy day."""

ZERO_ROWS, UNUSUAL, IMPLAUSIBLE = "zero_rows", "unusual_volume", "implausible_volume"


@dataclass(frozen=True)
class Volume:
    """The rows of the last delivery of a dataset beside what is usual; `problem` is '' where nothing is odd."""

    rows: int
    usual: int | None
    problem: str

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.problem == IMPLAUSIBLE else Severity.WARN


def volume_of(dataset: str, batches: Sequence[Manifest]) -> Volume:
    """The volume of a dataset's last delivery, of the batches known, oldest first."""
    deliveries = [
        (manifest.landed_at, manifest.tables[dataset].rows)
        for manifest in batches
        if any(dataset in drop.datasets for drop in manifest.drops)
    ]
    if not deliveries:
        return Volume(0, None, "")
    *earlier, (at, rows) = deliveries
    recent = [(landed_at, count) for landed_at, count in earlier if at - landed_at <= HISTORY]
    usual = int(median(count for _, count in recent)) if recent else None
    if not rows and SYSTEM_OF[dataset].delivery is not Delivery.INCREMENTAL and earlier and earlier[-1][1]:
        # Of an incremental source a delivery without rows is a heartbeat; a whole register does not empty overnight.
        return Volume(rows, usual, ZERO_ROWS)
    return Volume(rows, usual, _problem(rows, at, recent))


def _problem(rows: int, at: datetime, recent: list[tuple[datetime, int]]) -> str:
    every = [count for _, count in recent]
    if len(every) < LEAST_SAME_DAY:
        return ""
    if rows > max(FAR_TOO_MANY * median(every), LEAST_DIFFERENCE + median(every)):
        return IMPLAUSIBLE
    weekday = at.astimezone(LONDON).weekday()
    same_day = [count for landed_at, count in recent if landed_at.astimezone(LONDON).weekday() == weekday]
    if len(same_day) >= LEAST_SAME_DAY:
        return UNUSUAL if _is_far(rows, same_day) else ""
    return UNUSUAL if len(every) >= LEAST_ANY_DAY and _is_far(rows, every) else ""


def _is_far(rows: int, compared: list[int]) -> bool:
    middle = median(compared)
    spread = max(median(abs(count - middle) for count in compared), LEAST_SPREAD * middle)
    return abs(rows - middle) > max(DEVIATIONS * spread, LEAST_DIFFERENCE)
