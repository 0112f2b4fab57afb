"""Every figure of the catalogue of `counting.md`, from what stands after the last night."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from .arrests import Arrest, Arrests
from .codes import BLADES, FIREARMS
from .history import History
from .people import People, Person
from .record import Record
from .sentences import counted_sentences
from .values import age_on
from .window import Window

MILLIGRAMS = {
    "MG": Decimal(1), "G": Decimal(1000), "KG": Decimal(1_000_000), "OZ": Decimal("28349.523125"),
}  # fmt: skip

Figures = dict[str, Fraction | None]


def all_figures(history: History, window: Window, drug_supply: set[str]) -> Figures:
    """Every metric id with its exact number; None where a rate has no denominator."""
    people = People(history)
    arrests = Arrests(history, people)
    figures: dict[str, Any] = {}
    figures |= _cohort([a for a in arrests.counted.values() if window.holds(a.record["arrested_at"].on)])
    figures |= _sentencing(history, people, arrests, drug_supply, window)
    figures |= _property(history, arrests, window)
    figures |= _registers(history, window)
    figures |= _safeguarding(history, people, window)
    figures |= _orders(history, people, window)
    figures |= _operations(history, window)
    figures |= _public(history, window)
    return {metric: None if n is None else Fraction(n) for metric, n in figures.items()}


def _cohort(arrests: list[Arrest]) -> dict[str, Any]:
    arrested = {arrest.person for arrest in arrests}
    charged = {arrest.person for arrest in arrests if arrest.is_charged}
    remanded = {arrest.person for arrest in arrests if arrest.is_charged and arrest.is_remanded}
    return {
        "people_arrested": len(arrested),
        "arrests": len(arrests),
        "people_charged": len(charged),
        "people_charged_and_remanded": len(remanded),
        "charge_rate": _per_cent(len(charged), len(arrested)),
        "charge_and_remand_rate": _per_cent(len(remanded), len(arrested)),
    }


def _per_cent(part: int, of: int) -> Fraction | None:
    return Fraction(100 * part, of) if of else None


def _sentencing(
    history: History, people: People, arrests: Arrests, drug_supply: set[str], window: Window
) -> dict[str, Any]:
    sentences = [
        sentence
        for sentence in counted_sentences(history, people, arrests, drug_supply)
        if window.holds(sentence.record["hearing_date"])
    ]
    return {
        "prison_years": sum((sentence.years for sentence in sentences), Fraction(0)),
        "people_imprisoned": len({sentence.person for sentence in sentences}),
        "indeterminate_sentences": sum(sentence.indeterminate for sentence in sentences),
    }


def _property(history: History, arrests: Arrests, window: Window) -> dict[str, Any]:
    exhibits = [
        row
        for row in history.current("exhibit")
        if row["is_svu"] and row["status"] != "CREATED_IN_ERROR" and window.holds(row["seized_at"].on)
    ]
    weapons = [
        row
        for row in exhibits
        if row["category"] == "WEAPON" and row["item_type"] != "AMMUNITION" and row["status"] != "AMNESTY"
    ]
    drugs = [row for row in exhibits if row["category"] == "DRUG"]
    return {
        "weapons_seized": sum(row["quantity"] for row in weapons),
        "knives_and_blades_seized": sum(row["quantity"] for row in weapons if row["item_type"] in BLADES),
        "firearms_seized": sum(row["quantity"] for row in weapons if row["item_type"] in FIREARMS),
        "drugs_seized_kg": sum((_milligrams(row) for row in drugs), Fraction(0)) / 1_000_000,
        "drug_tablets_seized": _quantity_in(drugs, "TABLET"),
        "drug_wraps_seized": _quantity_in(drugs, "WRAP"),
        "drug_plants_seized": _quantity_in(drugs, "PLANT"),
        "drug_seizures": len({(row["seized_at"].on, _occasion(row, arrests)) for row in drugs}),
    }


def _quantity_in(drugs: list[Record], unit: str) -> Decimal:
    return sum((row["quantity"] for row in drugs if row["unit_of_measure"] == unit), Decimal(0))


def _milligrams(row: Record) -> Fraction:
    """The laboratory's mass where there is one, else the mass first weighed; never one from a count."""
    if row["lab_quantity"] is not None and row["lab_unit"] in MILLIGRAMS:
        return Fraction(row["lab_quantity"]) * Fraction(MILLIGRAMS[row["lab_unit"]])
    return Fraction(row["quantity"]) * Fraction(MILLIGRAMS.get(row["unit_of_measure"], Decimal(0)))


def _occasion(row: Record, arrests: Arrests) -> tuple[str, str]:
    if row["custody_ref"]:
        return ("custody", arrests.chain_of(row["custody_ref"]))
    if row["operation_ref"]:
        return ("operation", row["operation_ref"])
    return ("exhibit", row["exhibit_ref"])


def _registers(history: History, window: Window) -> dict[str, Any]:
    stages = {
        "criminal_profits_seized": "SEIZED",
        "criminal_profits_returned": "RETURNED",
        "criminal_profits_forfeited": "FORFEITED",
        "confiscation_ordered": "CONFISCATION_ORDERED",
        "confiscation_paid": "CONFISCATION_PAID",
    }
    entries = [row for row in history.current("register_entry") if row["is_svu"] and window.holds(row["date"])]
    executed = [
        row
        for row in history.current("warrant")
        if row["is_svu"] and row["status"] == "EXECUTED" and window.holds(row["executed"])
    ]
    return {"warrants_executed": len(executed)} | {
        metric: sum((row["pounds"] for row in entries if row["stage"] == stage), Decimal(0))
        for metric, stage in stages.items()
    }


def _safeguarding(history: History, people: People, window: Window) -> dict[str, Any]:
    contacts = [row for row in history.current("contact") if row["is_svu"] and window.holds(row["contacted_on"])]
    first: dict[Person, Any] = {}
    for row in contacts:
        if row["outcome"] == "SAFEGUARDED":
            person = people.of(row)
            first[person] = min(row["contacted_on"], first.get(person, row["contacted_on"]))
    ages = [age_on(born, on) for person, on in first.items() if (born := people.born_on(person))]
    referrals = [row for row in contacts if row["kind"] in ("CHILD_REFERRAL", "ADULT_REFERRAL") and row["partner"]]
    visits = [row for row in contacts if row["kind"] == "CUCKOOING_VISIT" and row["premises_ref"]]
    return {
        "people_safeguarded": len(first),
        "children_safeguarded": sum(age < 18 for age in ages),
        "adults_safeguarded": sum(age >= 18 for age in ages),
        "nrm_referrals": sum(row["kind"] == "NRM_REFERRAL" for row in contacts),
        "partner_referrals": len(referrals),
        "cuckooed_premises_visited": len({row["premises_ref"] for row in visits}),
    }


def _orders(history: History, people: People, window: Window) -> dict[str, Any]:
    of_unit = {row["order_ref"]: row for row in history.current("civil_order") if row["is_svu"]}
    granted = [
        row
        for row in of_unit.values()
        if row["status"] in ("GRANTED", "DISCHARGED") and window.holds(row["granted_on"])
    ]
    gang = [row for row in granted if row["order_type"] == "GANG_INJUNCTION"]
    stro = [row for row in granted if row["order_type"] == "STRO" and row["stage"] == "FINAL"]
    breaches = [
        row
        for row in history.current("order_breach")
        if row["order_ref"] in of_unit and window.holds(row["breached_on"])
    ]
    return {
        "gang_injunctions": len({people.of(row) for row in gang}),
        "gang_injunctions_teenagers": len({people.of(row) for row in gang if _is_teenager(row, people)}),
        "stro_people": len({people.of(row) for row in stro}),
        "order_breaches": len(breaches),
    }


def _is_teenager(row: Record, people: People) -> bool:
    born_on = people.born_on(people.of(row))
    return born_on is not None and 13 <= age_on(born_on, row["granted_on"]) <= 19


def _operations(history: History, window: Window) -> dict[str, Any]:
    closed = [
        row for row in history.current("operation") if row["kind"] == "DRUG_LINE" and window.holds(row["closed_on"])
    ]
    bumble = [
        row
        for row in history.current("deployment")
        if row["is_svu"] and row["operation_name"] == "BUMBLE" and window.holds(row["started_on"])
    ]
    sums = (
        "leaflets", "partner_referrals", "training_sessions_offered", "vehicles_stopped",
        "passengers_checked", "arrests",
    )  # fmt: skip
    return {"drug_lines_closed": len(closed), "bumble_deployments": len(bumble)} | {
        f"bumble_{column}": sum(row[column] or 0 for row in bumble) for column in sums
    }


def _public(history: History, window: Window) -> dict[str, Any]:
    def rows(dataset: str) -> list[Record]:
        by_month = history.datasets[dataset].by_month
        return [row for month, found in by_month.items() if window.holds_month(month) for row in found]

    def recorded(kinds: set[str]) -> int:
        return sum(row["crime_type"] in kinds for row in rows("street_crime"))

    return {
        "stop_searches": len(rows("stop_and_search")),
        "recorded_weapon_possession": recorded({"possession-of-weapons"}),
        "recorded_drug_crime": recorded({"drugs"}),
    }
