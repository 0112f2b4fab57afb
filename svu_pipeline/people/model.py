"""The linkage model: which records are compared, how alike they are, and how likely they are of one person.

`compare` finds and compares pairs: from two nodes alone, so that what is once compared is never compared again. `score`
weighs all pairs: from how often names are borne and how many records there are at hand. The SQL of both is Splink's, made
from `model.json`, which is reviewed; `train.py` makes it from `model_spec.py`, and docs/linkage.md says how it is adopted.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svu_pipeline.errors import Curable
from svu_pipeline.people.model_sql import Level, ModelSql, generated
from svu_pipeline.people.nicknames import make_lexicon
from svu_pipeline.warehouse import quoted

if TYPE_CHECKING:
    import duckdb

SAME_SURNAME = ("the same surname",)
SAME_BIRTH = ("the same date of birth", "the same date of birth, the first of January as estimated ones are")
OTHER_FORENAME = ("another forename", "two different forenames, though alike in spelling")
SAME_IDENTIFIER = ("the same identifier", "identifier close in spelling")
"""Levels that together make twins, the last where it is absent (counting.md, Linking people); the postcode need not be known."""

SAME_HOME = ("the same postcode",)
NEAR_SURNAME = (
    *SAME_SURNAME,
    "surname one slip apart",
    "surname close in spelling",
    "one part of a double-barrelled surname",
)
NEAR_BIRTH = (
    *SAME_BIRTH,
    "day and month of birth exchanged",
    "date of birth one digit or two neighbouring digits apart, or one or ten years",
)
"""Unless they live apart, a slip in surname or date of birth makes them no less twins whose forenames have nothing in common."""


class ModelError(Curable):
    """A linkage model that cannot be used: names the file, and what to do."""


@dataclass(frozen=True)
class Rule:
    """A blocking rule: `key` is the `match_key` of the pairs it is the first to bring together; `sql` is on l and r."""

    key: str
    name: str
    sql: str


@dataclass(frozen=True)
class Model:
    """A trained model, as in `model.json`.

    `matches` is how many other nodes of its person a node has, on average. `population` is the number of nodes that an
    extract is taken to be drawn from at least, and `names_seen` the number of nodes seen before, whose names are taken to
    be spread as in training: without them three records of one surname would make it a common one. `rules` names the
    blocking rules of `settings`, which are Splink's.
    """

    version: str
    trained: Mapping[str, Any]
    matches: float
    population: int
    names_seen: int
    rules: tuple[str, ...] | list[str]
    settings: Mapping[str, Any] = field(repr=False)

    @cached_property
    def sql(self) -> ModelSql:
        """What Splink makes of it."""
        return generated(self.settings)

    @cached_property
    def frequency_columns(self) -> dict[str, float]:
        """Columns whose values' frequency adjusts a weight, each with the share of pairs of two people that agree on it."""
        shares: dict[str, float] = {}
        for level in self.sql.levels:
            if level.frequency_of:
                shares[level.frequency_of] = shares.get(level.frequency_of, 0.0) + level.u
        return shares

    def gammas(self, comparison: str, labels: tuple[str, ...]) -> list[int]:
        """The numbers of some levels of a comparison."""
        return [level.gamma for level in self.sql.levels if level.comparison == comparison and level.label in labels]

    def prior(self, nodes: int) -> float:
        """The weight, in bits, of two of `nodes` nodes being of one person before anything is known of them."""
        share = self.matches / (max(nodes, self.population) - 1)
        return math.log2(share / (1 - share))


@cache
def shipped() -> Model:
    """The model of `model.json`."""
    return Model(**json.loads(resources.files("svu_pipeline.people").joinpath("model.json").read_text("utf-8")))


def model_of(path: Path | None) -> Model:
    """A force's own model, as `train.py` writes one; without a path the one that comes with the project.

    Raises ModelError for a file that cannot be read or is no such model.
    """
    if path is None:
        return shipped()
    try:
        return Model(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        raise ModelError(
            f"{path} is no linkage model. Correct [linking] model, or train it anew (docs/linkage.md)."
        ) from None


def levels(model: Model | None = None) -> tuple[Level, ...]:
    """Every level with its words and weight, comparison by comparison; gamma −1, not known on both sides, weighs 0."""
    return (model or shipped()).sql.levels


def blocking_rules(model: Model | None = None) -> tuple[Rule, ...]:
    """The rules that bring two nodes together, in the order in which they are tried; columns are those of `linked_node`."""
    used = model or shipped()
    return tuple(
        Rule(str(number), name, sql) for number, (name, sql) in enumerate(zip(used.rules, used.sql.rules, strict=True))
    )


def link_nodes(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `linked_node` from `node`: each with the columns that comparisons and blocking rules are made on."""
    make_lexicon(connection)
    connection.execute(_sql("model_node.sql"))


def compare(connection: duckdb.DuckDBPyConnection, model: Model | None = None) -> None:
    """Make `pair` (node_l, node_r, match_key, gamma_… by comparison, is_twin): node_l < node_r, in their order.

    Reads `node`, and the memo `known_node` (node_id) and `known_pair` (columns of `pair`): of known nodes the pairs are
    taken from it, and compared is what has a new node in it. With the memo or without, the rows are the same.
    """
    used = model or shipped()
    ((nodes, new),) = connection.execute(
        "SELECT count(*), count(*) FILTER (NOT is_known) FROM (SELECT node_id IN (SELECT node_id FROM known_node) AS is_known FROM node)"
    ).fetchall()
    _compare_new(connection, used, are_all_new=new == nodes) if new else _compare_none(connection, used)
    connection.execute("""
        CREATE OR REPLACE TABLE pair AS
        FROM (FROM new_pair
              UNION ALL BY NAME
              FROM known_pair p SEMI JOIN node l ON l.node_id = p.node_l SEMI JOIN node r ON r.node_id = p.node_r)
        ORDER BY node_l, node_r
    """)
    connection.execute("DROP TABLE new_pair")


def _compare_new(connection: duckdb.DuckDBPyConnection, model: Model, *, are_all_new: bool) -> None:
    """Make `new_pair`, as `pair`: the pairs of which one node or both are new."""
    link_nodes(connection)
    is_counted = "join_key_l < join_key_r"
    if not are_all_new:
        connection.execute("CREATE OR REPLACE TABLE new_node AS FROM linked_node ANTI JOIN known_node USING (node_id)")
        is_counted += " OR join_key_r NOT IN (SELECT node_id FROM new_node)"
    connection.execute(f"""
        CREATE OR REPLACE TABLE blocked AS
        WITH found AS ({model.sql.pairs if are_all_new else model.sql.new_pairs})
        SELECT match_key, least(join_key_l, join_key_r) AS join_key_l, greatest(join_key_l, join_key_r) AS join_key_r
        FROM found WHERE {is_counted}
    """)  # noqa: S608 - Splink's SQL of our own model
    connection.execute(
        f"CREATE OR REPLACE TABLE new_pair AS SELECT {_pair_columns(model)} FROM ({model.sql.compared})"  # noqa: S608
    )
    for table in ("blocked", "new_node", "linked_node", "forename"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")


def _compare_none(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Make `new_pair` without a row: no node is new."""
    gammas = "".join(f"gamma_{name} TINYINT, " for name in model.sql.comparisons)
    connection.execute(
        f"CREATE OR REPLACE TABLE new_pair (node_l TEXT, node_r TEXT, match_key TEXT, {gammas}is_twin BOOLEAN)"
    )


def score(connection: duckdb.DuckDBPyConnection, model: Model | None = None) -> None:
    """Make `scored` (node_l, node_r, match_weight, match_probability) of every pair of `pair`, in its order.

    Weights are in bits (log2 of odds) and hold for the nodes at hand: how often a name is borne among them counts.
    """
    used = model or shipped()
    _agreed(connection, used, "pair")
    connection.execute(
        f"CREATE OR REPLACE TABLE scored AS SELECT node_id_l AS node_l, node_id_r AS node_r, match_weight, match_probability "  # noqa: S608
        f"FROM ({used.sql.scored}) ORDER BY node_l, node_r",
        {"prior": _prior(connection, used)},
    )
    _forget_agreed(connection, used)


def weigh(connection: duckdb.DuckDBPyConnection, pairs: str, into: str, model: Model | None = None) -> None:
    """Make the table `into` (node_l, node_r, place, comparison, gamma, label, weight): what each comparison says, in bits.

    For the rows of the table or view `pairs`, which has the columns of `pair`. Place 0 is the prior, without a gamma; the
    weights of a pair, added in the order of `place`, come to its `match_weight`. The label of gamma −1 is NULL.
    """
    used = model or shipped()
    _agreed(connection, used, pairs)
    steps = ", ".join(
        f"{{'comparison': '{name}', 'gamma': gamma_{name}, 'weight': {' + '.join(columns)}}}"
        for name, columns in used.sql.weight_columns
    )
    labels = ", ".join(
        f"({quoted(level.comparison)}, {level.gamma}, {quoted(level.label)})" for level in used.sql.levels
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {into} AS
        WITH weighed AS ({used.sql.weighed}),
        level(comparison, gamma, label) AS (VALUES {labels}),
        listed AS (
            SELECT node_id_l AS node_l, node_id_r AS node_r,
                   [{{'comparison': 'prior', 'gamma': NULL, 'weight': $prior::DOUBLE}}, {steps}] AS steps
            FROM weighed),
        stepped AS (
            SELECT node_l, node_r, generate_subscripts(steps, 1) - 1 AS place, unnest(steps, recursive := true) FROM listed)
        SELECT node_l, node_r, place, comparison, gamma, label, weight
        FROM stepped LEFT JOIN level USING (comparison, gamma)
        ORDER BY node_l, node_r, place
        """,  # noqa: S608 - names and words of our own model
        {"prior": _prior(connection, used)},
    )
    _forget_agreed(connection, used)


def frequencies(connection: duckdb.DuckDBPyConnection, model: Model | None = None) -> None:
    """Make `frequency_<column>` (column, tf_<column>) for each column whose values' frequency adjusts a weight.

    The share of the nodes at hand that bear the value, as if `names_seen` more had been seen that bear every value as
    often as two people agree on theirs.
    """
    used = model or shipped()
    for column, share in used.frequency_columns.items():
        value = "split_part(forenames, ' ', 1)" if column == "first_name" else column
        connection.execute(
            f"""
            CREATE OR REPLACE TABLE frequency_{column} AS
            SELECT {value} AS {column},
                   (count(*) + $seen * $share::DOUBLE) / (sum(count(*)) OVER () + $seen) AS tf_{column}
            FROM node WHERE {value} IS NOT NULL GROUP BY ALL
            """,  # noqa: S608
            {"seen": used.names_seen, "share": share},
        )


def _agreed(connection: duckdb.DuckDBPyConnection, model: Model, pairs: str) -> None:
    """Make the view `agreed`: what each pair agrees on, and how often what it agrees on is borne, as Splink names it."""
    frequencies(connection, model)
    columns = list(model.frequency_columns)
    sides = [f"{side}.tf_{column} AS tf_{column}_{side}" for column in columns for side in ("l", "r")]
    borne = " ".join(f"LEFT JOIN frequency_{column} USING ({column})" for column in columns)
    connection.execute(f"""
        CREATE OR REPLACE TABLE borne AS
        WITH named AS (SELECT *, split_part(forenames, ' ', 1) AS first_name FROM node)
        SELECT node_id, {", ".join(f"tf_{column}" for column in columns)} FROM named {borne}
    """)  # noqa: S608
    connection.execute(f"""
        CREATE OR REPLACE VIEW agreed AS
        SELECT p.node_l AS node_id_l, p.node_r AS node_id_r, p.match_key,
               {", ".join(f"p.gamma_{name}" for name in model.sql.comparisons)}, {", ".join(sides)}
        FROM {pairs} p JOIN borne l ON l.node_id = p.node_l JOIN borne r ON r.node_id = p.node_r
    """)  # noqa: S608


def _forget_agreed(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    connection.execute("DROP VIEW agreed; DROP TABLE borne")
    for column in model.frequency_columns:
        connection.execute(f"DROP TABLE frequency_{column}")


def _prior(connection: duckdb.DuckDBPyConnection, model: Model) -> float:
    ((nodes,),) = connection.execute("SELECT count(*) FROM node").fetchall()
    return model.prior(nodes)


def _pair_columns(model: Model) -> str:
    """The columns of `pair` from what Splink compares."""

    def is_one_of(comparison: str, labels: tuple[str, ...]) -> str:
        return f"gamma_{comparison} IN ({', '.join(map(str, model.gammas(comparison, labels)))})"

    alike = [
        is_one_of("surname", SAME_SURNAME),
        is_one_of("date_of_birth", SAME_BIRTH),
        is_one_of("forenames", OTHER_FORENAME),
    ]
    near = [
        is_one_of("surname", NEAR_SURNAME),
        is_one_of("date_of_birth", NEAR_BIRTH),
        is_one_of("forenames", OTHER_FORENAME[:1]),
        f"({is_one_of('postcode', SAME_HOME)} OR gamma_postcode = -1)",
    ]
    twin = f"(({' AND '.join(alike)}) OR ({' AND '.join(near)})) AND NOT {is_one_of('identifier', SAME_IDENTIFIER)}"
    gammas = ", ".join(f"gamma_{name}::TINYINT AS gamma_{name}" for name in model.sql.comparisons)
    return f"node_id_l AS node_l, node_id_r AS node_r, match_key, {gammas}, {twin} AS is_twin"


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.people").joinpath(name).read_text("utf-8")
