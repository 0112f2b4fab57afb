"""What goes wrong with a night's delivery, and which sources must be refused for it.

Each trouble befalls one source of tonight's folder; what it leaves readable, the oracle reads as well.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from svu_pipeline.disk import sweep
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import SOURCES
from svu_pipeline_tests.oracle.stranger.chance import Chance

FILES = {
    "custody": "custody.sqlite",
    "case_file": "case_file.sqlite",
    "courts": "courts/hearings-*.json",
    "property": "property/property_*.csv",
    "asset_recovery": "asset_recovery/*.xlsx",
    "warrants": "warrants/*.xlsx",
    "safeguarding": "safeguarding/safeguarding_*.xml",
    "civil_orders": "civil_orders/civil_orders_*.csv",
    "operations": "operations/operations_*.jsonl",
    "police_uk": "police_uk/*/*-essex-street.csv",
}
SAYS_WHEN_CUT = ("courts", "property", "asset_recovery", "warrants", "safeguarding")
"""Sources whose files say that they are whole: a total, a trailer, a count, a closing element, a directory at the end."""


class Stepping(Force):
    """A force whose clock can be put back or forward for a night."""

    step: timedelta = timedelta()

    def now(self) -> datetime:
        return super().now() + self.step


@dataclass
class Tonight:
    """A night about to be run: its folder, the folder of the night before, and the home that will land it."""

    folder: Path
    before: Path | None
    force: Stepping
    chance: Chance

    def newest(self, source: str) -> Path:
        return max(self.folder.glob(FILES[source]))

    def pick(self, *sources: str) -> tuple[str, Path]:
        """A source by chance (of those named, else of all) and its newest file."""
        source = self.chance.pick(sources or SOURCES)
        return source, self.newest(source)


def missing(night: Tonight) -> set[str]:
    """The file, or the folder that it comes in, is not there."""
    source, file = night.pick()
    if file.parent == night.folder:
        file.unlink()
    else:
        shutil.rmtree(night.folder / source)
    return {source}


def cut_short(night: Tonight) -> set[str]:
    """Half of a file, as a broken transfer leaves it."""
    source, file = night.pick(*SAYS_WHEN_CUT)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return {source}


def corrupted(night: Tonight) -> set[str]:
    """Bytes in the middle that are no text in any encoding a source uses; of a database, in its header."""
    source, file = night.pick()
    content = bytearray(file.read_bytes())
    place = 0 if file.suffix == ".sqlite" else len(content) // 2
    content[place : place + 40] = b"\x81" * min(40, len(content) - place)
    file.write_bytes(bytes(content))
    return {source}


def emptied(night: Tonight) -> set[str]:
    """A file of no bytes."""
    source, file = night.pick()
    file.write_bytes(b"")
    return {source}


def signed_out(night: Tonight) -> set[str]:
    """A login page under the file's name."""
    source, file = night.pick()
    file.write_text("<html><body>Please sign in</body></html>\r\n", encoding="utf-8")
    return {source}


def drifted(night: Tonight) -> set[str]:
    """A column goes by another name."""
    source, file = night.pick("custody", "property", "civil_orders")
    if source == "custody":
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("ALTER TABLE custody_record RENAME COLUMN sex TO gender")
    else:
        file.write_bytes(file.read_bytes().replace(b"unit_code", b"team_code", 1))
    return {source}


def delivered_twice(night: Tonight) -> set[str]:
    """The same bytes once more under tomorrow's name: nothing new."""
    _, file = night.pick("property", "safeguarding", "operations")
    stem, _, day = file.stem.rpartition("_")
    shutil.copy(file, file.with_name(f"{stem}_{int(day) + 1}{file.suffix}"))
    return set()


def two_of_one_month(night: Tonight) -> set[str]:
    """A month of open data in two folders: nobody can say which is meant."""
    file = night.newest("police_uk")
    other = night.folder / "police_uk" / "again"
    other.mkdir()
    shutil.copy(file, other / file.name)
    return {"police_uk"}


def late(night: Tonight) -> set[str]:
    """A source has not delivered yet: what stands there is last night's."""
    source, file = night.pick()
    if night.before is not None:
        if file.parent == night.folder:
            shutil.copy(night.before / file.name, file)
        else:
            shutil.rmtree(night.folder / source)
            shutil.copytree(night.before / source, night.folder / source)
    return set()


def clock_put_back(night: Tonight) -> set[str]:
    """Tonight the machine believes that it is two hours, or two days, earlier."""
    night.force.step = -timedelta(hours=night.chance.pick([2, 49]))
    return set()


def killed(night: Tonight) -> set[str]:
    """Another process lands the night and is killed at a moment by chance; then the night is run as ever."""
    script = (
        "import sys; from pathlib import Path; from svu_pipeline_tests.night import Force; "
        "Force(Path(sys.argv[1]), int(sys.argv[3])).night(Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", script, str(night.force.root), str(night.folder), str(night.force.nights)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(night.chance.number(8, 30) / 10)
    child.kill()
    child.wait()
    sweep(night.force.root)  # as every night begins
    return set()


Trouble = Callable[[Tonight], set[str]]

TROUBLES: tuple[Trouble, ...] = (
    missing, cut_short, corrupted, emptied, signed_out, drifted, delivered_twice, two_of_one_month, late,
    clock_put_back, killed,
)  # fmt: skip
