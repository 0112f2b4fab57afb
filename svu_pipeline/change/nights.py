"""What the last night moved: every figure of every published window that is not as the night before, and why.

Kept as `published/change.json`, counts alone; what the figures were is remembered in the facts zone for the next night.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from svu_pipeline.change.change import Change, Total
from svu_pipeline.change.why import explain_changes
from svu_pipeline.clock import instant, window, written
from svu_pipeline.landing.batch import known_at
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.versions import entries, in_force
from svu_pipeline.publication.publish import published_windows
from svu_pipeline.settings import Settings
from svu_pipeline.strike import NothingLanded
from svu_pipeline.warehouse import Home, parquet_view, read_made, session, whole_file, write_json

CHANGE, MEMORY = "change.json", "figures_before.json"

Figures = dict[str, dict[str, list[int | None]]]
"""By window label and metric id: version, numerator and denominator."""


@dataclass(frozen=True)
class Kept:
    """What the last night moved, as published, and whether any of that is new."""

    document: dict[str, Any]
    is_changed: bool


def keep_change(settings: Settings) -> Kept:
    """Keep why the figures of the published windows moved since the night before; nothing is written where nothing is new.

    Raises NothingLanded when the figures have not been struck yet.
    """
    home = Home(settings.home)
    known = known_at(home)
    if known is None or not (home.metrics / "value.parquet").is_file():
        raise NothingLanded("nothing has been struck yet. Run `svu nightly` on whole sources.")
    path, memory = home.published / CHANGE, read_made(home.metrics / MEMORY)
    figures = figures_now(home)
    if memory.get("known_at") == written(known) and memory["figures"] == figures:
        return Kept(memory["document"], _publish(path, memory["document"]))
    before = instant(memory["known_at"]) if memory else None
    windows = _windows(settings, memory["figures"], figures, before) if before else []
    document = {"from": before and written(before), "to": written(known), "windows": windows}
    _publish(path, document)
    write_json(home.metrics / MEMORY, {"known_at": written(known), "figures": figures, "document": document})
    return Kept(document, True)


def as_text(document: dict[str, Any]) -> str:
    """The published file; its keys are in order, so that what is remembered of it makes the same bytes."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def problems(home: Home) -> Iterator[str]:
    """Whether the published file is not as it was published."""
    memory, path = read_made(home.metrics / MEMORY), home.published / CHANGE
    if memory and (not path.is_file() or path.read_bytes() != as_text(memory["document"]).encode()):
        yield f"published/{CHANGE}: missing, or changed since it was published. `svu nightly` publishes it again."


def _publish(path: Path, document: dict[str, Any]) -> bool:
    """Write the document unless it is there; says whether it was written."""
    text = as_text(document)
    if path.is_file() and path.read_bytes() == text.encode():
        return False
    with whole_file(path) as aside:
        aside.write_text(text, encoding="utf-8", newline="")
    return True


def figures_now(home: Home) -> Figures:
    """Every figure as last kept, by the definition in force in its window."""
    with session(home.root) as connection:
        parquet_view(connection, "value", [home.metrics / "value.parquet"])
        rows = connection.execute(
            "SELECT window_label, metric_id, numerator, denominator FROM value WHERE dimension = ''"
        ).fetchall()
    found = {(label, metric): [numerator, denominator] for label, metric, numerator, denominator in rows}
    return {
        label: {
            metric.id: [version.version, *found[label, version.id]]
            for metric in METRICS
            for version in [in_force(metric, window(label))]
            if (label, version.id) in found
        }
        for label in sorted({label for label, _ in found})
    }


def _windows(settings: Settings, then: Figures, figures: Figures, before: datetime) -> list[dict[str, Any]]:
    """The published windows of which a figure moved, each with its changes in the order of the catalogue."""
    moved = {
        label: [metric for metric in METRICS if then[label].get(metric.id) != figures[label].get(metric.id)]
        for label in published_windows(settings)
        if label in then and label in figures
    }
    moved = {label: metrics for label, metrics in moved.items() if metrics}
    return [
        {
            "window": label,
            "changes": [change.as_json() for change in _changes(settings, label, metrics, then, figures, before)],
        }
        for label, metrics in moved.items()
    ]


def _changes(
    settings: Settings, label: str, metrics: list[Metric], then: Figures, figures: Figures, before: datetime
) -> list[Change]:
    ways = {
        metric.id: (_version(metric, then[label].get(metric.id)), in_force(metric, window(label))) for metric in metrics
    }
    found = explain_changes(settings, ways, [window(label)], before)
    return [
        found[label, metric.id].with_code(
            _total(metric, then[label].get(metric.id)), _total(metric, figures[label].get(metric.id))
        )
        for metric in metrics
    ]


def _version(metric: Metric, figure: list[int | None] | None) -> Metric:
    """The definition by which a remembered figure was counted; the first where it was not counted at all."""
    return next((one for one in entries(metric) if figure and one.version == figure[0]), entries(metric)[0])


def _total(metric: Metric, figure: list[int | None] | None) -> Total | None:
    """A remembered figure; None where it was not supplied. A rate is kept a hundredfold."""
    if figure is None or figure[1] is None:
        return None
    return Total(figure[1] // 100 if metric.is_rate else figure[1], figure[2] or 0)
