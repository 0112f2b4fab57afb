"""The catalogue: complete, typed by noun, and its SQL printing as it should (test_rounding has the rule)."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from svu_pipeline.facts.table import fact_tables
from svu_pipeline.metrics import catalogue, enforcement
from svu_pipeline.metrics.catalogue import CATALOGUE, metric_of
from svu_pipeline.metrics.metric import CatalogueError, Noun
from svu_pipeline.metrics.values import breakdowns_of
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline_tests.oracle.count import METRICS

MACROS = (Path(catalogue.__file__).parent / "macros.sql").read_text("utf-8")


def test_the_catalogue_is_that_of_the_counting_rules() -> None:
    """Every id that the independent reading of the rules knows, and no other."""
    assert set(CATALOGUE) == set(METRICS)


def test_people_are_never_counted_from_rows_of_another_noun() -> None:
    """A metric of people over warrants, or of arrests over distinct persons, cannot be built."""
    with pytest.raises(CatalogueError, match="people"):
        replace(enforcement.WARRANTS_EXECUTED, noun=Noun.PEOPLE)
    with pytest.raises(CatalogueError, match="people"):
        replace(enforcement.PEOPLE_ARRESTED, subject="")
    with pytest.raises(CatalogueError, match="arrests"):
        replace(enforcement.ARRESTS, subject="person_id")
    with pytest.raises(CatalogueError, match="per cent"):
        replace(enforcement.CHARGE_RATE, noun=Noun.PEOPLE)


def test_every_metric_stands_on_facts_and_sources_that_are_there() -> None:
    """Its fact's columns exist, its sources deliver, its definition and dimensions are given."""
    for metric in CATALOGUE.values():
        assert metric.definition.endswith(".") and set(metric.needs) <= set(SYSTEMS) and metric.needs
        if not metric.is_rate:
            tables = [fact_tables()[name] for name in re.findall(r"fct_\w+", metric.fact)]
            columns = {column.name for table in tables for column in table.columns}
            assert metric.on in columns and metric.record in columns
            assert not metric.subject or metric.subject in columns
        assert breakdowns_of(metric)[0] == "month"


def test_an_unknown_metric_is_answered_with_the_nearest() -> None:
    """The error names what was probably meant."""
    with pytest.raises(CatalogueError, match="people_arrested"):
        metric_of("people_arested")


def test_the_published_rate_is_what_it_is() -> None:
    """305 of 440 is 69.3 %, not 70."""
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        assert connection.execute(
            "SELECT printed(100 * 305, 440, 1), printed(1, 8, 2), printed(5, 0, 1)"
        ).fetchall() == [("69.3", "0.13", None)]
