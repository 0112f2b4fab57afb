"""What the unit enforces: arrests and charges, warrants, seizures, money, and what the courts made of it.

Each definition is counting.md's (The catalogue); how a figure is struck is in `values.py`.
"""

from __future__ import annotations

from dataclasses import replace

from svu_pipeline.metrics.metric import (
    DAY_48THS_TO_YEARS,
    MG_TO_KG,
    PENCE_TO_POUNDS,
    PERSON,
    PLACE,
    Kind,
    Metric,
    Noun,
    Scale,
)

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
    relates_records=True,
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
    relates_records=True,
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
        "confiscation_paid",
        "Confiscation paid",
        "CONFISCATION_PAID",
        "Paid towards confiscation orders, by the day paid.",
    ),
    PRISON_YEARS,
    PEOPLE_IMPRISONED,
    INDETERMINATE,
)
