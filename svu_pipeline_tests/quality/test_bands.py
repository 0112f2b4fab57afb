"""The bands that held rows leave: what they are, and that a corrected delivery never falls outside them."""

from __future__ import annotations

import random
import re
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from svu_pipeline.clock import window
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.quality.bands import Band, bands, datasets_of
from svu_pipeline.strike import struck
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import Extract, person, pnc, result

YEAR = window("2023-11")
SYSTEMS = ("custody", "case_file", "courts", "property", "asset_recovery", "warrants", "safeguarding")


def banded(force: Force, folder: Path, extract: Extract) -> dict[str, tuple[str | None, Band]]:
    """Every figure and its band after a night on an extract."""
    extract.write(folder)
    force.land(folder, SYSTEMS)
    with struck(force.settings, [YEAR]) as state:
        found = bands(state.connection)
        rows = state.connection.execute("SELECT metric_id, printed FROM value WHERE dimension = ''").fetchall()
    return {metric: (printed, found[YEAR.label, metric]) for metric, printed in rows}


@pytest.mark.slow
def test_what_each_held_row_could_do(force: Force, tmp_path: Path) -> None:
    """Counts by one a record, a newer version by none, a readable amount by itself, an unreadable one without bound."""
    extract = Extract()
    for day in (1, 2):
        extract.warrant(datetime(2023, 6, day), datetime(2023, 6, day + 1), Warrant_No=f"SW000{day}")
    extract.money("SEIZED", 100)
    extract.drug("5", "G")
    first = banded(force, tmp_path / "one", extract)
    assert first["warrants_executed"] == ("2", Band(0, "2", "2"))
    extract.warrant(datetime(2023, 6, 1), datetime(2023, 6, 2), Warrant_No="SW0009", Power="")
    extract.warrant(datetime(2024, 6, 1), datetime(2024, 6, 2), Warrant_No="SW0010", Power="")
    extract.warrant(datetime(2023, 6, 1), datetime(2021, 6, 2), Warrant_No="SW0011")
    extract.warrants[0] |= {"Warrant No": "SW0001", "Power": ""}
    extract.money("SEIZED", 50, Unit="")
    extract.money("FORFEITED", "none", Unit="SVU_HQ")
    extract.drug("-", "G", file="20240109")
    found = banded(force, tmp_path / "two", extract)
    # SW0001 has a held newer version, SW0009 is new, of SW0011 the day itself is in doubt; SW0010 is of another year.
    assert found["warrants_executed"] == ("2", Band(3, "1", "4"))
    assert found["drug_seizures"][1] == Band(1, "1", "2")
    assert found["drugs_seized_kg"] == ("0.005", Band(1, "0.005", None))
    money = found["criminal_profits_seized"]
    assert money[0] == "100.00" and money[1].lowest == "100.00" and money[1].highest is None
    assert found["people_arrested"] == ("0", Band(0, "0", "0"))


@pytest.mark.slow
def test_a_readable_amount_moves_a_sum_by_no_more_than_itself(force: Force, tmp_path: Path) -> None:
    """£50 held for its unit: between £100 and £150."""
    extract = Extract()
    extract.money("SEIZED", 100)
    extract.money("SEIZED", 50, Unit="")
    found = banded(force, tmp_path / "in", extract)
    assert found["criminal_profits_seized"] == ("100.00", Band(1, "100.00", "150.00"))


def a_year(chance: random.Random) -> Extract:
    """A year of the unit's work, all of it in order."""
    extract = Extract()
    people = [person(f"Farrow{n}", f"Ann{n}", f"{1980 + n}-05-01", pnc(2008, 4500 + n)) for n in range(14)]

    def day(fmt: str = "%Y-%m-%d 09:00:00") -> str:
        return f"{datetime(2022, 11, 1) + timedelta(days=chance.randrange(420)):{fmt}}"

    arrests: list[tuple[Any, str]] = []
    for _ in range(24):
        unit = chance.choice(("RAPTOR_NORTH", "RAPTOR_WEST", "LPT_BASILDON"))
        before = chance.choice(arrests)[1] if arrests and chance.random() < 0.2 else None
        who = chance.choice(people)
        arrests.append((who, extract.arrest(who, day(), arresting_unit=unit, transferred_from=before)))
    for number, (who, ref) in enumerate(chance.sample(arrests, 16)):
        urn = f"42CY{number:05d}23"
        extract.charge(ref, urn=urn, initiation=chance.choice("CCR"))
        extract.remand(ref, chance.choice(("PB", "CB", "LA")))
        if chance.random() < 0.7:
            for _ in range(chance.choice((1, 1, 2))):
                extract.hearing(who, day("%Y-%m-%d"), result("1002", chance.randrange(3, 60)), urn=urn)
    for _ in range(16):
        extract.weapon("KNIFE", str(chance.randrange(1, 4)), seized=day("%d/%m/%Y 12:00"))
        extract.drug(str(chance.randrange(1, 90)), "G", seized=day("%d/%m/%Y 12:00"))
        extract.money(chance.choice(("SEIZED", "FORFEITED")), chance.randrange(10, 900), datetime.fromisoformat(day()))
        issued = datetime.fromisoformat(day())
        extract.warrant(issued, issued + timedelta(days=3))
        contact: dict[str, Any] = {"kind": "CHILD_REFERRAL", "outcome": "SAFEGUARDED", "partner": "SCHOOL"}
        extract.contact(chance.choice(people), day("%Y-%m-%d"), **contact)
    return extract


def spoilt(extract: Extract, chance: random.Random) -> Extract:
    """The same with a few rows of each source that cannot be read."""
    wrong = deepcopy(extract)
    for rows, cells in (
        (wrong.tables["custody_record"], {"arrested_at": "noon", "surname": None, "record_status": None}),
        (wrong.tables["charge"], {"charged_at": "noon", "offence_code": None}),
        (wrong.tables["remand_decision"], {"remand_code": None, "decided_at": "noon"}),
        (wrong.hearings, {"urn": "none", "hearing_date": "today"}),
        (wrong.exhibits["20240102"], {"quantity": "few", "seized_at": "noon", "unit_code": ""}),
        (wrong.register, {"Amount": "much", "Date": "noon", "Unit": ""}),
        (wrong.warrants, {"Issued": "noon", "Executed": "noon", "Power": ""}),
        (next(iter(wrong.contacts.values())), {"contacted-on": "noon", "kind": ""}),
    ):
        for row in chance.sample(rows, 3):
            column = chance.choice(list(cells))
            row[column] = cells[column]
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_a_corrected_delivery_falls_within_the_band(seed: int, force: Force, tmp_path: Path) -> None:
    """Brute force: rows are held, bands stated; then the rows come as they should have, and no figure is outside."""
    chance = random.Random(seed)
    extract = a_year(chance)
    before = banded(force, tmp_path / "spoilt", spoilt(extract, chance))
    after = banded(force, tmp_path / "whole", extract)
    assert sum(band.held for _, band in before.values()) > 30
    assert all(band.held == 0 for _, band in after.values()), "the corrected rows have cleared the held ones"
    assert sum(after[metric][0] != before[metric][0] for metric in after) > 8
    for metric, (printed, _) in after.items():
        stated = before[metric][1]
        if printed is None or stated.lowest is None:
            continue
        assert Decimal(stated.lowest) <= Decimal(printed), (metric, printed, stated)
        assert stated.highest is None or Decimal(printed) <= Decimal(stated.highest), (metric, printed, stated)


def tables_read(query: str) -> set[str]:
    """The tables that a statement reads, as DuckDB parses it."""
    with duckdb.connect() as connection:
        (parsed,) = connection.execute("SELECT json_serialize_sql($query)", {"query": query}).fetchall()[0]
    return set(re.findall(r'"table_name":"(\w+)"', parsed))


def test_datasets_are_those_of_the_facts_own_sql() -> None:
    """What DuckDB finds in the facts' statements is what the band of a metric looks at, of the sources it needs."""
    facts = fact_tables()
    read = {name: tables_read(table.query) for name, table in facts.items()}

    def reached(name: str) -> set[str]:
        return read[name] | {inner for other in read[name] & facts.keys() for inner in reached(other)}

    for metric in CATALOGUE.values():
        names = [name for name in metric.fact.split() if name in facts]
        found = {inner for name in names for inner in reached(name)} & CONTRACTS.keys()
        own = {name for name in found if CONTRACTS[name].source in metric.needs and not CONTRACTS[name].part_of}
        withdrawing = {str(CONTRACTS[name].withdrawn_by) for name in own if CONTRACTS[name].withdrawn_by}
        assert datasets_of(metric) == own | withdrawing, metric.id
        assert metric.is_rate or metric.dataset in own
