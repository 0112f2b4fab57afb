"""Which cells are hidden: the small ones, and the fewest others without which a small one could be worked out.

For each small cell the solver looks for two sets of numbers that fit all that is shown: one in which the cell is as low, one
in which it is as high as the policy asks. Where there are none it chooses what else to hide, at the least loss. Both sets stay
possible when more is hidden later, so that one pass is enough. Whoever reads the outcome cannot exclude either of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from svu_pipeline.disclosure.cells import Cell, Grid, Key, Link
from svu_pipeline.disclosure.policy import Policy
from svu_pipeline.disclosure.solver import INFINITE, Program, Unsolved
from svu_pipeline.metrics.rounding import rounded

FINE = 1000.0
"""To how many steps a sum of money or time is scaled, so that the solver's tolerance is small beside it."""


@dataclass(frozen=True)
class Target:
    """A number that is not to be known: a sum of cells, which must be able to be as low and as high as this."""

    terms: Mapping[Key, int]
    low: int
    high: int


@dataclass(frozen=True)
class Suppression:
    """What is hidden; `small` are the cells that are hidden for their own sake.

    `limited` are the targets that what stands pins closer than the policy asks, however much is hidden.
    """

    hidden: frozenset[Key]
    small: frozenset[Key]
    limited: tuple[Target, ...]


def suppressed(grid: Grid, policy: Policy, also: Iterable[Key] = (), kept: Iterable[Key] = ()) -> Suppression:
    """The cells of a grid that are hidden under a policy. Raises Unsolved when the solver gives up.

    `also` are protected as if they were small; `kept` are hidden and no more.
    """
    small = frozenset(key for key, cell in grid.cells.items() if is_small(key, cell, policy))
    more = frozenset(also) & grid.cells.keys() - small
    hidden, limited = {*small, *more, *(frozenset(kept) & grid.cells.keys())}, list[Target]()
    targets = [*_of_cells(grid, small, policy), *_of_differences(grid, policy), *_of_others(grid, more, policy)]
    values = grid.values
    for part in _components(grid, hidden):
        work = _Component(grid, values, part, policy, hidden & part.keys())
        for target in targets:
            if target.terms.keys() & part.keys() and not work.protects(target):
                limited.append(target)
        hidden |= work.hidden
    _add_decoys(grid, hidden, policy)
    return Suppression(frozenset(hidden), small, tuple(limited))


def is_small(key: Key, cell: Cell, policy: Policy) -> bool:
    """Whether a cell is hidden for its own sake."""
    if key.is_whole:
        size = cell.value if policy.is_people(key.metric) else cell.records
        return cell.value != 0 and (size is None or size < policy.headline_from)
    if key.code in policy.stands or cell.value == 0:
        return False
    if policy.is_people(key.metric):
        return cell.value < policy.threshold
    if cell.records is None or cell.records < policy.threshold:
        return True
    return cell.largest is not None and 100 * cell.largest >= policy.dominance_percent * cell.value


def _of_cells(grid: Grid, small: Iterable[Key], policy: Policy) -> Iterator[Target]:
    for key in sorted(small):
        value = grid.cells[key].value
        if policy.is_people(key.metric):
            yield Target({key: 1}, 1, policy.threshold - 1)
        else:
            room = -(-value * policy.width_percent // 100)
            yield Target({key: 1}, value - room, value + room)


def _of_differences(grid: Grid, policy: Policy) -> Iterator[Target]:
    """What a part leaves of its whole, where that is a small number of people: never of the force's own figures."""
    for rule in policy.at_most:
        if rule.difference == "people":
            for key in sorted(grid.cells):
                parts = {Key(part, key.dimension, key.code): -1 for part in rule.parts}
                if key.metric == rule.whole and not key.is_whole and parts.keys() <= grid.cells.keys():
                    left = grid.cells[key].value - sum(grid.cells[part].value for part in parts)
                    if 0 < left < policy.threshold:
                        yield Target({key: 1, **parts}, 1, policy.threshold - 1)


def _of_others(grid: Grid, more: Iterable[Key], policy: Policy) -> Iterator[Target]:
    """What is hidden although it is not small is not to come back closer than a small one would be known."""
    for key in sorted(more):
        value = grid.cells[key].value
        yield Target({key: 1}, max(0, value - policy.threshold + 1), value)


def _components(grid: Grid, hidden: Iterable[Key]) -> list[dict[Key, Cell]]:
    """The cells that can be hidden, parted into those that no link joins: each part is a small problem of its own."""
    root = {key: key for key in grid.cells if not key.is_whole} | {key: key for key in hidden}

    def find(key: Key) -> Key:
        while root[key] != key:
            root[key] = root[root[key]]
            key = root[key]
        return key

    for link in grid.links:
        joined = [find(key) for key in link.terms if key in root]
        for key in joined[1:]:
            root[find(key)] = find(joined[0])
    parts: dict[Key, dict[Key, Cell]] = {}
    for key in sorted(root):
        parts.setdefault(find(key), {})[key] = grid.cells[key]
    return list(parts.values())


class _Component:
    """Cells that hang together, what of them is hidden so far, and the sets of numbers that are known to fit."""

    def __init__(
        self, grid: Grid, values: dict[Key, int], cells: dict[Key, Cell], policy: Policy, hidden: set[Key]
    ) -> None:
        self.cells, self.values, self.policy, self.hidden = cells, values, policy, hidden
        self.links = [link for link in grid.links if link.terms.keys() & cells.keys()]
        self.is_counted = all(policy.is_people(key.metric) for key in cells)
        self.tops = {key: self._top(grid, key) for key in cells}
        self.unit = 1.0 if self.is_counted else max(self.tops.values()) / FINE
        self.cost = {key: self._loss(key) + place for place, key in enumerate(cells)}
        self.witnesses: list[dict[Key, int]] = [self.values]

    def protects(self, target: Target) -> bool:
        """Hide what it takes for a target to be able to be as low and as high as it must; False where nothing does."""
        lowest, highest = self._reach(target, is_all=False)
        if lowest <= target.low and highest >= target.high:
            return True
        if self._hide_for(target) or self._hide_for(target, is_careful=True):
            return True
        lowest, highest = self._reach(target, is_all=True)
        nearest = Target(target.terms, max(target.low, lowest), min(target.high, highest))
        if not self._hide_for(nearest, is_careful=True):
            self.hidden = set(self.cells)
        return False

    def _reach(self, target: Target, *, is_all: bool) -> tuple[int, int]:
        """How low and how high a target can be: with all hidden, else with what is, as far as it must."""
        found = [_sum(target.terms, witness) for witness in self.witnesses] if not is_all else []
        ends = []
        for is_high, needed in ((False, target.low), (True, target.high)):
            enough = [value for value in found if (value >= needed if is_high else value <= needed)]
            ends.append(enough[0] if enough else self._end(target, is_high=is_high, is_all=is_all))
        return ends[0], ends[1]

    def _end(self, target: Target, *, is_high: bool, is_all: bool) -> int:
        program = Program()
        columns = {
            key: program.column(*self._bounds(key, is_all=is_all), is_whole=self.is_counted) for key in self.cells
        }
        self._add_links(program, columns)
        aim = {columns[key]: float(times) for key, times in target.terms.items() if key in columns}
        witness = self._witness(program.solve(aim, highest=is_high, is_careful=is_all), columns)
        if not is_all:
            self.witnesses.append(witness)
        return _sum(target.terms, witness)

    def _hide_for(self, target: Target, *, is_careful: bool = False) -> bool:
        """Hide the cells of least loss with which a target can be as low and as high as it must; False where none do."""
        program = Program()
        choice = {key: program.column(0, 1, self.cost[key]) for key in self.cells if key not in self.hidden}
        sides = []
        for low, high in ((None, target.low), (target.high, None)):
            columns = {
                key: program.column(0, self.tops[key] / self.unit, is_whole=self.is_counted) for key in self.cells
            }
            self._add_links(program, columns)
            for key, chosen in choice.items():
                least, most = (bound / self.unit for bound in self.shown(key))
                program.row({columns[key]: 1.0, chosen: least}, least, INFINITE)
                program.row({columns[key]: 1.0, chosen: most - self.tops[key] / self.unit}, -INFINITE, most)
            self._add_row(program, columns, Link(target.terms, low, high))
            sides.append(columns)
        solution = program.solve(is_careful=is_careful)
        if solution is None:
            return False
        self.hidden |= {key for key, chosen in choice.items() if solution[chosen] > 0.5}
        self.witnesses += [self._witness(solution, columns) for columns in sides]
        return True

    def shown(self, key: Key) -> tuple[int, int]:
        """Between what a reader knows a shown cell to lie."""
        return shown_between(key, self.values[key], self.policy)

    def _bounds(self, key: Key, *, is_all: bool) -> tuple[float, float]:
        low, high = (0, self.tops[key]) if is_all or key in self.hidden else self.shown(key)
        return low / self.unit, high / self.unit

    def _add_links(self, program: Program, columns: Mapping[Key, int]) -> None:
        for link in self.links:
            self._add_row(program, columns, link)

    def _add_row(self, program: Program, columns: Mapping[Key, int], link: Link) -> None:
        """A link as a row: what is none of the component's cells stands, and is a number."""
        fixed = sum(times * self.values.get(key, 0) for key, times in link.terms.items() if key not in columns)
        low = -INFINITE if link.low is None else (link.low - fixed) / self.unit
        high = INFINITE if link.high is None else (link.high - fixed) / self.unit
        terms = {columns[key]: float(times) for key, times in link.terms.items() if key in columns}
        program.row(terms, low, high)

    def _witness(self, solution: list[float] | None, columns: Mapping[Key, int]) -> dict[Key, int]:
        """A solution as whole numbers. Of counts it is looked after that they keep every link, to the digit."""
        if solution is None:
            raise Unsolved("what disclosure control shows does not fit itself. Nothing is released. Report it.")
        witness = {**self.values, **{key: round(solution[column] * self.unit) for key, column in columns.items()}}
        if self.is_counted and not all(link.holds(witness) for link in self.links):
            raise Unsolved("the solver of disclosure control is not exact. Nothing is released. Report it.")
        return witness

    def _top(self, grid: Grid, key: Key) -> int:
        """More than a hidden cell can be: the figure of the force, where that stands."""
        whole = grid.cells.get(key.whole)
        if whole is not None and not key.is_whole and key.whole not in self.cells:
            return max(whole.value, grid.cells[key].value)
        return 10 * (grid.cells[key].value + self.policy.threshold)

    def _loss(self, key: Key) -> float:
        """What it costs to hide a cell: one is worse than its size, a zero and the unknown are missed least."""
        value, top = self.values[key], self.tops[key]
        share = 0 if key.code in self.policy.stands else 100 * value // max(top, 1)
        return 1000.0 * ((60 if value else 50) + share)


def shown_between(key: Key, value: int, policy: Policy) -> tuple[int, int]:
    """Between what a reader knows a cell to lie that is shown, exactly or to the nearest so many."""
    base = policy.rounding
    if base == 1 or key.is_whole or not policy.is_people(key.metric):
        return value, value
    printed = to_nearest(value, base)
    least, most = printed - base // 2, printed + (base - 1) // 2
    if key.code in policy.stands:
        return max(least, 0), most
    return (max(least, policy.threshold), most) if value else (0, 0)


def to_nearest(value: int, base: int) -> int:
    """A count to the nearest `base`, half away from zero."""
    return int(rounded(Fraction(value, base), 0)) * base


def _sum(terms: Mapping[Key, int], values: Mapping[Key, int]) -> int:
    return sum(times * values.get(key, 0) for key, times in terms.items())


def _add_decoys(grid: Grid, hidden: set[Key], policy: Policy) -> None:
    """Hide a zero wherever a reader who takes no hidden part for zero could work out a small one.

    Then taking none for zero is a mistake, and nobody can build on it.
    """
    for link in grid.links:
        out = [key for key, times in link.terms.items() if times > 0 and key in hidden and policy.is_people(key.metric)]
        if link.low != 0 or link.high != 0 or not out or any(grid.cells[key].value == 0 for key in out):
            continue
        left = sum(grid.cells[key].value for key in out) - (len(out) - 1)
        zeros = [key for key in link.terms if key in grid.cells and not key.is_whole and grid.cells[key].value == 0]
        if left < policy.threshold - 1 and zeros:
            hidden.add(max(zeros, key=lambda key: (key.code in policy.stands, key)))
