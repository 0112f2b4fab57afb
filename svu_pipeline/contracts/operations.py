"""Contracts of source 9, operations and deployments log (sources.md, 9)."""

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera

from svu_pipeline.contracts.common_rules import is_not_before, names_no_person, within_essex, within_unit_life
from svu_pipeline.contracts.model import Action, Contract, Day, Instant, Kind, field, rule
from svu_pipeline.sources import defects


class Operation(pandera.DataFrameModel):
    """One operation of the unit."""

    operation_ref: str = field(Kind.KEY, "Operation", required=True)
    name: str = field(Kind.TEXT, "Name", required=True)
    kind: str = field(Kind.CODE, "Kind", required=True, codes=("DRUG_LINE", "DEPLOYMENT_SERIES", "OTHER"))
    line_name: str = field(Kind.OPEN_CODE, "Name of the drug line")
    opened_on: Day = field(Kind.DAY, "First day", required=True)
    closed_on: Day = field(Kind.DAY, "Day it was closed")
    closure: str = field(
        Kind.CODE, "Line and holder stopped (TYPE_1) or line stopped (TYPE_2)", codes=("TYPE_1", "TYPE_2")
    )
    updated_at: Instant = field(Kind.UTC, "Last change", required=True)

    @rule("impossible_date", "closed_on", Action.WARN)
    def closed_after_it_opened(cls, frame: Any) -> nw.Expr:
        """The operation was not closed before it was opened."""
        return is_not_before("closed_on", "opened_on")


class Deployment(pandera.DataFrameModel):
    """One deployment, however many days it ran; a count that is missing is not zero."""

    deployment_ref: str = field(Kind.KEY, "Deployment", required=True)
    operation_name: str = field(Kind.OPEN_CODE, "Operation it belongs to", required=True)
    started_on: Day = field(Kind.DAY, "First day", required=True)
    ended_on: Day = field(Kind.DAY, "Last day")
    place: str = field(Kind.TEXT, "Place")
    district_code: str = field(Kind.OPEN_CODE, "District, ONS code")
    unit_code: str = field(Kind.OPEN_CODE, "Unit", required=True)
    leaflets: int = field(Kind.WHOLE, "Leaflets handed out", ge=0)
    leaflets_estimated: bool = field(Kind.YES_NO, "Whether the leaflets are an estimate")
    partner_referrals: int = field(Kind.WHOLE, "Referrals to partners", ge=0)
    training_sessions_offered: int = field(Kind.WHOLE, "Training sessions offered", ge=0)
    training_sessions_delivered: int = field(Kind.WHOLE, "Training sessions delivered", ge=0)
    vehicles_stopped: int = field(Kind.WHOLE, "Vehicles stopped", ge=0)
    passengers_checked: int = field(Kind.WHOLE, "Passengers checked", ge=0)
    passengers_estimated: bool = field(Kind.YES_NO, "Whether the passengers are an estimate")
    arrests: int = field(Kind.WHOLE, "Arrests at the deployment", ge=0)
    updated_at: Instant = field(Kind.UTC, "Last change", required=True)

    @rule("impossible_date", "ended_on", Action.WARN)
    def ended_after_it_started(cls, frame: Any) -> nw.Expr:
        """The deployment did not end before it started."""
        return is_not_before("ended_on", "started_on")

    @rule("pii_suspected", "place", Action.WITHHOLD)
    def place_names_no_person(cls, frame: Any) -> nw.Expr:
        """The place gives no person away, for it is published."""
        return names_no_person("place")

    @rule("before_unit_launch", "unit_code", Action.WARN)
    def unit_existed(cls, frame: Any) -> nw.Expr:
        """The deployment under one of the unit's codes is not earlier than the unit."""
        return within_unit_life("unit_code", "started_on")

    @rule("out_of_area", "district_code", Action.WARN)
    def district_is_in_essex(cls, frame: Any) -> nw.Expr:
        """The district is one of the fourteen of Essex."""
        return within_essex("district_code")


CONTRACTS = (
    Contract(
        "operation",
        "operations",
        Operation,
        "one operation",
        ("operation_ref",),
        "updated_at",
        defects=defects.JSON,
    ),
    Contract(
        "deployment",
        "operations",
        Deployment,
        "one deployment",
        ("deployment_ref",),
        "updated_at",
        defects=defects.JSON,
    ),
)
