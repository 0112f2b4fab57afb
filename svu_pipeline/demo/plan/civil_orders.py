"""Civil orders: October's gang injunctions in Thurrock, November's STROs, and their breaches."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from svu_pipeline.demo.force import (
    ESSEX_DISTRICTS,
    OTHER_UNITS,
    RAPTOR_UNITS,
    THURROCK,
    CivilOrder,
    Force,
    OrderBreach,
    is_svu_work,
)
from svu_pipeline.demo.names import Person
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import SEASONS, Season, Span, add_months, age_on, month_span, random_day, window_span

COURTS = ("Basildon County Court", "Chelmsford Magistrates' Court", "Southend Magistrates' Court")
INJUNCTION_MONTH = "2023-10"
STRO_MONTH = "2023-11"
TEENAGERS = 8
STRO_TERMS = (36, 36, 48, 48, 60, 60)


def plan_civil_orders(force: Force, targets: Targets, rng: Random) -> None:
    planted = targets.planted["civil_order"]
    for season in SEASONS:
        published = season.window == "2023-11"
        _injunctions(force, season, month_span(INJUNCTION_MONTH) if published else season.span, targets, rng)
        _stros(force, season, month_span(STRO_MONTH) if published else season.span, targets, rng)
        for _ in range(max(2, int(6 * season.year_share))):
            kind = rng.choice(("CBO", "SCPO", "KCPO"))
            _order(
                force,
                force.registry.person(on=season.span.first),
                kind,
                random_day(rng, season.span),
                24,
                rng,
            )
    for index in range(planted["refused"] + planted["other_units"]):
        season = SEASONS[index % len(SEASONS)]
        kind = ("GANG_INJUNCTION", "STRO")[index % 2]
        order = _order(
            force,
            force.registry.person(ages=(20, 40), on=season.span.first),
            kind,
            random_day(rng, season.span),
            36,
            rng,
        )
        if index < planted["refused"]:
            order.status, order.expires_on = "REFUSED", None
        else:
            order.unit = rng.choice(OTHER_UNITS)
    _discharged(force, planted["discharged"], rng)
    _breaches(force, targets.planted["order_breach"]["other_units"], rng)
    force.orders.sort(key=lambda order: (order.granted_on, order.ref))


def respondents(force: Force, order_type: str, span: Span) -> set[Person]:
    """People against whom such an order was made, by the unit, within the span; a STRO must be final."""
    return {
        order.person
        for order in force.orders
        if order.order_type == order_type
        and order.status in ("GRANTED", "DISCHARGED")
        and (order_type != "STRO" or order.stage == "FINAL")
        and is_svu_work(order.unit, order.granted_on)
        and span.holds(order.granted_on)
    }


def _order(force: Force, person: Person, kind: str, on: date, term_months: int, rng: Random) -> CivilOrder:
    """A final order; it expires on the day before its term is full."""
    order = CivilOrder(
        f"CO{on:%y}/{force.number('order'):04d}",
        person,
        kind,
        "FINAL",
        "GRANTED",
        on,
        add_months(on, term_months) - timedelta(days=1),
        rng.choice(COURTS),
        rng.choice(ESSEX_DISTRICTS),
        rng.choice((*RAPTOR_UNITS, "SVU_HQ")),
        force.drug_line(on) if rng.random() < 0.2 else "",
    )
    force.orders.append(order)
    return order


def _respondent(force: Force, ages: tuple[int, int], on: date, rng: Random, *, is_known: bool = True) -> Person:
    """Whom the order is against: mostly somebody whom the unit had arrested by then, else a person new to it."""
    if is_known and rng.random() < 0.7:
        taken = {order.person for order in force.orders} | {force.kash_arrest().person}
        arrested = {arrest.person for arrest in force.arrests if arrest.counts and arrest.at.date() < on} - taken
        fitting = [one for one in arrested if ages[0] <= age_on(one.born, on) <= ages[1] and one.sex != "F"]
        if fitting:
            return rng.choice(sorted(fitting, key=lambda person: person.number))
    return force.registry.person(ages=ages, on=on, sex="M")


def _injunctions(force: Force, season: Season, span: Span, targets: Targets, rng: Random) -> None:
    wanted = targets.figure(season.window, "gang_injunctions")
    wanted -= len(respondents(force, "GANG_INJUNCTION", window_span(season.window)))
    unknown_births = targets.planted["civil_order"]["unknown_birth_date"]
    for index in range(wanted):
        teenager = index < TEENAGERS if season.window == "2023-11" else index % 2 == 0
        ages = (14, 18) if teenager else (20, 27)
        is_unknown = season.window == "2022-11" and index in range(1, 2 * unknown_births, 2)
        person = _respondent(force, ages, span.first - timedelta(days=1), rng, is_known=not is_unknown)
        on = _day_of_one_age(person, span, rng)
        order = _order(force, person, "GANG_INJUNCTION", on, 24, rng)
        order.has_birth_date = not is_unknown  # kept, and never a teenager
        if season.window == "2023-11":
            order.district, order.unit = THURROCK, "RAPTOR_SOUTH"
            if index % 5 == 0:  # an interim order first, within the same month: one respondent
                first = _order(force, person, "GANG_INJUNCTION", span.first, 3, rng)
                first.stage, first.district, first.unit = "INTERIM", THURROCK, "RAPTOR_SOUTH"


def _day_of_one_age(person: Person, span: Span, rng: Random) -> date:
    """A day of the span on which the person is as old as on its first day."""
    birthday = next((d for d in span.days() if (d.month, d.day) == (person.born.month, person.born.day)), None)
    last = birthday - timedelta(days=1) if birthday and birthday > span.first else span.last
    return random_day(rng, Span(span.first, last))


def _stros(force: Force, season: Season, span: Span, targets: Targets, rng: Random) -> None:
    wanted = targets.figure(season.window, "stro_people") - len(respondents(force, "STRO", window_span(season.window)))
    for index in range(wanted):
        person = _respondent(force, (22, 45), span.first, rng)
        on = random_day(rng, span)
        _order(force, person, "STRO", on, STRO_TERMS[index % len(STRO_TERMS)], rng)
        if index == 0:
            interim = _order(force, force.registry.person(ages=(22, 45), on=span.first), "STRO", on, 3, rng)
            interim.stage = "INTERIM"


def _discharged(force: Force, count: int, rng: Random) -> None:
    """Orders that were granted and later discharged: they were made, and count."""
    own = [o for o in force.orders if o.status == "GRANTED" and o.unit not in OTHER_UNITS and o.stage == "FINAL"]
    for order in rng.sample(own, count):
        order.status = "DISCHARGED"


def _breaches(force: Force, other_units: int, rng: Random) -> None:
    """A breach on about every third order of the unit, and some of orders that other units hold."""
    own = [order for order in force.orders if order.unit not in OTHER_UNITS and order.status == "GRANTED"]
    for season in SEASONS:
        standing = [order for order in own if order.granted_on < season.span.last]
        for _ in range(max(2, int(9 * season.year_share))):
            order = rng.choice(standing)
            earliest = max(order.granted_on, season.span.first)
            _breach(force, order, random_day(rng, Span(earliest, season.span.last)), rng)
    others = [order for order in force.orders if order.unit in OTHER_UNITS]
    for order in rng.sample(others, other_units):
        _breach(force, order, order.granted_on + timedelta(days=3), rng)


def _breach(force: Force, order: CivilOrder, on: date, rng: Random) -> None:
    outcome = rng.choice(("ARRESTED", "CHARGED", "NFA"))
    force.breaches.append(OrderBreach(f"BR{force.number('breach'):05d}", order, on, outcome))
