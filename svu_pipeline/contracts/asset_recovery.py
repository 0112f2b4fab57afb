"""Contract of source 5, asset recovery register (sources.md, 5)."""

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera

from svu_pipeline.contracts.common_rules import names_no_person, within_unit_life
from svu_pipeline.contracts.model import Action, Contract, Day, Kind, field, rule
from svu_pipeline.sources import defects

MOST_PENCE = 10**13
"""A hundred thousand million pounds: no register of one force holds more, and sums of it stay whole numbers of 64 bits."""


class RegisterEntry(pandera.DataFrameModel):
    """Money at one stage of its way on one day; instalments are records of their own."""

    ref: str = field(Kind.KEY, "Reference", required=True)
    date: Day = field(Kind.REGISTER_DAY, "Day of the stage", required=True)
    unit: str = field(Kind.OPEN_CODE, "Unit", required=True)
    operation: str = field(Kind.REFERENCE, "Operation")
    power: str = field(Kind.CODE, "Power", codes=("POCA_S294", "PACE_S19", "POCA_S6", "AFO"))
    stage: str = field(
        Kind.CODE,
        "Stage",
        required=True,
        codes=("SEIZED", "DETAINED", "FORFEITED", "RETURNED", "CONFISCATION_ORDERED", "CONFISCATION_PAID"),
    )
    amount: int = field(
        Kind.PENCE,
        "Amount in the currency, in hundredths",
        required=True,
        in_range={"min_value": 0, "max_value": MOST_PENCE},
    )
    currency: str = field(Kind.OPEN_CODE, "Currency", required=True)
    gbp_amount: int = field(Kind.PENCE, "Amount in pence where the currency is not sterling")
    notes: str = field(Kind.TEXT, "Notes")

    @rule("missing_required", "gbp_amount")
    def foreign_money_has_a_value(cls, frame: Any) -> nw.Expr:
        """Money that is not sterling has an amount in sterling, not below zero."""
        valued = ~nw.col("gbp_amount").is_null() & (nw.col("gbp_amount") >= 0)
        return (nw.col("currency") == "GBP") | valued

    @rule("pii_suspected", "notes", Action.WARN)
    def notes_name_no_person(cls, frame: Any) -> nw.Expr:
        """The notes give no person away; they are published nowhere."""
        return names_no_person("notes")

    @rule("before_unit_launch", "unit", Action.WARN)
    def unit_existed(cls, frame: Any) -> nw.Expr:
        """The entry under one of the unit's codes is not earlier than the unit."""
        return within_unit_life("unit", "date")


CONTRACTS = (
    Contract(
        "register_entry",
        "asset_recovery",
        RegisterEntry,
        "one reference at one stage on one day",
        ("ref", "stage_raw", "date"),
        defects=defects.SHEET,
    ),
)
