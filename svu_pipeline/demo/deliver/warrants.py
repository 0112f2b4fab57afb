"""The search warrant register, a workbook kept by hand."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from svu_pipeline.demo.force import ESSEX_DISTRICTS, Force, Warrant, is_svu_work
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.tray import Tray

WARRANT_COLUMNS = {
    "warrant_no": "Warrant No",
    "power": "Power",
    "issued": "Issued",
    "executed": "Executed",
    "result": "Result",
    "premises_ref": "Premises Ref",
    "district": "District",
    "unit": "Unit",
    "operation": "Operation",
    "status": "Status",
}
# A day late: the authority ran out on 28 February, and on the last of June.
TOO_LATE = {
    "MDA_S23": (date(2023, 1, 31), date(2023, 3, 1)),
    "PACE_S8": (date(2023, 3, 31), date(2023, 7, 1)),
}


def deliver_warrants(force: Force, targets: Targets, ledger: Ledger, rng: Random) -> Tray:
    tray = Tray("warrants", "warrant", "warrant_no", lambda n: f"SW/99/{n:04d}", ledger, rng)
    planted = targets.planted["warrant"]
    for index, warrant in enumerate(force.warrants):
        is_plain = warrant.district in ESSEX_DISTRICTS and warrant.issued.year > 2020
        tray.add(_values(warrant, index % planted["text_date_every"] == 1), warrant, is_plain=is_plain)
    _note_planned(tray, planted)
    _held(tray, planted)
    tray.warn_code(planted["unknown_power"], "power", "TERR_S42", "unknown power", _is_early_executed)
    tray.warn_code(
        planted["unknown_result"], "result", "PENDING", "unknown result: executed all the same", _is_executed
    )
    tray.repeat(planted["duplicate"], "the same row twice in the register")
    for record in tray.pick(planted["hidden_rows"], _is_executed):
        record.is_hidden = True
        tray.note("warned", "hidden row: read like any other", "hidden_content")
    tray.outside_essex(planted["outside_essex"], "district")
    return tray


def _values(warrant: Warrant, dates_as_text: bool) -> dict[str, Any]:
    def cell(day: date | None) -> date | str | None:
        return day.strftime("%d/%m/%Y") if day and dates_as_text else day

    return {
        "warrant_no": warrant.number,
        "power": warrant.power,
        "issued": cell(warrant.issued),
        "executed": cell(warrant.executed),
        "result": warrant.result or None,
        "premises_ref": warrant.premises_ref,
        "district": warrant.district,
        "unit": warrant.unit,
        "operation": warrant.operation_ref or None,
        "status": warrant.status,
    }


def _is_executed(record: Record) -> bool:
    warrant = record.subject
    return warrant.executed is not None and is_svu_work(warrant.unit, warrant.executed)


def _is_early_executed(record: Record) -> bool:
    """Executed within four weeks: in time under any power."""
    return _is_executed(record) and record.subject.executed - record.subject.issued < timedelta(days=28)


def _note_planned(tray: Tray, planted: dict[str, int]) -> None:
    tray.note("not_counted", "warrants of other units", "other_unit", count=planted["other_units"])
    tray.note(
        "not_counted",
        "issued, expired, cancelled or refused",
        "not_executed",
        "status",
        planted["not_executed"],
    )
    tray.note(
        "counted",
        "dates as text",
        "text_date",
        "issued",
        sum(isinstance(record.values["issued"], str) for record in tray.records),
    )
    tray.note_before_launch(planted["before_unit_launch"], "unit")


def _held(tray: Tray, planted: dict[str, int]) -> None:
    outside = "executed_outside_authority"
    for record in tray.hold(
        planted["executed_before_issued"],
        "executed",
        date(2023, 5, 2),
        outside,
        "executed before it was issued",
        _is_executed,
    ):
        record.values["issued"] = date(2023, 5, 3)
    for defect, power in (("executed_too_late_mda", "MDA_S23"), ("executed_too_late_other", "PACE_S8")):
        issued, executed = TOO_LATE[power]
        for record in tray.hold(
            planted[defect], "executed", executed, outside, "executed a day too late", _is_executed
        ):
            record.values |= {"power": power, "issued": issued}
    tray.hold(
        planted["executed_without_date"],
        "executed",
        None,
        "missing_required",
        "executed, without a day",
        _is_executed,
    )
    tray.hold(planted["bad_issued"], "issued", "early May", "bad_date", "day of issue in words", _is_executed)
    tray.conflict(planted["conflicting_pairs"], "premises_ref", "PR99999", _is_executed)
