"""Killers of source 8, civil orders register and breaches."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import MANGLED, PERSON, Specimen

INJUNCTION = {
    **PERSON,
    "order_ref": "CO0001",
    "order_type": "GANG_INJUNCTION",
    "stage": "FINAL",
    "status": "GRANTED",
    "granted_on": "2023-10-12",
    "expires_on": "2025-10-11",
    "court": "Southend County Court",
    "district_code": "E06000034",
    "unit_code": "SVU_HQ",
    "operation_ref": "OP0001",
}

SPECIMENS = (
    Specimen(
        "civil_order",
        INJUNCTION,
        {
            "order_ref__missing_key": None,
            "order_ref__excel_mangled_id": MANGLED,
            "order_type__missing_required": None,
            "order_type__unknown_code": "ASBO",
            "stage__missing_required": None,
            "stage__unknown_code": "DRAFT",
            "status__missing_required": None,
            "status__unknown_code": "APPEALED",
            "granted_on__missing_required": None,
            "granted_on__bad_date": "12/10/2023",
            "granted_on__sentinel_date": "1970-01-01",
            "operation_ref__excel_mangled_id": MANGLED,
            "expires_on__bad_date": "until further order",
            "district_code__out_of_area": "E09000031",
            "unit_code__missing_required": None,
            "pnc_id__bad_identifier": "2001/0171310S",
            "date_of_birth__below_statutory_age": "2009-10-13",
            "date_of_birth__unknown_age": None,
        },
        twin={"expires_on": "2024-10-11"},
        defects=defects.CSV,
    ),
    Specimen(
        "civil_order",
        {**INJUNCTION, "order_type": "STRO", "expires_on": "2025-10-11"},
        {"expires_on__below_statutory_length": "2025-10-10", "date_of_birth__bad_date": "June 1987"},
    ),
    Specimen(
        "civil_order",
        {**INJUNCTION, "order_type": "CBO"},
        {
            "expires_on__sentinel_date": "9999-12-31",
            "expires_on__impossible_date": "2023-10-11",
            "date_of_birth__sentinel_date": "1900-01-01",
            "date_of_birth__impossible_date": "2023-10-13",
        },
    ),
    Specimen("civil_order", {**INJUNCTION, "forenames": "test"}, {"surname__test_record": "test"}),
    Specimen(
        "civil_order",
        {**INJUNCTION, "granted_on": "2020-06-30", "unit_code": "CID_HARLOW"},
        {"unit_code__before_unit_launch": "RAPTOR_SOUTH"},
    ),
    Specimen(
        "order_breach",
        {"breach_ref": "BR0001", "order_ref": "CO0001", "breached_on": "2023-11-02", "outcome": "ARRESTED"},
        {
            "breach_ref__missing_key": None,
            "breach_ref__excel_mangled_id": MANGLED,
            "order_ref__missing_required": None,
            "order_ref__excel_mangled_id": MANGLED,
            "breached_on__missing_required": None,
            "breached_on__bad_date": "2023-11-31",
            "breached_on__sentinel_date": "1900-01-01",
            "outcome__missing_required": None,
            "outcome__unknown_code": "FORGIVEN",
        },
        twin={"outcome": "NFA"},
        defects=defects.CSV,
    ),
)
