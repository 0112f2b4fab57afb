"""Source 8, civil orders: the register and its breaches, CSV with a byte order mark, delivered whole (sources.md, 8)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, Shape, Shapes, System, dated_files, inverted

COLUMNS = {
    "civil_order": (
        "order_ref", "order_type", "stage", "status", "granted_on", "expires_on", "court", "district_code",
        "unit_code", "operation_ref", "pnc_id", "surname", "forenames", "date_of_birth",
    ),
    "order_breach": ("breach_ref", "order_ref", "breached_on", "outcome"),
}  # fmt: skip
FILES = {
    "civil_order": "civil_orders/civil_orders_{date}.csv",
    "order_breach": "civil_orders/order_breaches_{date}.csv",
}


def find(root: Path, shapes: Shapes) -> list[Drop]:
    """Both registers' dated files; SourceError when either is missing."""
    return [
        drop for dataset, shape in shapes.items() for drop in dated_files("civil_orders", root, shape.files, [dataset])
    ]


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The rows of one register as it stood on its date."""
    from svu_pipeline.sources.archive import unpacked
    from svu_pipeline.sources.csv_file import Layout, read_csv

    (dataset,) = drop.datasets
    shape = shapes[dataset]
    layout = Layout(inverted(shape.names), shape.encoding, shape.delimiter, shape.trailer)
    with unpacked(reading.open(0), drop.files[0].path) as stream:
        for batch in read_csv(stream, COLUMNS[dataset], [layout], partial(reading.note, 0, dataset)):
            yield Rows(dataset, 0, batch)


SYSTEM = System(
    name="civil_orders",
    title="Civil orders register",
    delivery=Delivery.FULL,
    shapes={
        dataset: Shape({name: name for name in columns}, FILES[dataset], encoding="utf-8-sig")
        for dataset, columns in COLUMNS.items()
    },
    finds=find,
    reads=read,
)
