"""What a night, or a decision, would change: tried on a rehearsal of the home, of which nothing is written.

Plan is apply: the very functions of the night land what the sources have, and the figures are struck from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from svu_pipeline import audit
from svu_pipeline.change.change import Change
from svu_pipeline.change.rehearsal import rehearsal
from svu_pipeline.change.why import explain_changes
from svu_pipeline.clock import Clock, Window, now, written
from svu_pipeline.contracts.verdict import judge
from svu_pipeline.landing.batch import batch_names, known_at
from svu_pipeline.landing.take import take
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.versions import in_force
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import SourceError
from svu_pipeline.strike import NothingLanded
from svu_pipeline.warehouse import Home, lease

Act = Callable[[Settings], object]
"""Something to try on a home: it is given the rehearsal's settings."""


@dataclass(frozen=True)
class Plan:
    """What would come of it: the sources that would bring something, what would be refused or held whole, and the figures.

    `changes` are those of figures that would move, by window and catalogue.
    """

    as_at: str
    brings: tuple[str, ...]
    refused: tuple[str, ...]
    held_whole: tuple[str, ...]
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        """Counts alone: no key of a record."""
        return {
            "as_at": self.as_at,
            "brings": list(self.brings),
            "refused": list(self.refused),
            "held_whole": list(self.held_whole),
            "changes": [change.as_json() for change in self.changes],
        }


def plan(
    settings: Settings, windows: Sequence[Window], act: Act | None = None, why: str = "", clock: Clock = now
) -> Plan:
    """Which figures of some windows would move, and why, if tonight's deliveries were landed; or if `act` were done instead.

    Nothing of the home is changed but the audit log, which says that the sources were read. Raises NothingLanded before the
    first night, Busy while a night is running.
    """
    home = Home(settings.home)
    before = known_at(home)
    if before is None:
        raise NothingLanded("nothing has landed yet: the first night brings everything. Run `svu nightly`.")
    with lease(home, "night"):
        audit.record(home, "plan", "a decision" if act else "tonight's deliveries", why, clock)
        with rehearsal(settings) as tried:
            refused = land_all(tried, clock) if act is None else []
            if act:
                act(tried)
            counted = {(one.label, metric.id): in_force(metric, one) for one in windows for metric in METRICS}
            found = explain_changes(tried, {one.id: (one, one) for one in counted.values()}, windows, before)
            changes = [found[label, one.id] for (label, _), one in counted.items()]
            own = Home(tried.home)
            brings = [name for name in SYSTEMS if batch_names(own, name) != batch_names(home, name)]
            held = [
                f"{one.source}: {one.held_whole}" for name in brings for one in judge(own, name)[-1:] if one.held_whole
            ]
    moved = tuple(change for change in changes if change.is_moved)
    return Plan(written(before), tuple(brings), tuple(refused), tuple(held), moved)


def land_all(settings: Settings, clock: Clock) -> list[str]:
    """Land what every source has, as a night does; gives the refusals."""
    refused = []
    for name in SYSTEMS:
        try:
            take(settings, name, clock)
        except SourceError as error:
            refused.append(str(error))
    return refused
