"""Source 6, warrants: the search warrant register, a workbook kept by hand (sources.md, 6)."""

from __future__ import annotations

from collections.abc import Iterator

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, System, one_file

PATH = "warrants/warrants_register.xlsx"
HEADER = {
    "Warrant No": "warrant_no", "Power": "power", "Issued": "issued", "Executed": "executed", "Result": "result",
    "Premises Ref": "premises_ref", "District": "district", "Unit": "unit", "Operation": "operation",
    "Status": "status",
}  # fmt: skip
COLUMNS = {"warrant": tuple(HEADER.values())}


def read(drop: Drop, reading: Reading) -> Iterator[Rows]:
    """The warrants of the register."""
    from svu_pipeline.sources.xlsx_register import Register, read_xlsx

    register = Register("Warrants", 1, HEADER)
    with reading.open(0) as stream:
        for batch in read_xlsx(
            stream, register, COLUMNS["warrant"], lambda code, count: reading.note(0, "warrant", code, count)
        ):
            yield Rows("warrant", 0, batch)


SYSTEM = System(
    name="warrants",
    title="Search warrant register",
    delivery=Delivery.FULL,
    columns=COLUMNS,
    find=lambda root: one_file("warrants", root, PATH, COLUMNS),
    read=read,
)
