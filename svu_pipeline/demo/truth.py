"""Every figure of the catalogue, counted from what happened. Nothing here reads a delivered file."""

from __future__ import annotations

from fractions import Fraction

from svu_pipeline.demo.force import KASH_REF, Exhibit, Force, is_svu_work
from svu_pipeline.demo.plan.case_file import cohort
from svu_pipeline.demo.plan.civil_orders import respondents
from svu_pipeline.demo.plan.courts import counted_hearings
from svu_pipeline.demo.plan.property import BLADES, GUNS, seized, weapons
from svu_pipeline.demo.plan.safeguarding import safeguarded
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.terms import effective_years, is_indeterminate
from svu_pipeline.demo.timeline import Span, age_on, month_span, window_span
from svu_pipeline.metrics.rounding import rounded

MONEY_METRICS = {
    "RETURNED": "criminal_profits_returned",
    "FORFEITED": "criminal_profits_forfeited",
    "CONFISCATION_ORDERED": "confiscation_ordered",
    "CONFISCATION_PAID": "confiscation_paid",
    "SEIZED": "criminal_profits_seized",
}
BUMBLE_COLUMNS = {
    "bumble_leaflets": "leaflets",
    "bumble_partner_referrals": "partner_referrals",
    "bumble_training_sessions_offered": "training_offered",
    "bumble_vehicles_stopped": "vehicles_stopped",
    "bumble_passengers_checked": "passengers_checked",
    "bumble_arrests": "arrests",
}
# Catalogue figure → its name and scale in targets.toml, where the two differ.
SCALED_TARGETS = {
    "drugs_seized_kg": ("drugs_seized_mg", 1_000_000, 3),
    "criminal_profits_seized": ("criminal_profits_seized_pence", 100, 2),
    "prison_years": ("prison_years", 1, 2),
}


class MissedTargetError(RuntimeError):
    """The plan does not come to the figures that `targets.toml` promises."""


def decimals(value: Fraction | int, places: int) -> str:
    """The number with so many decimals, rounded half away from zero."""
    return f"{rounded(value, places):f}"


def window_figures(force: Force, window: str) -> dict[str, str]:
    """All metric ids of one twelve-month window, in the form in which the pipeline prints them."""
    span = window_span(window)
    return (
        _custody(force, window)
        | _property(force, window)
        | _money(force, span)
        | _courts(force, window)
        | _safeguarding(force, window)
        | _orders(force, span)
        | _operations(force, span)
        | _public(force, span)
    )


def month_figures(force: Force) -> dict[str, dict[str, str]]:
    """The two published figures of a single month."""
    october, november = month_span("2023-10"), month_span("2023-11")
    injunctions = _orders(force, october)
    names = ("gang_injunctions", "gang_injunctions_teenagers")
    return {
        "2023-10": {name: injunctions[name] for name in names},
        "2023-11": {"stro_people": _orders(force, november)["stro_people"]},
    }


def kash_figures(force: Force) -> dict[str, object]:
    """What the case view of the KASH line must show."""
    arrest = force.kash_arrest()
    hearing = next(hearing for hearing in force.hearings if hearing.arrest is arrest)
    warrants = [warrant for warrant in force.warrants if warrant.operation_ref == KASH_REF]
    visits = [contact for contact in force.contacts if contact.operation_ref == KASH_REF]
    return {
        "operation_ref": KASH_REF,
        "line_name": "KASH",
        "warrants": len(warrants),
        "premises": len({warrant.premises_ref for warrant in warrants}),
        "executed_on": sorted({str(warrant.executed) for warrant in warrants}),
        "districts": sorted({warrant.district for warrant in warrants}),
        "arrests": 1,
        "arrested_on": str(arrest.at.date()),
        "age_at_arrest": age_on(arrest.person.born, arrest.at.date()),
        "charged": arrest.charged,
        "remanded": arrest.remanded,
        "court": hearing.court,
        "hearing_date": str(hearing.on),
        "sentence_months": int(effective_years(hearing.results) * 12),
        "cuckooed_premises": len({contact.premises_ref for contact in visits}),
        "cuckooed_districts": sorted({contact.district for contact in visits}),
    }


def check_targets(figures: dict[str, str], window: str, targets: Targets) -> None:
    """Raises MissedTargetError where a figure of the window is not what `targets.toml` says."""
    for name, value in figures.items():
        target, scale, places = SCALED_TARGETS.get(name, (name, 1, 0))
        if target in targets.windows[window]:
            wanted = decimals(Fraction(targets.windows[window][target]) / scale, places)
            if wanted != value:
                raise MissedTargetError(f"{window} {name}: planned {value}, promised {wanted}")


def _custody(force: Force, window: str) -> dict[str, str]:
    arrests = cohort(force, window)
    arrested = {arrest.person for arrest in arrests}
    charged = {arrest.person for arrest in arrests if arrest.charged}
    remanded = {arrest.person for arrest in arrests if arrest.remanded}
    warrants = [
        warrant
        for warrant in force.warrants
        if warrant.executed
        and is_svu_work(warrant.unit, warrant.executed)
        and window_span(window).holds(warrant.executed)
    ]
    return {
        "people_arrested": str(len(arrested)),
        "arrests": str(len(arrests)),
        "people_charged": str(len(charged)),
        "people_charged_and_remanded": str(len(remanded)),
        "charge_rate": decimals(Fraction(100 * len(charged), len(arrested)), 1),
        "charge_and_remand_rate": decimals(Fraction(100 * len(remanded), len(arrested)), 1),
        "warrants_executed": str(len(warrants)),
    }


def _property(force: Force, window: str) -> dict[str, str]:
    exhibits = seized(force, window)
    arms = weapons(exhibits)
    drugs = [exhibit for exhibit in exhibits if exhibit.category == "DRUG"]
    mass_mg = sum((Fraction(str(exhibit.mass_mg)) for exhibit in drugs if exhibit.mass_mg), Fraction(0))
    return {
        "weapons_seized": _quantity(arms),
        "knives_and_blades_seized": _quantity([one for one in arms if one.item_type in BLADES]),
        "firearms_seized": _quantity([one for one in arms if one.item_type in GUNS]),
        "drugs_seized_kg": decimals(mass_mg / 1_000_000, 3),
        "drug_tablets_seized": _quantity([one for one in drugs if one.measure == "TABLET"]),
        "drug_wraps_seized": _quantity([one for one in drugs if one.measure == "WRAP"]),
        "drug_plants_seized": _quantity([one for one in drugs if one.measure == "PLANT"]),
        "drug_seizures": str(len({(one.at.date(), _seizure_key(one)) for one in drugs})),
    }


def _quantity(exhibits: list[Exhibit]) -> str:
    return str(sum(int(exhibit.quantity) for exhibit in exhibits))


def _seizure_key(exhibit: Exhibit) -> str:
    """One custody (its whole chain), else one operation, else the exhibit by itself."""
    if exhibit.arrest:
        return exhibit.arrest.records[0].ref
    return exhibit.operation_ref or exhibit.ref


def _money(force: Force, span: Span) -> dict[str, str]:
    return {
        metric: decimals(
            Fraction(
                sum(
                    event.pence
                    for event in force.money
                    if event.stage == stage and is_svu_work(event.unit, event.on) and span.holds(event.on)
                ),
                100,
            ),
            2,
        )
        for stage, metric in MONEY_METRICS.items()
    }


def _courts(force: Force, window: str) -> dict[str, str]:
    hearings = counted_hearings(force, window)
    years = sum((effective_years(hearing.results) for hearing in hearings), Fraction(0))
    return {
        "prison_years": decimals(years, 2),
        "people_imprisoned": str(len({hearing.arrest.person for hearing in hearings})),
        "indeterminate_sentences": str(
            sum(is_indeterminate(result) for hearing in hearings for result in hearing.results)
        ),
    }


def _safeguarding(force: Force, window: str) -> dict[str, str]:
    first = {contact.person: contact for contact in reversed(safeguarded(force, window))}
    ages = [age_on(one.person.born, one.on) for one in first.values() if one.has_birth_date]
    contacts = [
        one
        for one in force.contacts
        if not one.is_withdrawn and is_svu_work(one.unit, one.on) and window_span(window).holds(one.on)
    ]
    return {
        "people_safeguarded": str(len(first)),
        "children_safeguarded": str(sum(age < 18 for age in ages)),
        "adults_safeguarded": str(sum(age >= 18 for age in ages)),
        "nrm_referrals": str(sum(one.kind == "NRM_REFERRAL" for one in contacts)),
        "partner_referrals": str(
            sum(one.kind in ("CHILD_REFERRAL", "ADULT_REFERRAL") and bool(one.partner) for one in contacts)
        ),
        "cuckooed_premises_visited": str(
            len({one.premises_ref for one in contacts if one.kind == "CUCKOOING_VISIT" and one.premises_ref})
        ),
    }


def _orders(force: Force, span: Span) -> dict[str, str]:
    injunctions = respondents(force, "GANG_INJUNCTION", span)
    teenagers = {
        order.person
        for order in force.orders
        if order.order_type == "GANG_INJUNCTION"
        and order.person in injunctions
        and span.holds(order.granted_on)
        and order.has_birth_date
        and 13 <= age_on(order.person.born, order.granted_on) <= 19
    }
    breaches = [
        breach
        for breach in force.breaches
        if is_svu_work(breach.order.unit, breach.order.granted_on) and span.holds(breach.on)
    ]
    return {
        "gang_injunctions": str(len(injunctions)),
        "gang_injunctions_teenagers": str(len(teenagers)),
        "stro_people": str(len(respondents(force, "STRO", span))),
        "order_breaches": str(len(breaches)),
    }


def _operations(force: Force, span: Span) -> dict[str, str]:
    closed = [
        one for one in force.operations if one.kind == "DRUG_LINE" and one.closed_on and span.holds(one.closed_on)
    ]
    bumble = [
        one
        for one in force.deployments
        if one.operation_name == "BUMBLE" and is_svu_work(one.unit, one.started_on) and span.holds(one.started_on)
    ]
    sums = {metric: str(sum(getattr(one, column) or 0 for one in bumble)) for metric, column in BUMBLE_COLUMNS.items()}
    return {"drug_lines_closed": str(len(closed)), "bumble_deployments": str(len(bumble))} | sums


def _public(force: Force, span: Span) -> dict[str, str]:
    months = [one for one in force.public if span.holds(month_span(one.month).first)]
    crimes = [row["Crime type"] for month in months for row in month.crimes]
    return {
        "stop_searches": str(sum(len(month.stops) for month in months)),
        "recorded_weapon_possession": str(crimes.count("Possession of weapons")),
        "recorded_drug_crime": str(crimes.count("Drugs")),
    }
