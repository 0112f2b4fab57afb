"""The custody system's records."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from svu_pipeline.demo.deliver.identities import Identities
from svu_pipeline.demo.deliver.mentions import Mention, faithful
from svu_pipeline.demo.force import ESSEX_DISTRICTS, KASH_REF, Arrest, CustodyRecord, Force
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.names import Person
from svu_pipeline.demo.plan.custody import AMBIGUOUS_INSTANTS
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import day_after, local_text, utc_text
from svu_pipeline.demo.tray import Tray

CUSTODY_COLUMNS = (
    "custody_ref",
    "pnc_id",
    "surname",
    "forenames",
    "date_of_birth",
    "sex",
    "home_postcode",
    "arrested_at",
    "arrest_reason",
    "arresting_unit",
    "operation_ref",
    "district_code",
    "lead_offence_code",
    "record_status",
    "transferred_from",
    "updated_at",
)
AMBIGUOUS = frozenset(at for instants in AMBIGUOUS_INSTANTS.values() for at in instants)


def deliver_custody(force: Force, targets: Targets, ledger: Ledger, rng: Random, identities: Identities) -> Tray:
    tray = Tray("custody", "custody_record", "custody_ref", lambda n: f"42ER/{990000 + n:06d}/23", ledger, rng)
    for arrest in force.arrests:
        returns = [arrest.bail_return] if arrest.bail_return else []
        for record in arrest.records + returns:
            written = identities.of("custody_record", record.ref, arrest.person)
            is_plain = (
                not written.slips
                and len(arrest.records + returns) == 1
                and arrest.district in ESSEX_DISTRICTS
                and not record.transferred_from
                and arrest.at.year > 2020
                and arrest.at not in AMBIGUOUS
                and arrest.operation_ref != KASH_REF
            )
            values = _values(arrest, record, written, rng)
            tray.add(values, arrest, is_plain=is_plain, person=arrest.person)
    planted = targets.planted["custody_record"]
    _note_planned(tray, force, planted)
    _identities(tray, force, planted)
    _codes(tray, force, planted)
    _held(tray, force, planted)
    _clocks(tray, planted)
    tray.outside_essex(planted["outside_essex"], "district_code")
    return tray


def _values(arrest: Arrest, record: CustodyRecord, written: Mention, rng: Random) -> dict[str, str]:
    return _identity(written) | {
        "custody_ref": record.ref,
        "arrested_at": local_text(record.at),
        "arrest_reason": record.reason,
        "arresting_unit": arrest.unit,
        "operation_ref": arrest.operation_ref,
        "district_code": arrest.district,
        "lead_offence_code": arrest.offence,
        "record_status": record.status,
        "transferred_from": record.transferred_from,
        "updated_at": utc_text(day_after(rng, record.at, 1, 25)),
    }


def _identity(written: Mention) -> dict[str, str]:
    return {
        "pnc_id": written.pnc_id,
        "surname": written.surname,
        "forenames": written.forenames,
        "date_of_birth": written.birth_text,
        "sex": written.sex,
        "home_postcode": written.postcode,
    }


def _note_planned(tray: Tray, force: Force, planted: dict[str, int]) -> None:
    """What the plan itself holds: chains, returns on bail, other units' work, planted instants."""
    chained = sum(len(arrest.records) - 1 for arrest in force.arrests)
    tray.note("not_counted", "the same arrest in another suite", "transferred", count=chained)
    in_error = sum(record.status != "LIVE" for arrest in force.arrests for record in arrest.records)
    tray.note(
        "not_counted",
        "first record of a chain created in error: the second one is the arrest",
        "chain_begun_in_error",
        count=in_error,
    )
    tray.note(
        "warned",
        "transferred from a record that never came: the chain starts here",
        "missing_predecessor",
        "transferred_from",
    )
    tray.note("not_counted", "came back on bail: no new arrest", "answered_bail", count=planted["answered_bail"])
    tray.note("not_counted", "arrests by other units", "other_unit", count=planted["other_units"])
    tray.note_before_launch(planted["before_unit_launch"], "arresting_unit")
    tray.note("warned", "local time that came twice that night", "ambiguous_time", "arrested_at", len(AMBIGUOUS))


def _identities(tray: Tray, force: Force, planted: dict[str, int]) -> None:
    records_of: dict[Person, int] = {}
    for arrest in force.arrests:
        records_of[arrest.person] = records_of.get(arrest.person, 0) + 1
    elsewhere = {contact.person for contact in force.contacts} | {order.person for order in force.orders}

    def has_pnc(record: Record) -> bool:
        return bool(record.values["pnc_id"])

    def on_this_record_only(record: Record) -> bool:
        person = record.subject.person
        is_known_elsewhere = records_of[person] > 1 or person in elsewhere or bool(record.subject.charges)
        return has_pnc(record) and record.subject.counts and not is_known_elsewhere

    tray.withhold(
        planted["bad_birth_date"],
        "date_of_birth",
        "1999-13-45",
        "bad_date",
        "no such date of birth",
        on_this_record_only,
    )
    tray.withhold(
        planted["implausible_age"],
        "date_of_birth",
        "2019-05-05",
        "implausible_age",
        "younger than 10 at arrest",
        on_this_record_only,
    )
    for record in tray.pick(planted["short_pnc_id"], has_pnc):
        record.values["pnc_id"] = record.subject.person.short_pnc_id
        tray.note("counted", "short form of the PNC id", "short_pnc_id", "pnc_id")


def _codes(tray: Tray, force: Force, planted: dict[str, int]) -> None:
    tray.warn_code(planted["unknown_arrest_reason"], "arrest_reason", "STOP_CHECK", "unknown reason: still an arrest")
    tray.warn_code(planted["unknown_sex"], "sex", "X", "unknown sex: counted, shown as unknown")
    for record in _strangers(tray, force, planted["unknown_record_status"]):
        record.values["record_status"] = "DRAFT"
        tray.note("warned", "unknown status: not LIVE, not counted", "unknown_code", "record_status")
    for record in _strangers(tray, force, planted["created_in_error"]):
        record.values["record_status"] = "CREATED_IN_ERROR"
        tray.note("not_counted", "record created in error", "created_in_error")
    tray.other_case(planted["other_case"], "arresting_unit")


def _strangers(tray: Tray, force: Force, count: int) -> list[Record]:
    """New records of people seen nowhere else: were one counted, there would be a person too many."""
    clones = list(tray.clones(count, lambda record: record.subject.counts))
    for record in clones:
        record.person = force.registry.person()
        record.values.update(_identity(faithful("custody_record", record.values["custody_ref"], record.person)))
    return clones


def _held(tray: Tray, force: Force, planted: dict[str, int]) -> None:
    spoiled = (
        ("bad_custody_ref", "custody_ref", "CU/123", "bad_identifier", "reference of another shape"),
        ("missing_surname", "surname", "", "missing_required", "no surname"),
        ("bad_arrested_at", "arrested_at", "2023-02-31 10:00:00", "bad_date", "no such time of arrest"),
        (
            "nonexistent_time",
            "arrested_at",
            "2023-03-26 01:30:00",
            "nonexistent_time",
            "local time that clocks skipped",
        ),
    )
    for defect, column, value, reason, what in spoiled:
        for number, record in enumerate(_strangers(tray, force, planted[defect]), start=1):
            # Two held references must not be one key twice: each has its own number.
            record.values[column] = f"{value}{number}" if column == "custody_ref" else value
            if column == "arrested_at":  # spoiled in this alone: not later than the record's last change
                record.values["updated_at"] = "2024-11-02T10:00:00Z"
            record.fate = "held"
            tray.note("held", what, reason, column)
    for record in _strangers(tray, force, planted["arrest_after_update"]):
        arrested_at = datetime.fromisoformat(record.values["arrested_at"])
        record.values["updated_at"] = utc_text(arrested_at - timedelta(days=1))
        record.fate = "held"
        tray.note("held", "arrested after the record was last changed", "impossible_date", "arrested_at")


def _clocks(tray: Tray, planted: dict[str, int]) -> None:
    """Updated twenty minutes after a summer arrest: earlier on the clock face, later as an instant."""

    def in_summer(record: Record) -> bool:
        return bool(record.subject.counts) and 5 <= record.subject.at.month <= 9

    for record in tray.pick(planted["update_in_summer_time"], in_summer):
        record.values["updated_at"] = utc_text(record.subject.at + timedelta(minutes=20))
        tray.note(
            "counted",
            "updated in UTC soon after an arrest in summer time",
            "update_in_summer_time",
            "updated_at",
        )
