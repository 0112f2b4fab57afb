"""The answer to a request says what was released, with the caveats that apply, in three forms; nothing before its time."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from docx import Document
from lxml import html

from svu_pipeline import audit
from svu_pipeline.clock import window
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.release.foi import figure_of, foi_pack, shown
from svu_pipeline.release.foi_answer import answer
from svu_pipeline.release.foi_forms import as_docx, as_html, as_json
from svu_pipeline.release.folder import FIGURES, ReleaseError, read
from svu_pipeline.release.publish import publish
from svu_pipeline.strike import struck
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.release.conftest import Office

METRIC = "people_arrested"


@pytest.fixture
def published(office: Office) -> Office:
    """An office that has published its first release, open at once."""
    publish(office.settings, office.signed().id, clock=office.clock)
    return office


def pack_of(office: Office) -> dict[str, Any]:
    document = read(office.home.releases / "2023-11.1", FIGURES)
    return foi_pack(METRIC, document, [document], minutes=45)


def test_three_forms_say_the_same_released_numbers(published: Office) -> None:
    """The figure and every part of it, as released, in JSON, HTML and DOCX."""
    pack = pack_of(published)
    said = [row["figure"] for part in pack["breakdowns"] for row in part["rows"]]
    page = html.fromstring(as_html(pack))
    letter = Document(io.BytesIO(as_docx(pack)))
    parts = [table for table in letter.tables if len(table.columns) == 2]
    assert json.loads(as_json(pack)) == pack
    assert page.xpath("//td[@class='number']/text()") == said and len(said) > 20
    assert [row.cells[1].text for table in parts for row in table.rows[1:]] == said
    assert pack["figure"] in page.text_content() and pack["figure"] in [line.text for line in letter.paragraphs]


def test_a_hidden_part_stays_hidden_in_every_form(published: Office) -> None:
    document = read(published.home.releases / "2023-11.1", FIGURES)
    row = figure_of(document, METRIC)["breakdowns"][0]["rows"][0]
    was, row["printed"], row["marks"] = f">{row['printed']}<", None, ["c"]
    pack = foi_pack(METRIC, document, [document])
    assert shown(row) == "[c]" and pack["breakdowns"][1]["rows"][0]["figure"] == "[c]"
    assert any(line.startswith("[c] confidential") for line in pack["caveats"])
    cell = html.fromstring(as_html(pack)).xpath("//table[caption='By district']//td")[0]
    assert cell.text == "[c]" != was


def test_only_caveats_that_apply_are_said(published: Office) -> None:
    """Held rows are named with their band; a mark that the figure does not have is not explained."""
    pack, figure = pack_of(published), published.figure(METRIC)
    held = f"{figure['held']} records are held back until corrected"
    assert any(line.startswith(held) and figure["band"][0] in line for line in pack["caveats"])
    assert not any(line.startswith("[x]") for line in pack["caveats"])
    assert any("Months and parts do not add up" in line for line in pack["caveats"])


def test_nothing_is_answered_from_a_draft_or_before_the_embargo_is_over(office: Office) -> None:
    made = office.signed()
    out = office.home.releases / "foi"
    with pytest.raises(ReleaseError, match="not published"):
        answer(office.home, METRIC, made.id, ["json"], out, None, "", office.clock)
    publish(office.settings, made.id, office.at + timedelta(hours=1), clock=office.clock)
    with pytest.raises(ReleaseError, match="its time has not come"):
        answer(office.home, METRIC, made.id, ["json"], out, None, "", office.clock)
    assert not out.exists()
    office.at += timedelta(hours=1)
    (path,) = answer(office.home, METRIC, made.id, ["json"], out, 30, "FOI 1", office.clock)
    assert json.loads(path.read_bytes())["minutes"] == 30
    assert [(entry.action, entry.subject, entry.why) for entry in audit.entries(office.home)][-1] == (
        "foi", f"{METRIC} {made.id}", "FOI 1",
    )  # fmt: skip


def test_the_letter_can_be_read_out(published: Office) -> None:
    """Title and language are set, headings do not skip a level, each table's first row is its header."""
    letter = Document(io.BytesIO(as_docx(pack_of(published))))
    levels = [
        int(p.style.name.split()[-1]) for p in letter.paragraphs if p.style and p.style.name.startswith("Heading")
    ]
    assert letter.core_properties.language == "en-GB" and letter.core_properties.title
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all("tblHeader" in table.rows[0]._tr.xml for table in letter.tables)


@pytest.mark.slow
@pytest.mark.parametrize("metric", [METRIC, "prison_years", "charge_rate"])
def test_the_query_of_a_pack_gives_the_figure(demo_night: Force, published: Office, metric: str) -> None:
    """Run as it stands on the facts, within the window: what a requester's expert would do."""
    of, terms = window("2023-11"), CATALOGUE[metric]
    document = read(published.home.releases / "2023-11.1", FIGURES)
    queries = foi_pack(metric, document, [document])["query"]
    parts = [CATALOGUE[terms.numerator], CATALOGUE[terms.denominator]] if terms.is_rate else [terms]
    with struck(demo_night.settings, [of]) as state:
        for part, query in zip(parts, queries, strict=True):
            counted = "count(DISTINCT subject)" if part.subject else "sum(quantity)"
            (found,) = state.connection.execute(
                f"SELECT {counted} FROM ({query}) WHERE happened_on BETWEEN ? AND ?", [of.start, of.last_day]
            ).fetchone() or (None,)
            stands = state.connection.execute(
                "SELECT numerator FROM value WHERE metric_id = ? AND dimension = ''", [part.id]
            ).fetchall()
            assert stands == [(found,)]
