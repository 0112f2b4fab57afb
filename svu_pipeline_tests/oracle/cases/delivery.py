"""Cases of delivery: what holds a row, what stands when one is held, codes, clocks, missing sources."""

from __future__ import annotations

from .builder import ANN, BOB, Cases, Extract, person, pnc, result

case = Cases()


@case(arrests="0")
def hour_that_does_not_exist(x: Extract) -> None:
    """sources.md, conventions: `2023-03-26 01:30` does not exist (row held: `nonexistent_time`)."""
    x.arrest(ANN, "2023-03-26 01:30:00")


@case(arrests="1")
def hour_that_comes_twice(x: Extract) -> None:
    """sources.md, conventions: `2023-10-29 01:30` is ambiguous (kept, `fold=0`, warned)."""
    x.arrest(ANN, "2023-10-29 01:30:00", updated_at="2023-10-29T00:30:00Z")


@case(arrests="1")
def arrest_later_than_its_update(x: Extract) -> None:
    """sources.md 1: arrested_at not later than `updated_at` (as instants): 12:30 BST is 11:30 UTC, before
    11:45."""
    x.arrest(ANN, "2023-06-01 12:30:00", updated_at="2023-06-01T11:45:00Z")
    x.arrest(BOB, "2023-01-01 12:30:00", updated_at="2023-01-01T12:29:59Z")


@case(arrests="2", people_charged="0")
def unknown_code_satisfies_no_wish(x: Extract) -> None:
    """sources.md, conventions: `UNKNOWN` never satisfies a filter that names the codes it wants (`LIVE`,
    initiation `C`), and is not excluded by one that names the codes it leaves out (`ANSWER_BAIL`)."""
    ref = x.arrest(ANN, "2023-03-01 10:00:00", arrest_reason="VOLUNTARY")
    x.arrest(BOB, "2023-03-01 10:00:00", record_status="ARCHIVED")
    x.charge(ref, initiation="Q")
    x.charge(x.arrest(BOB, "2023-03-04 10:00:00"), status="ON_HOLD")


@case(weapons_seized="4", knives_and_blades_seized="1", firearms_seized="1")
def unknown_weapon_is_a_weapon(x: Extract) -> None:
    """sources.md, conventions: an unknown item type is not excluded by "not `AMMUNITION`", an unknown
    status not by "not `AMNESTY`/`CREATED_IN_ERROR`"; neither is a knife or a firearm."""
    x.weapon("CROSSBOW")
    x.weapon("BAT_OR_BAR", status="ON_LOAN")
    x.weapon("SWORD")
    x.weapon("TASER_OR_CS")
    x.exhibit("15/06/2023 12:00", "ARTEFACT", item_type="KNIFE")


@case(people_arrested="1", people_charged="1", people_charged_and_remanded="1")
def codes_are_folded_and_trimmed(x: Extract) -> None:
    """sources.md, conventions: surrounding blanks are trimmed, codes are case-folded."""
    ref = x.arrest(
        ANN,
        " 2023-03-01 10:00:00 ",
        arresting_unit=" raptor_north",
        record_status="live ",
        arrest_reason="new_Offence",
    )
    x.charge(f" {ref} ", initiation=" c", status="Live")
    x.remand(ref, "pb ")


@case(arrests="1", people_arrested="1")
def empty_required_column(x: Extract) -> None:
    """sources.md, conventions: a required column that is empty (blanks are empty) holds the row."""
    x.arrest(ANN, "2023-03-01 10:00:00", lead_offence_code="  ")
    x.arrest(BOB, "2023-03-01 10:00:00", home_postcode="", operation_ref=None)


@case(people_arrested="0", arrests="0")
def conflicting_duplicates(x: Extract) -> None:
    """sources.md, conventions: two different rows of one key and equal order in one delivery: both held."""
    ref = x.arrest(ANN, "2023-03-01 10:00:00")
    x.arrest(ANN, "2023-03-01 11:00:00", custody_ref=ref)


@case(people_arrested="1", arrests="1")
def the_same_row_twice(x: Extract) -> None:
    """sources.md, conventions: a record equal to the standing version is a duplicate."""
    ref = x.arrest(ANN, "2023-03-01 10:00:00")
    x.arrest(ANN, "2023-03-01 10:00:00", custody_ref=ref)


@case(arrests="0", people_charged="0")
def later_version_stands(x: Extract) -> None:
    """sources.md, conventions: the order of versions is `updated_at`, whatever the order of arrival."""
    ref = x.arrest(ANN, "2023-03-01 10:00:00", record_status="CREATED_IN_ERROR")
    x.arrest(ANN, "2023-03-01 10:00:00", custody_ref=ref, updated_at="2023-03-01T12:00:00Z")
    x.charge(ref)


@case(arrests="1")
def held_version_changes_nothing(x: Extract) -> None:
    """sources.md, conventions: a held row changes nothing: the last accepted version stands."""
    ref = x.arrest(ANN, "2023-03-01 10:00:00", updated_at="2023-03-01T12:00:00Z")
    x.arrest(ANN, "2023-03-01 25:00:00", custody_ref=ref, record_status="CREATED_IN_ERROR")


@case(arrests="10")
def ten_held_rows_do_not_hold_the_rest(x: Extract) -> None:
    """sources.md, conventions: held rows above 5 % *and* above 10 rows: ten of twenty are half, and no more
    than ten."""
    for number in range(20):
        who = person("Marlpit", "Dee", "1991-01-01", pnc(2010, number + 1))
        x.arrest(who, "2023-03-01 10:00:00" if number % 2 else "not known")


@case(arrests="220", people_arrested="220")
def five_per_cent_do_not_hold_the_rest(x: Extract) -> None:
    """sources.md, conventions: held rows above 5 % *and* above 10 rows: eleven of 231 are more than ten,
    and less than 5 %."""
    for number in range(231):
        who = person("Marlpit", "Dee", "1991-01-01", pnc(2010, number + 1))
        x.arrest(who, "2023-03-01 10:00:00" if number % 21 else "not known")


@case(
    people_arrested="1",
    people_charged="0",
    prison_years=None,
    weapons_seized=None,
    criminal_profits_seized="0.00",
    people_safeguarded=None,
    gang_injunctions="0",
    stop_searches=None,
)
def source_never_supplied(x: Extract) -> None:
    """Faults, F44: a source that is silent is not zero; one that delivered nothing is."""
    x.missing = {"courts", "property", "safeguarding", "police_uk"}
    x.charge(x.arrest(ANN, "2023-03-01 10:00:00"), initiation="S")


@case(people_arrested=None, people_charged=None, charge_rate=None, prison_years=None, warrants_executed="0")
def charges_without_custody(x: Extract) -> None:
    """Faults, F44: what is counted on arrests is unknown where the custody system was never supplied."""
    x.missing = {"custody"}
    x.charge("42CU/000001/23")


@case(people_charged="0", order_breaches="0", arrests="1")
def partners_not_there(x: Extract) -> None:
    """sources.md, conventions: a row whose partner is missing is never held: it counts once its partner is
    there."""
    x.arrest(ANN, "2023-03-01 10:00:00")
    x.charge("42CU/999999/23")
    x.breach("CO9999", "2023-03-01")


@case(prison_years="0.00", people_imprisoned="0")
def charge_on_an_arrest_before_the_unit(x: Extract) -> None:
    """counting.md, `prison_years`: a counted svu arrest *of any date*; one before 2020-07-01 is not counted
    (sources.md: not counted)."""
    x.charge(x.arrest(ANN, "2020-06-30 10:00:00"))
    x.hearing(ANN, "2023-06-01", result("1002", 24))


@case(gang_injunctions=None, stro_people=None, order_breaches=None, arrests="1")
def web_page_named_csv(x: Extract) -> None:
    """Issue 2, What it must show: an HTML page named .csv is an error of that source; the other sources go
    on."""
    x.arrest(ANN, "2023-03-01 10:00:00")
    x.files["civil_orders/civil_orders_20240102.csv"] = b"<!DOCTYPE html><title>Signed out</title>"


@case(weapons_seized=None, drug_seizures=None, arrests="0")
def header_not_as_agreed(x: Extract) -> None:
    """sources.md 4: header line exactly as below; a file with another header is not taken."""
    x.files["property/property_20240102.csv"] = b"exhibit_ref,seized_at,unit\r\nTRAILER,0\r\n"


@case(people_safeguarded=None, nrm_referrals=None, arrests="0")
def document_type_declaration(x: Extract) -> None:
    """sources.md 7: no DTD is ever accepted."""
    x.files["safeguarding/safeguarding_20240102.xml"] = (
        b'<?xml version="1.0"?><!DOCTYPE safeguarding-return [<!ENTITY a "b">]>'
        b'<safeguarding-return force="42" date="2024-01-02" count="0"/>'
    )


@case(people_safeguarded=None, cuckooed_premises_visited=None)
def count_of_contacts_wrong(x: Extract) -> None:
    """sources.md 7: `count` must equal the number of `contact` elements."""
    x.files["safeguarding/safeguarding_20240102.xml"] = (
        b'<?xml version="1.0"?><safeguarding-return force="42" date="2024-01-02" count="1"/>'
    )


@case(prison_years=None, people_imprisoned=None, arrests="1")
def total_of_hearings_wrong(x: Extract) -> None:
    """sources.md 3: `total` = distinct hearings: a pull that lacks one is not taken."""
    x.arrest(ANN, "2023-03-01 10:00:00")
    x.files["courts/hearings-0001.json"] = b'{"items": [], "next_cursor": null, "total": 1}'
