"""Killers of source 3, courts."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import MANGLED, PERSON, Specimen

HEARING = {
    **PERSON,
    "hearing_id": "H000123",
    "urn": "42CY0012323",
    "court": "Chelmsford Crown Court",
    "hearing_date": "2023-09-14",
    "updated_at": "2023-09-14T16:05:11Z",
    "deleted": "false",
    "defendant_id": "D000045",
    "results": "[]",
}

SPECIMENS = (
    Specimen(
        "hearing",
        HEARING,
        {
            "hearing_id__missing_key": None,
            "hearing_id__excel_mangled_id": MANGLED,
            "urn__missing_required": None,
            "urn__bad_identifier": "42CY001232",
            "hearing_date__missing_required": None,
            "hearing_date__bad_date": "2023-09-31",
            "hearing_date__sentinel_date": "1970-01-01",
            "updated_at__missing_required": None,
            "updated_at__bad_date": "2023-09-14T24:05:11Z",
            "deleted__bad_format": "no",
            "defendant_id__missing_required": None,
            "defendant_id__excel_mangled_id": MANGLED,
            "pnc_id__bad_identifier": "2012/0052494O",
            "surname__missing_required": None,
            "date_of_birth__bad_date": "1987-06-31",
            "date_of_birth__sentinel_date": "9999-12-31",
            "date_of_birth__impossible_date": "2023-09-15",
        },
        twin={"court": "Basildon Crown Court"},
        defects=("bad_results", *defects.JSON),
    ),
    Specimen(
        "hearing_result",
        {
            "part_of": "1",
            "result_id": "R1",
            "offence_code": "MD71171",
            "result_code": "1002",
            "duration_value": "31",
            "duration_unit": "M",
            "secondary_duration_value": "12",
            "secondary_duration_unit": "M",
            "result_text": "Imprisonment",
        },
        {
            "part_of__missing_required": None,
            "part_of__bad_number": "one",
            "result_id__missing_required": None,
            "offence_code__missing_required": None,
            "result_code__missing_required": None,
            "qualifier__unknown_qualifier": "Q",
            "duration_value__custodial_without_duration": None,
            "duration_unit__unknown_code": "FORTNIGHT",
            "secondary_duration_value__bad_number": "a year",
            "secondary_duration_unit__unknown_code": "H",
        },
        defects=defects.TEXT,
    ),
    Specimen(
        "hearing_result",
        {
            "part_of": "1",
            "result_id": "R2",
            "offence_code": "MD71171",
            "result_code": "3070",
            "duration_value": "3",
            "duration_unit": "Y",
        },
        {"duration_value__bad_number": "3.5", "duration_value__out_of_range": "-1"},
    ),
    Specimen("hearing", {**HEARING, "forenames": "TEST"}, {"surname__test_record": "Test"}),
)
