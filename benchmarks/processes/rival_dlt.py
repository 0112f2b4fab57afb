"""The load as dlt does it: `… rival_dlt PLACE FOLDER`, in the rivals' own environment. Imports nothing of ours.

The custody table merged by its key into a DuckDB file, through Arrow, the fastest of dlt's ways. Prints rows and seconds.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import perf_counter
from urllib.parse import quote


def load(said: dict[str, str], folder: Path) -> dict[str, object]:
    """Merge the whole table."""
    os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "DLT_DATA_DIR": str(folder), "HOME": str(folder)}
    import dlt
    from dlt.sources.sql_database import sql_table

    password = quote(Path(said["password_file"]).read_text("utf-8"), safe="")
    table = sql_table(
        credentials=said["url"].replace("//", f"//{said['user']}:{password}@"),
        schema=said["schema"],
        table="custody_record",
        backend="pyarrow",
        chunk_size=65_536,
    )
    table.apply_hints(write_disposition="merge", primary_key="custody_ref")
    pipeline = dlt.pipeline(
        "custody",
        destination=dlt.destinations.duckdb(str(folder / "custody.duckdb")),
        dataset_name="loaded",
        pipelines_dir=str(folder / "pipelines"),
    )
    started = perf_counter()
    pipeline.run(table)
    seconds = perf_counter() - started
    return {"rows": pipeline.last_trace.last_normalize_info.row_counts["custody_record"], "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(load(json.loads(sys.argv[1]), Path(sys.argv[2]))))
