"""Who is who where hands made no slip: a valid PNC id first, else name and date of birth.

A record without a PNC id whose name and date of birth two PNC ids bear is of one of them; no rule says of which.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from .history import History
from .record import Record

PERSONAL = ("custody_record", "hearing", "contact", "civil_order")
APOSTROPHES = "'’‘ʼ`´"

Person = tuple[Any, ...]


class People:
    """The person behind each current record of the four systems that name people."""

    def __init__(self, history: History) -> None:
        records = [record for dataset in PERSONAL for record in history.current(dataset)]
        pnc_ids_of_name: dict[Person, set[str]] = defaultdict(set)
        for record in records:
            name = _name_key(record)
            if name and record["pnc_id"]:
                pnc_ids_of_name[name].add(record["pnc_id"])
        self._person = {_record_id(record): _person(record, pnc_ids_of_name) for record in records}
        self._born_on = _births(records, self._person)

    def of(self, record: Record) -> Person:
        return self._person[_record_id(record)]

    def born_on(self, person: Person) -> date | None:
        """The most frequent valid date of birth of the person; of equally frequent ones the earliest."""
        return self._born_on.get(person)


def _record_id(record: Record) -> Person:
    return (record.dataset, record.key)


def _person(record: Record, pnc_ids_of_name: dict[Person, set[str]]) -> Person:
    if record["pnc_id"]:
        return ("pnc", record["pnc_id"])
    name = _name_key(record)
    if name is None:
        return ("alone", *_record_id(record))
    pnc_ids = pnc_ids_of_name[name]
    return ("pnc", min(pnc_ids)) if pnc_ids else ("name", name)


def _births(records: Iterable[Record], person_of: dict[Person, Person]) -> dict[Person, date]:
    dates: dict[Person, Counter[date]] = defaultdict(Counter)
    for record in records:
        if record["date_of_birth"]:
            dates[person_of[_record_id(record)]][record["date_of_birth"]] += 1
    return {
        person: min(found, key=lambda day, found=found: (-found[day], day))  # type: ignore[misc]
        for person, found in dates.items()
    }


def _name_key(record: Record) -> Person | None:
    surname, forenames = normalised(record["surname"]), normalised(record["forenames"])
    born_on = record["date_of_birth"]
    return (surname, forenames, born_on) if surname and forenames and born_on else None


def normalised(name: str | None) -> str:
    """Accents and apostrophes dropped, case folded, other punctuation and runs of blanks one blank."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name or "") if not unicodedata.combining(c))
    plain = plain.translate({ord(mark): None for mark in APOSTROPHES}).casefold()
    return re.sub(r"[\W_]+", " ", plain).strip()
