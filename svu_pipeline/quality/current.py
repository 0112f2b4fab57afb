"""As known when each figure can be struck: now, or when all the sources it needs were last up to date.

A figure is never struck from a mix: where one of its sources is refused, held whole or silent, the figure keeps the value
that it had before, and all others move on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from svu_pipeline.clock import Window
from svu_pipeline.metrics.catalogue import COUNTED
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.quality.history import last_sound_night
from svu_pipeline.quality.linking_band import strike_linking_band
from svu_pipeline.quality.states import MOMENT, SourceState
from svu_pipeline.settings import Settings
from svu_pipeline.strike import NothingLanded, struck
from svu_pipeline.warehouse import Home

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def broken_for(metric: Metric, states: Iterable[SourceState]) -> list[SourceState]:
    """The sources that a metric needs and that are refused, held whole or silent."""
    return [state for state in states if state.is_broken and state.source in metric.needs]


def standing_instants(settings: Settings, states: Sequence[SourceState]) -> dict[datetime, list[str]]:
    """The metrics that stand as of an earlier instant, by that instant; empty where no source is broken."""
    found: dict[datetime, list[str]] = {}
    for metric in COUNTED:
        if at := stands_at(Home(settings.home), metric, states):
            found.setdefault(at, []).append(metric.id)
    return found


def restate(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    windows: Sequence[Window],
    instants: dict[datetime, list[str]],
    tables: Sequence[str] = ("value",),
) -> None:
    """In a session's tables (`value`, `linking_band`), put in place of the rows of metrics those of the instants they stand at."""
    for at, metrics in instants.items():
        for table in tables:
            connection.execute(f"DELETE FROM {table} WHERE list_contains($metrics, metric_id)", {"metrics": metrics})  # noqa: S608
        for table, rows in _rows_then(settings, windows, at, metrics, tables).items():
            connection.register("rows_then", rows)
            connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM rows_then")  # noqa: S608 - one of two names
            connection.unregister("rows_then")


def _rows_then(
    settings: Settings, windows: Sequence[Window], at: datetime, metrics: Collection[str], tables: Sequence[str]
) -> dict[str, pa.Table]:
    try:
        with struck(settings, windows, at) as state:
            if "linking_band" in tables:
                strike_linking_band(state.connection)
            return {
                table: state.connection.execute(
                    f"SELECT * FROM {table} WHERE list_contains($metrics, metric_id)",  # noqa: S608 - one of two names
                    {"metrics": list(metrics)},
                ).to_arrow_table()
                for table in tables
            }
    except NothingLanded:
        return {}


def stands_at(home: Home, metric: Metric, states: Sequence[SourceState]) -> datetime | None:
    """The instant as of which a metric's figures stand where a source of it is broken; None where none is.

    It is that of the last night on record before the first of its sources broke in which all were up to date: the night
    of the break may have brought some of them. Where no such night is on record, the moment before the break. With a
    source that never delivered there is no figure at any instant: None.
    """
    broken = broken_for(metric, states)
    breaks = [state.since for state in broken if state.since and state.delivered_at]
    if not breaks or len(breaks) < len(broken):
        return None
    first = min(breaks)
    return last_sound_night(home, metric.needs, first) or first - MOMENT
