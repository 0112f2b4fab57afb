"""The stranger's safeguarding returns, operations log and open data."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .chance import EXTRACTED_AT, Chance, Someone, instant


def safeguarding_returns(
    chance: Chance, people: list[Someone], size: int
) -> dict[str, tuple[list[dict[str, Any]], list[str]]]:
    """Contacts and withdrawals by the date of the daily return, days without any among them."""
    days = [(date(2024, 1, 8) + timedelta(days=n)).strftime("%Y%m%d") for n in range(21)]
    returns: dict[str, tuple[list[dict[str, Any]], list[str]]] = {day: ([], []) for day in days}
    busy = days[:-3]
    for number in range(1, size + 1):
        row = contact_row(chance, chance.pick(people), f"SG{number:06d}")
        versions = [row, row | {"version": chance.pick([2, 10]), "outcome": "REFERRED"}] if number % 7 == 0 else [row]
        for version in chance.shuffled(versions):
            returns[chance.pick(busy)][0].append(version)
        if chance.happens(0.08):
            returns[chance.pick(busy)][0].append(dict(row))
    for number, row in enumerate(_odd_contacts(chance), start=1):
        returns[busy[-1]][0].append(row | {"id": f"SG9{number:05d}"})
    for _ in range(2):
        returns[chance.pick(busy)][1].append(f"SG{chance.number(1, size):06d}")
    for who in chance.people(2):
        _disputed_birthday(chance, who, returns[busy[0]][0])
    return returns


def _disputed_birthday(chance: Chance, who: Someone, contacts: list[dict[str, Any]]) -> None:
    """Three contacts of one PNC id, one of them with another date of birth."""
    if who.pnc_id is None:
        return
    for number in range(3):
        row = contact_row(chance, who, f"SGX{who.pnc_id[5:12]}{number}") | {
            "pnc_id": who.pnc_id,
            "unit": "SVU_PPP",
        }
        contacts.append(row | ({"date_of_birth": "2009-09-09"} if number == 0 else {}))


def _odd_contacts(chance: Chance) -> list[dict[str, Any]]:
    bad: list[dict[str, Any]] = [
        {"contacted_on": "31/05/2023"}, {"kind": None}, {"version": "one"}, {"unit": ""},
    ]  # fmt: skip
    odd: list[dict[str, Any]] = [
        {"date_of_birth": "2010-02-30", "postcode": None},
        {"forenames": None},
        {"outcome": "ONGOING"},
        {"kind": "CUCKOOING_VISIT"},
        {"date_of_birth": None, "postcode": None},
    ]
    changes = chance.some(bad, 3) + chance.some(odd, 5)
    return [contact_row(chance, who, "") | c for who, c in zip(chance.people(len(changes)), changes, strict=True)]


def contact_row(chance: Chance, who: Someone, ref: str) -> dict[str, Any]:
    """One contact, version 1."""
    kind = chance.pick(["CHILD_REFERRAL", "ADULT_REFERRAL", "NRM_REFERRAL", "CUCKOOING_VISIT", "ENGAGEMENT"])
    return chance.as_written(who) | {
        "id": ref,
        "version": 1,
        "sex": who.sex,
        "postcode": chance.pick([None, "SS1 1AA"]),
        "contacted_on": chance.day().isoformat(),
        "unit": chance.unit(),
        "district_code": chance.district(),
        "operation": None,
        "kind": chance.spelled(kind),
        "outcome": chance.spelled(chance.pick(["SAFEGUARDED", "SAFEGUARDED", "REFERRED", "ENGAGED", "NO_TRACE"])),
        "partner": chance.pick(["SOCIAL_CARE", None, "EARLY <HELP> & CO"]),
        "premises_ref": f"PR{chance.number(1, 9):03d}" if kind == "CUCKOOING_VISIT" else None,
    }


def operation_lines(chance: Chance, size: int) -> list[Any]:
    """Operations, some in two versions, a line that is no JSON now and then."""
    items: list[Any] = [operation_item(chance, number) for number in range(1, size + 1)]
    for item in chance.some(items, 3):
        items.append(item | {"closed_on": "2023-01-15", "updated_at": "2022-09-01T00:00:00Z"})
    items += [dict(item) for item in chance.some(items, 2)]
    items += [operation_item(chance, size + 1) | {"opened_on": None}] if chance.happens(0.5) else []
    items = chance.shuffled(items)
    return items + (['{"operation_ref": "OP9999", '] if chance.happens(0.5) else [])


def operation_item(chance: Chance, number: int) -> dict[str, Any]:
    """One operation, most of them drug lines."""
    closed = chance.day().isoformat() if chance.happens(0.7) else None
    return {
        "operation_ref": f"OP{number:04d}",
        "name": chance.pick(["Larkspur", "Teasel", "Yarrow"]),
        "kind": chance.spelled(chance.pick(["DRUG_LINE", "DRUG_LINE", "DEPLOYMENT_SERIES", "OTHER"])),
        "line_name": chance.pick([None, "KASH", "DAISY"]),
        "opened_on": "2022-06-01",
        "closed_on": closed,
        "closure": chance.pick(["TYPE_1", "TYPE_2", None]) if closed else None,
        "updated_at": instant(EXTRACTED_AT - timedelta(hours=chance.number(1, 900))),
    }


def deployment_lines(chance: Chance, size: int) -> list[Any]:
    """Deployments, many of their counts not known."""
    items: list[Any] = [deployment_item(chance, number) for number in range(1, size + 1)]
    for item in chance.some(items, 3):
        items.append(item | {"leaflets": 5000, "updated_at": "2022-09-01T00:00:00Z"})
    items += [dict(item) for item in chance.some(items, 2)]
    bad: list[dict[str, Any]] = [{"unit_code": None}, {"started_on": "2023-02-30"}, {"leaflets": "many"}]
    changes = chance.some(bad, 3)
    return items + [deployment_item(chance, size + n) | change for n, change in enumerate(changes, start=1)]


def deployment_item(chance: Chance, number: int) -> dict[str, Any]:
    """One deployment, most of them of BUMBLE."""
    started = chance.day()
    item: dict[str, Any] = {
        "deployment_ref": f"DP{number:04d}",
        "operation_name": chance.pick(["BUMBLE", "BUMBLE", "HORNET"]),
        "started_on": started.isoformat(),
        "ended_on": (started + timedelta(days=chance.number(0, 9))).isoformat(),
        "place": chance.pick(["Stansted Airport", "Basildon bus station", None]),
        "district_code": chance.district(),
        "unit_code": chance.unit(),
        "leaflets_estimated": chance.pick([True, False, None]),
        "passengers_estimated": chance.pick([True, False, None]),
        "updated_at": instant(EXTRACTED_AT - timedelta(hours=chance.number(1, 900))),
    }
    most = {
        "leaflets": 300,
        "partner_referrals": 4,
        "training_sessions_offered": 9,
        "training_sessions_delivered": 9,
        "vehicles_stopped": 200,
        "passengers_checked": 300,
        "arrests": 3,
    }
    return item | {name: chance.number(0, n) if chance.happens(0.6) else None for name, n in most.items()}


PUBLISHED, SNAKE, API = "published", "snake_case", "api"
LSOAS = ("Basildon 001A", "Southend-on-Sea 010B", "Castle Point 003C", "Havering 002D", "")


def street_rows(chance: Chance, month: str, dialect: str, size: int) -> list[dict[str, Any]]:
    """Street crime of one month, fully identical rows and rows without a location among them."""
    rows = []
    for number in range(size):
        kind = chance.pick(["Drugs", "Possession of weapons", "Anti-social behaviour", "Burglary"])
        x, y = ("0.461", "51.57") if chance.happens(0.9) else ("", "")
        if dialect == API:
            slug = kind.lower().replace(" ", "-")
            row = {
                "category": slug,
                "month": month,
                "location.latitude": y,
                "location.longitude": x,
                "id": number,
            }
        else:
            row = {
                "Month": month,
                "Reported by": "Essex Police",
                "Longitude": x,
                "Latitude": y,
                "Crime type": kind,
            }
            row |= {"LSOA name": chance.pick(LSOAS), "Location": "On or near Mill Lane, rear"}
        rows.append(row)
        if kind == "Anti-social behaviour" or chance.happens(0.05):
            rows.append(dict(row))
    return rows


def stop_rows(chance: Chance, month: str, dialect: str, size: int) -> list[dict[str, Any]]:
    """Stops and searches of one month, at hours that no clock change moves into another month."""
    rows = []
    for _ in range(size):
        at = f"{month}-{chance.number(2, 27):02d}T{chance.number(8, 20):02d}:06:00+00:00"
        y = "51.57" if chance.happens(0.9) else ""
        x = "0.461" if y else ""
        if dialect == API:
            row = {"datetime": at, "type": "Person search", "location.latitude": y, "location.longitude": x}
        else:
            row = {
                "Date": at,
                "Type": "Vehicle search",
                "Latitude": y,
                "Longitude": x,
                "Object of search": "",
            }
        rows.append(row)
        if chance.happens(0.1):
            rows.append(dict(row))
    return rows
