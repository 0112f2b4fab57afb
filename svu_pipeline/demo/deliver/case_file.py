"""The case file's charges, custody outcomes and remand decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from svu_pipeline.demo.force import Arrest, Force
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.records import Record
from svu_pipeline.demo.targets import Targets
from svu_pipeline.demo.timeline import day_after, local_text, utc_text
from svu_pipeline.demo.tray import Tray

CHARGE_COLUMNS = (
    "charge_id",
    "urn",
    "custody_ref",
    "offence_code",
    "charged_at",
    "initiation",
    "status",
    "updated_at",
)
OUTCOME_COLUMNS = ("custody_ref", "outcome", "decided_at", "updated_at")
REMAND_COLUMNS = ("remand_id", "custody_ref", "decided_at", "decided_by", "remand_code", "updated_at")


@dataclass
class CaseFile:
    charges: Tray
    outcomes: Tray
    remands: Tray


def deliver_case_file(force: Force, targets: Targets, ledger: Ledger, rng: Random) -> CaseFile:
    return CaseFile(
        _charges(force, targets.planted["charge"], ledger, rng),
        _outcomes(force, targets.planted["custody_outcome"], ledger, rng),
        _remands(force, targets.planted["remand_decision"], ledger, rng),
    )


def _charges(force: Force, planted: dict[str, int], ledger: Ledger, rng: Random) -> Tray:
    tray = Tray("case_file", "charge", "charge_id", lambda n: f"CH9{n:06d}", ledger, rng)
    for arrest in force.arrests:
        for charge in arrest.charges:
            tray.add(
                {
                    "charge_id": charge.charge_id,
                    "urn": arrest.urn,
                    "custody_ref": charge.custody_ref,
                    "offence_code": charge.offence,
                    "charged_at": local_text(charge.at),
                    "initiation": charge.initiation,
                    "status": charge.status,
                    "updated_at": utc_text(day_after(rng, charge.at, 1, 20)),
                },
                arrest,
            )
    on_bail = sum(len(arrest.charges) for arrest in force.arrests if arrest.bail_return)
    tray.note(
        "counted",
        "charge on the record of the return on bail: it is the first arrest's",
        "on_answered_bail",
        "custody_ref",
        on_bail,
    )
    tray.note(
        "not_counted",
        "people whose only charge was withdrawn",
        "withdrawn_only",
        "status",
        planted["withdrawn_only"],
    )
    tray.note(
        "not_counted",
        "people reported by requisition or summons only",
        "requisition_only",
        "initiation",
        planted["requisition_only"],
    )
    _bad_charges(tray, force, planted)
    return tray


def _bad_charges(tray: Tray, force: Force, planted: dict[str, int]) -> None:
    """Spoiled charges against people who were never charged: were one accepted, a person too many."""
    spoiled = (
        ("bad_urn", "urn", "42CU12", "bad_identifier", "URN of another shape"),
        ("bad_charged_at", "charged_at", "the same evening", "bad_date", "time of charge in words"),
        ("missing_offence", "offence_code", "", "missing_required", "no offence"),
    )
    for defect, column, value, reason, what in spoiled:
        for record in tray.hold(planted[defect], column, value, reason, what, _is_single_live_charge):
            record.values["custody_ref"] = _uncharged(force, tray.rng).last_ref
    for record in tray.clones(planted["unknown_initiation"], _is_single_live_charge):
        record.values |= {
            "custody_ref": _uncharged(force, tray.rng).last_ref,
            "initiation": "X",
            "urn": "42CU9990123",
        }
        tray.note("warned", "unknown initiation: not a charge", "unknown_code", "initiation")
    for number, record in enumerate(tray.clones(planted["before_custody_record"], _is_single_live_charge)):
        record.values |= {"custody_ref": f"42CU/99980{number}/23", "urn": f"42CU9980{number}23"}
        tray.note("not_counted", "the custody record has not come: waits for it", "no_custody_record", "custody_ref")


def _is_single_live_charge(record: Record) -> bool:
    return bool(record.subject.counts) and record.values["status"] == "LIVE"


def _uncharged(force: Force, rng: Random) -> Arrest:
    return rng.choice([arrest for arrest in force.arrests if arrest.counts and not arrest.charges])


def _outcomes(force: Force, planted: dict[str, int], ledger: Ledger, rng: Random) -> Tray:
    tray = Tray("case_file", "custody_outcome", "custody_ref", lambda n: f"42ER/{980000 + n:06d}/23", ledger, rng)
    for arrest in force.arrests:
        if arrest.bail_return:
            _outcome(tray, arrest.records[-1].ref, "PRE_CHARGE_BAIL", arrest.records[-1].at)
        ends_at = (arrest.bail_return or arrest.records[-1]).at
        uncharged = rng.choices(("NFA", "RUI", "CAUTIONED", "PRE_CHARGE_BAIL", "OTHER"), (45, 30, 10, 10, 5))[0]
        _outcome(tray, arrest.last_ref, "CHARGED" if arrest.charges else uncharged, ends_at)
    tray.warn_code(planted["unknown_outcome"], "outcome", "DEFERRED", "unknown outcome")
    tray.hold(planted["bad_decided_at"], "decided_at", "2023-06-31 09:00:00", "bad_date", "no such time")
    return tray


def _outcome(tray: Tray, custody_ref: str, outcome: str, began: datetime) -> None:
    decided = began + timedelta(hours=21)
    if decided.hour == 1:  # the hour that clocks skip or repeat
        decided = decided.replace(hour=3)
    tray.add(
        {
            "custody_ref": custody_ref,
            "outcome": outcome,
            "decided_at": local_text(decided),
            "updated_at": utc_text(day_after(tray.rng, decided, 1, 10)),
        }
    )


def _remands(force: Force, planted: dict[str, int], ledger: Ledger, rng: Random) -> Tray:
    tray = Tray("case_file", "remand_decision", "remand_id", lambda n: f"RM9{n:06d}", ledger, rng)
    for arrest in force.arrests:
        for remand in arrest.remands:
            tray.add(
                {
                    "remand_id": remand.remand_id,
                    "custody_ref": remand.custody_ref,
                    "decided_at": local_text(remand.at),
                    "decided_by": remand.decided_by,
                    "remand_code": remand.code,
                    "updated_at": utc_text(day_after(rng, remand.at, 1, 20)),
                },
                arrest,
            )
    tray.note(
        "not_counted",
        "bail or local-authority care is not custody",
        "not_in_custody",
        "remand_code",
        planted["bail_or_local_authority_care"],
    )
    charged = [arrest for arrest in force.arrests if arrest.counts and arrest.charged and not arrest.remands]
    for record in tray.clones(planted["unknown_remand_code"]):
        record.values |= {"custody_ref": rng.choice(charged).last_ref, "remand_code": "ZZ"}
        tray.note("warned", "unknown remand code: not custody", "unknown_code", "remand_code")
    for record in tray.hold(planted["missing_remand_code"], "remand_code", "", "missing_required", "no remand code"):
        record.values["custody_ref"] = rng.choice(charged).last_ref
    return tray
