"""The sender's control totals, compared with what was read before anything of the delivery is kept.

A sender may lay `<file>.done` beside a file; what it promises (`sources/delivered.py`) must be what arrived.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline.landing.batch import DropEntry
from svu_pipeline.sources.delivered import DONE, Promise, promise_of
from svu_pipeline.sources.system import Drop, SourceError, System, Unreadable
from svu_pipeline.warehouse import parquet_view, session

if TYPE_CHECKING:
    import duckdb

CURE = "Ask the owner to deliver the file and its control totals again."


def check_control_totals(system: System, folder: Path, drops: list[tuple[Drop, DropEntry]]) -> None:
    """Compare each landed file of a batch (its tables are in `folder`) with its sender's totals, where there are any.

    Raises SourceError `control_totals` for the first that differs.
    """
    declared = [
        (drop, entry, place, totals)
        for drop, entry in drops
        for place, file in enumerate(drop.files)
        if (totals := _declared(system, file.path, file.location))
    ]
    if not declared:
        return
    with session(folder) as connection:
        for drop, entry, place, totals in declared:
            file = entry.files[place]
            problem = _size_problem(totals, file.bytes, file.sha256) or _rows_problem(
                connection, folder, system, drop.datasets[0], entry.first_file + place, totals
            )
            if problem:
                raise SourceError(system.name, file.path, "control_totals", f"control totals differ: {problem}", CURE)


def _declared(system: System, path: str, location: Path) -> Promise | None:
    """What the marker beside a file says of it; None where there is none."""
    marker = location.with_name(location.name + DONE)
    if not marker.is_file():
        return None
    try:
        return promise_of(marker.read_bytes())
    except Unreadable as error:
        raise SourceError(system.name, f"{path}{DONE}", error.code, error.problem, error.cure) from None


def _size_problem(totals: Promise, size: int, sha256: str) -> str | None:
    if totals.size is not None and totals.size != size:
        return f"{totals.size} bytes declared, {size} arrived"
    if totals.sha256 is not None and totals.sha256 != sha256:
        return "the SHA-256 is another"
    return None


def _rows_problem(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    system: System,
    dataset: str,
    file: int,
    totals: Promise,
) -> str | None:
    """Records and sums of one file as read; a sum is over the cells that are plain decimals, with or without `£` and commas."""
    parquet_view(connection, "landed", [folder / f"{dataset}.parquet"])
    rows = connection.execute("SELECT count(*) FROM landed WHERE _file = ?", [file]).fetchall()[0][0]
    if totals.rows is not None and totals.rows != rows:
        return f"{totals.rows} records declared, {rows} arrived"
    ours = {theirs: column for column, theirs in system.shapes[dataset].names.items()}
    for column, declared in totals.sums.items():
        name = ours.get(column)
        if name is None:
            return f"a sum is declared of {column}, which is no column"
        found = connection.execute(
            f"SELECT coalesce(sum(try_cast(regexp_replace({name}, '[£,\\s]', '', 'g') AS DECIMAL(28, 6))), 0) "  # noqa: S608 - a name of the contract
            "FROM landed WHERE _file = ?",
            [file],
        ).fetchall()[0][0]
        if found != declared:
            return f"the sum of {column} is another"
    return None
