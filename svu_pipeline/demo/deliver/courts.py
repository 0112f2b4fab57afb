"""Court results as the API's pages give them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from svu_pipeline.demo.deliver.identities import Identities
from svu_pipeline.demo.deliver.mentions import Mention, faithful
from svu_pipeline.demo.force import KASH_REF, SUPPLY_OFFENCES, Arrest, Force, Hearing, Result
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import LAST_DAY, utc_text
from svu_pipeline.demo.tray import Tray

PAGE_SIZE = 100
SPOILED_ON = date(2023, 9, 20)


@dataclass
class Courts:
    """Pages in the order of the pull; `total` counts distinct hearings."""

    pages: list[list[Record]]
    total: int


def deliver_courts(force: Force, targets: Targets, ledger: Ledger, rng: Random, identities: Identities) -> Courts:
    tray = Tray("courts", "hearing", "hearing_id", lambda n: f"H9{n:05d}", ledger, rng)
    hearings = sorted(force.hearings, key=lambda hearing: (hearing.on, hearing.hearing_id))
    for hearing in hearings:
        person = hearing.arrest.person
        written = identities.of("hearing", hearing.hearing_id, person)
        is_plain = hearing.arrest.operation_ref != KASH_REF and not written.slips
        tray.add(_item(hearing, written), hearing, is_plain=is_plain, person=person)
    planted = targets.planted["hearing"]
    _note_planned(ledger, hearings, planted)
    _unknown_qualifiers(tray, targets.planted["hearing_result"]["unknown_qualifier"], ledger)
    _held(tray, force, targets)
    earlier = _earlier_versions(tray, force, planted)
    pages = _pages(earlier + tray.records)
    _repeat_across_pages(pages, planted["repeated_across_pages"], tray)
    for page in pages:
        ledger.account_records(page)
        for record in page:
            ledger.account("hearing_result", [record.fate] * len(record.values["results"]))
    return Courts(pages, len({record.values["hearing_id"] for page in pages for record in page}))


def _item(hearing: Hearing, written: Mention) -> dict[str, Any]:
    return {
        "hearing_id": hearing.hearing_id,
        "urn": hearing.arrest.urn,
        "court": hearing.court,
        "hearing_date": hearing.on.isoformat(),
        "updated_at": _updated(hearing.on, 16),
        "deleted": False,
        "defendant": {
            "defendant_id": f"D{written.person.number:06d}-{hearing.arrest.urn[4:9]}",
            "pnc_id": written.pnc_id or None,
            "surname": written.surname,
            "forenames": written.forenames,
            "date_of_birth": written.birth_text,
        },
        "results": [_result(number, result) for number, result in enumerate(hearing.results, start=1)],
    }


def _result(number: int, result: Result) -> dict[str, Any]:
    has_duration = bool(result.unit)
    return {
        "result_id": f"R{number}",
        "offence_code": result.offence,
        "result_code": result.code,
        "qualifier": result.qualifier,
        "duration": {"value": result.value, "unit": result.unit} if has_duration else None,
        "secondary_duration": dict(zip(("value", "unit"), result.secondary, strict=True)) if result.secondary else None,
        "text": f"Result {result.code}",
    }


def _updated(day: date, hour: int) -> str:
    return utc_text(datetime.combine(day, time(hour, 5, 11)))


def _note_planned(ledger: Ledger, hearings: list[Hearing], planted: dict[str, int]) -> None:
    def note(dataset: str, outcome: str, what: str, reason: str, count: int) -> None:
        ledger.note("courts", dataset, outcome, what, reason=reason, count=count)

    note(
        "hearing",
        "not_counted",
        "replaced by a later custodial hearing of the person on the URN",
        "replaced_on_same_urn",
        planted["replaced_on_same_urn"],
    )
    note(
        "hearing",
        "not_counted",
        "later hearing without custody: replaces nothing",
        "without_custody",
        planted["later_without_custody"],
    )
    results = [result for hearing in hearings for result in hearing.results]
    note(
        "hearing_result",
        "not_counted",
        "suspended",
        "suspended",
        sum(result.qualifier == "S" or result.code in ("1115", "1134") for result in results),
    )
    note(
        "hearing_result",
        "not_counted",
        "prison in default of payment",
        "default_term",
        sum(result.code == "1510" for result in results),
    )
    note(
        "hearing_result",
        "not_counted",
        "disqualification with a duration",
        "disqualification",
        sum(result.code == "3070" for result in results),
    )
    note(
        "hearing_result",
        "not_counted",
        "life and the like: counted as sentences, never as years",
        "indeterminate",
        sum(result.code in ("1003", "4064", "4065") for result in results),
    )
    note(
        "hearing_result",
        "counted",
        "consecutive terms are added",
        "consecutive",
        sum(result.qualifier == "F" and result.code != "1510" for result in results),
    )
    note(
        "hearing_result",
        "counted",
        "concurrent terms: the longest",
        "concurrent",
        sum(result.qualifier == "C" for result in results),
    )


def _unknown_qualifiers(tray: Tray, count: int, ledger: Ledger) -> None:
    """A shorter concurrent term whose qualifier nobody knows: read as none, it runs together all the same."""

    def has_concurrent_second(record: Record) -> bool:
        results = record.values["results"]
        return len(results) > 1 and results[1]["qualifier"] == "C"

    for record in tray.pick(count, has_concurrent_second):
        record.values["results"][1]["qualifier"] = "Q"
        ledger.note(
            "courts",
            "hearing_result",
            "warned",
            "qualifier not in the list: read as none",
            reason="unknown_qualifier",
            column="qualifier",
        )
        # It was planned as concurrent and is delivered as something else.
        ledger.note(
            "courts",
            "hearing_result",
            "counted",
            "concurrent terms: the longest",
            reason="concurrent",
            count=-1,
        )


def _unsentenced(force: Force) -> list[Arrest]:
    """Charged arrests whose sentence is still to come: a hearing of theirs would add years."""
    heard = {id(hearing.arrest) for hearing in force.hearings}
    return [arrest for arrest in force.arrests if arrest.counts and arrest.charged and id(arrest) not in heard]


def _extra(tray: Tray, force: Force, index: int, on: date) -> Record:
    """A hearing under an id of its own that would add five years to the unit's."""
    arrest = _unsentenced(force)[index]
    hearing = Hearing(
        tray.new_key(index + 1),
        arrest,
        "Basildon Crown Court",
        on,
        [Result(SUPPLY_OFFENCES[0], "1002", 60, "M")],
    )
    written = faithful("hearing", hearing.hearing_id, arrest.person)
    return Record("hearing", _item(hearing, written), subject=hearing, is_plain=False, person=arrest.person)


def _held(tray: Tray, force: Force, targets: Targets) -> None:
    planted = targets.planted["hearing"]
    without_duration = targets.planted["hearing_result"]["custodial_without_duration"]
    spoiled: list[Record] = []
    for _ in range(without_duration + planted["missing_urn"] + planted["bad_hearing_date"]):
        spoiled.append(_extra(tray, force, len(spoiled), SPOILED_ON))
    for index, record in enumerate(spoiled):
        record.fate = "held"
        if index < without_duration:
            record.values["results"].append(_result(2, Result(SUPPLY_OFFENCES[1], "1002")))
            tray.ledger.note(
                "courts",
                "hearing_result",
                "held",
                "custodial result without a duration: its hearing is held",
                reason="custodial_without_duration",
                column="duration",
            )
        elif index < without_duration + planted["missing_urn"]:
            record.values["urn"] = ""
            tray.note("held", "no URN", "missing_required", "urn")
        else:
            record.values["hearing_date"] = "20/09/2023"
            tray.note("held", "date of hearing in another shape", "bad_date", "hearing_date")
    tray.records.extend(spoiled)


def _earlier_versions(tray: Tray, force: Force, planted: dict[str, int]) -> list[Record]:
    """Versions that a later `updated_at` replaced: wrong terms put right, hearings that were deleted."""
    earlier = []
    for record in tray.pick(planted["corrected"], _is_sentence):
        first = record.copy(fate="superseded")
        first.values["results"] = [
            dict(result, duration={"value": 99, "unit": "M"}) for result in first.values["results"]
        ]
        record.values["updated_at"] = _updated(record.subject.on + timedelta(days=12), 11)
        earlier.append(first)
        tray.note("superseded", "wrong term put right under the slip rule", "corrected")
    for index in range(planted["deleted"]):
        record = _extra(tray, force, 40 + index, LAST_DAY - timedelta(days=20 + index))
        if index % 2:
            earlier.append(record.copy(fate="superseded"))
            tray.note("superseded", "delivered, then deleted", "deleted")
        record.values |= {"deleted": True, "updated_at": _updated(LAST_DAY, 12)}
        record.fate = "withdrawn"
        tray.records.append(record)
        tray.note("withdrawn", "hearing deleted at source", "deleted")
    return earlier


def _is_sentence(record: Record) -> bool:
    results = record.subject.results
    return (
        len(results) == 1 and results[0].code == "1002" and results[0].unit in ("M", "Y") and not results[0].qualifier
    )


def _pages(records: list[Record]) -> list[list[Record]]:
    return [records[start : start + PAGE_SIZE] for start in range(0, len(records), PAGE_SIZE)]


def _repeat_across_pages(pages: list[list[Record]], count: int, tray: Tray) -> None:
    """The last hearing of a page stands again at the head of the next one."""
    for number in range(1, min(count + 1, len(pages))):
        last = next(record for record in reversed(pages[number - 1]) if record.fate == "current" and record.is_plain)
        pages[number].insert(0, last.copy(fate="duplicate"))
        tray.note("duplicate", "hearing on two pages", "repeated_across_pages")
