"""One figure of a review: as printed, by month and by its breakdowns, with its marks, its note and its two bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from svu_pipeline.clock import LONDON, Window, month_of, months_between, written
from svu_pipeline.clock import window as parse
from svu_pipeline.contracts.model import UNKNOWN
from svu_pipeline.metrics.catalogue import COUNTED
from svu_pipeline.metrics.metric import Kind, Metric
from svu_pipeline.metrics.phrases import PERCENTAGE_FLOOR
from svu_pipeline.metrics.values import breakdowns_of
from svu_pipeline.metrics.versions import entries, in_force, side_by_side
from svu_pipeline.publication.comparison import Coverage, coverage, year_before
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
from svu_pipeline.quality.maturity import DAYS, Maturity, closes_on, maturities, of_metric
from svu_pipeline.quality.states import SILENT, SourceState
from svu_pipeline.quality.tolerance import Tolerance
from svu_pipeline.strike import Struck

Cells = dict[tuple[str, str, str], dict[str, Any]]
_NO_CELL: dict[str, Any] = {
    "printed": None,
    "numerator": None,
    "denominator": 0,
    "is_estimate": False,
    "is_at_least": False,
    "contributions": 0,
    "largest": None,
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
    maturities: dict[str, Maturity]
    before: Cells = field(default_factory=dict)
    covers: dict[str, Coverage] = field(default_factory=dict)


def sitting(state: Struck, window: Window) -> Sitting:
    """All that the figures of a window say, from a session in which they have been struck."""
    held = {metric: band for (label, metric), band in bands(state.connection).items() if label == window.label}
    linking = {m: band for (label, m), band in linking_bands(state.connection).items() if label == window.label}
    found = maturities(state.connection, state.as_at.date())
    before, covers = _cells(state, year_before(window)), coverage(state.connection)
    cells, names = _cells(state, window), _names(state)
    return Sitting(state.as_at, cells, held, linking, state.supplied, names, found, before, covers)


def nothing_known(as_at: datetime) -> Sitting:
    """What is to be said of an instant before anything had landed."""
    return Sitting(as_at, {(metric.id, "", ""): dict(_NO_CELL) for metric in COUNTED}, {}, {}, frozenset(), {}, {})


def figure(
    metric: Metric,
    window: Window,
    sat: Sitting,
    as_at: datetime,
    broken: Sequence[SourceState],
    tolerance: Tolerance | None = None,
) -> dict[str, Any]:
    """The figure of a metric as struck in a sitting and standing as at an instant; `broken` are its sources that are stale.

    `tolerance` is by how much it may move with the linking threshold. It is counted by the definition that is in force at
    the window's end.
    """
    said_as, metric = metric, in_force(metric, window)
    cell = sat.cells[metric.id, "", ""]
    is_missing = any(source not in sat.supplied for source in metric.needs)
    band = sat.bands.get(metric.id, Band(0, None, None))
    maturity = of_metric(metric, sat.maturities)
    closes = closes_on(metric, window, maturity)
    return {
        "id": said_as.id,
        "title": metric.title,
        "noun": metric.noun.value,
        "section": metric.section,
        "kind": metric.kind.value,
        "definition": metric.definition,
        "version": metric.version,
        "versions": _versions(said_as, window, sat, is_missing=is_missing),
        "printed": cell["printed"],
        **_exact(cell, is_missing=is_missing),
        "display": NOT_SUPPLIED if is_missing else _display(metric, cell),
        "marks": _marks(
            cell, is_open=_is_open(metric, window, closes, as_at), is_missing=is_missing, is_stale=bool(broken)
        ),
        "closes_on": closes.isoformat() if closes else None,
        "maturity": None if maturity is None else _curve(maturity),
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
        "SELECT metric_id, dimension, code, numerator, denominator, printed, is_estimate, is_at_least, contributions, "
        "largest FROM value WHERE window_label = ?",
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


def _marks(cell: dict[str, Any], *, is_open: bool, is_missing: bool, is_stale: bool) -> list[str]:
    """p provisional, x not supplied, s stale, e estimate, a at least."""
    marks = {
        "p": is_open,
        "x": is_missing,
        "s": is_stale and not is_missing,
        "e": bool(cell["is_estimate"]),
        "a": bool(cell["is_at_least"]),
    }
    return [mark for mark, applies in marks.items() if applies]


def _is_open(metric: Metric, window: Window, closes: date | None, as_at: datetime) -> bool:
    """Whether a figure may still change as known at an instant: its follow-up is not over, or late records are still due."""
    if metric.kind is Kind.COHORT and window.is_provisional(as_at):
        return True
    return closes is not None and as_at.astimezone(LONDON).date() < closes


def _curve(maturity: Maturity) -> dict[str, Any]:
    """The share of settled events that was known within so many days, in per cent."""
    shares = zip(DAYS, maturity.shares, strict=True)
    return {"events": maturity.events, "known": [{"days": days, "per_cent": share} for days, share in shares]}


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

    A share of few is no rate (its numbers stand under the figures that it is made of). On how many records it rests, and
    what the largest of them brings, is known for disclosure control and told to nobody.
    """
    found = cell or (_NO_CELL if metric.is_rate else _nothing(metric))
    is_rate_of_few = metric.is_rate and found["denominator"] < PERCENTAGE_FLOOR
    return {
        "printed": None if is_missing or is_rate_of_few else found["printed"],
        **_exact(found, is_missing=is_missing),
        "contributions": found["contributions"],
        "largest": found["largest"],
        "marks": ["x"] if is_missing else [],
    }


def _versions(metric: Metric, window: Window, sat: Sitting, *, is_missing: bool) -> list[dict[str, Any]]:
    """Every definition that a metric has had, oldest first; empty where it has always been the same.

    The window's figure stands beside the one that it is counted by, and where the change falls within the window beside
    those before it too.
    """
    every, shown = entries(metric), side_by_side(metric, window)
    if len(every) == 1:
        return []
    parts = {one.id: _part(one, sat.cells.get((one.id, "", "")), is_missing=is_missing) for one in shown}
    return [
        {
            "version": one.version,
            "effective_on": one.effective_on.isoformat() if one.effective_on else None,
            "changed": one.changed,
            "definition": one.definition,
            "is_counted_by": one is shown[-1],
            **{name: parts.get(one.id, {}).get(name) for name in ("printed", "numerator", "denominator")},
        }
        for one in every
    ]


def _exact(cell: dict[str, Any], *, is_missing: bool) -> dict[str, Any]:
    """What is printed as an exact ratio of two whole numbers in the printed unit (26100000 of 100 are £261,000).

    A rate's numerator is its part times a hundred. Null where it was not supplied, and where there is nothing to divide by.
    """
    is_unknown = is_missing or cell["numerator"] is None or not cell["denominator"]
    names = ("numerator", "denominator")
    return dict.fromkeys(names) if is_unknown else {name: cell[name] for name in names}


def _nothing(metric: Metric) -> dict[str, Any]:
    decimals = metric.scale.decimals
    printed = f"0.{'0' * decimals}" if decimals else "0"
    return {"printed": printed, "numerator": 0, "denominator": metric.scale.divisor, "contributions": 0, "largest": 0}


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
