"""The rival of landing and contracts: CSV to text Parquet to typed Parquet in bare DuckDB: `… bare_chain CSV FOLDER`.

The same rules as the custody contract, written out by hand; prints what was found, which must be what ours found.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import perf_counter

import duckdb

CONFLICTS = """SELECT count(*) FROM (
    SELECT custody_ref, updated_at FROM '{typed}' WHERE NOT is_held GROUP BY ALL HAVING count(*) > 1)"""


def chain(csv: Path, folder: Path) -> dict[str, object]:
    """Run the chain on as many threads as there are cores to use. Raises ValueError for rows that need holding by key."""
    text, typed = folder / "text.parquet", folder / "typed.parquet"
    started = perf_counter()
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {len(os.sched_getaffinity(0))}; SET TimeZone = 'UTC'")
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{csv}', header = true, all_varchar = true, delim = ',', quote = '\"', "
            f"escape = '\"')) TO '{text}' (FORMAT parquet, COMPRESSION zstd)"
        )
        landed = perf_counter()
        query = Path(__file__).with_suffix(".sql").read_text("utf-8")
        connection.execute(f"CREATE VIEW landed AS SELECT * FROM '{text}'")
        connection.execute(f"COPY ({query}) TO '{typed}' (FORMAT parquet, COMPRESSION zstd)")
        if connection.execute(CONFLICTS.format(typed=typed)).fetchall()[0][0]:
            raise ValueError("two rows of one key and equal order: the bare chain does not hold them")
        rows, held = connection.execute(f"SELECT count(*), count(*) FILTER (is_held) FROM '{typed}'").fetchall()[0]
        rules = connection.execute(
            f"SELECT rule, count(*) FROM (SELECT unnest(reasons) AS rule FROM '{typed}') GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return {
        "found": {"rows": rows, "held": held, "rules": dict(rules)},
        "stages": {"landing": landed - started, "contracts": perf_counter() - landed},
    }


if __name__ == "__main__":
    print(json.dumps(chain(Path(sys.argv[1]), Path(sys.argv[2]))))
