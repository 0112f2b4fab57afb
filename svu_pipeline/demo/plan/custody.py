"""Who was arrested, when, by whom, and through which custody records the arrest went."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

from svu_pipeline.demo.force import (
    KASH_REF,
    OTHER_OFFENCES,
    OTHER_UNITS,
    RAPTOR_UNITS,
    SUPPLY_OFFENCES,
    WALTHAM_FOREST,
    Arrest,
    CustodyRecord,
    Force,
    district_of,
)
from svu_pipeline.demo.names import TRAP_SURNAMES, Person
from svu_pipeline.demo.plan.lookalikes import arrested, plan_lookalikes
from svu_pipeline.demo.plan.operations import KASH_DAY
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import SEASONS, Season, random_instant, window_span

SUITES = ("CU", "HA", "BA", "SE", "GR", "CH")
# Instants that decide something: the edges of the published window, and summer nights whose UTC day is
# the day before.
EDGE_INSTANTS = {
    "2022-11": (datetime(2022, 11, 30, 23, 59, 59), datetime(2022, 6, 1, 0, 20)),
    "2023-11": (
        datetime(2022, 12, 1),
        datetime(2023, 11, 30, 23, 59, 59),
        datetime(2023, 7, 1, 0, 30),
        datetime(2023, 6, 1, 0, 15),
        datetime(2023, 3, 31, 23, 20),
    ),
    "2024-05": (datetime(2023, 12, 1), datetime(2024, 5, 31, 23, 45)),
    "2024-11": (datetime(2024, 6, 1, 0, 30),),
}
AMBIGUOUS_INSTANTS = {
    "2022-11": (datetime(2022, 10, 30, 1, 15),),
    "2023-11": (datetime(2023, 10, 29, 1, 30),),
}
PLANTED_INSTANTS = frozenset(
    at for group in (EDGE_INSTANTS, AMBIGUOUS_INSTANTS) for ats in group.values() for at in ats
)
OVER_MIDNIGHT = datetime(2023, 3, 31, 23, 20)  # its second custody record is dated in the next month


def plan_custody(force: Force, targets: Targets, rng: Random) -> None:
    """Arrests of every season, until each window has its published number of people."""
    force.arrests.append(_kash_arrest(force))
    for season in SEASONS:
        known = _people_of(force, season)
        for person in rng.sample(known, min(len(known), int(34 * season.year_share))):
            _arrest(force, person, random_instant(rng, season.span), rng)
        _newcomers(force, season, targets, rng)
        _arrested_again(force, season, rng)
    _other_units(force, targets.planted["custody_record"]["other_units"], rng)
    _before_unit_launch(force, targets.planted["custody_record"]["before_unit_launch"], rng)
    _transfers(force, targets, rng)
    force.arrests.sort(key=lambda arrest: (arrest.at, arrest.records[0].ref))


def people_arrested(force: Force, window: str) -> set[Person]:
    span = window_span(window)
    return {arrest.person for arrest in force.arrests if arrest.counts and span.holds(arrest.at.date())}


def custody_ref(force: Force, at: datetime, rng: Random) -> str:
    return f"42{rng.choice(SUITES)}/{force.number('custody'):06d}/{at:%y}"


def single_arrests(force: Force) -> list[Arrest]:
    """Arrests of people arrested once in all, by the unit, on one custody record not planted upon."""
    times: dict[Person, int] = {}
    for arrest in force.arrests:
        times[arrest.person] = times.get(arrest.person, 0) + 1
    return [
        arrest
        for arrest in force.arrests
        if arrest.counts
        and times[arrest.person] == 1
        and len(arrest.records) == 1
        and not arrest.records[0].transferred_from
        and arrest.operation_ref != KASH_REF
        and arrest.at not in PLANTED_INSTANTS
    ]


def _arrest(force: Force, person: Person, at: datetime, rng: Random, unit: str = "") -> Arrest:
    unit = unit or rng.choice(RAPTOR_UNITS)
    offence = rng.choice(SUPPLY_OFFENCES) if rng.random() < 0.82 else rng.choice(OTHER_OFFENCES)
    reason = rng.choices(("NEW_OFFENCE", "WARRANT", "BAIL_BREACH", "RECALL"), (80, 14, 4, 2))[0]
    record = CustodyRecord(custody_ref(force, at, rng), at, reason)
    operation_ref = force.drug_line(at.date()) if rng.random() < 0.3 and unit not in OTHER_UNITS else ""
    arrest = Arrest(person, at, unit, district_of(rng, unit), offence, [record], operation_ref)
    force.arrests.append(arrest)
    return arrest


def _kash_arrest(force: Force) -> Arrest:
    """The man behind the KASH line: 22 years old, arrested at home in Chingford, outside Essex."""
    man = force.registry.person(born=date(2000, 9, 18), sex="M", postcode="E4 7QZ")
    at = datetime.combine(KASH_DAY, datetime.min.time()) + timedelta(hours=6, minutes=40)
    record = CustodyRecord(f"42HA/{force.number('custody'):06d}/{at:%y}", at, "NEW_OFFENCE")
    return Arrest(man, at, "RAPTOR_WEST", WALTHAM_FOREST, "MD71230", [record], KASH_REF)


def _people_of(force: Force, season: Season) -> list[Person]:
    """People already arrested within the window that this season completes, KASH's man left alone."""
    people = people_arrested(force, season.window)
    kash = force.kash_arrest().person
    return sorted(people - {kash}, key=lambda person: person.number)


def _newcomers(force: Force, season: Season, targets: Targets, rng: Random) -> None:
    """New people until the window has its number: traps first, at the planted instants first."""
    wanted = targets.figure(season.window, "people_arrested") - len(people_arrested(force, season.window))
    planted = EDGE_INSTANTS[season.window] + AMBIGUOUS_INSTANTS.get(season.window, ())
    people = _traps(force, season)
    while len(people) < wanted:
        people.append(force.registry.person(on=season.span.first, pnc=rng.random() < 0.9))
    for index, person in enumerate(people):
        at = planted[index] if index < len(planted) else random_instant(rng, season.span)
        _arrest(force, person, at, rng)


def _traps(force: Force, season: Season) -> list[Person]:
    """People whom a careless reader loses or merges: surnames NA and Null, and look-alikes."""
    people = []
    if season.window == "2023-11":
        people += [force.registry.person(surname=surname, pnc=False) for surname in TRAP_SURNAMES]
        plan_lookalikes(force, season.span.first)
        people += arrested(force)
    return people


def _arrested_again(force: Force, season: Season, rng: Random) -> None:
    """Second and third arrests within the season: more arrests, no more people."""
    people = [person for person in _people_of(force, season) if person.pnc_id]
    for person in rng.sample(people, int(52 * season.year_share)):
        _arrest(force, person, random_instant(rng, season.span), rng)
    for person in rng.sample(people, int(9 * season.year_share)):
        _arrest(force, person, random_instant(rng, season.span), rng)


def _other_units(force: Force, count: int, rng: Random) -> None:
    """Arrests by other units, a third of them of people whom the unit arrests as well."""
    for index in range(count):
        season = SEASONS[index % len(SEASONS)]
        known = _people_of(force, season)
        person = rng.choice(known) if index % 3 == 0 else force.registry.person(on=season.span.first)
        _arrest(force, person, random_instant(rng, season.span), rng, unit=rng.choice(OTHER_UNITS))


def _before_unit_launch(force: Force, count: int, rng: Random) -> None:
    for index in range(count):
        person = force.registry.person(ages=(24, 40))
        at = datetime(2020, 6, 30, 23, 50) - timedelta(days=40 * index)
        _arrest(force, person, at, rng).offence = SUPPLY_OFFENCES[0]


def _transfers(force: Force, targets: Targets, rng: Random) -> None:
    """Chains of custody records: one crosses a month, one begins in error, one lacks its first record."""
    planted = targets.planted["custody_record"]
    singles = single_arrests(force)
    in_error = rng.choice([arrest for arrest in singles if 6 <= arrest.at.hour < 18])  # stays on its day
    singles.remove(in_error)
    orphan, *moved = rng.sample(singles, planted["chains_of_two"] + planted["chains_of_three"] + 1)
    over_midnight = next(a for a in force.arrests if a.at == OVER_MIDNIGHT)
    _moved(force, over_midnight, rng)
    for arrest in moved + moved[: planted["chains_of_three"]]:
        _moved(force, arrest, rng)
    _moved(force, in_error, rng)
    in_error.records[0].status = "CREATED_IN_ERROR"
    in_error.at = in_error.records[1].at
    orphan.records[0].transferred_from = f"42CU/999901/{orphan.at:%y}"


def _moved(force: Force, arrest: Arrest, rng: Random) -> None:
    """The arrest goes on in another suite, under a new custody record."""
    last = arrest.records[-1]
    at = last.at + timedelta(minutes=rng.randint(75, 150))
    if at.hour == 1:  # the hour that clocks skip or repeat
        at = at.replace(hour=2)
    arrest.records.append(CustodyRecord(custody_ref(force, at, rng), at, last.reason, transferred_from=last.ref))
