"""The records of one dataset being prepared: defects are planted here, each noted in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from svu_pipeline.demo.force import ESSEX_DISTRICTS, HAVERING
from svu_pipeline.demo.ledger import Ledger
from svu_pipeline.demo.names import Person
from svu_pipeline.demo.records import Record


def always(_: Record) -> bool:
    return True


@dataclass
class Tray:
    """`key` is the key column and `new_key` makes the keys of records that exist only as defects."""

    source: str
    dataset: str
    key: str
    new_key: Callable[[int], str]
    ledger: Ledger
    rng: Random
    records: list[Record] = field(default_factory=list)
    _made: int = 0

    def add(
        self,
        values: dict[str, Any],
        subject: Any = None,
        delivered: date = date.min,
        is_plain: bool = True,
        person: Person | None = None,
    ) -> Record:
        record = Record(self.dataset, values, delivered, subject=subject, is_plain=is_plain, person=person)
        self.records.append(record)
        return record

    def pick(self, count: int, where: Callable[[Record], bool] = always) -> list[Record]:
        """`count` records on which nothing was planted yet; nothing more will be."""
        plain = [record for record in self.records if record.is_plain and record.fate == "current" and where(record)]
        chosen = self.rng.sample(plain, count)
        for record in chosen:
            record.is_plain = False
        return chosen

    def clones(self, count: int, where: Callable[[Record], bool] = always) -> Iterator[Record]:
        """Copies of good records under keys of their own: were one accepted, a figure would move."""
        plain = [record for record in self.records if record.is_plain and record.fate == "current" and where(record)]
        for record in self.rng.sample(plain, count):
            self._made += 1
            clone = record.copy()
            clone.values[self.key] = self.new_key(self._made)
            self.records.append(clone)
            yield clone

    def note(self, outcome: str, what: str, reason: str = "", column: str = "", count: int = 1) -> None:
        self.ledger.note(self.source, self.dataset, outcome, what, reason=reason, column=column, count=count)

    def hold(
        self,
        count: int,
        column: str,
        value: Any,
        reason: str,
        what: str,
        where: Callable[[Record], bool] = always,
    ) -> list[Record]:
        """New records spoiled in one required column: held."""
        held = list(self.clones(count, where))
        for record in held:
            record.values[column] = value
            record.fate = "held"
            self.note("held", what, reason, column)
        return held

    def withhold(
        self,
        count: int,
        column: str,
        value: Any,
        reason: str,
        what: str,
        where: Callable[[Record], bool] = always,
    ) -> None:
        """Good records with a bad value in an optional column: the value goes, the row stays."""
        for record in self.pick(count, where):
            record.values[column] = value
            self.note("withheld", what, reason, column)

    def warn_code(
        self, count: int, column: str, value: str, what: str, where: Callable[[Record], bool] = always
    ) -> None:
        """Good records with a code that is in no list: kept as UNKNOWN, warned."""
        for record in self.pick(count, where):
            record.values[column] = value
            self.note("warned", what, "unknown_code", column)

    def other_case(self, count: int, column: str, where: Callable[[Record], bool] = always) -> None:
        """Codes in small letters between blanks: the same codes."""
        for record in self.pick(count, where):
            record.values[column] = f" {record.values[column].lower()} "
            self.note("counted", "code in small letters between blanks", "other_case", column)

    def repeat(self, count: int, what: str, delivered: Callable[[Record], date] | None = None) -> None:
        """Exact copies, in the same file or in a later one."""
        for record in self.pick(count):
            copy = record.copy(fate="duplicate")
            if delivered:
                copy.delivered = delivered(record)
            self.records.append(copy)
            self.note("duplicate", what)

    def conflict(self, pairs: int, column: str, value: Any, where: Callable[[Record], bool] = always) -> None:
        """Two different rows of one key and equal order in one delivery: both held."""
        for record in self.clones(pairs, where):
            record.fate = "held"
            other = record.copy()
            other.values[column] = value
            self.records.append(other)
            self.note("held", "two different rows of one key", "conflicting_duplicate", count=2)

    def outside_essex(self, count: int, column: str, where: Callable[[Record], bool] = always) -> None:
        """Moves good records to a district outside Essex, and notes all kept ones there; call last."""
        for record in self.pick(count, where):
            record.values[column] = HAVERING
        outside = sum(
            1
            for record in self.records
            if record.fate != "held" and record.values[column] and record.values[column] not in ESSEX_DISTRICTS
        )
        if outside:
            self.note("warned", "district outside Essex: kept", "out_of_area", column, outside)

    def note_before_launch(self, count: int, column: str) -> None:
        """Work under a unit's code before there was a unit: kept, warned, not counted."""
        self.note("warned", "work dated before the unit was set up", "before_unit_launch", column, count)
