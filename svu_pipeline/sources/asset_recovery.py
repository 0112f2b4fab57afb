"""Source 5, asset recovery: the register workbook, delivered whole (sources.md, 5)."""

from __future__ import annotations

from collections.abc import Iterator

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, Shape, Shapes, System, inverted, one_file

PATH = "asset_recovery/asset_recovery_register.xlsx"
HEADER = {
    "Ref": "ref", "Date": "date", "Unit": "unit", "Operation": "operation", "Power": "power", "Stage": "stage",
    "Amount": "amount", "Currency": "currency", "GBP amount": "gbp_amount", "Notes": "notes",
}  # fmt: skip
COLUMNS = tuple(HEADER.values())


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The entries of the register; the trailing row whose Ref is TOTAL is none."""
    from svu_pipeline.sources.xlsx_register import Register, read_xlsx

    shape = shapes["register_entry"]
    register = Register(
        shape.table, shape.header_row, inverted(shape.names), is_record=lambda row: (row[0] or "").strip() != "TOTAL"
    )
    with reading.open(0) as stream:
        for batch in read_xlsx(
            stream,
            register,
            COLUMNS,
            lambda code, count: reading.note(0, "register_entry", code, count),
        ):
            yield Rows("register_entry", 0, batch)


SYSTEM = System(
    name="asset_recovery",
    title="Asset recovery register",
    delivery=Delivery.FULL,
    shapes={"register_entry": Shape(inverted(HEADER), PATH, table="Register", header_row=3)},
    finds=lambda root, shapes: one_file("asset_recovery", root, shapes["register_entry"].files, shapes),
    reads=read,
)
