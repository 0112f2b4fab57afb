"""Link the records of invented people in a session of so much memory: `… link_people RECORDS MEMORY FOLDER`.

Prints what was found and the seconds of each stage: first all of them, then a night that brings one in a thousand.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb

from svu_pipeline.people.cluster import cluster
from svu_pipeline.people.model import compare, score, shipped
from svu_pipeline.people.nicknames import make_lexicon
from svu_pipeline.warehouse import locked_down

THRESHOLD = math.log2(0.95 / 0.05)
NEW_EVERY = 1000

PAIRS_OF = "SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM {table} GROUP BY {group})"


def link_people(connection: duckdb.DuckDBPyConnection, records: int) -> dict[str, Any]:
    """The seconds of each stage, and how the outcome agrees with the truth."""
    seconds: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        started = perf_counter()
        yield
        seconds[name] = perf_counter() - started

    make_lexicon(connection)
    rows = Path(__file__).with_name("people_rows.sql").read_text("utf-8")
    connection.execute(rows.replace("$records", str(records)))
    connection.execute("CREATE TABLE known_node (node_id TEXT); CREATE TABLE known_pair (node_l TEXT, node_r TEXT)")
    with stage("model"):
        levels = len(shipped().sql.levels)
    with stage("compare"):
        compare(connection)
    with stage("score"):
        score(connection)
    with stage("cluster"):
        _cluster(connection)
    found = {"levels": levels, **_agreement(connection)}
    connection.execute(
        f"CREATE OR REPLACE TABLE known_node AS SELECT node_id FROM truth WHERE record % {NEW_EVERY} > 0"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE known_pair AS FROM pair p SEMI JOIN known_node l ON l.node_id = p.node_l "
        "SEMI JOIN known_node r ON r.node_id = p.node_r"
    )
    with stage("compare, a night"):
        compare(connection)
    with stage("score, a night"):
        score(connection)
    with stage("cluster, a night"):
        _cluster(connection)
    if _agreement(connection) != {name: found[name] for name in found if name != "levels"}:
        raise ValueError("a night must come to what all records at once come to")
    return {"found": found, "seconds": seconds}


def _cluster(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE OR REPLACE TABLE cluster_node AS SELECT node_id, pnc_id FROM node")
    connection.execute(
        "CREATE OR REPLACE TABLE link_edge AS SELECT node_l, node_r, match_weight AS weight FROM scored WHERE match_weight >= ?",
        [THRESHOLD],
    )
    connection.execute("CREATE OR REPLACE TABLE cannot_link AS SELECT node_l, node_r FROM pair WHERE is_twin")
    cluster(connection, THRESHOLD, "clustered")


def _agreement(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Candidate pairs, and over pairs of records: how many of those found are right, how many of the true are found."""
    connection.execute("CREATE OR REPLACE TEMP VIEW both_known AS FROM clustered JOIN truth USING (node_id)")
    queries = {
        "pairs": "SELECT count(*) FROM pair",
        "true": PAIRS_OF.format(table="truth", group="person"),
        "found": PAIRS_OF.format(table="clustered", group="cluster"),
        "right": PAIRS_OF.format(table="both_known", group="cluster, person"),
    }
    counts = {name: int(connection.execute(query).fetchall()[0][0]) for name, query in queries.items()}
    return {
        "pairs": counts["pairs"],
        "precision": counts["right"] / counts["found"],
        "recall": counts["right"] / counts["true"],
    }


if __name__ == "__main__":
    session = duckdb.connect(config={"memory_limit": sys.argv[2]})
    with locked_down(session, Path(sys.argv[3])) as opened:
        print(json.dumps(link_people(opened, int(sys.argv[1]))))
