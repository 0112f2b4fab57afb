"""The guard: an output that together with anything ever published would tell a protected number is refused.

It looks at four things: what an output says outright; what one window leaves of another within it; what changed between two
editions; and what all outputs say as one system (`inquiry.py`). What it finds names the output, the older one, and the cure.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from svu_pipeline.clock import Clock, now
from svu_pipeline.disclosure import register
from svu_pipeline.disclosure.cells import Key
from svu_pipeline.disclosure.inquiry import HIDE, Inquiry, Pinned
from svu_pipeline.disclosure.policy import Policy, policy_of
from svu_pipeline.disclosure.protect import Protected, protection
from svu_pipeline.disclosure.statements import Output, Place, output_of
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home

PATIENCE = 2
"""So often a table is found wanting before all of it is hidden: first the number itself is, then one more."""


class Guard:
    """Checks outputs against the register of a home, and records what is published."""

    def __init__(self, settings: Settings, policy: Policy | None = None) -> None:
        self.home = Home(settings.home)
        self.policy = policy or policy_of(settings.disclosure)

    @cached_property
    def older(self) -> list[Output]:
        """Everything ever published, oldest first. Raises RegisterError when the register is damaged."""
        return register.outputs(self.home)

    def check(self, output: Output) -> tuple[Pinned, ...]:
        """What an output would tell, by itself or with the older ones; empty where it may leave."""
        older = [one for one in self.older if one.name != output.name]
        found = [
            *self._outright(output),
            *self._left_between_windows(output, older),
            *self._revised(output, older),
            *Inquiry(self.policy, output, older).findings(),
        ]
        return tuple({pinned.place: pinned for pinned in reversed(found)}.values())[::-1]

    def protected(self, name: str, document: Mapping[str, Any]) -> Protected:
        """A document protected so that it may follow everything published before it, as far as hiding parts can do that.

        What an earlier output of the same window hides stays hidden: two editions with different gaps fill each other's.
        """
        also, kept = set[Key](), self._hidden_before(document)
        outcome, found_in = protection(document, self.policy, also, kept), Counter[tuple[str, str]]()
        while found := self.check(output_of(name, outcome, self.policy)):
            more = set[Key]()
            for pinned in found:
                table = pinned.place.metric, pinned.place.dimension
                more.update(_to_hide(pinned, outcome, document, is_last=found_in[table] >= PATIENCE))
            found_in.update({(pinned.place.metric, pinned.place.dimension) for pinned in found})
            if more <= also:
                break  # all that hiding can do is done: the gate names what is left
            also |= more
            outcome = protection(document, self.policy, also, kept)
        return outcome

    def record(self, output: Output, clock: Clock = now) -> str:
        """Enter an output into the register as published, and give the hash of its line. Raises RegisterError."""
        sha256 = register.record(self.home, output, clock)
        self.__dict__.pop("older", None)
        return sha256

    def _hidden_before(self, document: Mapping[str, Any]) -> set[Key]:
        return {
            Key(place.metric, "month", place.window) if _is_month_of(place, document) else place.key
            for output in self.older
            for place, statement in output.by_place.items()
            if statement.is_hidden and (_is_month_of(place, document) or _is_part_of(place, document))
        }

    def _outright(self, output: Output) -> Iterator[Pinned]:
        """Small numbers of people that an output says as they are: a text has not been through `protect`."""
        for place, statement in output.by_place.items():
            if not statement.is_hidden and self._is_told(place):
                least = self.policy.threshold if place.dimension else self.policy.headline_from
                low = max(statement.low or Decimal(0), Decimal(0))
                high = statement.high
                if high is not None and 0 < high < least and (low > 1 or high < least - 1 or low == high):
                    yield Pinned(output.name, place, low, high, "", "Leave it out, or say it of the whole force.")

    def _left_between_windows(self, output: Output, older: Sequence[Output]) -> Iterator[Pinned]:
        """What a longer window leaves of a shorter one within it, part by part: people who are in the one and not the other."""
        mine = _windows(output)
        for other in older:
            theirs = _windows(other)
            for (metric, version, months), places in mine.items():
                for (metric_too, version_too, months_too), places_too in theirs.items():
                    is_nested = set(months) < set(months_too) or set(months_too) < set(months)
                    if (metric, version) == (metric_too, version_too) and is_nested and self.policy.is_people(metric):
                        yield from self._left(output, other, places, places_too)

    def _left(
        self,
        output: Output,
        other: Output,
        places: Mapping[tuple[str, str], Place],
        places_too: Mapping[tuple[str, str], Place],
    ) -> Iterator[Pinned]:
        for part in places.keys() & places_too.keys():
            mine, theirs = output.by_place[places[part]], other.by_place[places_too[part]]
            if not self._is_told(mine.place) or None in (mine.low, mine.high, theirs.low, theirs.high):
                continue
            if mine.low == mine.high and theirs.low == theirs.high:
                left = abs((mine.low or Decimal(0)) - (theirs.low or Decimal(0)))
                if 0 < left < self.policy.threshold:
                    yield Pinned(output.name, mine.place, left, left, other.name, HIDE)

    def _revised(self, output: Output, older: Sequence[Output]) -> Iterator[Pinned]:
        """Parts of the last edition that changed by fewer than the policy lets change at a time."""
        for place, statement in output.by_place.items():
            if self.policy.revision_from == 1 or not place.dimension or not self._is_told(place) or statement.is_hidden:
                continue
            before = next((o for o in reversed(older) if place in o.by_place and not o.by_place[place].is_hidden), None)
            if before is not None and statement.low is not None and before.by_place[place].low is not None:
                moved = abs(statement.low - (before.by_place[place].low or Decimal(0)))
                if 0 < moved < self.policy.revision_from:
                    yield Pinned(output.name, place, moved, moved, before.name, HIDE)

    def _is_told(self, place: Place) -> bool:
        """Whether a small number at a place tells of somebody."""
        return (
            self.policy.is_protected(place.metric)
            and self.policy.is_people(place.metric)
            and place.code not in self.policy.stands
        )


def _to_hide(pinned: Pinned, outcome: Protected, document: Mapping[str, Any], *, is_last: bool) -> Iterator[Key]:
    """What more to hide for a finding: the number itself, or the next of its table where it is; in the end all of the table."""
    place = pinned.place
    key = Key(place.metric, "month", place.window) if _is_month_of(place, document) else place.key
    if key not in outcome.hidden and not is_last:
        yield key
        return
    if key.dimension in ("", "month"):
        yield key.whole
        return
    figure = next(figure for figure in document["figures"] if figure["id"] == key.metric)
    rows = [
        row
        for breakdown in figure["breakdowns"]
        if breakdown["dimension"] == key.dimension
        for row in breakdown["rows"]
    ]
    shown = [
        row for row in rows if Key(key.metric, key.dimension, row["code"]) not in outcome.hidden and row["printed"]
    ]
    shown.sort(key=lambda row: (Decimal(row["printed"]) == 0, Decimal(row["printed"]), row["code"]))
    for row in shown if is_last else shown[:1]:
        yield Key(key.metric, key.dimension, row["code"])


def _windows(output: Output) -> dict[tuple[str, int, tuple[str, ...]], dict[tuple[str, str], Place]]:
    """An output's parts by metric, version and months of the window; wholes and months stand for themselves."""
    found: dict[tuple[str, int, tuple[str, ...]], dict[tuple[str, str], Place]] = defaultdict(dict)
    for place in output.by_place:
        if place.dimension:
            found[place.metric, place.version, place.span][place.dimension, place.code] = place
    return found


def _is_month_of(place: Place, document: Mapping[str, Any]) -> bool:
    return not place.dimension and place.months == 1 and document["months"] > 1


def _is_part_of(place: Place, document: Mapping[str, Any]) -> bool:
    return (place.window, place.months) == (document["window"], document["months"])
