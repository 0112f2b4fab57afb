"""Operations against drug lines, and the deployments log with Op Bumble in it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from svu_pipeline.demo.force import (
    KASH_REF,
    OTHER_UNITS,
    RAPTOR_UNITS,
    SVU_UNITS,
    UTTLESFORD,
    Deployment,
    Force,
    Operation,
    district_of,
)
from svu_pipeline.demo.split import split
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import SEASONS, Season, Span, random_day, window_span

KASH_DAY = date(2023, 4, 12)
LINE_NAMES = (
    "ALFY",
    "BRUNO",
    "CASPER",
    "DIEGO",
    "ELVIS",
    "FRANKO",
    "GIO",
    "HUGO",
    "IGGY",
    "JOKER",
    "KOBI",
    "LENNY",
    "MAX",
    "NICO",
    "OZZY",
    "PABLO",
    "RICO",
    "SONNY",
    "TINO",
    "VINNY",
    "ZED",
    "ACE",
    "BLAZE",
    "COCO",
    "DRAKE",
    "EASY",
    "FLASH",
    "GHOST",
    "HAWK",
    "INDI",
    "JET",
)
PLACES = (
    "railway station",
    "bus station",
    "town centre",
    "retail park",
    "market square",
    "motorway services",
)
STANSTED_DAY = date(2023, 11, 24)
OTHER_NAMES = ("SCEPTRE", "HAZEL", "TRAWL")
LONG_WEEKEND = date(2022, 11, 29)  # a deployment that starts in one window and ends in the next


def plan_operations(force: Force, targets: Targets, rng: Random) -> None:
    _drug_lines(force, rng)
    for season in SEASONS:
        _bumble(force, season, targets, rng)
    planted = targets.planted["deployment"]
    for index in range(planted["other_names"]):
        span = SEASONS[index % len(SEASONS)].span
        _deployment(force, OTHER_NAMES[index % 3], random_day(rng, span), rng.choice(SVU_UNITS[:3]), rng)
    for index in range(planted["other_units"]):
        span = SEASONS[index % len(SEASONS)].span
        _deployment(force, "BUMBLE", random_day(rng, span), OTHER_UNITS[-1], rng)
    for _ in range(planted["before_unit_launch"]):
        _deployment(force, "BUMBLE", date(2020, 6, 12), RAPTOR_UNITS[0], rng)
    force.deployments.sort(key=lambda deployment: (deployment.started_on, deployment.ref))


def _drug_lines(force: Force, rng: Random) -> None:
    """A drug line opened about every five weeks and closed some months later, KASH among them."""
    kash = Operation(KASH_REF, "Operation KASH", "DRUG_LINE", "KASH", date(2023, 2, 6), KASH_DAY, "TYPE_1")
    force.operations.append(kash)
    opened = date(2021, 12, 6)
    for index, name in enumerate(LINE_NAMES):
        closed: date | None = opened + timedelta(days=rng.randint(45, 140))
        if closed is None or closed > date(2024, 11, 22):
            closed = None
        closure = rng.choices(("TYPE_1", "TYPE_2", None), (6, 3, 1))[0] if closed else None
        ref = f"OP{opened:%y}-{100 + index:04d}"
        force.operations.append(Operation(ref, f"Operation {name}", "DRUG_LINE", name, opened, closed, closure))
        opened += timedelta(days=rng.randint(30, 38))
    force.operations.append(Operation("OP21-0001", "BUMBLE", "DEPLOYMENT_SERIES", None, date(2021, 12, 1)))
    force.operations.append(Operation("OP22-0900", "Operation LANTERN", "OTHER", None, date(2022, 9, 5)))


def _deployment(force: Force, name: str, day: date, unit: str, rng: Random) -> Deployment:
    stops_vehicles = rng.random() < 0.6
    offered = rng.randint(1, 3)
    deployment = Deployment(
        ref=f"DEP-{force.number('deployment'):05d}",
        operation_name=name,
        started_on=day,
        ended_on=day + timedelta(days=rng.choice((0, 0, 0, 1, 2))),
        place=rng.choice(PLACES),
        district=district_of(rng, unit),
        unit=unit,
        leaflets=rng.randint(40, 160),
        partner_referrals=0,
        training_offered=offered,
        training_delivered=rng.randint(0, offered),
        vehicles_stopped=rng.randint(8, 90) if stops_vehicles else None,
        passengers_checked=rng.randint(10, 120) if stops_vehicles else None,
        arrests=rng.choice((0, 0, 0, 1, 1, 2)),
    )
    force.deployments.append(deployment)
    return deployment


def _bumble(force: Force, season: Season, targets: Targets, rng: Random) -> None:
    """Op Bumble at even intervals, until each window has its deployments, leaflets, referrals, sessions."""
    earlier = [
        deployment
        for deployment in force.deployments
        if deployment.operation_name == "BUMBLE" and window_span(season.window).holds(deployment.started_on)
    ]
    count = targets.figure(season.window, "bumble_deployments") - len(earlier)
    deployments = [
        _deployment(force, "BUMBLE", day, rng.choice(RAPTOR_UNITS), rng) for day in _even_days(season.span, count)
    ]
    if season.window == "2023-11":
        _at_stansted(deployments[-1])
    if season.window == "2022-11":
        deployments[-1].started_on, deployments[-1].ended_on = LONG_WEEKEND, LONG_WEEKEND + timedelta(days=3)
    for column, figure in (
        ("leaflets", "bumble_leaflets"),
        ("training_offered", "bumble_training_sessions_offered"),
    ):
        rest = targets.figure(season.window, figure) - sum(getattr(one, column) for one in earlier)
        for deployment, part in zip(deployments, split(rest, count, rng), strict=True):
            setattr(deployment, column, part)
    for deployment in deployments:
        deployment.training_delivered = rng.randint(0, deployment.training_offered or 0)
    referrals = targets.figure(season.window, "bumble_partner_referrals")
    referrals -= sum(one.partner_referrals or 0 for one in earlier)
    for index in range(referrals):
        one = deployments[(index * 3) % count]
        one.partner_referrals = (one.partner_referrals or 0) + 1


def _even_days(span: Span, count: int) -> list[date]:
    step = len(span.days()) / count
    return [span.first + timedelta(days=int(step * (index + 0.4))) for index in range(count)]


def _at_stansted(deployment: Deployment) -> None:
    """The last deployment of the published window."""
    deployment.started_on = deployment.ended_on = STANSTED_DAY
    deployment.place, deployment.district, deployment.unit = "Stansted Airport", UTTLESFORD, "RAPTOR_WEST"
    deployment.vehicles_stopped, deployment.passengers_checked, deployment.arrests = 250, 310, 1
