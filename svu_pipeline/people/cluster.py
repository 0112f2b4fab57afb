"""Clusters of one person each: edges taken strongest first, none that would join what cannot be one person.

Two clusters merge along the strongest edge between them unless the union would hold two different PNC ids or a pair that
cannot be linked; of equally strong edges the one with the lesser node ids comes first. So it is defined, edge by edge
(Kruskal's algorithm with constraints), and so it comes out, though many merge at a time: `cluster_hook.sql` says why.
Not here: where edges and their weights come from, nor which person a cluster is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_FOLLOW = (
    "UPDATE cluster_hook SET root = further.root FROM cluster_hook AS further WHERE further.cluster = cluster_hook.root"
)


def cluster(connection: duckdb.DuckDBPyConnection, threshold_weight: float, into: str) -> None:
    """Make the table `into` (node_id, cluster), one row a node, from cluster_node, link_edge and cannot_link.

    `cluster_node(node_id TEXT, pnc_id TEXT or NULL)`, one row a node; `link_edge(node_l, node_r, weight DOUBLE)`, of which
    those of `threshold_weight` and more count; `cannot_link(node_l, node_r)`. A pair may be there more than once and
    either way round; what names a node that is not in cluster_node is passed over. `cluster` is its least node id.
    """
    clusters(connection, {into: threshold_weight})


def clusters(connection: duckdb.DuckDBPyConnection, thresholds: Mapping[str, float]) -> None:
    """Make a table as `cluster` does for each name of `thresholds`, for little more than the lowest one alone takes.

    The edges that a lower threshold lets in come after all those of a higher one, so each goes on where that one ended:
    the clusters of a higher threshold always lie whole within those of a lower one.
    """
    connection.execute(_sql("cluster.sql"), {"lowest": min(thresholds.values())})
    above = math.inf
    for into, weight in sorted(thresholds.items(), key=lambda named: -named[1]):
        _merge(connection, weight, above)
        above = weight
        connection.execute(f"""
            CREATE OR REPLACE TABLE {into} AS
            SELECT node_id, min(node_id) OVER (PARTITION BY cluster) AS cluster
            FROM cluster_point ORDER BY node_id
        """)  # noqa: S608 - a constant name
    for table in ("point", "line", "apart", "live", "hook"):
        connection.execute(f"DROP TABLE IF EXISTS temp.cluster_{table}")


def _merge(connection: duckdb.DuckDBPyConnection, weight: float, above: float) -> None:
    """Merge along the edges from `weight` to `above`, in rounds, until none is left that may be taken.

    Stronger ones have all been taken or refused for good.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE cluster_live AS SELECT l, r, place FROM cluster_line WHERE weight BETWEEN ? AND ?",
        [weight, above],
    )
    while _rows(connection, _sql("cluster_live.sql")):
        connection.execute(_sql("cluster_hook.sql"))
        # Along the hooks the edges only grow stronger, so there is no ring, and each step doubles the way that is gone.
        while _rows(connection, _FOLLOW):
            pass
        connection.execute(_sql("cluster_merge.sql"))


def _rows(connection: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Run a statement and give the number of rows it made or changed."""
    return int(connection.execute(statement).fetchall()[0][0])


@cache
def _sql(name: str) -> str:
    return resources.files("svu_pipeline.people").joinpath(name).read_text("utf-8")
