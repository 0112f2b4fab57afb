"""Contracts of source 7, safeguarding returns (sources.md, 7)."""

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera

from svu_pipeline.contracts.common_rules import (
    given_where,
    is_code,
    is_no_test,
    is_not_before,
    within_essex,
    within_unit_life,
)
from svu_pipeline.contracts.model import Action, Contract, Day, Kind, Personal, field, rule
from svu_pipeline.sources import defects


class Contact(pandera.DataFrameModel):
    """One contact of the Prepare, Prevent, Protect team."""

    id: str = field(Kind.KEY, "Contact", required=True)
    version: int = field(Kind.WHOLE, "Version", required=True)
    pnc_id: str = field(Kind.PNC_ID, "Police National Computer id", personal=Personal.DIRECT)
    surname: str = field(Kind.TEXT, "Surname", personal=Personal.DIRECT)
    forenames: str = field(Kind.TEXT, "Forenames", personal=Personal.DIRECT)
    date_of_birth: Day = field(Kind.DAY, "Date of birth", personal=Personal.DIRECT)
    sex: str = field(Kind.OPEN_CODE, "Sex", personal=Personal.INDIRECT)
    postcode: str = field(Kind.OPEN_CODE, "Postcode", personal=Personal.DIRECT)
    contacted_on: Day = field(Kind.DAY, "Day of the contact", required=True)
    unit: str = field(Kind.OPEN_CODE, "Unit", required=True)
    district: str = field(Kind.OPEN_CODE, "District, ONS code")
    operation: str = field(Kind.REFERENCE, "Operation")
    kind: str = field(
        Kind.CODE,
        "Kind of contact",
        required=True,
        codes=("CHILD_REFERRAL", "ADULT_REFERRAL", "NRM_REFERRAL", "CUCKOOING_VISIT", "ENGAGEMENT"),
    )
    outcome: str = field(
        Kind.CODE,
        "Outcome",
        required=True,
        codes=("SAFEGUARDED", "REFERRED", "ENGAGED", "DECLINED", "NO_TRACE"),
    )
    partner: str = field(Kind.OPEN_CODE, "Partner agency")
    premises_ref: str = field(Kind.REFERENCE, "Premises")

    @rule("premises_missing", "premises_ref", Action.WARN)
    def cuckooing_visit_names_premises(cls, frame: Any) -> nw.Expr:
        """A visit to cuckooed premises names them; without, it counts as a contact and as no premises."""
        return given_where("premises_ref", is_code("kind", "CUCKOOING_VISIT"))

    @rule("test_record", "surname")
    def person_is_real(cls, frame: Any) -> nw.Expr:
        """The person is not TEST TEST, with whom systems are tried out."""
        return is_no_test("surname", "forenames")

    @rule("impossible_date", "date_of_birth", Action.WARN)
    def born_before_the_contact(cls, frame: Any) -> nw.Expr:
        """The person was born before the contact."""
        return is_not_before("contacted_on", "date_of_birth")

    @rule("before_unit_launch", "unit", Action.WARN)
    def unit_existed(cls, frame: Any) -> nw.Expr:
        """The contact under one of the unit's codes is not earlier than the unit."""
        return within_unit_life("unit", "contacted_on")

    @rule("out_of_area", "district", Action.WARN)
    def district_is_in_essex(cls, frame: Any) -> nw.Expr:
        """The district is one of the fourteen of Essex."""
        return within_essex("district")


class ContactWithdrawal(pandera.DataFrameModel):
    """A contact withdrawn for ever, whatever the order of arrival."""

    id: str = field(Kind.KEY, "Contact", required=True)


CONTRACTS = (
    Contract(
        "contact",
        "safeguarding",
        Contact,
        "one contact",
        ("id",),
        "version",
        withdrawn_by="contact_withdrawal",
        defects=defects.XML,
    ),
    Contract(
        "contact_withdrawal", "safeguarding", ContactWithdrawal, "one withdrawn contact", ("id",), defects=defects.TEXT
    ),
)
