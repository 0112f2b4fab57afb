"""The stranger's custody, case file and courts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from .chance import EXTRACTED_AT, Chance, Someone, instant

SUPPLY = ("MD71171", "MD71007", "MD71230", "md71171")
NOT_SUPPLY = ("MD71001", "TH68010", "MD71210", "XX99999")


@dataclass
class Justice:
    """Rows of the four tables, and the items of the courts' API."""

    tables: dict[str, list[dict[str, Any]]]
    hearings: list[dict[str, Any]] = field(default_factory=list)


def write_justice(chance: Chance, people: list[Someone], size: int) -> Justice:
    """About `size` arrests with what follows from them."""
    names = ("custody_record", "charge", "custody_outcome", "remand_decision")
    justice = Justice({name: [] for name in names})
    numbers = count(1)
    for _ in range(size):
        who = chance.pick(people)
        records = _records(chance, who, numbers)
        justice.tables["custody_record"] += records
        _case(chance, justice, who, records, people, numbers)
    for rows in justice.tables.values():
        rows[0]["updated_at"] = instant(EXTRACTED_AT)  # the newest of every table, so that all watermarks are one
    _revise(chance, justice)
    _spoil(chance, justice, people)
    for table, rows in justice.tables.items():
        justice.tables[table] = chance.shuffled(rows)
    return justice


def _records(chance: Chance, who: Someone, numbers: Iterator[int]) -> list[dict[str, Any]]:
    """One arrest: a record, a chain of transfers, or a record and the day the person answered bail."""
    at = chance.wall_time()
    records = [custody_row(chance, who, at, next(numbers))]
    for _ in range(chance.pick([0, 0, 0, 0, 1, 2])):
        at += timedelta(hours=chance.number(4, 9))
        before = records[-1]["custody_ref"]
        records.append(custody_row(chance, who, at, next(numbers)) | {"transferred_from": before})
        records[-1]["arrest_reason"] = "NEW_OFFENCE"
    if len(records) > 1 and chance.happens(0.2):
        records[0]["record_status"] = "CREATED_IN_ERROR"
    elif chance.happens(0.05):
        records[0]["transferred_from"] = "42ZZ/999999/22"
    later = at + timedelta(days=chance.number(5, 60), seconds=chance.number(1, 50000))
    later = later.replace(hour=12)  # an hour that no clock change touches
    if later < EXTRACTED_AT - timedelta(days=3) and chance.happens(0.3):
        records.append(custody_row(chance, who, later, next(numbers)) | {"arrest_reason": "ANSWER_BAIL"})
    return records


def custody_row(chance: Chance, who: Someone, at: datetime, number: int) -> dict[str, Any]:
    """One custody record of a person arrested at `at`, updated some days later."""
    updated_at = min(at + timedelta(hours=chance.number(2, 200)), EXTRACTED_AT - timedelta(days=2))
    return chance.as_written(who) | {
        "custody_ref": f"42{chance.pick(['CU', 'BA', 'HA'])}/{number:06d}/{at.year % 100}",
        "sex": who.sex,
        "home_postcode": chance.pick(["SS1 1AA", "CM1 1AA", "", None]),
        "arrested_at": at.strftime("%Y-%m-%d %H:%M:%S"),
        "arrest_reason": chance.spelled(chance.pick(["NEW_OFFENCE", "NEW_OFFENCE", "WARRANT", "RECALL"])),
        "arresting_unit": chance.unit(),
        "operation_ref": chance.pick([None, "", "OP0001"]),
        "district_code": chance.district(),
        "lead_offence_code": chance.pick(SUPPLY + NOT_SUPPLY),
        "record_status": chance.spelled("LIVE" if chance.happens(0.94) else "CREATED_IN_ERROR"),
        "transferred_from": None,
        "updated_at": instant(max(updated_at, at + timedelta(hours=1))),
    }


def _case(
    chance: Chance, justice: Justice, who: Someone, records: list[dict[str, Any]], people: list[Someone],
    numbers: Iterator[int],
) -> None:  # fmt: skip
    """What became of one arrest: outcome, charges, remand and hearings."""
    day = datetime.fromisoformat(records[-1]["arrested_at"]).replace(hour=14)
    stamp = instant(min(day + timedelta(days=3), EXTRACTED_AT - timedelta(days=2)))
    ref, number = chance.pick(records)["custody_ref"], next(numbers)
    urn = f"42CY{number:05d}{day.year % 100:02d}"
    common = {"custody_ref": ref, "updated_at": stamp}
    decided = {"decided_at": day.strftime("%Y-%m-%d %H:%M:%S")}
    outcome = {"outcome": chance.pick(["CHARGED", "NFA", "RUI", "OTHER"])}
    justice.tables["custody_outcome"].append(common | decided | outcome)
    for _ in range(chance.pick([0, 1, 1, 2, 3])):
        justice.tables["charge"].append(charge_row(chance, next(numbers), urn, day) | common)
    if chance.happens(0.6):
        remand = {"remand_id": f"RM{next(numbers):06d}", "decided_by": chance.pick(["POLICE", "COURT"])}
        code = {"remand_code": chance.spelled(chance.pick(["PB", "PR", "SA", "LA", "CB", "UB", "NA"]))}
        justice.tables["remand_decision"].append(common | decided | remand | code)
    if chance.happens(0.85):
        justice.hearings += _hearings(chance, who, urn, day, numbers)
    if chance.happens(0.1):
        others = [p for p in people if (p.surname, p.born_on) != (who.surname, who.born_on)]
        justice.hearings += _hearings(chance, chance.pick(others), urn, day, numbers)


def charge_row(chance: Chance, number: int, urn: str, day: datetime) -> dict[str, Any]:
    """One charge; its custody_ref and updated_at are the caller's."""
    return {
        "charge_id": f"CH{number:06d}",
        "urn": urn,
        "offence_code": chance.pick(SUPPLY + NOT_SUPPLY),
        "charged_at": day.strftime("%Y-%m-%d %H:%M:%S"),
        "initiation": chance.spelled(chance.pick("CCCCRS")),
        "status": chance.spelled("LIVE" if chance.happens(0.85) else "WITHDRAWN"),
    }


def _hearings(chance: Chance, who: Someone, urn: str, day: datetime, numbers: Iterator[int]) -> list[dict[str, Any]]:
    """One or two hearings; the second has either custody that is served, or none at all."""
    first = hearing_item(chance, who, urn, day + timedelta(days=chance.number(10, 120)), next(numbers))
    if not chance.happens(0.25):
        return [first]
    later = datetime.fromisoformat(first["hearing_date"]) + timedelta(days=chance.number(1, 60))
    second = hearing_item(chance, who, urn, later, next(numbers))
    served = court_result(chance, 1) | {"result_code": "1002", "qualifier": None}
    second["results"] = [served | {"duration": {"value": chance.number(1, 60), "unit": "M"}}]
    if chance.happens(0.4):
        second["results"][0] |= {"result_code": "1015", "duration": None}
    return [first, second]


def hearing_item(chance: Chance, who: Someone, urn: str, on: datetime, number: int) -> dict[str, Any]:
    """One item of the API, with one to four results."""
    return {
        "hearing_id": f"H{number:06d}",
        "urn": urn,
        "court": chance.pick(["Chelmsford Crown Court", "Basildon Crown Court", None]),
        "hearing_date": on.date().isoformat(),
        "updated_at": instant(on.replace(hour=17)),
        "deleted": False,
        "defendant": {"defendant_id": f"D{number:06d}", **chance.as_written(who)},
        "results": [court_result(chance, n) for n in range(1, chance.number(2, 5))],
    }


def court_result(chance: Chance, number: int) -> dict[str, Any]:
    """A result: served, suspended, indeterminate or no custody; terms in every unit."""
    code = chance.pick(["1002"] * 6 + ["1007", "1022", "1081", "1162", "1507", "1003", "4064", "4065"])
    duration: dict[str, Any] | None = {"value": chance.number(1, 40), "unit": chance.pick("YMMMMWD")}
    qualifier = chance.pick([None, None, None, "C", "F", "F", "c", "S"])
    if chance.happens(0.06):
        duration = {"value": chance.pick([None, 999]), "unit": "L"}
        qualifier = None
    elif chance.happens(0.2):
        code = chance.pick(["1115", "1134", "1510", "3070", "1015"])
        duration = None if code == "1015" else duration
    return {
        "result_id": f"R{number}",
        "offence_code": chance.pick(SUPPLY + SUPPLY + NOT_SUPPLY),
        "result_code": code,
        "qualifier": qualifier,
        "duration": duration,
        "secondary_duration": {"value": 24, "unit": "M"} if qualifier == "S" else None,
        "text": chance.pick([None, "", "Recorded in open court"]),
    }


def _revise(chance: Chance, justice: Justice) -> None:
    """Earlier versions of some rows that the standing one supersedes, and exact duplicates."""
    changes = {
        "custody_record": {"arresting_unit": "RAPTOR_NORTH", "record_status": "LIVE"},
        "charge": {"status": "LIVE", "initiation": "C"},
        "custody_outcome": {"outcome": "RUI"},
        "remand_decision": {"remand_code": "PB"},
    }
    for table, change in changes.items():
        rows = justice.tables[table]
        rows += [row | change | {"updated_at": _just_before(row)} for row in chance.some(rows, 4)]
        rows += [dict(row) for row in chance.some(rows, 3)]
    listed = list(justice.hearings)
    for item in chance.some(listed, 5):
        earlier = hearing_item(chance, chance.people(1)[0], item["urn"], datetime(2023, 1, 1), 0)
        changed = {"results": earlier["results"], "updated_at": "2022-01-01T00:00:00Z"}
        justice.hearings.append(item | changed)
    for item in chance.some(listed, 2):
        justice.hearings.append(item | {"deleted": True, "updated_at": "2024-02-03T00:00:00Z"})


def _just_before(row: dict[str, Any]) -> str:
    """A minute before the row's own update, yet after an arrest that came at least an hour before it."""
    return instant(datetime.strptime(row["updated_at"], "%Y-%m-%dT%H:%M:%SZ") - timedelta(minutes=1))


def _spoil(chance: Chance, justice: Justice, people: list[Someone]) -> None:
    """A few more rows that are held, withheld or of unknown codes: too few to hold a delivery."""
    custody = justice.tables["custody_record"]
    bad: list[dict[str, Any]] = [
        {"surname": " "},
        {"arrested_at": "2023-03-26 01:30:00"},
        {"arrested_at": "12/06/2023 10:00"},
        {"updated_at": "2020-01-01T00:00:00Z"},
        {"custody_ref": "42CU-000001-23"},
        {"lead_offence_code": None},
    ]
    odd: list[dict[str, Any]] = [{"arrest_reason": "VOLUNTARY"}, {"record_status": "ARCHIVED"}, {"sex": "X"}]
    withheld: list[dict[str, Any]] = [
        # Without a postcode either: name and postcode can tell who it is.
        {"date_of_birth": day, "home_postcode": None}
        for day in ("2020-05-05", "1990-02-30")
    ]
    changes = chance.some(bad, 4) + chance.some(odd, 3) + chance.some(withheld, 2)
    for number, change in enumerate(changes, start=900_001):
        custody.append(custody_row(chance, chance.pick(people), datetime(2023, 6, 12, 10), number) | change)
    if chance.happens(0.5):
        custody.append(chance.pick(custody[1:]) | {"lead_offence_code": "ZZ00000"})  # conflicts with its equal
    charge_changes: list[dict[str, Any]] = [{"urn": "42CY123"}, {"charged_at": ""}, {"status": "STAYED"}]
    for number, change in enumerate(chance.some(charge_changes, 3), start=900_001):
        common = {"custody_ref": custody[0]["custody_ref"], "updated_at": "2023-07-01T00:00:00Z"}
        row = charge_row(chance, number, "42CY9999923", datetime(2023, 6, 13, 10))
        justice.tables["charge"].append(row | common | change)
    if chance.happens(0.5):
        item = hearing_item(chance, chance.pick(people), "42CY9999923", datetime(2023, 7, 1), 900_001)
        missing = {"result_code": "1002", "duration": None, "qualifier": None}
        justice.hearings.append(item | {"results": [court_result(chance, 1) | missing]})
