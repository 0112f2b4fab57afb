"""From facts to figures: contributions of every metric, and their values in any windows.

`contribution` is one table for all metrics: (metric, record, subject, day, quantity, dimensions). Values, breakdowns and
drill-down are queries on it (architecture, decision 8).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from importlib import resources
from typing import TYPE_CHECKING

from svu_pipeline.clock import Window
from svu_pipeline.metrics.catalogue import COUNTED, DIMENSIONS, ENTRIES
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.warehouse import table_of_rows

if TYPE_CHECKING:
    import duckdb

TERMS = {
    "metric_id": "TEXT", "is_distinct": "BOOL", "divisor": "BIGINT", "decimals": "INT", "first_of": "TEXT",
    "age_from": "INT", "age_to": "INT", "numerator_id": "TEXT", "denominator_id": "TEXT", "is_supplied": "BOOL",
}  # fmt: skip


def contribute(connection: duckdb.DuckDBPyConnection, metrics: Sequence[Metric] | None = None) -> None:
    """Build the table `contribution` of some metrics (all by default) from the facts in a session.

    Columns: metric_id, record_dataset, record_key, subject (what is counted when it is counted once), happened_on,
    happened_at, quantity (whole, in the fact's unit; null where not recorded), is_estimate, age_years, and each dimension.
    """
    connection.execute(_sql("macros.sql"))
    queries = [contributions_of(metric) for metric in metrics or COUNTED if not metric.is_rate]
    connection.execute(f"CREATE OR REPLACE TABLE contribution AS {' UNION ALL '.join(queries)} ORDER BY ALL")


def strike(
    connection: duckdb.DuckDBPyConnection,
    windows: Sequence[Window],
    supplied: Collection[str],
    metrics: Sequence[Metric] | None = None,
) -> None:
    """Build the tables `value` and `counted` of metrics (all by default) for windows, in a session that has their `contribution`.

    `supplied` are the sources that have ever delivered: a metric that needs another has no value (null), which is not zero.
    `value` has window_label, metric_id, dimension and code ('' for the whole), numerator and denominator (exact whole
    numbers), printed (the figure as text), is_estimate, is_at_least, contributions.
    """
    connection.execute(_sql("macros.sql"))
    columns = {"label": "TEXT", "start_on": "DATE", "end_on": "DATE"}
    table_of_rows(connection, "review_window", columns, [(w.label, w.start, w.end) for w in windows])
    _terms(connection, supplied, metrics or COUNTED)
    connection.execute(_sql("values.sql"))


def breakdowns_of(metric: Metric) -> list[str]:
    """The dimensions by which a metric is broken down, the month first."""
    if metric.is_rate:
        parts = set(breakdowns_of(ENTRIES[metric.numerator]))
        return [name for name in breakdowns_of(ENTRIES[metric.denominator]) if name in parts]
    return ["month", *metric.breakdowns]


def _terms(connection: duckdb.DuckDBPyConnection, supplied: Collection[str], metrics: Sequence[Metric]) -> None:
    """The catalogue as two small tables: how each metric is counted, and what it is broken down by."""
    rows = [
        (
            metric.id,
            bool(metric.subject),
            metric.scale.divisor,
            metric.scale.decimals,
            metric.first_of or None,
            *(metric.first_age or (None, None)),
            metric.numerator or None,
            metric.denominator or None,
            all(source in supplied for source in metric.needs),
        )
        for metric in metrics
    ]
    table_of_rows(connection, "metric_terms", TERMS, rows)
    pairs = [(metric.id, name) for metric in metrics if not metric.is_rate for name in breakdowns_of(metric)]
    table_of_rows(connection, "metric_breakdown", {"metric_id": "TEXT", "dimension": "TEXT"}, pairs)


def contributions_of(metric: Metric) -> str:
    """The SELECT of one metric's contributions, made of the catalogue's constants alone.

    A person's dimensions come from another metric's contribution where `first_of` names one: then they are not repeated.
    """
    own = metric.breakdowns if metric.first_of in ("", metric.id) else {}
    dimensions = ", ".join(f"CAST({own.get(name, 'NULL')} AS TEXT) AS {name}" for name in DIMENSIONS)
    return f"""
    SELECT '{metric.id}' AS metric_id, '{metric.dataset}' AS record_dataset, CAST({metric.record} AS TEXT) AS record_key,
           CAST({metric.subject or metric.record} AS TEXT) AS subject, {metric.on} AS happened_on,
           CAST({metric.at} AS TIMESTAMP) AS happened_at, CAST({metric.quantity} AS BIGINT) AS quantity,
           {metric.is_estimate} AS is_estimate, CAST({metric.age} AS INTEGER) AS age_years, {dimensions}
    FROM {metric.fact} WHERE {metric.where}"""  # noqa: S608 - constants of the catalogue


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.metrics").joinpath(name).read_text("utf-8")
