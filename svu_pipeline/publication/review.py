"""The review of one window as a document: the one thing that page, JSON, CSV, terminal and UI are made from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from svu_pipeline.clock import Clock, Window, now, written
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.versions import in_force
from svu_pipeline.people.linking import linked_at
from svu_pipeline.publication.comparison import breaks_of, compare, mark_breaks, year_before
from svu_pipeline.publication.figures import Sitting, figure, nothing_known, sitting
from svu_pipeline.publication.quality import quality
from svu_pipeline.publication.saying import said, sentences
from svu_pipeline.publication.story import story
from svu_pipeline.quality.current import broken_for, stands_at
from svu_pipeline.quality.linking_band import HEADLINE_THRESHOLD, THRESHOLDS, linking_events
from svu_pipeline.quality.states import last_known, source_states
from svu_pipeline.settings import Settings
from svu_pipeline.strike import NothingLanded, Struck, struck
from svu_pipeline.warehouse import Home

FORCE, UNIT = "Essex Police", "Serious Violence Unit"


def review(settings: Settings, window: Window, as_at: datetime | None = None) -> dict[str, Any]:
    """The review document of a window as known at an instant (now by default).

    Raises NothingLanded when nothing had landed by then.
    """
    with struck(settings, [window, year_before(window)], as_at) as state:
        return document(settings, state, window, as_at)


def document(
    settings: Settings, state: Struck, window: Window, asked_at: datetime | None = None, clock: Clock = now
) -> dict[str, Any]:
    """The document of a window that has been struck.

    `as_at` in it is the instant asked for, else that of the last thing known. A figure with a source that is not up to date
    stands as it was known before, and says so.
    """
    states = source_states(settings, asked_at, clock)
    as_at = asked_at or last_known(state.as_at, states)
    home = Home(settings.home)
    linked = linked_at(home, state.as_at)
    stands = {metric.id: stands_at(home, metric, states) for metric in METRICS}
    current = sitting(state, window)
    earlier = _earlier(settings, window, {at for at in stands.values() if at})
    figures = []
    for metric in METRICS:
        at = stands[metric.id]
        struck_then = earlier[at] if at else current
        tolerance = settings.tolerances.get(f"linking_band.{metric.id}")
        content = figure(metric, window, struck_then, at or as_at, broken_for(metric, states), tolerance)
        content = _compared(settings, metric, window, struck_then, at or as_at, content)
        figures.append({**content, **said(content, window)})
    return {
        "force": FORCE,
        "unit": UNIT,
        "window": window.label,
        "months": window.months,
        "window_words": window.words,
        "start": window.start.isoformat(),
        "end": window.last_day.isoformat(),
        "as_at": written(as_at),
        "metrics": {figure["id"]: figure["printed"] for figure in figures},
        "figures": figures,
        "sentences": sentences(figures, window),
        "linking": {
            "thresholds": list(THRESHOLDS),
            "headline": HEADLINE_THRESHOLD,
            "linked_at": written(linked) if linked else None,
            "events": linking_events(state.connection, home, linked) if linked else [],
        },
        "story": story(state, window, settings.review),
        "quality": quality(home, state, states, window),
    }


def _compared(
    settings: Settings, metric: Metric, window: Window, sat: Sitting, as_at: datetime, content: dict[str, Any]
) -> dict[str, Any]:
    """A figure with its comparison with the year before, and its series with the breaks; no comparison where it was not struck."""
    before = sat.before.get((in_force(metric, year_before(window)).id, "", ""))
    closes = date.fromisoformat(content["closes_on"]) if content["closes_on"] else None
    breaks = breaks_of(settings, metric, window, as_at, sat.covers, closes)
    comparison = compare(metric, window, content, before, breaks) if before else None
    return mark_breaks({**content, "comparison": comparison}, breaks)


def _earlier(settings: Settings, window: Window, instants: Iterable[datetime]) -> dict[datetime, Sitting]:
    """The window as struck at each of the instants as of which a figure stands: none where no source is broken."""
    sittings = {}
    for at in instants:
        try:
            with struck(settings, [window, year_before(window)], at) as state:
                sittings[at] = sitting(state, window)
        except NothingLanded:
            sittings[at] = nothing_known(at)
    return sittings


def as_json(document: dict[str, Any]) -> dict[str, Any]:
    """The figures alone: `{"window": …, "as_at": …, "metrics": {id: text or null}}` with every id of the catalogue."""
    return {"window": document["window"], "as_at": document["as_at"], "metrics": document["metrics"]}
