"""The versions of a metric: which definition a window is counted by, and when a definition has changed.

A changed definition is a new version with a day from which it is in force; the earlier one stays as an entry that is still
computed, under `people_arrested@1`. A window is counted by the definition that is in force on its last day: so the windows
before the change keep their figures. A window in which the change falls is counted by both, side by side.

    replace(ARRESTS, where="…", version=2, effective_on=date(2025, 4, 1), changed="Voluntary attendance is left out: …",
            earlier=(ARRESTS,))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from svu_pipeline.clock import Window
from svu_pipeline.metrics.metric import CatalogueError, Metric


def entries(metric: Metric) -> tuple[Metric, ...]:
    """Every definition that a metric has had, oldest first: the earlier ones under their numbered ids, then itself.

    Raises CatalogueError where numbers or days do not follow one another, or nothing says what changed.
    """
    if "@" in metric.id:
        return (metric,)
    every = (*metric.earlier, metric)
    if [definition.version for definition in every] != list(range(1, len(every) + 1)):
        raise CatalogueError(f"{metric.id}: version {metric.version} needs every earlier definition, from the first on")
    for before, after in pairwise(every):
        if not after.changed or after.effective_on is None:
            raise CatalogueError(f"{metric.id}@{after.version}: say from which day it is in force and what changed")
        if before.effective_on and before.effective_on >= after.effective_on:
            raise CatalogueError(f"{metric.id}@{after.version}: it is in force from a later day than the one before it")
    return (*(_numbered(metric.id, definition) for definition in metric.earlier), metric)


def in_force(metric: Metric, window: Window) -> Metric:
    """The definition by which a window is counted: the one in force on its last day."""
    return _last(metric, window.last_day)


def side_by_side(metric: Metric, window: Window) -> tuple[Metric, ...]:
    """The definitions by which a window's figure is given: one; two and more where a change falls within the window."""
    every = entries(metric)
    return every[every.index(_last(metric, window.start)) : every.index(_last(metric, window.last_day)) + 1]


def check_dependants(metrics: Sequence[Metric]) -> None:
    """Raises CatalogueError where a metric is made of another whose definition has changed and has not itself a new version."""
    by_id = {metric.id: metric for metric in metrics}
    for metric in metrics:
        own = {one.effective_on for one in entries(metric)}
        for name in sorted({metric.numerator, metric.denominator, metric.first_of} - {"", metric.id}):
            if missing := {one.effective_on for one in entries(by_id[name])} - own:
                days = ", ".join(sorted(str(day) for day in missing))
                raise CatalogueError(
                    f"{metric.id}: {name} has a new definition from {days}: give {metric.id} a version of that day too"
                )


def _last(metric: Metric, day: date) -> Metric:
    every = entries(metric)
    return next((one for one in reversed(every) if not one.effective_on or one.effective_on <= day), every[0])


def _numbered(id: str, definition: Metric) -> Metric:
    """An earlier definition as an entry of its own; what is its own first contribution is so under its own id."""
    numbered = f"{id}@{definition.version}"
    first_of = numbered if definition.first_of == id else definition.first_of
    return replace(definition, id=numbered, first_of=first_of, earlier=())
