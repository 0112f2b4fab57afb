"""The truth ledger: every planted defect with its outcome, and what becomes of every delivered row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from svu_pipeline.demo.records import FATES, Record

OUTCOMES = ("held", "withheld", "warned", "duplicate", "superseded", "withdrawn", "not_counted", "counted")


@dataclass
class Defect:
    """Rows of one dataset that meet one outcome for one reason in one column ("" = the row as a whole)."""

    id: str
    what: str
    source: str
    dataset: str
    outcome: str
    reason: str
    column: str
    count: int = 0


@dataclass
class Ledger:
    """Filled while the records are prepared, never from the written files."""

    defects: dict[str, Defect] = field(default_factory=dict)
    rows: dict[str, dict[str, int]] = field(default_factory=dict)

    def note(
        self,
        source: str,
        dataset: str,
        outcome: str,
        what: str,
        *,
        reason: str = "",
        column: str = "",
        count: int = 1,
    ) -> None:
        """Adds `count` rows to the line of this dataset, outcome, reason and column."""
        if outcome not in OUTCOMES:
            raise ValueError(f"not an outcome: {outcome}")
        name = ".".join(part for part in (dataset, outcome, reason, column) if part)
        line = self.defects.setdefault(name, Defect(name, what, source, dataset, outcome, reason, column))
        if what not in line.what:
            line.what += f"; {what}"
        line.count += count

    def account(self, dataset: str, fates: Iterable[str]) -> None:
        """Adds rows of a dataset by fate; a row has exactly one, so landed is the sum of the others."""
        totals = self.rows.setdefault(dataset, {"landed": 0} | dict.fromkeys(FATES, 0))
        for fate in fates:
            totals["landed"] += 1
            totals[fate] += 1

    def account_records(self, records: Iterable[Record]) -> None:
        for record in records:
            self.account(record.dataset, (record.fate,))

    def lines(self) -> list[dict[str, object]]:
        return [asdict(self.defects[name]) for name in sorted(self.defects)]
