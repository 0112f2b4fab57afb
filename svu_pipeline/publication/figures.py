"""One figure of a review: as printed, by month and by its breakdowns, with its marks, its note and its two bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from svu_pipeline.clock import LONDON, Window, month_of, months_between, written
from svu_pipeline.clock import window as parse
from svu_pipeline.contracts.model import UNKNOWN
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.metric import Kind, Metric
from svu_pipeline.metrics.values import breakdowns_of
from svu_pipeline.publication.labels import (
    DIMENSION_TITLES,
    NOT_SUPPLIED,
    displayed,
    label_of,
    linking_words,
    moved_words,
)
from svu_pipeline.quality.bands import Band, bands
from svu_pipeline.quality.linking_band import LinkingBand, judge_band, linking_bands
from svu_pipeline.quality.states import SILENT, SourceState
from svu_pipeline.quality.tolerance import Tolerance
from svu_pipeline.strike import Struck

PERCENTAGE_FLOOR = 20
"""Below this denominator a share is said in numbers, not in per cent (counting.md, Saying a number)."""

Cells = dict[tuple[str, str, str], dict[str, Any]]
_NO_CELL = {
    "printed": None,
    "numerator": None,
    "denominator": 0,
    "is_estimate": False,
    "is_at_least": False,
    "contributions": 0,
}


@dataclass(frozen=True)
class Sitting:
    """What was struck of a window as known at one instant; `supplied` are the sources that had delivered."""

    as_at: datetime
    cells: Cells
    bands: dict[str, Band]
    linking: dict[str, LinkingBand]
    supplied: frozenset[str]
    names: dict[tuple[str, str], str]


def sitting(state: Struck, window: Window) -> Sitting:
    """All that the figures of a window say, from a session in which they have been struck."""
    held = {metric: band for (label, metric), band in bands(state.connection).items() if label == window.label}
    linking = {m: band for (label, m), band in linking_bands(state.connection).items() if label == window.label}
    return Sitting(state.as_at, _cells(state, window), held, linking, state.supplied, _names(state))


def nothing_known(as_at: datetime) -> Sitting:
    """What is to be said of an instant before anything had landed."""
    return Sitting(as_at, {(metric.id, "", ""): dict(_NO_CELL) for metric in METRICS}, {}, {}, frozenset(), {})


def figure(
    metric: Metric,
    window: Window,
    sat: Sitting,
    as_at: datetime,
    broken: Sequence[SourceState],
    tolerance: Tolerance | None = None,
) -> dict[str, Any]:
    """The figure of a metric as struck in a sitting and standing as at an instant; `broken` are its sources that are stale.

    `tolerance` is by how much it may move with the linking threshold.
    """
    cell = sat.cells[metric.id, "", ""]
    is_missing = any(source not in sat.supplied for source in metric.needs)
    band = sat.bands.get(metric.id, Band(0, None, None))
    return {
        "id": metric.id,
        "title": metric.title,
        "noun": metric.noun.value,
        "section": metric.section,
        "kind": metric.kind.value,
        "definition": metric.definition,
        "printed": cell["printed"],
        "display": NOT_SUPPLIED if is_missing else _display(metric, cell),
        "marks": _marks(metric, cell, window, as_at, is_missing=is_missing, is_stale=bool(broken)),
        "note": _note(broken, as_at, is_missing=is_missing),
        "as_at": written(as_at),
        "held": band.held,
        "band": None if cell["printed"] is None else [band.lowest, band.highest],
        "linking": _linking(metric, cell["printed"], sat.linking.get(metric.id), tolerance),
        "sources": list(metric.needs),
        "contributions": cell["contributions"],
        "is_public_context": metric.is_public_context,
        "is_additive": metric.is_additive,
        "monthly": _monthly(metric, window, sat, broken, is_missing=is_missing),
        "breakdowns": [
            _breakdown(metric, sat, name, is_missing=is_missing) for name in breakdowns_of(metric) if name != "month"
        ],
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


def _display(metric: Metric, cell: dict[str, Any]) -> str:
    """The figure as it is said; a share of few is said in numbers."""
    if metric.is_rate and cell["printed"] is not None and cell["denominator"] < PERCENTAGE_FLOOR:
        return f"{cell['numerator'] // 100} of {cell['denominator']}"
    at_least = "at least " if cell["is_at_least"] else ""
    return at_least + displayed(metric, cell["printed"])


def _linking(
    metric: Metric, printed: str | None, band: LinkingBand | None, tolerance: Tolerance | None
) -> dict[str, Any] | None:
    """What linking does to a figure; null where there is no figure, or it does not hang on who is who.

    `words` is what is to be said beside the figure, '' where it is the same at every threshold; `crosses` how bad it is that
    it is not (error or warn; null where it is within the tolerance); `moved` by how much linking alone changed it overnight.
    """
    if printed is None or band is None:
        return None
    judged = judge_band(printed, band, tolerance)
    return {
        "lowest": band.lowest,
        "highest": band.highest,
        "readings": band.readings,
        "words": linking_words(metric, band),
        "crosses": None if judged.passed else judged.severity.value,
        "moved": band.moved,
        "moved_words": moved_words(metric, band.moved),
    }


def _marks(
    metric: Metric, cell: dict[str, Any], window: Window, as_at: datetime, *, is_missing: bool, is_stale: bool
) -> list[str]:
    """p provisional, x not supplied, s stale, e estimate, a at least."""
    marks = {
        "p": metric.kind is Kind.COHORT and window.is_provisional(as_at),
        "x": is_missing,
        "s": is_stale and not is_missing,
        "e": bool(cell["is_estimate"]),
        "a": bool(cell["is_at_least"]),
    }
    return [mark for mark, applies in marks.items() if applies]


def _note(broken: Sequence[SourceState], as_at: datetime, *, is_missing: bool) -> str:
    """Which source is not up to date, since when, and as known when the figure stands; '' where all are."""
    if not broken:
        return ""
    stands = "The figure has not been supplied." if is_missing else f"The figure is as known on {_moment(as_at)}."
    return " ".join([*(_said(source) for source in broken), stands])


def _said(source: SourceState) -> str:
    status = "silent" if source.status == SILENT else f"not up to date ({source.status})"
    since = f" since {_moment(source.since)}" if source.since else ""
    last = f"; its last delivery is of {_day(source.delivered_on)}" if source.delivered_on else ""
    return f"{source.title} has been {status}{since}{last}."


def _moment(at: datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{_day(local.date())} at {local:%H:%M}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _monthly(
    metric: Metric, window: Window, sat: Sitting, broken: Sequence[SourceState], *, is_missing: bool
) -> list[dict[str, Any]]:
    """The figure of each month; one that begins after a silent source's last delivery is not supplied: it is not zero."""
    heard_until = min((s.delivered_on for s in broken if s.status == SILENT and s.delivered_on), default=None)
    rows = []
    for month in months_between(month_of(window.start), month_of(window.last_day)):
        is_unheard = is_missing or (heard_until is not None and parse(month, 1).start > heard_until)
        cell = sat.cells.get((metric.id, "month", month))
        rows.append({"month": month, **_part(metric, cell, is_missing=is_unheard)})
    return rows


def _part(metric: Metric, cell: dict[str, Any] | None, *, is_missing: bool) -> dict[str, Any]:
    """A part of a figure as printed, with its mark: null and [x] where it was not supplied, zero where there is nothing.

    A share of few is no rate (its numbers stand under the figures that it is made of).
    """
    if is_missing:
        return {"printed": None, "marks": ["x"]}
    if cell is None:
        return {"printed": None if metric.is_rate else _zero(metric), "marks": []}
    is_rate_of_few = metric.is_rate and cell["denominator"] < PERCENTAGE_FLOOR
    return {"printed": None if is_rate_of_few else cell["printed"], "marks": []}


def _zero(metric: Metric) -> str:
    decimals = metric.scale.decimals
    return f"0.{'0' * decimals}" if decimals else "0"


def _breakdown(metric: Metric, sat: Sitting, dimension: str, *, is_missing: bool) -> dict[str, Any]:
    """One breakdown, the largest part first and the unknown last; the unknown is always shown."""
    found = {code: cell for (owner, name, code), cell in sat.cells.items() if (owner, name) == (metric.id, dimension)}
    known = sorted(
        (code for code in found if code != UNKNOWN), key=lambda code: (-(found[code]["numerator"] or 0), code)
    )
    return {
        "dimension": dimension,
        "title": DIMENSION_TITLES[dimension],
        "rows": [
            {
                "code": code,
                "label": label_of(dimension, code, sat.names),
                **_part(metric, found.get(code), is_missing=is_missing),
            }
            for code in (*known, UNKNOWN)
        ],
        "adds_up": _adds_up(metric),
    }


def _adds_up(metric: Metric) -> bool:
    """Whether the parts add up to the whole: people are broken down by their first record, seizures by every drug."""
    return not metric.is_rate and (metric.is_additive or bool(metric.first_of))
