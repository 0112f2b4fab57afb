"""A court case in a text (`jailed for 31 months at Chelmsford Crown Court`) against the hearings of the unit's cases.

Told apart by what the sentence says of it: court, age, sex, operation. True of exactly one hearing it is true; where several or
none fit it cannot be checked, except that a named operation with hearings of other terms only makes the number wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from svu_pipeline.claims.claim import Number, Verdict
from svu_pipeline.claims.figures import Hearing

_MONTH = 1461
"""48ths of a day in a month, a twelfth of a year of 365.25 days (counting.md, Effective custodial term)."""
_AGE = re.compile(r"\b(\d{2})[-\s]years?[-\s]old|,\s+(\d{2})(?=,)|\baged (\d{2})\b", re.IGNORECASE)


def judge_case(
    number: Number, unit: str, text: str, operation: str, hearings: Sequence[Hearing]
) -> tuple[Verdict, str]:
    """The verdict on a term and why; `unit` is `months` or `years`, `text` all that is said of the case."""
    term = number.value * _MONTH * (12 if unit.startswith("year") else 1)
    known = [hearing for hearing in hearings if _fits(hearing, text, operation)]
    same = [hearing for hearing in known if Fraction(hearing.term_day_48ths) == term]
    if len(same) == 1 or (same and operation):
        return Verdict.TRUE, "one hearing of the unit's has this term"
    if not same and operation and known:
        return Verdict.WRONG_NUMBER, f"no hearing of {operation} has this term"
    is_narrow = _age(text) is not None and bool(_courts(text, known))
    if not same and is_narrow and len(known) == 1:
        return Verdict.WRONG_NUMBER, "the one hearing that fits has another term"
    found = "several hearings have this term" if same else "no hearing of the unit's is found that has this term"
    return Verdict.CANNOT_BE_CHECKED, f"{found}, by what is said of the case"


def _fits(hearing: Hearing, text: str, operation: str) -> bool:
    """Whether a hearing is of the court, age, sex and operation that a text says, as far as it says them."""
    if operation and hearing.operation.upper() != operation.upper():
        return False
    courts = _courts(text, [hearing])
    if re.search(r"\bCrown Court\b", text) and not courts:
        return False
    age, sex = _age(text), _sex(text)
    return (age is None or hearing.age == age) and (not sex or hearing.sex == sex)


def _courts(text: str, hearings: Sequence[Hearing]) -> list[str]:
    return [hearing.court for hearing in hearings if hearing.court.lower() in text.lower()]


def _age(text: str) -> int | None:
    match = _AGE.search(text)
    return int(next(group for group in match.groups() if group)) if match else None


def _sex(text: str) -> str:
    if re.search(r"\b(?:woman|she|her)\b", text, re.IGNORECASE):
        return "F"
    return "M" if re.search(r"\b(?:man|he|his|him)\b", text, re.IGNORECASE) else ""
