"""The one rounding: Python's and SQL's are the same, and both are the arithmetic of half away from zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from svu_pipeline.metrics import catalogue
from svu_pipeline.metrics.rounding import magnitude, printed, rounded, significant

MACROS = (Path(catalogue.__file__).parent / "macros.sql").read_text("utf-8")
RATIO = st.tuples(st.integers(-(10**15), 10**15), st.integers(1, 10**9), st.integers(0, 6))
HALF = st.builds(
    lambda whole, places: (2 * whole + 1, 2 * 10**places, places), st.integers(-(10**9), 10**9), st.integers(0, 6)
)
EXACT = st.fractions(max_denominator=10**6).filter(lambda value: abs(value) < 10**15)


@settings(deadline=None, max_examples=40)
@given(st.lists(RATIO | HALF, min_size=1, max_size=40))
@example([(-1, 100, 1), (1, 2, 0), (-1, 2, 0), (5, 200, 2), (-5, 200, 2), (0, 7, 3)])
def test_python_prints_what_sql_prints(ratios: list[tuple[int, int, int]]) -> None:
    """For any ratio, negatives and exact halves too, to the last character."""
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        values = ", ".join(f"({n}::BIGINT, {d}::BIGINT, {decimals})" for n, d, decimals in ratios)
        found = connection.execute(
            f"SELECT printed(n, d, decimals) FROM (VALUES {values}) t(n, d, decimals)"
        ).fetchall()
    assert [text for (text,) in found] == [printed(*ratio) for ratio in ratios]


@given(EXACT, st.integers(-6, 6))
def test_a_number_moves_by_at_most_half_a_unit_and_a_half_goes_away_from_zero(value: Fraction, decimals: int) -> None:
    unit = Fraction(10) ** -decimals
    moved = Fraction(rounded(value, decimals)) - value
    assert abs(moved) <= unit / 2
    assert (Fraction(rounded(value, decimals)) / unit).denominator == 1
    if abs(moved) == unit / 2 and value:
        assert (moved > 0) == (value > 0)


def test_rounding_is_exact_whatever_the_size_and_has_no_negative_nought() -> None:
    """No context of `decimal` cuts digits off."""
    assert rounded(10**60 + 1, 0) == Decimal(10**60 + 1)
    assert str(rounded(Fraction(-1, 100), 1)) == "0.0"
    assert printed(100 * 305, 440, 1) == "69.3"
    with pytest.raises(ZeroDivisionError):
        printed(1, 0, 1)


@given(EXACT.filter(bool), st.integers(1, 6))
def test_significant_figures_are_counted_from_the_first_digit(value: Fraction, figures: int) -> None:
    """The rounded number has no more digits than asked for, noughts at the end apart, and its error is below half of the last."""
    said = significant(value, figures)
    assert len(str(abs(said)).replace(".", "").strip("0")) <= figures
    assert abs(Fraction(said) - value) <= Fraction(10) ** (magnitude(value) - figures + 1) / 2
    assert Fraction(10) ** magnitude(value) <= abs(value) < Fraction(10) ** (magnitude(value) + 1)
    assert significant(0, figures) == 0
