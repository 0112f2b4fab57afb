"""Source 1, custody: the custody system's database (sources.md, 1)."""

from __future__ import annotations

from collections.abc import Iterator

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, System, one_file

COLUMNS = {
    "custody_record": (
        "custody_ref", "pnc_id", "surname", "forenames", "date_of_birth", "sex", "home_postcode", "arrested_at",
        "arrest_reason", "arresting_unit", "operation_ref", "district_code", "lead_offence_code", "record_status",
        "transferred_from", "updated_at",
    ),
}  # fmt: skip


def read(drop: Drop, reading: Reading) -> Iterator[Rows]:
    """All records changed since the watermark, from one snapshot."""
    from svu_pipeline.sources.sqlite_database import read_tables

    for table, batch in read_tables(reading.location(0), COLUMNS, reading.watermarks):
        yield Rows(table, 0, batch)


SYSTEM = System(
    name="custody",
    title="Custody system",
    delivery=Delivery.INCREMENTAL,
    columns=COLUMNS,
    find=lambda root: one_file("custody", root, "custody.sqlite", COLUMNS),
    read=read,
    keeps_bytes=False,
)
