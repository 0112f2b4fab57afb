"""One analyst: open the published database, read it whole, close it, until told to stop.

`… read_published DATABASE FOLDER NAME`: writes FOLDER/NAME after the first reading, stops when FOLDER/stop is there,
and prints how often it read, what failed, how many readings mixed two versions, and how many versions it saw.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import duckdb

from benchmarks.processes.republish import CHANGING


def rows(database: Path) -> list[int]:
    """The rows of each changing table in one sitting, a query each."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return [connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in CHANGING]


def read_until_stopped(database: Path, folder: Path, name: str) -> dict[str, object]:
    """Read until told to stop. Every changing table must lack as many rows as the others: else two versions are mixed."""
    first, errors, mixed, readings = rows(database), Counter[str](), 0, 0
    (folder / name).touch()
    seen = {0}
    while not (folder / "stop").exists():
        readings += 1
        try:
            lacking = {then - now for then, now in zip(first, rows(database), strict=True)}
        except duckdb.Error as error:
            errors[type(error).__name__] += 1
            continue
        mixed += len(lacking) > 1
        seen |= lacking
    return {"readings": readings, "errors": dict(errors), "mixed": mixed, "versions": len(seen)}


if __name__ == "__main__":
    print(json.dumps(read_until_stopped(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
