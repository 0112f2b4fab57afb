"""Train the model without knowing who is who, and keep it as `model.json` for review.

    python -m svu_pipeline.people.train                            demonstration forces; replaces model.json
    python -m svu_pipeline.people.train --nodes PARQUET --to FILE  a force's own nodes, as kept in its home

u is sampled among one node of each person as the model has it so far, m estimated by expectation maximisation, both by
Splink; how many matches there are follows from the pairs that the model then makes. Twice, from the stated values on. A
level that the data hardly show keeps its stated value (`model_spec.py`). One thread and a seed: the same to the byte.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, block_on
from splink.clustering import cluster_pairwise_predictions_at_threshold

from svu_pipeline.contracts.standing import stand
from svu_pipeline.demo.generate import generate
from svu_pipeline.facts.build import current_views
from svu_pipeline.landing.batch import known_at
from svu_pipeline.landing.take import take
from svu_pipeline.people import model_spec
from svu_pipeline.people.linking import identify, nothing_known
from svu_pipeline.people.model import Model, compare, link_nodes, score
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, fingerprint, locked_down, session, whole_file

SEEDS = (7, 11, 13)
"""Demo forces to train on: not the default one, by which the model is judged."""

RARE = 5
"""A level is hardly shown when fewer pairs than this are expected to be of it: its stated value stays."""

ROUNDS = 2
SAMPLED_PAIRS = 2e6
DIGITS = 6
POPULATION = 5_000
NAMES_SEEN = 3_000

SESSIONS = (("date_of_birth",), ("surname", "first_name"), ("identifier",))
"""Columns that the pairs of each session of expectation maximisation agree on; it learns of all others.

Not the postcode: who lives together is alike in more than chance has it, and would pass for one person.
"""


def main() -> None:
    """Train as the command line asks, and write the model."""
    parser = argparse.ArgumentParser(prog="python -m svu_pipeline.people.train", description="Train the linkage model.")
    parser.add_argument("--nodes", type=Path, help="node.parquet of a home; without it demonstration forces")
    parser.add_argument("--to", type=Path, default=Path(__file__).with_name("model.json"), help="where the model goes")
    options = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        training_session(*([options.nodes.parent] if options.nodes else [])) as connection,
    ):
        if options.nodes:
            connection.execute("CREATE TABLE node AS FROM read_parquet(?)", [str(options.nodes)])
            content = train(connection, origin="the force's own records")
        else:
            for seed in SEEDS:
                _add_nodes(connection, Path(folder) / str(seed), seed)
            content = train(connection, origin=f"demonstration forces of the seeds {', '.join(map(str, SEEDS))}")
    with whole_file(options.to) as aside:
        aside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def training_session(*folders: Path) -> duckdb.DuckDBPyConnection:
    """A session that trains the same to the byte each time: on one thread, for sums of floats depend on their order."""
    return locked_down(duckdb.connect(config={"threads": 1}), *folders)


def _add_nodes(connection: duckdb.DuckDBPyConnection, folder: Path, seed: int) -> None:
    """Add the nodes of a demo force to the table `node`: landed, checked and standing as any force's records."""
    generate(folder / "sources", folder / "truth.json", seed=seed)
    settings = Settings(folder / "home", folder / "sources", folder / "home" / "restricted" / "person.key")
    for source in SYSTEMS:
        take(settings, source, lambda: datetime.now(UTC))
    home = Home(settings.home)
    with session(home.root) as landed:
        for source in SYSTEMS:
            list(stand(landed, home, source, known_at(home, None)))
        current_views(landed)
        identify(landed, home)
        nodes = landed.execute("FROM node").to_arrow_table()
    connection.register("more", nodes)
    connection.execute("CREATE TABLE IF NOT EXISTS node AS FROM more LIMIT 0")
    connection.execute("INSERT INTO node FROM more ANTI JOIN node USING (node_id)")
    connection.unregister("more")


def stated() -> Model:
    """The specification with its stated values alone."""
    return Model(
        version="stated",
        trained={},
        matches=1.0,
        population=POPULATION,
        names_seen=NAMES_SEEN,
        rules=tuple(model_spec.RULES),
        settings=_tidy(model_spec.settings().create_settings_dict("duckdb")),
    )


def train(connection: duckdb.DuckDBPyConnection, *, seed: int = 1, origin: str = "") -> dict[str, Any]:
    """Train on the table `node` of a `training_session`; gives the content of `model.json`.

    `origin` says in words what the nodes are.
    """
    nothing_known(connection)
    model = stated()
    compare(connection, model)
    link_nodes(connection)
    for _ in range(ROUNDS):
        score(connection, model)
        _keep_one_each(connection)
        settings = _with_u(connection, model.settings, seed)
        settings = _with_m(connection, settings)
        model = replace(model, settings=settings)
        score(connection, model)
        model = replace(model, matches=_matches(connection))
    ((nodes,),) = connection.execute("SELECT count(*) FROM node").fetchall()
    how = {"from": origin, "nodes": nodes, "seed": seed, "rounds": ROUNDS, "sampled_pairs": int(SAMPLED_PAIRS)}
    content = _rounded(asdict(replace(model, trained=how)))
    return {**content, "version": fingerprint({**content, "version": ""})[:12]}


def _keep_one_each(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `one_each`: of each cluster of nodes likelier than not to be one person the first, as a sample of strangers."""
    database = DuckDBAPI(connection)
    clusters = cluster_pairwise_predictions_at_threshold(
        "linked_node", "scored", database, "node_id", "node_l", "node_r", threshold_match_probability=0.5
    )
    connection.execute(
        "CREATE OR REPLACE TABLE one_each AS FROM linked_node WHERE node_id IN "  # noqa: S608
        f"(SELECT min(node_id) FROM {clusters.physical_name} GROUP BY cluster_id) ORDER BY node_id"
    )
    clusters.drop_table_from_database_and_remove_from_cache()


def _with_u(connection: duckdb.DuckDBPyConnection, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The settings with u as sampled among `one_each`."""
    ((nodes,),) = connection.execute("SELECT count(*) FROM one_each").fetchall()
    pairs = min(SAMPLED_PAIRS, nodes * (nodes - 1) / 2)
    linker = _linker(connection, "one_each", settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=seed, min_count_per_level=None)
    return _learned(settings, linker, "u_probability", lambda u: u * pairs >= RARE)


def _with_m(connection: duckdb.DuckDBPyConnection, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with m as estimated by expectation maximisation among the pairs that agree on something."""
    linker = _linker(connection, "linked_node", settings)
    for columns in SESSIONS:
        if _has_pairs(connection, columns):
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*columns), estimate_without_term_frequencies=True
            )
    ((matches,),) = connection.execute("SELECT sum(match_probability) FROM scored").fetchall()
    return _learned(settings, linker, "m_probability", lambda m: m * matches >= RARE)


def _has_pairs(connection: duckdb.DuckDBPyConnection, columns: Iterable[str]) -> bool:
    """Whether any two nodes agree on these columns."""
    known = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    found = connection.execute(
        f"SELECT 1 FROM linked_node WHERE {known} GROUP BY {', '.join(columns)} HAVING count(*) > 1 LIMIT 1"  # noqa: S608
    )
    return bool(found.fetchall())


def _learned(
    settings: Mapping[str, Any], linker: Linker, name: str, is_shown: Callable[[float], bool]
) -> dict[str, Any]:
    """The settings with the probabilities `name` that the linker has learned; what it hardly saw keeps its stated value."""
    learned = linker.misc.save_model_to_json()
    merged = deepcopy(dict(settings))
    for target, source, given in zip(
        merged["comparisons"], learned["comparisons"], stated().settings["comparisons"], strict=True
    ):
        levels = list(
            zip(target["comparison_levels"], source["comparison_levels"], given["comparison_levels"], strict=True)
        )
        free = [trio for trio in levels if name in trio[2] and not trio[2]["fix_" + name]]
        shown = [trio for trio in free if is_shown(trio[1].get(name, 0.0))]
        for level, _, stated_level in free:
            level[name] = stated_level[name]
        rest = 1 - sum(stated_level[name] for level, _, stated_level in free if not _is_in(level, shown))
        total = sum(found[name] for _, found, _ in shown)
        for level, found, _ in shown:
            level[name] = found[name] / total * rest
    return merged


def _is_in(level: Mapping[str, Any], trios: Iterable[tuple[Mapping[str, Any], ...]]) -> bool:
    return any(level is trio[0] for trio in trios)


def _linker(connection: duckdb.DuckDBPyConnection, table: str, settings: Mapping[str, Any]) -> Linker:
    database = DuckDBAPI(connection)
    return Linker(database.register(table), deepcopy(dict(settings)), log_level=None)


def _matches(connection: duckdb.DuckDBPyConnection) -> float:
    """How many other nodes of its person a node has on average, as far as the model can tell."""
    ((matches,),) = connection.execute(
        "SELECT 2 * sum(match_probability) / (SELECT count(*) FROM node) FROM scored"
    ).fetchall()
    return float(matches)


def _tidy(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Splink's settings without what this project gives anew each time."""
    kept = {name: value for name, value in settings.items() if name != "probability_two_random_records_match"}
    kept["blocking_rules_to_generate_predictions"] = [
        {"blocking_rule": rule["blocking_rule"]} for rule in kept["blocking_rules_to_generate_predictions"]
    ]
    return kept


def _rounded(content: Any) -> Any:
    """The same with numbers of `DIGITS` significant digits: further ones say nothing, and differ between machines."""
    if isinstance(content, dict):
        return {name: _rounded(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_rounded(value) for value in content]
    return float(f"{content:.{DIGITS}g}") if isinstance(content, float) else content


if __name__ == "__main__":
    main()
