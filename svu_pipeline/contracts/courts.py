"""Contracts of source 3, courts (sources.md, 3): a hearing, and the results that stand and fall with it.

One result that cannot be trusted holds its hearing whole: an effective term made of the other results would be wrong.
"""

from typing import Any

import narwhals.stable.v1 as nw
import pandera.pyarrow as pandera

from svu_pipeline.contracts.common_rules import is_code, is_no_test, is_not_before
from svu_pipeline.contracts.model import Action, Contract, Day, Instant, Kind, Personal, field, rule
from svu_pipeline.sources import defects

DETERMINATE_CUSTODY = ("1002", "1007", "1022", "1081", "1162", "1507")
"""Result codes of custody with a term; facts/reference/result_code.csv says what each counts as (a test compares)."""


class Hearing(pandera.DataFrameModel):
    """One defendant's hearing at court."""

    hearing_id: str = field(Kind.KEY, "Hearing", required=True)
    urn: str = field(
        Kind.TEXT, "Unique reference number of the case", required=True, str_matches=r"^[A-Z0-9]{4}[0-9]{7}$"
    )
    court: str = field(Kind.TEXT, "Court")
    hearing_date: Day = field(Kind.DAY, "Day of the hearing", required=True)
    updated_at: Instant = field(Kind.UTC, "Last change", required=True)
    deleted: bool = field(Kind.YES_NO, "Whether the court withdrew the hearing")
    defendant_id: str = field(Kind.REFERENCE, "Defendant within the case", required=True, personal=Personal.INDIRECT)
    pnc_id: str = field(Kind.PNC_ID, "Police National Computer id", personal=Personal.DIRECT)
    surname: str = field(Kind.TEXT, "Surname", required=True, personal=Personal.DIRECT)
    forenames: str = field(Kind.TEXT, "Forenames", personal=Personal.DIRECT)
    date_of_birth: Day = field(Kind.DAY, "Date of birth", personal=Personal.DIRECT)
    results: str = field(Kind.TEXT, "Results as received, to tell versions apart")

    @rule("test_record", "surname")
    def person_is_real(cls, frame: Any) -> nw.Expr:
        """The person is not TEST TEST, with whom systems are tried out."""
        return is_no_test("surname", "forenames")

    @rule("impossible_date", "date_of_birth", Action.WARN)
    def born_before_the_hearing(cls, frame: Any) -> nw.Expr:
        """The defendant was born before the hearing."""
        return is_not_before("hearing_date", "date_of_birth")


class HearingResult(pandera.DataFrameModel):
    """One result for one offence at a hearing."""

    part_of: int = field(Kind.WHOLE, "Row of its hearing in the page", required=True)
    result_id: str = field(Kind.TEXT, "Result within the hearing", required=True)
    offence_code: str = field(Kind.OPEN_CODE, "Offence, CJS code", required=True)
    result_code: str = field(Kind.OPEN_CODE, "Result, CJS code", required=True)
    qualifier: str = field(Kind.OPEN_CODE, "Concurrent (C), consecutive (F), suspended (S)")
    duration_value: int = field(Kind.WHOLE, "Length of the term", ge=0)
    duration_unit: str = field(Kind.CODE, "Unit of the term", codes=("Y", "M", "W", "D", "L"))
    secondary_duration_value: int = field(Kind.WHOLE, "Operational period of a suspended term")
    secondary_duration_unit: str = field(Kind.CODE, "Unit of the operational period", codes=("Y", "M", "W", "D", "L"))
    result_text: str = field(Kind.TEXT, "Words of the result", personal=Personal.INDIRECT)

    @rule("custodial_without_duration", "duration_value")
    def custody_has_a_term(cls, frame: Any) -> nw.Expr:
        """A determinate custodial result has a length, or is for life."""
        has_length = ~nw.col("duration_value").is_null() & (nw.col("duration_value") >= 0)
        has_term = has_length & ~nw.col("duration_unit").is_null()
        return ~is_code("result_code", *DETERMINATE_CUSTODY) | has_term | is_code("duration_unit", "L")

    @rule("unknown_qualifier", "qualifier", Action.WARN)
    def qualifier_is_known(cls, frame: Any) -> nw.Expr:
        """The qualifier is concurrent, consecutive, suspended or none; another is read as none."""
        return nw.col("qualifier").is_null() | is_code("qualifier", "C", "F", "S")


CONTRACTS = (
    Contract(
        "hearing",
        "courts",
        Hearing,
        "one hearing of one defendant",
        ("hearing_id",),
        "updated_at",
        withdrawn_when="deleted",
        defects=("bad_results", *defects.JSON),
    ),
    Contract(
        "hearing_result", "courts", HearingResult, "one result of one hearing", part_of="hearing", defects=defects.TEXT
    ),
)
