"""The catalogue: every figure that the unit publishes (counting.md, The catalogue).

Order and sections are those of the year in review. Here is what each figure means; how it is struck is in `values.py`.
"""

from __future__ import annotations

from dataclasses import replace

from svu_pipeline.metrics.metric import (
    DAY_48THS_TO_YEARS,
    MG_TO_KG,
    PENCE_TO_POUNDS,
    CatalogueError,
    Kind,
    Metric,
    Noun,
    Scale,
)

PLACE = {"district": "district_code", "unit": "unit_code", "operation": "operation_ref"}
PERSON = {"sex": "sex", "age_band": "age_band(age_years)"}

ARRESTS = Metric(
    id="arrests",
    title="Arrests",
    noun=Noun.ARRESTS,
    section="People",
    definition="Arrests by the unit. Custody records joined by a transfer are one arrest; coming back to answer bail is "
    "none, and a record created in error is none.",
    needs=("custody",),
    fact="fct_custody_arrest",
    where="is_counted",
    on="arrested_on",
    at="arrested_at",
    record="arrest_ref",
    dataset="custody_record",
    breakdowns={**PLACE, **PERSON},
)
PEOPLE_ARRESTED = replace(
    ARRESTS,
    id="people_arrested",
    title="People arrested",
    noun=Noun.PEOPLE,
    definition="Different people behind the unit's arrests. Someone arrested twice in the window is one person; months "
    "and districts therefore do not add up to the year.",
    subject="person_id",
    first_of="people_arrested",
)
PEOPLE_CHARGED = Metric(
    id="people_charged",
    title="People charged",
    noun=Noun.PEOPLE,
    section="People",
    definition="Of the people arrested, those with at least one live charge on one of those arrests, made then or when "
    "they answered bail. Requisitions and summonses are not charges.",
    needs=("custody", "case_file"),
    kind=Kind.COHORT,
    fact="fct_arrest_disposal",
    where="is_charged",
    on="arrested_on",
    record="arrest_ref",
    dataset="custody_record",
    subject="person_id",
    breakdowns={**PLACE, **PERSON},
    first_of="people_arrested",
)
PEOPLE_REMANDED = replace(
    PEOPLE_CHARGED,
    id="people_charged_and_remanded",
    title="People charged and remanded",
    definition="Of the people charged, those kept in custody or secure accommodation on one of the charged arrests. Bail "
    "and local-authority care are not custody.",
    where="is_remanded",
)
CHARGE_RATE = Metric(
    id="charge_rate",
    title="Charge rate",
    noun=Noun.PER_CENT,
    section="People",
    definition="People charged as a share of the people arrested.",
    needs=("custody", "case_file"),
    kind=Kind.COHORT,
    scale=Scale(1, 1),
    numerator="people_charged",
    denominator="people_arrested",
)
REMAND_RATE = replace(
    CHARGE_RATE,
    id="charge_and_remand_rate",
    title="Charge and remand rate",
    definition="People charged and remanded as a share of the people arrested. It is not the charge rate.",
    numerator="people_charged_and_remanded",
)
WARRANTS_EXECUTED = Metric(
    id="warrants_executed",
    title="Warrants executed",
    noun=Noun.WARRANTS,
    section="Seizures and warrants",
    definition="Different search warrants executed by the unit, by the day of execution.",
    needs=("warrants",),
    fact="fct_warrant",
    where="is_executed",
    on="executed_on",
    record="warrant_ref",
    dataset="warrant",
    breakdowns={**PLACE, "power": "power"},
)
WEAPONS_SEIZED = Metric(
    id="weapons_seized",
    title="Weapons seized",
    noun=Noun.ITEMS,
    section="Seizures and warrants",
    definition="Weapons seized by the unit, in items. Ammunition is not a weapon; what was handed in at an amnesty or "
    "recorded in error is not a seizure.",
    needs=("property",),
    fact="fct_exhibit",
    where="is_unit_work AND is_weapon",
    on="seized_on",
    at="seized_at",
    record="exhibit_ref",
    dataset="exhibit",
    quantity="item_count",
    breakdowns={**PLACE, "weapon_type": "item_type"},
)
KNIVES = replace(
    WEAPONS_SEIZED,
    id="knives_and_blades_seized",
    title="Knives and blades seized",
    definition="Of the weapons seized: knives, machetes, zombie knives, swords and other blades.",
    where="is_unit_work AND is_weapon AND weapon_group = 'BLADE'",
)
FIREARMS = replace(
    WEAPONS_SEIZED,
    id="firearms_seized",
    title="Firearms seized",
    definition="Of the weapons seized: firearms, imitation firearms, air weapons, and Tasers or CS.",
    where="is_unit_work AND is_weapon AND weapon_group = 'FIREARM'",
)
DRUGS_KG = Metric(
    id="drugs_seized_kg",
    title="Drugs seized",
    noun=Noun.KILOGRAMS,
    section="Seizures and warrants",
    definition="Mass of drugs seized by the unit. The laboratory's mass replaces the first weight; tablets, wraps, plants "
    "and liquids without one are never turned into mass.",
    needs=("property",),
    fact="fct_drug_quantity JOIN fct_exhibit USING (exhibit_ref)",
    where="is_unit_work AND is_valid AND mass_mg IS NOT NULL",
    on="seized_on",
    at="seized_at",
    record="exhibit_ref",
    dataset="exhibit",
    quantity="mass_mg",
    scale=MG_TO_KG,
    breakdowns={**PLACE, "drug": "drug", "drug_class": "drug_class"},
)


def _drug_count(id: str, title: str, what: str, column: str) -> Metric:
    """A count of tablets, wraps or plants: its own figure, never added to mass."""
    return replace(
        DRUGS_KG,
        id=id,
        title=title,
        noun=Noun.ITEMS,
        definition=f"{what} of drugs seized by the unit, counted as such whether or not they were weighed later.",
        where=f"is_unit_work AND is_valid AND {column} IS NOT NULL",
        quantity=column,
        scale=Scale(),
    )


DRUG_SEIZURES = replace(
    DRUGS_KG,
    id="drug_seizures",
    title="Drug seizures",
    noun=Noun.SEIZURES,
    definition="Occasions on which the unit seized drugs: one a day and custody, else operation, else exhibit, however "
    "many drugs. By drug each is counted under its own, so the parts exceed the total.",
    where="is_unit_work AND is_valid",
    subject="seizure_ref",
    quantity="1",
    scale=Scale(),
)
PROFITS_SEIZED = Metric(
    id="criminal_profits_seized",
    title="Criminal profits seized",
    noun=Noun.POUNDS,
    section="Money",
    definition="Money seized by the unit, in sterling, by the day of seizure. What became of it later is counted in its "
    "own figure and never added.",
    needs=("asset_recovery",),
    fact="fct_money_event",
    where="is_unit_work AND stage = 'SEIZED'",
    on="happened_on",
    record="money_ref",
    dataset="register_entry",
    quantity="amount_pence",
    scale=PENCE_TO_POUNDS,
    breakdowns={"unit": "unit_code", "operation": "operation_ref", "power": "power"},
)


def _money(id: str, title: str, stage: str, definition: str) -> Metric:
    return replace(
        PROFITS_SEIZED, id=id, title=title, definition=definition, where=f"is_unit_work AND stage = '{stage}'"
    )


PRISON_YEARS = Metric(
    id="prison_years",
    title="Years of prison",
    noun=Noun.YEARS,
    section="Courts",
    definition="Effective custodial terms of hearings with a custodial result for drug supply, of people whom the unit "
    "arrested for that case. Concurrent terms run together, consecutive ones add up; suspended terms and life are not "
    "in it. A later custodial hearing of a person on a case replaces the earlier.",
    needs=("custody", "case_file", "courts"),
    fact="fct_hearing",
    where="is_counted",
    on="hearing_on",
    record="hearing_id",
    dataset="hearing",
    quantity="term_day_48ths",
    scale=DAY_48THS_TO_YEARS,
    breakdowns=PLACE,
)
PEOPLE_IMPRISONED = replace(
    PRISON_YEARS,
    id="people_imprisoned",
    title="People imprisoned",
    noun=Noun.PEOPLE,
    definition="Different people behind the years of prison, those sentenced to an indeterminate term among them.",
    subject="person_id",
    quantity="1",
    scale=Scale(),
    breakdowns={**PLACE, **PERSON},
    first_of="people_imprisoned",
)
INDETERMINATE = replace(
    PRISON_YEARS,
    id="indeterminate_sentences",
    title="Indeterminate sentences",
    noun=Noun.SENTENCES,
    definition="Results of life or another indeterminate custody at those same hearings. They are never turned into years.",
    fact="fct_sentence JOIN fct_hearing USING (hearing_id)",
    where="is_counted AND treatment = 'indeterminate'",
    quantity="1",
    scale=Scale(),
)
PEOPLE_SAFEGUARDED = Metric(
    id="people_safeguarded",
    title="People safeguarded",
    noun=Noun.PEOPLE,
    section="Safeguarding",
    definition="Different people with a contact of the unit that ended in their being safeguarded.",
    needs=("safeguarding",),
    fact="fct_safeguarding_contact",
    where="is_unit_work AND outcome = 'SAFEGUARDED'",
    on="contacted_on",
    age="age_years",
    record="contact_ref",
    dataset="contact",
    subject="person_id",
    breakdowns={**PLACE, **PERSON},
    first_of="people_safeguarded",
)
CHILDREN = replace(
    PEOPLE_SAFEGUARDED,
    id="children_safeguarded",
    title="Children safeguarded",
    definition="Of the people safeguarded, those under 18 at their first such contact in the window. Someone born on "
    "29 February is 18 on 1 March.",
    first_age=(0, 17),
)
ADULTS = replace(
    CHILDREN,
    id="adults_safeguarded",
    title="Adults safeguarded",
    definition="Of the people safeguarded, those of 18 or over at their first such contact in the window. Where no date "
    "of birth is known a person is neither child nor adult.",
    first_age=(18, 200),
)


def _contact(
    id: str, title: str, definition: str, where: str, noun: Noun = Noun.REFERRALS, subject: str = ""
) -> Metric:
    breakdowns = {**PLACE, "partner": "partner"} if noun is Noun.REFERRALS else PLACE
    return replace(
        PEOPLE_SAFEGUARDED,
        id=id,
        title=title,
        noun=noun,
        definition=definition,
        where=f"is_unit_work AND {where}",
        subject=subject,
        breakdowns=breakdowns,
        first_of="",
    )


INJUNCTIONS = Metric(
    id="gang_injunctions",
    title="Gang injunctions",
    noun=Noun.PEOPLE,
    section="Civil orders",
    definition="Different people against whom the unit was granted a gang injunction, interim or final, whether or not it "
    "has been discharged since.",
    needs=("civil_orders",),
    fact="fct_civil_order",
    where="is_unit_work AND was_granted AND order_type = 'GANG_INJUNCTION'",
    on="granted_on",
    record="order_ref",
    dataset="civil_order",
    subject="person_id",
    breakdowns={**PLACE, "age_band": "age_band(age_years)"},
    first_of="gang_injunctions",
)
TEENAGERS = replace(
    INJUNCTIONS,
    id="gang_injunctions_teenagers",
    title="Teenagers under a gang injunction",
    definition="Of those people, the ones aged 13 to 19 on the day it was granted. A teenager need not be a child.",
    where="is_unit_work AND was_granted AND order_type = 'GANG_INJUNCTION' AND age_years BETWEEN 13 AND 19",
    first_of="gang_injunctions_teenagers",
)
STRO_PEOPLE = replace(
    INJUNCTIONS,
    id="stro_people",
    title="People under a slavery and trafficking risk order",
    definition="Different people against whom the unit was granted a final slavery and trafficking risk order (STRO).",
    where="is_unit_work AND was_granted AND order_type = 'STRO' AND stage = 'FINAL'",
    first_of="stro_people",
)
BREACHES = Metric(
    id="order_breaches",
    title="Breaches of orders",
    noun=Noun.BREACHES,
    section="Civil orders",
    definition="Breaches of the unit's orders by the day of the breach, whatever came of them.",
    needs=("civil_orders",),
    fact="fct_order_breach",
    where="is_unit_work",
    on="breached_on",
    record="breach_ref",
    dataset="order_breach",
    breakdowns=PLACE,
)
LINES_CLOSED = Metric(
    id="drug_lines_closed",
    title="Drug lines closed",
    noun=Noun.LINES,
    section="Operations",
    definition="Drug lines closed, by the day they were closed: line and holder stopped (type 1), or the line (type 2).",
    needs=("operations",),
    fact="fct_operation",
    where="is_line_closed",
    on="closed_on",
    record="operation_ref",
    dataset="operation",
    breakdowns={"closure": "closure", "operation": "operation_ref"},
)
BUMBLE = Metric(
    id="bumble_deployments",
    title="Op Bumble deployments",
    noun=Noun.DEPLOYMENTS,
    section="Operations",
    definition="Deployments of Operation Bumble by their first day; one that runs for days is one.",
    needs=("operations",),
    fact="fct_deployment",
    where="is_unit_work AND operation_name = 'BUMBLE'",
    on="started_on",
    record="deployment_ref",
    dataset="deployment",
    breakdowns={"district": "district_code", "unit": "unit_code"},
)


def _bumble(id: str, title: str, noun: Noun, quantity: str, words: str, is_estimate: str = "false") -> Metric:
    definition = (
        f"{words} at those deployments. A count that was not recorded is not zero: the figure is then at least that."
    )
    return replace(
        BUMBLE, id=id, title=title, noun=noun, definition=definition, quantity=quantity, is_estimate=is_estimate
    )


STOP_SEARCHES = Metric(
    id="stop_searches",
    title="Stops and searches in Essex",
    noun=Noun.SEARCHES,
    section="Public context",
    definition="Stops and searches published for Essex by all officers. Public context, not the unit's work.",
    needs=("police_uk",),
    fact="fct_stop_and_search",
    on="month_on",
    record="published_row",
    dataset="stop_and_search",
    is_public_context=True,
)


def _crime(id: str, title: str, crime_type: str, words: str) -> Metric:
    return replace(
        STOP_SEARCHES,
        id=id,
        title=title,
        noun=Noun.CRIMES,
        definition=f"{words} published for Essex. Public context, not the unit's work.",
        fact="fct_street_crime",
        where=f"crime_type = '{crime_type}'",
        dataset="street_crime",
        breakdowns={"district": "district_code"},
    )


METRICS: tuple[Metric, ...] = (
    PEOPLE_ARRESTED,
    ARRESTS,
    PEOPLE_CHARGED,
    PEOPLE_REMANDED,
    CHARGE_RATE,
    REMAND_RATE,
    WARRANTS_EXECUTED,
    WEAPONS_SEIZED,
    KNIVES,
    FIREARMS,
    DRUGS_KG,
    _drug_count("drug_tablets_seized", "Drug tablets seized", "Tablets", "tablet_count"),
    _drug_count("drug_wraps_seized", "Drug wraps seized", "Wraps", "wrap_count"),
    _drug_count("drug_plants_seized", "Drug plants seized", "Plants", "plant_count"),
    DRUG_SEIZURES,
    PROFITS_SEIZED,
    _money(
        "criminal_profits_returned", "Criminal profits returned", "RETURNED", "Seized money given back, by its own day."
    ),
    _money(
        "criminal_profits_forfeited",
        "Criminal profits forfeited",
        "FORFEITED",
        "Money forfeited to the state, by its own day. It was seized before, and is not added to what was.",
    ),
    _money(
        "confiscation_ordered",
        "Confiscation ordered",
        "CONFISCATION_ORDERED",
        "Confiscation ordered by a court, by the day of the order.",
    ),
    _money(
        "confiscation_paid", "Confiscation paid", "CONFISCATION_PAID", "Paid towards confiscation orders, by the day paid."
    ),
    PRISON_YEARS,
    PEOPLE_IMPRISONED,
    INDETERMINATE,
    PEOPLE_SAFEGUARDED,
    CHILDREN,
    ADULTS,
    _contact(
        "nrm_referrals",
        "National Referral Mechanism referrals",
        "Referrals of the unit to the National Referral Mechanism for victims of modern slavery.",
        "kind = 'NRM_REFERRAL'",
    ),
    _contact(
        "partner_referrals",
        "Referrals to partners",
        "Referrals of children or adults by the unit to a named partner agency.",
        "kind IN ('CHILD_REFERRAL', 'ADULT_REFERRAL') AND partner IS NOT NULL",
    ),
    _contact(
        "cuckooed_premises_visited",
        "Cuckooed premises visited",
        "Different premises taken over by drug dealers that the unit visited to protect who lives there.",
        "kind = 'CUCKOOING_VISIT' AND premises_ref IS NOT NULL",
        Noun.PREMISES,
        "premises_ref",
    ),
    INJUNCTIONS,
    TEENAGERS,
    STRO_PEOPLE,
    BREACHES,
    LINES_CLOSED,
    BUMBLE,
    _bumble(
        "bumble_leaflets", "Op Bumble leaflets", Noun.LEAFLETS, "leaflet_count", "Leaflets handed out",
        "is_leaflet_estimate",
    ),
    _bumble(
        "bumble_partner_referrals", "Op Bumble referrals", Noun.REFERRALS, "partner_referral_count",
        "Referrals to partners",
    ),
    _bumble(
        "bumble_training_sessions_offered", "Op Bumble training sessions offered", Noun.SESSIONS,
        "training_offered_count", "Training sessions offered, delivered or not",
    ),
    _bumble(
        "bumble_vehicles_stopped", "Op Bumble vehicles stopped", Noun.VEHICLES, "vehicle_count", "Vehicles stopped"
    ),
    _bumble(
        "bumble_passengers_checked", "Op Bumble passengers checked", Noun.PASSENGERS, "passenger_count",
        "Passengers checked", "is_passenger_estimate",
    ),
    _bumble("bumble_arrests", "Op Bumble arrests", Noun.ARRESTS, "arrest_count", "Arrests"),
    STOP_SEARCHES,
    _crime(
        "recorded_weapon_possession", "Possession of weapons recorded", "possession-of-weapons",
        "Crimes of possession of weapons",
    ),
    _crime("recorded_drug_crime", "Drug crime recorded", "drugs", "Drug crimes"),
)  # fmt: skip

CATALOGUE: dict[str, Metric] = {metric.id: metric for metric in METRICS}
DIMENSIONS = (
    "district", "unit", "operation", "sex", "age_band", "weapon_type", "drug", "drug_class", "power", "partner",
    "closure",
)  # fmt: skip


def metric_of(id: str) -> Metric:
    """A metric by its id; CatalogueError with the nearest ids where there is none."""
    if id in CATALOGUE:
        return CATALOGUE[id]
    from difflib import get_close_matches

    near = get_close_matches(id, CATALOGUE, n=3)
    hint = f"; near it are {', '.join(near)}" if near else ""
    raise CatalogueError(f"there is no metric of that name{hint}. `svu review` lists them all.")
