"""How good the figures are: accounting by source, rows held, values withheld, warnings, references, credit, decisions.

Counts only: no value of a record is ever in it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from importlib import resources
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import Window, written
from svu_pipeline.contracts.model import Action, rules_of
from svu_pipeline.contracts.registry import CONTRACTS, of_source
from svu_pipeline.contracts.waivers import WAIVED
from svu_pipeline.landing.attempt import gone_since
from svu_pipeline.landing.batch import deliveries
from svu_pipeline.people.decisions import in_force
from svu_pipeline.publication.attribution import credit
from svu_pipeline.quality.states import SourceState
from svu_pipeline.quality.volume import IMPLAUSIBLE, UNUSUAL, ZERO_ROWS, volume_of
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.strike import Struck
from svu_pipeline.warehouse import Home

if TYPE_CHECKING:
    import duckdb

SET_REASONS = {
    "part_held": "a part of the record is held, and the record with it",
    "record_held": "the record is held, and this part with it",
    "held_with_delivery": "the delivery is held whole: too many of its rows are held, or have an unknown code",
}

VOLUME_WORDS = {
    ZERO_ROWS: "the last delivery is empty, and the one before was not",
    UNUSUAL: "the last delivery is far from the usual size",
    IMPLAUSIBLE: "the last delivery is more than ten times the usual size",
}


def quality(home: Home, struck: Struck, states: list[SourceState], window: Window) -> dict[str, Any]:
    """The quality part of the review document of a window."""
    connection = struck.connection
    connection.execute(_sql("quality.sql"))
    public = connection.execute("SELECT words, rows FROM public_note").fetchall()
    return {
        "sources": [_source_row(struck, state) for state in states],
        **_reasons(struck),
        "notes": _notes(home, struck.as_at),
        "public": [{"words": words, "rows": rows} for words, rows in public],
        "references": reference_check(connection),
        "volumes": _volumes(home, struck.as_at),
        "credit": credit(connection, window),
        "linking_decisions": in_force(home, struck.as_at),
    }


def reference_check(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """References by the pair they join, with how many there are (`of`) and how many lack their other end (`rows`)."""
    connection.execute(_sql("references.sql"))
    cursor = connection.execute("SELECT * FROM reference_check ORDER BY ALL")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _volumes(home: Home, as_at: datetime) -> list[dict[str, Any]]:
    """The last deliveries that brought far more or far fewer rows than usual."""
    found = []
    for source in SYSTEMS:
        batches = deliveries(home, source, as_at)
        for contract in of_source(source):
            volume = volume_of(contract.dataset, batches)
            if volume.problem:
                words = VOLUME_WORDS[volume.problem]
                row = {"dataset": contract.dataset, "code": volume.problem, "words": words}
                found.append({**row, "rows": volume.rows, "usual": volume.usual})
    return found


def _source_row(struck: Struck, state: SourceState) -> dict[str, Any]:
    datasets = {contract.dataset for contract in of_source(state.source)}
    accounts = [account for account in struck.accounts if account.dataset in datasets]
    counts = ("landed", "current", "superseded", "withdrawn", "duplicate", "held")
    return {
        "source": state.source,
        "title": state.title,
        "status": state.status,
        "delivered_at": written(state.delivered_at) if state.delivered_at else None,
        "since": written(state.since) if state.since else None,
        "problem": state.problem,
        "cure": state.cure,
        **{name: sum(getattr(account, name) for account in accounts) for name in counts},
    }


def _reasons(struck: Struck) -> dict[str, list[dict[str, Any]]]:
    """Rows by action and reason: of held ones those not cleared since, of the others, waived ones too, those that stand."""
    counts = " UNION ALL ".join(
        f"SELECT '{dataset}' AS dataset, \"column\", reason, action, count(*) AS rows "  # noqa: S608 - our own names
        f"FROM reason_{dataset} JOIN standing_{dataset} USING (_batch, _file, _row) "
        "WHERE CASE WHEN action = 'held' THEN _status = 'held' AND NOT _is_cleared ELSE _status = 'current' END "
        "GROUP BY ALL"
        for dataset in CONTRACTS
    )
    order = list(CONTRACTS)
    rows = struck.connection.execute(f"{counts} ORDER BY ALL").fetchall()
    found: dict[str, list[dict[str, Any]]] = {action: [] for action in (*(action.value for action in Action), WAIVED)}
    for dataset, column, reason, action, count in sorted(rows, key=lambda row: order.index(row[0])):
        row = {"dataset": dataset, "column": column, "reason": reason}
        found[action].append({**row, "words": _words(dataset, column, reason), "rows": count})
    return found


def _words(dataset: str, column: str, reason: str) -> str:
    """What a reason means: the words of its rule, or of the rule on sets."""
    words = {(rule.column, rule.reason): rule.words for rule in rules_of(CONTRACTS[dataset])}
    return words.get((column, reason), SET_REASONS.get(reason, ""))


def _notes(home: Home, as_at: datetime) -> list[dict[str, Any]]:
    """What readers noted of the last delivery of each source as a whole."""
    last = [batches[-1] for source in SYSTEMS if (batches := deliveries(home, source, as_at))]
    counts: Counter[tuple[str, str]] = Counter()
    for manifest in last:
        for _, dataset, code, count in manifest.notes:
            counts[dataset, code] += count
    for source in SYSTEMS:
        for dataset, count in gone_since(home, source, as_at).items():
            counts[dataset, "gone_at_source"] += count
    return [{"dataset": dataset, "code": code, "count": count} for (dataset, code), count in sorted(counts.items())]


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.publication").joinpath(name).read_text("utf-8")
