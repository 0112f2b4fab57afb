"""The stranger's property store, money and warrant registers, and civil orders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from ..values import add_months
from .chance import Chance, Someone

WEAPONS = (
    "KNIFE",
    "KNIFE",
    "MACHETE",
    "ZOMBIE_KNIFE",
    "SWORD",
    "OTHER_BLADE",
    "FIREARM",
    "IMITATION_FIREARM",
    "AIR_WEAPON",
    "TASER_OR_CS",
    "BAT_OR_BAR",
    "KNUCKLEDUSTER",
    "OTHER_WEAPON",
    "AMMUNITION",
)
DRUGS = ("CRACK", "HEROIN", "COCAINE", "MDMA", "CANNABIS", "SPICE", "OTHER_A", "OTHER_B", "OTHER_C")
STATUSES = ("HELD", "HELD", "HELD", "RETURNED", "DESTROYED", "AMNESTY", "CREATED_IN_ERROR")


def property_files(chance: Chance, custody_refs: list[str], size: int) -> dict[str, list[Any]]:
    """Weekly files by their date; revisions and redelivered rows come in later ones."""
    numbers = count(1)
    files: dict[str, list[Any]] = {day: [] for day in ("20240108", "20240115", "20240122", "20240129")}
    days = list(files)
    for _ in range(size):
        row = exhibit_row(chance, custody_refs, numbers)
        week = chance.number(0, len(days) - 1)
        files[days[week]].append(row)
        if chance.happens(0.15):
            other = row | {"revision": chance.number(1, 2) * 2, "quantity": str(chance.number(1, 9))}
            files[days[chance.number(week, len(days) - 1)]].append(other)
        if chance.happens(0.1):
            files[days[chance.number(week, len(days) - 1)]].append(dict(row))
    _spoil_property(chance, files[days[-1]], numbers)
    return files


def exhibit_row(chance: Chance, custody_refs: list[str], numbers: Iterator[int]) -> dict[str, Any]:
    """One exhibit at revision 3: an even revision is another version of it, never an equal one."""
    drug = chance.happens(0.6)
    what = _drug(chance) if drug else _weapon(chance)
    at = chance.wall_time()
    return {
        "exhibit_ref": f"EX{next(numbers):06d}",
        "seized_at": at.strftime("%d/%m/%Y %H:%M"),
        "unit_code": chance.unit(),
        "operation_ref": chance.pick(["", "", "OP0001", "OP0002"]),
        "custody_ref": chance.pick(custody_refs) if chance.happens(0.6) else "",
        "district_code": chance.district(),
        "description": chance.pick(["", "Found in café, “sealed”", "Blade,\r\nwith sheath", "O’Fennick’s bag"]),
        "status": chance.spelled(chance.pick(STATUSES)),
        "revision": 3,
        **what,
    }


def _weapon(chance: Chance) -> dict[str, Any]:
    category = chance.pick(["WEAPON", "WEAPON", "WEAPON", "CASH", "PHONE", "OTHER"])
    item_type = chance.pick(WEAPONS) if category == "WEAPON" else ""
    item = {"quantity": str(chance.number(1, 4)), "unit_of_measure": "ITEM"}
    return {"category": chance.spelled(category), "item_type": item_type, "drug": "", **item}


def _drug(chance: Chance) -> dict[str, Any]:
    unit = chance.pick(["G", "G", "KG", "MG", "OZ", "TABLET", "WRAP", "PLANT", "ML"])
    amount = str(chance.number(1, 60)) if unit in ("TABLET", "WRAP", "PLANT") else f"{chance.number(1, 900)}.5"
    if unit == "KG":
        amount = f"0.{chance.number(1, 999):03d}"
    row = {"quantity": amount, "unit_of_measure": chance.spelled(unit), "drug": chance.pick(DRUGS)}
    if unit != "ML" and chance.happens(0.3):
        row |= {"lab_quantity": f"{chance.number(1, 80)}.25", "lab_unit": chance.pick(["G", "G", "MG", "OZ"])}
    return {"category": "DRUG", "item_type": "", **row}


def _spoil_property(chance: Chance, rows: list[Any], numbers: Iterator[int]) -> None:
    bad: list[dict[str, Any]] = [
        {"seized_at": "26/03/2023 01:30"},
        {"seized_at": "2023-06-01 10:00"},
        {"quantity": "0"},
        {"quantity": "1,5"},
        {"unit_code": ""},
        {"revision": "two"},
        {"category": "WEAPON", "item_type": "", "unit_of_measure": "ITEM"},
        {"unit_of_measure": "TABLET", "quantity": "2.5"},
    ]
    odd: list[dict[str, Any]] = [
        {"category": "WEAPON", "item_type": "CROSSBOW", "quantity": "1", "unit_of_measure": "ITEM"},
        {"status": "ON_LOAN"}, {"lab_quantity": "12g"},
    ]  # fmt: skip
    for change in chance.some(bad, 5) + chance.some(odd, 3):
        rows.append(exhibit_row(chance, ["42CU/999999/23"], numbers) | change)
    if chance.happens(0.5):
        row = exhibit_row(chance, ["42CU/999999/23"], numbers)
        rows += [row, row | {"description": "said otherwise"}]
    if chance.happens(0.5):
        rows.append([f"EX{next(numbers):06d}", "15/06/2023 12:00", "RAPTOR_NORTH"])


def register_rows(chance: Chance, size: int) -> list[Any]:
    """Rows of the asset recovery register, a closing TOTAL now and then."""
    rows: list[Any] = [register_row(chance, number) for number in range(1, size + 1)]
    rows += [row | {"Date": chance.day() + timedelta(days=800), "Amount": 50} for row in chance.some(rows, 5)]
    rows += [dict(row) for row in chance.some(rows, 3)]
    bad: list[dict[str, Any]] = [
        {"Date": "2023-06-15"}, {"Date": 45092}, {"Amount": -1}, {"Amount": "approx"}, {"Ref": None},
        {"Currency": "EUR", "GBP amount": None}, {"Stage": None},
    ]  # fmt: skip
    spoils = chance.some(bad, 4) + chance.some([{"Stage": "FROZEN"}, {"Power": "COMMON_LAW"}], 2)
    rows += [register_row(chance, size + n) | change for n, change in enumerate(spoils, start=1)]
    if chance.happens(0.5):
        row = register_row(chance, size + 90) | {"Amount": 10}
        rows += [row, row | {"Amount": 20}]
    if chance.happens(0.5):
        rows.append({"Ref": "TOTAL", "Amount": 123456})
    return rows


def register_row(chance: Chance, number: int) -> dict[str, Any]:
    """One register row, with date and amount cells of either kind."""
    currency = chance.pick(["GBP", "GBP", "GBP", "gbp", "EUR", "USD"])
    amount = chance.number(0, 900_000)
    stages = [
        "SEIZED",
        "SEIZED",
        "DETAINED",
        "FORFEITED",
        "RETURNED",
        "CONFISCATION_ORDERED",
        "CONFISCATION_PAID",
    ]
    return {
        "Ref": f"AR{number:04d}",
        "Date": _cell(chance, chance.day()),
        "Unit": chance.unit(),
        "Operation": chance.pick([None, "OP0001"]),
        "Power": chance.pick(["POCA_S294", "PACE_S19", "POCA_S6", "AFO", None]),
        "Stage": chance.spelled(chance.pick(stages)),
        "Amount": f"£{amount // 100:,}.{amount % 100:02d}" if chance.happens(0.3) else amount / 100,
        "Currency": currency,
        "GBP amount": chance.number(1, 5000) if currency in ("EUR", "USD") else chance.pick([None, 77]),
        "Notes": chance.pick([None, "Till, back room"]),
    }


def _cell(chance: Chance, day: date) -> Any:
    """A real date cell, or the text a hand would type."""
    if chance.happens(0.35):
        return day.strftime("%d/%m/%Y")
    return datetime(day.year, day.month, day.day)


def warrant_rows(chance: Chance, size: int) -> list[Any]:
    """Rows of the warrants register, many at the limit of their authority."""
    rows: list[Any] = [warrant_row(chance, number) for number in range(1, size + 1)]
    rows += [dict(row) for row in chance.some(rows, 3)]
    bad: list[dict[str, Any]] = [
        {"Issued": "soon"}, {"Executed": None, "Status": "EXECUTED"}, {"Unit": " "}, {"Issued": 45092},
        {"Issued": date(2023, 1, 31), "Executed": date(2023, 3, 1), "Power": "MDA_S23", "Status": "EXECUTED"},
        {"Issued": date(2023, 5, 2), "Executed": date(2023, 5, 1), "Status": "EXECUTED"},
    ]  # fmt: skip
    spoils = chance.some(bad, 4) + chance.some([{"Status": "SIGNED"}, {"Result": "MAYBE"}], 2)
    rows += [warrant_row(chance, size + n) | change for n, change in enumerate(spoils, start=1)]
    if chance.happens(0.5):
        row = warrant_row(chance, size + 90)
        rows += [row, row | {"Premises Ref": "PR999"}]
    return rows


def warrant_row(chance: Chance, number: int) -> dict[str, Any]:
    """One warrant, executed within its authority or not executed."""
    power = chance.pick(["MDA_S23", "MDA_S23", "PACE_S8", "FIREARMS_S46", "POCA_S352", "THEFT_S26"])
    issued = chance.pick([date(2023, 1, 31), chance.day(), chance.day()])
    last = add_months(issued, 1 if power == "MDA_S23" else 3)
    executed = chance.pick([issued, last, issued + timedelta(days=chance.number(0, (last - issued).days))])
    status = chance.pick(["EXECUTED", "EXECUTED", "EXECUTED", "ISSUED", "EXPIRED", "CANCELLED", "REFUSED"])
    return {
        "Warrant No": f"SW{number:04d}",
        "Power": chance.spelled(power),
        "Issued": _cell(chance, issued),
        "Executed": _cell(chance, executed) if status == "EXECUTED" else None,
        "Result": chance.pick(["POSITIVE", "NEGATIVE", None]) if status == "EXECUTED" else None,
        "Premises Ref": f"PR{chance.number(1, 30):03d}",
        "District": chance.district(),
        "Unit": chance.unit(),
        "Operation": chance.pick([None, "OP0001"]),
        "Status": chance.spelled(status),
    }


def civil_orders(chance: Chance, people: list[Someone], size: int) -> list[Any]:
    """Rows of the civil orders register, many at the statutory limits."""
    rows: list[Any] = [order_row(chance, chance.pick(people), number) for number in range(1, size + 1)]
    rows += [dict(row) for row in chance.some(rows, 2)]
    young = {"order_type": "GANG_INJUNCTION", "granted_on": "2023-10-04", "date_of_birth": "2009-10-05"}
    short = {"order_type": "STRO", "stage": "FINAL", "granted_on": "2023-11-07", "expires_on": "2025-11-05"}
    bad: list[dict[str, Any]] = [
        young | {"status": "GRANTED"},
        short | {"status": "GRANTED"},
        {"granted_on": "07/11/2023"},
        {"unit_code": ""},
    ]
    at_limit = [
        young | {"status": "GRANTED", "date_of_birth": "2009-10-04"},
        short | {"status": "DISCHARGED"},
        short | {"status": "GRANTED", "expires_on": "2025-11-06"},
        young | {"status": "GRANTED", "date_of_birth": ""},
        {"status": "APPEALED"},
        {"order_type": "ASBO"},
    ]
    changes = chance.some(bad, 3) + chance.some(at_limit, 6)
    someone = chance.people(len(changes))
    rows += [order_row(chance, who, size + n) | c for n, (who, c) in enumerate(zip(someone, changes, strict=True), 1)]
    if chance.happens(0.4):
        row = order_row(chance, chance.pick(people), size + 90)
        rows += [row, row | {"court": "another"}]
    return rows


def order_row(chance: Chance, who: Someone, number: int) -> dict[str, Any]:
    """One order that meets its statutory rules: respondents of gang injunctions are at least 14."""
    granted = chance.day()
    order_type = chance.pick(["GANG_INJUNCTION", "GANG_INJUNCTION", "STRO", "STRO", "STPO", "CBO", "SCPO", "KCPO"])
    if order_type == "GANG_INJUNCTION" and who.born_on > date(2008, 1, 1):
        order_type = "CBO"
    months = 60 if order_type == "STPO" else chance.pick([24, 36, 60])
    return chance.as_written(who) | {
        "order_ref": f"CO{number:04d}",
        "order_type": chance.spelled(order_type),
        "stage": chance.spelled(chance.pick(["FINAL", "FINAL", "INTERIM"])),
        "status": chance.spelled(chance.pick(["GRANTED", "GRANTED", "DISCHARGED", "REFUSED"])),
        "granted_on": granted.isoformat(),
        "expires_on": chance.pick(["", (add_months(granted, months) - timedelta(days=1)).isoformat()]),
        "court": chance.pick(["Chelmsford County Court", ""]),
        "district_code": chance.district(),
        "unit_code": chance.unit(),
        "operation_ref": "",
    }


def order_breaches(chance: Chance, order_refs: list[str], size: int) -> list[Any]:
    """Breaches of those orders, one of an order that nobody knows."""
    rows: list[Any] = [
        {
            "breach_ref": f"BR{number:04d}",
            "order_ref": chance.pick([*order_refs, "CO9999"]),
            "breached_on": chance.day().isoformat(),
            "outcome": chance.spelled(chance.pick(["ARRESTED", "CHARGED", "NFA"])),
        }
        for number in range(1, size + 1)
    ]
    rows += [dict(row) for row in chance.some(rows, 2)]
    return rows
