"""Who was safeguarded: children and adults to the published number, referrals, cuckooed homes."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from svu_pipeline.demo.force import (
    EPPING_FOREST,
    ESSEX_DISTRICTS,
    KASH_REF,
    OTHER_UNITS,
    Contact,
    Force,
    is_svu_work,
)
from svu_pipeline.demo.names import Person
from svu_pipeline.demo.plan.lookalikes import safeguarded as safeguarded_lookalikes
from svu_pipeline.demo.plan.operations import KASH_DAY
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import SEASONS, Season, age_on, random_day, window_span

PARTNERS = ("SOCIAL_CARE", "YOUTH_OFFENDING", "EDUCATION", "HOUSING", "NHS", "CHARITY")
# Born on 29 February and safeguarded the day before turning 18, and on the day: 1 March of a common year.
LEAP_DAY, LAST_DAY_OF_CHILDHOOD, FIRST_DAY_OF_ADULTHOOD = (
    date(2004, 2, 29),
    date(2022, 2, 28),
    date(2022, 3, 1),
)


def plan_safeguarding(force: Force, targets: Targets, rng: Random) -> None:
    planted = targets.planted["contact"]
    _kash(force, rng)
    _lookalikes(force, rng)
    for season in SEASONS:
        _others_in_touch(force, season, rng)
        _safeguarded(force, season, targets, rng)
        _cuckooed(force, season, rng)
    for index in range(planted["other_units"]):
        season = SEASONS[index % len(SEASONS)]
        person = force.registry.person(ages=(13, 60), on=season.span.first, pnc=False)
        _contact(force, person, random_day(rng, season.span), "SAFEGUARDED", rng).unit = rng.choice(OTHER_UNITS)
    for _ in range(planted["before_unit_launch"]):
        _contact(force, force.registry.person(pnc=False), date(2020, 6, 29), "SAFEGUARDED", rng)
    for index in range(planted["withdrawn"] + planted["withdrawn_before_arrival"]):
        season = SEASONS[index % len(SEASONS)]
        person = force.registry.person(ages=(13, 60), on=season.span.first, pnc=False)
        _contact(force, person, random_day(rng, season.span), "SAFEGUARDED", rng).is_withdrawn = True
    _unknown_birth_dates(force, planted["unknown_birth_date"], rng)
    force.contacts.sort(key=lambda contact: (contact.on, contact.contact_id))


def safeguarded(force: Force, window: str) -> list[Contact]:
    """The unit's contacts of the window that safeguarded somebody, oldest first."""
    span = window_span(window)
    contacts = [
        contact
        for contact in force.contacts
        if contact.outcome == "SAFEGUARDED"
        and not contact.is_withdrawn
        and is_svu_work(contact.unit, contact.on)
        and span.holds(contact.on)
    ]
    return sorted(contacts, key=lambda contact: (contact.on, contact.contact_id))


def _contact(force: Force, person: Person, on: date, outcome: str, rng: Random, kind: str = "") -> Contact:
    age = age_on(person.born, on)
    if not kind:
        kind = rng.choices(
            ("CHILD_REFERRAL" if age < 18 else "ADULT_REFERRAL", "NRM_REFERRAL", "ENGAGEMENT"), (55, 12, 33)
        )[0]
    partner = rng.choice(PARTNERS) if kind.endswith("REFERRAL") and rng.random() < 0.85 else ""
    contact = Contact(
        f"SG{force.number('contact'):06d}",
        person,
        on,
        "SVU_PPP",
        rng.choice(ESSEX_DISTRICTS),
        kind,
        outcome,
        partner,
    )
    force.contacts.append(contact)
    return contact


def _kash(force: Force, rng: Random) -> None:
    """The cuckooed home in Waltham Abbey, visited the day after the warrants; its tenant is safeguarded."""
    home = [
        one.premises_ref for one in force.warrants if one.operation_ref == KASH_REF and one.district == EPPING_FOREST
    ]
    tenant = force.registry.person(ages=(50, 66), postcode="EN9 1QZ", pnc=False)
    contact = _contact(force, tenant, KASH_DAY + timedelta(days=1), "SAFEGUARDED", rng, kind="CUCKOOING_VISIT")
    contact.premises_ref, contact.district, contact.operation_ref = home[0], EPPING_FOREST, KASH_REF


def _lookalikes(force: Force, rng: Random) -> None:
    """The other twin, the son: safeguarded, and met again. One father and one twin, arrested, are met as well."""
    published = next(season for season in SEASONS if season.window == "2023-11").span
    for person in safeguarded_lookalikes(force):
        for outcome in ("SAFEGUARDED", "ENGAGED"):
            _contact(force, person, random_day(rng, published), outcome, rng)
    for kind in ("twins", "father_and_son"):
        _contact(force, force.lookalikes[kind][-1][0], random_day(rng, published), "ENGAGED", rng)


def _others_in_touch(force: Force, season: Season, rng: Random) -> None:
    """Contacts that safeguarded nobody, and people met again: more contacts, no more people."""
    for outcome in ("REFERRED", "ENGAGED", "DECLINED", "NO_TRACE"):
        for _ in range(int(25 * season.year_share)):
            person = force.registry.person(ages=(12, 60), on=season.span.first, pnc=False)
            _contact(force, person, random_day(rng, season.span), outcome, rng)
    known = sorted(
        {contact.person for contact in safeguarded(force, season.window) if contact.has_birth_date},
        key=lambda person: person.number,
    )
    for person in rng.sample(known, min(len(known), int(40 * season.year_share))):
        _contact(force, person, random_day(rng, season.span), "SAFEGUARDED", rng)


def _safeguarded(force: Force, season: Season, targets: Targets, rng: Random) -> None:
    """New people until the window has its number; some of them had been arrested, some turn 18."""
    wanted = targets.figure(season.window, "people_safeguarded")
    wanted -= len({contact.person for contact in safeguarded(force, season.window)})
    if season.window == "2022-11":
        wanted -= _leap_day_children(force, rng)
    known = {contact.person for contact in force.contacts}
    arrested = [
        arrest.person
        for arrest in force.arrests
        if arrest.counts and season.span.holds(arrest.at.date()) and arrest.person not in known
    ]
    arrested = sorted(set(arrested), key=lambda person: person.number)
    people = rng.sample(arrested, int(20 * season.year_share))
    while len(people) < wanted:
        ages = (10, 17) if rng.random() < 0.55 else (18, 70)
        people.append(
            force.registry.person(ages=ages, on=season.span.first, sex=rng.choice("MF"), pnc=rng.random() < 0.2)
        )
    for person in people:
        contact = _contact(force, person, random_day(rng, season.span), "SAFEGUARDED", rng)
        contact.operation_ref = force.drug_line(contact.on) if rng.random() < 0.2 else ""


def _leap_day_children(force: Force, rng: Random) -> int:
    for day in (LAST_DAY_OF_CHILDHOOD, FIRST_DAY_OF_ADULTHOOD):
        _contact(force, force.registry.person(born=LEAP_DAY, pnc=False), day, "SAFEGUARDED", rng)
    return 2


def _unknown_birth_dates(force: Force, count: int, rng: Random) -> None:
    """People met once whose date of birth nobody wrote down: neither child nor adult."""
    met: dict[Person, int] = {}
    for contact in force.contacts:
        met[contact.person] = met.get(contact.person, 0) + 1
    arrested = {arrest.person for arrest in force.arrests}
    once = [
        contact
        for contact in force.contacts
        if met[contact.person] == 1
        and contact.person not in arrested
        and not contact.person.pnc_id
        and contact.outcome == "SAFEGUARDED"
        and contact.operation_ref != KASH_REF
        and contact.person.born != LEAP_DAY
    ]
    for contact in rng.sample(once, count):
        contact.has_birth_date = False


def _cuckooed(force: Force, season: Season, rng: Random) -> None:
    """Visits to cuckooed homes, some to the same home again; their tenants are engaged, not counted."""
    homes = [
        one
        for one in force.warrants
        if one.executed
        and season.span.holds(one.executed)
        and one.result == "POSITIVE"
        and one.operation_ref != KASH_REF
    ]
    for index, home in enumerate(rng.sample(homes, int(14 * season.year_share))):
        for _ in range(2 if index % 5 == 0 else 1):
            tenant = force.registry.person(ages=(35, 70), on=season.span.first, pnc=False)
            contact = _contact(force, tenant, random_day(rng, season.span), "ENGAGED", rng, kind="CUCKOOING_VISIT")
            contact.premises_ref, contact.district = home.premises_ref, home.district
