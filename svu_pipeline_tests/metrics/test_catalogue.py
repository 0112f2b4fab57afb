"""The catalogue: complete, typed by noun, and printed by one rounding."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(-(10**12), 10**12), st.integers(1, 10**6), st.integers(0, 3)), min_size=1, max_size=50
    )
)
def test_figures_are_rounded_half_away_from_zero_from_the_exact_ratio(cases: list[tuple[int, int, int]]) -> None:
    """The SQL rounding equals Python's decimal arithmetic for any ratio."""
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        for numerator, denominator, decimals in cases:
            (found,) = connection.execute(
                "SELECT printed(?::BIGINT, ?::BIGINT, ?::INTEGER)", [numerator, denominator, decimals]
            ).fetchall()[0]
            scaled = Decimal(numerator) * 10**decimals
            whole, rest = divmod(abs(scaled), denominator)
            rounded = whole + (1 if rest * 2 >= denominator else 0)
            expected = (rounded.scaleb(-decimals) * (-1 if numerator < 0 else 1)).quantize(
                Decimal(1).scaleb(-decimals), ROUND_HALF_UP
            )
            assert Decimal(found) == expected
            assert len(found.partition(".")[2]) == decimals


def test_the_published_rate_is_what_it_is() -> None:
    """305 of 440 is 69.3 %, not 70."""
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        assert connection.execute(
            "SELECT printed(100 * 305, 440, 1), printed(1, 8, 2), printed(5, 0, 1)"
        ).fetchall() == [("69.3", "0.13", None)]
