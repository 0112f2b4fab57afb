"""Publish the analysts' database again and again, each time with other content: `… republish HOME TIMES`.

Version n of every table of `CHANGING` lacks its last n rows, so that a reader can tell which version it sees.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from svu_pipeline.kept import KeptTable, marker_of
from svu_pipeline.publication.database import publish_database
from svu_pipeline.settings import read
from svu_pipeline.warehouse import Home, parquet_view, session, sha256_of, write_json, write_parquet

CHANGING = ("contribution", "fct_custody_arrest", "fct_exhibit", "value")


def republish(root: Path, times: int) -> None:
    """Publish `times` versions after the standing one. Raises ValueError when one of them was not built."""
    home, settings = Home(root), read(root, root)
    with session(root) as connection:
        for version in range(1, times + 1):
            for layer, folder in (("facts", home.facts), ("metrics", home.metrics)):
                kept = marker_of(folder, layer)
                shortened = {name: _shortened(connection, folder, kept[name]) for name in kept if name in CHANGING}
                write_json(folder / f"{layer}.json", {name: asdict(kept[name]) for name in kept} | shortened)
            if not publish_database(settings)[1]:
                raise ValueError(f"version {version} was not built")


def _shortened(connection: duckdb.DuckDBPyConnection, folder: Path, table: KeptTable) -> dict[str, object]:
    """Write a kept table without its last row; what its layer then says of it."""
    path, rows = folder / f"{table.name}.parquet", table.rows - 1
    parquet_view(connection, "standing", [path])
    write_parquet(connection, f"SELECT * FROM standing LIMIT {rows}", path)
    return asdict(replace(table, rows=rows, sha256=sha256_of(path)))


if __name__ == "__main__":
    republish(Path(sys.argv[1]), int(sys.argv[2]))
