"""Source 2, case file: charging decisions, custody outcomes and remand decisions (sources.md, 2)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from svu_pipeline.sources.database import Table
from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, Shape, Shapes, System, one_file

COLUMNS = {
    "charge": (
        "charge_id", "urn", "custody_ref", "offence_code", "charged_at", "initiation", "status", "updated_at",
    ),
    "custody_outcome": ("custody_ref", "outcome", "decided_at", "updated_at"),
    "remand_decision": ("remand_id", "custody_ref", "decided_at", "decided_by", "remand_code", "updated_at"),
}  # fmt: skip


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The three tables from one snapshot, each from its own watermark."""
    from svu_pipeline.sources.sqlite_database import read_tables

    tables = {dataset: Table(shape.table, shape.names) for dataset, shape in shapes.items()}
    note = partial(reading.note, 0)
    for dataset, batch in read_tables(reading.location(0), tables, reading.watermarks, note):
        yield Rows(dataset, 0, batch)


SYSTEM = System(
    name="case_file",
    title="Case file system",
    delivery=Delivery.INCREMENTAL,
    shapes={
        dataset: Shape({name: name for name in columns}, files="case_file.sqlite", table=dataset)
        for dataset, columns in COLUMNS.items()
    },
    finds=lambda root, shapes: one_file("case_file", root, shapes["charge"].files, shapes),
    reads=read,
    keeps_bytes=False,
)
