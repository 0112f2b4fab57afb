"""What was seized: weapons and drugs to the published totals, and what lay beside them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

from svu_pipeline.demo.force import (
    OTHER_UNITS,
    RAPTOR_UNITS,
    Arrest,
    Exhibit,
    Force,
    district_of,
    is_svu_work,
)
from svu_pipeline.demo.split import split
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import SEASONS, Season, Span, random_day, random_instant, window_span

BLADES = ("KNIFE", "KNIFE", "KNIFE", "MACHETE", "ZOMBIE_KNIFE", "SWORD", "OTHER_BLADE")
GUNS = ("FIREARM", "IMITATION_FIREARM", "AIR_WEAPON", "TASER_OR_CS")
OTHER_WEAPONS = ("BAT_OR_BAR", "KNUCKLEDUSTER", "OTHER_WEAPON")
DRUGS = ("CRACK", "HEROIN", "COCAINE", "CANNABIS", "MDMA", "KETAMINE", "AMPHETAMINE", "SPICE", "OTHER_C")
MG_PER_OUNCE = 28349.523125
DRUG_EXHIBITS_A_YEAR = 150


def plan_property(force: Force, targets: Targets, rng: Random) -> None:
    planted = targets.planted["exhibit"]
    for season in SEASONS:
        _weapons(force, season, targets, rng)
        _drugs(force, season, targets, rng)
        _counted_drugs(force, season, rng)
        for _ in range(int(70 * season.year_share)):
            _other_exhibit(force, season.span, rng)
    for index in range(planted["amnesty"] + planted["ammunition"]):
        exhibit = _weapon(force, SEASONS[index % len(SEASONS)].span, "KNIFE", 3, rng)
        if index < planted["amnesty"]:
            exhibit.status = "AMNESTY"
        else:
            exhibit.item_type, exhibit.quantity = "AMMUNITION", "24"
    for index in range(planted["other_units"]):
        _elsewhere(force, SEASONS[index % len(SEASONS)].span, index, rng)
    for _ in range(planted["before_unit_launch"]):
        _weapon(force, SEASONS[0].span, "MACHETE", 2, rng).at = datetime(2020, 6, 30, 18, 30)
    force.exhibits.sort(key=lambda exhibit: (exhibit.at, exhibit.ref))


def weapons(exhibits: list[Exhibit]) -> list[Exhibit]:
    """Those that count as weapons seized."""
    return [
        exhibit
        for exhibit in exhibits
        if exhibit.category == "WEAPON" and exhibit.item_type != "AMMUNITION" and exhibit.status != "AMNESTY"
    ]


def seized(force: Force, window: str) -> list[Exhibit]:
    """The unit's exhibits of the window."""
    span = window_span(window)
    return [one for one in force.exhibits if is_svu_work(one.unit, one.at.date()) and span.holds(one.at.date())]


def _exhibit(force: Force, at: datetime, unit: str, category: str, quantity: str, measure: str, rng: Random) -> Exhibit:
    exhibit = Exhibit(
        ref=f"EX{at:%y}{force.number('exhibit'):06d}",
        at=at.replace(second=0),
        unit=unit,
        district=district_of(rng, unit),
        category=category,
        quantity=quantity,
        measure=measure,
        status=rng.choices(("HELD", "DESTROYED", "RETURNED"), (80, 15, 5))[0],
    )
    force.exhibits.append(exhibit)
    return exhibit


def _weapon(force: Force, span: Span, item_type: str, quantity: int, rng: Random) -> Exhibit:
    at = random_instant(rng, span)
    exhibit = _exhibit(force, at, rng.choice(RAPTOR_UNITS), "WEAPON", str(quantity), "ITEM", rng)
    exhibit.item_type = item_type
    exhibit.operation_ref = force.drug_line(at.date()) if rng.random() < 0.3 else ""
    return exhibit


def _weapons(force: Force, season: Season, targets: Targets, rng: Random) -> None:
    """Knives and blades most, some firearms, until the window has its number of items."""
    wanted = targets.figure(season.window, "weapons_seized")
    wanted -= sum(int(exhibit.quantity) for exhibit in weapons(seized(force, season.window)))
    guns, others = max(1, wanted // 9), max(1, wanted // 6)
    for total, kinds in ((guns, GUNS), (others, OTHER_WEAPONS), (wanted - guns - others, BLADES)):
        for quantity in split(total, max(1, total * 3 // 4), rng):
            _weapon(force, season.span, rng.choice(kinds), quantity, rng)


def _drugs(force: Force, season: Season, targets: Targets, rng: Random) -> None:
    """Drugs by mass, weighed or measured by the laboratory, until the window has its milligrams."""
    wanted = targets.figure(season.window, "drugs_seized_mg")
    wanted -= round(sum(exhibit.mass_mg or 0 for exhibit in seized(force, season.window)))
    places = PlaceStream(force, season, rng)
    for ounces in ("1", "0.5"):
        exhibit = _drug(force, next(places), ounces, "OZ", rng)
        exhibit.mass_mg = float(ounces) * MG_PER_OUNCE
        wanted -= round(exhibit.mass_mg)
    count = int(DRUG_EXHIBITS_A_YEAR * season.year_share)
    for index, mass in enumerate(split(wanted // 10, count, rng, spread=0.95)):
        mass_mg = mass * 10 + (wanted % 10 if index == 0 else 0)
        _weighed(_drug(force, next(places), _grams(mass_mg), "G", rng), mass_mg, index)


def _weighed(exhibit: Exhibit, mass_mg: int, index: int) -> None:
    """How the mass was taken: at the scales in grams, kilograms or milligrams, or by the laboratory."""
    exhibit.mass_mg = mass_mg
    if index % 10 == 1:
        exhibit.quantity, exhibit.measure = f"{mass_mg / 1_000_000:.6f}".rstrip("0"), "KG"
    elif index % 10 == 3:
        exhibit.quantity, exhibit.measure = str(mass_mg), "MG"
    elif index % 10 in (5, 6):  # the laboratory's mass replaces the first weight, packaging and all
        exhibit.quantity, exhibit.lab = _grams(mass_mg + 4_300), (_grams(mass_mg), "G")
    elif index % 10 == 8:  # wraps stay wraps, and the laboratory gives them a mass
        exhibit.quantity, exhibit.measure, exhibit.lab = str(5 + index % 40), "WRAP", (str(mass_mg), "MG")


def _grams(mass_mg: int) -> str:
    return f"{mass_mg / 1000:.3f}".rstrip("0").rstrip(".")


def _counted_drugs(force: Force, season: Season, rng: Random) -> None:
    """Tablets, wraps, plants and millilitres without a mass: never turned into kilograms."""
    places = PlaceStream(force, season, rng)
    for measure, drug in (("TABLET", "MDMA"), ("WRAP", "CRACK"), ("PLANT", "CANNABIS"), ("ML", "OTHER_B")):
        for _ in range(int(12 * season.year_share)):
            quantity = str(rng.randint(3, 90)) if measure != "ML" else f"{rng.randint(10, 250)}.5"
            _drug(force, next(places), quantity, measure, rng).drug = drug


Place = tuple[datetime, str, str, Arrest | None, str]


def _drug(force: Force, place: Place, quantity: str, measure: str, rng: Random) -> Exhibit:
    at, unit, district, arrest, operation_ref = place
    exhibit = _exhibit(force, at, unit, "DRUG", quantity, measure, rng)
    exhibit.drug, exhibit.district, exhibit.arrest, exhibit.operation_ref = (
        rng.choice(DRUGS),
        district,
        arrest,
        operation_ref,
    )
    if arrest:  # any record of a transfer chain: it is one custody
        exhibit.custody_ref = rng.choice([record for record in arrest.records if record.status == "LIVE"]).ref
    return exhibit


class PlaceStream:
    """Where and when drugs are found: at an arrest (one to three exhibits), on an operation, or alone."""

    def __init__(self, force: Force, season: Season, rng: Random) -> None:
        self._force, self._season, self._rng = force, season, rng
        self._arrests = [
            arrest
            for arrest in force.arrests
            if arrest.counts and season.span.holds(arrest.at.date()) and arrest.at.hour < 20
        ]
        self._repeat: list[Place] = []

    def __next__(self) -> Place:
        if self._repeat:
            return self._repeat.pop()
        rng = self._rng
        draw = rng.random()
        if draw < 0.5:
            arrest = rng.choice(self._arrests)
            place: Place = (
                arrest.at + timedelta(hours=3),
                arrest.unit,
                arrest.district,
                arrest,
                arrest.operation_ref,
            )
            self._repeat = [place] * rng.choice((0, 1, 2))
            return place
        unit = rng.choice(RAPTOR_UNITS)
        at = random_instant(rng, self._season.span)
        operation_ref = self._force.drug_line(at.date()) if draw < 0.75 else ""
        place = (at, unit, district_of(rng, unit), None, operation_ref)
        if operation_ref:
            self._repeat = [place] * rng.choice((0, 1))
        return place


def _other_exhibit(force: Force, span: Span, rng: Random) -> None:
    category = rng.choice(("CASH", "PHONE", "OTHER"))
    _exhibit(
        force,
        random_instant(rng, span),
        rng.choice(RAPTOR_UNITS),
        category,
        str(rng.randint(1, 4)),
        "ITEM",
        rng,
    )


def _elsewhere(force: Force, span: Span, index: int, rng: Random) -> None:
    """Seizures by other units."""
    at = datetime.combine(random_day(rng, span), time(rng.randint(8, 22), 15))
    unit = rng.choice(OTHER_UNITS)
    if index % 2:
        _exhibit(force, at, unit, "WEAPON", "1", "ITEM", rng).item_type = rng.choice(BLADES)
    else:
        exhibit = _exhibit(force, at, unit, "DRUG", f"{rng.randint(5, 400)}.5", "G", rng)
        exhibit.drug = rng.choice(DRUGS)
        exhibit.mass_mg = float(exhibit.quantity) * 1000
