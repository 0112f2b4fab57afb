"""The worked cases: landed together as one extract, each gives in its month what an analyst wrote that it must."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from svu_pipeline.clock import window
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.definition import in_words
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.worked import WorkedCase, columns_of, worked_cases
from svu_pipeline.sources import asset_recovery, police_uk, warrants
from svu_pipeline.strike import struck
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import Extract, Person, person, pnc, result, results

Record = dict[str, Any]
Add = Callable[[Extract, Person, Record], object]

SURNAMES = ("Appleyard", "Birkenshaw", "Cottingham", "Dunnock", "Eastleigh", "Fotherby", "Garside", "Hepplewhite",
            "Inglethorpe", "Jessamy", "Kettleborough", "Lythgoe", "Micklethwaite", "Nettlefold", "Oldershaw", "Pickersgill",
            "Quarmby", "Ravensdale", "Satterthwaite", "Tattersall", "Umfreville", "Vavasour", "Wigglesworth", "Yarborough",
            "Zouche", "Arkwright", "Blenkinsop", "Cholmeley", "Dewsnap", "Entwistle")  # fmt: skip
FORENAMES = {"A": "Alda", "B": "Bruno", "C": "Cerys", "D": "Dorian", "E": "Elspeth", "F": "Fergus"}


def test_every_case_gives_the_figures_that_were_worked_out(figures: Mapping[tuple[str, str], str]) -> None:
    """Through contracts, linking, facts and metrics: one night, and the month of each case."""
    for case in worked_cases():
        found = {metric: figures[case.window, metric] for metric in case.expect}
        assert found == dict(case.expect), f"{case.file}, {case.window}: {case.shows}"


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_every_metric_has_a_case_with_a_record_that_counts_and_one_that_does_not(metric: Metric) -> None:
    """Of the datasets that can change it, as its definition tells them."""
    told = in_words(metric)["example"]
    assert ": counts" in told and ": does not count" in told


def test_no_two_cases_share_a_month() -> None:
    """Else the records of one would count in the other's figures."""
    windows = [case.window for case in worked_cases()]
    assert len(windows) == len(set(windows))


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], str]:
    """The figures of every case's month, by window and metric, from one night of all the cases' records."""
    root = tmp_path_factory.mktemp("cases")
    extract = Extract()
    for number, case in enumerate(worked_cases()):
        _add(extract, number, case)
    extract.write(root / "extract")
    force = Force(root / "home")
    force.land(root / "extract")
    assert not force.refused
    with struck(force.settings, [window(case.window, 1) for case in worked_cases()]) as state:
        rows = state.connection.execute("SELECT window_label, metric_id, printed FROM value WHERE dimension = ''")
        return {(label, metric): printed for label, metric, printed in rows.fetchall()}


def _add(extract: Extract, number: int, case: WorkedCase) -> None:
    for record in case.records:
        columns = columns_of(record)
        letter = columns.pop("person", "A")
        ADD[record["dataset"]](extract, _person(number, letter, columns), columns)


def _person(number: int, letter: str, columns: Record) -> Person:
    """Somebody invented, the same wherever a case names the letter; a date of birth of the case's own stands."""
    place = ord(letter) - ord("A")
    born = columns.pop("date_of_birth", f"{1970 + number}-{place + 3:02d}-{number % 27 + 1:02d}")
    return person(
        SURNAMES[number % len(SURNAMES)], FORENAMES[letter], born or None, pnc(2003, 1000 + 10 * number + place)
    )


def _hearing(extract: Extract, who: Person, columns: Record) -> None:
    terms = [result(term.pop("result_code"), term.pop("value"), **term) for term in map(dict, columns.pop("results"))]
    extract.hearing(who, columns.pop("hearing_date"), *results(*terms), **columns)


def _exhibit(extract: Extract, _: Person, columns: Record) -> None:
    given = (columns.pop("seized_at"), columns.pop("category"), columns.pop("quantity", "1"))
    extract.exhibit(*given, columns.pop("unit_of_measure", "ITEM"), **columns)


def _register(extract: Extract, _: Person, columns: Record) -> None:
    titled = {title: columns[name] for title, name in asset_recovery.HEADER.items() if name in columns}
    extract.money(titled.pop("Stage"), titled.pop("Amount"), titled.pop("Date"), **titled)


def _warrant(extract: Extract, _: Person, columns: Record) -> None:
    titled = {title: columns[name] for title, name in warrants.HEADER.items() if name in columns}
    extract.warrant(titled.pop("Issued"), titled.pop("Executed", None), titled.pop("Status"), **titled)


def _stop(extract: Extract, _: Person, columns: Record) -> None:
    headed = {header: columns[name] for header, name in police_uk.STOP_AND_SEARCH.items() if name in columns}
    extract.stops[columns["month"]].append(headed)


ADD: dict[str, Add] = {
    "custody_record": lambda x, who, columns: x.arrest(who, columns.pop("arrested_at"), **columns),
    "charge": lambda x, _, columns: x.charge(columns.pop("custody_ref"), **columns),
    "remand_decision": lambda x, _, columns: x.remand(
        columns.pop("custody_ref"), columns.pop("remand_code"), **columns
    ),
    "hearing": _hearing,
    "exhibit": _exhibit,
    "register_entry": _register,
    "warrant": _warrant,
    "contact": lambda x, who, columns: x.contact(who, columns.pop("contacted_on"), columns.pop("outcome"), **columns),
    "civil_order": lambda x, who, columns: x.order(
        who, columns.pop("order_type"), columns.pop("granted_on"), **columns
    ),
    "order_breach": lambda x, _, columns: x.breach(columns.pop("order_ref"), columns.pop("breached_on"), **columns),
    "operation": lambda x, _, columns: x.operation(columns.pop("kind"), columns.pop("closed_on", None), **columns),
    "deployment": lambda x, _, columns: x.deployment(
        columns.pop("operation_name"), columns.pop("started_on"), **columns
    ),
    "stop_and_search": _stop,
    "street_crime": lambda x, _, columns: x.crime(columns["month"], columns["crime_type"]),
}
"""How a record of each dataset is written into an extract: what a case leaves out is ordinary."""
