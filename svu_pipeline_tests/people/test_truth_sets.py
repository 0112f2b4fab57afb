"""Public data sets with truth through the same code as a force's records, with only a column mapping.

The shipped model has never seen them; a model trained on one of them sees its records, never who they are about.
"""

from __future__ import annotations

import logging

import duckdb
import pytest

from svu_pipeline.people.model import Model, shipped
from svu_pipeline.people.train import train
from svu_pipeline_tests.people.splink_documented import documented
from svu_pipeline_tests.people.truth_sets import FOLDER, SETS, as_clusters, as_pairs, link, read

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason="the public sets with truth are not at hand: they are expected in ../shared/data/linkage",
)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, logger="splink")


@pytest.mark.parametrize(("name", "f1"), [("FEBRL 1", 0.98), ("FEBRL 2", 0.98)])
def test_the_shipped_model_finds_who_is_who(name: str, f1: float) -> None:
    """FEBRL's records, of another country and with other errors, are linked as well as asked, as pairs and as clusters."""
    with duckdb.connect() as connection:
        read(connection, SETS[name])
        link(connection, shipped())
        assert as_pairs(connection).f1 >= f1
        assert as_clusters(connection).f1 >= f1


@pytest.mark.soak
@pytest.mark.parametrize("name", ["FEBRL 1", "FEBRL 2"])
def test_a_model_trained_without_truth_finds_who_is_who(name: str) -> None:
    """Training on the set itself, without who is who, does as well."""
    with duckdb.connect() as connection:
        read(connection, SETS[name])
        link(connection, Model(**train(connection, origin=name)))
        assert as_pairs(connection).f1 >= 0.98
        assert as_clusters(connection).f1 >= 0.98


@pytest.mark.slow
@pytest.mark.soak
def test_splinks_own_documented_model_does_no_better_on_its_own_data() -> None:
    """On fake_1000 both models, the shipped and one trained on it without truth, find more than Splink's documented one."""
    with duckdb.connect() as connection:
        theirs_as_pairs, theirs_as_clusters = documented(connection, SETS["fake_1000"])
        read(connection, SETS["fake_1000"])
        for model in (shipped(), Model(**train(connection, origin="fake_1000"))):
            link(connection, model)
            ours_as_pairs, ours_as_clusters = as_pairs(connection), as_clusters(connection)
            assert ours_as_pairs.f1 >= theirs_as_pairs.f1
            assert ours_as_clusters.f1 >= theirs_as_clusters.f1
            assert ours_as_pairs.precision >= theirs_as_pairs.precision - 0.001
