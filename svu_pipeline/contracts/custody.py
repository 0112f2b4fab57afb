"""Contract of source 1, custody (sources.md, 1)."""

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera

from svu_pipeline.contracts.common_rules import completed_months, is_no_test, within_essex, within_unit_life
from svu_pipeline.contracts.model import Action, Contract, Day, Instant, Kind, Personal, field, rule
from svu_pipeline.sources import defects

YOUNGEST, OLDEST = 10, 110


class CustodyRecord(pandera.DataFrameModel):
    """A detention at one custody suite."""

    custody_ref: str = field(
        Kind.KEY, "Custody record number", required=True, str_matches=r"^42[A-Z]{2}/[0-9]{6}/[0-9]{2}$"
    )
    pnc_id: str = field(Kind.PNC_ID, "Police National Computer id", personal=Personal.DIRECT)
    surname: str = field(Kind.TEXT, "Surname", required=True, personal=Personal.DIRECT)
    forenames: str = field(Kind.TEXT, "Forenames", required=True, personal=Personal.DIRECT)
    date_of_birth: Day = field(Kind.DAY, "Date of birth", personal=Personal.DIRECT)
    sex: str = field(Kind.CODE, "Sex", codes=("M", "F", "U"), personal=Personal.INDIRECT)
    home_postcode: str = field(Kind.OPEN_CODE, "Home postcode", personal=Personal.DIRECT)
    arrested_at: Instant = field(Kind.LOCAL_TIME, "Time of arrest", required=True)
    arrest_reason: str = field(
        Kind.CODE,
        "Reason for the arrest",
        required=True,
        codes=("NEW_OFFENCE", "WARRANT", "BAIL_BREACH", "RECALL", "ANSWER_BAIL"),
    )
    arresting_unit: str = field(Kind.OPEN_CODE, "Unit at the time of arrest", required=True)
    operation_ref: str = field(Kind.REFERENCE, "Operation")
    district_code: str = field(Kind.OPEN_CODE, "District of arrest, ONS code")
    lead_offence_code: str = field(Kind.OPEN_CODE, "Lead offence, CJS code", required=True)
    record_status: str = field(Kind.CODE, "Status of the record", required=True, codes=("LIVE", "CREATED_IN_ERROR"))
    transferred_from: str = field(Kind.REFERENCE, "Custody record that this one continues")
    updated_at: Instant = field(Kind.UTC, "Last change", required=True)

    @rule("impossible_date", "arrested_at")
    def arrest_is_not_after_update(cls, frame: Any) -> nw.Expr:
        """The arrest is not later than the record's last change, as instants."""
        return nw.col("arrested_at") <= nw.col("updated_at")

    @rule("implausible_age", "date_of_birth", Action.WITHHOLD)
    def age_is_plausible(cls, frame: Any) -> nw.Expr:
        """Age at arrest is 10 to 110 years, the age of criminal responsibility (CYPA 1933 s.50) and a long life."""
        months = completed_months("date_of_birth", "arrested_on")
        return (months >= YOUNGEST * 12) & (months < (OLDEST + 1) * 12)

    @rule("test_record", "surname")
    def person_is_real(cls, frame: Any) -> nw.Expr:
        """The person is not TEST TEST, with whom systems are tried out."""
        return is_no_test("surname", "forenames")

    @rule("before_unit_launch", "arresting_unit", Action.WARN)
    def unit_existed(cls, frame: Any) -> nw.Expr:
        """The arrest under one of the unit's codes is not earlier than the unit."""
        return within_unit_life("arresting_unit", "arrested_on")

    @rule("out_of_area", "district_code", Action.WARN)
    def district_is_in_essex(cls, frame: Any) -> nw.Expr:
        """The district is one of the fourteen of Essex."""
        return within_essex("district_code")


CONTRACTS = (
    Contract(
        "custody_record",
        "custody",
        CustodyRecord,
        "one custody record",
        ("custody_ref",),
        "updated_at",
        defects=defects.DATABASE,
    ),
)
