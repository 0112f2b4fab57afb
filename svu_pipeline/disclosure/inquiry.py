"""What can be worked out from an output and the older ones together, and would not be known without it.

Here: which questions are asked of the system that `inference.py` makes, and which answers tell too much. Not here: what an
output says outright, and what is done about it (`guard.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from svu_pipeline.disclosure.inference import Atom, Interval, Reader, System, Unknown, is_counted, system_of
from svu_pipeline.disclosure.policy import Policy
from svu_pipeline.disclosure.statements import Output, Place, Statement
from svu_pipeline.metrics.catalogue import CATALOGUE

HIDE = "Hide it here too, and one more part of the table; `svu release prepare` does both by itself."


@dataclass(frozen=True)
class Pinned:
    """A number that would be known: where it is said or can be worked out, between what, with which older output, the cure."""

    output: str
    place: Place
    low: Decimal
    high: Decimal
    older: str
    cure: str

    @property
    def words(self) -> str:
        """The finding as one line. It names the place and never the number."""
        together = f" together with {self.older}" if self.older else ""
        return f"{self.output}{together} would tell {self.place.words}. {self.cure}"


class Inquiry:
    """What can be worked out from an output and the older ones as one system."""

    def __init__(self, policy: Policy, output: Output, older: Sequence[Output]) -> None:
        self.policy, self.output, self.older = policy, output, older
        self.small = {s.place for one in (output, *older) for s in one.statements if s.is_small}

    def findings(self) -> Iterator[Pinned]:
        for component in self._concerned([*self.older, self.output]):
            for system in self._possible(component):
                yield from self._hidden_in(system)
                yield from self._between_months(system)

    def _concerned(self, outputs: Sequence[Output]) -> Iterator[System]:
        """The components in which the output has a say."""
        places = set(self.output.by_place) | set(_behind_rates(self.output))
        tables = {(place.metric, place.version, place.dimension) for place in places}
        for component in system_of(outputs, self.policy).components():
            if any(
                (unknown.metric, unknown.version, unknown.dimension) in tables
                if isinstance(unknown, Atom)
                else (unknown if isinstance(unknown, Place) else unknown.place) in places
                for unknown in component.bounds
            ):
                yield component

    def _possible(self, component: System) -> Iterator[Reader]:
        """A component that fits; else without what is only likely; else the output with each of the older ones that does."""
        certain = System(component.bounds, [row for row in component.rows if not row.is_likely])
        for system in (component, certain):
            reader = Reader(system, is_counted=is_counted(system, self.policy))
            if reader.is_possible():
                yield reader
                return
        places = component.bounds.keys()
        for other in [*self.older, None]:
            pair = [other, self.output] if other else [self.output]
            for system in self._concerned(pair):
                if system.bounds.keys() & places:
                    reader = Reader(system, is_counted=is_counted(system, self.policy))
                    if reader.is_possible():
                        yield reader

    def _hidden_in(self, reader: Reader) -> Iterator[Pinned]:
        """Small numbers that the output, and not only the force's own figures in it, lets a reader come nearer to."""
        places = [
            place
            for place in sorted(self.small & reader.columns.keys())
            if place.dimension or self.policy.force_totals == "refuse"
        ]
        for part in _by_table(places):
            reader.explore([[place] for place in part])
        for place in places:
            top = self._top(place)
            if self._is_tight(place, reader.reached([place]), top):
                found = reader.interval([place])
                if self._is_tight(place, found, top) and self._is_news([place], found):
                    yield Pinned(self.output.name, place, *found, self._with(place), HIDE)

    def _is_news(self, unknowns: Sequence[Unknown], found: Interval) -> bool:
        """Whether neither what was said before nor the output by itself told as much of a number."""
        before = [known.interval(unknowns) for known in (self._before, self._by_itself)]
        return found.low > max(one.low for one in before) or found.high < min(one.high for one in before)

    def _between_months(self, reader: Reader) -> Iterator[Pinned]:
        """Parts of months that nobody has said, and that windows beside each other tell."""
        gaps = list(self._gaps(reader))
        if gaps:
            reader.explore([atoms for _, atoms in gaps])
        for place, atoms in gaps:
            if self._is_small_count(Interval(Decimal(1), reader.reached(atoms).high)):
                found = reader.interval(atoms)
                if self._is_small_count(found) and self._is_news(atoms, found):
                    yield Pinned(self.output.name, place, *found, self._with(place), HIDE)

    def _gaps(self, reader: Reader) -> Iterator[tuple[Place, list[Unknown]]]:
        """By part that the output shows, the months by which its window differs from the nearest in which that was shown."""
        if not any(isinstance(unknown, Atom) for unknown in reader.columns):
            return
        for place, statement in self.output.by_place.items():
            of = (place.metric, place.version, place.dimension, place.code)
            first = Atom(*of, place.span[0]) if place.dimension else None
            if first is None or first not in reader.columns or statement.is_hidden or place.code in self.policy.stands:
                continue
            if self.policy.is_people(place.metric):
                spans = self._shown_in[of] - {place.span}
                nearest = min(spans, key=lambda span: (len(set(span) ^ set(place.span)), span), default=place.span)
                for one, other in ((place.span, nearest), (nearest, place.span)):
                    if months := [month for month in one if month not in other]:
                        yield place, [Atom(*of, month) for month in months]

    @cached_property
    def _shown_in(self) -> dict[tuple[str, int, str, str], set[tuple[str, ...]]]:
        """By part of a metric, the windows in which an older output shows it."""
        found: dict[tuple[str, int, str, str], set[tuple[str, ...]]] = defaultdict(set)
        for output in self.older:
            for place, statement in output.by_place.items():
                if place.dimension and not statement.is_hidden:
                    found[place.metric, place.version, place.dimension, place.code].add(place.span)
        return found

    def _is_small_count(self, found: Interval) -> bool:
        """Whether an interval tells that there is somebody, and of few how many."""
        least, most = 1, self.policy.threshold - 1
        return least <= found.low and found.high <= most and found.high - found.low < most - least

    def _top(self, place: Place) -> Decimal:
        """Up to what a hidden count must be possible: no more than the figure of the force, where that is said."""
        top = Decimal(self.policy.threshold - 1)
        for output in (self.output, *self.older):
            whole = output.by_place.get(place.whole)
            if place.dimension and whole is not None and whole.high is not None:
                top = min(top, whole.high)
        return top

    def _is_tight(self, place: Place, found: Interval, top: Decimal) -> bool:
        """Whether an interval tells more of a hidden number than that it is hidden."""
        if self.policy.is_people(place.metric):
            is_small = found.low < self.policy.threshold and found.high >= 1
            return is_small and (found.low > 1 or found.high < top)
        middle = (found.low + found.high) / 2
        return found.high > 0 and 100 * (found.high - found.low) < 2 * self.policy.width_percent * middle

    @cached_property
    def _before(self) -> _Known:
        """The older outputs, and of this one the force's own figures where those stand: none of its tables."""
        stand = self.policy.force_totals == "stand"
        without = tuple(
            one if stand and not one.place.dimension else Statement(one.place, None, None, one.is_small)
            for one in self.output.statements
        )
        return _Known([*self.older, replace(self.output, statements=without)], self.policy)

    @cached_property
    def _by_itself(self) -> _Known:
        """This output only: `protect` has seen to it as far as what stands lets it."""
        return _Known([self.output], self.policy)

    def _with(self, place: Place) -> str:
        """The last older output that speaks of the same table, by name."""
        for output in reversed(self.older):
            if any((p.metric, p.dimension) == (place.metric, place.dimension) for p in output.by_place):
                return output.name
        return self.older[-1].name if self.older else ""


def _by_table(places: Sequence[Place]) -> list[list[Place]]:
    """Places by the table that they are in."""
    tables: dict[tuple[Place, str], list[Place]] = defaultdict(list)
    for place in places:
        tables[place.whole, place.dimension].append(place)
    return list(tables.values())


def _behind_rates(output: Output) -> Iterator[Place]:
    """The numbers that the rates of an output are made of."""
    for place in output.by_place:
        metric = CATALOGUE.get(place.metric)
        if metric is not None and metric.is_rate:
            yield from (place.of(metric.numerator), place.of(metric.denominator))


class _Known:
    """What some outputs tell, component by component as it is asked for."""

    def __init__(self, outputs: Sequence[Output], policy: Policy) -> None:
        self.policy = policy
        self.components = {
            unknown: system for system in system_of(outputs, policy).components() for unknown in system.bounds
        }
        self.readers: dict[int, Reader | None] = {}

    def interval(self, unknowns: Sequence[Unknown]) -> Interval:
        """Between what a sum lies; anything where they say nothing of it, or what they say cannot be."""
        system = self.components.get(unknowns[0])
        if system is None or not set(unknowns) <= system.bounds.keys():
            return Interval(Decimal(0), Decimal("Infinity"))
        if id(system) not in self.readers:
            reader = Reader(system, is_counted=is_counted(system, self.policy))
            self.readers[id(system)] = reader if reader.is_possible() else None
        asked = self.readers[id(system)]
        return asked.interval(unknowns) if asked else Interval(Decimal(0), Decimal("Infinity"))
