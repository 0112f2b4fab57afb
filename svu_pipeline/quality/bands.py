"""What the rows on hold could do to each figure: how many could touch it, and between what it would lie if they were accepted.

Which rows those are is found from the facts' own SQL: a metric's datasets are those that its fact is built from, of the
sources that the metric needs. A held row is put through that same SQL, as far as it can be believed: what a reason for
holding it speaks of is left out. What a row of another source could say of who is who is not in the band.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from svu_pipeline.contracts.model import Contract, fields_of
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.facts.table import FactTable, fact_tables
from svu_pipeline.metrics.catalogue import COUNTED
from svu_pipeline.metrics.keys import record_key
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.warehouse import table_of_rows

if TYPE_CHECKING:
    import duckdb

NO_ONE = "person_record AS (SELECT NULL AS dataset, NULL AS record_key, NULL AS person_id, NULL::DATE AS date_of_birth WHERE false)"
"""Held rows are no one's: they have not been linked."""


@dataclass(frozen=True)
class Band:
    """What the held rows could do to a figure: how many could touch it; the figure's bounds as printed.

    `lowest` and `highest` are null where the figure is; `highest` also where no upper bound can be given.
    """

    held: int
    lowest: str | None
    highest: str | None


def bands(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Band]:
    """The band of every figure by window label and metric id, in a session in which the figures have been struck."""
    _gather(connection)
    connection.execute(resources.files("svu_pipeline.quality").joinpath("bands.sql").read_text("utf-8"))
    rows = connection.execute("SELECT window_label, metric_id, held, lowest, highest FROM band").fetchall()
    return {(label, metric): Band(held, lowest, highest) for label, metric, held, lowest, highest in rows}


def datasets_of(metric: Metric) -> frozenset[str]:
    """The datasets whose held rows could touch a metric: those its facts are built from, and what withdraws from them.

    A part stands or falls with its record; rates are made of their two metrics.
    """
    tables = {table for name in metric.fact.split() if name in fact_tables() for table in closure(name)}
    datasets = {dataset for table in tables for dataset in table.datasets}
    withdrawals = {CONTRACTS[name].withdrawn_by for name in datasets} - {None}
    return frozenset(
        str(name)
        for name in datasets | withdrawals
        if CONTRACTS[str(name)].source in metric.needs and not CONTRACTS[str(name)].part_of
    )


@cache
def closure(name: str) -> tuple[FactTable, ...]:
    """A fact table and all that it is built from, what comes first first."""
    wanted = {name}
    for table in reversed(fact_tables().values()):
        if table.name in wanted:
            wanted |= set(table.facts)
    return tuple(table for table in fact_tables().values() if table.name in wanted)


def _gather(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables band_terms, band_reach, held_record and held_reading."""
    counted = [metric for metric in COUNTED if not metric.is_rate]
    terms = [(metric.id, metric.is_related, _is_one_each(metric)) for metric in counted]
    table_of_rows(connection, "band_terms", {"metric_id": "TEXT", "is_related": "BOOL", "is_one_each": "BOOL"}, terms)
    reach = [(metric.id, name, name == metric.dataset) for metric in counted for name in sorted(datasets_of(metric))]
    table_of_rows(connection, "band_reach", {"metric_id": "TEXT", "dataset": "TEXT", "is_own": "BOOL"}, reach)
    connection.execute("CREATE OR REPLACE TABLE held_record (dataset TEXT, held_key TEXT)")
    connection.execute(
        "CREATE OR REPLACE TABLE held_reading "
        "(metric_id TEXT, dataset TEXT, held_key TEXT, happened_on DATE, quantity BIGINT)"
    )
    for dataset in _datasets_with_held_rows(connection):
        contract = CONTRACTS[dataset]
        _believe(connection, contract)
        key = f"coalesce({record_key(dataset)}, 'row ' || concat_ws(':', _batch, _file, _row))"
        connection.execute(f"INSERT INTO held_record SELECT DISTINCT '{dataset}', {key} FROM held_{dataset} s")  # noqa: S608
        _read(connection, contract, _tellers([metric for metric in counted if metric.dataset == dataset]))


def _tellers(metrics: list[Metric]) -> list[Metric]:
    """Of a dataset's metrics the first, which tells the day, and those of which a row's own quantity bounds the figure."""
    return metrics[:1] + [metric for metric in metrics[1:] if not metric.is_related and not _is_one_each(metric)]


def _is_one_each(metric: Metric) -> bool:
    """Whether one record is never more than one in the figure: of the others, one record can be any quantity."""
    grain = fact_tables()[metric.base_fact].grain
    return bool(metric.subject) or (metric.quantity == "1" and grain == (metric.record,))


def _datasets_with_held_rows(connection: duckdb.DuckDBPyConnection) -> list[str]:
    reached = sorted({name for metric in COUNTED for name in datasets_of(metric)})
    queries = [f"SELECT '{name}' FROM standing_{name} WHERE {_IS_OPEN} LIMIT 1" for name in reached]  # noqa: S608
    return [name for (name,) in connection.execute(" UNION ALL ".join(f"({query})" for query in queries)).fetchall()]


_IS_OPEN = "_status = 'held' AND NOT _is_cleared"


def _believe(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """The table `held_<dataset>`: its open held rows, without the values that the reasons speak of."""
    dataset = contract.dataset
    doubted = connection.execute(
        f"SELECT DISTINCT \"column\" FROM reason_{dataset} WHERE action = 'held'"  # noqa: S608
    ).fetchall()
    beside = {term.name: [term.name, *([term.day_name] if term.kind.is_local else [])] for term in fields_of(contract)}
    left_out = [
        f"CASE WHEN list_contains(doubted, '{name}') THEN NULL ELSE {column} END AS {column}"
        for (name,) in doubted
        for column in beside.get(name, [])
    ]
    replaced = f"* REPLACE ({', '.join(left_out)})" if left_out else "*"
    connection.execute(
        f"CREATE OR REPLACE TABLE held_{dataset} AS SELECT {replaced} FROM ("  # noqa: S608 - our own names
        f'SELECT s.*, list(r."column") AS doubted FROM (FROM standing_{dataset} WHERE {_IS_OPEN}) s '
        f"LEFT JOIN (FROM reason_{dataset} WHERE action = 'held') r USING (_batch, _file, _row) GROUP BY ALL)"
    )


def _read(connection: duckdb.DuckDBPyConnection, contract: Contract, metrics: list[Metric]) -> None:
    """Put the held rows of a dataset through the facts of its metrics: day and quantity of each, as far as they tell."""
    if not metrics:
        return
    names = {name for metric in metrics for name in metric.fact.split() if name in fact_tables()}
    within = {table.name for name in names for table in closure(name)}
    affected = [
        table
        for table in fact_tables().values()
        if table.name in within and any(contract.dataset in part.datasets for part in closure(table.name))
    ]
    stand_ins = ", ".join(
        [
            f"{contract.dataset} AS (SELECT * FROM held_{contract.dataset})",  # noqa: S608 - our own names
            NO_ONE,
            *(f"{table.name} AS (SELECT * FROM ({table.query}))" for table in affected),  # noqa: S608
        ]
    )
    readings = " UNION ALL ".join(
        f"SELECT '{metric.id}', '{contract.dataset}', CAST({metric.record} AS TEXT), {metric.on}, "  # noqa: S608
        f"CAST({metric.quantity} AS BIGINT) FROM {metric.fact}"
        for metric in metrics
    )
    connection.execute(f"INSERT INTO held_reading WITH {stand_ins} {readings}")
