"""Public data sets with truth, linked by the same code as a force's records: all that is theirs is a column mapping."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline.people.cluster import cluster
from svu_pipeline.people.model import Model, compare, score
from svu_pipeline.warehouse import quoted

if TYPE_CHECKING:
    import duckdb

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "linkage"
THRESHOLD = math.log2(0.95 / 0.05)
"""The headline's threshold in bits."""


@dataclass(frozen=True)
class TruthSet:
    """A file with truth: `person` is an expression that tells who a record is about, `columns` says node column → column."""

    file: str
    key: str
    person: str
    columns: dict[str, str]

    @property
    def path(self) -> Path:
        return FOLDER / self.file


FEBRL = {
    "surname": "surname",
    "forenames": "given_name",
    "date_of_birth": "date_of_birth",
    "postcode": "postcode",
    "identifier": "soc_sec_id",
}
SETS = {
    "FEBRL 1": TruthSet("febrl1.csv", "rec_id", "split_part(rec_id, '-', 2)", FEBRL),
    "FEBRL 2": TruthSet("febrl2.csv", "rec_id", "split_part(rec_id, '-', 2)", FEBRL),
    "fake_1000": TruthSet(
        "fake_1000.csv",
        "unique_id",
        "cluster",
        {
            "surname": "surname",
            "forenames": "first_name",
            "date_of_birth": "dob",
            "postcode": "city",
            "identifier": "email",
        },
    ),
}


@dataclass(frozen=True)
class Found:
    """Pairs of records of one person: how many there are, how many were found, and how many of these are right."""

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found

    @property
    def recall(self) -> float:
        return self.right / self.true

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.true + self.found)


def read(connection: duckdb.DuckDBPyConnection, truth_set: TruthSet) -> None:
    """Make `node` and `truth` (node_id, person) of a set, with an empty memo. A date that is none is not known."""
    connection.execute(
        f"CREATE OR REPLACE TABLE delivered AS FROM read_csv({quoted(str(truth_set.path))}, all_varchar = true)"
    )
    headers = [name for (name, *_) in connection.execute("DESCRIBE delivered").fetchall()]
    named = ", ".join(f'"{name}" AS "{name.strip()}"' for name in headers)
    connection.execute(f"CREATE OR REPLACE TABLE raw AS SELECT {named} FROM delivered")
    value = {
        node: f"nullif(trim({truth_set.columns[node]}), '')" if node in truth_set.columns else "NULL"
        for node in ("surname", "forenames", "date_of_birth", "sex", "postcode", "identifier")
    }
    connection.execute(f"""
        CREATE OR REPLACE TABLE node AS
        SELECT trim({truth_set.key}) AS node_id, NULL::TEXT AS pnc_id,
               regexp_replace(lower({value["surname"]}), '[^a-z]+', ' ', 'g') AS surname,
               regexp_replace(lower({value["forenames"]}), '[^a-z]+', ' ', 'g') AS forenames,
               coalesce(try_strptime({value["date_of_birth"]}, '%Y%m%d'), try_strptime({value["date_of_birth"]}, '%Y-%m-%d'))::DATE
                   AS date_of_birth,
               {value["sex"]}::TEXT AS sex, replace(upper({value["postcode"]}), ' ', '') AS postcode,
               lower({value["identifier"]}) AS identifier
        FROM raw ORDER BY node_id
    """)
    connection.execute(
        f"CREATE OR REPLACE TABLE truth AS SELECT trim({truth_set.key}) AS node_id, {truth_set.person} AS person FROM raw"
    )
    connection.execute("CREATE OR REPLACE TABLE known_node (node_id TEXT)")
    connection.execute("CREATE OR REPLACE TABLE known_pair (node_l TEXT, node_r TEXT)")


def link(connection: duckdb.DuckDBPyConnection, model: Model | None = None) -> None:
    """Make `scored` and `clustered` (node_id, cluster) at the headline's threshold."""
    compare(connection, model)
    score(connection, model)
    connection.execute("CREATE OR REPLACE TABLE cluster_node AS SELECT node_id, pnc_id FROM node")
    connection.execute("CREATE OR REPLACE TABLE link_edge AS SELECT node_l, node_r, match_weight AS weight FROM scored")
    connection.execute("CREATE OR REPLACE TABLE cannot_link AS SELECT node_l, node_r FROM pair WHERE is_twin")
    cluster(connection, THRESHOLD, "clustered")


def as_pairs(connection: duckdb.DuckDBPyConnection) -> Found:
    """What the pairs at the threshold alone come to."""
    found = f"SELECT node_l, node_r FROM scored WHERE match_weight >= {THRESHOLD}"
    return _found(connection, found)


def as_clusters(connection: duckdb.DuckDBPyConnection) -> Found:
    """What all pairs within the clusters come to."""
    return _found(connection, _pairs_within("clustered", "cluster"))


def _found(connection: duckdb.DuckDBPyConnection, found: str) -> Found:
    ((true, all_found, right),) = connection.execute(f"""
        WITH actual AS ({_pairs_within("truth", "person")}), found AS ({found})
        SELECT (SELECT count(*) FROM actual), (SELECT count(*) FROM found),
               (SELECT count(*) FROM found SEMI JOIN actual USING (node_l, node_r))
    """).fetchall()
    return Found(true, all_found, right)


def _pairs_within(table: str, group: str) -> str:
    return (
        f"SELECT l.node_id AS node_l, r.node_id AS node_r FROM {table} l JOIN {table} r "
        f"ON l.{group} = r.{group} AND l.node_id < r.node_id"
    )
