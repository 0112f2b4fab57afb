"""The exact figures that a text is checked against: of any window, of a part, of one deployment, of one case.

A window is struck only when a text speaks of it: the review of the window asked for is at hand, the others are `load`ed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from svu_pipeline.clock import Window
from svu_pipeline.clock import window as parse
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.metrics.phrases import PERCENTAGE_FLOOR
from svu_pipeline.settings import Settings

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """A part of a figure: a district, an operation, a weapon type. `code` is the catalogue's, `label` its name."""

    dimension: str
    code: str
    label: str


@dataclass(frozen=True)
class Exact:
    """A figure as the catalogue has it, as an exact ratio in its unit; `marks` are those of the review."""

    metric: str
    numerator: int
    denominator: int
    marks: tuple[str, ...] = ()

    @property
    def value(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True)
class Deployment:
    """One deployment of Operation Bumble; `counts` by metric, without those that were not recorded."""

    place: str
    started_on: date
    ended_on: date
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Hearing:
    """One custodial hearing of the unit's cases; `term_day_48ths` is its effective term in 48ths of a day."""

    court: str
    hearing_on: date
    operation: str
    sex: str
    age: int | None
    term_day_48ths: int


@dataclass(frozen=True)
class Events:
    """The single events that a text may speak of, and the shortest and longest orders of a window, by metric."""

    deployments: tuple[Deployment, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    order_months: tuple[tuple[date, int], ...] = ()


Cells = Mapping[tuple[str, str, str], Exact | None]
"""Figures by metric, dimension and code ('' and '' for the whole); None where it was not supplied or may not be told."""


@dataclass
class Figures:
    """Every figure that a text may speak of, as known at one instant (`as_at`).

    `document` is the review of the window asked for; `load` gives the figures of another, `load_events` the single events;
    each is asked once.
    """

    document: Document
    load: Callable[[Window], Cells] = lambda _: {}
    load_events: Callable[[], Events] = Events
    _cells: dict[tuple[str, int], Cells] = field(default_factory=dict)
    _events: Events | None = None

    def __post_init__(self) -> None:
        self._entries = {figure["id"]: figure for figure in self.document["figures"]}
        self._cells[str(self.document["window"]), int(self.document["months"])] = _cells_of(self.document)

    @property
    def as_at(self) -> str:
        return str(self.document["as_at"])

    @property
    def events(self) -> Events:
        if self._events is None:
            self._events = self.load_events()
        return self._events

    def whole(self, metric: str, window: Window) -> Exact | None:
        """A metric's figure of a window; None where it is not supplied or cannot be told."""
        if window.months == 1:
            own = self._cells[str(self.document["window"]), int(self.document["months"])]
            if (metric, "month", window.label) in own:
                return own[metric, "month", window.label]
        return self._of(window).get((metric, "", ""))

    def part(self, metric: str, window: Window, part: Part) -> Exact | None:
        """A metric's figure of a part; nought of one that its breakdown does not list; None where it cannot be told."""
        if self.whole(metric, window) is None or not self.has_breakdown(metric, part.dimension):
            return None
        is_rate = self._entries[metric]["noun"] == "%"
        return self._of(window).get((metric, part.dimension, part.code), None if is_rate else Exact(metric, 0, 1))

    def definition(self, metric: str) -> str:
        """What a metric counts, in words."""
        return str(self._entries[metric]["definition"])

    def title(self, metric: str) -> str:
        return str(self._entries[metric]["title"])

    def parts(self) -> list[Part]:
        """Every part that any figure of the window is broken down by, the unknown left out."""
        found = {
            (breakdown["dimension"], row["code"]): Part(breakdown["dimension"], row["code"], row["label"])
            for figure in self.document["figures"]
            for breakdown in figure["breakdowns"]
            for row in breakdown["rows"]
            if row["code"] != "UNKNOWN"
        }
        return list(found.values())

    def has_breakdown(self, metric: str, dimension: str) -> bool:
        """Whether a metric is broken down by a dimension."""
        return any(b["dimension"] == dimension for b in self._entries[metric]["breakdowns"])

    def _of(self, window: Window) -> Cells:
        key = (window.label, window.months)
        if key not in self._cells:
            self._cells[key] = self.load(window)
        return self._cells[key]


def _cells_of(document: Document) -> Cells:
    """The figures of a review, its months and parts among them."""
    found: dict[tuple[str, str, str], Exact | None] = {}
    for figure in document["figures"]:
        metric = figure["id"]
        found[metric, "", ""] = _exact(metric, figure, figure)
        found |= {(metric, "month", month["month"]): _exact(metric, month, figure) for month in figure["monthly"]}
        for part in figure["breakdowns"]:
            found |= {(metric, part["dimension"], row["code"]): _exact(metric, row, figure) for row in part["rows"]}
    return found


def figures_of(settings: Settings, window: Window, as_at: datetime | None = None) -> Figures:
    """The figures of a home: the published review of the window where there is one, else struck anew.

    Raises NothingLanded when nothing had landed by then.
    """
    document = (None if as_at else _published(settings, window)) or _struck(settings, window, as_at)
    return _with_loaders(settings, document, as_at)


def figures_of_release(settings: Settings, release: str) -> Figures:
    """The figures of a release, protected parts left out; other windows as known at the same instant.

    Raises ReleaseError when there is no such release.
    """
    from svu_pipeline.clock import instant
    from svu_pipeline.release.folder import FIGURES, folder_of, read
    from svu_pipeline.warehouse import Home

    document = read(folder_of(Home(settings.home), release), FIGURES)
    return _with_loaders(settings, document, instant(str(document["as_at"])))


def _with_loaders(settings: Settings, document: Document, as_at: datetime | None) -> Figures:
    supplied = {source for f in document["figures"] if "x" not in f["marks"] for source in f["sources"]}
    return Figures(
        document, lambda other: _other(settings, other, as_at, supplied), lambda: _events_of(settings, as_at)
    )


def _published(settings: Settings, window: Window) -> Document | None:
    """A review as published, if its bytes are those that were written down and it has its figures as exact ratios.

    One that an older pipeline wrote has them as printed only.
    """
    from svu_pipeline.warehouse import Home, read_made, sha256_of

    home = Home(settings.home)
    name = f"review-{window.label}" + ("" if window.months == 12 else f"-{window.months}m")
    figures = home.published / f"{name}.json"
    written_down = read_made(home.metrics / f"{name}.json").get("files", {}).get(figures.name)
    if written_down is None or not figures.is_file() or sha256_of(figures) != written_down:
        return None
    content: Document = json.loads(figures.read_bytes())
    return content if all("numerator" in figure for figure in content["figures"]) else None


def _struck(settings: Settings, window: Window, as_at: datetime | None) -> Document:
    """The review document of a window: from the kept tables, else from all that had landed by an instant."""
    from svu_pipeline.publication.review import document, review

    if as_at is not None:
        return review(settings, window, as_at)
    from svu_pipeline.kept import opened

    with opened(settings, [window]) as state:
        return document(settings, state, window)


def _other(settings: Settings, window: Window, as_at: datetime | None, supplied: Collection[str]) -> Cells:
    """The figures of another window: from the kept contributions, else from all that had landed by an instant."""
    if as_at is not None:
        from svu_pipeline.strike import struck

        with struck(settings, [window], as_at) as state:
            return _read_values(state.connection.execute)
    from svu_pipeline.metrics.values import strike
    from svu_pipeline.warehouse import Home, parquet_view, session

    home = Home(settings.home)
    with session(home.root) as connection:
        parquet_view(connection, "contribution", [home.metrics / "contribution.parquet"])
        strike(connection, [window], supplied)
        return _read_values(connection.execute)


def _read_values(execute: Callable[[str], Any]) -> Cells:
    rows = execute(
        "SELECT metric_id, dimension, code, numerator, denominator, is_estimate, is_at_least FROM value"
    ).fetchall()
    found: dict[tuple[str, str, str], Exact | None] = {}
    for metric, dimension, code, numerator, denominator, is_estimate, is_least in rows:
        marks = [mark for mark, is_set in (("e", is_estimate), ("a", is_least)) if is_set]
        cell = {"numerator": numerator, "denominator": denominator, "marks": marks}
        found[metric, dimension, code] = _exact(metric, cell, {"noun": CATALOGUE[metric].noun.value, "marks": []})
    return found


def _events_of(settings: Settings, as_at: datetime | None) -> Events:
    """The single events as known at an instant."""
    from svu_pipeline.warehouse import Home, parquet_view, session

    home = Home(settings.home)
    if as_at is not None:
        from svu_pipeline.strike import struck

        with struck(settings, [], as_at) as state:
            return _read_events(state.connection.execute)
    with session(home.root) as connection:
        for name in ("fct_deployment", "fct_hearing", "fct_operation", "fct_civil_order"):
            parquet_view(connection, name, [home.facts / f"{name}.parquet"])
        return _read_events(connection.execute)


_COUNTS = {
    "bumble_leaflets": "leaflet_count",
    "bumble_partner_referrals": "partner_referral_count",
    "bumble_training_sessions_offered": "training_offered_count",
    "bumble_vehicles_stopped": "vehicle_count",
    "bumble_passengers_checked": "passenger_count",
    "bumble_arrests": "arrest_count",
}


def _read_events(execute: Callable[[str], Any]) -> Events:
    counts = ", ".join(_COUNTS.values())
    deployments = execute(
        f"SELECT place, started_on, ended_on, {counts} FROM fct_deployment "  # noqa: S608 - our own names
        "WHERE is_unit_work AND operation_name = 'BUMBLE' ORDER BY started_on, deployment_ref"
    ).fetchall()
    hearings = execute(
        "SELECT h.court, h.hearing_on, coalesce(o.label, ''), coalesce(h.sex, ''), h.age_years, h.term_day_48ths "
        "FROM fct_hearing h LEFT JOIN fct_operation o USING (operation_ref) "
        "WHERE h.is_custodial AND h.arrest_ref IS NOT NULL AND NOT h.is_replaced ORDER BY h.hearing_id"
    ).fetchall()
    orders = execute(
        "SELECT granted_on, term_months FROM fct_civil_order WHERE is_unit_work AND was_granted "
        "AND order_type = 'STRO' AND stage = 'FINAL' AND term_months IS NOT NULL ORDER BY ALL"
    ).fetchall()
    return Events(tuple(map(_deployment, deployments)), tuple(Hearing(*row) for row in hearings), tuple(orders))


def _deployment(row: Iterable[Any]) -> Deployment:
    place, started, ended, *counts = row
    known = {metric: count for metric, count in zip(_COUNTS, counts, strict=True) if count is not None}
    return Deployment(place, started, ended or started, known)


def _exact(metric: str, cell: Mapping[str, Any], figure: Mapping[str, Any]) -> Exact | None:
    """A cell as an exact ratio; None where it was not supplied, may not be told, or is a share of too few."""
    if cell["numerator"] is None or not cell["denominator"]:
        return None
    if figure["noun"] == "%" and cell["denominator"] < PERCENTAGE_FLOOR:
        return None
    return Exact(metric, int(cell["numerator"]), int(cell["denominator"]), tuple({*figure["marks"], *cell["marks"]}))


def year_before(window: Window) -> Window:
    """The window of the same length a year before."""
    return parse(f"{int(window.label[:4]) - 1}{window.label[4:]}", window.months)
