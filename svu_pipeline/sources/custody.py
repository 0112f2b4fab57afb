"""Source 1, custody: the custody system's database (sources.md, 1)."""

from __future__ import annotations

from svu_pipeline.sources.database import read_database
from svu_pipeline.sources.system import Delivery, Shape, System, one_file

COLUMNS = {
    "custody_record": (
        "custody_ref", "pnc_id", "surname", "forenames", "date_of_birth", "sex", "home_postcode", "arrested_at",
        "arrest_reason", "arresting_unit", "operation_ref", "district_code", "lead_offence_code", "record_status",
        "transferred_from", "updated_at",
    ),
}  # fmt: skip

SYSTEM = System(
    name="custody",
    title="Custody system",
    delivery=Delivery.INCREMENTAL,
    shapes={
        dataset: Shape({name: name for name in columns}, files="custody.sqlite", table=dataset)
        for dataset, columns in COLUMNS.items()
    },
    finds=lambda root, shapes: one_file("custody", root, shapes["custody_record"].files, shapes),
    reads=read_database,
    keeps_bytes=False,
)
