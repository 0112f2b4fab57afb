"""The band that linking leaves: as brute force has it, nothing computed where nothing differs, and how it is said."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from svu_pipeline.clock import window
from svu_pipeline.facts import build as facts
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.metrics.catalogue import CATALOGUE, METRICS
from svu_pipeline.metrics.keys import record_key
from svu_pipeline.metrics.metric import Noun
from svu_pipeline.metrics.values import contribute, strike
from svu_pipeline.publication.figures import figure, sitting
from svu_pipeline.publication.labels import moved_words, said
from svu_pipeline.quality import linking_band
from svu_pipeline.quality.bands import closure
from svu_pipeline.quality.linking_band import (
    BEFORE,
    HEADLINE,
    LABELS,
    LinkingBand,
    hangs_on_linking,
    linking_bands,
    linking_counts,
    strike_linking_band,
)
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.strike import Struck, struck
from svu_pipeline.warehouse import table_of_rows
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import person, pnc, result
from svu_pipeline_tests.quality.test_bands import a_year

pytestmark = pytest.mark.slow

YEAR = "2023-11"
WINDOWS = [window(YEAR), window("2023-06"), window("2023-03", 1), window("2019-01")]
READING_PEOPLE = [name for name in fact_tables() if any("person_record" in table.query for table in closure(name))]
HANGING = [metric.id for metric in METRICS if hangs_on_linking(metric)]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Struck]:
    """A session in which a year of a small force has been struck; `person_record` is put in its place by each test."""
    force, folder = Force(tmp_path_factory.mktemp("bands") / "home"), tmp_path_factory.mktemp("extract")
    chance = random.Random(4)
    extract = a_year(chance)
    for number in range(12):
        who = person(
            f"Farrow{number}", f"Ann{number}", f"{2004 + number % 6}-0{1 + number % 9}-11", pnc(2009, 700 + number)
        )
        at = f"2023-{1 + number % 12:02d}-1{number % 9}"
        order = extract.order(who, ("GANG_INJUNCTION", "STRO")[number // 2 % 2], at)
        extract.breach(order, at)
        extract.contact(who, at, outcome="SAFEGUARDED")
        urn, life = f"42CY9{number:04d}23", result("1003", None, None)
        extract.charge(extract.arrest(who, f"{at} 09:00:00"), urn=urn)
        extract.hearing(who, at, life if number % 2 else result("1002", 10 + number), urn=urn)
    bail(extract.tables["custody_record"], chance)
    extract.write(folder)
    force.land(folder, ("custody", "case_file", "courts", "safeguarding", "civil_orders"))
    with struck(force.settings, WINDOWS) as struck_state:
        yield struck_state


def bail(records: list[dict[str, Any]], chance: random.Random) -> None:
    """Some of the arrests are returns to answer bail: of which arrest, only who is who can tell."""
    for record in chance.sample(records, 5):
        record["arrest_reason"] = "ANSWER_BAIL"


def put(
    connection: duckdb.DuckDBPyConnection,
    labels: dict[str, dict[tuple[str, str], str]],
    names: Collection[str] = READING_PEOPLE,
) -> None:
    """Put `person_record` in place, with the people of `HEADLINE`, and strike all figures again from the facts up."""
    born = births(connection, labels[HEADLINE])
    rows = [
        (*record, who, born.get(who), *(labels[name][record] for name in (*LABELS, BEFORE)))
        for record, who in labels[HEADLINE].items()
    ]
    columns = {"dataset": "TEXT", "record_key": "TEXT", "person_id": "TEXT", "date_of_birth": "DATE"}
    table_of_rows(connection, "person_record", columns | dict.fromkeys((*LABELS, BEFORE), "TEXT"), rows)
    for relation in ("linking_band", "linking_figure"):
        connection.execute(f"DROP TABLE IF EXISTS {relation}")
    facts.build(connection, names)
    contribute(connection)
    strike(connection, WINDOWS, frozenset(SYSTEMS))


def births(connection: duckdb.DuckDBPyConnection, people: dict[tuple[str, str], str]) -> dict[str, date]:
    """The most frequent date of birth of each person's records, the earliest of equally frequent ones."""
    counts: dict[str, Counter[date]] = defaultdict(Counter)
    for dataset in {dataset for dataset, _ in people}:
        rows = connection.execute(
            f"SELECT {record_key(dataset)}, date_of_birth FROM {dataset} s WHERE date_of_birth IS NOT NULL"
        ).fetchall()
        for key, born in rows:
            counts[people[dataset, key]][born] += 1
    return {who: min(found, key=lambda born: (-found[born], born)) for who, found in counts.items()}


def records_of(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return sorted(connection.execute("SELECT dataset, record_key FROM person_record").fetchall())


def printed(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str | None]:
    """Every whole figure as printed, by window and metric."""
    return {
        (label, metric): text
        for label, metric, text in connection.execute(
            "SELECT window_label, metric_id, printed FROM value WHERE dimension = ''"
        ).fetchall()
    }


def by_brute_force(
    connection: duckdb.DuckDBPyConnection,
    labels: dict[str, dict[tuple[str, str], str]],
    names: Collection[str] = READING_PEOPLE,
) -> dict[str, dict[tuple[str, str], str | None]]:
    """All figures struck anew from the facts up, once for each reading of who is who."""
    found = {}
    for name in (*LABELS, BEFORE, HEADLINE):
        put(connection, dict.fromkeys(labels, labels[name]), names)
        found[name] = printed(connection)
    return found


def partition(records: list[tuple[str, str]], people: int, seed: int, name: str) -> dict[tuple[str, str], str]:
    """Records dealt to so many people at most, by chance."""
    chance = random.Random(f"{seed} {name}")
    return {record: f"{name}{chance.randrange(people)}" for record in records}


READINGS = {"seed": st.integers(0, 10**6), "people": st.tuples(*[st.sampled_from((2, 9, 25, 400))] * 5)}
QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@settings(QUIET, max_examples=3)
@given(**READINGS)
def test_the_band_is_that_of_brute_force(state: Struck, seed: int, people: tuple[int, ...]) -> None:
    """Whatever the readings: every figure at every threshold, the least, the greatest, and what linking moved."""
    is_that_of_brute_force(state.connection, seed, people)


@pytest.mark.soak
@settings(QUIET, max_examples=100)
@given(**READINGS)
def test_the_band_is_that_of_brute_force_at_length(state: Struck, seed: int, people: tuple[int, ...]) -> None:
    """The same, for hundreds of readings."""
    is_that_of_brute_force(state.connection, seed, people)


def is_that_of_brute_force(connection: duckdb.DuckDBPyConnection, seed: int, people: tuple[int, ...]) -> None:
    records = records_of(connection)
    names = (HEADLINE, *LABELS, BEFORE)
    labels = {name: partition(records, count, seed, name) for name, count in zip(names, people, strict=True)}
    expected = by_brute_force(connection, labels)
    put(connection, labels)
    strike_linking_band(connection)
    found = linking_bands(connection)
    assert found.keys() == {(label, metric) for label, metric in expected[HEADLINE] if metric in HANGING}
    for at, band in found.items():
        readings = [expected[name][at] for name in ("at_80", "at_90", HEADLINE, "at_99")]
        assert list(band.readings.values()) == readings, at
        numbers = [Decimal(text) for text in readings if text is not None]
        if not numbers:
            assert (band.lowest, band.highest, band.moved) == (None, None, None)
            continue
        assert (Decimal(str(band.lowest)), Decimal(str(band.highest))) == (min(numbers), max(numbers)), at
        now, before = expected[HEADLINE][at], expected[BEFORE][at]
        assert Decimal(str(band.moved)) == Decimal(str(now)) - Decimal(str(before)), at


def test_figures_that_linking_cannot_touch_are_the_same_in_every_reading(state: Struck) -> None:
    """What hangs on who is who is what the facts' SQL says, people and prison years among it; all else stays."""
    people = {metric.id for metric in METRICS if metric.noun is Noun.PEOPLE}
    rates = {metric.id for metric in METRICS if metric.is_rate}
    assert people | rates | {"prison_years", "indeterminate_sentences"} <= set(HANGING)
    connection = state.connection
    records = records_of(connection)
    counts = zip((HEADLINE, *LABELS, BEFORE), (60, 2, 9, 400, 20), strict=True)
    readings = {name: partition(records, count, 1, name) for name, count in counts}
    found = by_brute_force(connection, readings, fact_tables())
    moving = {metric for _, metric in found["at_80"] if len({reading[YEAR, metric] for reading in found.values()}) > 1}
    assert people | rates | {"prison_years", "indeterminate_sentences"} <= moving, (
        "the force puts each of them to the test"
    )
    for at, figure_then in found["at_80"].items():
        assert at[1] in HANGING or {reading[at] for reading in found.values()} == {figure_then}, at


def test_equal_partitions_compute_nothing(state: Struck, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other labels for the same people: the figures are the headline's and no fact is read; of two alike, one is computed."""
    connection = state.connection
    records = records_of(connection)
    same = partition(records, 9, 7, "person")
    renamed = {record: f"label of {who}" for record, who in same.items()}
    put(connection, dict.fromkeys((*LABELS, BEFORE), renamed) | {HEADLINE: same})
    computed: list[str] = []
    plain = linking_band._contribute

    def noted(connection: duckdb.DuckDBPyConnection, reading: str) -> None:
        computed.append(reading)
        plain(connection, reading)

    monkeypatch.setattr(linking_band, "_contribute", noted)
    strike_linking_band(connection)
    assert computed == []
    now = printed(connection)
    for at, band in linking_bands(connection).items():
        assert {band.lowest, band.highest, *band.readings.values()} == {now[at]} and band.is_one_value
        assert band.moved is None or not Decimal(band.moved)
    assert set(linking_counts(connection).values()) == {0}
    other = partition(records, 5, 8, "other")
    put(
        connection,
        {
            "at_80": other,
            "at_90": {r: f"{who}'" for r, who in other.items()},
            "at_99": renamed,
            BEFORE: renamed,
            HEADLINE: same,
        },
    )
    strike_linking_band(connection)
    assert computed == ["at_80"]
    assert all(band.readings["0.80"] == band.readings["0.90"] for band in linking_bands(connection).values())


def test_a_person_who_is_two_at_another_threshold_is_said(state: Struck) -> None:
    """Two arrested people are one below .95 and were one before: the figure says so, its neighbours keep still."""
    connection = state.connection
    arrested = connection.execute(
        "SELECT DISTINCT record_key, subject FROM contribution WHERE metric_id = 'people_arrested' ORDER BY 1"
    ).fetchall()
    records = records_of(connection)
    each = {record: "/".join(record) for record in records}
    one, two = (("custody_record", key) for key, _ in arrested[:2])
    joined = each | {one: "both", two: "both"}
    put(connection, {"at_80": joined, "at_90": joined, "at_99": each, BEFORE: joined, HEADLINE: each})
    sat = sitting(state, WINDOWS[0])
    band = sat.linking["people_arrested"]
    count = int(str(band.highest))
    assert band == LinkingBand(
        str(count - 1),
        str(count),
        dict(zip(("0.80", "0.90", "0.95", "0.99"), map(str, (count - 1, count - 1, count, count)), strict=True)),
        "1",
    )
    found = figure(CATALOGUE["people_arrested"], WINDOWS[0], sat, state.as_at, [])
    assert found["linking"]["crosses"] == "error"
    assert said(found) == (
        f"{count} people ({count - 1}–{count} as the linking threshold moves from .80 to .99; moved by the last linking: +1)"
    )
    quiet = figure(CATALOGUE["people_safeguarded"], WINDOWS[0], sat, state.as_at, [])
    assert said(quiet) == quiet["display"] and quiet["linking"]["crosses"] is None
    assert figure(CATALOGUE["weapons_seized"], WINDOWS[0], sat, state.as_at, [])["linking"] is None


def test_what_linking_moved_is_said_in_the_figures_own_terms() -> None:
    """A minus is a minus sign, a rate moves by points, and nothing is said of nothing."""
    assert moved_words(CATALOGUE["people_arrested"], "-1") == "−1"
    assert moved_words(CATALOGUE["charge_rate"], "0.2") == "+0.2 points"
    assert moved_words(CATALOGUE["prison_years"], "0.00") == moved_words(CATALOGUE["prison_years"], None) == ""
