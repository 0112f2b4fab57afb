"""Source 1, custody: the custody system's database (sources.md, 1)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from svu_pipeline.sources.database import Table
from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, Shape, Shapes, System, one_file

COLUMNS = {
    "custody_record": (
        "custody_ref", "pnc_id", "surname", "forenames", "date_of_birth", "sex", "home_postcode", "arrested_at",
        "arrest_reason", "arresting_unit", "operation_ref", "district_code", "lead_offence_code", "record_status",
        "transferred_from", "updated_at",
    ),
}  # fmt: skip


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """All records changed since the watermark, from one snapshot."""
    from svu_pipeline.sources.sqlite_database import read_tables

    tables = {dataset: Table(shape.table, shape.names) for dataset, shape in shapes.items()}
    note = partial(reading.note, 0)
    for dataset, batch in read_tables(reading.location(0), tables, reading.watermarks, note):
        yield Rows(dataset, 0, batch)


SYSTEM = System(
    name="custody",
    title="Custody system",
    delivery=Delivery.INCREMENTAL,
    shapes={
        dataset: Shape({name: name for name in columns}, files="custody.sqlite", table=dataset)
        for dataset, columns in COLUMNS.items()
    },
    finds=lambda root, shapes: one_file("custody", root, shapes["custody_record"].files, shapes),
    reads=read,
    keeps_bytes=False,
)
