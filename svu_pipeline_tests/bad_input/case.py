"""What a case of the catalogue is: an extract in which all is good but for one thing, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, Extract, result

SENTINEL = "ZZSENTINEL_Quill"
"""Stands in every bad record, to be looked for where no value may be."""

MARKED = {**BOB, "surname": SENTINEL}

Spoil = Callable[[Extract], None]


class Outcome(Enum):
    """What must happen, in the letters of the catalogue; `A` is plainly accepted."""

    A = "accepted: no rule broken, nothing noted"
    F = "file refused with the code, and nothing of it kept; other sources go on"
    N = "accepted as another value; counted by the code, where there is one"
    R = "row held with the code"
    W = "kept, and counted by the code"


A, F, N, R, W = Outcome


@dataclass(frozen=True)
class Case:
    """One case of a row of the catalogue. `code` is a rule's reason, a note's or a refusal's code.

    `code` counts `of` rows or things. `values` must stand together in one row of `dataset` as cast. `why` gives the reason
    where `sources.md` asks for another outcome than the catalogue, or where the row has no exact counterpart here.
    """

    row: str
    what: str
    source: str
    spoil: Spoil
    outcome: Outcome
    code: str = ""
    of: int = 1
    dataset: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""

    @property
    def name(self) -> str:
        return f"{self.row} {self.what}"


def good() -> Extract:
    """A small extract beyond reproach: every source has a record or two."""
    extract = Extract()
    arrest = extract.arrest(ANN, "2023-03-01 10:00:00")
    extract.charge(arrest)
    extract.remand(arrest, "PB")
    extract.hearing(ANN, "2023-09-14", result("1002", 31))
    extract.weapon("KNIFE")
    extract.money("SEIZED", 1250)
    extract.warrant(date(2023, 4, 1), date(2023, 4, 12))
    extract.contact(ANN, "2023-12-30")
    extract.breach(extract.order(ANN, "CBO", "2023-10-12"), "2023-11-02")
    extract.operation("DRUG_LINE", "2023-04-12")
    extract.deployment("BUMBLE", "2023-05-01")
    extract.crime("2023-06", "Drugs")
    extract.stops["2023-06"].append({"Date": "2023-06-01T00:06:00+00:00", "Latitude": "51.5", "Longitude": "0.7"})
    return extract


def file(path: str, content: bytes) -> Spoil:
    """The extract with other bytes under a path."""

    def spoil(extract: Extract) -> None:
        extract.files[path] = content

    return spoil


def adds(method: str, *arguments: Any, **columns: Any) -> Spoil:
    """The extract with one more record, written by a method of the builder."""

    def spoil(extract: Extract) -> None:
        getattr(extract, method)(*arguments, **columns)

    return spoil
