"""Landing a person's decision: a batch of its own, known from then on, like any other never changed."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from svu_pipeline.clock import Clock
from svu_pipeline.landing.batch import (
    MANIFEST,
    Decision,
    DropEntry,
    FileEntry,
    Manifest,
    TableEntry,
    batch_name,
    next_instant,
    table_path,
)
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, fingerprint, locked, sha256_of, whole_folder, write_json


def land_decision(
    home: Home, of: Manifest, decision: Decision, rows: Mapping[str, pa.Table], file: FileEntry | None, clock: Clock
) -> Manifest:
    """Land a decision about the batch `of`, with the rows (of the landed tables' schema) that it brings, if any.

    The rows keep their number and `file`, the one they came in, so that a figure still leads back to it.
    """
    system = SYSTEMS[of.source]
    with locked(home, f"landing-{system.name}"):
        landed_at = next_instant(home, clock)
        batch = batch_name(landed_at)
        with whole_folder(home.landing(system.name) / batch) as folder:
            tables = {}
            for dataset in system.datasets:
                path = folder / f"{dataset}.parquet"
                table = rows.get(dataset)
                if table is None:
                    table = pq.read_schema(table_path(home, of, dataset)).empty_table()
                pq.write_table(table, path, compression="zstd")
                tables[dataset] = TableEntry(table.num_rows, sha256_of(path))
            files = (file,) if file else ()
            label = f"{decision.kind} of {decision.batch}"
            drop = DropEntry(label, "", tuple(rows), fingerprint(label, decision.file, decision.row), 0, files)
            manifest = Manifest(
                source=system.name,
                batch=batch,
                landed_at=landed_at,
                drops=(drop,) if rows else (),
                tables=tables,
                raw_sha256=None,
                decision=decision,
            )
            write_json(folder / MANIFEST, manifest.as_json())
    return manifest
