"""Killers of source 4, property store."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import MANGLED, Specimen

WEAPON = {
    "exhibit_ref": "EX/0001",
    "seized_at": "14/09/2023 14:30",
    "unit_code": "RAPTOR_SOUTH",
    "operation_ref": "OP0001",
    "custody_ref": "42CU/000123/23",
    "district_code": "E06000034",
    "category": "WEAPON",
    "item_type": "ZOMBIE_KNIFE",
    "description": "Blade, 40 cm",
    "quantity": "1",
    "unit_of_measure": "ITEM",
    "status": "HELD",
    "revision": "1",
}
DRUG = {
    **WEAPON,
    "category": "DRUG",
    "item_type": None,
    "drug": "CRACK",
    "quantity": "12.5",
    "unit_of_measure": "G",
    "lab_quantity": "11.984",
    "lab_unit": "G",
}

SPECIMENS = (
    Specimen(
        "exhibit",
        WEAPON,
        {
            "exhibit_ref__missing_key": None,
            "exhibit_ref__excel_mangled_id": MANGLED,
            "operation_ref__excel_mangled_id": MANGLED,
            "custody_ref__excel_mangled_id": MANGLED,
            "description__pii_suspected": "ring 07700 900123",
            "seized_at__missing_required": None,
            "seized_at__bad_date": "2023-09-14 14:30:00",
            "seized_at__nonexistent_time": "26/03/2023 01:30",
            "seized_at__ambiguous_time": "29/10/2023 01:30",
            "unit_code__missing_required": None,
            "district_code__out_of_area": "E10000012",
            "category__missing_required": None,
            "category__unknown_code": "LIVESTOCK",
            "item_type__missing_required": None,
            "item_type__unknown_code": "SWORDFISH",
            "quantity__missing_required": None,
            "quantity__bad_number": "a few",
            "quantity__out_of_range": "0",
            "quantity__not_whole": "1.5",
            "unit_of_measure__missing_required": None,
            "unit_of_measure__not_in_items": "KG",
            "status__missing_required": None,
            "status__unknown_code": "LOST",
            "revision__missing_required": None,
            "revision__bad_number": "1a",
        },
        twin={"item_type": "KNIFE"},
        defects=defects.CSV,
    ),
    Specimen(
        "exhibit",
        DRUG,
        {
            "unit_of_measure__unknown_code": "LB",
            "lab_quantity__bad_number": "trace",
            "lab_quantity__out_of_range": "-0.000001",
            "lab_unit__unknown_code": "GRAIN",
            "drug__missing_required": None,
            "drug__unknown_code": "TEA",
        },
    ),
    Specimen(
        "exhibit",
        {**WEAPON, "seized_at": "30/06/2020 23:59", "unit_code": "ROADS"},
        {"unit_code__before_unit_launch": "SVU_HQ"},
    ),
)
