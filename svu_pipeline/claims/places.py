"""The parts that a text names: a district, an operation or drug line, a unit, a drug, a kind of weapon.

Names come from the review's own breakdowns; a town that no breakdown knows is told apart, as nothing can be said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from svu_pipeline.claims.figures import Part

_ALSO = {
    "MDA_S23": r"(?:(?:section|s\.?)\s?23\b(?: of the )?)?(?:misuse of drugs act)|(?:section|s\.?)\s?23\b",
    "PACE_S8": r"(?:section|s\.?)\s?8\b",
    "FIREARMS_S46": r"firearms act|(?:section|s\.?)\s?46\b",
    "POCA_S352": r"(?:section|s\.?)\s?352\b",
    "THEFT_S26": r"theft act|(?:section|s\.?)\s?26\b",
    "POCA_S294": r"(?:section|s\.?)\s?294\b",
    "POCA_S6": r"(?:section|s\.?)\s?6\b",
    "PACE_S19": r"(?:section|s\.?)\s?19\b",
    "AFO": r"account[- ]freezing orders?",
    "CHARITY": r"charit(?:y|ies)",
    "NHS": r"NHS|health services?",
    "SOCIAL_CARE": r"social (?:care|services)",
    "EDUCATION": r"education|schools?",
    "HOUSING": r"housing",
    "TYPE_1": r"type (?:1|one)|line and (?:its )?holder",
    "TYPE_2": r"type (?:2|two)",
    "MDMA": r"mdma|ecstasy",
    "SWORD": r"swords?",
    "IMITATION_FIREARM": r"imitations?(?: firearms?)?",
    "F": r"(?:women|females?)(?: or girls)?",
    "M": r"(?:men|males?)(?: or boys)?",
    "A": r"class a",
    "B": r"class b",
    "C": r"class c",
}
_WHOLE = {"KNIFE", "FIREARM"}
"""Kinds whose name is also that of the whole group: which of the two is meant the number tells (`judge.py`)."""
_NAMED = {
    "district",
    "unit",
    "operation",
    "weapon_type",
    "drug",
    "drug_class",
    "power",
    "closure",
    "partner",
    "sex",
    "age_band",
}
_TOWNS = (
    "Waltham Abbey|Chingford|Clacton|Harwich|Canvey(?: Island)?|Grays|Tilbury|Witham|Billericay|Wickford|Rayleigh|Loughton"
    "|Saffron Walden|Stansted(?: Airport)?|Shoeburyness|Purfleet|Pitsea|Laindon|Halstead|Ongar|Burnham|Leigh-on-Sea|Westcliff"
    "|Dunmow|Walton|Frinton|Hadleigh|Benfleet|Brightlingsea|Wivenhoe|Romford|Ilford|Walthamstow"
)
UNPLACED = "elsewhere"
"""The dimension of a town that no figure is broken down by."""

_COURT = r"(?!\s+(?:Crown|Magistrates|Youth|County|Airport|City Council|Council|FC|Prison))"


@dataclass(frozen=True)
class Place:
    """A part named at `start` to `end` of a text."""

    start: int
    end: int
    part: Part
    text: str


def places(text: str, parts: Iterable[Part]) -> list[Place]:
    """Every part that a text names, in order."""
    found = [
        Place(match.start(), match.end(), part, match[0])
        for part in parts
        if part.dimension in _NAMED and (pattern := _pattern(part))
        for match in re.finditer(pattern, text, re.IGNORECASE if part.dimension not in ("district", "operation") else 0)
    ]
    towns = re.finditer(rf"\b(?:{_TOWNS})\b(?!\s+(?:Crown|Magistrates))", text)
    found += [Place(m.start(), m.end(), Part(UNPLACED, m[0], m[0]), m[0]) for m in towns]
    longest = [p for p in found if not any(_holds(other, p) for other in found)]
    return sorted(longest, key=lambda place: place.start)


def _holds(other: Place, place: Place) -> bool:
    return other.start <= place.start and place.end <= other.end and other.end - other.start > place.end - place.start


def _pattern(part: Part) -> str:
    """How a part is written in a text; '' for what is never named so."""
    if part.code in _ALSO:
        return rf"\b(?:{_ALSO[part.code]})(?!\w)"
    name = re.escape(part.label)
    match part.dimension:
        case "district":
            if part.label.startswith("Outside"):
                return ""
            return rf"\b{re.escape(part.label.split('-on-')[0])}(?:-on-Sea)?\b{_COURT}"
        case "operation":
            bare = re.escape(part.label.removeprefix("Operation "))
            either = f"{bare}|{bare.title()}"
            return rf"\b(?:Op(?:eration|\.)?|OPERATION)\s+(?:{either})\b|\b(?:{either})(?:['’]s)?\s+(?:line|drug line|county line)\b|\b(?<![A-Z] ){bare}\b(?=\s+(?:line|drugs?))"
        case "weapon_type" | "drug":
            if part.code.startswith("OTHER") or part.code in _WHOLE:
                return ""
            return rf"\b{name.replace('knife', 'kni(?:fe|ves)')}s?(?!\w)"
        case "age_band":
            return r"\baged (?:between )?" + r"(?: to | and |–|-)".join(map(re.escape, part.label.split("–"))) + r"\b"
        case "unit" | "partner":
            return rf"\b{name}\b"
    return ""
