"""What the claim checker finds: a claim with what it says, what it is of, and what is thought of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction


class Verdict(Enum):
    """What is thought of a figure in a text. A figure may earn several: a wrong name and a wrong rounding."""

    TRUE = "true"
    LOOSE = "loose"
    WRONG_NUMBER = "wrong_number"
    WRONG_ROUNDING = "wrong_rounding"
    WRONG_TERM = "wrong_term"
    WRONG_WINDOW = "wrong_window"
    NOT_OURS = "not_ours"
    CANNOT_BE_CHECKED = "cannot_be_checked"
    NOT_A_CLAIM = "not_a_claim"

    @property
    def words(self) -> str:
        """As it is written for a reader."""
        return _WORDS.get(self, self.value.replace("_", " "))

    @property
    def is_wrong(self) -> bool:
        """Whether a text with it must not go out."""
        return self in _WRONG


_WORDS = {Verdict.LOOSE: "true only loosely", Verdict.NOT_OURS: "not ours"}
_WRONG = {Verdict.WRONG_NUMBER, Verdict.WRONG_ROUNDING, Verdict.WRONG_TERM, Verdict.WRONG_WINDOW}


class Said(Enum):
    """How a number is said. The first four are those of counting.md; the others occur in drafts."""

    EXACT = "exact"
    MORE_THAN = "more than"
    AROUND = "around"
    ALMOST = "almost"
    AT_LEAST = "at least"
    UP_TO = "up to"
    LESS_THAN = "less than"
    BETWEEN = "between"
    VAGUE = "vague"


class Unit(Enum):
    """What a number is in, once its prefix is taken off (`£261k` is in pounds)."""

    COUNT = "count"
    POUNDS = "£"
    KILOGRAMS = "kg"
    PER_CENT = "%"
    MONTHS = "months"


@dataclass(frozen=True)
class Number:
    """A number in a text: `start` and `end` are its offsets, the words of its form (`more than`) included.

    `low` is the number as said, in thousands, pounds of weight or whatever it is said in; `factor` turns that into `unit`.
    `high` is the other end of a range, or the most that a vague word (`dozens`) covers. `decimals` are those stated. `core` is
    the offset at which the number itself begins.
    """

    start: int
    core: int
    end: int
    text: str
    said: Said
    low: Decimal
    high: Decimal | None = None
    decimals: int = 0
    unit: Unit = Unit.COUNT
    factor: Fraction = Fraction(1)
    is_share: bool = False

    @property
    def value(self) -> Fraction:
        """The number in `unit`."""
        return Fraction(self.low) * self.factor


@dataclass(frozen=True)
class Claim:
    """A figure of a text and the verdicts on it. `start` and `end` are character offsets into the checked text.

    `window` is written as `2023-11` for twelve months, `2023-10/1` for a month, '' where it is of none. `part` is the
    dimension and the name of the part that it is of, '' for the whole. `exact` is the figure as the catalogue has it, `phrase`
    one that would be true, `why` one sentence for the author.
    """

    start: int
    end: int
    text: str
    verdicts: tuple[Verdict, ...]
    why: str = ""
    metric: str | None = None
    window: str = ""
    part: str = ""
    exact: str = ""
    definition: str = ""
    phrase: str = ""
    said: Said = Said.EXACT
    unit: Unit = Unit.COUNT
    numbers: tuple[Decimal, ...] = ()
    decimals: int = 0

    @property
    def is_claim(self) -> bool:
        return self.verdicts != (Verdict.NOT_A_CLAIM,)

    @property
    def is_wrong(self) -> bool:
        return any(verdict.is_wrong for verdict in self.verdicts)


@dataclass(frozen=True)
class MissingList:
    """A list that a text announces and does not have: `start` and `end` are the offsets of the announcement."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Report:
    """What was found in one text; `window` is the one taken where the text names none."""

    text: str
    window: str
    as_at: str
    claims: tuple[Claim, ...]
    missing_lists: tuple[MissingList, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether the text must not go out as it is."""
        return bool(self.missing_lists) or any(claim.is_wrong for claim in self.claims)

    @property
    def is_loose(self) -> bool:
        return any(Verdict.LOOSE in claim.verdicts for claim in self.claims)
