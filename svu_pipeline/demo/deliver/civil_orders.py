"""The civil orders register and the breaches of its orders, whole files of two dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from svu_pipeline.demo.deliver.identities import Identities
from svu_pipeline.demo.deliver.mentions import Mention
from svu_pipeline.demo.force import CivilOrder, Force, OrderBreach, is_svu_work
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import add_months
from svu_pipeline.demo.tray import Tray

ORDER_COLUMNS = (
    "order_ref",
    "order_type",
    "stage",
    "status",
    "granted_on",
    "expires_on",
    "court",
    "district_code",
    "unit_code",
    "operation_ref",
    "pnc_id",
    "surname",
    "forenames",
    "date_of_birth",
)
BREACH_COLUMNS = ("breach_ref", "order_ref", "breached_on", "outcome")
EARLIER_FILE, LATEST_FILE = date(2024, 7, 1), date(2024, 12, 1)
SPOILED_ON = date(2023, 8, 15)


@dataclass
class CivilOrders:
    """The latest files, and the rows of the earlier ones, which the latest overrule."""

    orders: Tray
    breaches: Tray
    earlier_orders: list[Record]
    earlier_breaches: list[Record]


def deliver_civil_orders(
    force: Force, targets: Targets, ledger: Ledger, rng: Random, identities: Identities
) -> CivilOrders:
    orders = Tray("civil_orders", "civil_order", "order_ref", lambda n: f"CO99/{n:04d}", ledger, rng)
    for order in force.orders:
        written = identities.of("civil_order", order.ref, order.person)
        is_plain = order.has_birth_date and not written.slips
        orders.add(_order_values(order, written), order, LATEST_FILE, is_plain, order.person)
    breaches = Tray("civil_orders", "order_breach", "breach_ref", lambda n: f"BR9{n:04d}", ledger, rng)
    for breach in sorted(force.breaches, key=lambda one: (one.on, one.ref)):
        breaches.add(_breach_values(breach), breach, LATEST_FILE)
    planted, planted_breaches = targets.planted["civil_order"], targets.planted["order_breach"]
    breaches.hold(planted_breaches["bad_breached_on"], "breached_on", "in May", "bad_date", "day of breach in words")
    breaches.note("not_counted", "breaches of other units' orders", "other_unit", count=planted_breaches["other_units"])
    earlier_orders = [record for record in orders.records if record.subject.granted_on < EARLIER_FILE]
    earlier_breaches = [record for record in breaches.records if record.subject.on < EARLIER_FILE]
    earlier_orders += _gone(orders, planted["gone_from_latest"])
    earlier_breaches += _gone(breaches, planted_breaches["gone_from_latest"])
    earlier_orders = [record.copy() for record in earlier_orders]
    earlier_breaches = [record.copy() for record in earlier_breaches if record.fate == "current"]
    _note_planned(orders, planted)
    _values_in_doubt(orders, planted)
    _below_statute(orders, planted)
    orders.outside_essex(planted["outside_essex"], "district_code", _is_behaviour_order)
    return CivilOrders(orders, breaches, earlier_orders, earlier_breaches)


def _order_values(order: CivilOrder, written: Mention) -> dict[str, str]:
    return {
        "order_ref": order.ref,
        "order_type": order.order_type,
        "stage": order.stage,
        "status": order.status,
        "granted_on": order.granted_on.isoformat(),
        "expires_on": order.expires_on.isoformat() if order.expires_on else "",
        "court": order.court,
        "district_code": order.district,
        "unit_code": order.unit,
        "operation_ref": order.operation_ref,
        "pnc_id": written.pnc_id,
        "surname": written.surname,
        "forenames": written.forenames,
        "date_of_birth": written.birth_text,
    }


def _breach_values(breach: OrderBreach) -> dict[str, str]:
    return {
        "breach_ref": breach.ref,
        "order_ref": breach.order.ref,
        "breached_on": breach.on.isoformat(),
        "outcome": breach.outcome,
    }


def _gone(tray: Tray, count: int) -> list[Record]:
    """Rows that stood in the earlier file only: withdrawn, the latest date decides."""
    gone = list(
        tray.clones(count, lambda record: record.values.get("order_type", "GANG_INJUNCTION") == "GANG_INJUNCTION")
    )
    for record in gone:
        tray.records.remove(record)
        tray.note("not_counted", "in the earlier file and no longer in the latest: withdrawn", "gone_from_latest")
    return gone


def _note_planned(tray: Tray, planted: dict[str, int]) -> None:
    tray.note("not_counted", "refused by the court", "refused", "status", planted["refused"])
    tray.note("not_counted", "orders of other units", "other_unit", count=planted["other_units"])
    tray.note("counted", "discharged since: it was granted", "discharged", "status", planted["discharged"])
    tray.note(
        "warned",
        "respondent of unknown age: kept, no teenager",
        "unknown_age",
        "date_of_birth",
        sum(not record.subject.has_birth_date for record in tray.records),
    )


def _values_in_doubt(tray: Tray, planted: dict[str, int]) -> None:
    tray.withhold(
        planted["bad_expires_on"],
        "expires_on",
        "until further order",
        "bad_date",
        "end of the order in words",
        _is_behaviour_order,
    )
    tray.warn_code(planted["unknown_order_type"], "order_type", "SHPO", "unknown type of order", _is_behaviour_order)
    tray.repeat(planted["duplicate"], "the same row twice")
    tray.hold(planted["bad_granted_on"], "granted_on", "2023-11-31", "bad_date", "no such day", _is_counted_stro)
    for record in tray.clones(planted["lines_with_too_few_fields"], _is_counted_stro):
        record.fields_added, record.fate = -3, "held"
        tray.note("held", "fields too few", "too_few_fields")


def _is_behaviour_order(record: Record) -> bool:
    return record.values["order_type"] in ("CBO", "SCPO", "KCPO")


def _is_counted_stro(record: Record) -> bool:
    order = record.subject
    return order.order_type == "STRO" and order.status == "GRANTED" and is_svu_work(order.unit, order.granted_on)


def _below_statute(tray: Tray, planted: dict[str, int]) -> None:
    """Orders that no court can make: a gang injunction on a child of 13, terms a month too short."""

    def is_injunction(record: Record) -> bool:
        return bool(record.subject.order_type == "GANG_INJUNCTION" and record.subject.status == "GRANTED")

    for record in tray.clones(planted["below_statutory_age"], is_injunction):
        record.fate = "held"
        record.values["date_of_birth"] = add_months(record.subject.granted_on, -13 * 12 - 6).isoformat()
        tray.note("held", "respondent of 13", "below_statutory_age", "date_of_birth")
    for index, record in enumerate(tray.clones(planted["below_statutory_length"], _is_counted_stro)):
        order_type, months = (("STRO", 23), ("STPO", 59))[index % 2]
        record.fate = "held"
        record.values |= {
            "order_type": order_type,
            "stage": "FINAL",
            "granted_on": SPOILED_ON.isoformat(),
            "expires_on": (add_months(SPOILED_ON, months) - timedelta(days=1)).isoformat(),
        }
        tray.note(
            "held",
            "final order a month shorter than the statute allows",
            "below_statutory_length",
            "expires_on",
        )
