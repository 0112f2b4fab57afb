"""One side of a comparison: the facts and the figures of an instant, a release, or another home as it was last kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline.change.points import Point, PointError, point
from svu_pipeline.clock import Window
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.kept import marker_of
from svu_pipeline.landing.batch import known_at
from svu_pipeline.quality.current import restate, standing_instants
from svu_pipeline.quality.states import source_states
from svu_pipeline.settings import Settings
from svu_pipeline.strike import struck
from svu_pipeline.warehouse import Home, parquet_view, session, table_of_rows

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True)
class Side:
    """The facts and `value` of one side as Arrow tables, by name. `at` is its instant where the home compared is its own.

    Restricted: facts have the keys of records. `key_id` tells under which key the ids of people are.
    """

    name: str
    tables: dict[str, pa.Table]
    at: datetime | None
    key_id: str = ""


def side(settings: Settings, text: str, windows: Sequence[Window]) -> Side:
    """A side by its name: a data folder (as it was last kept), else what names a point. Raises PointError, NothingLanded."""
    folder = Path(text)
    if (folder / "facts").is_dir():
        return _of_home(text, Home(folder.absolute()), windows)
    return _of_point(settings, point(settings, text), windows)


def _of_home(name: str, home: Home, windows: Sequence[Window]) -> Side:
    """What the nights of a home kept, by its own code."""
    kept = marker_of(home.facts, "facts")
    if not kept or known_at(home) is None:
        raise PointError(f"{name}: a data folder on which no night has been run. Run `svu nightly` on it.")
    with session(home.root) as connection:
        for table in kept:
            parquet_view(connection, table, [home.facts / f"{table}.parquet"])
        parquet_view(connection, "kept_value", [home.metrics / "value.parquet"])
        labels = [window.label for window in windows]
        tables = {table: connection.execute(f"FROM {table}").to_arrow_table() for table in kept}
        tables["value"] = connection.execute(
            "FROM kept_value WHERE list_contains($labels, window_label)", {"labels": labels}
        ).to_arrow_table()
    found = next(iter(kept.values())).found
    return Side(name, tables, None, str(found.get("key_id", "")))


def _of_point(settings: Settings, end: Point, windows: Sequence[Window]) -> Side:
    """What was known at an instant, struck by today's code; figures of sources that were not up to date as they stood.

    The figures of a release, or of a review, are those on record.
    """
    stands = standing_instants(settings, source_states(settings, end.at))
    with struck(settings, windows, end.at) as state:
        restate(state.connection, settings, windows, stands)
        _put_on_record(state.connection, end)
        tables = {
            table.name: state.connection.execute(f"FROM {table.name}").to_arrow_table()
            for table in fact_tables().values()
        }
        tables["value"] = state.connection.execute("FROM value").to_arrow_table()
    return Side(end.name, tables, end.at)


def _put_on_record(connection: duckdb.DuckDBPyConnection, end: Point) -> None:
    """In `value`, put in place of a figure what a point has of it on record; a protected one has nothing."""
    terms = {"metric": "TEXT", "numerator": "BIGINT", "denominator": "BIGINT", "printed": "TEXT"}
    rows = [
        (name, figure["numerator"], figure["denominator"], figure["printed"])
        for name, figure in end.figures.items()
        if figure.get("numerator") is not None
    ]
    table_of_rows(connection, "on_record", terms, rows)
    connection.execute(
        "UPDATE value SET numerator = r.numerator, denominator = r.denominator, printed = r.printed FROM on_record r "
        "WHERE metric_id = r.metric AND dimension = '' AND window_label = ?",
        [end.window],
    )
