"""Search warrants: executed ones to the published number, KASH's six addresses among them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from svu_pipeline.demo.force import (
    EPPING_FOREST,
    KASH_REF,
    OTHER_UNITS,
    RAPTOR_UNITS,
    WALTHAM_FOREST,
    Force,
    Warrant,
    district_of,
    is_svu_work,
)
from svu_pipeline.demo.plan.operations import KASH_DAY
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import SEASONS, random_day, window_span

POWERS = ("MDA_S23", "MDA_S23", "MDA_S23", "PACE_S8", "FIREARMS_S46", "POCA_S352", "THEFT_S26")
KASH_DISTRICTS = (WALTHAM_FOREST,) * 4 + (EPPING_FOREST,) * 2  # Chingford, Waltham Abbey
# Executed on the last day that the authority allows.
LAST_DAYS = (
    ("MDA_S23", date(2023, 1, 31), date(2023, 2, 28)),
    ("MDA_S23", date(2024, 1, 31), date(2024, 2, 29)),
    ("PACE_S8", date(2022, 11, 30), date(2023, 2, 28)),
)


def plan_warrants(force: Force, targets: Targets, rng: Random) -> None:
    planted = targets.planted["warrant"]
    _kash(force)
    for power, issued, executed in LAST_DAYS:
        _warrant(force, power, issued, executed, rng)
    for season in SEASONS:
        span = window_span(season.window)
        wanted = targets.figure(season.window, "warrants_executed") - sum(
            1
            for one in force.warrants
            if one.executed and is_svu_work(one.unit, one.executed) and span.holds(one.executed)
        )
        for _ in range(wanted):
            _executed(force, random_day(rng, season.span), rng)
    for index in range(planted["other_units"]):
        day = random_day(rng, SEASONS[index % len(SEASONS)].span)
        _executed(force, day, rng).unit = rng.choice(OTHER_UNITS)
    for _ in range(planted["before_unit_launch"]):
        _executed(force, date(2020, 6, 30), rng)
    for index in range(planted["not_executed"]):
        one = _executed(force, random_day(rng, SEASONS[index % len(SEASONS)].span), rng)
        one.executed, one.result, one.status = (
            None,
            "",
            ("ISSUED", "EXPIRED", "CANCELLED", "REFUSED")[index % 4],
        )
    force.warrants.sort(key=lambda one: (one.issued, one.number))


def _warrant(force: Force, power: str, issued: date, executed: date, rng: Random) -> Warrant:
    unit = rng.choice(RAPTOR_UNITS)
    warrant = Warrant(
        f"SW/{issued:%y}/{force.number('warrant'):04d}",
        power,
        issued,
        executed,
        rng.choice(("POSITIVE", "POSITIVE", "NEGATIVE", "")),
        f"PR{force.number('premises'):05d}",
        district_of(rng, unit),
        unit,
        force.drug_line(executed) if rng.random() < 0.4 else "",
        "EXECUTED",
    )
    force.warrants.append(warrant)
    return warrant


def _executed(force: Force, executed: date, rng: Random) -> Warrant:
    """A warrant issued at most four weeks before, well within every authority."""
    return _warrant(force, rng.choice(POWERS), executed - timedelta(days=rng.randint(0, 27)), executed, rng)


def _kash(force: Force) -> None:
    for district in KASH_DISTRICTS:
        force.warrants.append(
            Warrant(
                f"SW/23/{force.number('warrant'):04d}",
                "MDA_S23",
                KASH_DAY - timedelta(days=2),
                KASH_DAY,
                "POSITIVE",
                f"PR{force.number('premises'):05d}",
                district,
                "RAPTOR_WEST",
                KASH_REF,
                "EXECUTED",
            )
        )
