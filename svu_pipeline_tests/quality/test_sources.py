"""Silence is not zero, and one broken source keeps back the figures that need it and no others: to the printed cell."""

from __future__ import annotations

import csv
import io
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from svu_pipeline.clock import window
from svu_pipeline.publication.assets import figures_table
from svu_pipeline.publication.explain import explain
from svu_pipeline.publication.identities import broken_identities
from svu_pipeline.publication.page import render_page
from svu_pipeline.publication.publish import as_csv
from svu_pipeline.publication.review import review
from svu_pipeline.settings import SourceSettings
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, CAT, Extract

pytestmark = pytest.mark.slow
YEAR = window("2023-11")


def figures(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {figure["id"]: figure for figure in document["figures"]}


def cells(document: dict[str, Any], metric: str) -> list[str]:
    """The figure of a metric as its CSV cells have it: the whole, then each month."""
    rows = csv.DictReader(io.StringIO(as_csv(document)))
    return [row["figure"] for row in rows if row["metric"] == metric and row["dimension"] in ("", "month")]


def article(document: dict[str, Any], metric: str) -> str:
    """The text of a figure on the page."""
    html = render_page(document)
    start = html.index(f'<article aria-labelledby="{metric}">')
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[start : html.index("</article>", start)]))


def written(folder: Path, extract: Extract) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    extract.write(folder)
    return folder


def first_night() -> Extract:
    """One arrest charged, one warrant, one referral."""
    extract = Extract()
    extract.charge(extract.arrest(ANN, "2023-01-10 08:00:00", custody_ref="42CU/000001/23"))
    extract.warrant(datetime(2023, 6, 1), datetime(2023, 6, 2))
    return extract


def test_a_delivery_without_rows_is_zero_and_no_delivery_is_not(force: Force, tmp_path: Path) -> None:
    """Heartbeat: 0 in the figure and in each month. Never delivered: null, [x], "not supplied", in each month too."""
    extract = first_night()
    extract.missing = {"warrants", "case_file"}
    force.night(written(tmp_path / "in", extract))
    document = review(force.settings, YEAR)
    found = figures(document)
    assert cells(document, "nrm_referrals") == ["0"] * 13
    assert found["nrm_referrals"]["marks"] == [] and found["nrm_referrals"]["display"] == "0 referrals"
    for metric in ("warrants_executed", "people_charged", "charge_rate"):
        assert cells(document, metric) == ["[x]"] * 13
        assert found[metric]["printed"] is None and "x" in found[metric]["marks"]
        assert found[metric]["display"] == "not supplied" and found[metric]["band"] is None
        assert all(month == {**month, "printed": None, "marks": ["x"]} for month in found[metric]["monthly"])
        assert article(document, metric).count("[x] not supplied") >= 14
    shown = {record.data["figure"]: record.data for record in figures_table(document).records}
    assert (shown["Warrants executed"]["value"], shown["Warrants executed"]["marks"]) == ("not supplied", "[x]")
    assert (shown["Arrests"]["value"], shown["Arrests"]["marks"]) == ("1 arrests", "")
    assert cells(document, "people_arrested")[0] == "1" and "x" not in found["people_arrested"]["marks"]


def test_a_source_silent_for_longer_than_expected(force: Force, tmp_path: Path) -> None:
    """Stale and named, its value kept; the months that begin after its last delivery are not supplied, not zero."""
    extract = first_night()
    extract.weapon("KNIFE", "3", file="20230716")
    force.by_source["property"] = SourceSettings(expected_every_days=7)
    force.night(written(tmp_path / "in", extract))
    on_time = review(force.settings, YEAR, datetime(2026, 12, 1, tzinfo=UTC))
    assert figures(on_time)["weapons_seized"]["marks"] == ["s"], "its last file is of July 2023"
    found = figures(on_time)["weapons_seized"]
    assert found["printed"] == "3" and "Property store has been silent since 21 November 2026" in found["note"]
    assert "its last delivery is of 16 July 2023" in found["note"]
    months = {month["month"]: month["printed"] for month in found["monthly"]}
    assert (months["2023-06"], months["2023-07"], months["2023-08"], months["2023-11"]) == ("3", "0", None, None)
    assert cells(on_time, "weapons_seized")[1:] == ["0"] * 6 + ["3", "0"] + ["[x]"] * 4
    (state,) = (row for row in on_time["quality"]["sources"] if row["source"] == "property")
    assert state["status"] == "silent" and "more than 7 days" in state["problem"]
    assert "Silent" in render_page(on_time)
    assert all("s" not in figure["marks"] for figure in on_time["figures"] if "property" not in figure["sources"])
    force.by_source.clear()
    assert figures(review(force.settings, YEAR))["weapons_seized"]["marks"] == [], "of which nothing is expected"


@pytest.mark.soak
def test_one_broken_source_keeps_back_what_needs_it_alone(force: Force, tmp_path: Path) -> None:
    """Warrants refused: its one figure keeps its value and says so, every other moves on; mended, that one moves too."""
    force.night(written(tmp_path / "in", first_night()))
    following = first_night()
    following.arrest(BOB, "2023-02-10 08:00:00", custody_ref="42CU/000002/23")
    following.warrant(datetime(2023, 7, 1), datetime(2023, 7, 2))
    following.weapon("KNIFE", "2")
    folder = written(tmp_path / "in", following)
    register = folder / "warrants" / "warrants_register.xlsx"
    good = register.read_bytes()
    register.write_bytes(b"none")
    force.night(folder)
    withheld = review(force.settings, YEAR)
    register.write_bytes(good)
    force.night(folder)
    current = review(force.settings, YEAR)
    assert [figure["id"] for figure in withheld["figures"] if "s" in figure["marks"]] == ["warrants_executed"]
    assert {**withheld["metrics"], "warrants_executed": "2"} == current["metrics"]
    assert withheld["metrics"]["warrants_executed"] == "1" and current["metrics"]["weapons_seized"] == "2"
    assert "Search warrant register has been not up to date (refused)" in figures(withheld)["warrants_executed"]["note"]
    assert not any("s" in figure["marks"] for figure in current["figures"])


def test_a_figure_of_two_sources_is_never_struck_from_a_mix(force: Force, tmp_path: Path) -> None:
    """With the case file broken, rates and months stay as known before the night, and are explained by those records."""
    force.night(written(tmp_path / "in", first_night()))
    before = figures(review(force.settings, YEAR))
    following = first_night()
    following.arrest(BOB, "2023-02-10 08:00:00", custody_ref="42CU/000002/23")
    following.arrest(CAT, "2023-03-10 08:00:00", custody_ref="42CU/000003/23")
    folder = written(tmp_path / "in", following)
    (folder / "case_file.sqlite").write_bytes(b"none")
    force.night(folder)
    document = review(force.settings, YEAR)
    after = figures(document)
    assert after["people_arrested"]["printed"] == "3" and before["people_arrested"]["printed"] == "1"
    for metric in ("people_charged", "charge_rate", "people_charged_and_remanded"):
        told = ("printed", "display", "monthly", "breakdowns", "band", "contributions")
        assert {name: after[metric][name] for name in told} == {name: before[metric][name] for name in told}
        assert after[metric]["marks"] == ["s"] and after[metric]["as_at"] < document["as_at"]
        assert "as known on 21 November 2026 at 04:00" in after[metric]["note"]
    assert after["charge_rate"]["display"] == "1 of 1"
    assert broken_identities(document) == []
    (numerator, denominator) = explain(force.settings, "charge_rate", YEAR)
    assert (numerator.count, denominator.count) == ("1", "1") and numerator.as_at == after["charge_rate"]["as_at"]
    (arrested,) = explain(force.settings, "people_arrested", YEAR)
    assert arrested.count == "3"
    assert review(force.settings, YEAR, datetime.fromisoformat(document["as_at"])) == document
    with duckdb.connect() as connection:
        value = str(force.home.metrics / "value.parquet")
        kept = "SELECT metric_id, printed FROM read_parquet(?) WHERE window_label = '2023-03' AND dimension = ''"
        assert (
            dict(connection.execute(kept, [value]).fetchall()) == review(force.settings, window("2023-03"))["metrics"]
        )


def test_a_delivery_held_whole_breaks_its_source_since_the_first_such(force: Force, tmp_path: Path) -> None:
    """Two nights of deliveries held whole: the figure stands as known before the first of them."""
    force.night(written(tmp_path / "in", first_night()))
    for wrong in (11, 12):
        extract = first_night()
        for _ in range(wrong):
            extract.warrant(datetime(2023, 7, 1), "no day")
        force.night(written(tmp_path / "in", extract))
    (state,) = (r for r in review(force.settings, YEAR)["quality"]["sources"] if r["source"] == "warrants")
    assert state["status"] == "held whole" and state["since"].startswith("2026-11-22T04")
    found = figures(review(force.settings, YEAR))["warrants_executed"]
    assert (found["printed"], found["marks"]) == ("1", ["s"]) and found["as_at"].startswith("2026-11-21T04")


def test_an_emptied_register_is_warned_of(force: Force, tmp_path: Path) -> None:
    """A register that had rows and comes empty withdraws them all: `zero_rows`, on the page and in the checks."""
    force.night(written(tmp_path / "in", first_night()))
    force.night(written(tmp_path / "in", Extract()))
    document = review(force.settings, YEAR)
    assert ("warrant", "zero_rows") in [(row["dataset"], row["code"]) for row in document["quality"]["volumes"]]
    assert "the last delivery is empty, and the one before was not" in render_page(document)
