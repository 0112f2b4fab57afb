"""The shipped model against Splink itself, against its specification, and against a second training."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict
from importlib import resources
from typing import Any

import duckdb
import pytest
from splink import DuckDBAPI, Linker

from svu_pipeline.people.linking import nothing_known
from svu_pipeline.people.model import Model, compare, frequencies, levels, link_nodes, model_of, score, shipped
from svu_pipeline.people.train import stated, train, training_session
from svu_pipeline_tests.people.test_model import OTHERS, SAME, STRANGERS, make_nodes

PEOPLE = [one for pair in (SAME | OTHERS).values() for one in pair] + STRANGERS


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Splink warns of levels that so few records do not show."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(before)


def test_pairs_and_weights_are_those_of_splinks_own_predict() -> None:
    """Splink's public `predict`, on the same nodes, settings, frequencies and prior, finds the same pairs and weights."""
    with duckdb.connect() as connection:
        make_nodes(connection, PEOPLE)
        compare(connection)
        score(connection)
        link_nodes(connection)
        database = DuckDBAPI(connection)
        prior = 1 / (1 + 2 ** -shipped().prior(len(PEOPLE)))
        settings = {**shipped().settings, "probability_two_random_records_match": prior}
        linker = Linker(database.register("linked_node"), settings, log_level=None)
        frequencies(connection)
        for column in shipped().frequency_columns:
            table = database.register(f"frequency_{column}")
            linker.table_management.register_term_frequency_lookup(table, column)
        predicted = linker.inference.predict(warning_mode="never")
        both = connection.execute(
            "SELECT count(*), count(p.node_id_l), count(s.node_l), max(abs(p.match_weight - s.match_weight)), "
            "max(abs(p.match_probability - s.match_probability)) "
            f"FROM {predicted.physical_name} p FULL JOIN scored s ON p.node_id_l = s.node_l AND p.node_id_r = s.node_r"
        ).fetchall()[0]
    assert both[0] == both[1] == both[2] > 50
    assert both[3] < 1e-9 and both[4] < 1e-9


def test_the_shipped_model_is_what_the_specification_yields() -> None:
    """But for trained numbers the file says what the specification says: levels, words, frequencies and rules."""
    ours, given = shipped(), stated()
    assert list(ours.rules) == list(given.rules)
    assert _without_numbers(ours) == _without_numbers(given)
    assert (ours.population, ours.names_seen) == (given.population, given.names_seen)
    for comparison in ours.sql.comparisons:
        of_one = [level for level in levels() if level.comparison == comparison]
        for shares in ([level.m for level in of_one], [level.u for level in of_one]):
            assert sum(shares) == pytest.approx(1, abs=5e-4)
        assert len({level.label for level in of_one}) == len(of_one)


def _without_numbers(model: Model) -> Any:
    text = json.dumps(model.settings)
    settings = json.loads(text)
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            level.pop("m_probability", None)
            level.pop("u_probability", None)
    return settings


def test_the_shipped_model_names_itself_and_where_it_comes_from() -> None:
    """The file has a version, and says on what it was trained; agreement speaks for, disagreement against."""
    content = json.loads(resources.files("svu_pipeline.people").joinpath("model.json").read_text("utf-8"))
    assert len(content["version"]) == 12 and content["trained"]["nodes"] > 1000
    assert model_of(None).version == content["version"]
    for comparison in shipped().sql.comparisons:
        weights = [level.weight for level in levels() if level.comparison == comparison]
        assert max(weights) > 0 > weights[-1]


@pytest.mark.slow
def test_training_is_the_same_to_the_byte_and_in_any_order_of_rows() -> None:
    """A seed and the nodes decide the model, not their order; what so few records hardly show keeps its stated value."""
    made = []
    for order in ("node_id", "hash(node_id)"):
        with training_session() as connection:
            make_nodes(connection, PEOPLE * 2)
            connection.execute(f"CREATE OR REPLACE TABLE node AS FROM node ORDER BY {order}")
            nothing_known(connection)
            made.append(json.dumps(train(connection, origin="a test"), sort_keys=True))
    assert made[0] == made[1]
    learned, given = Model(**json.loads(made[0])), stated()
    assert asdict(learned)["trained"]["from"] == "a test"
    swapped = [level for level in learned.sql.levels if "exchanged" in level.label and level.comparison == "surname"]
    assert [level.u for level in swapped] == [
        level.u for level in given.sql.levels if "exchanged" in level.label and level.comparison == "surname"
    ]
