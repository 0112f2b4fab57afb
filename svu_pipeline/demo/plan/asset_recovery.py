"""The money: cash and goods seized to the published pound, and what became of earlier seizures."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from svu_pipeline.demo.force import OTHER_UNITS, RAPTOR_UNITS, Force, MoneyEvent, is_svu_work
from svu_pipeline.demo.split import split
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import LAST_DAY, SEASONS, random_day, window_span

SEIZURES_A_YEAR = 62
LATER_STAGES = {
    "DETAINED": 20,
    "FORFEITED": 18,
    "RETURNED": 6,
    "CONFISCATION_ORDERED": 12,
    "CONFISCATION_PAID": 9,
}
POWERS = ("POCA_S294", "POCA_S294", "PACE_S19", "POCA_S6", "AFO")


def plan_asset_recovery(force: Force, targets: Targets, rng: Random) -> None:
    planted = targets.planted["register_entry"]
    for season in SEASONS:
        span = window_span(season.window)
        wanted = targets.figure(season.window, "criminal_profits_seized_pence") - sum(
            event.pence
            for event in force.money
            if event.stage == "SEIZED" and is_svu_work(event.unit, event.on) and span.holds(event.on)
        )
        for pence in split(wanted, int(SEIZURES_A_YEAR * season.year_share), rng, spread=0.9):
            _event(force, random_day(rng, season.span), "SEIZED", pence, rng)
        for stage, a_year in LATER_STAGES.items():
            for _ in range(max(1, int(a_year * season.year_share))):
                _event(force, random_day(rng, season.span), stage, rng.randint(20_000, 900_000), rng)
    _instalments(force, rng)
    for index in range(planted["other_units"]):
        day = random_day(rng, SEASONS[index % len(SEASONS)].span)
        _event(force, day, "SEIZED", rng.randint(20_000, 500_000), rng).unit = rng.choice(OTHER_UNITS)
    for _ in range(planted["before_unit_launch"]):
        _event(force, date(2020, 5, 18), "SEIZED", 125_000, rng)
    own = [event for event in force.money if is_svu_work(event.unit, event.on) and event.stage == "SEIZED"]
    for index, event in enumerate(rng.sample(own, planted["foreign_with_gbp_amount"])):
        event.currency = ("EUR", "USD", "AED")[index % 3]
    force.money.sort(key=lambda event: (event.on, event.ref))


def _event(force: Force, on: date, stage: str, pence: int, rng: Random) -> MoneyEvent:
    event = MoneyEvent(
        f"AR{on:%y}/{force.number('money'):04d}",
        on,
        rng.choice(RAPTOR_UNITS),
        force.drug_line(on) if rng.random() < 0.4 else "",
        rng.choice(POWERS),
        stage,
        pence,
    )
    force.money.append(event)
    return event


def _instalments(force: Force, rng: Random) -> None:
    """A confiscation order paid month by month: one reference, several records of their own."""
    ordered = next(event for event in force.money if event.stage == "CONFISCATION_ORDERED")
    for number in range(1, 5):
        day = ordered.on + timedelta(days=30 * number)
        if day <= LAST_DAY:
            _event(force, day, "CONFISCATION_PAID", 25_000, rng).ref = ordered.ref
