"""Small hand-made extracts with the figures they must give, a rule each."""

from __future__ import annotations

from . import courts, custody, delivery, prevention, seizures
from .builder import Case
from .nights import NIGHT_CASES, NightCase

__all__ = ["CASES", "NIGHT_CASES", "Case", "NightCase"]

CASES: list[Case] = [
    *custody.case.all, *delivery.case.all, *courts.case.all, *seizures.case.all, *prevention.case.all,
]  # fmt: skip
