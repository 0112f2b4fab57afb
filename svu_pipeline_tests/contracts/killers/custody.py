"""Killers of source 1, custody."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import MANGLED, PERSON, POSTCODE, Specimen

ARREST = {
    **PERSON,
    "custody_ref": "42CU/000123/23",
    "sex": "m",
    "home_postcode": POSTCODE,
    "arrested_at": "2023-09-14 14:30:00",
    "arrest_reason": "NEW_OFFENCE",
    "arresting_unit": "RAPTOR_NORTH",
    "operation_ref": "OP0001",
    "district_code": "E07000066",
    "lead_offence_code": "MD71171",
    "record_status": "LIVE",
    "updated_at": "2024-02-01T13:30:00Z",
}

SPECIMENS = (
    Specimen(
        "custody_record",
        ARREST,
        {
            "custody_ref__missing_key": None,
            "custody_ref__excel_mangled_id": MANGLED,
            "custody_ref__bad_identifier": "42CU/123/23",
            "pnc_id__bad_identifier": "2003/0011985Z",
            "surname__missing_required": None,
            "forenames__missing_required": None,
            "date_of_birth__bad_date": "05/06/1987",
            "date_of_birth__sentinel_date": "1900-01-01",
            "date_of_birth__implausible_age": "2013-09-15",
            "sex__unknown_code": "X",
            "arrested_at__missing_required": None,
            "arrested_at__bad_date": "14/09/2023 14:30",
            "arrested_at__nonexistent_time": "2023-03-26 01:30:00",
            "arrested_at__ambiguous_time": "2023-10-29 01:30:00",
            "arrested_at__impossible_date": "2024-02-01 13:30:01",
            "arrest_reason__missing_required": None,
            "arrest_reason__unknown_code": "HUNCH",
            "arresting_unit__missing_required": None,
            "district_code__out_of_area": "E09000031",
            "operation_ref__excel_mangled_id": MANGLED,
            "transferred_from__excel_mangled_id": MANGLED,
            "lead_offence_code__missing_required": None,
            "record_status__missing_required": None,
            "record_status__unknown_code": "DRAFT",
            "updated_at__missing_required": None,
            "updated_at__bad_date": "2024-02-01 13:30:00",
        },
        twin={"forenames": "Zeb"},
        defects=defects.DATABASE,
    ),
    Specimen("custody_record", {**ARREST, "forenames": "Test"}, {"surname__test_record": "TEST"}),
    Specimen(
        "custody_record",
        {**ARREST, "arrested_at": "2020-06-30 23:59:59", "arresting_unit": "CID_HARLOW"},
        {"arresting_unit__before_unit_launch": "raptor_north"},
    ),
)
