"""What stands after each delivery: versions, duplicates, withdrawals, and deliveries held whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .batch import Batch
from .record import Record

FULL = {"register_entry", "warrant", "civil_order", "order_breach"}
BY_MONTH = {"stop_and_search", "street_crime"}
HELD_ABOVE_SHARE, HELD_ABOVE_ROWS = 5, 10  # per cent, rows

Key = tuple[object, ...]


@dataclass
class Standing:
    """The last accepted version of one key."""

    record: Record
    is_withdrawn: bool


@dataclass
class Dataset:
    """Everything one dataset has seen."""

    standing: dict[Key, Standing] = field(default_factory=dict)
    accepted: dict[Key, list[Record]] = field(default_factory=lambda: defaultdict(list))
    by_month: dict[str, list[Record]] = field(default_factory=dict)
    is_supplied: bool = False
    watermark: datetime | None = None
    fingerprints: set[str] = field(default_factory=set)
    last_fingerprint: dict[str, str] = field(default_factory=dict)
    last_dated: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)


class History:
    """The state of all datasets, moved on by one source's delivery of one night at a time."""

    def __init__(self) -> None:
        self.datasets: dict[str, Dataset] = defaultdict(Dataset)

    def deliver(self, batches: Iterable[Batch]) -> None:
        """Take one source's delivery of one night: nothing new, held whole, or row by row."""
        new = [batch for batch in batches if self._is_new(batch)]
        for batch in new:
            _hold_conflicts(batch.records)
            self._note(batch)
        is_held_whole = _is_held_whole([record for batch in new for record in batch.records])
        for batch in new:
            if is_held_whole:
                self._count_as("held", batch.dataset, batch.records)
            else:
                self._apply(batch)

    def current(self, dataset: str) -> list[Record]:
        """The records that count now."""
        state = self.datasets[dataset]
        if dataset in BY_MONTH:
            return [record for records in state.by_month.values() for record in records]
        gone = self.datasets["contact_withdrawal"].standing if dataset == "contact" else {}
        return [s.record for key, s in state.standing.items() if not s.is_withdrawn and key not in gone]

    def _is_new(self, batch: Batch) -> bool:
        """The same bytes again are nothing new; of a full source, neither is a file of an earlier date."""
        state = self.datasets[batch.dataset]
        if batch.dataset in FULL | BY_MONTH:
            is_new = batch.fingerprint != state.last_fingerprint.get(batch.month) and batch.dated >= state.last_dated
        else:
            is_new = batch.fingerprint not in state.fingerprints
        if is_new:
            state.fingerprints.add(batch.fingerprint)
            state.last_fingerprint[batch.month] = batch.fingerprint
            state.last_dated = batch.dated
        return is_new

    def _count_as(self, fate: str, dataset: str, records: Sequence[Record]) -> None:
        """Count rows under what became of them; the results of a hearing follow it."""
        self.datasets[dataset].counts[fate] += len(records)
        if dataset == "hearing":
            self.datasets["hearing_result"].counts[fate] += sum(len(record.parts) for record in records)

    def _note(self, batch: Batch) -> None:
        state = self.datasets[batch.dataset]
        state.counts["landed"] += len(batch.records)
        state.reasons.update(batch.notes)
        for record in batch.records:
            state.reasons.update(dict.fromkeys(record.held + record.withheld + record.warned, 1))
            if record.parts:
                results = self.datasets["hearing_result"]
                results.counts["landed"] += len(record.parts)
                for part in record.parts:
                    results.reasons.update(dict.fromkeys(part.held + part.withheld + part.warned, 1))

    def _apply(self, batch: Batch) -> None:
        state = self.datasets[batch.dataset]
        state.is_supplied = True
        if batch.dataset in BY_MONTH:
            state.by_month[batch.month] = [record for record in batch.records if not record.is_held]
            self._count_as("held", batch.dataset, [record for record in batch.records if record.is_held])
            return
        for record in sorted(batch.records, key=_by_order):
            self._count_as(_take(state, record), batch.dataset, [record])
        if batch.dataset in FULL:
            delivered = {record.key for record in batch.records}
            for key, standing in state.standing.items():
                standing.is_withdrawn = standing.is_withdrawn or key not in delivered
        instants = [r.order for r in batch.records if not r.is_held and isinstance(r.order, datetime)]
        if instants:
            latest = min(max(instants), datetime.now(UTC))
            state.watermark = max(latest, state.watermark or latest)


def _by_order(record: Record) -> Any:
    return (record.order is not None, record.order)


def _take(state: Dataset, record: Record) -> str:
    """Set one record against the standing version of its key; says what became of it."""
    if record.is_held or record.key is None:
        return "held"
    standing = state.standing.get(record.key)
    is_back = standing is not None and standing.is_withdrawn and not standing.record.is_withdrawal
    if not is_back and any(record.same_as(earlier) for earlier in _comparable(state, record)):
        return "duplicate"
    state.accepted[record.key].append(record)
    is_older = standing is not None and record.order is not None and record.order < standing.record.order  # type: ignore[operator]
    if not is_older:
        state.standing[record.key] = Standing(record, record.is_withdrawal)
    return "accepted"


def _comparable(state: Dataset, record: Record) -> list[Record]:
    """What a record must equal to be a duplicate: the standing version, or an older one of its own order."""
    standing = state.standing.get(record.key or ())
    if standing is None or record.order == standing.record.order:
        return [standing.record] if standing else []
    return [earlier for earlier in state.accepted[record.key or ()] if earlier.order == record.order]


def _hold_conflicts(records: list[Record]) -> None:
    """Hold all rows of one key and one order where they do not all say the same."""
    groups: dict[tuple[Key, object], list[Record]] = defaultdict(list)
    for record in records:
        if record.key is not None and not record.is_held:
            groups[record.key, record.order].append(record)
    for group in groups.values():
        if any(not group[0].same_as(other) for other in group[1:]):
            for record in group:
                record.hold("", "conflicting_duplicate")


def _is_held_whole(records: list[Record]) -> bool:
    """Above 5 % and above 10 rows, of held rows or of rows with an unknown code."""
    rows = sum(1 + len(record.parts) for record in records)
    held = sum(1 + len(record.parts) for record in records if record.is_held)
    unknown = sum(_unknown_rows(record) for record in records)
    return any(n > HELD_ABOVE_ROWS and n * 100 > HELD_ABOVE_SHARE * rows for n in (held, unknown))


def _unknown_rows(record: Record) -> int:
    return record.has_unknown_code + sum(part.has_unknown_code for part in record.parts)
