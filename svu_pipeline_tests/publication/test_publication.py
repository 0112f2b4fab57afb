"""What leaves the unit: the analysts' database, the page, JSON and CSV say the same and name no one."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from pathlib import Path
from typing import Any

import duckdb
import pytest

from svu_pipeline.clock import window
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.publication.database import publish_database
from svu_pipeline.publication.identities import broken_identities
from svu_pipeline.publication.page import render_page
from svu_pipeline.publication.publish import Published, as_csv, publish_review
from svu_pipeline_tests.night import Force

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(demo_night: Force) -> Published:
    publish_database(demo_night.settings)
    return publish_review(demo_night.settings, window("2023-11"))


@pytest.fixture(scope="module")
def database(demo_night: Force, published: Published) -> Path:
    return demo_night.home.published / "svu.duckdb"


def test_page_json_csv_and_database_agree(published: Published, database: Path) -> None:
    """One registry, four outputs: every figure is the same text in each."""
    content = json.loads(published.page.with_suffix(".json").read_text("utf-8"))
    assert content == published.document
    rows = csv.DictReader(io.StringIO(published.page.with_suffix(".csv").read_text("utf-8")))
    by_csv = {row["metric"]: row["figure"] for row in rows if row["dimension"] == ""}
    with duckdb.connect(str(database), read_only=True) as connection:
        by_database = dict(
            connection.execute(
                "SELECT metric_id, printed FROM value WHERE window_label = '2023-11' AND dimension = ''"
            ).fetchall()
        )
    assert content["metrics"] == by_csv == by_database
    page = published.page.read_text("utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    for figure in content["figures"]:
        whole, _, decimals = figure["printed"].partition(".")
        assert f"{int(whole):,}" + (f".{decimals}" if decimals else "") in text, figure["id"]


def test_the_database_holds_what_an_analyst_needs_and_no_person(database: Path) -> None:
    """Facts, contributions, values and catalogue; no column and no value that stands for a person."""
    with duckdb.connect(str(database), read_only=True) as connection:
        columns = connection.execute("SELECT table_name, column_name FROM duckdb_columns()").fetchall()
        tables = {table for table, _ in columns}
        assert {"fct_custody_arrest", "fct_exhibit", "contribution", "value", "metric"} <= tables
        names = {column for _, column in columns}
        assert not {"person_id", "surname", "forenames", "date_of_birth", "postcode", "pnc_id"} & names
        people = [name for name, metric in CATALOGUE.items() if metric.noun.value == "people"]
        subjects = connection.execute(
            "SELECT count(*), count(subject) FROM contribution WHERE list_contains(?, metric_id)", [people]
        ).fetchall()
    assert subjects[0][0] > 0 and subjects[0][1] == 0


def test_publishing_again_leaves_readers_their_version(demo_night: Force, database: Path) -> None:
    """Readers in a loop see no error and no mixed version while the file is swapped under them."""
    errors: list[Exception] = []
    seen: set[tuple[int, int]] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                with duckdb.connect(str(database), read_only=True) as connection:
                    rows = connection.execute(
                        "SELECT (SELECT count(*) FROM contribution), (SELECT count(*) FROM value)"
                    ).fetchall()
                    seen.add(rows[0])
            except duckdb.Error as error:
                errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(5):
        (demo_night.home.published / "manifest.json").unlink()
        assert publish_database(demo_night.settings)[1]
    stop.set()
    for reader in readers:
        reader.join()
    assert not errors and len(seen) == 1
    assert not publish_database(demo_night.settings)[1], "nothing new is not published again"


def test_the_page_stands_alone(published: Published) -> None:
    """No script, no outside address, a language, one main heading, a table or words beside every chart."""
    page = published.page.read_text("utf-8")
    assert "<script" not in page and 'lang="en-GB"' in page and page.count("<h1") == 1
    addresses = set(re.findall(r'(?:src|href)="([^"]+)"', page)) | set(re.findall(r"url\(([^)]+)\)", page))
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert page.count('role="img"') == page.count("aria-label=") - page.count("<nav") - page.count('role="region"') or (
        page.count('role="img"') <= page.count("aria-label")
    )
    for metric in CATALOGUE.values():
        assert metric.title in page.replace("&#39;", "'").replace("&amp;", "&"), metric.id
    assert published.document["window_words"] in page and "held" in page.lower()


def test_the_year_of_the_demonstration_keeps_every_identity(published: Published) -> None:
    """No part exceeds its whole; additive parts add up, on the printed figures."""
    assert broken_identities(published.document) == []


def _change(document: dict[str, Any], id: str, printed: str) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(document))
    for figure in changed["figures"]:
        if figure["id"] == id:
            figure["printed"] = printed
    return changed


@pytest.mark.parametrize(
    ("id", "printed", "broken"),
    [
        ("people_charged", "441", "people_charged <= people_arrested"),
        ("people_arrested", "502", "people_arrested <= arrests"),
        ("weapons_seized", "84", "weapons_seized by month"),
        ("criminal_profits_seized", "261000.01", "criminal_profits_seized by unit"),
        ("people_safeguarded", "430", "people_safeguarded by district"),
    ],
)
def test_a_figure_that_cannot_be_is_found(published: Published, id: str, printed: str, broken: str) -> None:
    """One figure changed by one breaks the identity that guards it."""
    assert broken in broken_identities(_change(published.document, id, printed))


def test_text_that_a_spreadsheet_would_run_is_made_harmless(published: Published) -> None:
    """A label that starts like a formula is written with an apostrophe before it; numbers are left alone."""
    document = json.loads(json.dumps(published.document))
    document["figures"][0]["breakdowns"][0]["rows"][0]["label"] = "=HYPERLINK(1)"
    document["figures"][0]["breakdowns"][0]["rows"][1]["label"] = "@SUM"
    cells = [cell for row in csv.reader(io.StringIO(as_csv(document))) for cell in row]
    assert "'=HYPERLINK(1)" in cells and "'@SUM" in cells and "440" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_whatever_stands_in_a_label_is_text_on_the_page(published: Published) -> None:
    """Markup in a label of the data is shown, not run."""
    document = json.loads(json.dumps(published.document))
    document["figures"][0]["breakdowns"][0]["rows"][0]["label"] = "<script>alert(1)</script>"
    assert "<script" not in render_page(document)
