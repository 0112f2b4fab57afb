"""Cases of `courts`: what a term is, which hearings count and whose."""

from __future__ import annotations

from .builder import ANN, BOB, Cases, Extract, pnc, result, results

case = Cases()


@case(prison_years="2.58", people_imprisoned="1", indeterminate_sentences="0")
def thirty_one_months(x: Extract) -> None:
    """counting.md, Effective custodial term 3: 12 months = 1 year; 31 months are 2.58 years."""
    x.jailed(ANN, "2023-06-01", result("1002", 31))


@case(prison_years="3.50")
def concurrent_and_consecutive(x: Extract) -> None:
    """counting.md, Effective custodial term 3: without a qualifier or with `C` the longest; each `F` adds
    to that."""
    x.jailed(
        ANN,
        "2023-06-01",
        *results(
            result("1002", 24),
            result("1002", 36, "M", "C"),
            result("1002", 4, "M", "F"),
            result("1002", 2, "M", "f"),
        ),
    )


@case(prison_years="1.00")
def longest_is_by_length_not_by_number(x: Extract) -> None:
    """counting.md, Effective custodial term 3: 1 year is longer than 11 months, 40 weeks or 300 days."""
    x.jailed(
        ANN,
        "2023-06-01",
        *results(result("1002", 300, "D"), result("1002", 11), result("1002", 40, "W"), result("1002", 1, "Y", "C")),
    )


@case(prison_years="1.50")
def components_are_rounded_once(x: Extract) -> None:
    """counting.md, Effective custodial term 3: 7 days = 1 week, a year = 365.25 days, rounded once at the
    end: 1 year, 5 months, 4 weeks and 2 days are 1 + 5/12 + 30/365.25 = 1.4988 years."""
    x.jailed(
        ANN,
        "2023-06-01",
        *results(
            result("1002", 1, "Y", "F"),
            result("1002", 5, "M", "F"),
            result("1002", 4, "W", "F"),
            result("1002", 2, "D", "F"),
        ),
    )


@case(prison_years="1.00", people_imprisoned="3")
def sum_is_rounded_not_its_parts(x: Extract) -> None:
    """counting.md, Effective custodial term 3: round once, at the end: three terms of 4 months are 1 year,
    not 0.99."""
    for number in range(3):
        who = ANN | {"pnc_id": pnc(2015, number + 1)}
        x.jailed(who, "2023-06-01", result("1002", 4), urn=f"42CY000{number}223")


@case(prison_years="1.00", people_imprisoned="1")
def what_is_not_a_term(x: Extract) -> None:
    """counting.md, Effective custodial term 1: wholly suspended, 1115 and 1134, default term 1510,
    disqualification 3070 and every other code are dropped."""
    x.jailed(
        ANN, "2023-06-01",
        *results(
            result("1002", 12), result("1002", 20, "M", "S"), result("1115", 20), result("1134", 20),
            result("1510", 20, "M", "F"), result("3070", 36, "M", "F"), result("1015", 90, "D", "F"),
        ),
    )  # fmt: skip


@case(prison_years="0.00", people_imprisoned="0", indeterminate_sentences="0")
def suspended_only(x: Extract) -> None:
    """counting.md, `prison_years`: a result that survives step 1: a wholly suspended one does not."""
    suspended = result("1002", 18, "M", "S", secondary_duration={"value": 24, "unit": "M"})
    x.jailed(ANN, "2023-06-01", suspended)


@case(prison_years="1.50")
def operational_period_is_never_summed(x: Extract) -> None:
    """sources.md 3: `secondary_duration` is the operational period of a suspended term: never summed."""
    x.jailed(ANN, "2023-06-01", result("1002", 18, secondary_duration={"value": 24, "unit": "M"}))


@case(prison_years="0.00", people_imprisoned="1", indeterminate_sentences="1")
def life_is_no_number_of_years(x: Extract) -> None:
    """counting.md, Effective custodial term 2: 1003, 4064, 4065 and unit `L` are indeterminate: counted,
    never summed, whatever number they carry."""
    x.jailed(ANN, "2023-06-01", result("1002", 999, "L"))


@case(prison_years="2.00", people_imprisoned="1", indeterminate_sentences="3")
def indeterminate_by_code(x: Extract) -> None:
    """counting.md, `indeterminate_sentences`: at those same hearings, of any offence; a disqualification
    for life is none."""
    x.jailed(
        ANN,
        "2023-06-01",
        *results(
            result("1002", 24),
            result("1003", 18),
            result("4064", None, None),
            result("4065", 5, "Y", offence_code="TH68010"),
            result("3070", None, "L"),
        ),
    )


@case(prison_years="5.00", people_imprisoned="1")
def whole_term_of_the_hearing(x: Extract) -> None:
    """counting.md, `prison_years`: the whole term of that hearing counts, the consecutive term for theft
    too."""
    x.jailed(
        ANN,
        "2023-06-01",
        *results(result("1002", 3, "Y"), result("1002", 2, "Y", "F", offence_code="TH68010")),
    )


@case(prison_years="0.00", people_imprisoned="0")
def supply_must_itself_be_custody(x: Extract) -> None:
    """counting.md, `prison_years`: for an offence of `DRUG_SUPPLY` a result that survives step 1: a fine
    for supply beside custody for theft is none."""
    x.jailed(
        ANN,
        "2023-06-01",
        *results(result("1015", None, None), result("1002", 2, "Y", offence_code="TH68010")),
    )


@case(prison_years="0.00", people_imprisoned="0")
def production_is_not_supply(x: Extract) -> None:
    """counting.md: importation, production and psychoactive substances are not in `DRUG_SUPPLY`."""
    x.jailed(ANN, "2023-06-01", result("1002", 24, offence_code="MD71001"))


@case(prison_years="2.00", people_imprisoned="1")
def requisition_of_long_ago(x: Extract) -> None:
    """counting.md, `prison_years`: a `LIVE` charge (any initiation) on a counted svu arrest, of any date."""
    x.charge(x.arrest(ANN, "2021-02-01 10:00:00"), initiation="R")
    x.hearing(ANN, "2023-06-01", result("1002", 24))


@case(prison_years="0.00", people_imprisoned="0")
def co_defendant_of_another_unit(x: Extract) -> None:
    """counting.md, `prison_years`: of the *same person*; one URN may cover several defendants."""
    x.charge(x.arrest(ANN, "2023-02-01 10:00:00"))
    x.charge(x.arrest(BOB, "2023-02-01 10:00:00", arresting_unit="CID_HARLOW"))
    x.hearing(BOB, "2023-06-01", result("1002", 24))


@case(prison_years="0.00")
def charge_withdrawn(x: Extract) -> None:
    """counting.md, `prison_years`: whose URN carries a `LIVE` charge."""
    x.charge(x.arrest(ANN, "2023-02-01 10:00:00"), status="WITHDRAWN")
    x.hearing(ANN, "2023-06-01", result("1002", 24))


@case(prison_years="2.00", people_imprisoned="1")
def charge_on_answered_bail_counts_for_sentence(x: Extract) -> None:
    """sources.md 2: a charge on an `ANSWER_BAIL` record belongs to the arrest, for sentences as for
    charges."""
    x.arrest(ANN, "2023-02-01 10:00:00")
    x.charge(x.arrest(ANN, "2023-03-01 10:00:00", arrest_reason="ANSWER_BAIL"))
    x.hearing(ANN, "2023-06-01", result("1002", 24))


@case(prison_years="1.00", people_imprisoned="1")
def appeal_replaces_the_sentence(x: Extract) -> None:
    """counting.md, Effective custodial term 4: of two hearings of one person on one URN with custody the
    later replaces the earlier."""
    x.jailed(ANN, "2023-06-01", result("1002", 24), updated_at="2023-12-01T10:00:00Z")
    x.hearing(ANN, "2023-09-01", result("1002", 12))


@case(prison_years="0.00", people_imprisoned="0")
def replaced_before_the_window(x: Extract) -> None:
    """counting.md, Effective custodial term 4: before any window is applied: the earlier counts nowhere."""
    x.jailed(ANN, "2023-06-01", result("1002", 24))
    x.hearing(ANN, "2024-01-15", result("1002", 12))


@case(prison_years="3.00", people_imprisoned="2")
def two_defendants_of_one_urn(x: Extract) -> None:
    """counting.md, Effective custodial term 4: of one *person* on one URN: co-defendants replace nobody's."""
    x.jailed(ANN, "2023-06-01", result("1002", 24))
    x.jailed(BOB, "2023-09-01", result("1002", 12))


@case(prison_years="2.00", people_imprisoned="1")
def later_hearing_without_custody(x: Extract) -> None:
    """counting.md, Effective custodial term 4: a later hearing without custody replaces nothing."""
    x.jailed(ANN, "2023-06-01", result("1002", 24))
    x.hearing(ANN, "2023-09-01", result("3070", 36))


@case(prison_years="0.00", people_imprisoned="0")
def replaced_by_custody_for_theft(x: Extract) -> None:
    """counting.md, Effective custodial term 4: both have *a custodial result*: the later one's need not be
    for supply, yet then nothing for supply is left."""
    x.jailed(ANN, "2023-06-01", result("1002", 24))
    x.hearing(ANN, "2023-09-01", result("1002", 12, offence_code="TH68010"))


@case(prison_years="1.00")
def same_day_the_later_update_stands(x: Extract) -> None:
    """counting.md, Effective custodial term 4: by hearing_date, then updated_at, then hearing_id."""
    x.jailed(ANN, "2023-06-01", result("1002", 12), hearing_id="H2", updated_at="2023-06-05T10:00:00Z")
    x.hearing(ANN, "2023-06-01", result("1002", 24), hearing_id="H9", updated_at="2023-06-02T10:00:00Z")


@case(prison_years="1.00", people_imprisoned="1")
def slip_rule(x: Extract) -> None:
    """sources.md 3: a later `updated_at` for the same hearing replaces it, whatever the order on the pages;
    a repeated page changes nothing."""
    x.jailed(ANN, "2023-06-01", result("1002", 12), hearing_id="H1", updated_at="2023-06-05T10:00:00Z")
    x.hearing(ANN, "2023-06-01", result("1002", 24), hearing_id="H1", updated_at="2023-06-01T10:00:00Z")
    x.hearings.append(x.hearings[0])


@case(prison_years="0.00", people_imprisoned="0")
def deleted_hearing(x: Extract) -> None:
    """sources.md 3: `deleted: true` withdraws the hearing."""
    x.jailed(ANN, "2023-06-01", result("1002", 12), hearing_id="H1", updated_at="2023-06-05T10:00:00Z")
    x.hearing(ANN, "2023-06-01", hearing_id="H1", updated_at="2023-06-06T10:00:00Z", deleted=True)


@case(prison_years="1.00", people_imprisoned="1")
def hearing_with_one_bad_result(x: Extract) -> None:
    """sources.md 3: a custodial result without a duration is held, with the hearing's other results; the
    version before it stands."""
    x.jailed(ANN, "2023-06-01", result("1002", 12), hearing_id="H1", updated_at="2023-06-05T10:00:00Z")
    x.hearing(
        ANN, "2023-06-01", *results(result("1002", 24), result("1007", None, None)), hearing_id="H1",
        updated_at="2023-06-06T10:00:00Z",
    )  # fmt: skip


@case(prison_years="2.00")
def other_qualifier_is_none(x: Extract) -> None:
    """sources.md 3: any other qualifier: none (warned): it runs together with the rest."""
    x.jailed(ANN, "2023-06-01", *results(result("1002", 24), result("1002", 12, "M", "X")))
