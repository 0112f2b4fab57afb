"""An attacker who has the outputs and nothing else: every number that was printed, as one system in whole numbers.

Written from counting.md and the outward form of a document alone; it shares no line with `svu_pipeline.disclosure`. It uses
the solver by its modelling interface, with whole numbers throughout, and asks of each hidden part how low and how high it can
be.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import highspy

Part = tuple[str, str, str]
"""Metric, dimension, code; the whole has '' for both."""

FEWER_THAN = (
    ("people_arrested", "arrests"),
    ("people_charged", "people_arrested"),
    ("people_charged_and_remanded", "people_charged"),
    ("children_safeguarded", "people_safeguarded"),
    ("adults_safeguarded", "people_safeguarded"),
    ("gang_injunctions_teenagers", "gang_injunctions"),
)
RATES = {
    "charge_rate": ("people_charged", "people_arrested"),
    "charge_and_remand_rate": ("people_charged_and_remanded", "people_arrested"),
}
CHILD, ADULT = ("under 10", "10–13", "14–17"), ("18–24", "25–34", "35–49", "50+")
EQUAL = (("children_safeguarded", CHILD), ("adults_safeguarded", ADULT))
LARGE = 100_000


def parts(document: dict[str, Any]) -> Iterator[tuple[Part, dict[str, Any]]]:
    """Every number that a document has a place for."""
    for figure in document["figures"]:
        yield (figure["id"], "", ""), figure
        for month in figure["monthly"]:
            yield (figure["id"], "month", month["month"]), month
        for table in figure["breakdowns"]:
            for row in table["rows"]:
                yield (figure["id"], table["dimension"], row["code"]), row


class Attack:
    """What one document lets an attacker work out of the numbers of the `metrics` that it hides parts of."""

    def __init__(self, document: dict[str, Any], metrics: Sequence[str], width: int = 1) -> None:
        """`width`: to the nearest so many the shown parts were rounded; a rate is then of rounded numbers, and tells no more."""
        self.solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.silent()
        self.solver.setOptionValue("presolve", "off")  # it loses solutions: see svu_pipeline/disclosure/solver.py
        self.said = dict(parts(document))
        self.metrics, self.width = metrics, width
        self.columns: dict[Part, Any] = {}
        for figure in document["figures"]:
            if figure["id"] in metrics:
                self._tables(figure)
        self._across()

    def hidden(self) -> list[Part]:
        return [part for part, row in self.said.items() if "c" in row["marks"] and part[0] in self.metrics]

    def interval(self, part: Part) -> tuple[int, int]:
        """How low and how high a hidden part can be."""
        ends = []
        for solve in (self.solver.minimize, self.solver.maximize):
            solve(self._at(part))
            assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            ends.append(round(self.solver.getInfo().objective_function_value))
        return ends[0], ends[1]

    def difference(self, one: Part, other: Part) -> tuple[int, int]:
        """How low and how high what one part leaves of another can be."""
        ends = []
        for solve in (self.solver.minimize, self.solver.maximize):
            solve(self._at(one) - self._at(other))
            ends.append(round(self.solver.getInfo().objective_function_value))
        return ends[0], ends[1]

    def _at(self, part: Part) -> Any:
        """A column for a part: as printed, or anything; what a table does not list is nothing."""
        if part not in self.columns:
            row = self.said.get(part)
            low, high = (0, 0) if row is None else self._printed(part, row)
            self.columns[part] = self.solver.addIntegral(lb=low, ub=high)
        return self.columns[part]

    def _printed(self, part: Part, row: dict[str, Any]) -> tuple[int, int]:
        if row["printed"] is None:
            return 0, LARGE
        value = int(row["printed"])
        if self.width == 1 or part[1] == "" or (value == 0 and part[2] != "UNKNOWN"):
            return value, value
        return max(value - self.width // 2, 0), value + (self.width - 1) // 2

    def _tables(self, figure: dict[str, Any]) -> None:
        whole = self._at((figure["id"], "", ""))
        months = [self._at((figure["id"], "month", row["month"])) for row in figure["monthly"]]
        self.solver.addConstr(sum(months) >= whole)
        if figure["is_additive"]:
            self.solver.addConstr(sum(months) <= whole)
        for month in months:
            self.solver.addConstr(month <= whole)
        for table in figure["breakdowns"]:
            rows = [self._at((figure["id"], table["dimension"], row["code"])) for row in table["rows"]]
            if table["adds_up"] or self.width > 1:
                self.solver.addConstr(sum(rows) == whole)

    def _across(self) -> None:
        places = sorted({(dimension, code) for _, dimension, code in self.said})
        for part, whole in FEWER_THAN:
            if part in self.metrics and whole in self.metrics:
                for dimension, code in places:
                    self.solver.addConstr(self._at((part, dimension, code)) <= self._at((whole, dimension, code)))
        for part, bands in EQUAL:
            if part in self.metrics:
                for band in bands:
                    self.solver.addConstr(
                        self._at((part, "age_band", band)) == self._at(("people_safeguarded", "age_band", band))
                    )
        for (metric, dimension, code), row in self.said.items():
            if metric in RATES and row["printed"] is not None and self.width == 1:
                above, below = (self._at((name, dimension, code)) for name in RATES[metric])
                share = Fraction(row["printed"])
                half = Fraction(1, 20)
                self.solver.addConstr(100 * 100 * above >= int((share - half) * 100) * below)
                self.solver.addConstr(100 * 100 * above <= int((share + half) * 100) * below)


def blank(document: dict[str, Any]) -> dict[str, Any]:
    """The same document with the figures of the force alone: every part hidden that is protected at all."""
    emptied = copy.deepcopy(document)
    for (_, dimension, code), row in parts(emptied):
        if dimension and (code != "UNKNOWN" or "c" in row["marks"]):
            row.update(printed=None, marks=["c"])
    return emptied
