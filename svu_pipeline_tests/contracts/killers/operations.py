"""Killers of source 9, operations and deployments log."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import MANGLED, Specimen

COUNTS = (
    "leaflets", "partner_referrals", "training_sessions_offered", "training_sessions_delivered", "vehicles_stopped",
    "passengers_checked", "arrests",
)  # fmt: skip
UPDATED_AT = {"updated_at__missing_required": None, "updated_at__bad_date": "yesterday"}
DEPLOYMENT = {
    "deployment_ref": "DP0001",
    "operation_name": "BUMBLE",
    "started_on": "2023-11-20",
    "ended_on": "2023-11-21",
    "place": "Stansted Airport",
    "district_code": "E07000077",
    "unit_code": "SVU_PPP",
    **dict.fromkeys(COUNTS, "0"),
    "leaflets_estimated": "true",
    "passengers_estimated": "False",
    "updated_at": "2024-02-01T13:30:00Z",
}

SPECIMENS = (
    Specimen(
        "operation",
        {
            "operation_ref": "OP0001",
            "name": "Operation Quill",
            "kind": "DRUG_LINE",
            "line_name": "KASH",
            "opened_on": "2023-01-10",
            "closed_on": "2023-04-12",
            "closure": "TYPE_1",
            "updated_at": "2024-02-01T13:30:00Z",
        },
        {
            "operation_ref__missing_key": None,
            "operation_ref__excel_mangled_id": MANGLED,
            "name__missing_required": None,
            "kind__missing_required": None,
            "kind__unknown_code": "PICNIC",
            "opened_on__missing_required": None,
            "opened_on__bad_date": "2023-00-10",
            "opened_on__sentinel_date": "1970-01-01",
            "closed_on__bad_date": "12 April",
            "closed_on__sentinel_date": "9999-12-31",
            "closed_on__impossible_date": "2023-01-09",
            "closure__unknown_code": "TYPE_3",
            **UPDATED_AT,
        },
        twin={"closure": "TYPE_2"},
        defects=defects.JSON,
    ),
    Specimen(
        "deployment",
        DEPLOYMENT,
        {
            "deployment_ref__missing_key": None,
            "deployment_ref__excel_mangled_id": MANGLED,
            "operation_name__missing_required": None,
            "started_on__missing_required": None,
            "started_on__bad_date": "20231120",
            "started_on__sentinel_date": "1900-01-01",
            "ended_on__bad_date": "tomorrow",
            "ended_on__sentinel_date": "9999-12-31",
            "ended_on__impossible_date": "2023-11-19",
            "place__pii_suspected": "a.quillfeather@example.org",
            "district_code__out_of_area": "E07000009",
            "unit_code__missing_required": None,
            **{f"{count}__bad_number": "about 100" for count in COUNTS},
            **{f"{count}__out_of_range": "-1" for count in COUNTS},
            "leaflets_estimated__bad_format": "yes",
            "passengers_estimated__bad_format": "1",
            **UPDATED_AT,
        },
        twin={"place": "Harlow"},
        defects=defects.JSON,
    ),
    Specimen(
        "deployment",
        {**DEPLOYMENT, "started_on": "2020-06-30", "unit_code": "ROADS"},
        {"unit_code__before_unit_launch": "SVU_PPP"},
    ),
)
