"""A figure beside that of twelve months earlier, and whether the two can be compared.

Both are as known at the same instant. The change is taken between the exact figures and rounded once. Where something other
than the thing counted moved in either window (a break), there is no change to give: the reason is said instead, or beside
the change where the force's policy says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import FOLLOW_UP, LONDON, UNIT_LAUNCHED_ON, Window, month_of
from svu_pipeline.landing.batch import Manifest, deliveries
from svu_pipeline.metrics.metric import Kind, Metric, Noun
from svu_pipeline.metrics.phrases import PERCENTAGE_FLOOR
from svu_pipeline.metrics.rounding import rounded
from svu_pipeline.metrics.versions import entries
from svu_pipeline.publication.labels import day_words, displayed
from svu_pipeline.settings import DeclaredBreak, Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home

if TYPE_CHECKING:
    import duckdb

DEFINITION, SOURCE, BOUNDARY, PROVISIONAL, MATURITY = "definition", "source", "boundary", "provisional", "maturity"

DAYS = {
    "custody": "SELECT arrested_on AS day FROM fct_custody_arrest",
    "case_file": "SELECT charged_on AS day FROM fct_charge",
    "courts": "SELECT hearing_on AS day FROM fct_hearing",
    "property": "SELECT seized_on AS day FROM fct_exhibit",
    "asset_recovery": "SELECT happened_on AS day FROM fct_money_event",
    "warrants": "SELECT coalesce(executed_on, issued_on) AS day FROM fct_warrant",
    "safeguarding": "SELECT contacted_on AS day FROM fct_safeguarding_contact",
    "civil_orders": "SELECT granted_on AS day FROM fct_civil_order",
    "operations": "SELECT opened_on AS day FROM fct_operation UNION ALL SELECT started_on FROM fct_deployment",
    "police_uk": "SELECT month_on AS day FROM fct_stop_and_search UNION ALL SELECT month_on FROM fct_street_crime",
}
"""By source, the days of which it has records, whosever work they are."""


@dataclass(frozen=True)
class Coverage:
    """The first day of which a source has a record, and the most days that lie between two of its records after it."""

    first: date
    longest_gap: int

    def begins_within(self, window: Window) -> bool:
        """Whether its records begin after a window does: with a silence that it has never had since."""
        silent = (self.first - window.start).days
        return month_of(self.first) > month_of(window.start) and silent > self.longest_gap


@dataclass(frozen=True)
class Break:
    """Something that moved between two windows, other than the thing counted: its kind, the day if it has one, in words."""

    kind: str
    on: date | None
    words: str
    is_footnote: bool = False


def year_before(window: Window) -> Window:
    """The window of the same length that ends twelve months earlier."""
    year, _, month = window.label.partition("-")
    start, end = (day.replace(year=day.year - 1) for day in (window.start, window.end))
    return replace(window, label=f"{int(year) - 1:04d}-{month}", start=start, end=end)


def coverage(connection: duckdb.DuckDBPyConnection) -> dict[str, Coverage]:
    """By source, from when on it has records; a source without any is left out."""
    days = " UNION ALL ".join(f"SELECT '{source}' AS source, day FROM ({query})" for source, query in DAYS.items())  # noqa: S608
    rows = connection.execute(
        f"SELECT source, min(day), coalesce(max(gap), 0) FROM (SELECT source, day, day - lag(day) OVER "  # noqa: S608
        f"(PARTITION BY source ORDER BY day) AS gap FROM (SELECT DISTINCT * FROM ({days}) WHERE day IS NOT NULL)) GROUP BY 1"
    ).fetchall()
    return {source: Coverage(first, gap) for source, first, gap in rows}


def breaks_of(
    settings: Settings,
    metric: Metric,
    window: Window,
    as_at: datetime,
    covers: Mapping[str, Coverage],
    closes: date | None = None,
) -> list[Break]:
    """What moved between a window and the year before it that makes a metric's two figures something else; by day.

    `covers` says from when on each source has records, `closes` from which day on no late ones are due.
    """
    before = year_before(window)
    found = [
        *_definitions(metric, before, window),
        *_launches(metric, before),
        *_sources(Home(settings.home), metric, before, window, as_at, covers),
        *(_declared(one) for one in settings.comparison.breaks if _touches(one, metric, before, window)),
        *_unripe(metric, window, as_at, closes),
    ]
    lets = settings.comparison.footnoted
    judged = [replace(one, is_footnote=one.is_footnote or one.kind in lets) for one in found]
    return sorted(judged, key=lambda one: (one.on or date.max, one.kind, one.words))


def compare(
    metric: Metric, window: Window, now: Mapping[str, Any], before: Mapping[str, Any], breaks: Iterable[Break]
) -> dict[str, Any]:
    """The comparison of a figure with the one before it; both have `printed`, `numerator` and `denominator`.

    `change` is in the figure's unit (percentage points for a rate), `per_cent` with one decimal; both are null where a
    break forbids a change, or either figure is not known. `per_cent` also for a rate, and from a base below 20.
    """
    breaks, earlier = list(breaks), year_before(window)
    was, is_now = _exact(before), _exact(now)
    is_comparable = was is not None and is_now is not None and all(one.is_footnote for one in breaks)
    change = per_cent = None
    if was is not None and is_now is not None and is_comparable:
        change = f"{rounded(is_now - was, metric.scale.decimals):f}"
        if not metric.is_rate and was >= PERCENTAGE_FLOOR:
            per_cent = f"{rounded(100 * (is_now - was) / was, 1):f}"
    return {
        "window": earlier.label,
        "printed": before["printed"],
        "change": change,
        "per_cent": per_cent,
        "words": _words(metric, earlier, before["printed"], change, per_cent, breaks),
        "breaks": [
            {"kind": one.kind, "on": one.on.isoformat() if one.on else None, "words": one.words} for one in breaks
        ],
        "is_comparable": is_comparable,
    }


def mark_breaks(figure: dict[str, Any], breaks: Iterable[Break]) -> dict[str, Any]:
    """A figure whose series has the mark [b] at each month in which a break falls (Government Statistical Service, symbols)."""
    months = {month_of(one.on) for one in breaks if one.on}
    monthly = [
        {**part, "marks": [*part["marks"], "b"]} if part["month"] in months and "x" not in part["marks"] else part
        for part in figure["monthly"]
    ]
    return {**figure, "monthly": monthly}


def _exact(cell: Mapping[str, Any]) -> Fraction | None:
    if cell["printed"] is None or cell["numerator"] is None or not cell["denominator"]:
        return None
    return Fraction(cell["numerator"], cell["denominator"])


def _definitions(metric: Metric, before: Window, window: Window) -> Iterator[Break]:
    for one in entries(metric):
        if one.effective_on and _is_between(one.effective_on, before, window):
            yield Break(
                DEFINITION, one.effective_on, f"Its definition changed on {day_words(one.effective_on)}: {one.changed}"
            )


def _launches(metric: Metric, before: Window) -> Iterator[Break]:
    if not metric.is_public_context and before.start < UNIT_LAUNCHED_ON:
        yield Break(BOUNDARY, UNIT_LAUNCHED_ON, f"The unit was set up on {day_words(UNIT_LAUNCHED_ON)}.")


def _sources(
    home: Home, metric: Metric, before: Window, window: Window, as_at: datetime, covers: Mapping[str, Coverage]
) -> Iterator[Break]:
    """Sources whose records begin after the year before did, and those that have come another way since."""
    for source in metric.needs:
        title, covered = SYSTEMS[source].title, covers.get(source)
        if covered and covered.begins_within(before):
            yield Break(SOURCE, covered.first, f"{title}: its first record is of {day_words(covered.first)}.")
        for day in _moves(deliveries(home, source, as_at)):
            if _is_between(day, before, window):
                yield Break(SOURCE, day, f"{title} has been delivered in another form since {day_words(day)}.")


def _moves(batches: list[Manifest]) -> Iterator[date]:
    """The London days on which a source's delivery first came in another form: other kinds of file, or a database."""
    for one, after in pairwise(batches):
        if one.files and after.files and _form(one) != _form(after):
            yield after.landed_at.astimezone(LONDON).date()


def _form(manifest: Manifest) -> tuple[bool, frozenset[str]]:
    return manifest.raw_sha256 is None, frozenset(PurePosixPath(file.path).suffix for file in manifest.files)


def _touches(declared: DeclaredBreak, metric: Metric, before: Window, window: Window) -> bool:
    """Whether a declared break is one of a metric's: named, by one of its sources, or of units whose work it counts."""
    named = metric.id in declared.metrics or any(source in declared.sources for source in metric.needs)
    of_units = bool(declared.units) and not metric.is_public_context
    of_all = not (declared.metrics or declared.sources or declared.units)
    return (named or of_units or of_all) and _is_between(declared.on, before, window)


def _declared(declared: DeclaredBreak) -> Break:
    return Break(declared.what, declared.on, declared.words, declared.is_footnoted)


def _unripe(metric: Metric, window: Window, as_at: datetime, closes: date | None) -> Iterator[Break]:
    """What is still to come: of people whose cases go on, and of records that come late."""
    if metric.kind is Kind.COHORT and window.is_provisional(as_at):
        words = (
            "The figure is provisional: what becomes of the people arrested is followed for 91 days after the window."
        )
        yield Break(PROVISIONAL, None, words)
    elif as_at < window.closes_at:
        yield Break(PROVISIONAL, None, "The window has not ended.")
    elif as_at.astimezone(LONDON).date() < (closes or (window.closes_at + FOLLOW_UP).date()):
        days = (as_at - window.closes_at).days
        words = f"It is as known {days} days after its window, that of the year before as known a year later."
        yield Break(MATURITY, None, words, is_footnote=True)


def _is_between(day: date, before: Window, window: Window) -> bool:
    """Whether a day parts the two windows: after the first day of the one and within the other at the latest."""
    return before.start < day <= window.last_day


def _words(
    metric: Metric, earlier: Window, printed: str | None, change: str | None, per_cent: str | None, breaks: list[Break]
) -> str:
    """The comparison as a sentence, or why there is none."""
    reasons = " ".join(one.words for one in breaks)
    if printed is None:
        return f"There is no figure of the {earlier.words} to compare with. {reasons}".rstrip()
    if change is None:
        return f"Not to be compared with the {earlier.words}. {reasons}".rstrip()
    beside = f"in the {earlier.words} ({displayed(metric, printed)})"
    size = change.removeprefix("-")
    if not any(digit in "123456789" for digit in size):
        said = f"The same as {beside}."
    else:
        amount = _amount(metric, size)
        more = _MORE[change.startswith("-"), metric.noun in _MEASURED, metric.is_rate]
        share = f", {'down' if change.startswith('-') else 'up'} {per_cent.removeprefix('-')}%" if per_cent else ""
        said = f"{amount} {more} than {beside}{share}."
    return f"{said} {reasons}".rstrip()


_MEASURED = {Noun.POUNDS, Noun.KILOGRAMS, Noun.YEARS}
_MORE = {
    (is_down, is_measured, is_rate): ("lower" if is_down else "higher") if is_rate
    else ("more" if not is_down else "less" if is_measured else "fewer")
    for is_down in (False, True) for is_measured in (False, True) for is_rate in (False, True)
}  # fmt: skip


def _amount(metric: Metric, size: str) -> str:
    """A change with its unit where the number alone would not tell it: `£1,000.00`, `2.3 percentage points`."""
    if metric.is_rate:
        return f"{size} percentage points"
    if metric.noun in _MEASURED:
        return displayed(metric, size)
    return f"{int(size):,}"
