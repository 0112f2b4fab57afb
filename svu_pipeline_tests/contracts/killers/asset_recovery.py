"""Killers of source 5, asset recovery register."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import MANGLED, Specimen

ENTRY = {
    "ref": "AR0001",
    "date": "14/09/2023",
    "unit": "RAPTOR_WEST",
    "operation": "OP0001",
    "power": "POCA_S294",
    "stage": "SEIZED",
    "amount": "£1,250.50",
    "currency": "gbp",
    "notes": "Counted twice",
}

SPECIMENS = (
    Specimen(
        "register_entry",
        ENTRY,
        {
            "ref__missing_key": None,
            "ref__excel_mangled_id": MANGLED,
            "date__missing_required": None,
            "date__bad_date": "2023-09-14",
            "date__sentinel_date": "01/01/1970",
            "operation__excel_mangled_id": MANGLED,
            "notes__pii_suspected": "paid back by Mr Quillfeather",
            "unit__missing_required": None,
            "power__unknown_code": "POCA_S1",
            "stage__missing_required": None,
            "stage__unknown_code": "SPENT",
            "amount__missing_required": None,
            "amount__bad_number": "12,50",
            "amount__out_of_range": "-£0.01",
            "currency__missing_required": None,
            "gbp_amount__bad_number": "n/a",
        },
        twin={"amount": "£1,250.51"},
        defects=defects.SHEET,
    ),
    Specimen(
        "register_entry",
        {**ENTRY, "currency": "EUR", "gbp_amount": "1087.20"},
        {"gbp_amount__missing_required": None},
    ),
    Specimen(
        "register_entry",
        {**ENTRY, "date": "30/06/2020", "unit": "CID_HARLOW"},
        {"unit__before_unit_launch": "RAPTOR_WEST"},
    ),
)
