"""Killers of source 2, case file."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import MANGLED, Specimen

UPDATED_AT = {
    "updated_at__missing_required": None,
    "updated_at__bad_date": "2024-02-01T13:30:00+00:00",
}
DECIDED_AT = {
    "decided_at__missing_required": None,
    "decided_at__bad_date": "2023-09-15 9:00",
    "decided_at__nonexistent_time": "2023-03-26 01:00:00",
    "decided_at__ambiguous_time": "2023-10-29 01:59:59",
}

SPECIMENS = (
    Specimen(
        "charge",
        {
            "charge_id": "CH0001",
            "urn": "42CY0012323",
            "custody_ref": "42CU/000123/23",
            "offence_code": "MD71171",
            "charged_at": "2023-09-15 09:00:00",
            "initiation": "C",
            "status": "LIVE",
            "updated_at": "2024-02-01T13:30:00Z",
        },
        {
            "charge_id__missing_key": None,
            "charge_id__excel_mangled_id": MANGLED,
            "urn__missing_required": None,
            "urn__bad_identifier": "42C10012323",
            "custody_ref__missing_required": None,
            "custody_ref__excel_mangled_id": MANGLED,
            "offence_code__missing_required": None,
            "charged_at__missing_required": None,
            "charged_at__bad_date": "2023-02-29 09:00:00",
            "charged_at__nonexistent_time": "2023-03-26 01:59:59",
            "charged_at__ambiguous_time": "2023-10-29 01:00:00",
            "initiation__missing_required": None,
            "initiation__unknown_code": "P",
            "status__missing_required": None,
            "status__unknown_code": "DROPPED",
            **UPDATED_AT,
        },
        twin={"status": "WITHDRAWN"},
        defects=defects.DATABASE,
    ),
    Specimen(
        "custody_outcome",
        {
            "custody_ref": "42CU/000123/23",
            "outcome": "CHARGED",
            "decided_at": "2023-09-15 09:00:00",
            "updated_at": "2024-02-01T13:30:00Z",
        },
        {
            "custody_ref__missing_key": None,
            "custody_ref__excel_mangled_id": MANGLED,
            "outcome__missing_required": None,
            "outcome__unknown_code": "FREED",
            **DECIDED_AT,
            **UPDATED_AT,
        },
        twin={"outcome": "NFA"},
        defects=defects.DATABASE,
    ),
    Specimen(
        "remand_decision",
        {
            "remand_id": "RM0001",
            "custody_ref": "42CU/000123/23",
            "decided_at": "2023-09-15 09:00:00",
            "decided_by": "POLICE",
            "remand_code": "PB",
            "updated_at": "2024-02-01T13:30:00Z",
        },
        {
            "remand_id__missing_key": None,
            "remand_id__excel_mangled_id": MANGLED,
            "custody_ref__missing_required": None,
            "custody_ref__excel_mangled_id": MANGLED,
            "decided_by__missing_required": None,
            "decided_by__unknown_code": "MAYOR",
            "remand_code__missing_required": None,
            "remand_code__unknown_code": "ZZ",
            **DECIDED_AT,
            **UPDATED_AT,
        },
        twin={"remand_code": "CB"},
        defects=defects.DATABASE,
    ),
)
