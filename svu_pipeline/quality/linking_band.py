"""What linking does to each figure: its band as the threshold goes from .80 to .99, and what the last linking moved.

Which figures hang on who is who is found from the facts' own SQL: those whose facts read `person_record`. A reading of who
is who is put through that same SQL in place of the headline's. Where it parts the records as the headline does, there is
nothing to compute: the figures are the headline's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import TYPE_CHECKING

from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.facts.table import FactTable, fact_tables
from svu_pipeline.metrics.catalogue import COUNTED, ENTRIES
from svu_pipeline.metrics.keys import record_key
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.values import contributions_of
from svu_pipeline.people import ledger
from svu_pipeline.people.decisions import turns
from svu_pipeline.people.linking import HEADLINE as HEADLINE_PER_CENT
from svu_pipeline.people.linking import THRESHOLDS as PER_CENTS
from svu_pipeline.quality.bands import closure
from svu_pipeline.quality.tolerance import ANY_FAILS, Judgement, Tolerance
from svu_pipeline.warehouse import Home, table_of_rows

if TYPE_CHECKING:
    import duckdb

HEADLINE = "person_id"
"""The column of `person_record` that the figures are struck from: who is who at the threshold .95."""

LABELS = tuple(f"at_{per_cent}" for per_cent in PER_CENTS if per_cent != HEADLINE_PER_CENT)
"""The columns of `person_record` that say who would be who at another threshold."""

BEFORE = "before"
"""The column that says who a record was about before the last linking; of a new or changed one, who it is about now."""

THRESHOLDS = tuple(f"0.{per_cent}" for per_cent in PER_CENTS)
HEADLINE_THRESHOLD = f"0.{HEADLINE_PER_CENT}"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHECK = "linking_band_within_printed_precision"


@dataclass(frozen=True)
class LinkingBand:
    """A figure as printed, at its least and greatest and at each threshold; all null where the figure is.

    `moved` is by how much the last linking alone changed it: what it is now less what it would be if the records that are as
    they were had stayed with whom they were then.
    """

    lowest: str | None
    highest: str | None
    readings: dict[str, str | None]
    moved: str | None

    @property
    def is_one_value(self) -> bool:
        return self.lowest == self.highest


def hangs_on_linking(metric: Metric) -> bool:
    """Whether a metric's facts read who is who; a rate's two metrics."""
    if metric.is_rate:
        return any(hangs_on_linking(ENTRIES[part]) for part in (metric.numerator, metric.denominator))
    return any("person_record" in table.query for table in _built_from(metric))


def strike_linking_band(connection: duckdb.DuckDBPyConnection) -> None:
    """Build the table `linking_band` of every window in a session in which the figures have been struck.

    Reads `person_record` and the current rows beside the facts. Columns: window_label, metric_id, lowest, highest, at_80,
    at_90, at_95 (the headline), at_99 and moved, all as printed; null where there is no figure.
    """
    read_as = _read_as(connection)
    table_of_rows(connection, "linking_reading", {"reading": "TEXT", "read_as": "TEXT"}, read_as.items())
    strike_readings(connection, [reading for reading, same in read_as.items() if same == reading])
    connection.execute(_sql("linking_band.sql"))


def strike_readings(connection: duckdb.DuckDBPyConnection, readings: Sequence[str]) -> None:
    """Build the table `linking_figure` (reading, window_label, metric_id, digits): the whole figures of each reading.

    A reading is a column of `person_record`, whose labels are taken for people. `digits` is the figure as printed, a whole
    number of its last printed place.
    """
    metrics = [(metric.id,) for metric in COUNTED if hangs_on_linking(metric)]
    table_of_rows(connection, "linking_metric", {"metric_id": "TEXT"}, metrics)
    connection.execute(
        "CREATE OR REPLACE TABLE linking_figure (reading TEXT, window_label TEXT, metric_id TEXT, digits HUGEINT)"
    )
    if readings:
        _gather_births(connection)
    for reading in readings:
        _contribute(connection, reading)
        connection.execute(_sql("linking_reading.sql"), {"reading": reading})


def linking_bands(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], LinkingBand]:
    """The band of every figure that hangs on linking, by window label and metric id.

    As kept, where the session views `kept_linking_band` and that has all its windows; else struck here, from `person_record`
    or, in a session over kept tables, `kept_person`.
    """
    is_kept = _is_kept(connection)
    if not is_kept:
        if not _has(connection, "person_record"):
            connection.execute("CREATE VIEW person_record AS FROM kept_person")
        strike_linking_band(connection)
    rows = connection.execute(
        "SELECT window_label, metric_id, lowest, highest, moved, at_80, at_90, at_95, at_99 "  # noqa: S608 - one of two names
        f"FROM {'kept_linking_band' if is_kept else 'linking_band'}"
    ).fetchall()
    return {
        (label, metric): LinkingBand(lowest, highest, dict(zip(THRESHOLDS, readings, strict=True)), moved)
        for label, metric, lowest, highest, moved, *readings in rows
    }


def linking_counts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many of the figures in a session's `linking_band` move with the threshold, and how many linking alone moved."""
    (counts,) = connection.execute(
        "SELECT count(*) FILTER (lowest <> highest), count(*) FILTER (CAST(moved AS DECIMAL(38, 3)) <> 0) FROM linking_band"
    ).fetchall()
    return dict(zip(("move with the threshold", "moved by linking"), counts, strict=True))


def linking_events(connection: duckdb.DuckDBPyConnection, home: Home, at: datetime) -> list[dict[str, str | int]]:
    """How many people were merged and split at an instant of linking, and because of what: counts only."""
    if not _has(connection, "person_event"):
        ledger.events(connection, home, at, turns(home, at))
    rows = connection.execute(
        "SELECT kind, because, count(*) FROM person_event WHERE epoch_us(known_at) = $at GROUP BY ALL ORDER BY ALL",
        {"at": (at - EPOCH) // timedelta(microseconds=1)},
    ).fetchall()
    return [{"kind": kind, "because": because, "count": count} for kind, because, count in rows]


def judge_band(figure: str, band: LinkingBand, tolerance: Tolerance | None = None) -> Judgement:
    """Whether a figure can be said as printed, whatever the threshold: whether its band is within its printed precision.

    Its precision is its last printed place. What is measured is how many of those lie between the figure and the farther
    end of the band; by default one is too many.
    """
    ends = [_digits(end) for end in (band.lowest, band.highest) if end is not None]
    stated = _digits(figure)
    return (tolerance or ANY_FAILS).judge(max((abs(end - stated) for end in ends), default=0), stated, 0)


def _digits(printed: str) -> int:
    """A printed figure as a whole number of its last printed place."""
    return int(printed.replace(".", ""))


def _built_from(metric: Metric) -> tuple[FactTable, ...]:
    """The fact tables that a metric is counted from, and all that they are built from."""
    within = {table.name for name in metric.fact.split() if name in fact_tables() for table in closure(name)}
    return tuple(table for table in fact_tables().values() if table.name in within)


def _read_as(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """By reading the one whose figures it has: the headline's, or the first reading's, that parts the records as it does."""
    connection.execute(
        "CREATE OR REPLACE TABLE linking_label AS SELECT DISTINCT person_id, at_80, at_90, at_99, before FROM person_record"
    )
    readings = (*LABELS, BEFORE)
    found = dict.fromkeys(_alike(connection, HEADLINE, readings), HEADLINE)
    for place, reading in enumerate(readings):
        if reading not in found:
            others = [name for name in readings[place + 1 :] if name not in found]
            found |= dict.fromkeys((reading, *_alike(connection, reading, others)), reading)
    return found


def _alike(connection: duckdb.DuckDBPyConnection, one: str, others: Sequence[str]) -> list[str]:
    """Those columns of labels that part the records as one does: each label of the one goes with one label of the other."""
    if not others:
        return []
    counts = ", ".join(f"count(DISTINCT {other}), count(DISTINCT ({one}, {other}))" for other in others)
    (labels, *pairs) = connection.execute(f"SELECT count(DISTINCT {one}), {counts} FROM linking_label").fetchall()[0]  # noqa: S608 - our own names
    return [other for place, other in enumerate(others) if {*pairs[2 * place : 2 * place + 2]} == {labels}]


def _gather_births(connection: duckdb.DuckDBPyConnection) -> None:
    """The table `linking_birth`: the date of birth that each record itself gives."""
    found = connection.execute("SELECT DISTINCT dataset FROM person_record ORDER BY 1").fetchall()
    queries = [
        f"SELECT '{dataset}' AS dataset, {record_key(dataset)} AS record_key, s.date_of_birth FROM {dataset} s "  # noqa: S608 - our own names
        "WHERE s.date_of_birth IS NOT NULL"
        for (dataset,) in found
        if dataset in CONTRACTS
    ]
    connection.execute(f"CREATE OR REPLACE TABLE linking_birth AS {' UNION ALL '.join(queries)}")


def _contribute(connection: duckdb.DuckDBPyConnection, reading: str) -> None:
    """The table `linking_contribution`: what the metrics would be made of if a reading were who is who."""
    connection.execute(
        f"""CREATE OR REPLACE TABLE linking_person AS
        WITH born AS (
            SELECT {reading} AS label, b.date_of_birth
            FROM person_record JOIN linking_birth b USING (dataset, record_key) GROUP BY {reading}, b.date_of_birth
            QUALIFY row_number() OVER (PARTITION BY {reading} ORDER BY count(*) DESC, b.date_of_birth) = 1)
        SELECT p.dataset, p.record_key, p.{reading} AS person_id, born.date_of_birth
        FROM person_record p LEFT JOIN born ON born.label = p.{reading}"""  # noqa: S608 - our own names
    )
    counted = [metric for metric in COUNTED if hangs_on_linking(metric) and not metric.is_rate]
    stand_ins = ["person_record AS (FROM linking_person)"]
    stand_ins += [f"{table.name} AS MATERIALIZED ({table.query})" for table in _rebuilt(counted)]
    columns = "metric_id, record_key, subject, happened_on, happened_at, quantity, age_years"
    readings = " UNION ALL ".join(contributions_of(metric) for metric in counted)
    connection.execute(
        f"CREATE OR REPLACE TABLE linking_contribution AS WITH {', '.join(stand_ins)} SELECT {columns} FROM ({readings})"  # noqa: S608
    )


def _rebuilt(metrics: Iterable[Metric]) -> list[FactTable]:
    """The facts that metrics are counted from and that hang on linking; all others stand as they are."""
    within = {table.name for metric in metrics for table in _built_from(metric)}
    return [
        table
        for table in fact_tables().values()
        if table.name in within and any("person_record" in part.query for part in closure(table.name))
    ]


def _is_kept(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the bands of all of a session's windows have been kept: none is of a window that ends after all events.

    A window that ends before all events has no figure that could move.
    """
    if not _has(connection, "kept_linking_band"):
        return False
    query = (
        "SELECT count(*) FROM review_window w ANTI JOIN kept_linking_band k ON k.window_label = w.label "
        "WHERE w.end_on > (SELECT min(happened_on) FROM contribution)"
    )
    return not connection.execute(query).fetchall()[0][0]


def _has(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a session has a table or view of a name."""
    query = "SELECT count(*) FROM information_schema.tables WHERE table_name = $name"
    return bool(connection.execute(query, {"name": name}).fetchall()[0][0])


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.quality").joinpath(name).read_text("utf-8")
