"""Public open data: nothing is spoiled here, its habits are counted."""

from __future__ import annotations

from svu_pipeline.demo.force import Force
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.plan.police_uk import OUTSIDE_AREAS


def account_police_uk(force: Force, ledger: Ledger) -> None:
    """Notes rows outside Essex, rows of no place, and rows that repeat one before them; all are kept."""
    outside = {code for code, *_ in OUTSIDE_AREAS}
    for month in force.public:
        ledger.account("street_crime", ["current"] * len(month.crimes))
        ledger.account("stop_and_search", ["current"] * len(month.stops))
        beyond = sum(row["LSOA code"] in outside for row in month.crimes)
        nowhere = sum(not row["LSOA code"] for row in month.crimes)
        _note(ledger, "street_crime", "out_of_area", "place outside Essex: kept", "lsoa_name", beyond)
        _note(ledger, "street_crime", "no_location", "no place given: kept", "latitude", nowhere)
        _note(
            ledger,
            "street_crime",
            "exact_repeat",
            "reads exactly like a row before it: kept",
            "",
            _repeats(month.crimes),
        )
        nowhere = sum(not row["Latitude"] for row in month.stops)
        _note(ledger, "stop_and_search", "no_location", "no place given: kept", "latitude", nowhere)
        _note(
            ledger,
            "stop_and_search",
            "exact_repeat",
            "reads exactly like a row before it: kept",
            "",
            _repeats(month.stops),
        )


def _note(ledger: Ledger, dataset: str, reason: str, what: str, column: str, count: int) -> None:
    ledger.note("police_uk", dataset, "warned", what, reason=reason, column=column, count=count)


def _repeats(rows: list[dict[str, str]]) -> int:
    """How many rows equal an earlier one of the month."""
    return len(rows) - len({tuple(row.values()) for row in rows})
