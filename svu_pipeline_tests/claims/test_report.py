"""The report as a page and as JSON: the text whole with each figure marked in words, nothing of it run, WCAG 2.2 AA by axe."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from svu_pipeline.claims.check import check_text
from svu_pipeline.claims.claim import Report
from svu_pipeline.claims.figures import Figures
from svu_pipeline.claims.report import as_html, as_json, brief, rows, summary, verdict_words
from svu_pipeline.clock import window
from svu_pipeline.commands.output import table
from svu_pipeline_tests.claims.test_year import WITH_ERRORS

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOSTILE = '<script>alert(1)</script> 440 people <img src=x onerror="alert(1)"> were arrested & {{ 7 * 7 }}. The list includes:'


@pytest.fixture(scope="module")
def report(year: Figures) -> Report:
    """Of a text with a figure of each kind: right, wrong, and one that cannot be checked."""
    return check_text(f"{WITH_ERRORS}\nThe unit gave 12 talks in schools.\n", year, window("2023-11"))


def _words(html: str) -> str:
    """What a page says, marks and numbers of figures left out."""
    text = html.split('<div class="text">')[1].split("</div>")[0]
    return unescape(re.sub(r" ?<a class=\"tag\".*?</a>| <mark class=\"wrong\"><span.*?</mark>|<[^>]+>", "", text))


def test_the_page_has_the_whole_text_and_says_each_verdict_in_words(report: Report) -> None:
    html = as_html(report, "draft.txt")
    assert _words(html) == report.text
    for number, claim in enumerate((claim for claim in report.claims if claim.is_claim), 1):
        assert f"[{number}: {verdict_words(claim)}]" in html and f'id="figure-{number}"' in html
    assert "[missing list]" in html and summary(report) in html


def test_a_text_is_shown_and_not_run(year: Figures) -> None:
    report = check_text(HOSTILE, year, window("2023-11"))
    html = as_html(report, "<b>draft</b>.txt")
    assert "<script" not in html and "<img" not in html and "<b>draft" not in html
    assert "{{ 7 * 7 }}" in html and _words(html) == HOSTILE


def test_json_and_table_say_the_same_as_the_page(report: Report) -> None:
    content = json.loads(json.dumps(as_json(report)))
    claims = [claim for claim in content["claims"] if claim["verdicts"] != ["not_a_claim"]]
    assert [report.text[claim["start"] : claim["end"]] for claim in claims] == [claim["text"] for claim in claims]
    shown = rows(report)
    assert [(row[0], row[1]) for row in shown[: len(claims)]] == [(c["text"], c["metric"] or "") for c in claims]
    assert len(shown) == len(claims) + len(content["missing_lists"])


def test_a_narrow_terminal_shows_every_metric_whole(
    report: Report, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is too wide goes on in the next line."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    header, body = brief(report)
    table("Figures", header, body, unbroken=("metric",))
    shown = re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out)
    assert {claim.metric for claim in report.claims if claim.metric} <= set(re.findall(r"\w+", shown))
    assert "…" not in shown and max(map(len, shown.splitlines())) <= 80


def test_the_window_is_shown_only_where_it_is_another_than_the_one_asked_for(year: Figures) -> None:
    of_the_year = "We arrested 440 people."
    assert "window" not in brief(check_text(of_the_year, year, window("2023-11")))[0]
    header, body = brief(check_text(f"{of_the_year} In the year before it was 398.", year, window("2023-11")))
    assert [row[header.index("window")] for row in body] == ["", "2022-11"]


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing(report: Report, browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    file = tmp_path / "report.html"
    file.write_text(as_html(report, "draft.txt"), "utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(file.as_uri())
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert not found.response["violations"], found.generate_report()
    assert wide <= 0
