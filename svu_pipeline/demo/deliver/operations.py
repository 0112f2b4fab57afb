"""The operations and deployments log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from svu_pipeline.demo.force import KASH_REF, Deployment, Force, Operation
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.plan.operations import STANSTED_DAY
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import FIRST_DAY, LAST_DAY, month_span, utc_text
from svu_pipeline.demo.tray import Tray

FIRST_FILE, LAST_FILE = month_span(f"{FIRST_DAY:%Y-%m}").last, LAST_DAY
NOT_JSON = '{"deployment_ref": "DEP-9999'  # a line cut short


@dataclass
class Log:
    """Both logs; `broken` are lines that are not JSON, by the date of their file."""

    operations: Tray
    deployments: Tray
    broken: list[tuple[date, str]]


def deliver_operations(force: Force, targets: Targets, ledger: Ledger, rng: Random) -> Log:
    operations = _operations(force, targets.planted["operation"], ledger, rng)
    deployments = _deployments(force, targets.planted["deployment"], ledger, rng)
    broken = [
        (_month_file(date(2023, 3 + number, 1)), NOT_JSON + str(number))
        for number in range(targets.planted["deployment"]["not_json"])
    ]
    deployments.note("held", "a line that is not JSON", "not_json", count=len(broken))
    ledger.account("deployment", ["held"] * len(broken))
    for tray in (operations, deployments):
        tray.records.sort(key=lambda record: record.delivered)
    return Log(operations, deployments, broken)


def _month_file(day: date) -> date:
    """The file of the day's month, dated its last day."""
    return max(FIRST_FILE, min(month_span(f"{day:%Y-%m}").last, LAST_FILE))


def _months_later(record: Record, months: int) -> date:
    return _month_file(record.delivered + timedelta(days=31 * months - 15))


def _stamp(day: date, hour: int) -> str:
    return utc_text(datetime.combine(day, time(hour, 30)))


def _operations(force: Force, planted: dict[str, int], ledger: Ledger, rng: Random) -> Tray:
    tray = Tray("operations", "operation", "operation_ref", lambda n: f"OP99-{n:04d}", ledger, rng)
    for operation in force.operations:
        told = operation.closed_on or operation.opened_on
        tray.add(_operation_values(operation, told), operation, _month_file(told), operation.ref != KASH_REF)

    def is_closed_line(record: Record) -> bool:
        return record.subject.closed_on is not None and record.subject.closed_on < date(2024, 8, 1)

    tray.warn_code(
        planted["unknown_kind"],
        "kind",
        "SPRINT",
        "unknown kind of operation",
        lambda record: record.subject.kind == "OTHER",
    )
    for record in tray.pick(planted["corrected"], is_closed_line):
        opened = record.subject.opened_on
        first = record.copy(fate="superseded", delivered=_month_file(opened))
        first.values |= {"closed_on": None, "closure": None, "updated_at": _stamp(opened, 9)}
        tray.records.append(first)
        tray.note("superseded", "told while it was open, and again when closed", "corrected")
    tray.repeat(
        planted["duplicate_in_later_file"],
        "the same line again in a later file",
        lambda r: _months_later(r, 2),
    )
    tray.hold(planted["bad_opened_on"], "opened_on", "spring", "bad_date", "day of opening in words", is_closed_line)
    for record in tray.clones(planted["bad_closed_on"], is_closed_line):
        record.values["closed_on"] = "2023-04-31"
        tray.note("withheld", "no such day of closing: still open", "bad_date", "closed_on")
    return tray


def _operation_values(operation: Operation, told: date) -> dict[str, Any]:
    return {
        "operation_ref": operation.ref,
        "name": operation.name,
        "kind": operation.kind,
        "line_name": operation.line_name,
        "opened_on": operation.opened_on.isoformat(),
        "closed_on": operation.closed_on.isoformat() if operation.closed_on else None,
        "closure": operation.closure,
        "updated_at": _stamp(told, 18),
    }


def _deployments(force: Force, planted: dict[str, int], ledger: Ledger, rng: Random) -> Tray:
    tray = Tray("operations", "deployment", "deployment_ref", lambda n: f"DEP-9{n:04d}", ledger, rng)
    for deployment in force.deployments:
        is_plain = deployment.started_on.year > 2020 and deployment.started_on != STANSTED_DAY
        values = _deployment_values(deployment)
        tray.add(values, deployment, _month_file(deployment.started_on), is_plain)

    def is_bumble(record: Record) -> bool:
        deployment = record.subject
        return bool(deployment.operation_name == "BUMBLE") and deployment.started_on < date(2024, 6, 1)

    for record in tray.pick(planted["corrected"], is_bumble):
        first = record.copy(fate="superseded")
        first.values["leaflets"] += 500
        record.values["updated_at"] = _stamp(record.subject.started_on + timedelta(days=6), 12)
        tray.records.append(first)
        tray.note("superseded", "leaflets counted again by a later update", "corrected", "leaflets")
    tray.repeat(
        planted["duplicate_in_later_file"],
        "the same line again in a later file",
        lambda r: _months_later(r, 2),
    )
    tray.withhold(
        planted["bad_leaflets"],
        "leaflets",
        "a few boxes",
        "bad_number",
        "leaflets in words",
        lambda record: record.subject.operation_name != "BUMBLE",
    )
    tray.hold(planted["missing_started_on"], "started_on", None, "missing_required", "no day of start", is_bumble)
    tray.note("not_counted", "deployments of that name by another unit", "other_unit", count=planted["other_units"])
    tray.note("not_counted", "deployments of another name", "other_name", count=planted["other_names"])
    tray.note_before_launch(planted["before_unit_launch"], "unit_code")
    tray.outside_essex(planted["outside_essex"], "district_code")
    return tray


def _deployment_values(deployment: Deployment) -> dict[str, Any]:
    return {
        "deployment_ref": deployment.ref,
        "operation_name": deployment.operation_name,
        "started_on": deployment.started_on.isoformat(),
        "ended_on": deployment.ended_on.isoformat(),
        "place": deployment.place,
        "district_code": deployment.district,
        "unit_code": deployment.unit,
        "leaflets": deployment.leaflets,
        "leaflets_estimated": True,
        "partner_referrals": deployment.partner_referrals,
        "training_sessions_offered": deployment.training_offered,
        "training_sessions_delivered": deployment.training_delivered,
        "vehicles_stopped": deployment.vehicles_stopped,
        "passengers_checked": deployment.passengers_checked,
        "passengers_estimated": deployment.passengers_checked is not None,
        "arrests": deployment.arrests,
        "updated_at": _stamp(deployment.ended_on + timedelta(days=1), 10),
    }
