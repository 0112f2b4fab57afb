"""Contracts of source 2, case file (sources.md, 2): every column of the three tables is required."""

import pandera.pyarrow as pandera

from svu_pipeline.contracts.model import Contract, Instant, Kind, field
from svu_pipeline.sources import defects


class Charge(pandera.DataFrameModel):
    """A charge, requisition or summons for one offence."""

    charge_id: str = field(Kind.KEY, "Charge", required=True)
    urn: str = field(
        Kind.TEXT, "Unique reference number of the case", required=True, str_matches=r"^42[A-Z]{2}[0-9]{7}$"
    )
    custody_ref: str = field(Kind.REFERENCE, "Custody record", required=True)
    offence_code: str = field(Kind.OPEN_CODE, "Offence, CJS code", required=True)
    charged_at: Instant = field(Kind.LOCAL_TIME, "Time of the charge", required=True)
    initiation: str = field(
        Kind.CODE, "Charge (C), requisition (R) or summons (S)", required=True, codes=("C", "R", "S")
    )
    status: str = field(Kind.CODE, "Status", required=True, codes=("LIVE", "WITHDRAWN"))
    updated_at: Instant = field(Kind.UTC, "Last change", required=True)


class CustodyOutcome(pandera.DataFrameModel):
    """How one detention ended."""

    custody_ref: str = field(Kind.KEY, "Custody record", required=True)
    outcome: str = field(
        Kind.CODE,
        "Outcome",
        required=True,
        codes=("CHARGED", "CAUTIONED", "NFA", "RUI", "PRE_CHARGE_BAIL", "OTHER"),
    )
    decided_at: Instant = field(Kind.LOCAL_TIME, "Time of the decision", required=True)
    updated_at: Instant = field(Kind.UTC, "Last change", required=True)


class RemandDecision(pandera.DataFrameModel):
    """One decision on bail or custody, by the police or a court."""

    remand_id: str = field(Kind.KEY, "Remand decision", required=True)
    custody_ref: str = field(Kind.REFERENCE, "Custody record", required=True)
    decided_at: Instant = field(Kind.LOCAL_TIME, "Time of the decision", required=True)
    decided_by: str = field(Kind.CODE, "Decided by", required=True, codes=("POLICE", "COURT"))
    remand_code: str = field(
        Kind.CODE, "Bail or custody", required=True, codes=("CB", "UB", "PB", "PR", "SA", "LA", "NA")
    )
    updated_at: Instant = field(Kind.UTC, "Last change", required=True)


CONTRACTS = (
    Contract("charge", "case_file", Charge, "one charge", ("charge_id",), "updated_at", defects=defects.DATABASE),
    Contract(
        "custody_outcome",
        "case_file",
        CustodyOutcome,
        "one detention's outcome",
        ("custody_ref",),
        "updated_at",
        defects=defects.DATABASE,
    ),
    Contract(
        "remand_decision",
        "case_file",
        RemandDecision,
        "one remand decision",
        ("remand_id",),
        "updated_at",
        defects=defects.DATABASE,
    ),
)
