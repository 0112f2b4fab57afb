"""A stranger's extract folder, and the folder of the night after it: seeded, and the same bytes every time.

What happens often in them is what `sources.md` allows; rows that it holds are few, so that a delivery is
seldom held whole: the property store's is where the seed ends in 7, custody's next night where it ends
in 3.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from . import folder as write
from .read_tables import BREACH_HEADER, CIVIL_ORDER_HEADER, PROPERTY_HEADER
from .stranger import custody, prevention, registers
from .stranger.chance import Chance, Someone
from .stranger.prevention import API, PUBLISHED, SNAKE

MONTHS = {
    "2022-11": PUBLISHED,
    "2022-12": SNAKE,
    "2023-03": API,
    "2023-06": PUBLISHED,
    "2023-11": SNAKE,
    "2023-12": API,
}


def write_extract(folder: Path, seed: int, size: int = 60) -> None:
    """Write all ten sources into a new folder: about `size` arrests and as much of the rest.

    Raises ValueError for a size below 20: too few rows for everything to occur.
    """
    if size < 20:
        raise ValueError("size must be at least 20")
    chance = Chance(seed, "extract")
    people = chance.people(size // 2)
    refs = _write_justice(folder, chance, people, size)
    files = registers.property_files(chance, refs, size)
    if seed % 10 == 7:
        numbers = count(700_001)
        rows = [registers.exhibit_row(chance, refs, numbers) | {"quantity": "none"} for _ in range(size // 5 + 11)]
        files["20240129"] += rows
    for day, rows in files.items():
        write_property(folder, day, rows)
    write_register(folder, chance, registers.register_rows(chance, size * 2 // 3))
    write.write_warrants(folder / "warrants" / "warrants_register.xlsx", registers.warrant_rows(chance, size * 2 // 3))
    for day, (contacts, withdrawn) in prevention.safeguarding_returns(chance, people, size).items():
        write.write_return(folder / "safeguarding" / f"safeguarding_{day}.xml", contacts, withdrawn)
    _write_civil_orders(folder, chance, people, size // 2)
    _write_operations(folder, chance, size // 3)
    for month, dialect in MONTHS.items():
        write_police(folder, chance, month, dialect, size // 6)


def _write_justice(folder: Path, chance: Chance, people: list[Someone], size: int) -> list[str]:
    """Custody, case file and courts; gives the custody references."""
    justice = custody.write_justice(chance, people, size)
    records = justice.tables.pop("custody_record")
    write.write_database(folder / "custody.sqlite", {"custody_record": records})
    write.write_database(folder / "case_file.sqlite", justice.tables)
    items = chance.shuffled(justice.hearings)
    pages = [items[start : start + 9] for start in range(0, len(items), 9)]
    if len(pages) > 1 and chance.happens(0.6):
        pages.insert(chance.number(1, len(pages)), pages[0])
    write.write_pages(folder / "courts", pages or [[]])
    return [row["custody_ref"] for row in records if row["custody_ref"]]


def write_property(folder: Path, day: str, rows: list[Any]) -> None:
    path = folder / "property" / f"property_{day}.csv"
    write.write_delimited(path, PROPERTY_HEADER, rows, encoding="cp1252", trailer_off_by=0)


def write_register(folder: Path, chance: Chance, rows: list[Any]) -> None:
    """The register, parts of it hidden as a hand might have left them."""
    looks: dict[str, Any] = {}
    if chance.happens(0.5):
        looks = {
            "hidden_rows": [2, 5],
            "hidden_columns": ["J"],
            "hidden_sheet": [["Ref", "Amount"], ["AR1", 5]],
        }
    write.write_register(folder / "asset_recovery" / "asset_recovery_register.xlsx", rows, **looks)


def _write_civil_orders(folder: Path, chance: Chance, people: list[Someone], size: int) -> None:
    """Two registers: the later one decides, and orders of the earlier one may be gone from it."""
    rows = registers.civil_orders(chance, people, size)
    for day, orders in {"20240122": rows[: size // 2], "20240129": rows[3:]}.items():
        write.write_delimited(folder / "civil_orders" / f"civil_orders_{day}.csv", CIVIL_ORDER_HEADER, orders)
    breaches = registers.order_breaches(chance, [row["order_ref"] for row in rows[: size - 2]], size)
    for day, found in {"20240122": breaches[: size // 2], "20240129": breaches[2:]}.items():
        write.write_delimited(folder / "civil_orders" / f"order_breaches_{day}.csv", BREACH_HEADER, found)


def _write_operations(folder: Path, chance: Chance, size: int) -> None:
    logs = {"operations": prevention.operation_lines, "deployments": prevention.deployment_lines}
    for name, lines in logs.items():
        items = lines(chance, size)
        for day, part in {"20240131": items[: size // 2], "20240203": items[size // 2 :]}.items():
            write.write_lines(folder / "operations" / f"{name}_{day}.jsonl", part)


def write_police(folder: Path, chance: Chance, month: str, dialect: str, size: int) -> None:
    """One month of both kinds of open data, in one dialect."""
    street, stops = write.STREET_HEADER.split(","), write.STOP_HEADER.split(",")
    if dialect == API:
        street, stops = write.STREET_API_HEADER.split(","), write.STOP_API_HEADER.split(",")
    kinds = {
        "street": (street, prevention.street_rows(chance, month, dialect, size)),
        "stop-and-search": (stops, prevention.stop_rows(chance, month, dialect, size)),
    }
    for ending, (header, rows) in kinds.items():
        names = [write.snake_case(name) if dialect == SNAKE else name for name in header]
        cells = [[str(row.get(name, "")) for name in header] for row in rows]
        path = folder / "police_uk" / month / f"{month}-essex-{ending}.csv"
        write.write_delimited(path, names, cells, encoding="utf-8")
