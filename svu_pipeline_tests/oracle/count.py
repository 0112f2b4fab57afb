"""The oracle's front door: figures of a window, row accounts and reasons, from extract folders."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from .figures import all_figures
from .history import BY_MONTH, History
from .nights import read_nights
from .window import rounded, window_of

OFFENCE_GROUPS = Path(__file__).parents[2] / "svu_pipeline" / "facts" / "reference" / "offence_group.csv"

DATASETS = (
    "custody_record", "charge", "custody_outcome", "remand_decision", "hearing", "hearing_result", "exhibit",
    "register_entry", "warrant", "contact", "contact_withdrawal", "civil_order", "order_breach", "operation",
    "deployment", "stop_and_search", "street_crime",
)  # fmt: skip

PLACES = {"charge_rate": 1, "charge_and_remand_rate": 1, "prison_years": 2, "drugs_seized_kg": 3}
NEEDS = {
    ("people_arrested", "arrests"): ("custody_record",),
    ("people_charged", "charge_rate"): ("custody_record", "charge"),
    ("people_charged_and_remanded", "charge_and_remand_rate"): (
        "custody_record",
        "charge",
        "remand_decision",
    ),
    ("prison_years", "people_imprisoned", "indeterminate_sentences"): ("custody_record", "charge", "hearing"),
    (
        "weapons_seized",
        "knives_and_blades_seized",
        "firearms_seized",
        "drugs_seized_kg",
        "drug_tablets_seized",
        "drug_wraps_seized",
        "drug_plants_seized",
        "drug_seizures",
    ): ("exhibit",),
    (
        "criminal_profits_seized",
        "criminal_profits_returned",
        "criminal_profits_forfeited",
        "confiscation_ordered",
        "confiscation_paid",
    ): ("register_entry",),
    ("warrants_executed",): ("warrant",),
    (
        "people_safeguarded",
        "children_safeguarded",
        "adults_safeguarded",
        "nrm_referrals",
        "partner_referrals",
        "cuckooed_premises_visited",
    ): ("contact",),
    ("gang_injunctions", "gang_injunctions_teenagers", "stro_people"): ("civil_order",),
    ("order_breaches",): ("civil_order", "order_breach"),
    ("drug_lines_closed",): ("operation",),
    (
        "bumble_deployments",
        "bumble_leaflets",
        "bumble_partner_referrals",
        "bumble_training_sessions_offered",
        "bumble_vehicles_stopped",
        "bumble_passengers_checked",
        "bumble_arrests",
    ): ("deployment",),
    ("stop_searches",): ("stop_and_search",),
    ("recorded_weapon_possession", "recorded_drug_crime"): ("street_crime",),
}
METRICS = tuple(metric for metrics in NEEDS for metric in metrics)
POUNDS = {metric for metric in METRICS if metric.startswith(("criminal_profits", "confiscation"))}


def count(nights: Sequence[Path], window: str, months: int = 12) -> dict[str, str | None]:
    """Every metric id after the last of `nights`, printed as the review prints it.

    Counts are whole, pounds have 2 decimals, kg 3, years 2 and per cent 1; None where a source that the
    figure needs was never supplied or a rate has nothing to divide by.
    """
    return figures_of(read_nights(nights), window, months)


def figures_of(history: History, window: str, months: int = 12) -> dict[str, str | None]:
    """The figures of one window from a history already read, so that more windows cost no more reading."""
    exact = all_figures(history, window_of(window, months), drug_supply_codes())
    return {
        metric: _printed(metric, exact[metric]) if _is_supplied(history, needed) else None
        for metrics, needed in NEEDS.items()
        for metric in metrics
    }


def accounts(nights: Sequence[Path]) -> dict[str, dict[str, int]]:
    """Per dataset, what became of its rows: landed is the sum of the other five."""
    return accounts_of(read_nights(nights))


def accounts_of(history: History) -> dict[str, dict[str, int]]:
    """The accounts of a history already read."""
    return {dataset: _account(history, dataset) for dataset in DATASETS}


def reasons(nights: Sequence[Path]) -> dict[tuple[str, str, str], int]:
    """How many delivered rows have each (dataset, column, reason), held, withheld or warned."""
    return {
        (dataset, column, reason): rows
        for dataset, state in read_nights(nights).datasets.items()
        for (column, reason), rows in state.reasons.items()
    }


def drug_supply_codes() -> set[str]:
    """The offence codes of the group `DRUG_SUPPLY`."""
    with OFFENCE_GROUPS.open(newline="", encoding="utf-8") as file:
        return {r["offence_code"] for r in csv.DictReader(file) if r["offence_group"] == "DRUG_SUPPLY"}


def _is_supplied(history: History, datasets: tuple[str, ...]) -> bool:
    return all(history.datasets[dataset].is_supplied for dataset in datasets)


def _printed(metric: str, exact: Fraction | None) -> str | None:
    if exact is None:
        return None
    return rounded(exact, 2 if metric in POUNDS else PLACES.get(metric, 0))


def _account(history: History, dataset: str) -> dict[str, int]:
    if dataset == "hearing_result":
        return _result_account(history)
    counts = history.datasets[dataset].counts
    current, standing = len(history.current(dataset)), len(history.datasets[dataset].standing)
    withdrawn = 0 if dataset in BY_MONTH else standing - current
    account = {"landed": counts["landed"], "current": current, "withdrawn": withdrawn}
    account |= {"duplicate": counts["duplicate"], "held": counts["held"]}
    return account | {"superseded": account["landed"] - sum(n for k, n in account.items() if k != "landed")}


def _result_account(history: History) -> dict[str, int]:
    """The results follow their hearing."""
    landed = history.datasets["hearing_result"].counts
    state = history.datasets["hearing"]
    withdrawn = sum(len(s.record.parts) for s in state.standing.values() if s.is_withdrawn)
    accepted = sum(len(record.parts) for records in state.accepted.values() for record in records)
    current = sum(len(record.parts) for record in history.current("hearing"))
    return {
        "landed": landed["landed"],
        "current": current,
        "withdrawn": withdrawn,
        "superseded": accepted - current - withdrawn,
        "duplicate": landed["duplicate"],
        "held": landed["held"],
    }
