"""Source 6, warrants: the search warrant register, a workbook kept by hand (sources.md, 6)."""

from __future__ import annotations

from collections.abc import Iterator

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, Shape, Shapes, System, inverted, one_file

PATH = "warrants/warrants_register.xlsx"
HEADER = {
    "Warrant No": "warrant_no", "Power": "power", "Issued": "issued", "Executed": "executed", "Result": "result",
    "Premises Ref": "premises_ref", "District": "district", "Unit": "unit", "Operation": "operation",
    "Status": "status",
}  # fmt: skip
COLUMNS = tuple(HEADER.values())


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The warrants of the register."""
    from svu_pipeline.sources.xlsx_register import Register, read_xlsx

    shape = shapes["warrant"]
    register = Register(shape.table, shape.header_row, inverted(shape.names))
    with reading.open(0) as stream:
        for batch in read_xlsx(stream, register, COLUMNS, lambda code, count: reading.note(0, "warrant", code, count)):
            yield Rows("warrant", 0, batch)


SYSTEM = System(
    name="warrants",
    title="Search warrant register",
    delivery=Delivery.FULL,
    shapes={"warrant": Shape(inverted(HEADER), PATH, table="Warrants")},
    finds=lambda root, shapes: one_file("warrants", root, shapes["warrant"].files, shapes),
    reads=read,
)
