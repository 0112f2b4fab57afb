"""What the unit prevents: people safeguarded, civil orders, operations; and the public context of it all.

Each definition is counting.md's (The catalogue); how a figure is struck is in `values.py`.
"""

from __future__ import annotations

from dataclasses import replace

from svu_pipeline.metrics.metric import PERSON, PLACE, Metric, Noun

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
