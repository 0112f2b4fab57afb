"""What a person can name to say from where to where: an instant, a release, or what another version of the code counted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from svu_pipeline.change.change import Change, Total
from svu_pipeline.change.why import explain_changes
from svu_pipeline.clock import Window, instant
from svu_pipeline.errors import Curable
from svu_pipeline.metrics.catalogue import metric_of
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.versions import entries, in_force
from svu_pipeline.release.folder import FIGURES, folder_of, read
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home

_RELEASE = re.compile(r"\d{4}-\d{2}\.[1-9]\d*")


class PointError(Curable):
    """Something to compare with that cannot be: says what can."""


@dataclass(frozen=True)
class Point:
    """One end of a comparison: the instant whose knowledge it is of, and the figures as counted then where they are on record.

    `figures` are those of a review document, by metric id.
    """

    name: str
    at: datetime
    window: str = ""
    months: int = 12
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)


def point(settings: Settings, text: str) -> Point:
    """A point by its name: `2023-12-05`, `2023-12-05T04:00:00Z`, `2023-11.1`, or the JSON file of a published review.

    Raises TimeError, ReleaseError or PointError for what names none.
    """
    if _RELEASE.fullmatch(text):
        return _of_document(text, read(folder_of(Home(settings.home), text), FIGURES))
    if text.endswith(".json"):
        return _of_file(Path(text))
    return Point(text, instant(text))


def explain_between(settings: Settings, metric_id: str, window: Window, before: Point, after: Point | None) -> Change:
    """Why a figure differs between two points: also by its definition, and by the code that counted it, where these differ.

    What the records of a point come to by today's code, less what is on record of it, is the part `code`.
    """
    metric = in_force(metric_of(metric_id), window)
    for end in filter(None, (before, after)):
        _require_window(end, window)
    then, now = (_definition(end, metric) if end else metric for end in (before, after))
    if entries(metric).index(then) > entries(metric).index(now):
        raise PointError(f"{metric_id}: {before.name} counts by a later definition than the other: change them about.")
    end_at = after.at if after else None
    found = explain_changes(settings, {now.id: (then, now)}, [window], before.at, end_at)[window.label, now.id]
    kept_before, kept_after = (_recorded(end, metric) if end else None for end in (before, after))
    return found.with_code(kept_before or found.before, kept_after or found.after)


def _of_document(name: str, document: dict[str, Any]) -> Point:
    figures = {figure["id"]: figure for figure in document["figures"]}
    return Point(name, instant(document["as_at"]), document["window"], document["months"], figures)


def _of_file(path: Path) -> Point:
    try:
        return _of_document(path.name, json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        raise PointError(
            f"{path}: no review document. `published/review-2023-11.json`, as another version of the code made it, is one."
        ) from None


def _require_window(end: Point, window: Window) -> None:
    if end.window and (end.window, end.months) != (window.label, window.months):
        raise PointError(
            f"{end.name} is of the {end.months} months to {end.window}, not the {window.months} to {window.label}: "
            "name its own with --window and --months."
        )


def _definition(end: Point, metric: Metric) -> Metric:
    """The definition by which a point's figure was counted."""
    version = end.figures.get(metric.id, {}).get("version", metric.version)
    for one in entries(metric):
        if one.version == version:
            return one
    raise PointError(f"{end.name} counts {metric.id} by version {version}, which this code does not know.")


def _recorded(end: Point, metric: Metric) -> Total | None:
    """A figure as on record at a point; None where none is, or it is protected."""
    figure = end.figures.get(metric.id, {})
    numerator, denominator = figure.get("numerator"), figure.get("denominator")
    if numerator is None or denominator is None:
        return None
    return Total(numerator // 100 if metric.is_rate else numerator, denominator)
