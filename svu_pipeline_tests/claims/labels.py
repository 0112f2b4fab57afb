"""The labelled texts as they stand in `corpus/` (its README says how a label is written)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from svu_pipeline.claims.claim import Verdict

CORPUS = Path(__file__).with_name("corpus")
SETS = ("dev", "heldout")
WRONG = {Verdict.WRONG_NUMBER, Verdict.WRONG_ROUNDING, Verdict.WRONG_TERM, Verdict.WRONG_WINDOW}
"""The verdicts that stop a text, as the corpus has them: not asked of the checker, which is what is measured."""


@dataclass(frozen=True)
class Reading:
    """One right way to judge a figure: its metric, if any, and all the verdicts that it earns."""

    metric: str | None
    verdicts: frozenset[Verdict]

    @property
    def is_claim(self) -> bool:
        return Verdict.NOT_A_CLAIM not in self.verdicts

    @property
    def is_wrong(self) -> bool:
        return bool(self.verdicts & WRONG)


@dataclass(frozen=True)
class Label:
    """A figure of a text: offsets, the window that it speaks of (`2023-11`, `2023-10/1` of a month), and its right readings.

    `part` is what it is of where that is not the whole. A `derived` number is not the metric's own: a change, an average, a
    share of it, the term of an order.
    """

    start: int
    end: int
    said: str
    window: str
    part: str
    is_derived: bool
    readings: tuple[Reading, ...]

    @property
    def verdicts(self) -> frozenset[Verdict]:
        """Those of the first reading, which is the one preferred."""
        return self.readings[0].verdicts


@dataclass(frozen=True)
class Text:
    """A labelled text; `missing` are the offsets of the lists that it announces and does not have."""

    name: str
    style: str
    window: str
    is_mutated: bool
    text: str
    labels: tuple[Label, ...]
    missing: tuple[tuple[int, int], ...]


def read(which: str) -> tuple[Text, ...]:
    """Every text of a set, by name. ValueError for a label whose words are not in its text."""
    return tuple(_text(path) for path in sorted((CORPUS / which).glob("*.toml")))


def _text(path: Path) -> Text:
    entry = tomllib.loads(path.read_text("utf-8"))
    text, window = entry["text"], entry["window"]
    labels = tuple(_label(path.stem, text, window, figure) for figure in entry["figure"])
    missing = tuple(_span(path.stem, text, one["after"], 1) for one in entry.get("missing_list", []))
    return Text(path.stem, entry["style"], window, entry["mutated"], text, labels, missing)


def _label(name: str, text: str, window: str, figure: dict[str, Any]) -> Label:
    start, end = _span(name, text, figure["said"], figure.get("nth", 1))
    months = figure.get("months", 12)
    named = figure.get("window", window) + ("" if months == 12 else f"/{months}")
    readings = tuple(_reading(one) for one in (figure, *figure.get("or", [])))
    part, is_derived = figure.get("part", ""), figure.get("derived", False)
    return Label(start, end, figure["said"], named, part, is_derived, readings)


def _reading(entry: dict[str, Any]) -> Reading:
    return Reading(entry.get("metric"), frozenset(map(Verdict, entry["verdict"])))


def _span(name: str, text: str, said: str, nth: int) -> tuple[int, int]:
    start = -1
    for _ in range(nth):
        start = text.find(said, start + 1)
        if start < 0:
            raise ValueError(f"{name}: {said!r} does not occur {nth} times")
    return start, start + len(said)
