"""Cases of `safeguarding`, `civil_orders`, `operations` and `police_uk`."""

from __future__ import annotations

from .builder import ANN, BOB, CAT, Cases, Extract, person, pnc

case = Cases()


@case(people_safeguarded="2", children_safeguarded="1", adults_safeguarded="1")
def age_at_the_first_contact(x: Extract) -> None:
    """counting.md, `children_safeguarded`: under 18 at their first such contact *in the window*."""
    x.contact(person("Marlpit", "Ivo", "2005-06-15"), "2023-06-14")
    x.contact(person("Marlpit", "Ivo", "2005-06-15"), "2023-06-16")
    x.contact(person("Marlpit", "Una", "2005-06-15"), "2022-11-30")
    x.contact(person("Marlpit", "Una", "2005-06-15"), "2023-06-15")


@case(window="2022-11", people_safeguarded="2", children_safeguarded="1", adults_safeguarded="1")
def born_on_29_february(x: Extract) -> None:
    """counting.md, `children_safeguarded`: born 29 February: 18 on 1 March."""
    x.contact(person("Marlpit", "Ivo", "2004-02-29"), "2022-02-28")
    x.contact(person("Marlpit", "Una", "2004-02-29"), "2022-03-01")


@case(people_safeguarded="3", children_safeguarded="0", adults_safeguarded="0")
def age_not_known(x: Extract) -> None:
    """counting.md, `children_safeguarded`: unknown: neither; and a contact without a date of birth or PNC
    id is a person of its own."""
    x.contact(person("Marlpit", "Ivo", None), "2023-06-14")
    x.contact(person("Marlpit", "Ivo", None), "2023-06-15")
    x.contact(person("Marlpit", "Ivo", "2010-02-30"), "2023-06-16")


@case(people_safeguarded="1", children_safeguarded="1", adults_safeguarded="0")
def date_of_birth_of_the_person(x: Extract) -> None:
    """counting.md, `children_safeguarded`: date of birth of the resolved person (the most frequent valid
    one)."""
    who = ANN | {"date_of_birth": "2008-05-01"}
    x.contact(ANN | {"date_of_birth": "1998-05-01"}, "2023-06-14")
    x.arrest(who, "2023-07-01 10:00:00")
    x.order(who, "CBO", "2023-08-01")


@case(people_safeguarded="1", nrm_referrals="2", partner_referrals="1")
def referrals_are_not_people(x: Extract) -> None:
    """counting.md, `nrm_referrals`, `partner_referrals`: referrals of their kinds, the latter with a
    partner named, whatever the outcome."""
    x.contact(CAT, "2023-06-14", kind="NRM_REFERRAL")
    x.contact(CAT, "2023-06-15", "NO_TRACE", kind="NRM_REFERRAL", partner="SOCIAL_CARE")
    x.contact(CAT, "2023-06-16", "DECLINED", kind="CHILD_REFERRAL", partner="SOCIAL_CARE")
    x.contact(CAT, "2023-06-17", "DECLINED", kind="ADULT_REFERRAL", partner=" ")


@case(cuckooed_premises_visited="2")
def premises_are_distinct(x: Extract) -> None:
    """counting.md, `cuckooed_premises_visited`: distinct premises_ref; a visit without one: warned, no
    premises."""
    for premises in ("PR1", "PR1", "PR2", None):
        x.contact(ANN, "2023-06-14", "ENGAGED", kind="CUCKOOING_VISIT", premises_ref=premises)
    x.contact(ANN, "2023-06-14", "ENGAGED", kind="ENGAGEMENT", premises_ref="PR3")


@case(people_safeguarded="0", nrm_referrals="1")
def highest_version_of_a_contact(x: Extract) -> None:
    """sources.md 7: the highest `version` wins, also when it came first; versions are numbers: 10 is above
    9."""
    x.contact(ANN, "2023-06-14", "DECLINED", id="SG1", version=10, kind="NRM_REFERRAL", file="20240102")
    x.contact(ANN, "2023-06-14", id="SG1", version=9, file="20240103")


@case(people_safeguarded="1")
def withdrawn_for_ever(x: Extract) -> None:
    """sources.md, conventions: `<withdrawn>` withdraws for ever, whatever the order of arrival."""
    x.withdrawn["20240101"] = ["SG1", "SG404"]
    x.contact(ANN, "2023-06-14", id="SG1", version=3, file="20240102")
    x.contact(BOB, "2023-06-14", file="20240103")


@case(gang_injunctions="2", gang_injunctions_teenagers="1")
def injunctions_granted_then_discharged(x: Extract) -> None:
    """counting.md, `gang_injunctions`: distinct respondents, `GRANTED` or `DISCHARGED`, interim or final;
    `REFUSED` never was."""
    x.order(CAT, "GANG_INJUNCTION", "2023-10-04", stage="INTERIM", status="DISCHARGED")
    x.order(CAT, "GANG_INJUNCTION", "2023-10-25")
    x.order(ANN, "GANG_INJUNCTION", "2023-10-25")
    x.order(BOB, "GANG_INJUNCTION", "2023-10-25", status="REFUSED")
    x.order(BOB, "CBO", "2023-10-25")


@case(gang_injunctions="4", gang_injunctions_teenagers="2")
def teenagers_are_13_to_19(x: Extract) -> None:
    """counting.md, `gang_injunctions_teenagers`: aged 13-19 then (teenager is not child); sources.md 8: a
    respondent under 14 is held, one of unknown age kept."""
    for number, born in enumerate(["2009-10-04", "2003-10-05", "2003-10-04", None, "2009-10-05"]):
        x.order(person("Marlpit", "Ivo", born, pnc(2021, number + 1)), "GANG_INJUNCTION", "2023-10-04")


@case(stro_people="3")
def statutory_length(x: Extract) -> None:
    """sources.md 8: a final STRO of at least 24 months, to `expires_on` + 1 day; empty = until further
    order; an interim one has no least length."""
    for number, (expires, stage) in enumerate(
        [("2025-11-06", "FINAL"), ("2025-11-05", "FINAL"), ("", "FINAL"), ("2024-01-01", "INTERIM")]
    ):
        who = person("Marlpit", "Ivo", "1990-01-01", pnc(2021, number + 1))
        x.order(who, "STRO", "2023-11-07", expires_on=expires, stage=stage)
    x.order(BOB, "STRO", "2023-11-07", expires_on="2024-02-01", status="DISCHARGED")


@case(stro_people="1", gang_injunctions="0")
def order_gone_from_the_register(x: Extract) -> None:
    """sources.md, conventions: full sources: of several files the latest date decides; a key no longer
    there was withdrawn."""
    x.order(CAT, "GANG_INJUNCTION", "2023-10-04", order_ref="CO1", file="20240102")
    x.order(BOB, "STRO", "2023-11-07", order_ref="CO2", file="20240109")


@case(order_breaches="2")
def breaches_of_the_units_orders(x: Extract) -> None:
    """counting.md, `order_breaches`: breaches by breached_on of the unit's orders, whatever the outcome and
    the day the order was granted."""
    ours = x.order(ANN, "CBO", "2021-10-04")
    theirs = x.order(BOB, "CBO", "2023-10-04", unit_code="LPT_BASILDON")
    x.breach(ours, "2022-12-01")
    x.breach(ours, "2023-05-05", outcome="CHARGED")
    x.breach(ours, "2023-12-01")
    x.breach(theirs, "2023-05-05")


@case(drug_lines_closed="2")
def lines_closed(x: Extract) -> None:
    """counting.md, `drug_lines_closed`: kind `DRUG_LINE` with closed_on in the window, by closure type
    (none: unknown); a line still open is not."""
    x.operation("DRUG_LINE", "2023-05-01", closure="TYPE_1", line_name="KASH")
    x.operation("DRUG_LINE", "2023-11-30")
    x.operation("DRUG_LINE", "2023-12-01")
    x.operation("DRUG_LINE", None)
    x.operation("OTHER", "2023-05-01")


@case(drug_lines_closed="1")
def line_reopened_by_a_correction(x: Extract) -> None:
    """sources.md, conventions: the order of versions is `updated_at`; a line that is not JSON is a held
    row."""
    x.operation("DRUG_LINE", None, operation_ref="OP1", updated_at="2023-12-02T09:00:00Z")
    x.operation("DRUG_LINE", "2023-05-01", operation_ref="OP1", updated_at="2023-12-01T09:00:00Z")
    x.operations.append('{"operation_ref": "OP2", "kind": ')
    x.operation("DRUG_LINE", "2023-05-01")


@case(
    bumble_deployments="3",
    bumble_leaflets="150",
    bumble_partner_referrals="0",
    bumble_training_sessions_offered="50",
    bumble_vehicles_stopped="250",
    bumble_passengers_checked="310",
    bumble_arrests="1",
)
def deployment_counts_once(x: Extract) -> None:
    """counting.md, `bumble_deployments`: by started_on, once however many days it runs (sources.md 9); a
    missing count is null, not zero; *offered* is not *delivered*."""
    x.deployment("BUMBLE", "2022-12-01", ended_on="2022-12-09", leaflets=150, leaflets_estimated=True)
    x.deployment("BUMBLE", "2023-06-01", training_sessions_offered=50, training_sessions_delivered=44)
    x.deployment(
        "BUMBLE",
        "2023-11-30",
        ended_on="2023-12-02",
        vehicles_stopped=250,
        passengers_checked=310,
        arrests=1,
        passengers_estimated=True,
        place="Stansted Airport",
    )
    x.deployment("BUMBLE", "2022-11-30", ended_on="2022-12-05", leaflets=900)
    x.deployment("BUMBLE", "2023-06-01", unit_code="ROADS", leaflets=900)
    x.deployment("HORNET", "2023-06-01", leaflets=900)


@case(recorded_weapon_possession="2", recorded_drug_crime="3", stop_searches="0")
def identical_rows_are_real(x: Extract) -> None:
    """sources.md 10: exact duplicate rows are real here: flag, never drop; rows outside Essex and rows with
    no location are kept."""
    x.crime("2023-06", "Drugs")
    x.crime("2023-06", "Drugs")
    x.crime("2023-07", "Drugs", "Havering 003B")
    x.crime("2023-07", "Possession of weapons", "", Longitude="", Latitude="")
    x.crime("2022-12", "Possession of weapons")
    x.crime("2022-11", "Possession of weapons")
    x.crime("2023-12", "Drugs")
    x.crime("2023-06", "Anti-social behaviour")


@case(people_safeguarded="1", children_safeguarded="1")
def work_of_other_units(x: Extract) -> None:
    """counting.md, The catalogue: every metric counts the unit's own work only (the record's unit at the
    time)."""
    x.contact(CAT, "2023-06-14")
    x.contact(ANN, "2023-06-14", unit="LPT_BASILDON")
    x.contact(BOB, "2020-06-30")


@case(recorded_weapon_possession="3", recorded_drug_crime="1", stop_searches="3")
def three_dialects(x: Extract) -> None:
    """sources.md 10: headers as published, and the snake_case and API-JSON-flattened dialects of the same
    columns."""
    x.dialects = {"2023-03": "snake_case", "2023-04": "api"}
    x.crime("2023-02", "Possession of weapons")
    x.crime("2023-03", "Possession of weapons")
    x.crimes["2023-04"] += [
        {"category": "possession-of-weapons"},
        {"category": "drugs"},
        {"category": "burglary"},
    ]
    x.stops["2023-02"].append({"Type": "Person search", "Date": "2023-02-03T10:06:00+00:00"})
    x.stops["2023-03"].append({"Type": "Person search", "Date": "2023-03-03T10:06:00+00:00"})
    x.stops["2023-04"].append({"type": "Person search", "datetime": "2023-04-03T10:06:00+00:00"})
