"""From records to people: which records are one person's, as known at an instant, and under which keyed id.

`link` is a pure function of the records that stand, the decisions in force and the model: identities, pairs with their
evidence, weights, clusters. `resolve` gives each cluster the id that its person has borne until then (`ledger.py`).
"""

from __future__ import annotations

import math
from datetime import datetime
from importlib import resources
from typing import TYPE_CHECKING

from svu_pipeline.landing.batch import LINKING, known_at
from svu_pipeline.people import ledger
from svu_pipeline.people.cluster import clusters
from svu_pipeline.people.decisions import view_decisions
from svu_pipeline.people.keys import key_records, person_key
from svu_pipeline.people.model import Model, compare, model_of, score
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home

if TYPE_CHECKING:
    import duckdb

LINKED_STREAMS = ("custody", "courts", "safeguarding", "civil_orders", LINKING)
"""Where what is known of who is who comes from: the sources that name people, and what people decide."""

HEADLINE = 95
THRESHOLDS = (80, 90, HEADLINE, 99)
"""From how many per cent on two records are taken for one person's: the headline, and what its band is taken from."""


def weight_of(per_cent: int) -> float:
    """A probability as a match weight, in bits."""
    return math.log2(per_cent / (100 - per_cent))


def linked_at(home: Home, as_at: datetime | None = None) -> datetime | None:
    """The instant, by `as_at`, of the last thing that linking goes by; None before the first."""
    return known_at(home, as_at, LINKED_STREAMS)


def identify(connection: duckdb.DuckDBPyConnection, home: Home, as_at: datetime | None = None) -> None:
    """Build `identity`, `node` and `people_decision` in a session that has the current rows of `decisions.NAMING`."""
    view_decisions(connection, home, as_at)
    connection.execute(_sql("identity.sql"))


def nothing_known(connection: duckdb.DuckDBPyConnection) -> None:
    """The memo of a first linking: no node and no pair was compared before."""
    connection.execute("CREATE OR REPLACE TABLE known_node (node_id TEXT)")
    connection.execute("CREATE OR REPLACE TABLE known_pair (node_l TEXT, node_r TEXT)")


def link(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Build `pair`, `scored`, `link_edge`, `cannot_link` and `record_cluster` from what `identify` made.

    `known_node` and `known_pair` are nodes and pairs that were compared before: these are not compared again.
    `record_cluster` has the cluster of each record at the headline's threshold, and a label at each of the others.
    """
    compare(connection, model)
    score(connection, model)
    edges(connection)
    clusters(connection, {f"cluster_{threshold}": weight_of(threshold) for threshold in THRESHOLDS})
    connection.execute(_sql("record_cluster.sql"))


def edges(connection: duckdb.DuckDBPyConnection) -> None:
    """Build `cluster_node`, `link_edge`, `cannot_link` and `decided` from identities, pairs, weights and decisions."""
    connection.execute(_sql("edges.sql"), {"alike": weight_of(HEADLINE)})


def resolve(connection: duckdb.DuckDBPyConnection, settings: Settings, as_at: datetime | None = None) -> None:
    """Build `person_record` as known at an instant: which person each standing record that names one is about.

    What was found out at that very instant is read back from the ledger, so that a figure of the past is struck with the
    people as they were known then; where the ledger has no such entry, the records are linked in the session.

    `person_record(dataset, record_key, person_id, date_of_birth, at_80, at_90, at_99, before)`: `person_id` is the keyed id;
    `date_of_birth` the most frequent one of the person's records, the earliest of equally frequent ones (counting.md,
    children_safeguarded); `at_…` the record's cluster at another threshold, under a label; `before` its person's keyed id
    as of the instants before. Restricted zone.
    """
    home = Home(settings.home)
    at = linked_at(home, as_at)
    identify(connection, home, at)
    ledger.view_assignment(connection, home, at)
    if at and ledger.covers(home, at) and _is_of_these_records(connection):
        ledger.recall(connection)
    else:
        nothing_known(connection)
        link(connection, model_of(settings.linking.model))
        ledger.assign(connection)
    key_records(connection, person_key(settings.person_key_file))


def _is_of_these_records(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether what the ledger says is of the very identities that stand: a change of the contracts' code can alter them."""
    own, theirs = (f"SELECT dataset, record_key, content_id FROM {table}" for table in ("identity", "assigned"))  # noqa: S608
    query = f"SELECT count(*) FROM (({own} EXCEPT {theirs}) UNION ALL ({theirs} EXCEPT {own}))"  # noqa: S608
    return not connection.execute(query).fetchall()[0][0]


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.people").joinpath(name).read_text("utf-8")
