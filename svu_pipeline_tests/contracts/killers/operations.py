"""Killers of source 9, operations and deployments log."""

from __future__ import annotations

from svu_pipeline_tests.contracts.killers.specimen import Specimen

COUNTS = (
    "leaflets", "partner_referrals", "training_sessions_offered", "training_sessions_delivered", "vehicles_stopped",
    "passengers_checked", "arrests",
)  # fmt: skip
UPDATED_AT = {"updated_at__missing_required": None, "updated_at__bad_time": "yesterday"}
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
            "operation_ref__missing_required": None,
            "name__missing_required": None,
            "kind__missing_required": None,
            "kind__unknown_code": "PICNIC",
            "opened_on__missing_required": None,
            "opened_on__bad_date": "2023-00-10",
            "closed_on__bad_date": "12 April",
            "closure__unknown_code": "TYPE_3",
            **UPDATED_AT,
        },
        twin={"closure": "TYPE_2"},
        defects=("not_json",),
    ),
    Specimen(
        "deployment",
        DEPLOYMENT,
        {
            "deployment_ref__missing_required": None,
            "operation_name__missing_required": None,
            "started_on__missing_required": None,
            "started_on__bad_date": "20231120",
            "ended_on__bad_date": "tomorrow",
            "district_code__outside_essex": "E07000009",
            "unit_code__missing_required": None,
            **{f"{count}__bad_number": "about 100" for count in COUNTS},
            **{f"{count}__out_of_range": "-1" for count in COUNTS},
            "leaflets_estimated__bad_format": "yes",
            "passengers_estimated__bad_format": "1",
            **UPDATED_AT,
        },
        twin={"place": "Harlow"},
        defects=("not_json",),
    ),
    Specimen(
        "deployment",
        {**DEPLOYMENT, "started_on": "2020-06-30", "unit_code": "ROADS"},
        {"unit_code__before_unit_launch": "SVU_PPP"},
    ),
)
