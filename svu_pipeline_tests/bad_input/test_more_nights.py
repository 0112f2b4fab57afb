"""Rows of the catalogue that take more than one night: volume (B34), orphans (B78), yesterday's file again (B85)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from svu_pipeline.landing.batch import deliveries, manifests
from svu_pipeline.landing.take import take
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.quality.volume import IMPLAUSIBLE, volume_of
from svu_pipeline_tests.bad_input.case import good
from svu_pipeline_tests.bad_input.csv_cases import exhibit, exhibits
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import BOB
from svu_pipeline_tests.sources.written import write
from svu_pipeline_tests.tally import count

pytestmark = pytest.mark.slow


def weekly(force: Force, sources: Path, day: int, rows: int) -> None:
    """One more night with one more property file of so many rows."""
    force.nights += 1
    lines = [exhibit(exhibit_ref=f"EX{day}/{number}") for number in range(rows)]
    write(sources, {f"property/property_202401{day:02d}.csv": exhibits(*lines)})
    take(replace(force.settings, sources=sources), "property", force.now)


def test_b34_far_more_rows_than_usual_are_an_error_of_quality(force: Force, tmp_path: Path) -> None:
    """More than ten times the median of 28 days: the rows are kept, and the check that holds publication speaks."""
    for day in range(1, 6):
        weekly(force, tmp_path / "sources", day, 2)
    usual = volume_of("exhibit", deliveries(force.home, "property"))
    weekly(force, tmp_path / "sources", 6, 300)
    found = volume_of("exhibit", deliveries(force.home, "property"))
    count("B34", int(found.problem == IMPLAUSIBLE), 1)
    assert usual.problem == ""
    assert (found.problem, found.severity, found.rows) == (IMPLAUSIBLE, Severity.ERROR, 300)


def test_b78_charge_without_its_arrest_counts_once_that_arrives(force: Force, tmp_path: Path) -> None:
    """`sources.md`: a reference never holds a row. The charge is kept, counts for nothing, and counts when it can."""
    extract = good()
    late = "42CU/700000/23"
    extract.charge(late, "42CY0000999")
    extract.write(tmp_path / "first")
    force.night(tmp_path / "first")
    before = force.figures("2023-11")["people_charged"]
    assert force.accounts()["charge"]["held"] == 0
    extract.arrest(BOB, "2023-03-01 10:00:00", custody_ref=late)
    (tmp_path / "first" / "custody.sqlite").unlink()
    extract.missing = {"case_file"}
    extract.write(tmp_path / "second")
    (tmp_path / "first" / "case_file.sqlite").rename(tmp_path / "second" / "case_file.sqlite")
    force.night(tmp_path / "second")
    after = force.figures("2023-11")["people_charged"]
    count("B78", int((before, after) == ("1", "2")), 1)
    assert (before, after) == ("1", "2")


def test_b85_yesterdays_file_under_todays_name_is_landed_once(force: Force, tmp_path: Path) -> None:
    """Of a source that is incremental by file, bytes that arrived before bring no batch (`faults.md`, F22)."""
    sources = tmp_path / "sources"
    weekly(force, sources, 1, 3)
    force.nights += 1
    write(sources, {"property/property_20240102.csv": (sources / "property" / "property_20240101.csv").read_bytes()})
    landed = take(replace(force.settings, sources=sources), "property", force.now)
    assert landed.batch is None
    assert len(manifests(force.home, "property")) == 1
