"""A whole night against the demonstration force's systems, live: PostgreSQL, the courts' API, SFTP; nothing is simulated."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from svu_pipeline.clock import window
from svu_pipeline.demo.live.force import live_force
from svu_pipeline.landing.attempt import gone_since
from svu_pipeline.publication.database import publish_database
from svu_pipeline.publication.publish import publish_review
from svu_pipeline.settings import read
from svu_pipeline.warehouse import read_json, sha256_of
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, Extract

pytestmark = pytest.mark.slow


def published(force: Force) -> dict[str, object]:
    """What is published of the demonstration year: each file's SHA-256, of the database that of each table in it.

    DuckDB does not write the same tables to the same bytes each time; its tables come from files that are.
    """
    publish_database(force.settings)
    publish_review(force.settings, window("2023-11"), force.now)
    files = (path for path in force.home.published.iterdir() if path.name.startswith("review-"))
    made_of = read_json(force.home.published / "manifest.json")["made_of"]
    return {**{path.name: sha256_of(path) for path in files}, "svu.duckdb": made_of}


def test_a_live_night_publishes_what_the_same_night_from_files_does(demo_sources: Path, tmp_path: Path) -> None:
    """To the byte: every file and table and every account, under one key of the person ids. The second night brings nothing."""
    by_file = Force(tmp_path / "by_file")
    by_file.night(demo_sources)
    with live_force(demo_sources, tmp_path / "svu.toml"):
        said = read(tmp_path / "live", demo_sources, {"SVU_SETTINGS": str(tmp_path / "svu.toml")}).by_source
        live = Force(tmp_path / "live", by_source=dict(said))
        live.settings.person_key_file.parent.mkdir(parents=True)
        shutil.copy(by_file.settings.person_key_file, live.settings.person_key_file)
        assert all(live.night(tmp_path / "there is no folder").values())
        assert live.refused == []
        assert published(live) == published(by_file)
        assert live.accounts() == by_file.accounts()
        before = live.bytes_of_everything()
        assert not any(live.night(tmp_path / "there is no folder").values())
        assert live.refused == []
    assert live.bytes_of_everything() == before


def test_live_increments_bring_what_changed_and_the_week_brings_what_was_missed(tmp_path: Path) -> None:
    """F10: what committed late with an old time is found when the source is read whole again, a week after the last time;

    a record that left an incremental source is counted, and stands (sources.md: only a flag withdraws there).
    """
    extract = Extract()
    extract.arrest(ANN, "2023-03-01 10:00:00", updated_at="2023-06-01T09:00:00Z")
    extract.arrest(BOB, "2023-03-02 10:00:00", custody_ref="42CU/000900/23", updated_at="2023-06-02T09:00:00Z")
    served = tmp_path / "extract"
    extract.write(served)
    with live_force(served, tmp_path / "svu.toml") as force:
        said = read(tmp_path / "home", served, {"SVU_SETTINGS": str(tmp_path / "svu.toml")}).by_source
        live = Force(tmp_path / "home", by_source=dict(said))
        live.land(served)
        assert live.figures("2023-11")["arrests"] == "2"
        late = {"updated_at": "2023-03-05T09:00:00Z", "custody_ref": "42CU/000901/23"}
        extract.arrest(BOB, "2023-03-04 10:00:00", **late)
        _without(extract, "42CU/000900/23")
        shutil.rmtree(served)
        extract.write(served)
        force.serve(served)
        assert not live.land(served, ["custody"])["custody"], "three months behind the watermark: no increment has it"
        live.nights += 6
        assert live.land(served, ["custody"])["custody"], "the weekly whole reading has it"
    assert live.figures("2023-11")["arrests"] == "3"
    assert gone_since(live.home, "custody") == {"custody_record": 1}


def _without(extract: Extract, ref: str) -> None:
    extract.tables["custody_record"] = [row for row in extract.tables["custody_record"] if row["custody_ref"] != ref]


def test_a_sqlite_file_is_read_whole_each_week_too(force: Force, tmp_path: Path) -> None:
    """The same rule for the file that stands in for the database."""
    extract = Extract()
    extract.arrest(ANN, "2023-03-01 10:00:00", updated_at="2023-06-01T09:00:00Z")
    extract.write(tmp_path / "extract")
    force.land(tmp_path / "extract", ["custody"])
    extract.arrest(BOB, "2023-03-04 10:00:00", updated_at="2023-03-05T09:00:00Z")
    (tmp_path / "extract" / "custody.sqlite").unlink()
    extract._write_custody(tmp_path / "extract")
    assert not force.land(tmp_path / "extract", ["custody"])["custody"]
    force.nights += 6
    with closing(sqlite3.connect(tmp_path / "extract" / "custody.sqlite")) as database, database:
        assert database.execute("SELECT count(*) FROM custody_record").fetchone() == (2,)
    assert force.land(tmp_path / "extract", ["custody"])["custody"]
