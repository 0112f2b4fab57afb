"""A night without Dagster, for tests of what it brings: every source landed, every layer kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from svu_pipeline.clock import window
from svu_pipeline.kept import keep_facts, keep_metrics, keep_people, keep_standing
from svu_pipeline.landing.take import take
from svu_pipeline.quality.results import keep_results
from svu_pipeline.settings import Settings, SourceSettings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import SourceError
from svu_pipeline.strike import struck
from svu_pipeline.warehouse import Home

FIRST_NIGHT = datetime(2026, 11, 20, 4, tzinfo=UTC)


@dataclass
class Force:
    """A home under test: nights are run on it one after another, a day apart."""

    root: Path
    nights: int = 0
    refused: list[SourceError] = field(default_factory=list)
    by_source: dict[str, SourceSettings] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return Settings(self.root, self.root / "sources", self.root / "restricted" / "person.key", self.by_source)

    @property
    def home(self) -> Home:
        return Home(self.root)

    def now(self) -> datetime:
        return FIRST_NIGHT + timedelta(days=self.nights)

    def land(self, sources: Path, systems: Sequence[str] = tuple(SYSTEMS)) -> dict[str, bool]:
        """Land an extract folder; by source, whether it brought a batch. Refusals are gathered in `refused`."""
        self.nights += 1
        self.refused, brought = [], {}
        for name in systems:
            try:
                landed = take(replace(self.settings, sources=sources), name, self.now)
                brought[name] = landed.batch is not None
            except SourceError as error:
                self.refused.append(error)
            keep_standing(self.settings, name)
        return brought

    def night(self, sources: Path) -> dict[str, bool]:
        """Land an extract folder and keep every layer."""
        brought = self.land(sources)
        keep_people(self.settings)
        keep_facts(self.settings)
        keep_metrics(self.settings)
        keep_results(self.settings, self.now)
        return brought

    def figures(self, label: str, months: int = 12, as_at: datetime | None = None) -> dict[str, str | None]:
        """Every figure of a window, struck in one session as known at an instant."""
        with struck(self.settings, [window(label, months)], as_at) as state:
            rows = state.connection.execute("SELECT metric_id, printed FROM value WHERE dimension = ''").fetchall()
        return dict(rows)

    def accounts(self) -> dict[str, dict[str, int]]:
        """Row accounting by dataset."""
        with struck(self.settings, [window("2023-11")]) as state:
            return {
                account.dataset: {
                    name: getattr(account, name)
                    for name in ("landed", "current", "superseded", "withdrawn", "duplicate", "held")
                }
                for account in state.accounts
            }

    def bytes_of_everything(self) -> dict[str, bytes]:
        """Every file of the home but Dagster's own, the locks and the audit log (which says that a night was run), by path."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
            and not {"locks", "dagster", "sources", "audit.jsonl"} & set(path.relative_to(self.root).parts)
        }
