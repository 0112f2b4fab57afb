"""The page in a real browser: WCAG 2.2 AA by axe, in light and dark, on a phone and a desk; alone and without script."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from svu_pipeline.clock import window
from svu_pipeline.publication.page import render_page
from svu_pipeline.publication.review import review
from svu_pipeline_tests.night import Force

pytestmark = pytest.mark.slow

SHOWN = ("people_arrested", "charge_rate", "weapons_seized", "criminal_profits_seized", "stop_searches")
"""Enough figures for every part of the page, and tables of three rows: axe takes a minute over all of it, and learns nothing
new."""

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCREENS = [
    (1280, "light"),
    (390, "dark"),
    pytest.param(1280, "dark", marks=pytest.mark.soak),
    pytest.param(390, "light", marks=pytest.mark.soak),
]


@pytest.fixture(scope="module")
def page_file(demo_night: Force, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a few figures with every mark on it: protected, provisional, stale, broken, revised, not supplied."""
    document = copy.deepcopy(review(demo_night.settings, window("2023-11")))
    document["figures"] = [figure for figure in document["figures"] if figure["id"] in SHOWN]
    for figure in document["figures"]:
        figure["breakdowns"] = [{**table, "rows": table["rows"][:3]} for table in figure["breakdowns"]]
    quality = document["quality"]
    quality.update({name: part[:2] for name, part in quality.items() if isinstance(part, list) and name != "sources"})
    document["release"] = {"id": "2023-11.2"}
    _mark(document["figures"])
    _behind(document)
    file = tmp_path_factory.mktemp("browser") / "page.html"
    file.write_text(render_page(document, "0f" * 32), "utf-8")
    return file


def _mark(figures: list[dict[str, Any]]) -> None:
    arrested, rate, weapons, money, _ = figures
    before = {"old": "439", "release": "2023-11.1", "kind": "error"}
    arrested.update(marks=["p", "r"], revised=before)
    arrested["monthly"][2].update(revised=before, marks=["r"])
    for part in (arrested["breakdowns"][0]["rows"][1], weapons["monthly"][3]):
        part.update(printed=None, marks=["c"])
    weapons["monthly"][6]["marks"] = ["b"]
    weapons["comparison"]["breaks"] = [{"kind": "source", "on": "2023-06-01", "words": "The store was changed."}]
    rate["marks"] = ["s"]
    money.update(printed=None, display="not supplied", marks=["x"], phrases=[])


def _behind(document: dict[str, Any]) -> None:
    """One source that is silent, so that the banner is there; and a table of revisions."""
    since = {"status": "silent", "since": document["as_at"], "problem": "Nothing has come.", "cure": "Ask its owner."}
    document["quality"]["sources"][0].update(since)
    row = {
        "metric": "people_arrested", "title": "People arrested", "start": "2022-12-01", "end": "2023-11-30",
        "dimension": "", "code": "", "old": "439", "new": "440", "release": "2023-11.1", "kind": "error",
        "note": "One record had been left out.",
    }  # fmt: skip
    document["revisions"] = [row]


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_axe_finds_nothing(browser: Browser, page_file: Path, width: int, scheme: Any) -> None:
    """No violation of WCAG 2.0 to 2.2 at A and AA, nor of best practice, with every detail unfolded; nothing overflows."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(page_file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
    assert len(found.response["passes"]) > 30
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_the_page_needs_no_script_and_asks_for_nothing(browser: Browser, page_file: Path) -> None:
    """With script switched off every figure is there; the one request is for the page itself; folded tables can be opened."""
    context = browser.new_context(java_script_enabled=False)
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    page.get_by_role("link", name="People arrested").first.click()
    assert page.locator("#people_arrested").is_visible()
    table = page.locator("#people_arrested-sex table")
    assert not table.is_visible()
    page.locator("#people_arrested-sex summary").click()
    assert table.is_visible()
    assert {address.partition("#")[0] for address in asked if not address.startswith("data:")} == {page_file.as_uri()}
    context.close()
