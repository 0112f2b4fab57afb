"""What a night does for one source: fetch its delivery from wherever the settings say, and land it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from svu_pipeline import audit
from svu_pipeline.clock import Clock
from svu_pipeline.contracts.codes import adopt
from svu_pipeline.contracts.registry import of_source
from svu_pipeline.contracts.verdict import accepted
from svu_pipeline.landing.attempt import last_whole_reading, record_refusal, record_whole_reading
from svu_pipeline.landing.batch import Accepted
from svu_pipeline.landing.fetch import fetched
from svu_pipeline.landing.land import Landed, land
from svu_pipeline.settings import Settings
from svu_pipeline.sources.place import ApiPlace
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import SourceError
from svu_pipeline.warehouse import Home

RECONCILE_AFTER = timedelta(days=7)
"""How long a source may be read by increments before it is read whole again (what committed late is then found)."""


def take(settings: Settings, source: str, clock: Clock) -> Landed:
    """Fetch and land what a source has that is not here yet.

    Raises SourceError when it cannot be read; the refusal is then on record, and nothing of the delivery was kept.
    """
    home = Home(settings.home)
    terms, place = settings.of(source), settings.place_of(source)
    system = SYSTEMS[source].shaped(terms.shapes)
    adopt(home, source, terms.codes)
    before = accepted(home, source)
    is_pull = not system.keeps_bytes or isinstance(place, ApiPlace)
    if is_pull:
        before = _whole_when_due(home, source, before, clock())
    pulled = audit.record(home, "pull", source, "nightly", clock)
    try:
        with fetched(system, place, home, before.watermarks) as origin:
            landed = land(system, origin, home, clock, before, pulled)
    except SourceError as error:
        record_refusal(home, error, clock())
        raise
    if is_pull and not before.watermarks:
        record_whole_reading(home, source, clock(), landed.gone)
    return landed


def _whole_when_due(home: Home, source: str, before: Accepted, at: datetime) -> Accepted:
    """Without watermarks once a week: the source is then read whole, and told what left it."""
    last = last_whole_reading(home, source)
    if last and at - last < RECONCILE_AFTER:
        return before
    keys = {contract.dataset: contract.key for contract in of_source(source) if not contract.part_of}
    return replace(before, watermarks={}, keys=keys)
