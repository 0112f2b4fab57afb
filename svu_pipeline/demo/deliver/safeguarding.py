"""The PPP team's daily returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from svu_pipeline.demo.deliver.identities import Identities
from svu_pipeline.demo.deliver.mentions import Mention, faithful
from svu_pipeline.demo.force import ESSEX_DISTRICTS, KASH_REF, Contact, Force, is_svu_work
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import FIRST_DAY, LAST_DAY
from svu_pipeline.demo.tray import Tray

PERSON_ELEMENTS = ("pnc-id", "surname", "forenames", "date-of-birth", "sex", "postcode")
CONTACT_ELEMENTS = (
    "contacted-on",
    "unit",
    "district",
    "operation",
    "kind",
    "outcome",
    "partner",
    "premises-ref",
)
LAST_FILE = LAST_DAY + timedelta(days=1)
DAILY_FROM = LAST_FILE - timedelta(days=59)  # a file on each of the last sixty days, with or without contacts
DAYS_BETWEEN_FILES = 4  # before that, returns were written up every fourth day


@dataclass
class Returns:
    """Contacts with the date of their file, and withdrawals as (file date, contact id)."""

    contacts: Tray
    withdrawals: list[tuple[date, str]]

    def file_dates(self) -> list[date]:
        dates = {record.delivered for record in self.contacts.records} | {day for day, _ in self.withdrawals}
        dates |= {DAILY_FROM + timedelta(days=number) for number in range(60)}
        return sorted(dates)


def deliver_safeguarding(
    force: Force, targets: Targets, ledger: Ledger, rng: Random, identities: Identities
) -> Returns:
    tray = Tray("safeguarding", "contact", "id", lambda n: f"SG9{n:05d}", ledger, rng)
    planted = targets.planted["contact"]
    for contact in force.contacts:
        written = identities.of("contact", contact.contact_id, contact.person)
        is_plain = (
            not written.slips
            and contact.district in ESSEX_DISTRICTS
            and contact.on.year > 2020
            and not contact.is_withdrawn
            and contact.has_birth_date
            and contact.operation_ref != KASH_REF
            and contact.on < date(2024, 7, 1)
        )
        tray.add(_values(contact, written), contact, _file_date(contact.on), is_plain, contact.person)
    withdrawals = _withdrawals(tray, planted)
    _note_planned(tray, planted)
    _values_in_doubt(tray, force, planted)
    _held(tray, planted)
    _versions(tray, planted)
    tray.outside_essex(planted["outside_essex"], "district")
    tray.records.sort(key=lambda record: record.delivered)
    ledger.account("contact_withdrawal", ["current"] * len(withdrawals))
    return Returns(tray, withdrawals)


def _file_date(day: date) -> date:
    """The first return after that day."""
    if day + timedelta(days=1) >= DAILY_FROM:
        return day + timedelta(days=1)
    waits = max(1, DAYS_BETWEEN_FILES - (day - FIRST_DAY).days % DAYS_BETWEEN_FILES)
    return max(min(day + timedelta(days=waits), DAILY_FROM), FIRST_DAY + timedelta(days=1))


def _days_later(record: Record, days: int) -> date:
    return min(_file_date(record.delivered + timedelta(days=days)), LAST_FILE)


def _values(contact: Contact, written: Mention) -> dict[str, str]:
    return {
        "id": contact.contact_id,
        "version": "1",
        **_identity(written),
        "contacted-on": contact.on.isoformat(),
        "unit": contact.unit,
        "district": contact.district,
        "operation": contact.operation_ref,
        "kind": contact.kind,
        "outcome": contact.outcome,
        "partner": contact.partner,
        "premises-ref": contact.premises_ref,
    }


def _identity(written: Mention) -> dict[str, str]:
    return {
        "pnc-id": written.pnc_id,
        "surname": written.surname,
        "forenames": written.forenames,
        "date-of-birth": written.birth_text,
        "sex": written.sex,
        "postcode": written.postcode,
    }


def _withdrawals(tray: Tray, planted: dict[str, int]) -> list[tuple[date, str]]:
    """Takes back what the plan says was withdrawn; the first of it before the contact itself had come."""
    withdrawn = [record for record in tray.records if record.subject.is_withdrawn]
    elements = []
    for index, record in enumerate(withdrawn):
        record.fate = "withdrawn"
        comes_first = index < planted["withdrawn_before_arrival"]
        elements.append((record.delivered if comes_first else _days_later(record, 9), record.values["id"]))
        if comes_first:
            record.delivered = _days_later(record, 9)
        what = "withdrawn before it came: withdrawn all the same" if comes_first else "contact withdrawn"
        tray.note("withdrawn", what, "withdrawn")
    return sorted(elements)


def _note_planned(tray: Tray, planted: dict[str, int]) -> None:
    tray.note("not_counted", "contacts of other units", "other_unit", count=planted["other_units"])
    tray.note(
        "counted",
        "date of birth unknown: safeguarded, neither child nor adult",
        "unknown_birth_date",
        "date_of_birth",
        planted["unknown_birth_date"],
    )
    tray.note_before_launch(planted["before_unit_launch"], "unit")


def _counts(record: Record) -> bool:
    return record.subject.outcome == "SAFEGUARDED" and is_svu_work(record.subject.unit, record.subject.on)


def _safeguarded_nobody(record: Record) -> bool:
    return record.subject.outcome in ("DECLINED", "NO_TRACE") and not record.subject.person.pnc_id


def _values_in_doubt(tray: Tray, force: Force, planted: dict[str, int]) -> None:
    for record in tray.pick(planted["bad_birth_date"], _safeguarded_nobody):
        record.values["date-of-birth"] = "31/02/1990"
        tray.note("withheld", "no such date of birth", "bad_date", "date_of_birth")
    for record in tray.clones(planted["unknown_outcome"], _counts):
        _rename(record, force)
        record.values |= {"outcome": "HELPED", "kind": "ENGAGEMENT"}
        tray.note("warned", "unknown outcome: nobody safeguarded", "unknown_code", "outcome")
    for record in tray.clones(planted["missing_premises"], _safeguarded_nobody):
        record.values |= {"kind": "CUCKOOING_VISIT", "premises-ref": "", "partner": ""}
        tray.note("warned", "a visit without its premises", "premises_missing", "premises_ref")


def _rename(record: Record, force: Force) -> None:
    """Makes it a record of somebody seen nowhere else: were it counted, there would be a person too many."""
    record.person = force.registry.person(pnc=False)
    record.values |= _identity(faithful("contact", record.values["id"], record.person))


def _held(tray: Tray, planted: dict[str, int]) -> None:
    for column, value, reason, what, defect in (
        ("contacted-on", "2023-02-30", "bad_date", "no such day", "bad_contacted_on"),
        ("kind", "", "missing_required", "no kind", "missing_kind"),
    ):
        for record in tray.clones(planted[defect], _counts):
            record.values[column] = value
            record.fate = "held"
            tray.note("held", what, reason, column.replace("-", "_"))
    tray.conflict(planted["conflicting_pairs"], "outcome", "DECLINED", _counts)


def _versions(tray: Tray, planted: dict[str, int]) -> None:
    tray.repeat(
        planted["duplicate_in_later_file"],
        "the same contact again in a later file",
        lambda record: _days_later(record, 12),
    )
    for record in tray.pick(planted["corrected"], _safeguarded_nobody):
        first = record.copy(fate="superseded")
        first.values["outcome"] = "SAFEGUARDED"
        tray.records.append(first)
        record.values["version"] = "2"
        record.delivered = _days_later(record, 8)
        tray.note("superseded", "said to be safeguarded, put right by a higher version", "corrected", "outcome")
    for record in tray.pick(planted["late"], _counts):
        record.delivered = _days_later(record, 100)
        tray.note("counted", "contact of months before it was delivered", "late", "contacted_on")
