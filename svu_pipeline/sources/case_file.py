"""Source 2, case file: charging decisions, custody outcomes and remand decisions (sources.md, 2)."""

from __future__ import annotations

from collections.abc import Iterator

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, System, one_file

COLUMNS = {
    "charge": (
        "charge_id", "urn", "custody_ref", "offence_code", "charged_at", "initiation", "status", "updated_at",
    ),
    "custody_outcome": ("custody_ref", "outcome", "decided_at", "updated_at"),
    "remand_decision": ("remand_id", "custody_ref", "decided_at", "decided_by", "remand_code", "updated_at"),
}  # fmt: skip


def read(drop: Drop, reading: Reading) -> Iterator[Rows]:
    """The three tables from one snapshot, each from its own watermark."""
    from svu_pipeline.sources.sqlite_database import read_tables

    for table, batch in read_tables(reading.location(0), COLUMNS, reading.watermarks):
        yield Rows(table, 0, batch)


SYSTEM = System(
    name="case_file",
    title="Case file system",
    delivery=Delivery.INCREMENTAL,
    columns=COLUMNS,
    find=lambda root: one_file("case_file", root, "case_file.sqlite", COLUMNS),
    read=read,
    keeps_bytes=False,
)
