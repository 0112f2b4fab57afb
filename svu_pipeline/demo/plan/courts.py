"""What the courts decided, until each window has its published prison years."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from svu_pipeline.demo.force import KASH_REF, SUPPLY_OFFENCES, Arrest, Force, Hearing, Result
from svu_pipeline.demo.split import split
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.terms import TERM_CODES, effective_years, years_of
from svu_pipeline.demo.timeline import LAST_DAY, SEASONS, Season, age_on, random_day, window_span

COURTS = ("Chelmsford Crown Court", "Basildon Crown Court", "Southend Crown Court", "Snaresbrook Crown Court")
KASH_MONTHS = 31
KASH_HEARING = date(2023, 6, 15)
SEASON_WEEKS = (26, 40, 52)  # a few short terms of each season are in weeks


def plan_courts(force: Force, targets: Targets, rng: Random) -> None:
    kash = force.kash_arrest()
    kash_term = [Result("MD71230", "1002", KASH_MONTHS, "M"), Result("MD71231", "1002", 24, "M", "C")]
    _hearing(force, kash, COURTS[0], KASH_HEARING, kash_term)
    dated = _hearing_days(force, rng)
    for season in SEASONS:
        _season(force, season, dated, targets, rng)
    _other_work(force, dated, rng)
    _replaced(force, targets.planted["hearing"]["replaced_on_same_urn"], rng)
    _without_custody_later(force, targets.planted["hearing"]["later_without_custody"], rng)


def counted_hearings(force: Force, window: str) -> list[Hearing]:
    """Hearings of the window whose custodial term is the unit's work on drug supply."""
    span = window_span(window)
    return [hearing for hearing in force.hearings if span.holds(hearing.on) and _counts(hearing)]


def _counts(hearing: Hearing) -> bool:
    live = any(charge.status == "LIVE" for charge in hearing.arrest.charges)
    supply = any(
        result.offence in SUPPLY_OFFENCES and (years_of(result) is not None or result.unit == "L")
        for result in hearing.results
    )
    return hearing.arrest.counts and live and supply and not hearing.is_replaced


def _hearing(force: Force, arrest: Arrest, court: str, on: date, results: list[Result]) -> Hearing:
    hearing = Hearing(f"H{force.number('hearing'):06d}", arrest, court, on, results)
    force.hearings.append(hearing)
    return hearing


def _hearing_days(force: Force, rng: Random) -> list[tuple[date, Arrest]]:
    """Every charged arrest with the day of its sentence; those after the last day are still to come."""
    days = []
    for arrest in force.arrests:
        if arrest.charges and arrest.charges[0].status == "LIVE" and arrest.operation_ref != KASH_REF:
            day = arrest.charges[0].at.date() + timedelta(days=rng.randint(45, 170))
            if arrest.at.year == 2020:  # before the unit was, sentenced within the published year
                day = random_day(rng, window_span("2023-11"))
            if day <= LAST_DAY:
                days.append((day, arrest))
    return days


def _season(force: Force, season: Season, dated: list[tuple[date, Arrest]], targets: Targets, rng: Random) -> None:
    """Drug sentences that bring the window to its years; every other case of the season ends without one."""
    cases = [(day, arrest) for day, arrest in dated if season.span.holds(day) and arrest.counts]
    supply = [case for case in cases if case[1].offence in SUPPLY_OFFENCES]
    jailed = rng.sample(supply, len(supply) * 4 // 5)
    standing = sum(
        (effective_years(hearing.results) for hearing in counted_hearings(force, season.window)), Fraction(0)
    )
    in_weeks, in_months = jailed[: len(SEASON_WEEKS)], jailed[len(SEASON_WEEKS) :]
    for (day, arrest), weeks in zip(in_weeks, SEASON_WEEKS, strict=True):
        _hearing(force, arrest, rng.choice(COURTS), day, [Result(arrest.offence, _code(arrest, rng), weeks, "W")])
        standing += Fraction(weeks * 7 * 4, 1461)
    rest = targets.prison_years(season.window) - standing
    months = int(rest * 12)
    days = round((rest - Fraction(months, 12)) * Fraction(1461, 4))
    for index, term in enumerate(split(months, len(in_months), rng)):
        day, arrest = in_months[index]
        results = _term(arrest, term, index, rng)
        if index == 0 and days:
            results.append(Result(arrest.offence, results[0].code, days, "D", "F"))
        _hearing(force, arrest, rng.choice(COURTS), day, results + _beside(arrest, index))
    for index, (day, arrest) in enumerate(case for case in cases if case not in jailed):
        _hearing(force, arrest, rng.choice(COURTS), day, _not_counted(arrest, index, rng))


def _code(arrest: Arrest, rng: Random) -> str:
    """A custodial result code: detention for the young, imprisonment for most."""
    age = age_on(arrest.person.born, arrest.at.date())
    if age < 18:
        return rng.choice(("1081", "1007"))
    if age < 21:
        return rng.choice(("1007", "1022"))
    return rng.choices(TERM_CODES, (70, 2, 1, 1, 22, 4))[0]


def _term(arrest: Arrest, months: int, index: int, rng: Random) -> list[Result]:
    """Results whose effective term is so many months: alone, concurrent, or consecutive."""
    code = _code(arrest, rng)
    offences = [charge.offence for charge in arrest.charges]
    other = offences[-1]
    if index % 4 == 1:
        shorter = max(1, months - rng.randint(3, 12))
        return [Result(arrest.offence, code, months, "M"), Result(other, code, shorter, "M", "C")]
    if index % 4 == 2 and months > 8:
        added = rng.randint(2, 6)
        return [Result(arrest.offence, code, months - added, "M"), Result(other, code, added, "M", "F")]
    if index % 4 == 3 and months > 24:
        years, rest = divmod(months, 12)
        consecutive = [Result(arrest.offence, code, rest, "M", "F")] if rest else []
        return [Result(arrest.offence, code, years, "Y", "C"), *consecutive]
    if months % 12 == 0:
        return [Result(arrest.offence, code, months // 12, "Y")]
    return [Result(arrest.offence, code, months, "M")]


def _beside(arrest: Arrest, index: int) -> list[Result]:
    """Results beside a drug sentence that add nothing to its years."""
    if index % 9 == 4:
        return [Result(arrest.offence, "3070", 24, "M")]  # disqualified from driving, with a duration
    if index % 9 == 6:
        return [Result(arrest.offence, "1510", 3, "M", "F")]  # prison in default of payment
    if index % 9 == 8:
        return [Result("CJ88144", "1002", 9, "M", "S", (18, "M"))]  # wholly suspended
    if index % 30 == 5:
        return [Result("OF61102", "4065", 999, "L")]  # life for another offence at the same hearing
    if index % 30 == 11:
        return [Result(arrest.offence, "1003", None, "L")]
    if index % 30 == 20:
        return [Result("OF61102", "4064", 14, "Y")]  # a tariff is not a term
    return []


def _not_counted(arrest: Arrest, index: int, rng: Random) -> list[Result]:
    """Ends of a case that give no prison years."""
    kinds = [
        [Result(arrest.offence, "1116", 12, "M")],  # community order
        [Result(arrest.offence, "1115", 18, "M", None, (24, "M"))],  # suspended imprisonment
        [Result(arrest.offence, "1002", 20, "M", "S", (24, "M"))],  # imprisonment, wholly suspended
        [Result("CJ88144", "1002", rng.randint(4, 14), "M")],  # prison, but for a weapon
        [Result(arrest.offence, "1015")],  # fine
        [Result(arrest.offence, "1134", 12, "M", None, (18, "M"))],  # suspended, young offender
        [Result(arrest.offence, "2053")],  # discontinued
    ]
    return kinds[index % len(kinds)]


def _other_work(force: Force, dated: list[tuple[date, Arrest]], rng: Random) -> None:
    """Drug sentences of people whom other units arrested, or before the unit was: not the unit's years."""
    for day, arrest in dated:
        if not arrest.counts:
            _hearing(
                force,
                arrest,
                rng.choice(COURTS),
                day,
                [Result(SUPPLY_OFFENCES[0], "1002", rng.randint(20, 90), "M")],
            )


def _replaced(force: Force, count: int, rng: Random) -> None:
    """An earlier custodial hearing of the same person and case, which the later one replaces."""
    for later in rng.sample(_plain_sentences(force), count):
        day = later.on - timedelta(days=rng.randint(15, 30))
        results = [Result(later.arrest.offence, "1002", rng.randint(40, 80), "M")]
        _hearing(force, later.arrest, later.court, day, results).is_replaced = True


def _without_custody_later(force: Force, count: int, rng: Random) -> None:
    """A later hearing of the case about money only: it replaces nothing."""
    candidates = [hearing for hearing in _plain_sentences(force) if hearing.on < LAST_DAY - timedelta(days=60)]
    for hearing in rng.sample(candidates, count):
        day = hearing.on + timedelta(days=rng.randint(20, 50))
        _hearing(force, hearing.arrest, hearing.court, day, [Result(hearing.arrest.offence, "1015")])


def _plain_sentences(force: Force) -> list[Hearing]:
    """Counted hearings with nothing but terms in them, KASH's left alone."""
    return [
        hearing
        for hearing in force.hearings
        if _counts(hearing)
        and hearing.arrest.operation_ref != KASH_REF
        and all(years_of(result) is not None for result in hearing.results)
    ]
