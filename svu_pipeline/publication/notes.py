"""The words around figures on the page: why parts do not add up, what held rows could do, where a series breaks.

Here: sentences and the small words of a page, from what the review document says. Not here: numbers as such
(`tagged.py`), the names of codes (`labels.py`), and what goes where (`page.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from svu_pipeline.clock import instant, spoken
from svu_pipeline.publication.charts import SINGULAR, month_words, number
from svu_pipeline.publication.labels import day_words

MARKS = {
    "p": ("provisional", "The window is too recent for the figure to be final: it may still change."),
    "r": ("revised", "The figure was released otherwise before. What it was stands beside it, and why it changed."),
    "c": (
        "confidential",
        "A small number, or one from which it could be worked out, is left out on purpose. It is not zero.",
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
    "b": (
        "break",
        "A definition, a source or the unit changed here: what is before and what is after are not to be compared.",
    ),
}
"""What the letters in square brackets mean, in the way of the Government Statistical Service."""

LINKING_EVENTS = {"merge": "people merged into another", "split": "people parted from another"}
CAUSES = {"record": "new or changed records", "decision": "a decision of two people", "model": "a change of the model"}


def marks_on(figures: Sequence[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """The marks that stand anywhere beside these figures or their parts, with what they mean."""
    found = {mark for figure in figures for part in _parts(figure) for mark in part["marks"]}
    return {mark: words for mark, words in MARKS.items() if mark in found}


def _parts(figure: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield figure
    yield from figure["monthly"]
    for table in figure["breakdowns"]:
        yield from table["rows"]


def series_breaks(figure: dict[str, Any]) -> dict[str, str]:
    """The months with which a figure's series breaks, and why: `{"2023-04": "Its definition changed on …"}`."""
    comparison = figure["comparison"] or {"breaks": []}
    reasons: dict[str, str] = {}
    for one in comparison["breaks"]:
        if one["on"]:
            month = one["on"][:7]
            reasons[month] = f"{reasons[month]} {one['words']}" if month in reasons else one["words"]
    months = [point["month"] for point in figure["monthly"] if "b" in point["marks"]]
    return {month: reasons.get(month, "") for month in months}


def revised(part: dict[str, Any], unit: str) -> str:
    """What a part was when it was last released otherwise: `was 439 in 2023-11.1`; '' where it never was."""
    before = part.get("revised")
    return f"was {amount(before['old'], unit)} in {before['release']}" if before else ""


def amount(printed: str, unit: str) -> str:
    """A printed figure in a table whose heading names the unit: `£261,000.00`, `75.2%`, `1,038`."""
    return f"£{number(printed)}" if unit == "£" else f"{number(printed)}{'%' if unit == '%' else ''}"


def bound(figure: dict[str, Any], place: int) -> str:
    """The lowest (0) or highest (1) that held rows could move a figure to; words where none can be given."""
    limit = figure["band"][place] if figure["band"] else None
    return amount(limit, figure["noun"]) if limit is not None else "no bound"


def held_back(figure: dict[str, Any]) -> str:
    """How many held rows could touch a figure, and between what it would lie if they were accepted."""
    rows = "1 held row" if figure["held"] == 1 else f"{figure['held']:,} held rows"
    if not figure["band"] or figure["band"][0] is None:
        return f"{rows} could touch it"
    if figure["band"][1] is None:
        return f"{rows} could touch it: if accepted, {bound(figure, 0)} or more (no upper bound can be given)"
    return f"{rows} could touch it: if accepted, between {bound(figure, 0)} and {bound(figure, 1)}"


def linking_event(event: dict[str, Any]) -> dict[str, Any]:
    """A kind of merge or split of the last night in words, with how many there were."""
    words = f"{LINKING_EVENTS[event['kind']]}, because of {CAUSES[event['because']]}"
    return {"words": words, "rows": event["count"]}


def longest(rows: Sequence[dict[str, Any]]) -> Decimal:
    """The largest number of a table, by which the bars of its rows are measured; 0 where it has none."""
    return max((Decimal(row["printed"]) for row in rows if row["printed"] is not None), default=Decimal(0))


def share(printed: str | None, top: Decimal) -> int:
    """The length of a row's bar in per cent of the longest in its table; what is not zero is seen."""
    if printed is None or Decimal(printed) == 0:
        return 0
    return max(1, int(100 * Decimal(printed) / top))


def why_not_months(figure: dict[str, Any]) -> str:
    """Why the months of a figure do not add up to the window; '' where they do."""
    if figure["noun"] == "%":
        return "Each month has its own rate: the rate of the window is neither their sum nor their average."
    if figure["is_additive"]:
        return ""
    return f"Months do not add up to the whole: a {_one(figure)} counted in two months is one in the window."


def why_not_parts(figure: dict[str, Any]) -> str:
    """Why the rows of a breakdown do not add up to the figure."""
    if figure["noun"] == "%":
        return "Each row has its own rate: rates are not added."
    if figure["is_additive"]:
        return "The rows do not add up to the whole."
    return f"The rows do not add up to the whole: one {_one(figure)} can be counted in several rows."


def _one(figure: dict[str, Any]) -> str:
    noun = figure["noun"]
    return SINGULAR.get(noun) or str(noun).removesuffix("s")


def day(text: str) -> str:
    """`2022-12-01` → `1 December 2022`."""
    return day_words(date.fromisoformat(text))


def moment(text: str) -> str:
    """An instant as London's clock had it: `22 November 2026, 04:03 GMT`."""
    return spoken(instant(text))


def counted(count: int) -> str:
    """A count with its thousands parted."""
    return f"{count:,}"


def spaced(name: str) -> str:
    """A dataset's or a note's name in words: `custody_record` → `custody record`."""
    return name.replace("_", " ")


def opening(words: str) -> str:
    """Words as they open a sentence: the first letter large, the others as they are."""
    return words[:1].upper() + words[1:]


FILTERS: dict[str, Callable[..., object]] = {
    word.__name__: word
    for word in (
        series_breaks, revised, amount, bound, held_back, linking_event, longest, share, why_not_months, why_not_parts, day, moment,
        counted, spaced, opening, month_words,
    )
}  # fmt: skip
"""The words of this module as the templates call them."""
