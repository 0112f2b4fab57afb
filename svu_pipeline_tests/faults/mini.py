"""A small night that reaches every durable side effect: three sources that deliver, one that is refused, all layers, all files.

Run as a program it is the process that the tests of faults kill: `python -m svu_pipeline_tests.faults.mini ROOT NIGHT`;
with `regardless` it begins without looking at the space there is, so that the disk gets full in the middle.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from svu_pipeline import preflight
from svu_pipeline.clock import window
from svu_pipeline.errors import Curable
from svu_pipeline.kept import keep_facts, keep_metrics, keep_people, keep_standing
from svu_pipeline.publication.database import publish_database
from svu_pipeline.publication.publish import publish_review
from svu_pipeline.quality.results import keep_results
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.extract import write_extract
from svu_pipeline_tests.oracle.next_night import write_next_night

SENTINEL = "ZZSENTINEL"
NAMES = f"{SENTINEL}_NAME"
DELIVERING = ("custody", "property", "warrants")
REFUSED = "operations"
KEY = "5f" * 32
AUDIT = "restricted/audit.jsonl"
DATABASE, MANIFEST = "published/svu.duckdb", "published/manifest.json"


@dataclass(frozen=True)
class Mini:
    """A folder with the sources of two nights and a home: `night(1)` and `night(2)` are run on it."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    def force(self, nights: int) -> Force:
        """The home after so many nights."""
        return Force(self.home, nights)

    def settings(self, number: int) -> Settings:
        """The settings under which a night finds its sources."""
        return replace(self.force(0).settings, sources=self.root / f"sources{number}")

    def night(self, number: int) -> None:
        """Run a night as the nightly job would: what came before it from a dead process is cleared away first."""
        force = self.force(number - 1)
        settings = force.settings
        sources = self.root / f"sources{number}"
        with preflight.one_night(settings):
            force.land(sources, (*DELIVERING, REFUSED))
            for source in SYSTEMS:
                keep_standing(settings, source)
            keep_people(settings)
            keep_facts(settings)
            keep_metrics(settings)
            keep_results(settings, force.now)
            self.publish(settings)

    def publish(self, settings: Settings) -> None:
        """The last part of a night."""
        publish_database(settings)
        publish_review(settings, window("2023-11"))

    def files(self) -> dict[str, bytes]:
        """Every file of the home but Dagster's own and the locks, by path.

        DuckDB marks each database file with a number of its own: of `svu.duckdb` it is the export, sorted. Of our own JSON
        it is the content without its seal and what depends on the number of attempts (the audit log's hashes).
        """
        found = self.force(0).bytes_of_everything()
        found.pop(AUDIT, None)
        for name, content in found.items():
            if name == DATABASE:
                found[name] = exported(self.home / name)
            elif name.endswith(".json"):
                found[name] = _without(content, ("seal", "pulled", "published"))
        if MANIFEST in found:
            found[MANIFEST] = _without(found[MANIFEST], ("sha256",))
        return found

    def copy(self, root: Path) -> Mini:
        """The same home elsewhere; the sources, which nobody writes to, are shared."""
        root.mkdir(parents=True)
        for number in (1, 2):
            (root / f"sources{number}").symlink_to(self.root / f"sources{number}")
        if self.home.is_dir():
            shutil.copytree(self.home, root / "home")
        return Mini(root)


def exported(path: Path) -> bytes:
    """Every row of every table of a database as text, sorted."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        ]
        rows = {name: connection.execute(f"SELECT t::TEXT FROM {name} t ORDER BY 1").fetchall() for name in tables}
    return repr(rows).encode()


def _without(content: bytes, names: tuple[str, ...]) -> bytes:
    return json.dumps({name: value for name, value in json.loads(content).items() if name not in names}).encode()


def write_sources(root: Path, *, seed: int = 1) -> Mini:
    """The extracts of two nights, with sentinels as names, and a home that has nothing but its key."""
    mini = Mini(root)
    write_extract(root / "sources1", seed=seed, size=20)
    write_next_night(root / "sources1", root / "sources2", seed=seed)
    for folder in (root / "sources1", root / "sources2"):
        for path in [path for path in folder.iterdir() if path.stem not in DELIVERING]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        with closing(sqlite3.connect(folder / "custody.sqlite")) as database:
            database.execute(f"UPDATE custody_record SET forenames = '{NAMES}' WHERE forenames <> ''")
            database.commit()
    key = mini.force(0).settings.person_key_file
    key.parent.mkdir(parents=True)
    key.write_text(KEY + "\n", "ascii")
    key.chmod(0o600)
    return mini


def _regardless(settings: Settings) -> None:
    """In place of the look at the space there is."""


if __name__ == "__main__":
    os.umask(0o077)
    if "regardless" in sys.argv:
        preflight._require_space = _regardless
    try:
        Mini(Path(sys.argv[1])).night(int(sys.argv[2]))
    except Curable as error:
        sys.stderr.write(f"svu: {error}\n")
        sys.exit(2)
