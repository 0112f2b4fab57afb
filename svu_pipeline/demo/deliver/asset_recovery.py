"""The asset recovery register, a workbook kept by hand."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from svu_pipeline.demo.force import Force, MoneyEvent, is_svu_work
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.tray import Tray

REGISTER_COLUMNS = {
    "ref": "Ref",
    "date": "Date",
    "unit": "Unit",
    "operation": "Operation",
    "power": "Power",
    "stage": "Stage",
    "amount": "Amount",
    "currency": "Currency",
    "gbp_amount": "GBP amount",
    "notes": "Notes",
}
UNITS_PER_POUND = {"EUR": 1.15, "USD": 1.25, "AED": 4.6}
NOISE_EVERY = 9  # every ninth row in pounds carries a GBP amount that must be ignored


def deliver_asset_recovery(force: Force, targets: Targets, ledger: Ledger, rng: Random) -> Tray:
    tray = Tray("asset_recovery", "register_entry", "ref", lambda n: f"AR99/{n:04d}", ledger, rng)
    planted = targets.planted["register_entry"]
    for index, event in enumerate(force.money):
        tray.add(_values(event, index, planted), event, is_plain=event.on.year > 2020 and event.currency == "GBP")
    _note_planned(tray, force, planted)
    _held(tray, planted)
    tray.warn_code(planted["unknown_power"], "power", "POCA_S47", "unknown power: the pounds count")
    tray.repeat(planted["duplicate"], "the same row twice in the register")
    for record in tray.pick(planted["hidden_rows"], _is_seizure):
        record.is_hidden = True
        tray.note("warned", "hidden row: read like any other", "hidden_content")
    tray.note("warned", "hidden sheet: not read", "hidden_content")
    tray.note("not_counted", "the TOTAL row is not a record", "total_row")
    return tray


def _values(event: MoneyEvent, index: int, planted: dict[str, int]) -> dict[str, Any]:
    text_date, text_amount = (
        index % planted["text_date_every"] == 3,
        index % planted["text_amount_every"] == 2,
    )
    pence = round(event.pence * UNITS_PER_POUND.get(event.currency, 1))
    amount: str | float = f"£{pence / 100:,.2f}" if text_amount and event.currency == "GBP" else _number(pence)
    gbp_amount = _number(event.pence) if event.currency != "GBP" else (1 if index % NOISE_EVERY == 4 else None)
    return {
        "ref": event.ref,
        "date": event.on.strftime("%d/%m/%Y") if text_date else event.on,
        "unit": event.unit,
        "operation": event.operation_ref or None,
        "power": event.power,
        "stage": event.stage,
        "amount": amount,
        "currency": event.currency,
        "gbp_amount": gbp_amount,
        "notes": None,
    }


def _number(pence: int) -> float:
    return pence // 100 if pence % 100 == 0 else pence / 100


def _is_seizure(record: Record) -> bool:
    event = record.subject
    return event.stage == "SEIZED" and is_svu_work(event.unit, event.on)


def _note_planned(tray: Tray, force: Force, planted: dict[str, int]) -> None:
    foreign = sum(event.currency != "GBP" for event in force.money)
    tray.note("counted", "another currency, with its pounds beside", "foreign_currency", "gbp_amount", foreign)
    tray.note(
        "counted",
        "date as text",
        "text_date",
        "date",
        sum(isinstance(record.values["date"], str) for record in tray.records),
    )
    tray.note(
        "counted",
        "amount as text",
        "text_amount",
        "amount",
        sum(isinstance(record.values["amount"], str) for record in tray.records),
    )
    tray.note("not_counted", "seizures by other units", "other_unit", count=planted["other_units"])
    tray.note_before_launch(planted["before_unit_launch"], "unit")


def _held(tray: Tray, planted: dict[str, int]) -> None:
    tray.hold(planted["bad_date"], "date", "31/02/2023", "bad_date", "no such day", _is_seizure)
    tray.hold(planted["bad_amount"], "amount", "£ to be confirmed", "bad_number", "amount in words", _is_seizure)
    tray.hold(planted["negative_amount"], "amount", -450, "out_of_range", "amount below nought", _is_seizure)
    for record in tray.hold(
        planted["foreign_without_gbp_amount"],
        "gbp_amount",
        None,
        "missing_required",
        "another currency and no pounds beside",
        _is_seizure,
    ):
        record.values |= {"currency": "EUR", "amount": 900}
    tray.conflict(planted["conflicting_pairs"], "amount", 77_000, _is_seizure)


def total_row(tray: Tray) -> dict[str, Any]:
    """The sum that somebody keeps at the foot of the register."""
    numbers = [record.values["amount"] for record in tray.records if not isinstance(record.values["amount"], str)]
    return dict.fromkeys(REGISTER_COLUMNS) | {"ref": "TOTAL", "amount": round(sum(numbers), 2)}


TITLE_ROWS = (
    "Asset recovery register",
    f"As kept by the financial investigation team, {date(2024, 12, 2):%d/%m/%Y}",
)
