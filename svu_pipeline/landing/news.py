"""What a reading of a system brings that is not here yet, and what of it is gone from the system.

A system that is read from a watermark on gives again what lies within the overlap; that alone is not a new batch.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from svu_pipeline.landing.batch import Accepted, Manifest, table_path
from svu_pipeline.sources.system import System
from svu_pipeline.warehouse import Home, parquet_view, session

if TYPE_CHECKING:
    import duckdb


def brings_rows(home: Home, folder: Path, system: System, earlier: list[Manifest], accepted: Accepted) -> bool:
    """Whether a reading is news: it has a row that no accepted batch has, and is not the last batch over again.

    Rows of a batch that is held whole are news as soon as they come without what it was held for. Parts of a record are
    not compared: the record carries them.
    """
    if not earlier:
        return True
    standing = [manifest for manifest in earlier if manifest.batch not in accepted.held_whole]
    last_delivery = [manifest for manifest in earlier if manifest.decision is None][-1]
    records = {dataset: columns for dataset, columns in system.columns.items() if "part_of" not in columns}
    with session(home.landing(system.name)) as connection:
        read = {dataset: folder / f"{dataset}.parquet" for dataset in records}
        # Most news is of another record or another time of change: two columns tell it at a tenth of the cost.
        has_news = any(
            _has_other_rows(
                connection,
                listed,
                read[dataset],
                [table_path(home, manifest, dataset) for manifest in standing],
                accepted.watermarks.get(dataset, ""),
            )
            for dataset, columns in records.items()
            for listed in ((columns[0], "updated_at"), columns)
        )
        if any(pq.read_metadata(path).num_rows != last_delivery.tables[name].rows for name, path in read.items()):
            return has_news
        return has_news and any(
            _has_other_rows(connection, columns, this, [that], "")
            for dataset, columns in records.items()
            for last in (table_path(home, last_delivery, dataset),)
            for this, that in ((read[dataset], last), (last, read[dataset]))
        )


def gone_keys(home: Home, folder: Path, system: System, earlier: list[Manifest], accepted: Accepted) -> dict[str, int]:
    """By dataset of `accepted.keys`, how many records of earlier batches a whole reading no longer found.

    An incremental system does not say what left it: such records stand, and are counted (sources.md, Conventions).
    """
    if not earlier:
        return {}
    gone = {}
    with session(home.landing(system.name)) as connection:
        for dataset, key in accepted.keys.items():
            listed = ", ".join(key)
            parquet_view(connection, "read", [folder / f"{dataset}.parquet"])
            parquet_view(connection, "before", [table_path(home, manifest, dataset) for manifest in earlier])
            missing = f"SELECT {listed} FROM before EXCEPT SELECT {listed} FROM read"  # noqa: S608 - constant names
            gone[dataset] = connection.execute(f"SELECT count(*) FROM ({missing})").fetchall()[0][0]  # noqa: S608
    return gone


def _has_other_rows(
    connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...], these: Path, those: list[Path], since: str
) -> bool:
    """Whether one file has a row that none of the others has among those updated at or after an instant."""
    listed = ", ".join(columns)
    parquet_view(connection, "these", [these])
    query = f"SELECT {listed} FROM these"  # noqa: S608 - constant names; the bound is a parameter
    if those:
        parquet_view(connection, "those", those)
        query += f" EXCEPT SELECT {listed} FROM those WHERE coalesce(updated_at, '~') >= $since"  # noqa: S608
    return connection.execute(f"{query} LIMIT 1", {"since": since} if those else {}).fetchone() is not None
