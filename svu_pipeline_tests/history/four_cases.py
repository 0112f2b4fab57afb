"""The four ways in which the past changes, through every kind of source, and by how much each figure moves.

*Late*: it happened in the window and is told now. *Corrected*: what was told is put right. *Retracted*: it is taken back.
*Back-dated*: it is told now that it happened before the window. One night brings all changes of one kind; the changes of
one night move figures of their own, worked out by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from svu_pipeline_tests.oracle.cases.builder import Extract, Person, person, pnc, result

KINDS = ("late", "corrected", "retracted", "back_dated")
BEFORE_WINDOW = "2022-11-30"
KEY = {"custody_record": "custody_ref", "charge": "charge_id"}


@dataclass
class Sources(Extract):
    """The ten sources, and which of the four nights it is (0 before the first)."""

    night: int = 0
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Extract.__init__(self)

    @property
    def stamp(self) -> str:
        return f"2024-06-0{self.night + 1}T09:00:00Z"

    @property
    def file(self) -> str:
        """The date of tonight's files."""
        return f"2024060{self.night + 1}"

    def who(self, name: str) -> Person:
        """A grown person of that name, the same each time."""
        number = len(self.people) + 1
        return self.people.setdefault(name, person(name, "Kit", f"1990-01-{number % 28 + 1:02d}", pnc(2010, number)))

    def change(self, table: str, key: str, **change: Any) -> None:
        """Another version of a row of a database, by its key."""
        (row,) = (row for row in self.tables[table] if row[KEY[table]] == key)
        row.update(change, updated_at=self.stamp)


@dataclass(frozen=True)
class Case:
    """One change of one kind in one source, and by how much figures of the window move."""

    kind: str
    source: str
    change: Callable[[Sources], None]
    moves: dict[str, Decimal]


CASES: list[Case] = []


def case(kind: str, source: str, **moves: str) -> Callable[[Callable[[Sources], None]], Callable[[Sources], None]]:
    def add(change: Callable[[Sources], None]) -> Callable[[Sources], None]:
        CASES.append(Case(kind, source, change, {metric: Decimal(by) for metric, by in moves.items()}))
        return change

    return add


def first_night() -> Sources:
    """What stands before any change: for each case below a record of its own."""
    x = Sources()
    for name in ("Unitwrong", "Inerror", "Earlier"):
        x.arrest(x.who(name), "2023-03-01 10:00:00", custody_ref=REFS[name])
    for name in ("Notyet", "Summoned", "Discontinued", "Antedated"):
        x.arrest(x.who(name), "2023-03-01 10:00:00", custody_ref=REFS[name])
    x.charge(REFS["Summoned"], charge_id="CH2", initiation="R")
    x.charge(REFS["Discontinued"], charge_id="CH3")
    x.remand(REFS["Discontinued"], "PB")
    x.charge(REFS["Antedated"], charge_id="CH4")
    for number, name in enumerate(HEARD, start=1):
        x.charge(x.arrest(x.who(name), "2023-03-01 10:00:00"), urn=_urn(number))
    for number in (2, 3, 4):
        _heard(x, number)
    x.weapon("FIREARM", exhibit_ref="EX2", file=x.file)
    x.drug("10", "TABLET", exhibit_ref="EX3", file=x.file)
    x.drug("5", "PLANT", exhibit_ref="EX4", file=x.file)
    x.money("SEIZED", 200, Ref="AR2")
    x.money("FORFEITED", 300, Ref="AR3")
    x.money("RETURNED", 400, Ref="AR4")
    for number in (2, 3, 4):
        x.warrant("01/06/2023", "02/06/2023", Warrant_No=f"SW{number}")
        x.contact(x.who(f"Met{number}"), "2023-06-14", id=f"SG{number}", file=x.file)
        x.order(x.who(f"Bound{number}"), "STRO", "2023-06-01", order_ref=f"CO{number}", file=x.file)
        x.breach(f"CO{number}", "2023-07-01", breach_ref=f"BR{number}")
        x.operation("DRUG_LINE", "2023-06-30", operation_ref=f"OP{number}")
        x.deployment("BUMBLE", "2023-06-01", deployment_ref=f"DP{number}", leaflets=10 * number)
    x.order(x.who("Unbreached"), "CBO", "2023-06-01", order_ref="CO9", file=x.file)
    for month in ("2023-03", "2023-04", "2023-05", "2022-11"):
        x.crime(month, "Drugs")
    return x


REFS = {
    name: f"42CU/{number:06d}/23"
    for number, name in enumerate(
        ("Unitwrong", "Inerror", "Earlier", "Notyet", "Summoned", "Discontinued", "Antedated"), start=900
    )
}
HEARD = ("Awaited", "Appealed", "Quashed", "Misdated")


def _urn(number: int) -> str:
    return f"42CY{number:05d}23"


def _heard(x: Sources, number: int, months: int = 12, on: str = "2023-09-14", *, deleted: bool = False) -> None:
    """A hearing of the n-th person heard, as tonight's pull has it."""
    term = result("1002", months)
    x.hearing(
        x.who(HEARD[number - 1]), on, term, hearing_id=f"H{number}", urn=_urn(number), updated_at=x.stamp,
        deleted=deleted,
    )  # fmt: skip


def _row(rows: list[Any], column: str, value: str) -> Any:
    return next(row for row in rows if row[column] == value)


# 1 custody


@case("late", "custody", arrests="1", people_arrested="1")
def an_arrest_entered_late(x: Sources) -> None:
    x.arrest(x.who("Late"), "2023-02-01 10:00:00", updated_at=x.stamp)


@case("corrected", "custody", arrests="-1", people_arrested="-1")
def the_arresting_unit_put_right(x: Sources) -> None:
    x.change("custody_record", REFS["Unitwrong"], arresting_unit="LPT_BASILDON")


@case("retracted", "custody", arrests="-1", people_arrested="-1")
def a_record_created_in_error(x: Sources) -> None:
    x.change("custody_record", REFS["Inerror"], record_status="CREATED_IN_ERROR")


@case("back_dated", "custody", arrests="-1", people_arrested="-1")
def an_arrest_made_earlier(x: Sources) -> None:
    x.change("custody_record", REFS["Earlier"], arrested_at=f"{BEFORE_WINDOW} 23:59:59")


# 2 case_file


@case("late", "case_file", people_charged="1", people_charged_and_remanded="1")
def a_charge_and_remand_entered_late(x: Sources) -> None:
    x.charge(REFS["Notyet"], updated_at=x.stamp)
    x.remand(REFS["Notyet"], "PR", updated_at=x.stamp)


@case("corrected", "case_file", people_charged="1")
def a_requisition_that_was_a_charge(x: Sources) -> None:
    x.change("charge", "CH2", initiation="C")


@case("retracted", "case_file", people_charged="-1", people_charged_and_remanded="-1")
def a_charge_withdrawn(x: Sources) -> None:
    x.change("charge", "CH3", status="WITHDRAWN")


@case("back_dated", "case_file")
def a_charge_dated_before_the_window(x: Sources) -> None:
    """A cohort follows the arrest: nothing moves."""
    x.change("charge", "CH4", charged_at=f"{BEFORE_WINDOW} 10:00:00")


# 3 courts


@case("late", "courts", prison_years="1.00", people_imprisoned="1")
def a_result_entered_late(x: Sources) -> None:
    _heard(x, 1)


@case("corrected", "courts", prison_years="1.00")
def a_term_doubled_on_appeal(x: Sources) -> None:
    _heard(x, 2, months=24)


@case("retracted", "courts", prison_years="-1.00", people_imprisoned="-1")
def a_hearing_deleted(x: Sources) -> None:
    _heard(x, 3, deleted=True)


@case("back_dated", "courts", prison_years="-1.00", people_imprisoned="-1")
def a_hearing_held_earlier(x: Sources) -> None:
    _heard(x, 4, on=BEFORE_WINDOW)


# 4 property


@case("late", "property", weapons_seized="2", knives_and_blades_seized="2")
def knives_booked_in_late(x: Sources) -> None:
    x.weapon("KNIFE", "2", exhibit_ref="EX1", file=x.file)


@case("corrected", "property", weapons_seized="3", firearms_seized="3")
def a_count_put_right(x: Sources) -> None:
    x.weapon("FIREARM", "4", exhibit_ref="EX2", revision="2", file=x.file)


@case("retracted", "property", drug_tablets_seized="-10", drug_seizures="-1")
def an_exhibit_created_in_error(x: Sources) -> None:
    x.drug("10", "TABLET", exhibit_ref="EX3", revision="2", status="CREATED_IN_ERROR", file=x.file)


@case("back_dated", "property", drug_plants_seized="-5", drug_seizures="-1")
def plants_seized_earlier(x: Sources) -> None:
    x.drug("5", "PLANT", exhibit_ref="EX4", revision="2", seized="30/11/2022 12:00", file=x.file)


# 5 asset_recovery


@case("late", "asset_recovery", criminal_profits_seized="100.00")
def money_entered_late(x: Sources) -> None:
    x.money("SEIZED", 100, Ref="AR1")


@case("corrected", "asset_recovery", criminal_profits_seized="50.00")
def an_amount_put_right(x: Sources) -> None:
    _row(x.register, "Ref", "AR2")["Amount"] = 250


@case("retracted", "asset_recovery", criminal_profits_forfeited="-300.00")
def an_entry_struck_out(x: Sources) -> None:
    x.register.remove(_row(x.register, "Ref", "AR3"))


@case("back_dated", "asset_recovery", criminal_profits_returned="-400.00")
def money_returned_earlier(x: Sources) -> None:
    _row(x.register, "Ref", "AR4")["Date"] = date.fromisoformat(BEFORE_WINDOW)


# 6 warrants


@case("late", "warrants", warrants_executed="1")
def a_warrant_entered_late(x: Sources) -> None:
    x.warrant("01/06/2023", "02/06/2023", Warrant_No="SW1")


@case("corrected", "warrants", warrants_executed="-1")
def a_warrant_that_was_cancelled(x: Sources) -> None:
    _row(x.warrants, "Warrant No", "SW2").update({"Status": "CANCELLED", "Executed": None})


@case("retracted", "warrants", warrants_executed="-1")
def a_warrant_struck_out(x: Sources) -> None:
    x.warrants.remove(_row(x.warrants, "Warrant No", "SW3"))


@case("back_dated", "warrants", warrants_executed="-1")
def a_warrant_executed_earlier(x: Sources) -> None:
    _row(x.warrants, "Warrant No", "SW4").update({"Issued": "29/11/2022", "Executed": "30/11/2022"})


# 7 safeguarding


@case("late", "safeguarding", people_safeguarded="1", adults_safeguarded="1")
def a_contact_returned_late(x: Sources) -> None:
    x.contact(x.who("Met1"), "2023-06-14", id="SG1", file=x.file)


@case("corrected", "safeguarding", people_safeguarded="-1", adults_safeguarded="-1")
def an_outcome_put_right(x: Sources) -> None:
    x.contact(x.who("Met2"), "2023-06-14", "DECLINED", id="SG2", version=2, file=x.file)


@case("retracted", "safeguarding", people_safeguarded="-1", adults_safeguarded="-1")
def a_contact_withdrawn(x: Sources) -> None:
    x.withdrawn[x.file] = ["SG3"]


@case("back_dated", "safeguarding", people_safeguarded="-1", adults_safeguarded="-1")
def a_contact_made_earlier(x: Sources) -> None:
    x.contact(x.who("Met4"), BEFORE_WINDOW, id="SG4", version=2, file=x.file)


# 8 civil_orders, a register delivered whole, and its breaches


def _tonights_orders(x: Sources) -> list[Any]:
    if x.file not in x.orders:
        x.orders[x.file] = [dict(row) for row in x.orders[max(x.orders)]]
    return x.orders[x.file]


@case("late", "civil_orders", stro_people="1", order_breaches="1")
def an_order_and_a_breach_entered_late(x: Sources) -> None:
    _tonights_orders(x)
    x.order(x.who("Bound1"), "STRO", "2023-06-01", order_ref="CO1", file=x.file)
    x.breach("CO9", "2023-07-01", breach_ref="BR1")


@case("corrected", "civil_orders", stro_people="-1")
def an_order_that_was_refused(x: Sources) -> None:
    _row(_tonights_orders(x), "order_ref", "CO2")["status"] = "REFUSED"


@case("retracted", "civil_orders", stro_people="-1", order_breaches="-1")
def an_order_gone_from_the_register(x: Sources) -> None:
    """Its breach has no order of the unit any more."""
    orders = _tonights_orders(x)
    orders.remove(_row(orders, "order_ref", "CO3"))


@case("back_dated", "civil_orders", stro_people="-1", order_breaches="-1")
def an_order_granted_earlier(x: Sources) -> None:
    _row(_tonights_orders(x), "order_ref", "CO4")["granted_on"] = BEFORE_WINDOW
    _row(x.breaches, "breach_ref", "BR4")["breached_on"] = BEFORE_WINDOW


# 9 operations


@case("late", "operations", drug_lines_closed="1", bumble_deployments="1", bumble_leaflets="7")
def a_line_and_a_deployment_logged_late(x: Sources) -> None:
    x.operation("DRUG_LINE", "2023-06-30", operation_ref="OP1", updated_at=x.stamp)
    x.deployment("BUMBLE", "2023-06-01", deployment_ref="DP1", leaflets=7, updated_at=x.stamp)


@case("corrected", "operations", drug_lines_closed="-1", bumble_leaflets="5")
def a_line_still_open_and_a_count_put_right(x: Sources) -> None:
    _row(x.operations, "operation_ref", "OP2").update(closed_on=None, updated_at=x.stamp)
    _row(x.deployments, "deployment_ref", "DP2").update(leaflets=25, updated_at=x.stamp)


@case("back_dated", "operations", drug_lines_closed="-1", bumble_deployments="-1", bumble_leaflets="-40")
def a_line_closed_and_a_deployment_begun_earlier(x: Sources) -> None:
    """The log has no word that takes a record back: there is no such case."""
    _row(x.operations, "operation_ref", "OP4").update(closed_on=BEFORE_WINDOW, updated_at=x.stamp)
    _row(x.deployments, "deployment_ref", "DP4").update(started_on=BEFORE_WINDOW, updated_at=x.stamp)


# 10 police_uk, replaced by the month


@case("late", "police_uk", recorded_drug_crime="2")
def a_month_published_late(x: Sources) -> None:
    x.crime("2023-08", "Drugs")
    x.crime("2023-08", "Drugs")


@case("corrected", "police_uk", recorded_drug_crime="-1", recorded_weapon_possession="1")
def a_crime_reclassified(x: Sources) -> None:
    x.crimes["2023-03"][0]["Crime type"] = "Possession of weapons"


@case("retracted", "police_uk", recorded_drug_crime="-1")
def a_crime_gone_from_its_month(x: Sources) -> None:
    x.crimes["2023-04"][0]["Crime type"] = "Robbery"


@case("back_dated", "police_uk", recorded_drug_crime="-1")
def a_crime_moved_to_another_month(x: Sources) -> None:
    x.crimes["2022-11"] += [row | {"Month": "2022-11"} for row in x.crimes["2023-05"]]
    x.crimes["2023-05"] = [x.crimes["2023-05"][0] | {"Crime type": "Robbery"}]
