"""The property store's weekly files."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from svu_pipeline.demo.force import OTHER_UNITS, Exhibit, Force, is_svu_work
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import FIRST_DAY, LAST_DAY
from svu_pipeline.demo.tray import Tray

EXHIBIT_COLUMNS = (
    "exhibit_ref",
    "seized_at",
    "unit_code",
    "operation_ref",
    "custody_ref",
    "district_code",
    "category",
    "item_type",
    "description",
    "quantity",
    "unit_of_measure",
    "lab_quantity",
    "lab_unit",
    "drug",
    "status",
    "revision",
)
FIRST_FILE = FIRST_DAY + timedelta(days=5)  # a Monday, as every file's date is
LAST_FILE = LAST_DAY + timedelta(days=2)
DESCRIPTIONS = {
    "WEAPON": "Recovered from waistband",
    "DRUG": "Found in kitchen – sealed bag",
    "CASH": "£20 notes, bundled",
    "PHONE": "Mobile phone, screen “cracked”",
    "OTHER": "Scales, café receipt",
}


def deliver_property(force: Force, targets: Targets, ledger: Ledger, rng: Random) -> Tray:
    tray = Tray("property", "exhibit", "exhibit_ref", lambda n: f"EX99{n:06d}", ledger, rng)
    for exhibit in force.exhibits:
        is_plain = exhibit.at.year > 2020 and exhibit.at.date() < date(2024, 6, 1)
        tray.add(_values(exhibit), exhibit, _week_file(exhibit.at.date()), is_plain)
    planted = targets.planted["exhibit"]
    _note_planned(tray, planted)
    _values_in_doubt(tray, planted)
    _not_counted(tray, planted)
    _held(tray, planted)
    _ragged(tray, planted)
    _versions(tray, planted)
    tray.outside_essex(planted["outside_essex"], "district_code", _is_weapon)
    tray.records.sort(key=lambda record: record.delivered)
    return tray


def weekly_dates() -> list[date]:
    """The date of every weekly file."""
    return [FIRST_FILE + timedelta(days=7 * week) for week in range((LAST_FILE - FIRST_FILE).days // 7 + 1)]


def _week_file(day: date) -> date:
    """The first weekly file after that day."""
    if day < FIRST_FILE:
        return FIRST_FILE
    return day + timedelta(days=7 - day.weekday())


def _weeks_later(record: Record, weeks: int) -> date:
    return min(record.delivered + timedelta(days=7 * weeks), LAST_FILE)


def _values(exhibit: Exhibit) -> dict[str, str]:
    return {
        "exhibit_ref": exhibit.ref,
        "seized_at": exhibit.at.strftime("%d/%m/%Y %H:%M"),
        "unit_code": exhibit.unit,
        "operation_ref": exhibit.operation_ref,
        "custody_ref": exhibit.custody_ref,
        "district_code": exhibit.district,
        "category": exhibit.category,
        "item_type": exhibit.item_type,
        "description": DESCRIPTIONS[exhibit.category],
        "quantity": exhibit.quantity,
        "unit_of_measure": exhibit.measure,
        "lab_quantity": exhibit.lab[0],
        "lab_unit": exhibit.lab[1],
        "drug": exhibit.drug,
        "status": exhibit.status,
        "revision": "1",
    }


def _is_weapon(record: Record) -> bool:
    exhibit = record.subject
    return (
        exhibit.category == "WEAPON"
        and exhibit.status not in ("AMNESTY", "CREATED_IN_ERROR")
        and exhibit.item_type != "AMMUNITION"
        and is_svu_work(exhibit.unit, exhibit.at.date())
    )


def _is_weapon_of_others(record: Record) -> bool:
    return record.subject.category == "WEAPON" and record.subject.unit in OTHER_UNITS


def _is_weighed_drug(record: Record) -> bool:
    return record.values["unit_of_measure"] == "G" and is_svu_work(record.subject.unit, record.subject.at.date())


def _note_planned(tray: Tray, planted: dict[str, int]) -> None:
    tray.note("not_counted", "weapons handed in under an amnesty", "amnesty", count=planted["amnesty"])
    tray.note("not_counted", "ammunition is not a weapon", "ammunition", count=planted["ammunition"])
    tray.note("not_counted", "seizures by other units", "other_unit", count=planted["other_units"])
    tray.note_before_launch(planted["before_unit_launch"], "unit_code")
    measured = [record.subject for record in tray.records if record.subject.lab[0]]
    tray.note(
        "counted",
        "laboratory mass replaces the first weight",
        "laboratory_mass",
        count=sum(exhibit.measure == "G" for exhibit in measured),
    )
    tray.note(
        "counted",
        "laboratory gives wraps a mass; they still count as wraps",
        "laboratory_mass_of_wraps",
        count=sum(exhibit.measure == "WRAP" for exhibit in measured),
    )


def _values_in_doubt(tray: Tray, planted: dict[str, int]) -> None:
    """Codes in no list, codes in other letters, values that go while the row stays."""

    def is_unmeasured_wrap(record: Record) -> bool:
        return record.values["unit_of_measure"] == "WRAP" and not record.values["lab_quantity"]

    tray.warn_code(
        planted["unknown_item_type"],
        "item_type",
        "CATAPULT",
        "unknown item: a weapon all the same",
        lambda record: _is_weapon(record) and record.subject.item_type == "OTHER_WEAPON",
    )
    tray.warn_code(planted["unknown_drug"], "drug", "GHB", "unknown drug: its mass counts", _is_weighed_drug)
    tray.warn_code(planted["unknown_status"], "status", "LOST", "unknown status: left out by no rule", _is_weapon)
    tray.other_case(planted["other_case"], "category", _is_weapon)
    tray.withhold(
        planted["bad_lab_quantity"],
        "lab_quantity",
        "trace",
        "bad_number",
        "laboratory quantity in words: no mass",
        is_unmeasured_wrap,
    )
    for record in tray.pick(planted["weapon_by_weight"], _is_weapon_of_others):
        record.values |= {"quantity": "310", "unit_of_measure": "G"}
        tray.note("warned", "a weapon by weight, of another unit", "not_in_items", "unit_of_measure")
    for record in tray.pick(planted["description_over_two_lines"], _is_weapon):
        record.values["description"] = 'Marked "A"\nand wrapped, second line'
        tray.note("counted", "a newline inside quotes is no new record", "newline_in_quotes", "description")


def _not_counted(tray: Tray, planted: dict[str, int]) -> None:
    for record in tray.clones(planted["created_in_error"], _is_weapon):
        record.values["status"] = "CREATED_IN_ERROR"
        tray.note("not_counted", "exhibit created in error", "created_in_error")


def _held(tray: Tray, planted: dict[str, int]) -> None:
    """Spoiled copies of weapons and drugs that would count."""
    spoiled = (
        ("zero_quantity", "quantity", "0", "out_of_range", "quantity of nothing", _is_weapon),
        ("half_an_item", "quantity", "1.5", "not_whole", "one and a half items", _is_weapon),
        ("bad_quantity", "quantity", "several", "bad_number", "quantity in words", _is_weapon),
        ("bad_seized_at", "seized_at", "31/02/2023 10:00", "bad_date", "no such day", _is_weapon),
        (
            "nonexistent_time",
            "seized_at",
            "26/03/2023 01:20",
            "nonexistent_time",
            "time that clocks skipped",
            _is_weapon,
        ),
        ("missing_item_type", "item_type", "", "missing_required", "weapon of no type", _is_weapon),
        ("missing_drug", "drug", "", "missing_required", "drug of no name", _is_weighed_drug),
    )
    for defect, column, value, reason, what, where in spoiled:
        tray.hold(planted[defect], column, value, reason, what, where)
    tray.conflict(planted["conflicting_pairs"], "quantity", "7", _is_weapon)


def _ragged(tray: Tray, planted: dict[str, int]) -> None:
    for fields, reason, what, defect in (
        (1, "too_many_fields", "a field too many", "lines_with_too_many_fields"),
        (-5, "too_few_fields", "fields too few", "lines_with_too_few_fields"),
    ):
        for record in tray.clones(planted[defect], _is_weapon):
            record.fields_added, record.fate = fields, "held"
            tray.note("held", what, reason)


def _versions(tray: Tray, planted: dict[str, int]) -> None:
    """Copies, corrections and late rows."""
    tray.repeat(planted["duplicate_in_file"], "the same row twice in one file")
    tray.repeat(
        planted["duplicate_in_later_file"],
        "the same row again in a later file",
        lambda record: _weeks_later(record, 3),
    )
    for record in tray.pick(planted["corrected"], _is_weapon):
        _wrong_first(tray, record)
        record.delivered = _weeks_later(record, 2)
    for record in tray.pick(planted["older_revision_late"], _is_weapon):
        _wrong_first(tray, record).delivered = _weeks_later(record, 3)
    for record in tray.pick(planted["late"], _is_weapon):
        record.delivered = _weeks_later(record, 14)
        tray.note("counted", "seized three months before it was delivered", "late", "seized_at")


def _wrong_first(tray: Tray, record: Record) -> Record:
    """The first revision of an exhibit, thirty items too many."""
    first = record.copy(fate="superseded")
    first.values["quantity"] = str(int(record.values["quantity"]) + 30)
    record.values["revision"] = "2"
    tray.records.append(first)
    tray.note("superseded", "wrong quantity put right by a higher revision", "corrected", "quantity")
    return first
