"""The one rounding of the pipeline: half away from zero, on exact numbers (counting.md, Saying a number).

The SQL macro `printed` (macros.sql) is the same rule and proven equal. Nothing else in the package rounds a figure.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def rounded(value: Fraction | Decimal | int, decimals: int) -> Decimal:
    """A number with so many decimals, a half going away from zero; below 0 decimals it is rounded to tens, hundreds …

    Exact whatever the size: no context of `decimal` has a say. Never a negative zero.
    """
    exact = Fraction(value)
    shifted = abs(exact) * Fraction(10) ** decimals
    whole = (2 * shifted.numerator + shifted.denominator) // (2 * shifted.denominator)
    is_negative = exact < 0 and whole > 0
    if decimals < 0:
        whole, decimals = whole * 10**-decimals, 0
    return Decimal((int(is_negative), tuple(int(digit) for digit in str(whole)), -decimals))


def printed(numerator: int, denominator: int, decimals: int) -> str:
    """The exact ratio rounded once and written with so many decimals: what the macro `printed` writes.

    Raises ZeroDivisionError where there is no ratio (the macro has null).
    """
    return f"{rounded(Fraction(numerator, denominator), decimals):f}"


def significant(value: Fraction | Decimal | int, figures: int) -> Decimal:
    """A number rounded to so many significant figures (1 or more); zero stays zero."""
    return rounded(value, figures - 1 - magnitude(value)) if value else Decimal(0)


def magnitude(value: Fraction | Decimal | int) -> int:
    """The power of ten of a number's first digit: 2 of 431, 0 of 5.9, −1 of 0.5. ValueError of zero, which has none."""
    size = abs(Fraction(value))
    if not size:
        raise ValueError("zero has no first digit")
    if size >= 1:
        return len(str(size.numerator // size.denominator)) - 1
    return -len(str((size.denominator - 1) // size.numerator))
