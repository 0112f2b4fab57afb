"""A linear program with whole numbers, solved by HiGHS: columns with bounds, rows between two bounds, one objective.

HiGHS works in floating point. What it finds is a witness, whose whole numbers are compared as whole numbers by who asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from svu_pipeline.errors import Curable

INFINITE = float("inf")


class Unsolved(Curable):
    """A program that the solver gave up on: says so rather than to take a guess for an answer."""


class Program:
    """A program under construction. Columns are known by their number; rows are sums of columns times whole numbers."""

    def __init__(self) -> None:
        self._bounds: list[tuple[float, float]] = []
        self._costs: dict[int, float] = {}
        self._whole: list[int] = []
        self._rows: list[tuple[float, float, Mapping[int, float]]] = []

    def column(self, low: float, high: float, cost: float = 0.0, *, is_whole: bool = True) -> int:
        """A new column between two bounds; gives its number."""
        number = len(self._bounds)
        self._bounds.append((low, high))
        if cost:
            self._costs[number] = cost
        if is_whole:
            self._whole.append(number)
        return number

    def row(self, terms: Mapping[int, float], low: float, high: float) -> None:
        """A new row: the sum of columns, each times its coefficient, lies between two bounds."""
        self._rows.append((low, high, terms))

    def solve(
        self, objective: Mapping[int, float] | None = None, *, highest: bool = False, is_careful: bool = False
    ) -> list[float] | None:
        """The columns of a best solution, by `objective` or else by their costs; None where there is no solution.

        What is found is a solution. That there is none, or none better, holds only of one that `is_careful`: with presolve,
        which makes it twice as fast, HiGHS 1.15.1 loses solutions of small whole-number programs (test_attack has a case: 1
        for the most of a part that can be 5). Raises Unsolved when the solver gives up.
        """
        ready = self.ready(is_careful=is_careful)
        return ready.best(self._costs if objective is None else objective, highest=highest)

    def ready(self, *, is_careful: bool = False) -> Ready:
        """The program handed to the solver, for many questions about the same rows."""
        import highspy

        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        if is_careful:
            solver.setOptionValue("presolve", "off")
        return Ready(self._passed(solver))

    def _passed(self, solver: Any) -> Any:
        """The program handed to a solver, all at once: a call for each number would cost more than the solving."""
        import highspy

        for option, value in _OPTIONS.items():
            solver.setOptionValue(option, value)
        solver.addVars(len(self._bounds), [low for low, _ in self._bounds], [high for _, high in self._bounds])
        if self._whole:
            kinds = [int(highspy.HighsVarType.kInteger)] * len(self._whole)
            solver.changeColsIntegrality(len(self._whole), self._whole, kinds)
        starts = [0, *accumulate(len(terms) for _, _, terms in self._rows)]
        solver.addRows(
            len(self._rows),
            [low for low, _, _ in self._rows],
            [high for _, high, _ in self._rows],
            starts[-1],
            starts[:-1],
            [number for _, _, terms in self._rows for number in terms],
            [times for _, _, terms in self._rows for times in terms.values()],
        )
        return solver


class Ready:
    """A program in the solver's hands: each further question begins at the answer to the one before."""

    def __init__(self, solver: Any) -> None:
        self._solver = solver
        self._asked: Mapping[int, float] = {}

    def best(self, objective: Mapping[int, float], *, highest: bool) -> list[float] | None:
        """The columns of a best solution; None where there is no solution. Raises Unsolved."""
        import highspy

        costs = {**dict.fromkeys(self._asked, 0.0), **objective}
        if costs:
            self._solver.changeColsCost(len(costs), list(costs), list(costs.values()))
        self._asked = objective
        self._solver.changeObjectiveSense(highspy.ObjSense.kMaximize if highest else highspy.ObjSense.kMinimize)
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return list(self._solver.getSolution().col_value)
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        raise Unsolved(f"the solver of disclosure control ended with {status.name}. Nothing is released. Report it.")


_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "mip_rel_gap": 0.0,
    "mip_abs_gap": 0.0,
}
"""Quiet, and the same answer every time."""
