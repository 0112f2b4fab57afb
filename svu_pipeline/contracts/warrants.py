"""Contract of source 6, search warrant register (sources.md, 6)."""

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera

from svu_pipeline.contracts.common_rules import (
    given_where,
    is_code,
    is_within_months,
    within_essex,
    within_unit_life,
)
from svu_pipeline.contracts.model import Action, Contract, Day, Kind, field, rule
from svu_pipeline.sources import defects


class Warrant(pandera.DataFrameModel):
    """One search warrant."""

    warrant_no: str = field(Kind.KEY, "Warrant", required=True)
    power: str = field(
        Kind.CODE,
        "Power",
        required=True,
        codes=("MDA_S23", "PACE_S8", "FIREARMS_S46", "POCA_S352", "THEFT_S26"),
    )
    issued: Day = field(Kind.REGISTER_DAY, "Day of issue", required=True)
    executed: Day = field(Kind.REGISTER_DAY, "Day of execution")
    result: str = field(Kind.CODE, "Result", codes=("POSITIVE", "NEGATIVE"))
    premises_ref: str = field(Kind.REFERENCE, "Premises")
    district: str = field(Kind.OPEN_CODE, "District, ONS code")
    unit: str = field(Kind.OPEN_CODE, "Unit", required=True)
    operation: str = field(Kind.REFERENCE, "Operation")
    status: str = field(
        Kind.CODE, "Status", required=True, codes=("ISSUED", "EXECUTED", "EXPIRED", "CANCELLED", "REFUSED")
    )

    @rule("missing_required", "executed")
    def executed_warrant_has_a_day(cls, frame: Any) -> nw.Expr:
        """An executed warrant has a day of execution."""
        return given_where("executed", is_code("status", "EXECUTED"))

    @rule("executed_outside_authority", "executed")
    def executed_within_authority(cls, frame: Any) -> nw.Expr:
        """Executed within one calendar month of issue (MDA 1971 s.23(3)) or three (PACE 1984 s.16(3) and the others)."""
        one, three = (is_within_months("issued", "executed", months) for months in (1, 3))
        one_month = is_code("power", "MDA_S23")
        return nw.col("executed").is_null() | (one_month & one) | (~one_month & three)

    @rule("before_unit_launch", "unit", Action.WARN)
    def unit_existed(cls, frame: Any) -> nw.Expr:
        """The warrant under one of the unit's codes was not executed before the unit was set up."""
        return within_unit_life("unit", "executed")

    @rule("out_of_area", "district", Action.WARN)
    def district_is_in_essex(cls, frame: Any) -> nw.Expr:
        """The district is one of the fourteen of Essex."""
        return within_essex("district")


CONTRACTS = (Contract("warrant", "warrants", Warrant, "one search warrant", ("warrant_no",), defects=defects.SHEET),)
