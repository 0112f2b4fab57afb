"""Killers of source 7, safeguarding returns."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import MANGLED, PERSON, POSTCODE, Specimen

CONTACT = {
    **PERSON,
    "id": "SG000123",
    "version": "1",
    "sex": "F",
    "postcode": POSTCODE,
    "contacted_on": "2023-09-13",
    "unit": "SVU_PPP",
    "district": "E07000073",
    "kind": "CUCKOOING_VISIT",
    "outcome": "SAFEGUARDED",
    "partner": "SOCIAL_CARE",
    "premises_ref": "PR0002",
}

SPECIMENS = (
    Specimen(
        "contact",
        CONTACT,
        {
            "id__missing_key": None,
            "id__excel_mangled_id": MANGLED,
            "version__missing_required": None,
            "version__bad_number": "second",
            "pnc_id__bad_identifier": "2023/0583843N",
            "date_of_birth__bad_date": "1987-6-5",
            "date_of_birth__sentinel_date": "0001-01-01",
            "date_of_birth__impossible_date": "2023-09-14",
            "contacted_on__sentinel_date": "1970-01-01",
            "operation__excel_mangled_id": MANGLED,
            "contacted_on__missing_required": None,
            "contacted_on__bad_date": "13/09/2023",
            "unit__missing_required": None,
            "district__out_of_area": "E09000031",
            "kind__missing_required": None,
            "kind__unknown_code": "TEA_PARTY",
            "outcome__missing_required": None,
            "outcome__unknown_code": "PLEASED",
            "premises_ref__premises_missing": None,
        },
        twin={"outcome": "DECLINED"},
        defects=defects.XML,
    ),
    Specimen(
        "contact",
        {**CONTACT, "forenames": "TEST", "kind": "ENGAGEMENT"},
        {"surname__test_record": "TEST", "premises_ref__excel_mangled_id": MANGLED},
    ),
    Specimen(
        "contact",
        {**CONTACT, "contacted_on": "2020-06-30", "unit": "LPT_BASILDON"},
        {"unit__before_unit_launch": "SVU_PPP"},
    ),
    Specimen(
        "contact_withdrawal",
        {"id": "SG000123"},
        {"id__missing_key": None, "id__excel_mangled_id": MANGLED},
        defects=defects.TEXT,
    ),
)
