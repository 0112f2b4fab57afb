"""The year-in-review page: every figure of the document to the digit, nothing else that looks like one, what marks mean."""

from __future__ import annotations

import copy
import csv
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svu_pipeline.clock import window
from svu_pipeline.publication.labels import MONTHS
from svu_pipeline.publication.map import STEPS, district_map
from svu_pipeline.publication.page import render_page
from svu_pipeline.publication.review import review
from svu_pipeline_tests.night import Force

YEAR = window("2023-11")
RELEASE = {"id": "2023-11.2"}
ASIDE = ("svg", "style", "title", "pre", "time")
"""Elements whose text is no figure: charts have their own test, the rest is style, address and commands."""


class Numbers(HTMLParser):
    """The `<data>` elements of a page, each with its text, and the text outside of them before the part on quality."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[tuple[dict[str, str], str]] = []
        self.text: list[str] = []
        self.inside: list[str] = []
        self.feed(page[: page.index('aria-labelledby="quality"')])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "data":
            self.said.append(({name: value or "" for name, value in attrs}, ""))
        if tag == "data" or tag in ASIDE:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.text.append(" ".join(data.split()))
        elif self.inside == ["data"]:
            attributes, text = self.said[-1]
            self.said[-1] = attributes, text + data


def parts(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Every printed number of a document by metric with version, dimension and code."""
    for figure in document["figures"]:
        metric = f"{figure['id']}@{figure['version']}"
        yield (metric, "", ""), figure["printed"]
        for month in figure["monthly"]:
            yield (metric, "month", month["month"]), month["printed"]
        for table in figure["breakdowns"]:
            for row in table["rows"]:
                yield (metric, table["dimension"], row["code"]), row["printed"]


def strings(content: object) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(content, dict):
        content = list(content.values())
    if isinstance(content, list):
        for one in content:
            yield from strings(one)
    elif isinstance(content, str):
        yield content


@pytest.fixture(scope="module")
def year(demo_night: Force) -> dict[str, Any]:
    return review(demo_night.settings, YEAR)


@pytest.fixture
def document(year: dict[str, Any]) -> dict[str, Any]:
    """A copy of the year's document to change."""
    return copy.deepcopy(year)


def figure_of(document: dict[str, Any], id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(figure for figure in document["figures"] if figure["id"] == id)
    return found


def few(document: dict[str, Any], *ids: str) -> dict[str, Any]:
    """The document with these figures alone."""
    return {**document, "figures": [figure for figure in document["figures"] if figure["id"] in ids]}


def article(page: str, id: str) -> str:
    """The text of a figure's part of the page."""
    start = page.index(f'<article aria-labelledby="{id}">')
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[start : page.index("</article>", start)]))


@pytest.mark.slow
def test_every_number_of_the_document_is_on_the_page_to_the_digit(year: dict[str, Any]) -> None:
    """Headlines, months and breakdowns: as `value` and as text, of their metric, version and window; no other is tagged."""
    page = Numbers(render_page(year))
    expected = {key: printed for key, printed in parts(year) if printed is not None}
    found: dict[tuple[str, ...], str] = {}
    for attributes, text in page.said:
        if "data-metric" in attributes:
            key = tuple(attributes.get(name, "") for name in ("data-metric", "data-dimension", "data-code"))
            assert found.setdefault(key, attributes["value"]) == attributes["value"], key
            assert re.sub(r"[^0-9.]", "", text) == attributes["value"], key
            assert (attributes["data-window"], attributes["data-as-at"]) == ("2023-11", year["as_at"])
    assert found == expected
    steps = {step["id"]: str(step["count"]) for step in year["story"]["steps"]}
    assert {said["data-step"]: said["value"] for said, _ in page.said if "data-step" in said} == steps


@pytest.mark.slow
def test_nothing_else_looks_like_a_figure(year: dict[str, Any]) -> None:
    """Outside of `<data>` a digit stands only in words that the document itself has, in a date, or counts records."""
    known = sorted(
        {text.lower() for text in strings(year) if re.search(r"\d", text) and re.search("[a-z–+]", text)}, key=len
    )
    known += [f"{figure['id']}@{figure['version']}" for figure in year["figures"]]
    records = {f"{figure['contributions']:,}" for figure in year["figures"]}
    date = rf"(\d{{1,2}} )?({'|'.join(MONTHS).lower()}) \d{{4}}(, \d\d:\d\d [a-z]{{3}})?"
    strange = []
    for text in {text for text in Numbers(render_page(year)).text if re.search(r"\d", text)}:
        rest = text.lower()
        for words in reversed(known):
            rest = rest.replace(words, "")
        rest = re.sub(date, "", rest)
        if re.search(r"\d", rest) and rest not in records and " could touch it" not in rest:
            strange.append(text)
    assert strange == []


@pytest.mark.slow
def test_charts_write_the_highest_and_the_lowest_month_as_printed(year: dict[str, Any]) -> None:
    """What stands in a chart is a month's number of the table beside it, pounds without their pence."""
    page = render_page(year)
    for figure in year["figures"]:
        start = page.index(f'<article aria-labelledby="{figure["id"]}">')
        written = re.findall(r'<text class="said"[^>]*>([^<]+)<', page[start : page.index("</article>", start)])
        months = {month["printed"] for month in figure["monthly"]}
        for text in written:
            said = re.sub(r"[£,%]", "", text)
            assert said in months or any(month and abs(float(month) - float(said)) <= 0.5 for month in months), text


@pytest.mark.slow
def test_a_protected_part_is_left_out_and_explained(document: dict[str, Any]) -> None:
    """[c] in table, map and chart, never 0 and never "not supplied"; its number is nowhere on the page."""
    arrested = figure_of(document, "people_arrested")
    (districts,) = (table for table in arrested["breakdowns"] if table["dimension"] == "district")
    hidden = next(row for row in districts["rows"] if row["code"] == "E07000067")
    for part, printed in ((hidden, "77777"), (arrested["monthly"][3], "88888")):
        part.update(printed=printed)
        assert printed in render_page(few(document, "people_arrested"))
        part.update(printed=None, numerator=None, marks=["c"])
    page = render_page(few(document, "people_arrested"))
    assert "77777" not in page and "88888" not in page
    text = article(page, "people_arrested")
    assert f"{hidden['label']} [c]" in text and "March 2023 [c]" in text
    assert re.search(r'<li class="hidden"[^>]*><span>Braintree</span> <b>\[c\]</b>', page)
    assert re.search(r"<text[^>]*>\[c\]</text>", page)
    assert "[c]</span> confidential" in page and "not supplied" not in text


@pytest.mark.slow
def test_a_break_in_a_series_is_drawn_marked_and_explained(document: dict[str, Any]) -> None:
    """A dashed line in the chart, [b] at the month in the table, why below the figure; without a break none of it."""
    seized = figure_of(document, "weapons_seized")
    assert 'class="break"' not in render_page(few(document, "weapons_seized"))
    seized["monthly"][5]["marks"] = ["b"]
    seized["comparison"]["breaks"] = [{"kind": "definition", "on": "2023-05-01", "words": "Air weapons are left out."}]
    page = render_page(few(document, "weapons_seized"))
    text = article(page, "weapons_seized")
    assert page.count('class="break"') == 1 and "May 2023 [b]" in text
    assert "[b] Break in May 2023. Air weapons are left out." in text
    assert "The series breaks in May 2023." in page and "[b]</span> break" in page


@pytest.mark.slow
def test_a_revised_number_stands_beside_what_it_was(document: dict[str, Any]) -> None:
    """Old and new both, in which release, and why; [r] explained."""
    seized = figure_of(document, "weapons_seized")
    before = {"old": "81", "release": "2023-11.1", "kind": "planned"}
    seized.update(revised=before, marks=["r"])
    seized["monthly"][0].update(revised={**before, "old": "2"}, marks=["r"])
    row = {
        "metric": "weapons_seized", "title": "Weapons seized", "start": "2022-12-01", "end": "2023-11-30",
        "dimension": "", "code": "", "old": "81", "new": "83", "release": "2023-11.1", "kind": "planned",
        "note": "Two late entries of the store.",
    }  # fmt: skip
    page = render_page({**few(document, "weapons_seized"), "release": RELEASE, "revisions": [row]}, "0f" * 32)
    text = article(page, "weapons_seized")
    assert "[r] was 81 in 2023-11.1" in text and "[r] was 2 in 2023-11.1" in text
    assert "What has been revised" in page and "Two late entries of the store." in page and "[r]</span> revised" in page


@pytest.mark.slow
def test_the_page_of_a_release_says_with_every_number_where_it_can_be_checked(document: dict[str, Any]) -> None:
    """Release and hash at each; no command of ours, no count of records; no story unless there is one."""
    page = render_page({**few(document, "people_arrested"), "release": RELEASE, "story": None}, "0f" * 32)
    said = [attributes for attributes, _ in Numbers(page).said]
    assert said and all((one["data-release"], one["data-sha256"]) == ("2023-11.2", "0f" * 8) for one in said)
    assert "Release 2023-11.2" in page and "python verify.py" in page and "svu " not in page
    assert "Records behind it" not in page and "drug line:" not in page


@pytest.mark.slow
def test_a_provisional_figure_says_from_when_it_is_final(document: dict[str, Any]) -> None:
    """[p] with its meaning and the day."""
    figure_of(document, "charge_rate").update(marks=["p"], closes_on="2024-03-01")
    text = article(render_page(few(document, "charge_rate")), "charge_rate")
    assert "[p] Provisional. " in text and "It is final from 1 March 2024." in text


@pytest.mark.slow
def test_a_share_of_few_is_said_in_numbers_alone(document: dict[str, Any]) -> None:
    """7 of 12: its percentage is nowhere in what is large on the page."""
    rate = figure_of(document, "charge_rate")
    rate.update(display="7 of 12", printed="58.3")
    large = re.findall(r'<p class="big">(.*?)</p>', render_page(few(document, "charge_rate")), re.DOTALL)
    assert large and all("7 of 12" in text and "58.3" not in text for text in large)


@pytest.mark.slow
def test_the_page_is_one_small_file(year: dict[str, Any]) -> None:
    """Under a megabyte, of a release too, and every id in it once."""
    page = render_page({**year, "release": RELEASE}, "0f" * 32)
    assert len(page.encode()) < 1_000_000
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def by_district(*printed: str | None) -> dict[str, Any]:
    codes = [row[0] for row in districts()][: len(printed)]
    rows: list[dict[str, Any]] = [
        {"code": code, "label": code, "printed": text, "marks": []} for code, text in zip(codes, printed, strict=True)
    ]
    outside = {"code": "E09000031", "label": "Outside Essex", "printed": "999", "marks": []}
    return {"breakdowns": [{"dimension": "district", "rows": [*rows, outside]}]}


def districts() -> list[tuple[str, str]]:
    """Code and name of each district of the force's area."""
    text = resources.files("svu_pipeline.facts").joinpath("reference", "district.csv").read_text("utf-8")
    return [(row["district_code"], row["district_name"]) for row in csv.DictReader(text.splitlines())]


def test_every_district_has_a_tile_of_its_own() -> None:
    """The fourteen districts of the reference table, each once, no two in one place, and nothing else."""
    drawn = district_map(by_district(*["1"] * 14), dict(districts()))
    assert drawn is not None
    assert sorted(tile.label for tile in drawn.tiles) == sorted(name for _, name in districts())
    assert len({(tile.column, tile.row) for tile in drawn.tiles}) == 14
    assert [row["label"] for row in drawn.beside] == ["Outside Essex"]


@given(st.lists(st.none() | st.integers(0, 10**9), min_size=1, max_size=14))
def test_shades_say_more_for_more(counts: list[int | None]) -> None:
    """None and nought are unshaded, the most is darkest, nothing above nought is unshaded, and more is never lighter."""
    drawn = district_map(by_district(*[None if n is None else str(n) for n in counts]), {})
    if drawn is None:
        assert all(count is None for count in counts)
        return
    shades = [(int(tile.part["printed"] or 0) if tile.part else 0, tile.step) for tile in drawn.tiles]
    assert all((step == 0) == (count == 0) and 0 <= step <= STEPS for count, step in shades)
    assert [step for _, step in sorted(shades)] == sorted(step for _, step in shades)
    assert not any(counts) or max(shades)[1] == STEPS
