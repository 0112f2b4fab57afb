"""What a reader of several outputs can work out: all that they say as one system, and between what a hidden number lies in it.

A reader takes a number that two outputs speak of for the same, however far apart they were struck, so long as the numbers
allow it: what was hidden in one and shown in the other is known. Of what is counted once (people) windows cannot be taken
from one another; of what adds up (arrests, pounds) a window is the sum of its months, part by part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from svu_pipeline.disclosure.policy import Policy, is_rate
from svu_pipeline.disclosure.solver import INFINITE, Program, Ready
from svu_pipeline.disclosure.statements import Output, Place, Statement
from svu_pipeline.metrics.catalogue import CATALOGUE

MOST = 1e7
"""More than any number of ours; a bound is better for the solver than none."""


class Atom(NamedTuple):
    """What one month brings to a part: never said by itself, but windows are sums of it."""

    metric: str
    version: int
    dimension: str
    code: str
    month: str


class Said(NamedTuple):
    """A number that one output gives within bounds only: rounded, or to so many places."""

    output: str
    place: Place


Unknown = Place | Atom | Said


@dataclass(frozen=True)
class Row:
    """A sum of unknowns between two bounds. One that is `likely` holds for nearly all records, and a reader counts on it."""

    terms: Mapping[Unknown, float]
    low: float
    high: float
    is_likely: bool = False


@dataclass
class System:
    """Unknowns with their bounds, and the rows between them."""

    bounds: dict[Unknown, tuple[float, float]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def components(self) -> list[System]:
        """The parts of the system that no row joins."""
        root: dict[Unknown, Unknown] = {unknown: unknown for unknown in self.bounds}

        def find(unknown: Unknown) -> Unknown:
            while root[unknown] != unknown:
                root[unknown] = root[root[unknown]]
                unknown = root[unknown]
            return unknown

        for row in self.rows:
            first, *others = map(find, row.terms)
            for other in others:
                root[find(other)] = find(first)
        parts: dict[Unknown, System] = defaultdict(System)
        for unknown, bounds in self.bounds.items():
            parts[find(unknown)].bounds[unknown] = bounds
        for row in self.rows:
            parts[find(next(iter(row.terms)))].rows.append(row)
        return list(parts.values())


def system_of(outputs: Sequence[Output], policy: Policy) -> System:
    """All that outputs say of the numbers that a policy protects; of two that differ the later is taken for known."""
    return _Builder(outputs, policy).system


class _Builder:
    def __init__(self, outputs: Sequence[Output], policy: Policy) -> None:
        self.policy, self.system = policy, System()
        self.outputs = [_protected(output, policy) for output in outputs]
        self.known: dict[Place, Statement] = {}
        for output in self.outputs:
            self.known.update(
                {s.place: _both(self.known.get(s.place), s) for s in output.statements if not s.is_hidden}
            )
        self.wholes = self._wholes()
        for output in self.outputs:
            if output.is_tabular:
                self._tables(output)
                self._between(output)
        self._rates(outputs)
        self._across_windows()

    def _wholes(self) -> dict[tuple[str, int], list[Place]]:
        found: dict[tuple[str, int], list[Place]] = defaultdict(list)
        for place in self.known:
            if not place.dimension:
                found[place.metric, place.version].append(place)
        return found

    def _tables(self, output: Output) -> None:
        """A table adds up to its whole; or each part is at most the whole, and all are at least it."""
        for whole, parts, adds_up in _tables_of(output):
            if all(output.by_place[place].is_exact for place in (whole, *parts)):
                continue
            terms: dict[Unknown, float] = {**dict.fromkeys(parts, 1.0), whole: -1.0}
            self._row(output, terms, 0.0, 0.0 if adds_up else INFINITE)
            if not adds_up:
                for part in parts:
                    self._row(output, {part: 1.0, whole: -1.0}, -INFINITE, 0.0)

    def _between(self, output: Output) -> None:
        hidden = [statement.place for statement in output.statements if statement.is_hidden]
        for rule in self.policy.at_most:
            every = {rule.whole, *rule.parts}
            for place in {place.of(rule.whole) for place in hidden if place.metric in every}:
                terms: dict[Unknown, float] = {**{place.of(part): 1.0 for part in rule.parts}, place: -1.0}
                self._row(output, terms, -INFINITE, 0.0, is_likely=True)
        for same in self.policy.equal:
            first, second = same.metrics
            for place in {place.of(first) for place in hidden if place.metric in same.metrics}:
                if place.dimension == same.dimension and place.code in same.codes:
                    self._row(output, {place: 1.0, place.of(second): -1.0}, 0.0, 0.0, is_likely=True)

    def _rates(self, outputs: Sequence[Output]) -> None:
        """A rate that is said ties the two numbers that it is made of, wherever they are said."""
        for output in outputs:
            for statement in output.statements:
                metric = CATALOGUE.get(statement.place.metric)
                if metric is None or not metric.is_rate or statement.is_hidden:
                    continue
                above, below = statement.place.of(metric.numerator), statement.place.of(metric.denominator)
                for bound, is_low in ((statement.low, True), (statement.high, False)):
                    if bound is not None:
                        ends = (0.0, INFINITE) if is_low else (-INFINITE, 0.0)
                        self._row(None, {above: 100.0, below: -float(bound)}, *ends)

    def _across_windows(self) -> None:
        tables: dict[tuple[str, int, str], dict[Place, Output]] = defaultdict(dict)
        for output in self.outputs:
            if output.is_tabular:
                for place in output.by_place:
                    if place.dimension and CATALOGUE[place.metric].is_additive:
                        tables[place.metric, place.version, place.dimension][place.whole] = output
        for (metric, version, dimension), windows in tables.items():
            if len(windows) > 1:
                self._months_of(metric, version, dimension, windows)

    def _months_of(self, metric: str, version: int, dimension: str, windows: Mapping[Place, Output]) -> None:
        """Each part of each window is the sum of its months; all parts of a month are that month's whole."""
        codes = {p.code for o in windows.values() for p in o.by_place if (p.metric, p.dimension) == (metric, dimension)}
        months = sorted({month for whole in windows for month in whole.span})
        for code in sorted(codes):
            for whole, output in windows.items():
                part = Place(metric, version, whole.window, whole.months, dimension, code)
                atoms: dict[Unknown, float] = {
                    Atom(metric, version, dimension, code, month): 1.0 for month in whole.span
                }
                self._row(output, {**atoms, part: -1.0}, 0.0, 0.0)
        for month in months:
            whole = Place(metric, version, month, 1)
            if whole in self.known or any(whole in output.by_place for output in self.outputs):
                every: dict[Unknown, float] = {
                    Atom(metric, version, dimension, code, month): 1.0 for code in sorted(codes)
                }
                self._row(None, {**every, whole: -1.0}, 0.0, 0.0)

    def _row(
        self, output: Output | None, terms: Mapping[Unknown, float], low: float, high: float, *, is_likely: bool = False
    ) -> None:
        """A row over places and atoms, of which those that are known become numbers; none at all where all are."""
        unknowns: dict[Unknown, float] = {}
        for name, times in terms.items():
            unknown, value = self._resolved(output, name)
            if unknown is None:
                low, high = low - times * value, high - times * value
            else:
                unknowns[unknown] = unknowns.get(unknown, 0.0) + times
        if unknowns:
            self.system.rows.append(Row(unknowns, low, high, is_likely))

    def _resolved(self, output: Output | None, name: Unknown) -> tuple[Unknown | None, float]:
        """An unknown of the system, or a number: as the output says it, else as another did; what no table lists is zero."""
        if not isinstance(name, Place):
            self.system.bounds.setdefault(name, (0.0, MOST))
            return name, 0.0
        own = output.by_place.get(name) if output else self.known.get(name)
        if output and own is None:
            return None, 0.0
        if own is not None and not own.is_hidden:
            low, high = _ends(own)
            if low == high:
                return None, low
            within = Said(output.name if output else "", name)
            self.system.bounds[within] = (low, high)
            return within, 0.0
        self.system.bounds.setdefault(name, self._reach(name))
        return name, 0.0

    def _reach(self, place: Place) -> tuple[float, float]:
        """Between what a hidden number lies by what is said of it elsewhere, of its whole, of windows in it and around it."""
        if place in self.known:
            return _ends(self.known[place])
        whole = self.known.get(place.whole)
        low, high = 0.0, _ends(whole)[1] if whole else MOST
        if not place.dimension:
            span = set(place.span)
            for other in self.wholes[place.metric, place.version]:
                least, most = _ends(self.known[other])
                if span <= set(other.span):
                    high = min(high, most)
                if span >= set(other.span):
                    low = max(low, least)
        return low, high


def _protected(output: Output, policy: Policy) -> Output:
    """An output's statements on what is protected; rates are looked at apart."""
    kept = tuple(s for s in output.statements if policy.is_protected(s.place.metric) and s.place.metric in CATALOGUE)
    return Output(output.name, output.as_at, output.is_tabular, kept)


def _tables_of(output: Output) -> Iterator[tuple[Place, list[Place], bool]]:
    """Each table of an output: its whole, its parts, whether they add up. Months are a table where all of them are said."""
    tables: dict[tuple[Place, str], list[Place]] = defaultdict(list)
    wholes = []
    for place in output.by_place:
        if place.dimension:
            tables[place.whole, place.dimension].append(place)
        else:
            wholes.append(place)
    for (whole, _), parts in tables.items():
        if whole in output.by_place:
            metric = CATALOGUE[whole.metric]
            yield whole, parts, metric.is_additive or bool(metric.first_of)
    for whole in wholes:
        months = [Place(whole.metric, whole.version, month, 1) for month in whole.span]
        if whole.months > 1 and all(month in output.by_place for month in months):
            yield whole, months, CATALOGUE[whole.metric].is_additive


def _ends(statement: Statement) -> tuple[float, float]:
    low = 0.0 if statement.low is None else float(statement.low)
    return low, MOST if statement.high is None else float(statement.high)


def _both(first: Statement | None, second: Statement) -> Statement:
    """What is known of a number by two statements; where they contradict each other, the later one is."""
    if first is None:
        return second
    lows = [low for low in (first.low, second.low) if low is not None]
    highs = [high for high in (first.high, second.high) if high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return Statement(second.place, low, high) if low is None or high is None or low <= high else second


class Interval(NamedTuple):
    """Between what a number lies as far as a reader can tell."""

    low: Decimal
    high: Decimal


class Reader:
    """A component of a system in the solver's hands.

    Solved without asking for whole numbers, which is many times faster: sums and pairs have whole ends by themselves, and the
    ends are rounded inwards. `protect` asks for whole numbers, and so does the attack in the tests.
    """

    def __init__(self, system: System, *, is_counted: bool) -> None:
        program = Program()
        self.columns = {
            unknown: program.column(low, high, is_whole=False) for unknown, (low, high) in system.bounds.items()
        }
        for row in system.rows:
            program.row({self.columns[unknown]: times for unknown, times in row.terms.items()}, row.low, row.high)
        self._ready: Ready = program.ready()
        self.is_counted = is_counted
        self.seen: list[list[float]] = []

    def is_possible(self) -> bool:
        """Whether there are numbers that fit all that is said."""
        everything = dict.fromkeys(self.columns.values(), 1.0)
        return all(self._ask(everything, highest=highest) is not None for highest in (False, True))

    def explore(self, sums: Sequence[Sequence[Unknown]]) -> None:
        """Look for numbers that fit and have many of the sums as high as can be, and as low: most need no question of their own."""
        aim: dict[int, float] = defaultdict(float)
        for unknowns in sums:
            for unknown in unknowns:
                aim[self.columns[unknown]] += 1.0
        for highest in (True, False):
            self._ask(aim, highest=highest)

    def reached(self, unknowns: Sequence[Unknown]) -> Interval:
        """Between what the sum of unknowns is known to be able to lie, by what was found so far: within its interval."""
        columns = [self.columns[unknown] for unknown in unknowns]
        sums = [sum(found[column] for column in columns) for found in self.seen]
        return Interval(Decimal(str(round(min(sums), 6))), Decimal(str(round(max(sums), 6))))

    def interval(self, unknowns: Iterable[Unknown]) -> Interval:
        """Between what the sum of unknowns lies, of counts in whole numbers. The system must be possible."""
        aim = {self.columns[unknown]: 1.0 for unknown in unknowns}
        ends = []
        for highest in (False, True):
            found = self._ask(aim, highest=highest)
            if found is None:
                raise ValueError("an impossible system has no intervals")
            ends.append(sum(found[column] for column in aim))
        low, high = ends
        if self.is_counted:
            return Interval(Decimal(-int(-(low - 1e-6) // 1)), Decimal(int((high + 1e-6) // 1)))
        return Interval(Decimal(str(round(low, 3))), Decimal(str(round(high, 3))))

    def _ask(self, aim: Mapping[int, float], *, highest: bool) -> list[float] | None:
        found = self._ready.best(aim, highest=highest)
        if found is not None:
            self.seen.append(found)
        return found


def is_counted(system: System, policy: Policy) -> bool:
    """Whether a system is of counts, and so of whole numbers."""
    names = {(unknown.place if isinstance(unknown, Said) else unknown).metric for unknown in system.bounds}
    return all(policy.is_people(name) and not is_rate(name) for name in names)
