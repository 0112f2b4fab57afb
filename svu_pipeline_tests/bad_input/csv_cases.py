"""Cases of CSV files, B01 to B34: the property store's, the civil orders register's, the public ones."""

from __future__ import annotations

from collections.abc import Sequence

from svu_pipeline_tests.bad_input.case import SENTINEL, A, Case, F, N, R, W, adds, file
from svu_pipeline_tests.oracle.read_tables import CIVIL_ORDER_HEADER, PROPERTY_HEADER

PROPERTY = "property/property_20240102.csv"
ORDERS = "civil_orders/civil_orders_20240102.csv"

EXHIBIT = {
    "exhibit_ref": "EX900001", "seized_at": "15/06/2023 12:00", "unit_code": "RAPTOR_SOUTH", "category": "DRUG",
    "quantity": "1", "unit_of_measure": "G", "drug": "CRACK", "status": "HELD", "revision": "1",
    "description": SENTINEL,
}  # fmt: skip
ORDER = {
    "order_ref": "CO900001", "order_type": "CBO", "stage": "FINAL", "status": "GRANTED", "granted_on": "2023-10-12",
    "unit_code": "SVU_HQ", "surname": SENTINEL, "forenames": "Zebedee",
}  # fmt: skip


def line(header: Sequence[str], record: dict[str, str], **cells: str) -> str:
    """One record, its cells as they stand: what is to be quoted is given with its quotes."""
    content = {**record, **cells}
    return ",".join(content.get(name, "") for name in header)


def exhibits(
    *lines: str, header: str = ",".join(PROPERTY_HEADER), count: int | None = None, end: str = "\r\n"
) -> bytes:
    """A property file of these lines, with a trailer that counts them, or says otherwise."""
    trailer = f"TRAILER,{len(lines) if count is None else count}"
    return (end.join([header, *lines, trailer]) + end).encode("cp1252")


def orders(*lines: str, header: str = ",".join(CIVIL_ORDER_HEADER), end: str = "\r\n") -> bytes:
    """A civil orders register of these lines, in UTF-8 with a byte order mark."""
    return (end.join([header, *lines]) + end).encode("utf-8-sig")


def exhibit(**cells: str) -> str:
    return line(PROPERTY_HEADER, EXHIBIT, **cells)


def order(**cells: str) -> str:
    return line(CIVIL_ORDER_HEADER, ORDER, **cells)


GOOD = exhibit(exhibit_ref="EX900002", description="")
PAGE = f"<!DOCTYPE html>\n<html><body>{SENTINEL}, sign in</body></html>\n".encode()
OTHER_ENCODINGS = ("utf-16-le", "utf-16-be")


def cells(row: str, what: str, outcome: object, code: str, *, why: str = "", **given: str) -> Case:
    """A property file of a good record and one with these cells."""
    spoil = file(PROPERTY, exhibits(GOOD, exhibit(**given)))
    return Case(row, what, "property", spoil, outcome, code, dataset="exhibit", why=why)  # type: ignore[arg-type]


CASES = (
    Case("B01", "a file of no bytes", "property", file(PROPERTY, b""), F, "empty_file"),
    Case("B02", "a header and nothing else", "civil_orders", file(ORDERS, orders()), W, "zero_rows"),
    Case("B03", "a page of a web server", "property", file(PROPERTY, PAGE), F, "bad_header"),
    Case("B03", "an error in JSON", "property", file(PROPERTY, b'{"error": "no"}\n'), F, "bad_header"),
    Case("B04", "a byte order mark that was agreed", "civil_orders", file(ORDERS, orders(order())), A,
         dataset="civil_order", values={"order_ref": "CO900001"}),
    Case("B04", "a byte order mark that was not", "police_uk",
         file("police_uk/2023-06/2023-06-essex-street.csv", "\ufeffCrime ID,Month,Reported by,Falls within,Longitude,"
              "Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context\r\n"
              ",2023-06,,,0.4,51.6,,,Basildon 001A,Drugs,,\r\n".encode()), N, "byte_order_mark",
         dataset="street_crime", values={"month": "2023-06"}),
    *(Case("B05", f"UTF-16 ({name})", "property",
           file(PROPERTY, mark + exhibits(exhibit()).decode("cp1252").encode(name)), F, "wrong_encoding")
      for name, mark in zip(OTHER_ENCODINGS, (b"\xff\xfe", b"\xfe\xff"), strict=True)),
    Case("B06", "Windows-1252 in a UTF-8 file", "civil_orders",
         file(ORDERS, orders(order(forenames="Si~n", court="O^Neil")).replace(b"~", b"\xe2").replace(b"^", b"\x92")),
         F, "wrong_encoding"),
    Case("B07", "UTF-8 once read as Windows-1252", "civil_orders", file(ORDERS, orders(order(forenames="SiÃ¢n"))), W,
         "mojibake", dataset="civil_order", values={"forenames": "SiÃ¢n"}),
    cells("B08", "byte zero in a field", R, "nul_byte", description=f"{SENTINEL}\0x"),
    Case("B09", "a line break within quotes", "property",
         file(PROPERTY, exhibits(GOOD, exhibit(description='"one\r\ntwo, three"'))), A, dataset="exhibit",
         values={"exhibit_ref": "EX900001", "description": "one\r\ntwo, three"}),
    Case("B10", "a quote never closed", "property",
         file(PROPERTY, exhibits(exhibit(description=f'"{SENTINEL}'), GOOD)), F, "unbalanced_quote"),
    Case("B10", "a quote closed only by the next one's opening", "property",
         file(PROPERTY, exhibits(exhibit(description=f'"{SENTINEL}'), GOOD, exhibit(description='"a, b"'))), F,
         "unbalanced_quote"),
    cells("B11", "a quote within a field", R, "bad_quote", description=f'{SENTINEL} 12" long'),
    cells("B11", "text after a closing quote", R, "bad_quote", description=f'"{SENTINEL}" x'),
    Case("B12", "a field too many", "property", file(PROPERTY, exhibits(GOOD, exhibit() + ",more")), R,
         "too_many_fields", dataset="exhibit"),
    Case("B13", "a field too few", "property", file(PROPERTY, exhibits(GOOD, exhibit().rpartition(",")[0])), R,
         "too_few_fields", dataset="exhibit"),
    Case("B14", "the last line cut, trailer agreed", "property",
         file(PROPERTY, exhibits(GOOD, exhibit())[:-30]), F, "truncated"),
    Case("B14", "the last line cut, no trailer", "civil_orders",
         file(ORDERS, orders(order(order_ref="CO900002"), order())[:-20]), F, "truncated",
         why="without a trailer a cut shows in a last line that has neither its fields nor its end"),
    Case("B14", "the last line without its end", "civil_orders", file(ORDERS, orders(order())[:-2]), W, "no_line_end",
         why="all its fields are there: it may be whole, and is noted"),
    *(Case("B15", f"delimiter {sign!r}", "property",
           file(PROPERTY, exhibits(exhibit()).replace(b",", sign.encode())), F, "bad_header") for sign in ";\t"),
    Case("B16", "carriage returns alone", "property", file(PROPERTY, exhibits(GOOD, exhibit(), end="\r")), N,
         "old_line_ends", dataset="exhibit", values={"exhibit_ref": "EX900001"}),
    Case("B16", "line ends mixed", "property",
         file(PROPERTY, exhibits(GOOD, exhibit()).replace(b"\r\n", b"\n", 1)), F, "mixed_line_ends"),
    Case("B17", "a column name twice", "property",
         file(PROPERTY, exhibits(exhibit() + ",1", header=",".join([*PROPERTY_HEADER, "Revision "]))), F,
         "duplicate_column"),
    Case("B18", "names in other case, with blanks", "property",
         file(PROPERTY, exhibits(exhibit(), header=",".join(f" {n.upper()}\xa0" for n in PROPERTY_HEADER))), N,
         "header_differs", of=16, dataset="exhibit", values={"exhibit_ref": "EX900001", "status": "HELD"}),
    Case("B19", "a column renamed", "property",
         file(PROPERTY, exhibits(exhibit(), header=",".join(PROPERTY_HEADER).replace("revision", "version"))), F,
         "schema_drift"),
    Case("B20", "a column added", "property",
         file(PROPERTY, exhibits(exhibit() + f",{SENTINEL}", header=",".join([*PROPERTY_HEADER, "shelf"]))), W,
         "new_column", dataset="exhibit", values={"exhibit_ref": "EX900001", "revision": 1}),
    Case("B21", "columns reordered", "civil_orders",
         file(ORDERS, orders(line(CIVIL_ORDER_HEADER[::-1], ORDER), header=",".join(CIVIL_ORDER_HEADER[::-1]))), A,
         dataset="civil_order", values={"order_ref": "CO900001", "stage": "FINAL"}),
    Case("B22", "a second header in the middle", "civil_orders",
         file(ORDERS, orders(order(order_ref="CO900002"), ",".join(CIVIL_ORDER_HEADER), order())), R,
         "repeated_header", dataset="civil_order"),
    Case("B23", "a trailer that counts otherwise", "property", file(PROPERTY, exhibits(GOOD, exhibit(), count=3)), F,
         "count_mismatch"),
    *(Case("B24", f"surname {name}", "civil_orders", file(ORDERS, orders(order(surname=name))), A,
           dataset="civil_order", values={"surname": name}) for name in ("NA", "NULL", "None", "True", "Null")),
    Case("B25", "leading noughts", "property", file(PROPERTY, exhibits(exhibit(exhibit_ref="000123"))), A,
         dataset="exhibit", values={"exhibit_ref": "000123"}),
    cells("B26", "a reference in a spreadsheet's notation", R, "excel_mangled_id", exhibit_ref="1.23E+11"),
    cells("B27", "a decimal comma", R, "bad_number", quantity='"12,50"'),
    cells("B27", "points between thousands", R, "bad_number", quantity='"1.234,00"'),
    *(cells("B28", f"quantity {text}", R, "bad_number", quantity=f'"{text}"')
      for text in ("1,234", "£12", "12 %", "12-")),
    Case("B28", "pounds and thousands commas where they are agreed", "asset_recovery",
         adds("money", "SEIZED", "£1,234.50"), A, dataset="register_entry", values={"amount": 123_450}),
    *(cells("B29", f"quantity {text}", R, "bad_number", quantity=text) for text in ("NaN", "inf", "-0", "1e309")),
    cells("B30", "a field of more than 64 KiB", R, "too_long", description="x" * 65_537),
    cells("B30", "a line of more than a megabyte", R, "too_long", description="x" * 1_300_000),
    *(Case("B31", f"a description that begins with {text!r}", "property",
           file(PROPERTY, exhibits(exhibit(description=text))), A, dataset="exhibit", values={"description": text})
      for text in ("=CMD|'/C calc'!A0", "+1", "-1", "@SUM(A1)")),
    *(Case("B32", f"{what} in a key", "civil_orders", file(ORDERS, orders(order(order_ref=f"CO{sign}900001"))), W,
           "invisible_characters", dataset="civil_order", values={"order_ref": "CO900001"})
      for what, sign in (("zero width", "\u200b"), ("a change of direction", "\u202e"), ("a control", "\x07"))),
    Case("B33", "a key in letters and accents apart", "civil_orders",
         file(ORDERS, orders(order(order_ref="CO-e\u0301"))), N, "decomposed_text", dataset="civil_order",
         values={"order_ref": "CO-\u00e9"}),
)  # fmt: skip
"""B34 takes a history: `test_volume.py`."""
