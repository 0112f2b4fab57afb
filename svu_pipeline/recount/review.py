"""A review document held against a recount of its own window, as known at its own instant: what a release asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from svu_pipeline.clock import Window, instant, window
from svu_pipeline.landing.batch import known_at
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.recount.current import Current, current, in_session
from svu_pipeline.recount.figures import Recounted, recount
from svu_pipeline.settings import Settings
from svu_pipeline.strike import struck
from svu_pipeline.warehouse import Home


def recounted_otherwise(settings: Settings, document: Mapping[str, Any]) -> list[str]:
    """The figures, months and parts of a review that a second count has otherwise: `people_arrested by district`.

    Left out is what the document does not give (not supplied, protected), figures that stand as of an earlier instant than
    the review, and those counted by an earlier definition.
    """
    asked = window(document["window"], document["months"])
    counted = recount(_known(settings, document, asked), [asked])
    return [
        name
        for figure in document["figures"]
        if figure["as_at"] == document["as_at"] and figure["version"] == CATALOGUE[figure["id"]].version
        for name in _differing(figure, counted, asked.label)
    ]


def _known(settings: Settings, document: Mapping[str, Any], asked: Window) -> Current:
    """The rows that stood when the review was struck: as kept, where nothing has come since."""
    home, as_at = Home(settings.home), instant(document["as_at"])
    if known_at(home, as_at) == known_at(home):
        return current(home.standing, home.people / "person_record.parquet")
    with struck(settings, [asked], as_at) as state:
        return in_session(state.connection)


def _differing(figure: Mapping[str, Any], counted: Recounted, label: str) -> Iterator[str]:
    for dimension, given in _tables(figure):
        found = {
            code: over
            for (of, metric, by, code), (over, _) in counted.items()
            if (of, metric, by) == (label, figure["id"], dimension)
        }
        known = {code: over for code, over in given.items() if over is not None}
        absent = {code for code, over in found.items() if over and code not in given}
        if absent or any(found.get(code, 0) != over for code, over in known.items()):
            yield figure["id"] + (f" by {dimension}" if dimension else "")


def _tables(figure: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, int | None]]]:
    """The numerators of a figure by code: of the whole, of the months, of each breakdown; None where none is given."""
    yield "", {"": figure["numerator"]}
    yield "month", {part["month"]: part["numerator"] for part in figure["monthly"]}
    for breakdown in figure["breakdowns"]:
        yield breakdown["dimension"], {row["code"]: row["numerator"] for row in breakdown["rows"]}
