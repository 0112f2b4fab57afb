"""The page of linkage quality: counts as one self-contained HTML file of the restricted zone, in the published page's style.

Here: positions of the histogram and the words around the counts. Not here: any count (`linkage_quality.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from svu_pipeline.people.evidence import Link, Step
from svu_pipeline.people.waterfall import figure, pages, share, weight_of

WIDTH, LEFT, TALL, PITCH, TOP = 440, 46, 64, 104, 34
"""Of the histogram in px: its width, where it begins, how tall a panel is, from one to the next, and what stands above."""

PANELS = {
    "same": "The same PNC id on both: one person",
    "different": "Two different PNC ids: two people",
    "unknown": "No PNC id on one or both: the model alone tells",
}
EXAMPLES = {
    "middle": "A pair that links, of middling weight",
    "last": "The last pair that links",
    "short": "The first pair that does not",
    "twins": "The likeliest pair taken for twins, kept apart by rule",
}
MARKED = (0.8, 0.99)
"""The thresholds between which the headline's is moved (counting.md, Linking people)."""


@dataclass(frozen=True)
class Panel:
    """One histogram in px: bars are (x, y, width, height), ticks (y, words)."""

    title: str
    top: float
    base: float
    bars: list[tuple[float, float, float, float]]
    ticks: list[tuple[float, str]]


@dataclass(frozen=True)
class Histogram:
    """The histograms of match weights one above the other; `cut` is the threshold's x, `band` the x of MARKED."""

    width: int
    height: float
    left: float
    panels: list[Panel]
    axis: list[tuple[float, str]]
    cut: float
    band: tuple[float, float]
    words: str


def render_page(document: dict[str, Any], examples: Sequence[tuple[str, tuple[Step, ...]]] = ()) -> str:
    """The page as HTML; the same counts and examples give the same bytes."""
    threshold = float(document["threshold"])
    links = [(EXAMPLES[kind], _unnamed(steps)) for kind, steps in examples]
    template = pages().get_template("linkage.html.j2")
    return template.render(
        quality=document,
        histogram=histogram(document["histogram"], threshold) if document["histogram"] else None,
        examples=[
            (title, link, figure(link, threshold, number)) for number, (title, link) in enumerate(links, start=1)
        ],
        part=part,
        times=running,
    )


def part(count: int, of: int) -> str:
    """A share in per cent with as many decimals as its size bears; never 0% or 100% when it is not."""
    if not of:
        return "none"
    per_cent = 100 * count / of
    for decimals in range(1, 5):
        shown = f"{per_cent:.{decimals}f}"
        if float(shown) not in (0.0, 100.0) or count in (0, of):
            return f"{shown}%" if count not in (0, of) else f"{per_cent:.0f}%"
    return "under 0.0001%" if per_cent < 50 else "over 99.9999%"


def running(rows: Sequence[dict[str, Any]], name: str) -> list[int]:
    """The running total of a column."""
    totals: list[int] = []
    for row in rows:
        totals.append((totals[-1] if totals else 0) + row[name])
    return totals


def histogram(rows: Sequence[dict[str, Any]], threshold: float) -> Histogram:
    """Where the bars of each panel go: a bar a bit, its height by the logarithm of the pairs."""
    low = 10 * math.floor(min(min(row["bits"] for row in rows), -10) / 10)
    high = 10 * math.ceil(max(max(row["bits"] for row in rows) + 1, 10) / 10)
    most = max(row["pairs"] for row in rows)

    def across(bits: float) -> float:
        place: float = LEFT + (WIDTH - LEFT - 16) * (bits - low) / (high - low)
        return round(place, 1)

    kinds = [kind for kind in PANELS if any(row["pnc"] == kind for row in rows)]
    panels = [
        _panel(PANELS[kind], TOP + PITCH * place, [row for row in rows if row["pnc"] == kind], most, across)
        for place, kind in enumerate(kinds)
    ]
    return Histogram(
        width=WIDTH,
        height=panels[-1].base + 40,
        left=LEFT,
        panels=panels,
        axis=[(across(bits), f"{bits:+d}".replace("-", "−").replace("+0", "0")) for bits in range(low, high + 1, 10)],
        cut=across(weight_of(threshold)),
        band=(across(weight_of(MARKED[0])), across(weight_of(MARKED[1]))),
        words=_finding(rows, threshold),
    )


def _panel(
    title: str, top: float, rows: Sequence[dict[str, Any]], most: int, across: Callable[[float], float]
) -> Panel:
    base, room = top + 18 + TALL, TALL - 4
    wide = across(1) - across(0)

    def height(pairs: int) -> float:
        return round(room * (math.log10(pairs) + 0.3) / (math.log10(max(most, 10)) + 0.3), 1)

    powers = range(0, int(math.log10(max(most, 10))) + 1, 1 if most < 10_000 else 2)
    return Panel(
        title=title,
        top=top,
        base=base,
        bars=[
            (
                across(row["bits"]),
                round(base - height(row["pairs"]), 1),
                round(max(wide - 0.6, 0.8), 1),
                height(row["pairs"]),
            )
            for row in rows
        ],
        ticks=[(round(base - height(10**power), 1), f"{10**power:,}") for power in powers],
    )


def _finding(rows: Sequence[dict[str, Any]], threshold: float) -> str:
    """What the histogram shows, in words."""
    cut = weight_of(threshold)
    said = []
    for kind, title in PANELS.items():
        mine = [row for row in rows if row["pnc"] == kind]
        if mine:
            above = sum(row["pairs"] for row in mine if row["bits"] >= cut)
            pairs = sum(row["pairs"] for row in mine)
            said.append(f"{title}: {pairs:,} pairs, {above:,} of them clearly above the threshold")
    return f"Compared pairs by match weight in bits; {share(threshold)} is at {cut:.1f} bits. {'. '.join(said)}."


def _unnamed(steps: tuple[Step, ...]) -> Link:
    """The evidence of a pair without its records and values."""
    bare = tuple(Step(step.field, step.words, step.weight, step.total) for step in steps)
    weight = bare[-1].total
    return Link("", "", "", "", weight, 1 / (1 + 2**-weight), bare)
