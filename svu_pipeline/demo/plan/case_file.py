"""Charging and remand decisions, until each window has its number of people charged and remanded."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from svu_pipeline.demo.force import (
    OTHER_OFFENCES,
    Arrest,
    Charge,
    CustodyRecord,
    Force,
    Remand,
)
from svu_pipeline.demo.names import Person
from svu_pipeline.demo.plan.custody import custody_ref, single_arrests
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import LAST_DAY, SEASONS, Season, day_after, window_span


def plan_case_file(force: Force, targets: Targets, rng: Random) -> None:
    planted = targets.planted
    _bail_returns(force, planted["custody_record"]["answered_bail"], rng)
    kash = force.kash_arrest()
    charge(force, kash, rng)
    _remand(force, kash, "PR", rng)
    for arrest in force.arrests:
        if arrest.bail_return:
            charge(force, arrest, rng)
    for season in SEASONS:
        _charge_people(force, season, targets.figure(season.window, "people_charged"), rng)
        _remand_people(force, season, targets.figure(season.window, "people_charged_and_remanded"), rng)
    _charge_other_work(force, rng)
    _never_charged(force, targets, rng)
    _bailed(force, planted["remand_decision"]["bail_or_local_authority_care"], rng)


def cohort(force: Force, window: str) -> list[Arrest]:
    """The counted arrests dated in the window."""
    span = window_span(window)
    return [arrest for arrest in force.arrests if arrest.counts and span.holds(arrest.at.date())]


def charge(force: Force, arrest: Arrest, rng: Random, initiation: str = "C", status: str = "LIVE") -> None:
    """One to three charges on the arrest's last custody record, the lead offence first."""
    start = (arrest.bail_return or arrest.records[-1]).at
    at = start + timedelta(hours=rng.randint(3, 20))
    if at.hour == 1:  # the hour that clocks skip or repeat
        at = at.replace(hour=3)
    arrest.urn = arrest.urn or f"42{arrest.records[0].ref[2:4]}{force.number('urn'):05d}{arrest.at:%y}"
    offences = [arrest.offence, *rng.sample(OTHER_OFFENCES, rng.choice((0, 0, 1, 2)))]
    for offence in offences:
        number = force.number("charge")
        arrest.charges.append(Charge(f"CH{number:07d}", arrest.last_ref, offence, at, initiation, status))


def _remand(force: Force, arrest: Arrest, code: str, rng: Random) -> None:
    at = arrest.charges[0].at + timedelta(minutes=rng.randint(10, 50))
    if at.hour == 1:
        at = at.replace(hour=3)
    by = rng.choice(("POLICE", "COURT"))
    arrest.remands.append(Remand(f"RM{force.number('remand'):07d}", arrest.last_ref, at, by, code))


def _bail_returns(force: Force, count: int, rng: Random) -> None:
    """People bailed without charge who come back weeks later: the charge hangs on that second record."""
    candidates = [a for a in single_arrests(force) if a.at.date() < LAST_DAY - timedelta(days=70)]
    # Two arrested at the end of the published window come back after it: they are of its cohort all the same.
    late = [a for a in candidates if datetime(2023, 11, 1) <= a.at < datetime(2023, 12, 1)][:2]
    others = [a for a in candidates if a not in late]
    for arrest in late + rng.sample(others, count - len(late)):
        at = day_after(rng, arrest.at, 28, 60)
        arrest.bail_return = CustodyRecord(custody_ref(force, at, rng), at, "ANSWER_BAIL")


def _charge_people(force: Force, season: Season, target: int, rng: Random) -> None:
    """Charges people arrested in the season until the window has its number."""
    charged = {arrest.person for arrest in cohort(force, season.window) if arrest.charged}
    open_arrests: dict[Person, Arrest] = {}
    for arrest in cohort(force, season.window):
        if arrest.person not in charged and season.span.holds(arrest.at.date()):
            open_arrests.setdefault(arrest.person, arrest)
    chosen = rng.sample(list(open_arrests.values()), target - len(charged))
    for index, arrest in enumerate(chosen):
        if index % 11 == 5:  # co-defendants: one case, one URN, several people
            arrest.urn = chosen[index - 1].urn
        charge(force, arrest, rng)


def _remand_people(force: Force, season: Season, target: int, rng: Random) -> None:
    """Remands charged people in custody until the window has its number."""
    remanded = {arrest.person for arrest in cohort(force, season.window) if arrest.remanded}
    charged: dict[Person, Arrest] = {}
    for arrest in cohort(force, season.window):
        if arrest.charged and arrest.person not in remanded and season.span.holds(arrest.at.date()):
            charged.setdefault(arrest.person, arrest)
    for arrest in rng.sample(list(charged.values()), target - len(remanded)):
        _remand(force, arrest, rng.choices(("PR", "PB", "SA"), (60, 36, 4))[0], rng)


def _charge_other_work(force: Force, rng: Random) -> None:
    """Charges and remands on arrests that are not the unit's: other units', and those before the unit was."""
    elsewhere = [arrest for arrest in force.arrests if not arrest.counts]
    for index, arrest in enumerate(elsewhere):
        if index % 3:
            charge(force, arrest, rng)
            _remand(force, arrest, "PR", rng)
    # A co-defendant whom another unit arrested: the case is the unit's, this person is not.
    own_people = {arrest.person for arrest in force.arrests if arrest.counts}
    outsider = next(a for a in elsewhere if a.charges and a.person not in own_people and a.at.year > 2020)
    outsider.urn = next(arrest.urn for arrest in force.arrests if arrest.counts and arrest.charged)


def _never_charged(force: Force, targets: Targets, rng: Random) -> None:
    """People reported by requisition, or whose only charge was withdrawn: not charged, even if remanded."""
    requisitions = targets.planted["charge"]["requisition_only"]
    withdrawn = targets.planted["charge"]["withdrawn_only"]
    uncharged = [arrest for arrest in single_arrests(force) if not arrest.charges]
    for index, arrest in enumerate(rng.sample(uncharged, requisitions + withdrawn)):
        if index < requisitions:
            charge(force, arrest, rng, initiation="RS"[index % 2])
        else:
            charge(force, arrest, rng, status="WITHDRAWN")
            _remand(force, arrest, "PR", rng)


def _bailed(force: Force, count: int, rng: Random) -> None:
    """Charged people who were bailed or taken into local-authority care: charged, not remanded in custody."""
    charged = [arrest for arrest in force.arrests if arrest.counts and arrest.charged and not arrest.remands]
    for index, arrest in enumerate(rng.sample(charged, count)):
        _remand(force, arrest, ("CB", "UB", "LA", "NA")[index % 4], rng)
