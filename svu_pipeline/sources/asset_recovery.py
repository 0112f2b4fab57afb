"""Source 5, asset recovery: the register workbook, delivered whole (sources.md, 5)."""

from __future__ import annotations

from collections.abc import Iterator

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, System, one_file

PATH = "asset_recovery/asset_recovery_register.xlsx"
HEADER = {
    "Ref": "ref", "Date": "date", "Unit": "unit", "Operation": "operation", "Power": "power", "Stage": "stage",
    "Amount": "amount", "Currency": "currency", "GBP amount": "gbp_amount", "Notes": "notes",
}  # fmt: skip
COLUMNS = {"register_entry": tuple(HEADER.values())}
HEADER_ROW = 3


def read(drop: Drop, reading: Reading) -> Iterator[Rows]:
    """The entries of the register; the trailing row whose Ref is TOTAL is none."""
    from svu_pipeline.sources.xlsx_register import Register, read_xlsx

    register = Register("Register", HEADER_ROW, HEADER, is_record=lambda row: (row[0] or "").strip() != "TOTAL")
    with reading.open(0) as stream:
        for batch in read_xlsx(
            stream,
            register,
            COLUMNS["register_entry"],
            lambda code, count: reading.note(0, "register_entry", code, count),
        ):
            yield Rows("register_entry", 0, batch)


SYSTEM = System(
    name="asset_recovery",
    title="Asset recovery register",
    delivery=Delivery.FULL,
    columns=COLUMNS,
    find=lambda root: one_file("asset_recovery", root, PATH, COLUMNS),
    read=read,
)
