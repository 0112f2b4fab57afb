"""By what the records behind the figures are credited to the unit, and those whose credit is disputed (capabilities, E8).

The recorded unit alone decides what counts; `facts/fct_unit_attribution.sql` sets a second opinion beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import LONDON, UNIT_LAUNCHED_ON, Clock, Window, month_of, months_between, now, window, written
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.settings import Settings
from svu_pipeline.strike import struck

if TYPE_CHECKING:
    import duckdb

RECORDS = {
    "custody_record": ("arrest", "arrests"),
    "warrant": ("warrant", "warrants"),
    "exhibit": ("exhibit", "exhibits"),
    "register_entry": ("register entry", "register entries"),
    "hearing": ("hearing", "hearings"),
    "contact": ("contact", "contacts"),
    "civil_order": ("order", "orders"),
    "order_breach": ("breach", "breaches"),
    "deployment": ("deployment", "deployments"),
}
"""What a record is called, and several, of each dataset whose records have a unit."""

EVIDENCE = {
    "case": "case",
    "custody": "custody record",
    "money": "same money",
    "operation": "operation",
    "same_day": "same day",
}
"""What each kind of evidence is called."""

CREDITS = ("corroborated", "alone", "divided", "disputed")
"""How a credited record stands: other evidence agrees, there is none, it speaks both ways, or it says another unit's."""


@dataclass(frozen=True)
class Disputed:
    """A record of which the recorded unit and the other evidence say different things; keys only.

    `is_credited` says whether it counts as the unit's, `figures` which figures of the window count it; `evidence` names the
    kinds of evidence that say otherwise, `witness` what they rest on.
    """

    dataset: str
    record: str
    on: date
    unit: str | None
    is_credited: bool
    opinion: str
    evidence: str
    witness: str
    figures: list[str]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "on": self.on.isoformat()}


@dataclass(frozen=True)
class Queue:
    """The disputed records of a window as known at an instant, those credited to the unit first."""

    window: Window
    as_at: str
    records: list[Disputed]

    @property
    def figures(self) -> dict[str, int]:
        """By figure, how many of the records that it counts are disputed."""
        ids = [metric for record in self.records for metric in record.figures]
        return {metric.id: ids.count(metric.id) for metric in METRICS if metric.id in ids}


def queue(settings: Settings, asked: Window | None, as_at: datetime | None = None, clock: Clock = now) -> Queue:
    """The disputed records of a window, or of all the time since the unit was set up, as known at an instant.

    Raises NothingLanded when nothing had landed by then.
    """
    asked = asked or since_launch(as_at or clock())
    with struck(settings, [asked], as_at) as state:
        _make(state.connection)
        return Queue(asked, written(as_at or state.as_at), _disputed(state.connection, asked))


def since_launch(at: datetime) -> Window:
    """The window from the day on which the unit was set up to the end of the month of an instant."""
    last = window(month_of(at.astimezone(LONDON).date()), 1)
    months = len(months_between(month_of(UNIT_LAUNCHED_ON), last.label))
    return replace(last, months=months, start=UNIT_LAUNCHED_ON)


def credit(connection: duckdb.DuckDBPyConnection, asked: Window) -> dict[str, Any]:
    """The part of a review on credit to the unit: of each figure its records by what credits them, and what is disputed.

    `figures` has those that count records of a unit, in the order of the catalogue; `credited` and `not_credited` are how
    many records of the window the other evidence speaks against, by whether they count as the unit's.
    """
    _make(connection)
    rows = connection.execute(
        "SELECT metric_id, dataset, credit, evidence, records FROM credit_share WHERE window_label = ? "
        "ORDER BY metric_id, records DESC, evidence",
        [asked.label],
    ).fetchall()
    by_metric = {metric: list(found) for metric, found in groupby(rows, key=lambda row: row[0])}
    against = connection.execute(
        "SELECT count(*) FILTER (is_unit_work), count(*) FILTER (NOT is_unit_work) FROM disputed WHERE window_label = ?",
        [asked.label],
    ).fetchall()[0]
    return {
        "figures": [
            _figure(metric.id, metric.title, by_metric[metric.id]) for metric in METRICS if metric.id in by_metric
        ],
        "credited": against[0],
        "not_credited": against[1],
    }


def _figure(metric: str, title: str, rows: list[tuple[str, str, str, str | None, int]]) -> dict[str, Any]:
    """One figure's records by what credits them, as counts and in words."""
    counts = {name: sum(records for *_, found, _, records in rows if found == name) for name in CREDITS}
    by_evidence = [{"evidence": evidence.split(", "), "records": n} for *_, evidence, n in rows if evidence is not None]
    one, several = RECORDS[rows[0][1]]
    total = sum(counts.values())
    return {
        "id": metric,
        "title": title,
        "records": total,
        **counts,
        "by_evidence": by_evidence,
        "words": f"{total:,} {one if total == 1 else several}: {'; '.join(_parts(by_evidence, counts))}",
    }


def _parts(by_evidence: list[dict[str, Any]], counts: dict[str, int]) -> list[str]:
    """`201 unit code and operation`, …, `230 unit code alone`, `17 disputed`."""
    parts = [f"{part['records']:,} {_listed(part['evidence'])}" for part in by_evidence]
    words = {"alone": "unit code alone", "divided": "unit code, other evidence both ways", "disputed": "disputed"}
    return parts + [f"{counts[name]:,} {said}" for name, said in words.items() if counts[name]]


def _listed(kinds: list[str]) -> str:
    """`unit code and operation`; `unit code, case and operation`."""
    *first, last = ["unit code", *(EVIDENCE[kind] for kind in kinds)]
    return f"{', '.join(first)} and {last}"


def _disputed(connection: duckdb.DuckDBPyConnection, asked: Window) -> list[Disputed]:
    rows = connection.execute(
        "SELECT dataset, record_key, happened_on, unit_code, is_unit_work, opinion, evidence, witness, figures "
        "FROM disputed_record WHERE window_label = ? ORDER BY is_unit_work DESC, dataset, happened_on, record_key",
        [asked.label],
    ).fetchall()
    return [Disputed(*row) for row in rows]


def _make(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables that `attribution.sql` makes, in a session in which the figures have been struck."""
    connection.execute(resources.files("svu_pipeline.publication").joinpath("attribution.sql").read_text("utf-8"))
