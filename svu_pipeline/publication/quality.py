"""How good the figures are: accounting by source, rows held, values withheld, warnings, references, public notes.

Counts only: no value of a record is ever in it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any

from svu_pipeline.clock import written
from svu_pipeline.contracts.model import rules_of
from svu_pipeline.contracts.registry import CONTRACTS, of_source
from svu_pipeline.contracts.verdict import judge
from svu_pipeline.landing.attempt import standing_refusal
from svu_pipeline.landing.batch import manifests
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.strike import Struck
from svu_pipeline.warehouse import Home

SET_REASONS = {
    "part_held": "a part of the record is held, and the record with it",
    "record_held": "the record is held, and this part with it",
    "held_with_delivery": "the delivery is held whole: too many of its rows are held, or have an unknown code",
}


@dataclass(frozen=True)
class SourceState:
    """Where a source stands: `status` is read, refused, held whole or never delivered; `since` when it went wrong.

    `delivered_at` is its last delivery that was taken.
    """

    source: str
    title: str
    status: str
    delivered_at: datetime | None
    since: datetime | None
    problem: str
    cure: str

    @property
    def is_stale(self) -> bool:
        """Whether figures that need the source are struck from an older delivery."""
        return self.status in ("refused", "held whole")


def source_states(home: Home, as_at: datetime, asked_at: datetime | None = None) -> list[SourceState]:
    """The state of each source at an instant; `asked_at` is up to when refusals are known (now by default)."""
    return [_state(home, source, as_at, asked_at) for source in SYSTEMS]


def quality(home: Home, struck: Struck, states: list[SourceState]) -> dict[str, Any]:
    """The quality part of the review document."""
    connection = struck.connection
    connection.execute(resources.files("svu_pipeline.publication").joinpath("quality.sql").read_text("utf-8"))
    references = connection.execute("SELECT words, failing FROM reference_check WHERE failing > 0").fetchall()
    public = connection.execute("SELECT words, rows FROM public_note").fetchall()
    return {
        "sources": [_source_row(struck, state) for state in states],
        **{action: _reasons(struck, action) for action in ("held", "withheld", "warned")},
        "notes": _notes(home, struck.as_at),
        "public": [{"words": words, "rows": rows} for words, rows in public],
        "references": [{"words": words, "rows": rows} for words, rows in references],
    }


def _state(home: Home, source: str, as_at: datetime, asked_at: datetime | None) -> SourceState:
    title, batches = SYSTEMS[source].title, manifests(home, source, as_at)
    held = {verdict.batch: verdict.held_whole for verdict in judge(home, source)} if batches else {}
    taken = [manifest.landed_at for manifest in batches if not held[manifest.batch]]
    delivered = taken[-1] if taken else None
    refusal = standing_refusal(home, source, asked_at)
    if refusal:
        problem = f"{refusal.file}: {refusal.problem}"
        return SourceState(source, title, "refused", delivered, refusal.since, problem, refusal.cure)
    if not batches:
        return SourceState(source, title, "never delivered", None, None, "nothing has been delivered", "")
    if why := held[batches[-1].batch]:
        cure = "Ask the owner to correct and deliver again; `svu held` lists the reasons."
        return SourceState(source, title, "held whole", delivered, batches[-1].landed_at, why, cure)
    return SourceState(source, title, "read", delivered, None, "", "")


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


def _reasons(struck: Struck, action: str) -> list[dict[str, Any]]:
    """Rows by reason: of held rows those not cleared since, of withheld values and warnings those of standing rows."""
    found = []
    for dataset, contract in CONTRACTS.items():
        words = {(rule.column, rule.reason): rule.words for rule in rules_of(contract)}
        which = "_status = 'held' AND NOT _is_cleared" if action == "held" else "_status = 'current'"
        rows = struck.connection.execute(
            f'SELECT "column", reason, count(*) FROM reason_{dataset} JOIN standing_{dataset} '  # noqa: S608 - our names
            f"USING (_batch, _file, _row) WHERE action = ? AND {which} GROUP BY ALL ORDER BY ALL",
            [action],
        ).fetchall()
        found += [
            {
                "dataset": dataset,
                "column": column,
                "reason": reason,
                "words": words.get((column, reason), SET_REASONS.get(reason, "")),
                "rows": count,
            }
            for column, reason, count in rows
        ]
    return found


def _notes(home: Home, as_at: datetime) -> list[dict[str, Any]]:
    """What readers noted of the last delivery of each source as a whole."""
    last = [batches[-1] for source in SYSTEMS if (batches := manifests(home, source, as_at))]
    counts: Counter[tuple[str, str]] = Counter()
    for manifest in last:
        for _, dataset, code, count in manifest.notes:
            counts[dataset, code] += count
    return [{"dataset": dataset, "code": code, "count": count} for (dataset, code), count in sorted(counts.items())]
