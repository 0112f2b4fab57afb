"""A PostgreSQL with a custody system of many rows: `… postgres_source ROWS FOLDER`, for as long as standard input is open.

Prints one line of JSON once the rows are there: where it is, and who may read it. Each line of standard input is a number
of rows to change; answered by one line once they are committed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from benchmarks.processes.custody_rows import CHUNK, NAMES, rows
from svu_pipeline.demo.live.postgres_server import READER, VIEW_SCHEMA, PostgresServer, postgres_server

SCHEMA = pa.schema([(name, pa.string()) for name in NAMES])


def fill(server: PostgresServer, count: int) -> None:
    """The table `custody_record` of `count` rows of text, with the reader's right to it.

    A row whose last change cannot be told comes again every night, and would hold a small night whole: none is left.
    """

    def batches() -> Iterator[pa.RecordBatch]:
        made = rows(count)
        while chunk := list(islice(made, CHUNK)):
            yield pa.record_batch([pa.array(column, pa.string()) for column in zip(*chunk, strict=True)], schema=SCHEMA)

    with server.owner("custody") as connection, connection.cursor() as cursor:
        reader = pa.RecordBatchReader.from_batches(SCHEMA, batches())
        cursor.adbc_ingest("custody_record", reader, mode="create", db_schema_name=VIEW_SCHEMA)
        cursor.execute(
            f"""UPDATE {VIEW_SCHEMA}.custody_record SET updated_at = replace(updated_at, ' ', 'T') || 'Z'
                WHERE updated_at LIKE '% %'"""
        )
        cursor.execute(f"GRANT SELECT ON {VIEW_SCHEMA}.custody_record TO {READER}")
        connection.commit()


def change(server: PostgresServer, count: int, day: int) -> None:
    """Give `count` records another surname, as of a day after all the others."""
    with server.owner("custody") as connection, connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {VIEW_SCHEMA}.custody_record SET surname = 'Changed', updated_at = '2024-01-{day:02}T00:00:00Z'
                WHERE ctid IN (SELECT ctid FROM {VIEW_SCHEMA}.custody_record LIMIT {count})"""
        )
        connection.commit()


def serve(count: int, folder: Path) -> None:
    """Start, fill, and change rows as asked, until standard input ends."""
    with postgres_server(folder) as server:
        fill(server, count)
        place = {"url": f"{server.url}/custody", "user": READER, "password_file": str(server.password_file)}
        print(json.dumps(place | {"schema": VIEW_SCHEMA}), flush=True)
        for day, line in enumerate(sys.stdin, start=1):
            change(server, int(line), day)
            print("changed", flush=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
