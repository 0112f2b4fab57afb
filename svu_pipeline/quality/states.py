"""Where each source stands: up to date, refused, held whole, silent, or never heard of.

No delivery is not a delivery of nothing: a source that delivered without rows is up to date, and its figures are zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from svu_pipeline.audit import entries
from svu_pipeline.clock import LONDON, Clock, instant, now, window
from svu_pipeline.contracts.verdict import Verdict, judge
from svu_pipeline.landing.attempt import standing_refusal
from svu_pipeline.landing.batch import Manifest, deliveries
from svu_pipeline.settings import Settings
from svu_pipeline.sources.place import ApiPlace
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home

MOMENT = timedelta(microseconds=1)
READ, REFUSED, HELD_WHOLE, SILENT, NEVER = "read", "refused", "held whole", "silent", "never delivered"


@dataclass(frozen=True)
class SourceState:
    """Where a source stands: `status` is one of the five words above; `since` when it went wrong.

    `delivered_at` is when its last delivery that was taken landed; `delivered_on` the day that this delivery is of.
    """

    source: str
    title: str
    status: str
    delivered_at: datetime | None
    delivered_on: date | None
    since: datetime | None
    problem: str
    cure: str

    @property
    def is_broken(self) -> bool:
        """Whether it has something to deliver that is not here: figures that need it cannot move on."""
        return self.status in (REFUSED, HELD_WHOLE, SILENT)


def source_states(settings: Settings, as_at: datetime | None = None, clock: Clock = now) -> list[SourceState]:
    """The state of each source at an instant; by default of all that is on record, and silence as of now."""
    home, expected, asked_at = Home(settings.home), settings.expected_days, as_at or clock()
    heard = _last_pulls(home, as_at) if expected else {}
    pulled = {source: day for source, day in heard.items() if _is_pulled(settings, source)}
    return [_state(home, source, as_at, asked_at, expected.get(source), pulled.get(source)) for source in SYSTEMS]


def _is_pulled(settings: Settings, source: str) -> bool:
    """Whether a source is asked each night, so that an answer without news is a sign of life."""
    return not SYSTEMS[source].keeps_bytes or isinstance(settings.place_of(source), ApiPlace)


def _last_pulls(home: Home, as_at: datetime | None) -> dict[str, date]:
    """The London day on which each source was last asked."""
    asked = ((entry.subject, instant(entry.at)) for entry in entries(home) if entry.action == "pull")
    return {source: at.astimezone(LONDON).date() for source, at in asked if as_at is None or at <= as_at}


def last_known(as_at: datetime, states: Iterable[SourceState]) -> datetime:
    """The instant of the last thing known: a batch, or that a source was refused or fell silent."""
    return max([as_at, *(state.since for state in states if state.since)])


def _state(
    home: Home,
    source: str,
    as_at: datetime | None,
    asked_at: datetime,
    expected_days: int | None,
    pulled_on: date | None,
) -> SourceState:
    title, batches = SYSTEMS[source].title, deliveries(home, source, as_at)
    verdicts = {verdict.batch: verdict for verdict in judge(home, source, as_at=as_at)} if batches else {}
    taken = [manifest for manifest in batches if not verdicts[manifest.batch].held_whole]
    delivered = taken[-1].landed_at if taken else None
    day = max((_day_of(manifest) for manifest in taken), default=None)

    def state(status: str, since: datetime | None = None, problem: str = "", cure: str = "") -> SourceState:
        return SourceState(source, title, status, delivered, day, since, problem, cure)

    if refusal := standing_refusal(home, source, as_at):
        return state(REFUSED, refusal.since, f"{refusal.file}: {refusal.problem}", refusal.cure)
    if not batches:
        return state(NEVER, problem="nothing has been delivered")
    if why := verdicts[batches[-1].batch].held_whole:
        cure = "Ask the owner to correct and deliver again; `svu held` lists the reasons."
        return state(HELD_WHOLE, _held_since(batches, verdicts), why, cure)
    overdue = _overdue_at(max(day, pulled_on) if day and pulled_on else day, expected_days)
    if overdue is not None and delivered is not None and asked_at >= overdue:
        since = max(overdue, delivered + MOMENT)  # a delivery that comes late still counts
        problem = f"nothing has been delivered for more than {expected_days} {'day' if expected_days == 1 else 'days'}"
        return state(SILENT, since, problem, "Ask the owner whether there is nothing to deliver, or no delivery.")
    return state(READ)


def _held_since(batches: list[Manifest], verdicts: Mapping[str, Verdict]) -> datetime:
    """When the first landed of the deliveries that have been held whole one after another until now."""
    since = batches[-1].landed_at
    for manifest in reversed(batches):
        if not verdicts[manifest.batch].held_whole:
            break
        since = manifest.landed_at
    return since


def _day_of(manifest: Manifest) -> date:
    """The day that a delivery is of: the latest that its files are dated, else the London day on which it landed."""
    days = [_dated(drop.dated) for drop in manifest.drops if drop.dated]
    return max(days, default=manifest.landed_at.astimezone(LONDON).date())


def _dated(text: str) -> date:
    """The day of a file's date: `20231114`, or `2023-11` for the last day of a month."""
    if len(text) == len("YYYY-MM"):
        return window(text, 1).last_day
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _overdue_at(day: date | None, expected_days: int | None) -> datetime | None:
    """The first instant at which a last delivery is older than it should be: a London midnight."""
    if day is None or expected_days is None:
        return None
    overdue = day + timedelta(days=expected_days + 1)
    return datetime(overdue.year, overdue.month, overdue.day, tzinfo=LONDON).astimezone(UTC)
