"""Invented people: names from lists of our own, dates of birth, PNC ids. Nobody here exists."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random
from typing import Any

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
POSTCODE_AREAS = ("CM", "CO", "SS", "RM", "IG", "EN")

TRAP_SURNAMES = ("Null", "NA")  # ordinary surnames that careless readers turn into nothing


COMMON_FORENAME, COMMON_SURNAME = 0.34, 0.2
"""Share of people who bear one of the dozen names that everybody knows somebody by."""
RELATED = 0.08
"""Share of people who have the surname and the home of somebody known already."""


@cache
def name_lists() -> dict[str, Any]:
    """`names.toml`: lists of names, pairs of alike ones (`alike_m`, `alike_f`), and `short_forms` by forename."""
    return tomllib.loads(resources.files("svu_pipeline.demo").joinpath("names.toml").read_text(encoding="utf-8"))


@cache
def known_names() -> frozenset[str]:
    """Every forename and short form there is, plain: a slip of the pen must not turn one into another."""
    lists = name_lists()
    short = [form for forms in lists["short_forms"].values() for form in forms]
    return frozenset(plain(name) for name in (*lists["forenames_m"], *lists["forenames_f"], *short))


@dataclass(frozen=True)
class Person:
    """One generated human being, as they are; how a record spells them is `deliver.identities`.

    `pnc_id` is "" for a person who has none.
    """

    number: int
    surname: str
    forenames: str
    born: date
    sex: str
    postcode: str
    pnc_id: str

    @property
    def short_pnc_id(self) -> str:
        """The short form of the same PNC id: two-digit year, serial without leading noughts."""
        year, serial = self.pnc_id.split("/")
        return f"{year[2:]}/{serial[:-1].lstrip('0')}{serial[-1]}"


def check_letter(number: int) -> str:
    return CHECK_LETTERS[number % 23]


def wrong_pnc_id(pnc_id: str) -> str:
    """The same id with a check letter that does not hold."""
    position = CHECK_LETTERS.index(pnc_id[-1])
    return pnc_id[:-1] + CHECK_LETTERS[(position + 7) % 23]


def plain(name: str) -> str:
    """A name without accents, case or punctuation: no two people share it and a date of birth."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def nearly_the_same_day(one: date, other: date) -> bool:
    """Two dates that one slip of the pen tells apart: a digit, a neighbouring year, day and month exchanged."""
    digits = sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True))
    is_swapped = one.year == other.year and (one.month, one.day) == (other.day, other.month)
    same_day = (one.month, one.day) == (other.month, other.day)
    return digits <= 2 or is_swapped or (same_day and abs(one.year - other.year) <= 1)


@dataclass
class Registry:
    """Makes people one by one; no two share a PNC id, and none is by chance so like another that no record could tell.

    That is: one first forename and date of birth, or one surname and first forename, and dates of birth a slip of the
    pen apart. Likenesses are planted (`plan.lookalikes`).
    """

    rng: Random
    people: list[Person] = field(default_factory=list)
    _births: dict[tuple[str, str], list[date]] = field(default_factory=lambda: defaultdict(list))
    _name_days: set[tuple[str, date]] = field(default_factory=set)
    _serials: set[tuple[int, int]] = field(default_factory=set)

    def person(
        self,
        *,
        born: date | None = None,
        sex: str = "",
        surname: str = "",
        forenames: str = "",
        postcode: str = "",
        pnc: bool = True,
        ages: tuple[int, int] = (15, 48),
        on: date = date(2023, 6, 1),
    ) -> Person:
        """A new person, aged within `ages` on the day `on` unless `born` says otherwise."""
        rng = self.rng
        sex = sex or rng.choices("MFU", (82, 16, 2))[0]
        is_planted = bool(born and surname and forenames)
        is_stranger = bool(surname or postcode) or not self.people or rng.random() >= RELATED
        kin = None if is_stranger else rng.choice(self.people)
        while True:
            birth = born or self._birth(ages, on)
            last = surname or (kin.surname if kin else self._surname())
            first = forenames or self._forenames(sex)
            forename = plain(first.split()[0])
            others = self._births[plain(last), forename]
            # A family does not give one name twice; fathers and sons of one name are planted.
            is_alike = any(kin or nearly_the_same_day(birth, other) for other in others)
            if is_planted or not (is_alike or (forename, birth) in self._name_days):
                break
        others.append(birth)
        self._name_days.add((forename, birth))
        pnc_id = self._pnc_id(birth) if pnc else ""
        home = postcode or (kin.postcode if kin else self.new_postcode())
        person = Person(len(self.people) + 1, last, first, birth, sex, home, pnc_id)
        self.people.append(person)
        return person

    def _birth(self, ages: tuple[int, int], on: date) -> date:
        youngest, oldest = ages
        # Young ages are the likelier ones, and nobody is within a week of a birthday that decides anything.
        years = youngest + int((oldest - youngest + 1) * self.rng.random() ** 1.6)
        return on - timedelta(days=int(years * 365.25) + self.rng.randint(8, 356))

    def _surname(self) -> str:
        draw = self.rng.random()
        if draw < COMMON_SURNAME:
            return str(self.rng.choice(name_lists()["surnames_common"]))
        if draw < COMMON_SURNAME + 0.35:
            return str(self.rng.choice(name_lists()["surnames_elsewhere"]))
        name = self.new_surname()
        return f"{name}-{self.new_surname()}" if self.rng.random() < 0.08 else name

    def new_surname(self) -> str:
        """An English surname, of one part."""
        lists = name_lists()
        return str(self.rng.choice(lists["surname_starts"]) + self.rng.choice(lists["surname_ends"]))

    def _forenames(self, sex: str) -> str:
        """One or two different forenames, common ones the likelier."""
        lists, letter = name_lists(), "f" if sex == "F" else "m"
        first = self.rng.choice(
            lists[f"common_{letter}" if self.rng.random() < COMMON_FORENAME else f"forenames_{letter}"]
        )
        others = [name for name in lists[f"forenames_{letter}"] if name != first]
        return f"{first} {self.rng.choice(others)}" if self.rng.random() < 0.4 else str(first)

    def new_postcode(self) -> str:
        letters = "".join(self.rng.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
        return f"{self.rng.choice(POSTCODE_AREAS)}{self.rng.randint(1, 20)} {self.rng.randint(1, 9)}{letters}"

    def _pnc_id(self, born: date) -> str:
        while True:
            year = min(born.year + self.rng.randint(13, 20), 2021)
            serial = self.rng.randint(1000, 1_999_999)
            if (year % 100, serial) not in self._serials:
                break
        self._serials.add((year % 100, serial))
        return f"{year}/{serial:07d}{check_letter(int(f'{year % 100:02d}{serial:07d}'))}"
