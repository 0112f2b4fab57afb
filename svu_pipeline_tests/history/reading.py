"""The oracle's reading of the same nights, one at a time: what was deliverable, the figures and the accounts it makes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from svu_pipeline_tests.oracle.batch import Batch
from svu_pipeline_tests.oracle.cases.builder import SOURCES as NAMES
from svu_pipeline_tests.oracle.count import accounts_of, figures_of
from svu_pipeline_tests.oracle.history import History
from svu_pipeline_tests.oracle.nights import SOURCES, Deliver

DATABASES = {"custody": ("custody_record",), "case_file": ("charge", "custody_outcome", "remand_decision")}
WEEK = timedelta(days=7)


@dataclass
class Reading:
    """A history that is told of one night after another."""

    history: History = field(default_factory=History)
    _seen: set[tuple[object, ...]] = field(default_factory=set)
    _reads: int = 0
    _read_whole: dict[str, datetime] = field(default_factory=dict)

    def take(self, folder: Path, at: datetime, without: Collection[str] = ()) -> None:
        """Take a night's folder at an instant; of the sources `without` nothing could be read."""
        for name, read in zip(NAMES, SOURCES, strict=True):
            if name in without:
                continue
            batches = self._read_database(name, read, folder, at) if name in DATABASES else read(folder, self.history)
            self.history.deliver(batches)

    def _read_database(self, name: str, read: Deliver, folder: Path, at: datetime) -> list[Batch]:
        """From the watermarks on; once a week whole, so that what committed late is found (faults.md, F10)."""
        last = self._read_whole.get(name)
        if last is not None and at - last < WEEK:
            return self._as_one(read(folder, self.history))
        self._read_whole[name] = at
        tables = [self.history.datasets[table] for table in DATABASES[name]]
        marks = [table.watermark for table in tables]
        for table in tables:
            table.watermark = None
        batches = self._as_one(read(folder, self.history))
        for table, mark in zip(tables, marks, strict=True):
            table.watermark = mark
        return batches

    def figures(self, label: str, months: int = 12) -> dict[str, str | None]:
        return figures_of(self.history, label, months)

    def accounts(self) -> dict[str, dict[str, int]]:
        return accounts_of(self.history)

    def _as_one(self, batches: list[Batch]) -> list[Batch]:
        """All tables of a database land together, as soon as one of them has a row that was never read before."""
        rows = {(batch.dataset, *sorted(record.raw.items(), key=str)) for batch in batches for record in batch.records}
        if rows and rows <= self._seen:
            return []
        self._seen |= rows
        self._reads += 1
        return [replace(batch, fingerprint=f"{batch.dataset} {self._reads}") for batch in batches]
