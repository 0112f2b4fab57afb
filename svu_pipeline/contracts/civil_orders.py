"""Contracts of source 8, civil orders register and breaches (sources.md, 8)."""

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera

from svu_pipeline.contracts.common_rules import (
    completed_months,
    is_code,
    is_no_test,
    is_not_before,
    lasts_years,
    within_essex,
    within_unit_life,
)
from svu_pipeline.contracts.model import Action, Contract, Day, Kind, Personal, field, rule
from svu_pipeline.sources import defects

INJUNCTION_AGE = 14
STRO_YEARS, STPO_YEARS = 2, 5


class CivilOrder(pandera.DataFrameModel):
    """One civil order, interim or final."""

    order_ref: str = field(Kind.KEY, "Order", required=True)
    order_type: str = field(
        Kind.CODE,
        "Type of order",
        required=True,
        codes=("GANG_INJUNCTION", "STRO", "STPO", "CBO", "SCPO", "KCPO"),
    )
    stage: str = field(Kind.CODE, "Interim or final", required=True, codes=("INTERIM", "FINAL"))
    status: str = field(Kind.CODE, "Status", required=True, codes=("GRANTED", "REFUSED", "DISCHARGED"))
    granted_on: Day = field(Kind.DAY, "Day of the decision", required=True)
    expires_on: Day = field(Kind.DAY, "Last day; empty until further order")
    court: str = field(Kind.TEXT, "Court")
    district_code: str = field(Kind.OPEN_CODE, "District, ONS code")
    unit_code: str = field(Kind.OPEN_CODE, "Unit", required=True)
    operation_ref: str = field(Kind.REFERENCE, "Operation")
    pnc_id: str = field(Kind.PNC_ID, "Police National Computer id", personal=Personal.DIRECT)
    surname: str = field(Kind.TEXT, "Surname", personal=Personal.DIRECT)
    forenames: str = field(Kind.TEXT, "Forenames", personal=Personal.DIRECT)
    date_of_birth: Day = field(Kind.DAY, "Date of birth", personal=Personal.DIRECT)

    @rule("below_statutory_age", "date_of_birth")
    def injunction_respondent_is_old_enough(cls, frame: Any) -> nw.Expr:
        """A gang injunction is granted against a person of at least 14 (Policing and Crime Act 2009 s.34)."""
        granted = is_code("status", "GRANTED") & is_code("order_type", "GANG_INJUNCTION")
        old_enough = completed_months("date_of_birth", "granted_on") >= INJUNCTION_AGE * 12
        return ~granted | nw.col("date_of_birth").is_null() | old_enough

    @rule("below_statutory_length", "expires_on")
    def slavery_order_is_long_enough(cls, frame: Any) -> nw.Expr:
        """A final STRO runs at least two years, a final STPO five (Modern Slavery Act 2015 ss.17 and 24)."""
        final = is_code("status", "GRANTED") & is_code("stage", "FINAL")
        stro = final & is_code("order_type", "STRO")
        stpo = final & is_code("order_type", "STPO")
        open_ended = nw.col("expires_on").is_null()
        stro_kept = ~stro | open_ended | lasts_years("granted_on", "expires_on", STRO_YEARS)
        stpo_kept = ~stpo | open_ended | lasts_years("granted_on", "expires_on", STPO_YEARS)
        return stro_kept & stpo_kept

    @rule("unknown_age", "date_of_birth", Action.WARN)
    def injunction_respondent_has_an_age(cls, frame: Any) -> nw.Expr:
        """The age of a gang injunction's respondent is known."""
        granted = is_code("status", "GRANTED") & is_code("order_type", "GANG_INJUNCTION")
        return ~granted | ~nw.col("date_of_birth").is_null()

    @rule("test_record", "surname")
    def person_is_real(cls, frame: Any) -> nw.Expr:
        """The person is not TEST TEST, with whom systems are tried out."""
        return is_no_test("surname", "forenames")

    @rule("impossible_date", "date_of_birth", Action.WARN)
    def born_before_the_order(cls, frame: Any) -> nw.Expr:
        """The respondent was born before the decision."""
        return is_not_before("granted_on", "date_of_birth")

    @rule("impossible_date", "expires_on", Action.WARN)
    def order_ends_after_it_begins(cls, frame: Any) -> nw.Expr:
        """The order does not end before it was made."""
        return is_not_before("expires_on", "granted_on")

    @rule("before_unit_launch", "unit_code", Action.WARN)
    def unit_existed(cls, frame: Any) -> nw.Expr:
        """The order under one of the unit's codes is not earlier than the unit."""
        return within_unit_life("unit_code", "granted_on")

    @rule("out_of_area", "district_code", Action.WARN)
    def district_is_in_essex(cls, frame: Any) -> nw.Expr:
        """The district is one of the fourteen of Essex."""
        return within_essex("district_code")


class OrderBreach(pandera.DataFrameModel):
    """One breach of an order."""

    breach_ref: str = field(Kind.KEY, "Breach", required=True)
    order_ref: str = field(Kind.REFERENCE, "Order", required=True)
    breached_on: Day = field(Kind.DAY, "Day of the breach", required=True)
    outcome: str = field(Kind.CODE, "Outcome", required=True, codes=("ARRESTED", "CHARGED", "NFA"))


CONTRACTS = (
    Contract("civil_order", "civil_orders", CivilOrder, "one civil order", ("order_ref",), defects=defects.CSV),
    Contract("order_breach", "civil_orders", OrderBreach, "one breach", ("breach_ref",), defects=defects.CSV),
)
