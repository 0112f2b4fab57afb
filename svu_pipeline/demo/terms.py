"""What a sentence comes to: the demo's own arithmetic, so that the truth does not lean on the pipeline's."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from svu_pipeline.demo.force import Result

TERM_CODES = ("1002", "1007", "1022", "1081", "1162", "1507")
INDETERMINATE_CODES = ("1003", "4064", "4065")
YEARS_PER_UNIT = {"Y": Fraction(1), "M": Fraction(1, 12), "W": Fraction(28, 1461), "D": Fraction(4, 1461)}


def is_indeterminate(result: Result) -> bool:
    """Life or detention without a set end, whatever number stands beside it."""
    return result.code in INDETERMINATE_CODES or (result.code in TERM_CODES and result.unit == "L")


def years_of(result: Result) -> Fraction | None:
    """The years of a determinate custodial result that is not suspended; None for every other result."""
    if result.code not in TERM_CODES or result.qualifier == "S" or result.unit == "L" or result.value is None:
        return None
    return result.value * YEARS_PER_UNIT[result.unit]


def effective_years(results: Iterable[Result]) -> Fraction:
    """The longest of the terms that run together, and each consecutive one added to it."""
    together = [Fraction(0)]
    added = Fraction(0)
    for result in results:
        years = years_of(result)
        if years is None:
            continue
        if result.qualifier == "F":
            added += years
        else:
            together.append(years)
    return max(together) + added
