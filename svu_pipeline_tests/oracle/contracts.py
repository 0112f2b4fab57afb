"""What a row of each dataset must look like: the rules of the ten sections of `sources.md`, one function
each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from . import codes
from .record import Raw, Record
from .values import (
    BadValueError,
    add_months,
    age_on,
    british_local_time,
    cell_day,
    decimal,
    flag,
    iso_day,
    iso_local_time,
    matching,
    pounds,
    utc_instant,
    whole,
)

YOUNGEST, OLDEST = 10, 110
CUSTODY_REF = r"42[A-Z]{2}/\d{6}/\d{2}"
CASE_FILE_URN = r"42[A-Z]{2}\d{7}"
ANY_URN = r"[A-Z0-9]{4}\d{7}"


def custody_record(raw: Raw) -> Record:
    row = Record("custody_record", raw)
    ref = row.read("custody_ref", lambda text: matching(CUSTODY_REF, text), required=True)
    row.pnc_id()
    row.text("surname", required=True)
    row.text("forenames", required=True)
    born_on = row.read("date_of_birth", iso_day)
    row.code("sex", codes.SEX)
    row.text("home_postcode")
    arrested_at = row.read("arrested_at", iso_local_time, required=True)
    row.code("arrest_reason", codes.ARREST_REASON, required=True)
    row.unit("arresting_unit", "arrested_at", arrested_at.on if arrested_at else None)
    row.text("operation_ref")
    row.district()
    row.open_code("lead_offence_code", required=True)
    row.code("record_status", codes.RECORD_STATUS, required=True)
    row.text("transferred_from")
    updated_at = row.read("updated_at", utc_instant, required=True)
    if arrested_at and updated_at and arrested_at.utc > updated_at:
        row.hold("arrested_at", "impossible_date")
    if arrested_at and born_on and not YOUNGEST <= age_on(born_on, arrested_at.on) <= OLDEST:
        row.values["date_of_birth"] = None
        row.withheld.append(("date_of_birth", "implausible_age"))
    return _versioned(row, ref, updated_at)


def charge(raw: Raw) -> Record:
    row = Record("charge", raw)
    ref = row.text("charge_id", required=True)
    row.read("urn", lambda text: matching(CASE_FILE_URN, text), required=True)
    row.text("custody_ref", required=True)
    row.open_code("offence_code", required=True)
    row.read("charged_at", iso_local_time, required=True)
    row.code("initiation", codes.INITIATION, required=True)
    row.code("status", codes.CHARGE_STATUS, required=True)
    return _versioned(row, ref, row.read("updated_at", utc_instant, required=True))


def custody_outcome(raw: Raw) -> Record:
    row = Record("custody_outcome", raw)
    ref = row.text("custody_ref", required=True)
    row.code("outcome", codes.CUSTODY_OUTCOME, required=True)
    row.read("decided_at", iso_local_time, required=True)
    return _versioned(row, ref, row.read("updated_at", utc_instant, required=True))


def remand_decision(raw: Raw) -> Record:
    row = Record("remand_decision", raw)
    ref = row.text("remand_id", required=True)
    row.text("custody_ref", required=True)
    row.read("decided_at", iso_local_time, required=True)
    row.code("decided_by", codes.DECIDED_BY, required=True)
    row.code("remand_code", codes.REMAND, required=True)
    return _versioned(row, ref, row.read("updated_at", utc_instant, required=True))


def hearing(raw: Raw) -> Record:
    """One item of the API, its results as parts: a bad result holds the hearing and all of its results."""
    row = Record("hearing", raw)
    ref = row.text("hearing_id", required=True)
    row.read("urn", lambda text: matching(ANY_URN, text), required=True)
    row.text("court")
    row.read("hearing_date", iso_day, required=True)
    updated_at = row.read("updated_at", utc_instant, required=True)
    row.text("defendant_id", required=True)
    row.pnc_id()
    row.text("surname", required=True)
    row.text("forenames")
    row.read("date_of_birth", iso_day)
    row.is_withdrawal = row.raw.get("deleted") is True
    results = raw.get("results")
    row.parts = [hearing_result(result) for result in results] if isinstance(results, list) else []
    row.held += [(column, reason) for part in row.parts for column, reason in part.held]
    return _versioned(row, ref, updated_at)


def hearing_result(raw: Raw) -> Record:
    row = Record("hearing_result", raw)
    row.text("result_id", required=True)
    row.open_code("offence_code", required=True)
    result_code = row.open_code("result_code", required=True)
    qualifier = row.open_code("qualifier")
    if qualifier is not None and qualifier not in codes.QUALIFIER:
        row.warn("qualifier", "unknown_qualifier")
        row.values["qualifier"] = None
    duration = raw.get("duration")
    row.raw.update({"value": None, "unit": None} if not isinstance(duration, dict) else duration)
    unit = row.code("unit", codes.DURATION_UNIT)
    is_custodial = result_code in codes.DETERMINATE
    if is_custodial and unit != "L" and (row.raw["value"] is None or unit is None):
        row.hold("duration", "custodial_without_duration")
    row.read("value", whole, required=is_custodial and unit is not None and row.raw["value"] is not None)
    return row


def exhibit(raw: Raw) -> Record:
    row = Record("exhibit", raw)
    ref = row.text("exhibit_ref", required=True)
    seized_at = row.read("seized_at", british_local_time, required=True)
    row.unit("unit_code", "seized_at", seized_at.on if seized_at else None)
    row.text("operation_ref")
    row.text("custody_ref")
    row.district()
    category = row.code("category", codes.CATEGORY, required=True)
    if category == "WEAPON":
        row.code("item_type", codes.WEAPON, required=True)
    else:
        row.text("item_type")
    row.text("description")
    unit = row.code("unit_of_measure", codes.UNIT_OF_MEASURE, required=True)
    quantity = row.read("quantity", decimal, required=True)
    if quantity is not None and quantity <= 0:
        row.hold("quantity", "out_of_range")
    elif quantity is not None and unit in codes.COUNTED_IN_WHOLES and quantity % 1:
        row.hold("quantity", "not_whole")
    row.read("lab_quantity", _positive)
    row.code("lab_unit", codes.UNIT_OF_MEASURE)
    if category == "DRUG":
        row.code("drug", codes.DRUG, required=True)
    else:
        row.text("drug")
    row.code("status", codes.EXHIBIT_STATUS, required=True)
    return _versioned(row, ref, row.read("revision", whole, required=True))


def _positive(text: str) -> Decimal:
    number = decimal(text)
    if number <= 0:
        raise BadValueError("out_of_range")
    return number


def register_entry(raw: Raw) -> Record:
    """A row of the asset recovery register; the key is on the raw values."""
    row = Record("register_entry", raw)
    on = row.read("date", cell_day, required=True)
    ref = row.text("ref", required=True)
    row.unit("unit", "date", on)
    row.text("operation")
    row.code("power", codes.POWER_OVER_MONEY)
    row.code("stage", codes.STAGE_OF_MONEY, required=True)
    amount = row.read("amount", pounds, required=True)
    currency = row.open_code("currency", required=True)
    if currency in (None, "GBP"):
        row.values["pounds"] = amount
    else:
        row.values["pounds"] = row.read("gbp_amount", pounds, required=True)
    row.text("notes")
    row.key = (ref, str(row.raw.get("stage") or "").upper(), row.raw.get("date")) if ref else None
    return row


def warrant(raw: Raw) -> Record:
    row = Record("warrant", raw)
    ref = row.text("warrant_no", required=True)
    power = row.code("power", codes.POWER_TO_SEARCH, required=True)
    issued_on = row.read("issued", cell_day, required=True)
    status = row.code("status", codes.WARRANT_STATUS, required=True)
    executed_on = row.read("executed", cell_day, required=status == "EXECUTED")
    row.code("result", codes.WARRANT_RESULT)
    row.text("premises_ref")
    row.district()
    row.unit("unit", "executed", executed_on)
    row.text("operation")
    if issued_on and executed_on:
        last_day = add_months(issued_on, 1 if power == "MDA_S23" else 3)
        if not issued_on <= executed_on <= last_day:
            row.hold("executed", "executed_outside_authority")
    row.key = (ref,) if ref else None
    return row


def contact(raw: Raw) -> Record:
    row = Record("contact", raw)
    ref = row.text("id", required=True)
    row.pnc_id()
    row.text("surname")
    row.text("forenames")
    row.read("date_of_birth", iso_day)
    row.code("sex", codes.SEX)
    row.text("postcode")
    contacted_on = row.read("contacted_on", iso_day, required=True)
    row.unit("unit", "contacted_on", contacted_on)
    row.district()
    row.text("operation")
    kind = row.code("kind", codes.CONTACT_KIND, required=True)
    row.code("outcome", codes.CONTACT_OUTCOME, required=True)
    row.text("partner")
    premises = row.text("premises_ref")
    if kind == "CUCKOOING_VISIT" and premises is None:
        row.warn("premises_ref", "premises_missing")
    return _versioned(row, ref, row.read("version", whole, required=True))


def contact_withdrawal(raw: Raw) -> Record:
    row = Record("contact_withdrawal", raw)
    ref = row.text("id", required=True)
    row.key = (ref,) if ref else None
    return row


def civil_order(raw: Raw) -> Record:
    row = Record("civil_order", raw)
    ref = row.text("order_ref", required=True)
    order_type = row.code("order_type", codes.ORDER_TYPE, required=True)
    stage = row.code("stage", codes.ORDER_STAGE, required=True)
    status = row.code("status", codes.ORDER_STATUS, required=True)
    granted_on = row.read("granted_on", iso_day, required=True)
    expires_on = row.read("expires_on", iso_day)
    row.text("court")
    row.district()
    row.unit("unit_code", "granted_on", granted_on)
    row.text("operation_ref")
    row.pnc_id()
    row.text("surname")
    row.text("forenames")
    born_on = row.read("date_of_birth", iso_day)
    row.key = (ref,) if ref else None
    if status != "GRANTED" or granted_on is None:
        return row
    if order_type == "GANG_INJUNCTION":
        if born_on is None:
            row.warn("date_of_birth", "unknown_age")
        elif age_on(born_on, granted_on) < 14:
            row.hold("date_of_birth", "below_statutory_age")
    shortest = {("STRO", "FINAL"): 24, ("STPO", "FINAL"): 60}.get((order_type or "", stage or ""))
    if shortest and expires_on and expires_on + timedelta(days=1) < add_months(granted_on, shortest):
        row.hold("expires_on", "below_statutory_length")
    return row


def order_breach(raw: Raw) -> Record:
    row = Record("order_breach", raw)
    ref = row.text("breach_ref", required=True)
    row.text("order_ref", required=True)
    row.read("breached_on", iso_day, required=True)
    row.code("outcome", codes.BREACH_OUTCOME, required=True)
    row.key = (ref,) if ref else None
    return row


def operation(raw: Raw) -> Record:
    row = Record("operation", raw)
    ref = row.text("operation_ref", required=True)
    row.text("name", required=True)
    row.code("kind", codes.OPERATION_KIND, required=True)
    row.text("line_name")
    row.read("opened_on", iso_day, required=True)
    row.read("closed_on", iso_day)
    row.code("closure", codes.CLOSURE)
    return _versioned(row, ref, row.read("updated_at", utc_instant, required=True))


DEPLOYMENT_COUNTS = (
    "leaflets", "partner_referrals", "training_sessions_offered", "training_sessions_delivered",
    "vehicles_stopped", "passengers_checked", "arrests",
)  # fmt: skip


def deployment(raw: Raw) -> Record:
    row = Record("deployment", raw)
    ref = row.text("deployment_ref", required=True)
    row.open_code("operation_name", required=True)
    started_on = row.read("started_on", iso_day, required=True)
    row.read("ended_on", iso_day)
    row.text("place")
    row.district()
    row.unit("unit_code", "started_on", started_on)
    for count in DEPLOYMENT_COUNTS:
        row.read(count, _natural)
    row.read("leaflets_estimated", flag)
    row.read("passengers_estimated", flag)
    return _versioned(row, ref, row.read("updated_at", utc_instant, required=True))


def _natural(raw: object) -> int:
    number = whole(raw)
    if number < 0:
        raise BadValueError("out_of_range")
    return number


def _versioned(row: Record, ref: str | None, order: object) -> Record:
    row.key, row.order = (ref,) if ref else None, order
    return row


ESSEX_NAMES = {
    "Basildon",
    "Braintree",
    "Brentwood",
    "Castle Point",
    "Chelmsford",
    "Colchester",
    "Epping Forest",
    "Harlow",
    "Maldon",
    "Rochford",
    "Tendring",
    "Uttlesford",
    "Southend-on-Sea",
    "Thurrock",
}


def stop_and_search(raw: Raw) -> Record:
    """Public context: nothing holds such a row."""
    row = Record("stop_and_search", raw)
    if row.raw.get("latitude") is None or row.raw.get("longitude") is None:
        row.warn("latitude", "no_location")
    return row


def street_crime(raw: Raw) -> Record:
    """Public context: the kind of crime, as published or as the API names it."""
    row = Record("street_crime", raw)
    row.read("crime_type", lambda text: re.sub(r"[^a-z]+", "-", str(text).lower()))
    if row.raw.get("latitude") is None or row.raw.get("longitude") is None:
        row.warn("latitude", "no_location")
    name = row.raw.get("lsoa_name")
    if isinstance(name, str) and name.rpartition(" ")[0] not in ESSEX_NAMES:
        row.warn("lsoa_name", "out_of_area")
    return row


CONTRACTS: dict[str, Callable[[Raw], Record]] = {
    contract.__name__: contract
    for contract in (
        custody_record,
        charge,
        custody_outcome,
        remand_decision,
        hearing,
        exhibit,
        register_entry,
        warrant,
        contact,
        contact_withdrawal,
        civil_order,
        order_breach,
        operation,
        deployment,
        stop_and_search,
        street_crime,
    )
}
