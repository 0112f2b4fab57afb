"""The folder of the night after: what came new, changed, corrected, withdrawn, again, late or back-dated."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl

from . import folder as write
from .extract import write_police, write_property
from .read_tables import BREACH_HEADER, CIVIL_ORDER_HEADER, REGISTER_HEADER, TABLES, WARRANT_HEADER
from .stranger import custody, prevention, registers
from .stranger.chance import Chance, Someone, instant
from .stranger.prevention import PUBLISHED

FIRST_NEW_DAY = date(2024, 9, 1)  # after every date of the first folder's versions
CORRECTIONS: dict[str, list[dict[str, str]]] = {
    "custody_record": [
        {"record_status": "CREATED_IN_ERROR"},
        {"arresting_unit": "LPT_BASILDON"},
        {"arresting_unit": "SVU_HQ"},
        {"surname": ""},
        {"arrest_reason": "RECALL"},
    ],
    "charge": [{"status": "WITHDRAWN"}, {"status": "LIVE"}, {"initiation": "C"}, {"offence_code": " "}],
    "custody_outcome": [{"outcome": "NFA"}],
    "remand_decision": [{"remand_code": "PB"}, {"remand_code": "UB"}],
}


def write_next_night(previous: Path, folder: Path, seed: int) -> None:
    """Write the whole folder of the next night after `previous` (which is left as it is)."""
    shutil.copytree(previous, folder)
    chance = Chance(seed, "night")
    people = chance.people(12)
    night = len(list((folder / "property").glob("property_2024[01][89]*.csv")))
    on = FIRST_NEW_DAY + timedelta(days=7 * night)
    start = 100_000 * (night + 1)
    refs = _custody(folder, chance, people, on, start, spoiled=seed % 10 == 3)
    _case_file(folder, chance, refs, on, start)
    _courts(folder, chance, people, on, start)
    _property(folder, chance, refs, on, start)
    _register(folder, chance, start)
    _warrants(folder, chance, start)
    _safeguarding(folder, chance, people, on, start)
    _civil_orders(folder, chance, people, on, start)
    _operations(folder, chance, on, start)
    for month in chance.some(["2023-06", "2023-08", "2022-12"], 3):
        write_police(folder, chance, month, PUBLISHED, 12)


def _stamp(on: date) -> str:
    return instant(datetime(on.year, on.month, on.day, 20))


def _urn(start: int, number: int) -> str:
    """The URN of the night's n-th new person: their charge and their hearing share it."""
    return f"42NT{start // 1000 + number:05d}23"


def _change(path: Path, table: str, chance: Chance, on: date, new: list[dict[str, Any]]) -> None:
    """Correct some rows of a table in place, under a newer `updated_at`, and add new ones."""
    columns = TABLES[table]
    with closing(sqlite3.connect(path)) as connection, connection:
        found = connection.execute(f"SELECT min(rowid) FROM {table} GROUP BY {columns[0]} ORDER BY 1")
        numbers = [row[0] for row in found]  # one row of each key: two changes of one key would conflict
        for number in chance.some(numbers, 8):
            change = chance.pick(CORRECTIONS[table]) | {"updated_at": _stamp(on)}
            parts = ", ".join(f"{column} = ?" for column in change)
            connection.execute(f"UPDATE {table} SET {parts} WHERE rowid = ?", [*change.values(), number])
        for number in chance.some(numbers, 2):
            connection.execute(f"DELETE FROM {table} WHERE rowid = ?", [number])  # weeded: no withdrawal
        marks = ", ".join("?" * len(columns))
        rows = [[row.get(column) for column in columns] for row in new]
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _custody(folder: Path, chance: Chance, people: list[Someone], on: date, start: int, *, spoiled: bool) -> list[str]:
    """New records, one with the watermark's own instant less 23 hours, one too old to be read."""
    new = [custody.custody_row(chance, people[n], chance.wall_time(), start + n) for n in range(9)]
    for row in new:
        row["updated_at"] = _stamp(on)
    with closing(sqlite3.connect(folder / "custody.sqlite")) as connection:
        latest = connection.execute("SELECT max(updated_at) FROM custody_record").fetchone()[0]
    watermark = datetime.strptime(latest, "%Y-%m-%dT%H:%M:%SZ")
    new[1]["updated_at"] = latest
    new[2]["updated_at"] = instant(watermark - timedelta(hours=23))
    new[3]["updated_at"] = instant(watermark - timedelta(days=9))
    if spoiled:
        new += [row | {"custody_ref": f"42XX/{n:06d}/23", "surname": ""} for n in range(3) for row in new[4:9]]
    _change(folder / "custody.sqlite", "custody_record", chance, on, new)
    return [row["custody_ref"] for row in new]


def _case_file(folder: Path, chance: Chance, refs: list[str], on: date, start: int) -> None:
    common = {"updated_at": _stamp(on)}
    day = datetime(2023, 10, 2, 11)
    charges = [
        custody.charge_row(chance, start + n, _urn(start, n), day) | common | {"custody_ref": ref}
        for n, ref in enumerate(refs[:7])
    ]
    decided = common | {"decided_at": "2023-10-02 11:00:00"}
    remands = [
        decided | {"remand_id": f"RM{start + n}", "custody_ref": r, "decided_by": "COURT", "remand_code": "PR"}
        for n, r in enumerate(refs[:5])
    ]
    outcomes = [decided | {"custody_ref": ref, "outcome": "CHARGED"} for ref in refs[:7]]
    new = {"charge": charges, "custody_outcome": outcomes, "remand_decision": remands}
    for table, rows in new.items():
        _change(folder / "case_file.sqlite", table, chance, on, rows)


def _courts(folder: Path, chance: Chance, people: list[Someone], on: date, start: int) -> None:
    """A pull of what changed: most hearings of the night before are not on it, and are not withdrawn by
    that."""
    pages = sorted((folder / "courts").glob("*.json"))
    items = [item for page in pages for item in json.loads(page.read_bytes())["items"]]
    known = list({item["hearing_id"]: item for item in items}.values())
    changed = chance.some(known, 6)
    pull: list[dict[str, Any]] = [dict(item) for item in changed[:2]]
    for number, item in enumerate(changed[2:]):
        served = custody.court_result(chance, 1) | {"result_code": "1002", "qualifier": None}
        results = [served | {"duration": {"value": 7 + number, "unit": "M"}}]
        later = {"updated_at": _stamp(on), "deleted": number == 3}
        pull.append(item | later | ({} if number == 3 else {"results": results}))
    for number in range(4):
        at = datetime(2023, 11, 28) + timedelta(days=number)
        item = custody.hearing_item(chance, people[number], _urn(start, number), at, start + number)
        pull.append(item | {"updated_at": _stamp(on)})
    for page in pages:
        page.unlink()
    write.write_pages(folder / "courts", [pull[:4], pull[4:], pull[:4]])


def _property(folder: Path, chance: Chance, refs: list[str], on: date, start: int) -> None:
    """A new weekly file: new exhibits, and revisions above and below those of the exhibits of the first
    night."""
    numbers = count(start)
    rows: list[Any] = [registers.exhibit_row(chance, refs, numbers) for _ in range(12)]
    for number in chance.some(range(1, 40), 6):
        row = registers.exhibit_row(chance, refs, numbers)
        rows.append(row | {"exhibit_ref": f"EX{number:06d}", "revision": chance.pick([1, 5 + start // 100_000])})
    write_property(folder, on.strftime("%Y%m%d"), rows)
    oldest = min((folder / "property").glob("*.csv"))
    if chance.happens(0.4):
        oldest.unlink()  # an incremental source's file that has gone takes nothing with it
    elif chance.happens(0.5):
        shutil.copy(oldest, folder / "property" / f"property_{on + timedelta(days=1):%Y%m%d}.csv")


def _sheet_rows(path: Path, first: int, header: tuple[str, ...]) -> list[dict[str, Any]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = [row[: len(header)] for row in sheet.iter_rows(min_row=first, values_only=True)]
    return [dict(zip(header, row, strict=True)) for row in rows if row[0] != "TOTAL"]


def _register(folder: Path, chance: Chance, start: int) -> None:
    """The register of the next day: a row struck out, an amount put right, new rows."""
    path = folder / "asset_recovery" / "asset_recovery_register.xlsx"
    rows = chance.shuffled(_sheet_rows(path, 4, REGISTER_HEADER))[2:]
    rows = [_put_right(row, chance) if number < 3 and _is_only(row, rows) else row for number, row in enumerate(rows)]
    rows += [registers.register_row(chance, start + number) for number in range(5)]
    write.write_register(path, rows)


def _is_only(row: dict[str, Any], rows: list[dict[str, Any]]) -> bool:
    """Whether no other row has its reference: a change of one of two equal rows would make a conflict."""
    reference = next(iter(row))
    return [other[reference] for other in rows].count(row[reference]) == 1


def _put_right(row: dict[str, Any], chance: Chance) -> dict[str, Any]:
    return row | {"Amount": chance.number(1, 500)}


def _warrants(folder: Path, chance: Chance, start: int) -> None:
    path = folder / "warrants" / "warrants_register.xlsx"
    rows = chance.shuffled(_sheet_rows(path, 2, WARRANT_HEADER))[2:]
    if _is_only(rows[0], rows):
        rows[0] = rows[0] | {"Status": "CANCELLED", "Executed": None}
    rows += [registers.warrant_row(chance, start + number) for number in range(5)]
    write.write_warrants(path, rows)


def _safeguarding(folder: Path, chance: Chance, people: list[Someone], on: date, start: int) -> None:
    """New contacts, new and old versions of known ones, withdrawals of known and of coming ones."""
    contacts = [prevention.contact_row(chance, chance.pick(people), f"SG{start + n}") for n in range(8)]
    for number in chance.some(range(1, 40), 6):
        row = prevention.contact_row(chance, chance.pick(people), f"SG{number:06d}")
        contacts.append(row | {"version": chance.pick([0, 11 + start // 100_000])})
    withdrawn = [f"SG{chance.number(1, 40):06d}", f"SG{start + chance.number(0, 7)}"]
    write.write_return(folder / "safeguarding" / f"safeguarding_{on:%Y%m%d}.xml", contacts, withdrawn)


def _civil_orders(folder: Path, chance: Chance, people: list[Someone], on: date, start: int) -> None:
    """A later register: some orders gone, one back from the oldest, one changed, new ones."""
    paths = sorted((folder / "civil_orders").glob("civil_orders_*.csv"))
    older, latest = (_orders(path) for path in (paths[0], paths[-1]))
    known = {row["order_ref"] for row in latest}
    rows: list[Any] = latest[2:] + [row for row in older if row["order_ref"] not in known][:1]
    rows[0] = rows[0] | {"status": "REFUSED"}
    rows += [registers.order_row(chance, chance.pick(people), start + number) for number in range(5)]
    write.write_delimited(folder / "civil_orders" / f"civil_orders_{on:%Y%m%d}.csv", CIVIL_ORDER_HEADER, rows)
    refs = [row["order_ref"] for row in rows]
    breaches = registers.order_breaches(chance, refs, 12)
    write.write_delimited(folder / "civil_orders" / f"order_breaches_{on:%Y%m%d}.csv", BREACH_HEADER, breaches)


def _orders(path: Path) -> list[dict[str, Any]]:
    lines = path.read_bytes().decode("utf-8-sig").split("\r\n")[1:-1]
    return [dict(zip(CIVIL_ORDER_HEADER, line.split(","), strict=True)) for line in lines]


def _operations(folder: Path, chance: Chance, on: date, start: int) -> None:
    """Newer versions, versions older than what stands, and new records."""
    stamps = [_stamp(on), "2022-08-01T00:00:00Z"]
    operations = [prevention.operation_item(chance, number) for number in chance.some(range(1, 15), 5)]
    deployments = [prevention.deployment_item(chance, number) for number in chance.some(range(1, 15), 5)]
    for item in operations + deployments:
        item["updated_at"] = chance.pick(stamps)
    operations += [prevention.operation_item(chance, start + number) for number in range(3)]
    deployments += [prevention.deployment_item(chance, start + number) for number in range(3)]
    write.write_lines(folder / "operations" / f"operations_{on:%Y%m%d}.jsonl", operations)
    write.write_lines(folder / "operations" / f"deployments_{on:%Y%m%d}.jsonl", deployments)
