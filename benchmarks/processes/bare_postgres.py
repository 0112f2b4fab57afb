"""The rival of a load from PostgreSQL: ADBC to text Parquet, cast to typed Parquet by bare DuckDB: `… PLACE FOLDER`.

The same columns and no rules. Prints the rows found and the seconds of each stage.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import perf_counter
from urllib.parse import quote

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import pyarrow.parquet as pq

from svu_pipeline.sources.custody import COLUMNS

CASTS = {
    "date_of_birth": "try_cast({c} AS DATE)",
    "arrested_at": "try_strptime({c}, '%Y-%m-%d %H:%M:%S')",
    "updated_at": "try_strptime({c}, '%Y-%m-%dT%H:%M:%SZ')",
}


def chain(said: dict[str, str], folder: Path) -> dict[str, object]:
    """Run the chain on as many threads as there are cores to use."""
    text, typed = folder / "text.parquet", folder / "typed.parquet"
    columns = COLUMNS["custody_record"]
    started = perf_counter()
    password = quote(Path(said["password_file"]).read_text("utf-8"), safe="")
    address = said["url"].replace("//", f"//{said['user']}:{password}@")
    with adbc.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {said['schema']}.custody_record")
        reader = cursor.fetch_record_batch()
        with pq.ParquetWriter(text, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch)
    landed = perf_counter()
    listed = ", ".join(f"{CASTS.get(name, '{c}').format(c=name)} AS {name}" for name in columns)
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {len(os.sched_getaffinity(0))}; SET TimeZone = 'UTC'")
        query = f"COPY (SELECT {listed} FROM '{text}') TO '{typed}' (FORMAT parquet, COMPRESSION zstd)"
        rows = connection.execute(query).fetchall()[0][0]
    return {"found": {"rows": rows}, "stages": {"landing": landed - started, "contracts": perf_counter() - landed}}


if __name__ == "__main__":
    print(json.dumps(chain(json.loads(sys.argv[1]), Path(sys.argv[2]))))
