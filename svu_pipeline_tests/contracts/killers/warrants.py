"""Killers of source 6, search warrant register."""

from __future__ import annotations

from svu_pipeline.sources import defects
from svu_pipeline_tests.contracts.killers.specimen import MANGLED, Specimen

EXECUTED = {
    "warrant_no": "SW0001",
    "power": "MDA_S23",
    "issued": "31/01/2023",
    "executed": "28/02/2023",
    "result": "POSITIVE",
    "premises_ref": "PR0001",
    "district": "E07000072",
    "unit": "RAPTOR_WEST",
    "operation": "OP0001",
    "status": "EXECUTED",
}
ISSUED = {**EXECUTED, "executed": None, "result": None, "status": "ISSUED"}

SPECIMENS = (
    Specimen(
        "warrant",
        EXECUTED,
        {
            "warrant_no__missing_key": None,
            "warrant_no__excel_mangled_id": MANGLED,
            "power__missing_required": None,
            "power__unknown_code": "HUNCH_S1",
            "issued__missing_required": None,
            "issued__bad_date": "31 January 2023",
            "issued__sentinel_date": "01/01/1900",
            "premises_ref__excel_mangled_id": MANGLED,
            "operation__excel_mangled_id": MANGLED,
            "executed__missing_required": None,
            "executed__executed_outside_authority": "01/03/2023",
            "result__unknown_code": "MIXED",
            "district__out_of_area": "E09000031",
            "unit__missing_required": None,
            "status__missing_required": None,
            "status__unknown_code": "PENDING",
        },
        twin={"result": "NEGATIVE"},
        defects=defects.SHEET,
    ),
    Specimen("warrant", ISSUED, {"executed__bad_date": "soon", "executed__sentinel_date": "31/12/9999"}),
    Specimen(
        "warrant",
        {**EXECUTED, "issued": "30/06/2020", "executed": "30/06/2020", "unit": "CID_HARLOW"},
        {"unit__before_unit_launch": "SVU_HQ"},
    ),
)
