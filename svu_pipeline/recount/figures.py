"""Every metric of the catalogue as it is counted here, and its exact figures in windows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from svu_pipeline.clock import Window
from svu_pipeline.recount import events
from svu_pipeline.recount.arrests import Arrests
from svu_pipeline.recount.current import Current
from svu_pipeline.recount.sentences import DAY_48THS, sentences
from svu_pipeline.recount.tally import Exact, Item, Measure, in_order, rate

PLACE = ("district", "unit", "operation")
PERSON = ("sex", "age_band")
RATES = {
    "charge_rate": ("people_charged", "people_arrested"),
    "charge_and_remand_rate": ("people_charged_and_remanded", "people_arrested"),
}
Recounted = dict[tuple[str, str, str, str], Exact]
"""By window label, metric, dimension and code the exact figure."""


def recount(current: Current, windows: Sequence[Window]) -> Recounted:
    """Every figure of every window, whole and by each of its breakdowns."""
    found: Recounted = {}
    every = measures(current)
    for window in windows:
        cells = {metric: measure.count(window.start, window.end) for metric, measure in every.items()}
        for name, (part, whole) in RATES.items():
            cells[name] = rate(cells[part], cells[whole], every[whole].by)
        found |= {
            (window.label, metric, *cell): exact for metric, exacts in cells.items() for cell, exact in exacts.items()
        }
    return found


def measures(current: Current) -> dict[str, Measure]:
    """How each metric is counted, but the rates."""
    arrests = Arrests(current)
    return {
        **_cohort(arrests),
        **_courts(current, arrests),
        **_seizures(current, arrests),
        **_registers(current),
        **_safeguarding(current),
        **_orders(current),
        **_operations(current),
        **_public(current),
    }


def _cohort(arrests: Arrests) -> dict[str, Measure]:
    by = (*PLACE, *PERSON)
    counted = list(arrests.counted.values())
    every = in_order([arrest.item for arrest in counted])
    charged = in_order([arrest.item for arrest in counted if arrest.is_charged])
    remanded = in_order([arrest.item for arrest in counted if arrest.is_charged and arrest.is_remanded])
    return {
        "arrests": Measure(every, by),
        "people_arrested": Measure(every, by, is_distinct=True, first=every),
        "people_charged": Measure(charged, by, is_distinct=True, first=every),
        "people_charged_and_remanded": Measure(remanded, by, is_distinct=True, first=every),
    }


def _courts(current: Current, arrests: Arrests) -> dict[str, Measure]:
    given = sentences(current, arrests)
    items = in_order([sentence.item for sentence in given])
    life = [sentence.item for sentence in given for _ in range(sentence.indeterminate)]
    ones = [Item(one.on, one.key, None, 1, one.parts) for one in in_order(life)]
    return {
        "prison_years": Measure(items, PLACE, divisor=DAY_48THS["Y"]),
        "people_imprisoned": Measure(items, (*PLACE, *PERSON), is_distinct=True, first=items),
        "indeterminate_sentences": Measure(ones, PLACE),
    }


def _seizures(current: Current, arrests: Arrests) -> dict[str, Measure]:
    by_weapon, by_drug = (*PLACE, "weapon_type"), (*PLACE, "drug", "drug_class")
    counts = {f"drug_{unit.lower()}s_seized": unit for unit in ("TABLET", "WRAP", "PLANT")}
    return {
        "weapons_seized": _sum(events.weapons(current), by_weapon),
        "knives_and_blades_seized": _sum(events.weapons(current, events.BLADES), by_weapon),
        "firearms_seized": _sum(events.weapons(current, events.FIREARMS), by_weapon),
        "drugs_seized_kg": _sum(events.drug_mass(current), by_drug, 1_000_000),
        **{metric: _sum(events.drug_count(current, unit), by_drug) for metric, unit in counts.items()},
        "drug_seizures": Measure(in_order(list(events.drug_seizures(current, arrests))), by_drug, is_distinct=True),
    }


def _registers(current: Current) -> dict[str, Measure]:
    stages = {
        "criminal_profits_seized": "SEIZED",
        "criminal_profits_returned": "RETURNED",
        "criminal_profits_forfeited": "FORFEITED",
        "confiscation_ordered": "CONFISCATION_ORDERED",
        "confiscation_paid": "CONFISCATION_PAID",
    }
    by = ("unit", "operation", "power")
    return {
        "warrants_executed": _sum(events.warrants(current), (*PLACE, "power")),
        **{metric: _sum(events.money(current, stage), by, 100) for metric, stage in stages.items()},
    }


def _safeguarding(current: Current) -> dict[str, Measure]:
    contacts = list(events.contacts(current))
    safe = in_order([item for row, item in contacts if row["outcome"] == "SAFEGUARDED"])
    nrm = [item for row, item in contacts if row["kind"] == "NRM_REFERRAL"]
    partner = [item for row, item in contacts if row["kind"] in ("CHILD_REFERRAL", "ADULT_REFERRAL") and row["partner"]]
    visits = [
        Item(item.on, item.key, row["premises_ref"], 1, item.parts)
        for row, item in contacts
        if row["kind"] == "CUCKOOING_VISIT" and row["premises_ref"]
    ]
    by = (*PLACE, *PERSON)
    return {
        "people_safeguarded": Measure(safe, by, is_distinct=True, first=safe),
        "children_safeguarded": Measure(safe, by, is_distinct=True, first=safe, ages=(0, 17)),
        "adults_safeguarded": Measure(safe, by, is_distinct=True, first=safe, ages=(18, 200)),
        "nrm_referrals": _sum(nrm, (*PLACE, "partner")),
        "partner_referrals": _sum(partner, (*PLACE, "partner")),
        "cuckooed_premises_visited": Measure(in_order(visits), PLACE, is_distinct=True),
    }


def _orders(current: Current) -> dict[str, Measure]:
    granted = list(events.orders(current))
    gang = [item for row, item in granted if row["order_type"] == "GANG_INJUNCTION"]
    teenagers = [item for item in gang if item.age is not None and 13 <= item.age <= 19]
    stro = [item for row, item in granted if (row["order_type"], row["stage"]) == ("STRO", "FINAL")]
    return {
        "gang_injunctions": _people(gang),
        "gang_injunctions_teenagers": _people(teenagers),
        "stro_people": _people(stro),
        "order_breaches": _sum(events.breaches(current), PLACE),
    }


def _operations(current: Current) -> dict[str, Measure]:
    columns = {
        "bumble_deployments": "",
        "bumble_leaflets": "leaflets",
        "bumble_partner_referrals": "partner_referrals",
        "bumble_training_sessions_offered": "training_sessions_offered",
        "bumble_vehicles_stopped": "vehicles_stopped",
        "bumble_passengers_checked": "passengers_checked",
        "bumble_arrests": "arrests",
    }
    return {
        "drug_lines_closed": _sum(events.lines_closed(current), ("closure", "operation")),
        **{metric: _sum(events.bumble(current, column), ("district", "unit")) for metric, column in columns.items()},
    }


def _public(current: Current) -> dict[str, Measure]:
    return {
        "stop_searches": _sum(events.searches(current), ()),
        "recorded_weapon_possession": _sum(events.crimes(current, "possession-of-weapons"), ("district",)),
        "recorded_drug_crime": _sum(events.crimes(current, "drugs"), ("district",)),
    }


def _sum(items: Iterable[Item], by: tuple[str, ...], divisor: int = 1) -> Measure:
    return Measure(in_order(list(items)), by, divisor=divisor)


def _people(items: list[Item]) -> Measure:
    """Respondents of orders, each in the part of the first."""
    ordered = in_order(items)
    return Measure(ordered, (*PLACE, "age_band"), is_distinct=True, first=ordered)
