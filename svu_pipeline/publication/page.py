"""The year-in-review page: the review document as one self-contained HTML file.

Here: what of the document goes where on the page. Not here: any figure (they come in the document, already rounded), the
words around them (`notes.py`), numbers as markup (`tagged.py`), charts (`charts.py`), the map (`map.py`), the names of codes
(`labels.py`). The page has no script and asks nothing of any server; its structure and style are in `templates/`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from svu_pipeline.publication.charts import headline_figures, monthly_chart, spark, templates
from svu_pipeline.publication.map import STEPS, TileMap, district_map, district_names
from svu_pipeline.publication.notes import FILTERS, MARKS, marks_on, series_breaks
from svu_pipeline.publication.tagged import Tags

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

STATUS = {
    "read": "Up to date",
    "refused": "Refused",
    "held whole": "Held whole",
    "silent": "Silent",
    "never delivered": "Never delivered",
}

TYPES = ("weapon_type", "drug", "power", "closure")
"""The breakdowns that say of what kind things are: they stand with the main figures, all others with their own figure."""


@dataclass(frozen=True)
class Section:
    """The figures of one part of the unit's work, in the order of the document."""

    title: str
    anchor: str
    figures: list[dict[str, Any]]
    is_public_context: bool


def render_page(document: dict[str, Any], sha256: str = "") -> str:
    """The page of a review document as HTML; the same document gives the same bytes.

    `sha256` is that of the figures.json of a release, whose page says it with every number. Raises jinja2.UndefinedError
    naming the key when the document lacks one.
    """
    figures, sources = document["figures"], document["quality"]["sources"]
    headlines, release = headline_figures(figures), document.get("release")
    return _template().render(
        review=document,
        release=release,
        tags=Tags(document["window"], release["id"] if release else "", sha256),
        sections=_sections(figures),
        headlines=headlines,
        maps=_maps(figures, headlines),
        shades=range(STEPS + 1),
        kinds=[
            (figure, table) for figure in headlines for table in figure["breakdowns"] if _is_of_kinds(figure, table)
        ],
        marks=marks_on(figures),
        behind=[source for source in sources if source["status"] != "read"],
        titles={source["source"]: source["title"] for source in sources},
        all_marks=MARKS,
        statuses=STATUS,
    )


def _maps(figures: Sequence[dict[str, Any]], headlines: Sequence[dict[str, Any]]) -> list[TileMap]:
    """A map of each main figure that has districts."""
    names = district_names(figures)
    return [drawn for figure in headlines if (drawn := district_map(figure, names))]


def _is_of_kinds(figure: dict[str, Any], table: dict[str, Any]) -> bool:
    """Whether a breakdown is one by kind that has something to show."""
    return table["dimension"] in TYPES and figure["printed"] is not None and bool(table["rows"])


def _sections(figures: Sequence[dict[str, Any]]) -> list[Section]:
    """Sections in the order in which they first occur, each with all its figures."""
    titles = list(dict.fromkeys(figure["section"] for figure in figures))
    return [_section(title, [figure for figure in figures if figure["section"] == title]) for title in titles]


def _section(title: str, figures: list[dict[str, Any]]) -> Section:
    anchor = re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
    return Section(title, anchor, figures, all(figure["is_public_context"] for figure in figures))


def _chart(figure: dict[str, Any]) -> Markup:
    from markupsafe import Markup

    # The text comes from a template that escapes: marking it safe keeps it from being escaped twice.
    return Markup(monthly_chart(figure["monthly"], figure["title"], figure["noun"], series_breaks(figure)))  # noqa: S704


def _spark(figure: dict[str, Any]) -> Markup:
    from markupsafe import Markup

    return Markup(spark(figure["monthly"]))  # noqa: S704 - our own template, as above


@cache
def _template() -> Template:
    """The page's template with the words of `notes.py` as its filters."""
    environment = templates().overlay()
    environment.filters = {**environment.filters, **FILTERS, "chart": _chart, "spark": _spark}
    return environment.get_template("page.html.j2")
