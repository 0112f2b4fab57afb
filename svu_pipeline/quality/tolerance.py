"""How many rows may break a check before it warns or fails: by count, by share, or by more than there were before."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

HUNDRED = Decimal(100)


class Measure(Enum):
    """What is compared with the limits."""

    ROWS = "rows"
    SHARE = "per cent of the rows"
    RISE = "rows more than before the last delivery"


class Severity(Enum):
    """What breaking a check comes to."""

    ERROR = "error"
    WARN = "warn"


@dataclass(frozen=True)
class Judgement:
    """Whether a check passed, how bad it is if not, and the limits it was held against, in words."""

    passed: bool
    severity: Severity
    threshold: str


@dataclass(frozen=True)
class Tolerance:
    """The limits of one check: above `fail` it is an error, above `warn` a warning; None where it never is.

    `by` says what is measured: failing rows, their share in per cent of the dataset's rows (standing and held), or how many
    more they are than before the last delivery.
    """

    by: Measure
    warn: Decimal | None = None
    fail: Decimal | None = None

    def judge(self, failing: int, rows: int, before: int) -> Judgement:
        """Hold `failing` of `rows` against the limits; `before` is how many failed before the last delivery."""
        measured = self._measured(failing, rows, before)
        is_error = self.fail is not None and measured > self.fail
        is_warning = self.warn is not None and measured > self.warn
        worst = Severity.ERROR if is_error or self.warn is None else Severity.WARN
        return Judgement(not is_error and not is_warning, worst, self.words)

    @property
    def words(self) -> str:
        limits = (("warns", self.warn), ("fails", self.fail))
        return ", ".join(f"{verb} above {limit} {self.by.value}" for verb, limit in limits if limit is not None)

    def _measured(self, failing: int, rows: int, before: int) -> Decimal:
        match self.by:
            case Measure.ROWS:
                return Decimal(failing)
            case Measure.SHARE:
                return HUNDRED * failing / rows if rows else Decimal(0)
            case Measure.RISE:
                return Decimal(failing - before)


ANY_FAILS = Tolerance(Measure.ROWS, fail=Decimal(0))
ANY_WARNS = Tolerance(Measure.ROWS, warn=Decimal(0))
"""The limits of a check of which nothing is said: a single row is enough."""
