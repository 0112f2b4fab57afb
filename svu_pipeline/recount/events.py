"""What is counted by its own day: seizures, money, warrants, contacts, orders, operations, and the public context."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from svu_pipeline.recount.arrests import Arrests
from svu_pipeline.recount.current import Current, Row, age_band, age_on
from svu_pipeline.recount.tally import Item

MILLIONTH = 1_000_000
NANOGRAMS = {"MG": 10**6, "G": 10**9, "KG": 10**12, "OZ": 28_349_523_125}
MEASURED = {*NANOGRAMS, "ML"}
BLADES = {"KNIFE", "MACHETE", "ZOMBIE_KNIFE", "SWORD", "OTHER_BLADE"}
FIREARMS = {"FIREARM", "IMITATION_FIREARM", "AIR_WEAPON", "TASER_OR_CS"}
OTHER_WEAPONS = {"BAT_OR_BAR", "KNUCKLEDUSTER", "OTHER_WEAPON"}


def weapons(current: Current, kinds: set[str] | None = None) -> Iterator[Item]:
    """Weapons seized, in items; `kinds` only."""
    for row in _seized(current):
        kind = row["item_type"]
        if row["category"] != "WEAPON" or kind == "AMMUNITION" or row["status"] == "AMNESTY":
            continue
        if kinds is None or kind in kinds:
            known = kind if kind in BLADES | FIREARMS | OTHER_WEAPONS else None
            yield Item(row["seized_on"], row["exhibit_ref"], None, _items(row), {**_place(row), "weapon_type": known})


def drug_mass(current: Current) -> Iterator[Item]:
    """Milligrams of each exhibit: the laboratory's, else as first weighed; one that was only counted has none."""
    for row in _drugs(current):
        mass = _milligrams(row["lab_quantity"], row["lab_unit"])
        mass = _milligrams(row["quantity"], row["unit_of_measure"]) if mass is None else mass
        if mass is not None:
            yield Item(row["seized_on"], row["exhibit_ref"], None, mass, _drug_parts(current, row))


def drug_count(current: Current, unit: str) -> Iterator[Item]:
    """Tablets, wraps or plants, as counted at the seizure."""
    for row in _drugs(current):
        if row["unit_of_measure"] == unit:
            amount = row["quantity"] // MILLIONTH
            yield Item(row["seized_on"], row["exhibit_ref"], None, amount, _drug_parts(current, row))


def drug_seizures(current: Current, arrests: Arrests) -> Iterator[Item]:
    """Occasions: one a day and custody, else operation, else exhibit."""
    for row in _drugs(current):
        custody = row["custody_ref"] and arrests.start_of(row["custody_ref"])
        occasion = f"{row['seized_on']} {custody or row['operation_ref'] or row['exhibit_ref']}"
        yield Item(row["seized_on"], row["exhibit_ref"], occasion, 1, _drug_parts(current, row))


def money(current: Current, stage: str) -> Iterator[Item]:
    """Pence at one stage, in sterling."""
    for row in current.rows["register_entry"]:
        if row["stage"] == stage and current.is_unit_work(row["unit"], row["date"]):
            pence = row["amount"] if row["currency"] == "GBP" else row["gbp_amount"]
            parts = {"unit": row["unit"], "operation": row["operation"], "power": row["power"]}
            yield Item(row["date"], row["ref"], None, pence, parts)


def warrants(current: Current) -> Iterator[Item]:
    for row in current.rows["warrant"]:
        if row["status"] == "EXECUTED" and current.is_unit_work(row["unit"], row["executed"]):
            yield Item(row["executed"], row["warrant_no"], None, 1, {**_register_place(row), "power": row["power"]})


def contacts(current: Current) -> Iterator[tuple[Row, Item]]:
    """The unit's contacts, each as one of its person."""
    for row in current.rows["contact"]:
        if current.is_unit_work(row["unit"], row["contacted_on"]):
            person = current.person("contact", row["id"])
            age = age_on(person.born_on if person else None, row["contacted_on"])
            parts = {**_register_place(row), "sex": row["sex"], "age_band": age_band(age), "partner": row["partner"]}
            yield row, Item(row["contacted_on"], row["id"], person.id if person else None, 1, parts, age)


def orders(current: Current) -> Iterator[tuple[Row, Item]]:
    """The unit's orders that were granted, discharged since or not, each as one of its respondent."""
    for row in current.rows["civil_order"]:
        if row["status"] in ("GRANTED", "DISCHARGED") and current.is_unit_work(row["unit_code"], row["granted_on"]):
            person = current.person("civil_order", row["order_ref"])
            age = age_on(person.born_on if person else None, row["granted_on"])
            parts = {**_place(row), "age_band": age_band(age)}
            yield row, Item(row["granted_on"], row["order_ref"], person.id if person else None, 1, parts, age)


def breaches(current: Current) -> Iterator[Item]:
    """Breaches of the unit's orders, whatever their status or outcome."""
    of_unit = {
        row["order_ref"]: row
        for row in current.rows["civil_order"]
        if current.is_unit_work(row["unit_code"], row["granted_on"])
    }
    for row in current.rows["order_breach"]:
        if order := of_unit.get(row["order_ref"]):
            yield Item(row["breached_on"], row["order_ref"], None, 1, _place(order))


def lines_closed(current: Current) -> Iterator[Item]:
    launched = min(current.units.values())
    for row in current.rows["operation"]:
        if row["kind"] == "DRUG_LINE" and row["closed_on"] and row["closed_on"] >= launched:
            parts = {"closure": row["closure"], "operation": row["operation_ref"]}
            yield Item(row["closed_on"], row["operation_ref"], None, 1, parts)


def bumble(current: Current, column: str = "") -> Iterator[Item]:
    """Deployments of Operation Bumble, or what was counted at them; what was not counted is None."""
    for row in current.rows["deployment"]:
        if row["operation_name"] == "BUMBLE" and current.is_unit_work(row["unit_code"], row["started_on"]):
            parts = {"district": row["district_code"], "unit": row["unit_code"]}
            yield Item(row["started_on"], "", None, row[column] if column else 1, parts)


def searches(current: Current) -> Iterator[Item]:
    for row in current.rows["stop_and_search"]:
        yield Item(_first_day(row), "")


def crimes(current: Current, kind: str) -> Iterator[Item]:
    """Crimes of a type as published; the district is that in whose name its area begins."""
    for row in current.rows["street_crime"]:
        if re.sub("[^a-z]+", "-", row["crime_type"].lower()) == kind:
            name = re.sub(r" \d{3}[A-Z]$", "", row["lsoa_name"] or "")
            yield Item(_first_day(row), "", parts={"district": current.districts.get(name)})


def _seized(current: Current) -> Iterator[Row]:
    """Exhibits that the unit seized; what was recorded in error never was."""
    for row in current.rows["exhibit"]:
        if row["status"] != "CREATED_IN_ERROR" and current.is_unit_work(row["unit_code"], row["seized_on"]):
            yield row


def _drugs(current: Current) -> Iterator[Row]:
    return (row for row in _seized(current) if row["category"] == "DRUG")


def _items(row: Row) -> int:
    """A whole number of items; what is weighed, or a part of something, is one."""
    is_whole = row["unit_of_measure"] not in MEASURED and row["quantity"] % MILLIONTH == 0
    return int(row["quantity"] // MILLIONTH) if is_whole else 1


def _milligrams(quantity: int | None, unit: str | None) -> int | None:
    """A mass in millionths of its unit as whole milligrams, half a milligram up; None for what is no mass."""
    size = NANOGRAMS.get(unit or "")
    return None if quantity is None or size is None else (2 * quantity * size + 10**12) // (2 * 10**12)


def _drug_parts(current: Current, row: Row) -> dict[str, str | None]:
    day = row["seized_on"].isoformat()
    classes = (
        known["drug_class"]
        for known in current.drug_classes
        if known["drug"] == row["drug"] and known["from_on"] <= day <= known["to_on"]
    )
    return {**_place(row), "drug": row["drug"], "drug_class": next(classes, None)}


def _place(row: Row) -> dict[str, str | None]:
    return {"district": row["district_code"], "unit": row["unit_code"], "operation": row["operation_ref"]}


def _register_place(row: Row) -> dict[str, str | None]:
    return {"district": row["district"], "unit": row["unit"], "operation": row["operation"]}


def _first_day(row: Row) -> date:
    return date.fromisoformat(f"{row['_dated']}-01")
