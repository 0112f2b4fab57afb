"""A home and the oracle beside it, night after night: what every night is held against."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from svu_pipeline.clock import window
from svu_pipeline.kept import accounts
from svu_pipeline.landing.batch import known_at
from svu_pipeline.publication.review import as_json, review
from svu_pipeline.warehouse import Home, parquet_view, session
from svu_pipeline_tests.history.living import LivingForce
from svu_pipeline_tests.history.reading import Reading
from svu_pipeline_tests.history.trouble import Stepping, Tonight, Trouble
from svu_pipeline_tests.oracle.stranger.chance import Chance

WINDOW = "2023-11"
ACCOUNT = ("landed", "current", "superseded", "withdrawn", "duplicate", "held")


@dataclass
class Years:
    """A home and the oracle beside it, night after night."""

    folder: Path
    seed: int
    said: dict[datetime, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.living = LivingForce(self.seed)
        self.force = Stepping(self.folder / "home")
        self.oracle = Reading()
        self.chance = Chance(self.seed, "trouble")
        self.before: Path | None = None

    def night(self, trouble: Trouble | None = None) -> list[str]:
        """Run one night, with a trouble or without; gives what was not as it must be, each in a line."""
        folder = self.living.write(self.folder / f"night{self.living.nights:04d}")
        refused = trouble(Tonight(folder, self.before, self.force, self.chance)) if trouble else set()
        self.force.night(folder)
        self.oracle.take(folder, self.force.now(), without=refused)
        wrong = [f"{line}, after {self.living.changes}" for line in self._wrong(refused)]
        if self.before:
            shutil.rmtree(self.before)
        self.before = folder
        self.force.step *= 0
        self.living.live_on()
        return [f"night {self.force.nights} ({trouble.__name__ if trouble else 'quiet'}): {line}" for line in wrong]

    def remember(self) -> None:
        """Write down what the review says now, under the instant at which it is known."""
        instant = known_at(self.force.home)
        assert instant is not None
        self.said[instant] = self.review(instant)

    def review(self, as_at: datetime) -> str:
        """What `svu review --as-at … --json` prints."""
        return json.dumps(as_json(review(self.force.settings, window(WINDOW), as_at)), ensure_ascii=False)

    def _wrong(self, refused: set[str]) -> list[str]:
        found = {error.source for error in self.force.refused}
        lines = [f"refused {sorted(found)}, not {sorted(refused)}"] if found != refused else []
        ours, theirs = kept_figures(self.force.home), self.oracle.figures(WINDOW)
        lines += [f"{name}: {ours.get(name)}, not {theirs[name]}" for name in theirs if ours.get(name) != theirs[name]]
        counted = {one.dataset: {name: getattr(one, name) for name in ACCOUNT} for one in accounts(self.force.settings)}
        expected = self.oracle.accounts()
        lines += [
            f"{name}: {counted[name]}, not {expected[name]}" for name in counted if counted[name] != expected[name]
        ]
        return lines + [f"left behind: {path.name}" for path in self.force.root.rglob("*.aside")]


def kept_figures(home: Home) -> dict[str, str | None]:
    """The figures of the window as the night kept them."""
    with session(home.root) as connection:
        parquet_view(connection, "value", [home.metrics / "value.parquet"])
        query = "SELECT metric_id, printed FROM value WHERE dimension = '' AND window_label = ?"
        return dict(connection.execute(query, [WINDOW]).fetchall())


def disk(root: Path) -> int:
    """Bytes of all files of a home."""
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def resident() -> int:
    """Bytes of memory that the process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Used:
    """What a home and this process hold: open files, bytes of memory, bytes of disk for each batch that has landed."""

    open_files: int
    memory: int
    disk: float

    def __str__(self) -> str:
        return f"{self.open_files} open files, {self.memory >> 20} MiB of memory, {self.disk:.0f} bytes of disk a batch"


def used(root: Path) -> Used:
    batches = len(list((root / "restricted" / "landing").glob("*/*/manifest.json")))
    open_files = len(list(Path("/proc/self/fd").iterdir()))
    memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return Used(open_files, memory, _disk(root) / batches)


def _disk(root: Path) -> int:
    return sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
