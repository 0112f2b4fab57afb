"""Source 4, property store: weekly CSV of exhibits, Windows-1252, with a trailer (sources.md, 4)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, Shape, Shapes, System, dated_files, inverted

COLUMNS = (
    "exhibit_ref", "seized_at", "unit_code", "operation_ref", "custody_ref", "district_code", "category", "item_type",
    "description", "quantity", "unit_of_measure", "lab_quantity", "lab_unit", "drug", "status", "revision",
)  # fmt: skip


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The exhibits of one weekly file."""
    from svu_pipeline.sources.archive import unpacked
    from svu_pipeline.sources.csv_file import Layout, read_csv

    shape = shapes["exhibit"]
    layout = Layout(inverted(shape.names), shape.encoding, shape.delimiter, shape.trailer)
    with unpacked(reading.open(0), drop.files[0].path) as stream:
        for batch in read_csv(stream, COLUMNS, [layout], partial(reading.note, 0, "exhibit")):
            yield Rows("exhibit", 0, batch)


SYSTEM = System(
    name="property",
    title="Property store",
    delivery=Delivery.INCREMENTAL,
    shapes={
        "exhibit": Shape(
            {name: name for name in COLUMNS}, "property/property_{date}.csv", encoding="cp1252", trailer="TRAILER"
        )
    },
    finds=lambda root, shapes: dated_files("property", root, shapes["exhibit"].files, shapes),
    reads=read,
)
