"""The evidence for one link drawn as a waterfall: each field's bar goes on from where the one before it ended.

Here: scales, positions, line breaks and the sentence that says what a chart shows. `templates/waterfall.svg.j2` writes the
marks. Not here: where the evidence comes from (`evidence.py`). Drawn by a template for the reasons of decision 0010.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

    from svu_pipeline.people.evidence import Link

WIDTH = 400
SIDE = 72
"""Width of the column of figures at the right, in px."""

EDGE, LINE, BAR, GAP = 6, 16, 11, 22
"""Margin, height of a line of text and of a bar, and from a bar to the words of the next, in px."""

GUIDE = 80
"""Room in px for the words at a guide."""

LETTERS = 46
"""Characters of the 12 px text that fit beside the figures, in the widest of the usual system fonts."""


@dataclass(frozen=True)
class Bar:
    """One step in px: its words in lines, its bar, where the next one begins (`joint`, `floor`), and its figures in words."""

    top: float
    lines: list[str]
    bar_top: float
    x: float
    width: float
    joint: float
    floor: float
    kind: str
    weight: str
    total: str


@dataclass(frozen=True)
class Waterfall:
    """A chart in px: `heading` and `reason` above it in lines; `guides` are (x, words, kind, the end of the words at x)."""

    height: float
    heading: list[str]
    reason: list[str]
    plot_top: float
    bars: list[Bar]
    guides: list[tuple[float, str, str, str]]
    floor: float
    words: str


def plot(link: Link, threshold: float, *, is_headed: bool) -> Waterfall:
    """Where everything of a link's chart goes; `threshold` is the probability at which likeness links.

    On a page the words around it say what it `is_headed` with elsewhere.
    """
    cut = weight_of(threshold)
    ends = [0.0, cut, *(step.total for step in link.steps)]
    low, high = min(ends), max(ends)
    room = WIDTH - SIDE - EDGE

    def across(bits: float) -> float:
        return _px(EDGE + room * (bits - low) / (high - low))

    heading = wrap(f"{link.left} and {link.right}", LETTERS) if is_headed else []
    reason = wrap(f"{opening(link.words)}. {link.decided}", LETTERS) if is_headed else []
    start = 4.0 + LINE * (len(heading) + len(reason)) + (8 if is_headed else 0)
    bars: list[Bar] = []
    before, top = 0.0, start + 18
    for step in link.steps:
        kind = "for" if step.weight > 0 else "against" if step.weight < 0 else "none"
        lines = wrap(opening(step.words), LETTERS)
        figures = (signed(step.weight), signed(step.total) if kind != "none" else "")
        bars.append(_bar(top, lines, across(before), across(step.total), kind, *figures))
        before, top = step.total, bars[-1].floor + GAP
    likely = f", probability {share(link.probability)}" if link.probability is not None else ""
    bars.append(_bar(top + 6, [f"Together{likely}"], across(0.0), across(before), "total", signed(before), ""))
    return Waterfall(
        height=bars[-1].floor + 30,
        heading=heading,
        reason=reason,
        plot_top=start,
        bars=bars,
        guides=[_guide(across(0.0), "even odds", "zero"), _guide(across(cut), f"links from {share(threshold)}", "cut")],
        floor=bars[-1].floor + 8,
        words=finding(link, threshold),
    )


def finding(link: Link, threshold: float) -> str:
    """What a chart shows, in words: every step with its weight, and what they come to."""
    steps = "; ".join(f"{step.words}, {signed(step.weight)} bits" for step in link.steps)
    return f"{verdict(link, threshold)} {opening(steps)}."


def verdict(link: Link, threshold: float) -> str:
    """What a link's evidence comes to, in one sentence."""
    if link.weight is None or link.probability is None:
        return "Their details were not compared."
    side = "above" if link.probability >= threshold else "below"
    return (
        f"{signed(link.weight)} bits, probability {share(link.probability)}: {side} the {share(threshold)} that links."
    )


def opening(words: str) -> str:
    """Words as they open a sentence: the first letter large, the others as they are."""
    return words[:1].upper() + words[1:]


def signed(bits: float) -> str:
    """A weight as it is written: one decimal, with its sign; a typographic minus."""
    rounded = round(bits, 1)
    return f"+{rounded}" if rounded > 0 else f"−{-rounded}" if rounded < 0 else "0.0"


def share(probability: float) -> str:
    """A probability as it is written: to a hundredth, and finer towards 0 and 1, of which it never is either."""
    if probability >= 0.9999:
        return "over .9999"
    if probability < 0.0001:
        return "under .0001"
    places = 2 if round(probability, 2) == round(probability, 4) else 4 if not 0.01 < probability < 0.99 else 3
    return f"{probability:.{places}f}".removeprefix("0")


def weight_of(probability: float) -> float:
    """A probability as a match weight in bits."""
    return math.log2(probability / (1 - probability))


def svg(links: Sequence[Link], title: str, about: str, threshold: float) -> str:
    """The charts of some links below each other as one SVG file that reads on light and on dark."""
    return _template(
        "waterfall.svg.j2",
        "sheet",
        charts=[plot(link, threshold, is_headed=True) for link in links],
        title=title,
        about=about,
    )


def figure(link: Link, threshold: float, number: int) -> str:
    """The chart of one link as SVG for a page, which gives the colours; `number` tells it from others of the page."""
    return _template("waterfall.svg.j2", "figure", chart=plot(link, threshold, is_headed=False), number=number)


@cache
def pages() -> Environment:
    """The templates of the restricted pages, beside those of the published ones, whose style they share."""
    from jinja2 import ChoiceLoader, PackageLoader

    from svu_pipeline.publication.charts import templates

    published = templates()
    own = PackageLoader("svu_pipeline.people", "templates")
    environment = published.overlay(loader=ChoiceLoader([own, published.loader] if published.loader else [own]))
    environment.filters = {**environment.filters, "signed": signed, "share": share, "opening": opening}
    return environment


def _bar(top: float, lines: list[str], start: float, end: float, kind: str, weight: str, total: str) -> Bar:
    """One step at `top`, the line of its first words; a step without weight has words alone."""
    bar_top = top + LINE * (len(lines) - 1) + 6
    return Bar(
        top=_px(top),
        lines=lines,
        bar_top=_px(bar_top),
        x=_px(min(start, end)),
        width=_px(max(abs(end - start), 1.5)),
        joint=end,
        floor=_px(bar_top + BAR if kind != "none" else bar_top - 2),
        kind=kind,
        weight=weight,
        total=total,
    )


def _guide(x: float, words: str, kind: str) -> tuple[float, str, str, str]:
    """A line across all bars. Of two that stand close the left one's words end at it and the right one's begin there."""
    ends = x > GUIDE if kind == "zero" else x > WIDTH - GUIDE
    return x, words, kind, "end" if ends else "start"


def _template(name: str, macro: str, **parts: object) -> str:
    return str(getattr(pages().get_template(name).module, macro)(**parts))


def _px(length: float) -> float:
    """A length to the tenth of a pixel, so that the bytes are the same everywhere."""
    return round(length, 1)
