"""The review of one window as a document: the one thing that page, JSON, CSV, terminal and UI are made from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from svu_pipeline.clock import Window, month_of, months_between, written
from svu_pipeline.contracts.model import UNKNOWN
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.metric import Kind, Metric
from svu_pipeline.metrics.values import breakdowns_of
from svu_pipeline.publication.labels import DIMENSION_TITLES, displayed, label_of
from svu_pipeline.publication.quality import SourceState, quality, source_states
from svu_pipeline.settings import Settings
from svu_pipeline.strike import Struck, struck
from svu_pipeline.warehouse import Home

FORCE, UNIT = "Essex Police", "Serious Violence Unit"
PERCENTAGE_FLOOR = 20
"""Below this denominator a share is said in numbers, not in per cent (counting.md, Saying a number)."""

Cells = dict[tuple[str, str, str], dict[str, Any]]


def review(settings: Settings, window: Window, as_at: datetime | None = None) -> dict[str, Any]:
    """The review document of a window as known at an instant (now by default).

    Raises NothingLanded when nothing had landed by then.
    """
    with struck(settings, [window], as_at) as state:
        return document(settings, state, window, as_at)


def document(settings: Settings, state: Struck, window: Window, asked_at: datetime | None = None) -> dict[str, Any]:
    """The document of a window that has been struck; `as_at` in it is the instant of the last batch known."""
    home = Home(settings.home)
    sources = source_states(home, state.as_at, asked_at)
    cells = _cells(state, window)
    names = _names(state)
    return {
        "force": FORCE,
        "unit": UNIT,
        "window": window.label,
        "months": window.months,
        "window_words": window.words,
        "start": window.start.isoformat(),
        "end": window.last_day.isoformat(),
        "as_at": written(asked_at or state.as_at),
        "metrics": {metric.id: cells[metric.id, "", ""]["printed"] for metric in METRICS},
        "figures": [_figure(metric, cells, window, state, sources, names) for metric in METRICS],
        "quality": quality(home, state, sources),
    }


def _cells(state: Struck, window: Window) -> Cells:
    cursor = state.connection.execute(
        "SELECT metric_id, dimension, code, numerator, denominator, printed, is_estimate, is_at_least, contributions "
        "FROM value WHERE window_label = ?",
        [window.label],
    )
    names = [column[0] for column in cursor.description or []]
    rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    return {(row["metric_id"], row["dimension"], row["code"]): row for row in rows}


def _names(state: Struck) -> dict[tuple[str, str], str]:
    """The names of districts, units and operations."""
    return {
        (dimension, code): name
        for dimension, code, name in state.connection.execute(
            "SELECT 'district', district_code, district_name FROM district UNION ALL "
            "SELECT 'unit', unit_code, unit_name FROM unit UNION ALL "
            "SELECT 'operation', operation_ref, label FROM fct_operation"
        ).fetchall()
    }


def _figure(
    metric: Metric,
    cells: Cells,
    window: Window,
    state: Struck,
    sources: list[SourceState],
    names: dict[tuple[str, str], str],
) -> dict[str, Any]:
    cell = cells[metric.id, "", ""]
    needed = [source for source in sources if source.source in metric.needs]
    return {
        "id": metric.id,
        "title": metric.title,
        "noun": metric.noun.value,
        "section": metric.section,
        "kind": metric.kind.value,
        "definition": metric.definition,
        "printed": cell["printed"],
        "display": _display(metric, cell),
        "marks": _marks(metric, cell, window, state, needed),
        "note": " ".join(_stale_note(source) for source in needed if source.is_stale),
        "sources": list(metric.needs),
        "contributions": cell["contributions"],
        "is_public_context": metric.is_public_context,
        "is_additive": metric.is_additive,
        "monthly": [_month(metric, cells, month, cell["printed"]) for month in _months(window)],
        "breakdowns": [_breakdown(metric, cells, name, names) for name in breakdowns_of(metric) if name != "month"],
    }


def _display(metric: Metric, cell: dict[str, Any]) -> str:
    """The figure as it is said; a share of few is said in numbers."""
    if metric.is_rate and cell["printed"] is not None and cell["denominator"] < PERCENTAGE_FLOOR:
        return f"{cell['numerator'] // 100} of {cell['denominator']}"
    at_least = "at least " if cell["is_at_least"] else ""
    return at_least + displayed(metric, cell["printed"])


def _marks(metric: Metric, cell: dict[str, Any], window: Window, state: Struck, needed: list[SourceState]) -> list[str]:
    """p provisional, x not supplied, s stale, e estimate, a at least."""
    is_missing = any(source.source not in state.supplied for source in needed)
    marks = {
        "p": metric.kind is Kind.COHORT and window.is_provisional(state.as_at),
        "x": is_missing,
        "s": any(source.is_stale for source in needed) and not is_missing,
        "e": bool(cell["is_estimate"]),
        "a": bool(cell["is_at_least"]),
    }
    return [mark for mark, applies in marks.items() if applies]


def _stale_note(source: SourceState) -> str:
    last = f"its last delivery is of {source.delivered_at:%-d %B %Y}" if source.delivered_at else "it never delivered"
    return f"{source.title} could not be brought up to date ({source.status}); {last}."


def _months(window: Window) -> list[str]:
    return months_between(month_of(window.start), month_of(window.last_day))


def _month(metric: Metric, cells: Cells, month: str, whole: str | None) -> dict[str, Any]:
    cell = cells.get((metric.id, "month", month))
    return {"month": month, "printed": _part(metric, cell) if cell else _nothing(metric, whole)}


def _part(metric: Metric, cell: dict[str, Any]) -> str | None:
    """A part of a figure; a share of few is no rate (its numbers stand under the figures that it is made of)."""
    if metric.is_rate and cell["denominator"] < PERCENTAGE_FLOOR:
        return None
    printed: str | None = cell["printed"]
    return printed


def _nothing(metric: Metric, whole: str | None) -> str | None:
    """What a part without a contribution is: zero, or null where the figure itself is, or a rate."""
    return None if whole is None or metric.is_rate else _zero(metric)


def _zero(metric: Metric) -> str:
    decimals = metric.scale.decimals
    return f"0.{'0' * decimals}" if decimals else "0"


def _breakdown(metric: Metric, cells: Cells, dimension: str, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    """One breakdown, the largest part first and the unknown last; the unknown is always shown."""
    found = {code: cell for (owner, name, code), cell in cells.items() if (owner, name) == (metric.id, dimension)}
    known = sorted(
        (code for code in found if code != UNKNOWN), key=lambda code: (-(found[code]["numerator"] or 0), code)
    )
    rows = [
        {"code": code, "label": label_of(dimension, code, names), "printed": _part(metric, found[code])}
        for code in known
    ]
    whole = cells[metric.id, "", ""]["printed"]
    unknown = _part(metric, found[UNKNOWN]) if UNKNOWN in found else _nothing(metric, whole)
    rows.append({"code": UNKNOWN, "label": label_of(dimension, UNKNOWN, names), "printed": unknown})
    return {
        "dimension": dimension,
        "title": DIMENSION_TITLES[dimension],
        "rows": rows,
        "adds_up": _adds_up(metric),
    }


def _adds_up(metric: Metric) -> bool:
    """Whether the parts add up to the whole: people are broken down by their first record, seizures by every drug."""
    return not metric.is_rate and (metric.is_additive or bool(metric.first_of))


def as_json(document: dict[str, Any]) -> dict[str, Any]:
    """The figures alone: `{"window": …, "as_at": …, "metrics": {id: text or null}}` with every id of the catalogue."""
    return {"window": document["window"], "as_at": document["as_at"], "metrics": document["metrics"]}
