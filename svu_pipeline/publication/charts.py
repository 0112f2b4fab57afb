"""Charts as SVG text: columns by month, and the small multiple for the pipeline's own UI.

Here: scales, positions and the sentence that says what a chart shows. `templates/charts.svg.j2` writes the
marks, with classes by which the page restyles them in light and dark. Not here: tables, and the rest of the
page.

Columns and lines this plain need no plotting library. Vega-Lite by vl-convert took 0.5 to 0.7 s for its first
chart and 24 ms for each more, so 1.6 s for a page's 44 (1.3 s as one sheet to be cut up again), and 5 to 8 kB
a chart; this takes 0.4 ms and 2 kB a chart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from svu_pipeline.metrics.rounding import rounded
from svu_pipeline.publication.labels import MONTHS

if TYPE_CHECKING:
    from jinja2 import Environment

SINGULAR = {
    "people": "person",
    "premises": "premises",
    "breaches": "breach",
    "stops and searches": "stop and search",
}
HEADLINES = (
    "people_arrested", "people_charged_and_remanded", "warrants_executed", "weapons_seized",
    "drugs_seized_kg", "criminal_profits_seized", "prison_years", "people_safeguarded", "gang_injunctions",
)  # fmt: skip
"""What stands first: the figures of the force's yearly announcement (counting.md, The published year)."""

GLYPH = 6.4
"""Width in px that one digit takes at the 11 px of the labels, in the widest of the usual system fonts."""


@dataclass(frozen=True)
class Point:
    """One month of a plot: the middle and the top of its column, what is written at it ('' for most).

    `mark` is written where it has no figure: [x] not supplied, [c] protected.
    """

    x: float
    y: float
    height: float
    said: str
    letter: str
    is_peak: bool
    is_missing: bool
    mark: str
    starts_line: bool


@dataclass(frozen=True)
class Plot:
    """A plot by month in px: `ticks` are (y, words), `years` (x, words), `new_years` the x between two years.

    `breaks` are the x from which a month cannot be compared with those before. A rate is drawn as a line, a count as columns.
    """

    width: int
    height: int
    left: float
    right: float
    baseline: float
    column: float
    ticks: list[tuple[float, str]]
    points: list[Point]
    years: list[tuple[float, str]]
    new_years: list[float]
    breaks: list[float]
    is_line: bool


def monthly_chart(points: Sequence[dict[str, Any]], title: str, unit: str, breaks: Collection[str] = ()) -> str:
    """Columns by month as SVG, a line for rates; `points` are `{"month": "2022-12", "printed": "35" | None, "marks": []}`.

    `breaks` are the months with which the series breaks: what follows is not comparable with what was before. '' where
    there is nothing to draw: fewer than two months, or no figure in any.
    """
    if len(points) < 2 or not _present(points):
        return ""
    words = monthly_finding(points, title, unit)
    for month in sorted(breaks):
        words += f" The series breaks in {month_words(month)}."
    return _draw("monthly", plot=_plot(points, unit, 440, 176, breaks), words=words)


def spark(points: Sequence[dict[str, Any]]) -> str:
    """The months of a figure as columns the size of a word: a shape without a scale, its chart and table stand elsewhere.

    '' where there is nothing to draw.
    """
    present = _present(points)
    if len(points) < 2 or not present or not max(present):
        return ""
    heights = [round(24 * _ratio(point["printed"], max(present)), 1) for point in points]
    return _draw("spark", heights=heights)


def headline_chart(document: dict[str, Any]) -> str:
    """The main monthly series of a review as one SVG, on a white panel of its own: legible on any ground."""
    chosen = headline_figures(document["figures"])
    panels = [(figure, _plot(figure["monthly"], figure["noun"], 300, 120)) for figure in chosen]
    said = "; ".join(f"{figure['title']}: {figure['display']}" for figure in chosen)
    words = f"{document['unit']}, {document['window_words']}, by month. {said}."
    return _draw("headline", panels=panels, document=document, words=words)


def headline_figures(figures: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures that stand first, in the order of HEADLINES; the first nine where none of them is there."""
    by_id = {figure["id"]: figure for figure in figures}
    return [by_id[name] for name in HEADLINES if name in by_id] or list(figures[: len(HEADLINES)])


def monthly_finding(points: Sequence[dict[str, Any]], title: str, unit: str) -> str:
    """What a monthly series shows, in words: the span, the highest and the lowest month, the gaps."""
    if not points:
        return f"{title}: no months."
    span = month_words(points[0]["month"])
    if len(points) > 1:
        span += f" to {month_words(points[-1]['month'])}"
    present = _present(points)
    if not present:
        return f"{title} by month, {span}: no figures."
    gaps = len(points) - len(present)
    missing = f" No figure for {gaps} of the {len(points)} months." if gaps else ""
    return f"{title} by month, {span}. {_extremes(points, present, unit)}{missing}"


def number(printed: str) -> str:
    """A printed figure with thousands separators, its decimals as they are: `261000.00` → `261,000.00`."""
    return f"{Decimal(printed):,f}"


def quantity(printed: str | None, unit: str) -> str:
    """A figure with its unit: `£261,000.00`, `75.2%`, `6.012 kg`, `1 person`; `no figure` for none."""
    if printed is None:
        return "no figure"
    said = number(printed)
    match unit:
        case "£":
            return f"£{said}"
        case "%":
            return f"{said}%"
        case "kg":
            return f"{said} kg"
        case _:
            return f"{said} {SINGULAR.get(unit, unit.removesuffix('s')) if printed == '1' else unit}"


def month_words(month: str) -> str:
    """`2022-12` → `December 2022`."""
    year, _, ordinal = month.partition("-")
    return f"{MONTHS[int(ordinal) - 1]} {year}"


@cache
def templates() -> Environment:
    """The templates beside this file: everything escaped, a missing key of the document an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("svu_pipeline.publication", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _plot(series: Sequence[dict[str, Any]], unit: str, width: int, height: int, breaks: Collection[str] = ()) -> Plot:
    present = _present(series) or [Decimal(0)]
    steps = _ticks(max(present), is_whole=all(value == value.to_integral_value() for value in present))
    labels = [_tick_words(step, unit) for step in steps]
    left, right, baseline = 10 + GLYPH * max(map(len, labels)), width - 4, height - 36
    tall, band = baseline - 20, (right - left) / max(len(series), 1)
    ratios = [_ratio(row["printed"], steps[-1]) for row in series]
    said = _said(series, unit, band)
    spans = [list(group) for _, group in groupby(range(len(series)), key=lambda at: series[at]["month"][:4])]
    return Plot(
        width=width,
        height=height,
        left=_px(left),
        right=right,
        baseline=baseline,
        column=_px(band * 0.7),
        ticks=[
            (_px(baseline - tall * _ratio(step, steps[-1])), words) for step, words in zip(steps, labels, strict=True)
        ],
        points=[
            Point(
                x=_px(left + band * (at + 0.5)),
                y=_px(baseline - tall * ratio),
                height=_px(tall * ratio),
                said=said.get(at, ""),
                letter=_letter(series[at]["month"], len(series)),
                is_peak=at == next(iter(said), None),
                is_missing=series[at]["printed"] is None,
                mark=_mark(series[at]),
                starts_line=at == 0 or series[at - 1]["printed"] is None,
            )
            for at, ratio in enumerate(ratios)
        ],
        years=[(_px(left + band * (span[0] + span[-1] + 1) / 2), series[span[0]]["month"][:4]) for span in spans],
        new_years=[_px(left + band * span[0]) for span in spans[1:]],
        breaks=[_px(left + band * at) for at, point in enumerate(series) if point["month"] in breaks],
        is_line=unit == "%",
    )


def _mark(point: dict[str, Any]) -> str:
    """What is written in place of a month's column where it has no figure."""
    if point["printed"] is not None:
        return ""
    return next((f"[{mark}]" for mark in ("c", "x") if mark in point["marks"]), "")


def _letter(month: str, count: int) -> str:
    """The initial under a month; none in a series longer than a year and a half, where they would touch."""
    return MONTHS[int(month[5:]) - 1][0] if count <= 18 else ""


def _said(points: Sequence[dict[str, Any]], unit: str, band: float) -> dict[int, str]:
    """What is written at which months: the highest first, then the lowest; nothing where all are equal.

    The lowest is written only where it is not zero and fits its own column: higher ones stand beside it.
    """
    values = {at: Decimal(point["printed"]) for at, point in enumerate(points) if point["printed"] is not None}
    if not values or max(values.values()) == min(values.values()):
        return {}
    high, low = max(values, key=lambda at: values[at]), min(values, key=lambda at: values[at])
    words = {at: _short(points[at]["printed"], unit) for at in (high, low)}
    if values[low] == 0 or GLYPH * len(words[low]) > band + 2:
        del words[low]
    return words


def _ticks(top: Decimal, *, is_whole: bool) -> list[Decimal]:
    """Two to five round values from zero to `top` or above: steps of 1, 2 or 5 times a power of ten."""
    if top <= 0:
        return [Decimal(0), Decimal(1)]
    power = Decimal(10) ** (top.adjusted() - 1)
    steps = [power * by for by in (1, 2, 5, 10, 20, 50)]
    step = next(step for step in steps if top / step <= 4 and (step >= 1 or not is_whole))
    return [step * at for at in range(int((top / step).to_integral_value(ROUND_CEILING)) + 1)]


def _extremes(points: Sequence[dict[str, Any]], present: Sequence[Decimal], unit: str) -> str:
    high, low = max(present), min(present)
    if high == 0:
        return "None in any month."
    if high == low:
        return f"{quantity(_printed(points, high), unit)} in every month that has a figure."
    lowest = quantity(_printed(points, low), unit) if low else "none"
    return (
        f"Highest: {quantity(_printed(points, high), unit)} in {_months_at(points, high)}. "
        f"Lowest: {lowest} in {_months_at(points, low)}."
    )


def _months_at(points: Sequence[dict[str, Any]], value: Decimal) -> str:
    """The months with a value by name; how many where they are more than three."""
    present = [point for point in points if point["printed"] is not None]
    found = [month_words(point["month"]) for point in present if Decimal(point["printed"]) == value]
    if len(found) > 3:
        return f"each of {len(found)} months"
    return " and ".join(filter(None, [", ".join(found[:-1]), found[-1]]))


def _printed(points: Sequence[dict[str, Any]], value: Decimal) -> str:
    """A value as it was printed, so that its decimals stay."""
    printed = (point["printed"] for point in points if point["printed"] is not None)
    return next(str(text) for text in printed if Decimal(text) == value)


def _present(rows: Sequence[dict[str, Any]]) -> list[Decimal]:
    return [Decimal(row["printed"]) for row in rows if row["printed"] is not None]


def _short(printed: str, unit: str) -> str:
    """A figure as it is written on a chart: without pence, with the sign but without the noun of its unit."""
    if unit == "£":
        return f"£{rounded(Decimal(printed), 0):,f}"
    return number(printed) + ("%" if unit == "%" else "")


def _tick_words(step: Decimal, unit: str) -> str:
    before, after = ("£" if unit == "£" else ""), ("%" if unit == "%" else "")
    return f"{before}{step.normalize():,f}{after}"


def _ratio(value: str | Decimal, top: Decimal) -> float:
    """A value as a share of the largest, 0 to 1; 0 where there is no value."""
    return float(Decimal(value) / top) if value is not None else 0.0


def _px(length: float) -> float:
    """A length to the tenth of a pixel, so that the bytes are the same everywhere."""
    return round(length, 1)


def _draw(macro: str, **parts: object) -> str:
    """One macro of the chart templates, as SVG text."""
    return str(getattr(templates().get_template("charts.svg.j2").module, macro)(**parts))
