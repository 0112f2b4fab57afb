"""The second count: what it makes of small cases, and that it finds whatever the first count does otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from svu_pipeline.clock import months_between, window
from svu_pipeline.metrics.catalogue import CATALOGUE, COUNTED
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.values import breakdowns_of, contribute, strike
from svu_pipeline.publication.review import review
from svu_pipeline.quality.history import past
from svu_pipeline.recount.compare import EQUALS, RECOUNT, differences, keep_recount, last_recount
from svu_pipeline.recount.current import COLUMNS, Current, Person, age_on, in_session, of_rows
from svu_pipeline.recount.figures import RATES, Recounted, measures, recount
from svu_pipeline.recount.review import recounted_otherwise
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.strike import struck
from svu_pipeline_tests.facts.records import Records, records
from svu_pipeline_tests.night import FIRST_NIGHT, Force
from svu_pipeline_tests.oracle.extract import write_extract
from svu_pipeline_tests.oracle.next_night import write_next_night

YEAR = window("2023-11")
YEARS = [window(label) for label in months_between("2022-10", "2023-12")]


def figures_in(connection: duckdb.DuckDBPyConnection) -> Recounted:
    """Every cell of the figures struck in a session; one that was not supplied is left out."""
    rows = connection.execute(
        "SELECT window_label, metric_id, dimension, code, numerator, denominator FROM value WHERE numerator IS NOT NULL"
    ).fetchall()
    return {(label, metric, by, code): (over, under) for label, metric, by, code, over, under in rows}


def custody(ref: str, on: date, **cells: Any) -> dict[str, Any]:
    return {
        "custody_ref": ref, "transferred_from": None, "record_status": "LIVE", "arrest_reason": "NEW_OFFENCE",
        "arresting_unit": "RAPTOR_WEST", "arrested_on": on, "arrested_at": datetime(on.year, on.month, on.day, 9),
        "district_code": "E06000034", "operation_ref": None, "sex": "M", **cells,
    }  # fmt: skip


def charge(ref: str, **cells: Any) -> dict[str, Any]:
    return {"custody_ref": ref, "urn": "42MG0000123", "status": "LIVE", "initiation": "C", **cells}


def known(people: dict[tuple[str, str], str] | None = None, **rows: list[dict[str, Any]]) -> Current:
    """Rows that stand, each about a person of its own unless `people` says whom."""
    keys = {"custody_record": "custody_ref", "hearing": "hearing_id", "contact": "id", "civil_order": "order_ref"}
    own = {(name, row[key]): row[key] for name, key in keys.items() for row in rows.get(name, [])}
    whom = {key: Person(person, date(2000, 2, 29)) for key, person in (own | (people or {})).items()}
    return of_rows({name: rows.get(name, []) for name in COLUMNS}, whom)


def figures(current: Current) -> dict[str, int]:
    return {metric: over for (_, metric, by, _), (over, _) in recount(current, [YEAR]).items() if not by}


def test_every_metric_is_recounted_by_every_breakdown() -> None:
    """No metric and no dimension of the catalogue is without a second count."""
    counted = measures(known())
    assert counted.keys() | RATES.keys() == CATALOGUE.keys()
    for metric, measure in counted.items():
        assert {"month", *measure.by} == set(breakdowns_of(CATALOGUE[metric])), metric


def test_a_chain_of_custody_is_one_arrest_and_its_charges_are_that_arrests() -> None:
    """A transfer adds no arrest; a charge on the second record, and one made on answering bail, are the first arrest's."""
    day = date(2023, 6, 1)
    rows = [
        custody("a", day),
        custody("b", day, transferred_from="a"),
        custody("c", day + timedelta(40), arrest_reason="ANSWER_BAIL"),
        custody("d", day + timedelta(90)),
    ]
    whom = {("custody_record", ref): "one" for ref in "abc"}
    remand = [{"custody_ref": "c", "remand_code": "PB"}, {"custody_ref": "d", "remand_code": "PB"}]
    found = figures(known(whom, custody_record=rows, charge=[charge("b")], remand_decision=remand))
    assert (found["arrests"], found["people_arrested"]) == (2, 2)
    assert (found["people_charged"], found["people_charged_and_remanded"]) == (1, 1), "d is remanded, never charged"
    assert found["charge_rate"] == 100, "one of two: the exact numerator is a hundredfold, over two"


def test_records_that_point_in_a_ring_are_one_arrest() -> None:
    rows = [custody(ref, date(2023, 6, 1), transferred_from=before) for ref, before in ("ab", "bc", "ca", "da")]
    assert figures(known(custody_record=rows))["arrests"] == 1


@pytest.mark.parametrize(
    ("results", "term"),
    [
        ([("1002", None, 12, "M"), ("1002", "C", 2, "Y")], 2 * 17532),
        ([("1002", None, 1, "Y"), ("1002", "F", 6, "M"), ("1007", "F", 2, "W")], 17532 + 6 * 1461 + 2 * 336),
        ([("1002", "S", 5, "Y"), ("1115", None, 9, "Y"), ("1002", None, 30, "D")], 30 * 48),
        ([("1003", None, 99, "Y"), ("1002", None, 1, "Y")], 17532),
        ([("3070", None, 3, "Y")], None),
    ],
)
def test_the_effective_term_of_a_hearing(results: list[tuple[Any, ...]], term: int | None) -> None:
    """Concurrent, consecutive, suspended, indeterminate, disqualification: counting.md, Effective custodial term."""
    trace = {"_batch": "b", "_file": 0}
    names = ("result_code", "qualifier", "duration_value", "duration_unit")
    given = [
        {**trace, "part_of": 1, "offence_code": "MD71171", **dict(zip(names, one, strict=True))} for one in results
    ]
    hearing = {
        "hearing_id": "h",
        "urn": "42MG0000123",
        "hearing_date": date(2023, 9, 1),
        "updated_at": datetime(2023, 9, 2),
    }
    people = {("custody_record", "a"): "one", ("hearing", "h"): "one"}
    arrest = {"custody_record": [custody("a", date(2021, 1, 1))], "charge": [charge("a", initiation="S")]}
    found = figures(known(people, hearing=[{**hearing, **trace, "_row": 1}], hearing_result=given, **arrest))
    assert (found["prison_years"], found["people_imprisoned"]) == (term or 0, int(term is not None))


def test_an_age_is_complete_on_the_first_of_march() -> None:
    born = date(2004, 2, 29)
    assert [age_on(born, day) for day in (date(2022, 2, 28), date(2022, 3, 1), date(2004, 2, 28))] == [17, 18, None]


@pytest.fixture
def small() -> Iterator[Records]:
    """A unit's year in small: arrests, a charge, seizures, orders, contacts, and work of other units beside them."""
    with records() as made:
        for unit in ("RAPTOR_WEST", "OTHER"):
            first = made.arrest(unit, person=f"{unit} one", district_code="E06000034")
            made.arrest(unit, date(2023, 9, 1), person=f"{unit} one", district_code="E06000033")
            made.hearing("42MG0000123", f"{unit} one", date(2023, 10, 1))
            made.charge(first, "42MG0000123")
            made.exhibit(unit, custody_ref=first)
            made.exhibit(unit, item_type="AMMUNITION")
            made.warrant(unit)
            made.contact(unit)
            made.money(unit)
            made.breach(made.order(unit))
            made.deployment(unit)
        made.operation("OP1", closed_on=date(2023, 8, 8))
        made.build()
        yield made


def compared(made: Records, definitions: tuple[Metric, ...]) -> list[str]:
    """What differs when the figures are struck by some definitions."""
    contribute(made.connection, definitions)
    strike(made.connection, YEARS, frozenset(SYSTEMS), definitions)
    return differences(figures_in(made.connection), recount(in_session(made.connection), YEARS))


CHANGES: dict[str, dict[str, Any]] = {
    "arrests": {"where": "true"},
    "people_arrested": {"subject": "person_id", "first_of": ""},
    "people_charged": {"where": "true"},
    "weapons_seized": {"where": "is_unit_work AND category = 'WEAPON'"},
    "criminal_profits_seized": {"where": "stage = 'SEIZED'"},
    "warrants_executed": {"on": "issued_on + 400"},
    "prison_years": {"quantity": "term_day_48ths + 1"},
    "order_breaches": {"breakdowns": {"district": "unit_code", "unit": "unit_code", "operation": "operation_ref"}},
}


def test_a_changed_filter_is_found(small: Records) -> None:
    """Each change of what is counted, when, how much or under which part differs from the recount; the catalogue does not."""
    assert compared(small, COUNTED) == []
    for changed, change in CHANGES.items():
        found = compared(small, tuple(replace(one, **change) if one.id == changed else one for one in COUNTED))
        assert found, changed
        assert {name.split()[0] for name in found} <= {changed, *(rate for rate, of in RATES.items() if changed in of)}


def test_a_strangers_night_is_counted_alike(force: Force, tmp_path: Path) -> None:
    """Random records of every kind, with all their faults: each cell of each window, whole and by part, is equal."""
    write_extract(tmp_path / "in", seed=5, size=20)
    force.land(tmp_path / "in")
    with struck(force.settings, YEARS) as state:
        assert differences(figures_in(state.connection), recount(in_session(state.connection), YEARS)) == []


@pytest.mark.slow
@pytest.mark.soak
def test_two_nights_of_a_stranger_are_counted_alike(force: Force, tmp_path: Path) -> None:
    """Late, corrected and withdrawn records among them. The recount is kept, and done once; a past review has its own."""
    write_extract(tmp_path / "first", seed=7)
    write_next_night(tmp_path / "first", tmp_path / "second", seed=7)
    for night in ("first", "second"):
        force.night(tmp_path / night)
        found, is_done = keep_recount(force.settings)
        assert is_done and found.different == 0 and found.cells > 1000
        assert keep_recount(force.settings) == (found, False) and last_recount(force.home) == found
    earlier = review(force.settings, YEAR, FIRST_NIGHT + timedelta(days=1, hours=12))
    assert recounted_otherwise(force.settings, earlier) == []


@pytest.mark.slow
def test_the_demonstration_is_counted_alike_and_a_changed_figure_is_found(demo_night: Force) -> None:
    """Every cell of 36 windows; a review of it too, and none of three changed numbers passes."""
    found, _ = keep_recount(demo_night.settings)
    assert (found.different, found.windows) == (0, 36) and found.cells > 40_000
    assert past(demo_night.home)[RECOUNT, EQUALS].passed
    document = review(demo_night.settings, YEAR)
    assert recounted_otherwise(demo_night.settings, document) == []
    arrested, arrests, charged, *_ = document["figures"]
    arrested["monthly"][0]["numerator"] += 1
    arrests["numerator"] -= 1
    charged["breakdowns"][0]["rows"].pop(0)
    assert recounted_otherwise(demo_night.settings, document) == [
        "people_arrested by month",
        "arrests",
        "people_charged by district",
    ]
