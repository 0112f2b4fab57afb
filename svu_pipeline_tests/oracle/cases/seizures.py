"""Cases of `property`, `asset_recovery` and `warrants`: items, mass, money and authority."""

from __future__ import annotations

from datetime import date, datetime

from .builder import ANN, Cases, Extract

case = Cases()


@case(weapons_seized="6", knives_and_blades_seized="4", firearms_seized="1")
def weapons_are_a_quantity(x: Extract) -> None:
    """counting.md, `weapons_seized`: the *quantity* of category `WEAPON`, not `AMMUNITION`, not `AMNESTY` or
    `CREATED_IN_ERROR`."""
    x.weapon("ZOMBIE_KNIFE", "4")
    x.weapon("IMITATION_FIREARM")
    x.weapon("KNUCKLEDUSTER", status="DESTROYED")
    x.weapon("AMMUNITION", "50")
    x.weapon("KNIFE", "30", status="AMNESTY")
    x.weapon("KNIFE", "2", status="CREATED_IN_ERROR")
    x.weapon("KNIFE", "7", unit_code="LPT_BASILDON")


@case(weapons_seized="2")
def highest_revision_wins(x: Extract) -> None:
    """sources.md 4: the highest `revision` wins; an older one that is late changes nothing; 10 is above 9."""
    x.weapon("KNIFE", "2", exhibit_ref="EX1", revision="10", file="20240102")
    x.weapon("KNIFE", "9", exhibit_ref="EX1", revision="9", file="20240109")


@case(weapons_seized="1")
def numbers_of_weapons(x: Extract) -> None:
    """sources.md 4: quantity > 0, and whole for `ITEM`; else the row is held."""
    for quantity in ("1", "0", "-2", "1.5", "two", ""):
        x.weapon("KNIFE", quantity)


@case(weapons_seized="1", drugs_seized_kg="0.005")
def what_weapons_and_drugs_need(x: Extract) -> None:
    """sources.md 4: required: item_type for weapons, drug for drugs."""
    x.weapon("KNIFE")
    x.weapon("")
    x.drug("5", "G")
    x.drug("70", "G", drug=" ")


@case(weapons_seized="3")
def newline_inside_quotes(x: Extract) -> None:
    """sources.md 4: the trailer counts records: a newline inside quotes is not one; a ragged line is one,
    and is held."""
    x.weapon("KNIFE", "3", description='Blade, "8 inch"\r\nwrapped in cloth')
    x.exhibits["20240102"].append(["EX9999", "15/06/2023 12:00", "RAPTOR_SOUTH"])


@case(drugs_seized_kg="1.530")
def mass_in_every_unit(x: Extract) -> None:
    """counting.md, `drugs_seized_kg`: G KG MG OZ; 1 oz = 28.349523125 g: 1000 g + 0.5 kg + 1500 mg + 1 oz =
    1.529850 kg."""
    x.drug("1000", "G")
    x.drug("0.5", "KG", status="DESTROYED")
    x.drug("1500", "MG")
    x.drug("1", "OZ")


@case(drugs_seized_kg="0.041", drug_tablets_seized="100", drug_wraps_seized="20", drug_plants_seized="0")
def laboratory_mass(x: Extract) -> None:
    """counting.md, `drugs_seized_kg`: a laboratory mass replaces the first weight, and gives one to wraps,
    tablets or plants, which still count as such."""
    x.drug("900", "G", lab_quantity="37.5", lab_unit="G")
    x.drug("20", "WRAP", lab_quantity="3500", lab_unit="MG")
    x.drug("100", "TABLET", lab_quantity="98", lab_unit="TABLET")


@case(
    drugs_seized_kg="0.000",
    drug_tablets_seized="5",
    drug_wraps_seized="7",
    drug_plants_seized="40",
    drug_seizures="4",
)
def mass_is_never_estimated(x: Extract) -> None:
    """counting.md, `drugs_seized_kg`: never *estimated* from tablets, wraps, plants or ml."""
    x.drug("5", "TABLET")
    x.drug("7", "WRAP", drug="CRACK")
    x.drug("40", "PLANT", drug="CANNABIS")
    x.drug("250", "ML", drug="OTHER_C")


@case(drugs_seized_kg="0.010", drug_seizures="1")
def drugs_handed_in_count(x: Extract) -> None:
    """counting.md, `drugs_seized_kg`: `CREATED_IN_ERROR` never counts in any property metric; `AMNESTY` is
    left out of weapons only."""
    x.drug("10", "G", status="AMNESTY")
    x.drug("10", "G", status="CREATED_IN_ERROR")


@case(drugs_seized_kg="0.010")
def bad_laboratory_value(x: Extract) -> None:
    """sources.md, conventions: an optional value that cannot be read is withheld, the row stays."""
    x.drug("10", "G", lab_quantity="10,5", lab_unit="G")


@case(drug_seizures="5")
def what_one_seizure_is(x: Extract) -> None:
    """counting.md, `drug_seizures`: one per local day and custody_ref, else operation_ref, else
    exhibit_ref, however many drugs."""
    x.drug("1", "G", drug="CRACK", custody_ref="42CU/000900/23")
    x.drug("1", "G", drug="HEROIN", custody_ref="42CU/000900/23", operation_ref="OP1")
    x.drug("1", "G", custody_ref="42CU/000900/23", seized="16/06/2023 00:30")
    x.drug("1", "G", operation_ref="OP1")
    x.drug("1", "G", operation_ref="OP1")
    x.drug("1", "G")
    x.drug("1", "G")


@case(drug_seizures="1", arrests="1")
def transfer_chain_is_one_custody(x: Extract) -> None:
    """counting.md, `drug_seizures`: a transfer chain is one custody."""
    first = x.arrest(ANN, "2023-06-15 09:00:00")
    second = x.arrest(ANN, "2023-06-15 11:00:00", transferred_from=first)
    x.drug("1", "G", custody_ref=first)
    x.drug("1", "G", custody_ref=second)


@case(drugs_seized_kg="0.002", drug_seizures="2")
def seizure_at_the_edge_of_the_window(x: Extract) -> None:
    """counting.md, Window: local midnight; the minute before is the day before."""
    x.drug("1", "G", seized="30/11/2022 23:59")
    x.drug("1", "G", seized="01/12/2022 00:00")
    x.drug("1", "G", seized="30/11/2023 23:59")
    x.drug("1", "G", seized="01/12/2023 00:00")


@case(weapons_seized=None, drugs_seized_kg=None)
def trailer_that_does_not_match(x: Extract) -> None:
    """sources.md 4: last line `TRAILER,<row count>`: a file whose count is wrong is not taken, so nothing was
    supplied."""
    x.weapon("KNIFE")
    x.trailer_off_by = 1


@case(
    criminal_profits_seized="1250.75",
    criminal_profits_forfeited="400.00",
    criminal_profits_returned="100.00",
    confiscation_ordered="9000.00",
    confiscation_paid="50.00",
)
def each_stage_by_its_own_date(x: Extract) -> None:
    """counting.md, `criminal_profits_…`: those stages by their own Date; the pound seized is not counted
    again when forfeited."""
    x.money("SEIZED", 1250.75, Ref="AR1")
    x.money("DETAINED", 1250.75, Ref="AR1")
    x.money("FORFEITED", 400, date(2023, 9, 1), Ref="AR1")
    x.money("FORFEITED", 850.75, date(2024, 2, 1), Ref="AR1")
    x.money("RETURNED", 100, Ref="AR1")
    x.money("CONFISCATION_ORDERED", 9000)
    x.money("CONFISCATION_PAID", 50)


@case(criminal_profits_seized="300.00")
def instalments_are_records_of_their_own(x: Extract) -> None:
    """sources.md 5: key (Ref, Stage, Date): another date is another record; the same row twice is a
    duplicate."""
    x.money("SEIZED", 100, date(2023, 6, 1), Ref="AR1")
    x.money("SEIZED", 200, date(2023, 6, 2), Ref="AR1")
    x.money("SEIZED", 200, date(2023, 6, 2), Ref="AR1")


@case(criminal_profits_seized="0.00")
def two_amounts_for_one_instalment(x: Extract) -> None:
    """sources.md, conventions: two different rows of one key in one delivery: both held."""
    x.money("SEIZED", 100, Ref="AR1")
    x.money("SEIZED", 200, Ref="AR1")


@case(criminal_profits_seized="13580.50")
def cells_of_every_kind(x: Extract) -> None:
    """sources.md 5: date cells are real dates or text `DD/MM/YYYY`; amounts are numbers or text with `£`
    and thousands commas; anything else is held, also a serial number, an ISO text and a negative amount."""
    x.money("SEIZED", "£12,345.50", "15/06/2023")
    x.money("SEIZED", "£1,235.00", datetime(2023, 6, 15))
    x.money("seized", 0, datetime(2023, 6, 15))
    x.money("SEIZED", 7000, 45092)
    x.money("SEIZED", 7000, "2023-06-15")
    x.money("SEIZED", 7000, "6/15/2023")
    x.money("SEIZED", -5)
    x.money("SEIZED", "about 500")


@case(criminal_profits_seized="1080.00")
def other_currencies(x: Extract) -> None:
    """sources.md 5: GBP amount is required where Currency is not `GBP`, ignored where it is."""
    x.money("SEIZED", 100, Currency="EUR", GBP_amount=80)
    x.money("SEIZED", 5000, Currency="USD")
    x.money("SEIZED", 1000, Currency="gbp", GBP_amount=77)


@case(criminal_profits_seized="30.00")
def total_hidden_row_and_hidden_sheet(x: Extract) -> None:
    """sources.md 5: a trailing row whose Ref is `TOTAL` is not a record; hidden sheets are ignored; hidden
    rows and columns are read."""
    x.money("SEIZED", 10)
    x.money("SEIZED", 20)
    x.money("SEIZED", 30, Ref="TOTAL")
    x.looks = {"hidden_rows": [2], "hidden_columns": ["G"], "hidden_sheet": [["Ref"], ["AR77"]]}


@case(warrants_executed="4")
def authority_runs_by_calendar_months(x: Extract) -> None:
    """sources.md 6: not later than one calendar month after Issued (MDA_S23) or three (others; 31 January +
    1 month = 28 or 29 February): held, `executed_outside_authority`."""
    x.warrant(date(2023, 1, 31), date(2023, 2, 28))
    x.warrant(date(2023, 1, 31), date(2023, 3, 1))
    x.warrant(date(2023, 4, 12), date(2023, 5, 12))
    x.warrant(date(2023, 4, 12), date(2023, 5, 13))
    x.warrant("30/11/2022", "28/02/2023", Power="PACE_S8")
    x.warrant("30/11/2022", "01/03/2023", Power="PACE_S8")
    x.warrant(date(2023, 4, 12), date(2023, 4, 12))
    x.warrant(date(2023, 4, 12), date(2023, 4, 11))


@case(warrants_executed="1")
def executed_warrants_only(x: Extract) -> None:
    """counting.md, `warrants_executed`: status `EXECUTED`, svu unit, by *Executed* date; sources.md 6:
    Executed is required there."""
    x.warrant(date(2022, 11, 20), date(2022, 12, 1))
    x.warrant(date(2023, 11, 20), date(2023, 12, 1))
    x.warrant(date(2023, 6, 1), None)
    x.warrant(date(2023, 6, 1), None, "EXPIRED")
    x.warrant(date(2023, 6, 1), None, "SIGNED")
    x.warrant(date(2023, 6, 1), date(2023, 6, 2), Unit="LPT_BASILDON")


@case(warrants_executed="0")
def warrant_number_twice(x: Extract) -> None:
    """sources.md, conventions: key `Warrant No`: two different rows in one delivery: both held."""
    x.warrant(date(2023, 6, 1), date(2023, 6, 2), Warrant_No="SW1")
    x.warrant(date(2023, 6, 1), date(2023, 6, 3), Warrant_No="SW1")


@case(weapons_seized="1")
def nobody_behind_an_exhibit(x: Extract) -> None:
    """sources.md, conventions: an exhibit of an unknown custody_ref is never held for it."""
    x.weapon("KNIFE", custody_ref="42CU/999999/23", operation_ref="OP404")
