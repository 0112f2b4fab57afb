"""The year-in-review page: the review document as one self-contained HTML file.

Here: what of the document goes where on the page, and the words around it. Not here: any figure (they come in
the document, already rounded), the drawing of charts (`charts.py`), and the names of codes (`labels.py`). The
page has no script and asks nothing of any server; its structure and style are in `templates/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import LONDON, instant
from svu_pipeline.publication.charts import (
    MONTHS,
    SINGULAR,
    headline_figures,
    month_words,
    monthly_chart,
    number,
    templates,
)
from svu_pipeline.publication.labels import NO_SUPPLY, NOT_SUPPLIED

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

MARKS = {
    "p": (
        "provisional",
        "Fewer than 91 days have passed since the end of the window: the figure may still change.",
    ),
    "x": (
        "not supplied",
        "A source that this figure needs has not been delivered. It is not zero: nobody knows yet.",
    ),
    "s": (
        "stale",
        "A source of this figure is not up to date. The figure keeps the value it had when all its sources were.",
    ),
    "e": ("estimate", "Part of what is added up was estimated by those who recorded it."),
    "a": (
        "at least",
        "Part of it was not recorded, which is not zero: the true figure is this or more.",
    ),
}
"""What the letters in square brackets mean, in the way of the Government Statistical Service."""

STATUS = {
    "read": "Up to date",
    "refused": "Refused",
    "held whole": "Held whole",
    "silent": "Silent",
    "never delivered": "Never delivered",
}

LINKING_EVENTS = {"merge": "people merged into another", "split": "people parted from another"}
CAUSES = {"record": "new or changed records", "decision": "a decision of two people", "model": "a change of the model"}


@dataclass(frozen=True)
class Section:
    """The figures of one part of the unit's work, in the order of the document."""

    title: str
    anchor: str
    figures: list[dict[str, Any]]
    is_public_context: bool


def render_page(document: dict[str, Any]) -> str:
    """The page of a review document as HTML; the same document gives the same bytes.

    Raises jinja2.UndefinedError naming the key when the document lacks one.
    """
    figures, sources = document["figures"], document["quality"]["sources"]
    return _template().render(
        review=document,
        sections=_sections(figures),
        headlines=headline_figures(figures),
        marks={mark: MARKS[mark] for mark in MARKS if any(mark in figure["marks"] for figure in figures)},
        behind=[source for source in sources if source["status"] != "read"],
        titles={source["source"]: source["title"] for source in sources},
        all_marks=MARKS,
        statuses=STATUS,
    )


def _sections(figures: Sequence[dict[str, Any]]) -> list[Section]:
    """Sections in the order in which they first occur, each with all its figures."""
    titles = list(dict.fromkeys(figure["section"] for figure in figures))
    return [_section(title, [figure for figure in figures if figure["section"] == title]) for title in titles]


def _section(title: str, figures: list[dict[str, Any]]) -> Section:
    anchor = re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
    return Section(title, anchor, figures, all(figure["is_public_context"] for figure in figures))


def _said(display: str) -> tuple[str, str]:
    """A figure as it is said, parted into its number and its unit: `440 people` → `440`, `people`.

    Words without a number, and shares of few (`7 of 12`), stay whole.
    """
    parted = re.fullmatch(r"((?:at least )?£?[\d,.]+%?)(?: (?!of\b)(.+))?", display)
    return (parted[1], parted[2] or "") if parted else (display, "")


def _cell(part: dict[str, Any], unit: str) -> str:
    """A figure in a table whose heading names the unit; the mark and words where it was not supplied."""
    if part["printed"] is None:
        return f"{NO_SUPPLY} {NOT_SUPPLIED}" if "x" in part["marks"] else "no rate"
    return _amount(part["printed"], unit)


def _amount(printed: str, unit: str) -> str:
    return f"£{number(printed)}" if unit == "£" else f"{number(printed)}{'%' if unit == '%' else ''}"


def _bound(figure: dict[str, Any], place: int) -> str:
    """The lowest (0) or highest (1) that held rows could move a figure to; words where none can be given."""
    bound = figure["band"][place] if figure["band"] else None
    return _amount(bound, figure["noun"]) if bound is not None else "no bound"


def _held_back(figure: dict[str, Any]) -> str:
    """How many held rows could touch a figure, and between what it would lie if they were accepted."""
    rows = "1 held row" if figure["held"] == 1 else f"{figure['held']:,} held rows"
    if not figure["band"] or figure["band"][0] is None:
        return f"{rows} could touch it"
    if figure["band"][1] is None:
        return f"{rows} could touch it: if accepted, {_bound(figure, 0)} or more (no upper bound can be given)"
    return f"{rows} could touch it: if accepted, between {_bound(figure, 0)} and {_bound(figure, 1)}"


def _linking_event(event: dict[str, Any]) -> dict[str, Any]:
    """A kind of merge or split of the last night in words, with how many there were."""
    words = f"{LINKING_EVENTS[event['kind']]}, because of {CAUSES[event['because']]}"
    return {"words": words, "rows": event["count"]}


def _share(printed: str | None, rows: Sequence[dict[str, Any]]) -> int:
    """The length of a row's bar in per cent of the longest in its table; what is not zero is seen."""
    top = max((Decimal(row["printed"]) for row in rows if row["printed"] is not None), default=Decimal(0))
    if printed is None or Decimal(printed) == 0:
        return 0
    return max(1, int(100 * Decimal(printed) / top))


def _why_not_months(figure: dict[str, Any]) -> str:
    """Why the months of a figure do not add up to the window; '' where they do."""
    if figure["noun"] == "%":
        return "Each month has its own rate: the rate of the window is neither their sum nor their average."
    if figure["is_additive"]:
        return ""
    return f"Months do not add up to the whole: a {_one(figure)} counted in two months is one in the window."


def _why_not_parts(figure: dict[str, Any]) -> str:
    """Why the rows of a breakdown do not add up to the figure."""
    if figure["noun"] == "%":
        return "Each row has its own rate: rates are not added."
    if figure["is_additive"]:
        return "The rows do not add up to the whole."
    return f"The rows do not add up to the whole: one {_one(figure)} can be counted in several rows."


def _one(figure: dict[str, Any]) -> str:
    noun = figure["noun"]
    return SINGULAR.get(noun) or str(noun).removesuffix("s")


def _day(day: str) -> str:
    """`2022-12-01` → `1 December 2022`."""
    read = date.fromisoformat(day)
    return f"{read.day} {MONTHS[read.month - 1]} {read.year}"


def _moment(text: str) -> str:
    """An instant as London's clock had it: `22 November 2026, 04:03 GMT`."""
    read = instant(text).astimezone(LONDON)
    return f"{read.day} {MONTHS[read.month - 1]} {read.year}, {read:%H:%M} {read.tzname()}"


def _counted(count: int) -> str:
    return f"{count:,}"


def _spaced(name: str) -> str:
    """A dataset's or a note's name in words: `custody_record` → `custody record`."""
    return name.replace("_", " ")


def _opening(words: str) -> str:
    """Words as they open a sentence: the first letter large, the others as they are."""
    return words[:1].upper() + words[1:]


def _chart(figure: dict[str, Any]) -> Markup:
    from markupsafe import Markup

    # The text comes from a template that escapes: marking it safe keeps it from being escaped twice.
    return Markup(monthly_chart(figure["monthly"], figure["title"], figure["noun"]))  # noqa: S704


@cache
def _template() -> Template:
    """The page's template with the words of this module as its filters."""
    filters: dict[str, Callable[..., object]] = {
        "said": _said,
        "cell": _cell,
        "amount": _amount,
        "linking_event": _linking_event,
        "bound": _bound,
        "held_back": _held_back,
        "share": _share,
        "why_not_months": _why_not_months,
        "why_not_parts": _why_not_parts,
        "day": _day,
        "moment": _moment,
        "counted": _counted,
        "spaced": _spaced,
        "opening": _opening,
        "month_words": month_words,
        "chart": _chart,
    }
    environment = templates().overlay()
    environment.filters = {**environment.filters, **filters}
    return environment.get_template("page.html.j2")
