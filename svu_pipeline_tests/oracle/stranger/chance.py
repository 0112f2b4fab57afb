"""The dice of the stranger: people, days and times, and the ways in which a value may be written."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from ..values import pnc_check_letter

Item = TypeVar("Item")

FIRST_DAY, LAST_DAY = date(2022, 10, 1), date(2024, 1, 31)
EXTRACTED_AT = datetime(2024, 2, 4, 20, 0, 0)
EDGES = (
    "2022-11-30 23:59:59", "2022-12-01 00:00:00", "2023-11-30 23:59:59", "2023-12-01 00:00:00",
    "2023-03-26 00:59:59", "2023-03-26 02:00:00", "2023-10-29 01:30:00", "2023-10-29 02:00:00",
    "2023-05-31 23:30:00", "2023-06-01 00:30:00", "2020-06-30 23:59:59",
)  # fmt: skip
SVU = ("RAPTOR_NORTH", "RAPTOR_SOUTH", "RAPTOR_WEST", "SVU_PPP", "SVU_HQ")
OTHERS = ("LPT_BASILDON", "CID_HARLOW", "ROADS")
DISTRICTS = ("E07000066", "E07000070", "E07000077", "E06000033", "E06000034", "E09000031", None)
SURNAMES = (
    "Ashgrove", "Brindlecombe", "Null", "NA", "O’Fennick", "Siôn-Parr", "Durrowby", "Elmstead", "Haldanish",
    "Iveagh-Moor", "Kestlewick", "Lagrôve", "Mbekana", "Nettlefold", "Quarrendon", "Rahmanzai",
)  # fmt: skip
FORENAMES = ("Siân", "Ayo", "Bea", "Cai", "Dev", "Edie", "Femi", "Gus", "Hal", "Ines May", "Jo-Ann", "Kit")


@dataclass(frozen=True)
class Someone:
    """A generated person, as the truth has them. Of namesakes of one birthday no record tells which it is but by PNC id."""

    surname: str
    forenames: str
    born_on: date
    pnc_id: str | None
    sex: str
    is_namesake: bool = False


class Chance:
    """A seeded source of everything that is left to chance."""

    def __init__(self, seed: int, purpose: str) -> None:
        self.random = random.Random(f"{purpose}/{seed}")  # a text seeds the same on every machine
        self._edges = list(EDGES)

    def pick(self, items: Sequence[Item]) -> Item:
        return self.random.choice(items)

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        return self.random.sample(items, len(items))

    def some(self, items: Sequence[Item], most: int) -> list[Item]:
        """Up to `most` of the items, each once."""
        return self.random.sample(items, min(len(items), self.number(0, most)))

    def day(self, first: date = FIRST_DAY, last: date = LAST_DAY) -> date:
        """A day, now and then the first or last of the window 2023-11 or next to it."""
        if first == FIRST_DAY and self.happens(0.08):
            return self.pick([date(2022, 11, 30), date(2022, 12, 1), date(2023, 11, 30), date(2023, 12, 1)])
        return first + timedelta(days=self.number(0, (last - first).days))

    def wall_time(self) -> datetime:
        """A London wall-clock time that exists; each of the edges comes once."""
        if self._edges and self.happens(0.15):
            return datetime.fromisoformat(self._edges.pop(self.number(0, len(self._edges) - 1)))
        midnight = datetime.combine(self.day(), datetime.min.time())
        return midnight + timedelta(seconds=self.number(3 * 3600, 24 * 3600 - 1))

    def unit(self) -> str:
        return self.spelled(self.pick(SVU) if self.happens(0.75) else self.pick(OTHERS))

    def district(self) -> str | None:
        return self.pick(DISTRICTS)

    def spelled(self, code: str) -> str:
        """A code as hands write it: in any case, with blanks around it."""
        roll = self.random.random()
        return code.lower() if roll < 0.08 else f" {code} " if roll < 0.14 else code

    def people(self, how_many: int) -> list[Someone]:
        """People, most with a PNC id; some twins, some who share a name and a birthday."""
        found: list[Someone] = []
        for serial in range(how_many):
            year, number = self.number(1990, 2023), 1000 * self.number(0, 999) + serial
            letter = pnc_check_letter(year % 100, f"{number:07d}")
            pnc_id = f"{year}/{number:07d}{letter}" if self.happens(0.75) else None
            born_on = self.day(date(1960, 1, 1), date(2011, 12, 31))
            if self.happens(0.06):
                born_on = date(2004, 2, 29)
            surname, forenames = self.pick(SURNAMES), self.pick(FORENAMES)
            if found and self.happens(0.1):
                surname, born_on = found[-1].surname, found[-1].born_on
                forenames = found[-1].forenames if self.happens(0.4) else forenames
            sex = self.pick("MMFU")
            is_namesake = any(
                (one.surname, one.forenames, one.born_on) == (surname, forenames, born_on) for one in found
            )
            found = [
                replace(one, is_namesake=True)
                if (one.surname, one.forenames, one.born_on) == (surname, forenames, born_on)
                else one
                for one in found
            ]
            found.append(Someone(surname, forenames, born_on, pnc_id, sex, is_namesake))
        return found

    def as_written(self, who: Someone) -> dict[str, Any]:
        """One system's columns for a person: PNC id long, short, wrong or not taken; names as typed."""
        return {
            "pnc_id": self._pnc_as_written(who),
            "surname": self._name_as_written(who.surname),
            "forenames": self._name_as_written(who.forenames),
            "date_of_birth": who.born_on.isoformat(),
        }

    def _pnc_as_written(self, who: Someone) -> str | None:
        pnc_id = who.pnc_id
        if pnc_id is None or (self.happens(0.15) and not who.is_namesake):
            return None
        year, serial, letter = pnc_id[:4], pnc_id[5:12], pnc_id[12]
        if self.happens(0.06) and not who.is_namesake:
            return f"{year}/{serial}{self.pick([x for x in 'ABCDEFGHJK' if x != letter])}"
        if self.happens(0.25):
            return f"{year[2:]}/{int(serial)}{letter}"
        return pnc_id

    def _name_as_written(self, name: str) -> str:
        roll = self.random.random()
        if roll < 0.06:
            return name.upper()
        if roll < 0.12:
            return unicodedata.normalize("NFD", name)
        if roll < 0.18:
            return f" {name.replace('-', ' ').replace(' ', '  ')} "
        return name.replace("’", "'") if roll < 0.3 else name


def instant(wall: datetime) -> str:
    """A UTC instant as the systems write it."""
    return wall.strftime("%Y-%m-%dT%H:%M:%SZ")
