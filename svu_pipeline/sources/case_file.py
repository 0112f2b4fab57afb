"""Source 2, case file: charging decisions, custody outcomes and remand decisions (sources.md, 2)."""

from __future__ import annotations

from svu_pipeline.sources.database import read_database
from svu_pipeline.sources.system import Delivery, Shape, System, one_file

COLUMNS = {
    "charge": (
        "charge_id", "urn", "custody_ref", "offence_code", "charged_at", "initiation", "status", "updated_at",
    ),
    "custody_outcome": ("custody_ref", "outcome", "decided_at", "updated_at"),
    "remand_decision": ("remand_id", "custody_ref", "decided_at", "decided_by", "remand_code", "updated_at"),
}  # fmt: skip

SYSTEM = System(
    name="case_file",
    title="Case file system",
    delivery=Delivery.INCREMENTAL,
    shapes={
        dataset: Shape({name: name for name in columns}, files="case_file.sqlite", table=dataset)
        for dataset, columns in COLUMNS.items()
    },
    finds=lambda root, shapes: one_file("case_file", root, shapes["charge"].files, shapes),
    reads=read_database,
    keeps_bytes=False,
)
