"""Cases of `custody` and `case_file`: arrests, chains, answered bail, charges and remands."""

from __future__ import annotations

from .builder import ANN, BOB, CAT, Cases, Extract, person, pnc

case = Cases()


@case(people_arrested="1", arrests="2")
def one_person_arrested_twice(x: Extract) -> None:
    """counting.md, Nouns: a person arrested in two months is one person in the year."""
    x.arrest(ANN, "2023-02-01 10:00:00")
    x.arrest(ANN, "2023-05-01 10:00:00")


@case(arrests="2")
def window_is_half_open(x: Extract) -> None:
    """counting.md, Window: [first day of M-11 00:00, first day of M+1 00:00) Europe/London, half-open."""
    x.arrest(ANN, "2022-11-30 23:59:59")
    x.arrest(ANN, "2022-12-01 00:00:00")
    x.arrest(ANN, "2023-11-30 23:59:59")
    x.arrest(ANN, "2023-12-01 00:00:00")


@case(window="2023-06", months=1, arrests="1")
def summer_midnight_is_londons(x: Extract) -> None:
    """counting.md, Window: Europe/London; 2023-06-01 00:30 BST is still May in UTC, yet a June arrest."""
    x.arrest(ANN, "2023-06-01 00:30:00")
    x.arrest(ANN, "2023-07-01 00:30:00")


@case(window="2023-12", arrests="1")
def calendar_year_is_the_same_rule(x: Extract) -> None:
    """counting.md, Window: a calendar year and a single month are the same rule with other lengths."""
    x.arrest(ANN, "2022-12-31 23:59:59")
    x.arrest(ANN, "2023-12-31 23:59:59")


@case(people_arrested="1", arrests="1")
def chain_is_one_arrest(x: Extract) -> None:
    """counting.md, `arrests`: a chain of `transferred_from` is one arrest, that of its first record."""
    first = x.arrest(ANN, "2022-11-30 23:50:00")
    second = x.arrest(ANN, "2022-12-01 02:00:00", transferred_from=first)
    x.arrest(ANN, "2022-12-01 05:00:00", transferred_from=second)
    start = x.arrest(BOB, "2023-01-31 23:50:00")
    x.arrest(BOB, "2023-02-01 01:00:00", transferred_from=start)


@case(arrests="1", people_charged="1")
def chain_opened_in_error(x: Extract) -> None:
    """counting.md, `arrests`: the arrest is that of the chain's first accepted `LIVE` record; charges on
    any of its records, the one created in error too, are that arrest's."""
    first = x.arrest(ANN, "2022-11-30 23:00:00", record_status="CREATED_IN_ERROR")
    x.arrest(ANN, "2022-12-01 00:10:00", transferred_from=first)
    x.charge(first)


@case(arrests="0", people_arrested="0")
def chain_is_of_its_first_unit(x: Extract) -> None:
    """counting.md, The catalogue: the record's unit at the time; a chain begun by another unit is not the
    unit's."""
    first = x.arrest(ANN, "2023-03-01 10:00:00", arresting_unit="LPT_BASILDON")
    x.arrest(ANN, "2023-03-01 14:00:00", transferred_from=first)


@case(arrests="1")
def missing_predecessor(x: Extract) -> None:
    """counting.md, `arrests`: a missing predecessor: the chain starts here, warned."""
    x.arrest(ANN, "2023-03-01 10:00:00", transferred_from="42HA/999999/23")


@case(arrests="1")
def held_predecessor_is_missing(x: Extract) -> None:
    """counting.md, `arrests`: first *accepted* record; sources.md: a held row changes nothing."""
    first = x.arrest(ANN, "2023-02-30 10:00:00")
    x.arrest(ANN, "2023-03-01 14:00:00", transferred_from=first)


@case(people_arrested="1", people_charged="1", people_charged_and_remanded="1", charge_rate="100.0")
def charge_made_when_bail_was_answered(x: Extract) -> None:
    """sources.md 2: a charge on the `ANSWER_BAIL` record belongs to the same person's latest earlier counted
    arrest."""
    x.arrest(ANN, "2023-02-01 10:00:00")
    back = x.arrest(ANN, "2023-12-20 10:00:00", arrest_reason="ANSWER_BAIL")
    x.charge(back, charged_at="2023-12-20 12:00:00")
    x.remand(back, "PB")


@case(people_arrested="1", people_charged="0")
def answered_bail_takes_the_latest_arrest(x: Extract) -> None:
    """sources.md 2: the *latest* earlier counted arrest: here one outside the window, so the earlier one in
    the window stays uncharged."""
    x.arrest(ANN, "2023-11-20 10:00:00")
    x.arrest(ANN, "2023-12-05 10:00:00")
    x.charge(x.arrest(ANN, "2023-12-20 10:00:00", arrest_reason="ANSWER_BAIL"))


@case(people_charged="1", arrests="1")
def answered_bail_skips_other_units(x: Extract) -> None:
    """sources.md 2: the latest earlier *counted* arrest: another unit's arrest in between is none."""
    x.arrest(ANN, "2023-03-01 10:00:00")
    x.arrest(ANN, "2023-04-01 10:00:00", arresting_unit="ROADS")
    x.charge(x.arrest(ANN, "2023-05-01 10:00:00", arrest_reason="ANSWER_BAIL"))


@case(people_arrested="4", people_charged="1", charge_rate="25.0")
def only_live_charges_by_the_police(x: Extract) -> None:
    """counting.md, `people_charged`: at least one `LIVE` charge with initiation `C`; a requisition, a
    summons or a withdrawn charge is none."""
    for number, columns in enumerate([{}, {"initiation": "R"}, {"initiation": "S"}, {"status": "WITHDRAWN"}]):
        who = person("Marlpit", "Dee", "1991-01-01", pnc(2010, number + 1))
        x.charge(x.arrest(who, "2023-03-01 10:00:00"), **columns)


@case(people_charged="1", people_charged_and_remanded="0", charge_and_remand_rate="0.0")
def remand_on_an_uncharged_arrest(x: Extract) -> None:
    """counting.md, `people_charged_and_remanded`: a remand decision on one of the *charged* arrests."""
    x.charge(x.arrest(ANN, "2023-03-01 10:00:00"))
    x.remand(x.arrest(ANN, "2023-05-01 10:00:00"), "PB")


@case(people_charged="5", people_charged_and_remanded="2", charge_and_remand_rate="40.0")
def what_remand_in_custody_is(x: Extract) -> None:
    """counting.md, `people_charged_and_remanded`: `PB`, `PR` or `SA`; `LA` and bail are not custody."""
    for number, code in enumerate(["PR", "SA", "LA", "CB", "NA"]):
        ref = x.arrest(person("Marlpit", "Dee", "1991-01-01", pnc(2010, number + 1)), "2023-03-01 10:00:00")
        x.charge(ref)
        x.remand(ref, code)


@case(people_arrested="0", charge_rate=None, charge_and_remand_rate=None)
def no_rate_of_nobody(x: Extract) -> None:
    """counting.md, `charge_rate`: people_charged ÷ people_arrested: of nobody there is no ratio."""
    x.arrest(ANN, "2021-03-01 10:00:00")


@case(people_arrested="8", people_charged="1", charge_rate="12.5", charge_and_remand_rate="0.0")
def rate_of_an_eighth(x: Extract) -> None:
    """counting.md: rates are said with one decimal, from the exact ratio."""
    refs = [x.arrest(person("Marlpit", "Dee", "1991-01-01", pnc(2010, n + 1)), "2023-03-01 10:00:00") for n in range(8)]
    x.charge(refs[0])


@case(people_arrested="16", people_charged="1", charge_rate="6.3")
def half_is_rounded_away_from_zero(x: Extract) -> None:
    """counting.md, Saying a number: rounding is half away from zero; 6.25 % is 6.3, not the even 6.2."""
    refs = [
        x.arrest(person("Marlpit", "Dee", "1991-01-01", pnc(2010, n + 1)), "2023-03-01 10:00:00") for n in range(16)
    ]
    x.charge(refs[0])


@case(window="2020-12", arrests="1", people_arrested="1")
def before_the_unit_was_set_up(x: Extract) -> None:
    """sources.md: work before 2020-07-01 under an svu code: kept, warned, not counted (window: the year
    2020)."""
    x.arrest(ANN, "2020-06-30 23:59:59")
    x.arrest(ANN, "2020-07-01 00:00:00")


@case(people_arrested="2", arrests="4")
def pnc_id_in_two_forms(x: Extract) -> None:
    """sources.md, Identifiers: the short form `81/34U` is the same person as `1981/0000034U`; a two-digit
    year up to 26 is 20xx."""
    x.arrest(person("Farrow", "Ann", "1990-05-01", "1981/0000034U"), "2023-03-01 10:00:00")
    x.arrest(person("Farrowe", "Anne", "1990-05-01", "81/34U"), "2023-03-02 10:00:00")
    x.arrest(person("Oakhanger", "Ned", "1975-05-01", pnc(2005, 77)), "2023-03-03 10:00:00")
    x.arrest(person("Oakhangar", "Ned", "1975-05-02", f"05/77{pnc(2005, 77)[-1]}"), "2023-03-04 10:00:00")


@case(people_arrested="1", arrests="2")
def wrong_check_letter_links_by_name(x: Extract) -> None:
    """sources.md: a wrong PNC id is withheld and never holds a row; the person is then the one of that name
    and date of birth."""
    wrong = person("Sandlewick", "Ed", "1993-07-07", "2003/0011985Z")
    x.arrest(wrong, "2023-03-01 10:00:00")
    x.arrest(wrong | {"pnc_id": pnc(2011, 5)}, "2023-04-01 10:00:00")


@case(people_arrested="2", arrests="3")
def name_of_two_pnc_ids(x: Extract) -> None:
    """Linking: one name and date of birth under two PNC ids are two people, and a record without one is of one
    of them: which one is open, that it is no third is not."""
    who = person("Sandlewick", "Ed", "1993-07-07")
    x.arrest(who | {"pnc_id": pnc(2011, 5)}, "2023-03-01 10:00:00")
    x.arrest(who | {"pnc_id": pnc(2012, 6)}, "2023-03-02 10:00:00")
    x.arrest(who, "2023-03-03 10:00:00")


@case(people_arrested="1", arrests="3")
def names_are_normalised(x: Extract) -> None:
    """Linking by exact keys: accents, case, apostrophes, hyphens and runs of blanks make no other person."""
    x.arrest(person("O’Brackley-Voss", "Siân  May", "1993-07-07"), "2023-03-01 10:00:00")
    x.arrest(person("OBRACKLEY VOSS", "sian may", "1993-07-07"), "2023-03-02 10:00:00")
    x.arrest(person(" O'Brackley-Voss ", "Sia\u0302n-May", "1993-07-07"), "2023-03-03 10:00:00")


@case(people_arrested="2", arrests="2")
def twins_stay_two(x: Extract) -> None:
    """counting.md, Linking people: twins (same surname, date of birth and postcode, other forenames) stay
    two."""
    for forenames in ("Ivo", "Una"):
        x.arrest(person("Marlpit", forenames, "2001-01-01"), "2023-03-01 10:00:00", home_postcode="SS1 1AA")


@case(people_arrested="2", arrests="2")
def without_date_of_birth_nobody_else(x: Extract) -> None:
    """Linking by exact keys: a record without a date of birth or PNC id is a person of its own; a date of
    birth that makes the age at arrest less than 10 is withheld (sources.md 1)."""
    x.arrest(person("Marlpit", "Ivo", "2015-01-01"), "2023-03-01 10:00:00")
    x.arrest(person("Marlpit", "Ivo", "2015-01-01"), "2023-04-01 10:00:00")


@case(people_arrested="2", arrests="2")
def surname_null_is_a_name(x: Extract) -> None:
    """sources.md, conventions: text arrives as text; the surnames `Null` and `NA` are names."""
    x.arrest(person("Null", "Ivo", "1999-01-01"), "2023-03-01 10:00:00")
    x.arrest(person("NA", "Ivo", "1999-01-01"), "2023-04-01 10:00:00")


@case(people_arrested="1", arrests="2")
def person_known_only_by_another_system(x: Extract) -> None:
    """Linking by exact keys: two custody records, one with a PNC id and another spelling, one without, are
    one person where a court gives that PNC id to the other's name and date of birth."""
    x.arrest(CAT, "2023-03-01 10:00:00")
    x.arrest(CAT | {"surname": "Thistlethwaite", "pnc_id": pnc(2020, 31)}, "2023-03-02 10:00:00")
    x.hearing(CAT | {"pnc_id": pnc(2020, 31)}, "2023-04-01")
