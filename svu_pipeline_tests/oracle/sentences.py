"""The effective custodial term of a hearing, and the hearings whose terms count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from .arrests import Arrests
from .codes import DETERMINATE, INDETERMINATE
from .history import History
from .people import People, Person
from .record import Record

YEARS = {"Y": Fraction(1), "M": Fraction(1, 12), "W": Fraction(28, 1461), "D": Fraction(4, 1461)}


@dataclass(frozen=True)
class Sentence:
    """What one counted hearing gave one person."""

    record: Record
    person: Person
    years: Fraction
    indeterminate: int


def counted_sentences(history: History, people: People, arrests: Arrests, drug_supply: set[str]) -> list[Sentence]:
    """Hearings for drug supply on a URN with a live charge on a counted arrest of the same person."""
    charged = {(charge["urn"], arrest.person) for arrest in arrests.counted.values() for charge in arrest.charges}
    return [
        Sentence(hearing, people.of(hearing), effective_years(hearing), sum(map(_is_indeterminate, hearing.parts)))
        for hearing in _standing_hearings(history, people)
        if (hearing["urn"], people.of(hearing)) in charged
        and any(result["offence_code"] in drug_supply for result in hearing.parts if _is_custody(result))
    ]


def effective_years(hearing: Record) -> Fraction:
    """The longest of the terms that run together, and every consecutive one added to it."""
    terms = [(result["qualifier"], _years(result)) for result in hearing.parts if _is_determinate(result)]
    together = [years for qualifier, years in terms if qualifier != "F"]
    return max(together, default=Fraction(0)) + sum(
        (years for qualifier, years in terms if qualifier == "F"), Fraction(0)
    )


def _standing_hearings(history: History, people: People) -> Iterable[Record]:
    """Of the hearings of one person on one URN with custody, the latest: it replaced the earlier ones."""
    of_case: dict[tuple[str, Person], list[Record]] = defaultdict(list)
    for hearing in history.current("hearing"):
        if any(map(_is_custody, hearing.parts)):
            of_case[hearing["urn"], people.of(hearing)].append(hearing)
    for hearings in of_case.values():
        yield max(hearings, key=lambda hearing: (hearing["hearing_date"], hearing.order, hearing["hearing_id"]))


def _is_custody(result: Record) -> bool:
    return _is_determinate(result) or _is_indeterminate(result)


def _is_determinate(result: Record) -> bool:
    is_served = result["result_code"] in DETERMINATE and result["qualifier"] != "S"
    return is_served and result["unit"] != "L"


def _is_indeterminate(result: Record) -> bool:
    """Life or another indeterminate custody; what is wholly suspended is no custody at all."""
    is_for_life = result["result_code"] in DETERMINATE and result["unit"] == "L"
    return result["qualifier"] != "S" and (result["result_code"] in INDETERMINATE or is_for_life)


def _years(result: Record) -> Fraction:
    """A term as a share of years of 365.25 days; a unit nobody knows gives none."""
    return (result["value"] or 0) * YEARS.get(result["unit"], Fraction(0))
