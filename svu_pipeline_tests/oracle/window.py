"""Windows of whole London months, and rounding half away from zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .values import add_months


@dataclass(frozen=True)
class Window:
    """Local days `first` ≤ day < `end`."""

    first: date
    end: date

    def holds(self, day: date | None) -> bool:
        return day is not None and self.first <= day < self.end

    def holds_month(self, month: str) -> bool:
        return self.first <= date.fromisoformat(f"{month}-01") < self.end


def window_of(month: str, months: int) -> Window:
    """The `months` months that end with `month` (`YYYY-MM`)."""
    last = date.fromisoformat(f"{month}-01")
    return Window(add_months(last, 1 - months), add_months(last, 1))


def rounded(exact: Fraction, places: int) -> str:
    """The exact number at `places` decimals, half away from zero; exact numbers here are never negative."""
    scaled = exact * 10**places
    digits = str((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
