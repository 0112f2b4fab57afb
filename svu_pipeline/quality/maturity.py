"""How soon figures are whole: the share of a metric's records that was known so many days after the event.

Measured on the unit's own records: events since the first delivery of their source, old enough that what has not come by now is
not expected. Where too few were seen, nothing is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import TYPE_CHECKING

from svu_pipeline.clock import FOLLOW_UP, Window
from svu_pipeline.metrics.catalogue import COUNTED, ENTRIES
from svu_pipeline.metrics.keys import record_key
from svu_pipeline.metrics.metric import Kind, Metric
from svu_pipeline.metrics.rounding import printed
from svu_pipeline.warehouse import table_of_rows

if TYPE_CHECKING:
    import duckdb

DAYS = (30, 60, 90, 180)
"""After how many days the share that is known is measured."""

SETTLED = timedelta(days=DAYS[-1])
"""From this age on an event's record is taken as final."""

FEWEST = 50
"""Fewer settled events than this say nothing of the next ones."""


@dataclass(frozen=True)
class Maturity:
    """The curve of a metric: of `events` settled events, how many were known within each of DAYS of the event."""

    events: int
    known: tuple[int, ...]

    @property
    def shares(self) -> tuple[str, ...]:
        """The share known within each of DAYS, in per cent with one decimal."""
        return tuple(printed(100 * known, self.events, 1) for known in self.known)

    @property
    def settles_after(self) -> timedelta:
        """After how long 99 in 100 are known; the longest measured where never."""
        reached = (days for days, known in zip(DAYS, self.known, strict=True) if 100 * known >= 99 * self.events)
        return timedelta(days=next(reached, DAYS[-1]))


def maturities(connection: duckdb.DuckDBPyConnection, known_on: date) -> dict[str, Maturity]:
    """The curve of each counted metric as known on a day; a metric of which too few settled events were seen has none.

    Reads `contribution` and the standing tables of a session.
    """
    datasets = {metric.dataset for metric in COUNTED if metric.dataset}
    queries = [_first_known(dataset) for dataset in sorted(datasets)]
    connection.execute(f"CREATE OR REPLACE TABLE first_known AS {' UNION ALL '.join(queries)}")
    return measure(connection, known_on)


def measure(connection: duckdb.DuckDBPyConnection, known_on: date) -> dict[str, Maturity]:
    """The curves from `contribution` and `first_known`: when each record was first accepted, by the name of its batch."""
    table_of_rows(connection, "settled_by", {"day": "DATE"}, [(known_on - SETTLED,)])
    connection.execute(_sql("maturity.sql"))
    within = ", ".join(f"count(*) FILTER (lag <= {days})" for days in DAYS)
    rows = connection.execute(
        f"SELECT metric_id, count(*), {within} FROM settled_event GROUP BY 1 HAVING count(*) >= {FEWEST}"  # noqa: S608
    ).fetchall()
    return {metric: Maturity(events, tuple(known)) for metric, events, *known in rows}


def of_metric(metric: Metric, found: dict[str, Maturity]) -> Maturity | None:
    """The curve of a metric; that of its slower part for a rate, None where too little was seen of either."""
    if not metric.is_rate:
        return found.get(metric.id)
    parts = [of_metric(ENTRIES[part], found) for part in (metric.numerator, metric.denominator)]
    known = [part for part in parts if part is not None]
    return max(known, key=lambda part: part.settles_after) if len(known) == len(parts) else None


def closes_on(metric: Metric, window: Window, maturity: Maturity | None) -> date | None:
    """The day from which a figure of a window is final; None where nothing is known of how late its records come.

    Of a cohort measure it is never before the follow-up of 91 days is over (counting.md, Window).
    """
    waits = [maturity.settles_after] if maturity else []
    if metric.kind is Kind.COHORT:
        waits.append(FOLLOW_UP)
    return window.end + max(waits) if waits else None


def _first_known(dataset: str) -> str:
    """When each record of a dataset was first accepted, by the name of its batch."""
    return (
        f"SELECT '{dataset}' AS record_dataset, {record_key(dataset)} AS record_key, min(_batch) AS batch, "  # noqa: S608
        f"(SELECT min(_batch) FROM standing_{dataset}) AS first_batch "
        f"FROM standing_{dataset} s WHERE _status IN ('current', 'superseded') GROUP BY ALL"
    )


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.quality").joinpath(name).read_text("utf-8")
