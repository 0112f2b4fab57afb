"""Why a figure changed between two instants: parts by cause that sum exactly to the difference, each with its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from svu_pipeline.change.causes import Cause
from svu_pipeline.change.change import Change, Part, Total, parts_of_path
from svu_pipeline.change.states import Between, between, rows_of, strike_states
from svu_pipeline.change.ties import made_by, tie
from svu_pipeline.clock import TimeError, Window, written
from svu_pipeline.contracts.verdict import supplied
from svu_pipeline.landing.batch import known_at
from svu_pipeline.metrics.catalogue import metric_of
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.versions import in_force
from svu_pipeline.quality.current import stands_at
from svu_pipeline.quality.states import source_states
from svu_pipeline.settings import Settings
from svu_pipeline.strike import NothingLanded
from svu_pipeline.warehouse import Home

if TYPE_CHECKING:
    import duckdb

Totals = dict[tuple[str, str], tuple[int, int]]
"""By window label and metric id: distinct subjects, and the sum of quantities."""

Keys = dict[tuple[str, str, int], tuple[tuple[str, ...], tuple[str, ...]]]
"""By window label, metric id and step: the records that made a change, and those whose contribution altered."""


def explain_change(
    settings: Settings, metric_id: str, window: Window, before: datetime, after: datetime | None = None
) -> Change:
    """Why a figure of a window is not what it was, between what was known at two instants (until now by default).

    A figure with a source that was not up to date is taken as it stood then, as the review has it. Raises CatalogueError for
    a metric that is not in the catalogue, NothingLanded when nothing had landed by the first instant, TimeError when the
    second is before it.
    """
    metric = in_force(metric_of(metric_id), window)
    return explain_changes(settings, {metric.id: (metric, metric)}, [window], before, after)[window.label, metric.id]


def explain_changes(
    settings: Settings,
    metrics: Mapping[str, tuple[Metric, Metric]],
    windows: Sequence[Window],
    before: datetime,
    after: datetime | None = None,
) -> dict[tuple[str, str], Change]:
    """The changes of several figures by window label and key; each key has the definitions before and after."""
    home = Home(settings.home)
    last = after or max(known_at(home) or before, before)
    if last < before:
        raise TimeError("the first instant is the earlier one: change them about")
    states = [source_states(settings, at) for at in (before, after)]
    alike: dict[tuple[datetime, datetime], dict[str, tuple[Metric, Metric]]] = {}
    for name, (then, metric) in metrics.items():
        ends = (stands_at(home, then, states[0]) or before, stands_at(home, metric, states[1]) or last)
        alike.setdefault(ends, {})[name] = (then, metric)
    found: dict[tuple[str, str], Change] = {}
    for (first, end), some in alike.items():
        # A source found broken only afterwards takes its figures back to an earlier night: the way there, turned round.
        there = _explained(settings, some, windows, min(first, end), max(first, end))
        found |= there if first <= end else {name: change.turned() for name, change in there.items()}
    return found


def _explained(
    settings: Settings,
    metrics: Mapping[str, tuple[Metric, Metric]],
    windows: Sequence[Window],
    before: datetime,
    after: datetime,
) -> dict[tuple[str, str], Change]:
    """The changes of figures that stand at the same two instants."""
    home = Home(settings.home)
    if known_at(home, before) is None:
        raise NothingLanded(f"{written(before)}: nothing had landed by then. Name a later instant.")
    had, has = supplied(home, before), supplied(home, after)
    with between(settings, [one for pair in metrics.values() for one in pair], windows, before, after) as found:
        states = strike_states(found)
        totals = {step: _totals(found.connection, step) for step in states}
        keys = _keys(found, states)
        return {
            (window.label, name): Change(
                metric,
                window.label,
                written(before),
                written(after),
                _total(totals[0], window, then) if had.issuperset(then.needs) else None,
                _total(totals[states[-1]], window, metric) if has.issuperset(metric.needs) else None,
                _parts(found.connection, totals, keys, window, then, metric),
            )
            for window in windows
            for name, (then, metric) in metrics.items()
        }


def _parts(
    connection: duckdb.DuckDBPyConnection,
    totals: dict[int, Totals],
    keys: Keys,
    window: Window,
    then: Metric,
    metric: Metric,
) -> tuple[Part, ...]:
    """One part for every cause: the definition in the first state, the others from each state to the next."""
    ways = [(Cause.DEFINITION, _total(totals[0], window, then), _total(totals[0], window, metric))]
    for earlier, step in pairwise(totals):
        ways.append((Cause.of(step), _total(totals[earlier], window, metric), _total(totals[step], window, metric)))
    found = {part.cause: part for part in parts_of_path(metric, ways)}
    for cause, part in found.items():
        records = [keys.get((window.label, one.id, cause.step), ((), ())) for one in rows_of(metric)]
        if cause is Cause.DEFINITION and then != metric:
            records = [
                _redefined(connection, window, *pair) for pair in zip(rows_of(then), rows_of(metric), strict=True)
            ]
        made, counted = ({key for pair in records for key in pair[place]} for place in (0, 1))
        found[cause] = replace(part, records=tuple(sorted(made)), counted=tuple(sorted(counted)))
    return tuple(found.get(cause, Part(cause)) for cause in Cause)


def _totals(connection: duckdb.DuckDBPyConnection, step: int) -> Totals:
    rows = connection.execute(
        "SELECT window_label, metric_id, count(DISTINCT subject), CAST(coalesce(sum(quantity), 0) AS BIGINT) "  # noqa: S608
        f"FROM counted_{step} GROUP BY ALL"
    ).fetchall()
    return {(label, metric): (subjects, quantity) for label, metric, subjects, quantity in rows}


def _total(totals: Totals, window: Window, metric: Metric) -> Total:
    counts = []
    for part in rows_of(metric):
        subjects, quantity = totals.get((window.label, part.id), (0, 0))
        counts.append(subjects if part.subject else quantity)
    return Total(*counts) if metric.is_rate else Total(counts[0], metric.scale.divisor)


def _keys(found: Between, states: Sequence[int]) -> Keys:
    """For each step the records that made a change and those whose contribution altered, as `dataset:key`."""
    tie(found)
    keys: Keys = {}
    for earlier, step in pairwise(states):
        found.connection.execute(_ALTERED.format(earlier=earlier, step=step))
        made_by(found.connection, step)
        rows = found.connection.execute(_MADE).fetchall()
        keys |= {(label, metric, step): (tuple(made), tuple(counted)) for label, metric, made, counted in rows}
    return keys


def _redefined(
    connection: duckdb.DuckDBPyConnection, window: Window, then: Metric, metric: Metric
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The records that one definition counts and the other does not, or otherwise."""
    own = (
        "SELECT record_dataset, record_key, subject, quantity FROM counted_0 "
        "WHERE window_label = $label AND metric_id = ${id}"
    )
    query = " UNION ALL ".join(
        f"({own.format(id=one)} EXCEPT ALL {own.format(id=other)})" for one, other in (("then", "now"), ("now", "then"))
    )
    rows = connection.execute(
        f"SELECT DISTINCT record_dataset || ':' || record_key AS name FROM ({query}) ORDER BY name",  # noqa: S608
        {"label": window.label, "then": then.id, "now": metric.id},
    ).fetchall()
    names = tuple(name for (name,) in rows)
    return names, names


_ALTERED = """
CREATE OR REPLACE TABLE altered AS
SELECT DISTINCT window_label, metric_id, record_dataset AS dataset, record_key
FROM ((FROM counted_{earlier} EXCEPT ALL FROM counted_{step})
      UNION ALL
      (FROM counted_{step} EXCEPT ALL FROM counted_{earlier}))
"""

_MADE = """
SELECT a.window_label, a.metric_id,
       coalesce(list_sort(list(DISTINCT m.by_dataset || ':' || m.by_key)), []),
       list_sort(list(DISTINCT a.dataset || ':' || a.record_key))
FROM altered a LEFT JOIN made m USING (window_label, metric_id, dataset, record_key)
GROUP BY ALL
"""
