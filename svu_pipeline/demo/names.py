"""Invented people: names from lists of our own, dates of birth, PNC ids. Nobody here exists."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib import resources
from random import Random

CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
POSTCODE_AREAS = ("CM", "CO", "SS", "RM", "IG", "EN")

TRAP_SURNAMES = ("Null", "NA")  # ordinary surnames that careless readers turn into nothing


@cache
def name_lists() -> dict[str, list[str]]:
    """The lists of `names.toml`."""
    return tomllib.loads(resources.files("svu_pipeline.demo").joinpath("names.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Person:
    """One generated human being; every system writes them alike. `pnc_id` is "" for a person who has none."""

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


@dataclass
class Registry:
    """Makes people one by one; no two share a PNC id, nor surname, forenames and date of birth together."""

    rng: Random
    people: list[Person] = field(default_factory=list)
    _identities: set[tuple[str, str, date]] = field(default_factory=set)
    _serials: set[tuple[int, int]] = field(default_factory=set)

    def person(
        self,
        *,
        born: date | None = None,
        sex: str = "",
        surname: str = "",
        postcode: str = "",
        pnc: bool = True,
        ages: tuple[int, int] = (15, 48),
        on: date = date(2023, 6, 1),
    ) -> Person:
        """A new person, aged within `ages` on the day `on` unless `born` says otherwise."""
        rng = self.rng
        sex = sex or rng.choices("MFU", (82, 16, 2))[0]
        while True:
            birth = born or self._birth(ages, on)
            last = surname or self._surname()
            first = self._forenames(sex)
            identity = (plain(last), plain(first), birth)
            if identity not in self._identities:
                break
        self._identities.add(identity)
        pnc_id = self._pnc_id(birth) if pnc else ""
        person = Person(len(self.people) + 1, last, first, birth, sex, postcode or self._postcode(), pnc_id)
        self.people.append(person)
        return person

    def twins(self, on: date, *, pnc: bool) -> tuple[Person, Person]:
        """Two people of one surname, date of birth and postcode, with different forenames."""
        first = self.person(ages=(18, 30), on=on, sex="M", pnc=pnc)
        second = self.person(born=first.born, sex="M", surname=first.surname, postcode=first.postcode, pnc=pnc)
        return first, second

    def _birth(self, ages: tuple[int, int], on: date) -> date:
        youngest, oldest = ages
        # Young ages are the likelier ones, and nobody is within a week of a birthday that decides anything.
        years = youngest + int((oldest - youngest + 1) * self.rng.random() ** 1.6)
        return on - timedelta(days=int(years * 365.25) + self.rng.randint(8, 356))

    def _surname(self) -> str:
        if self.rng.random() < 0.45:
            return self.rng.choice(name_lists()["surnames_elsewhere"])
        name = self._english_surname()
        return f"{name}-{self._english_surname()}" if self.rng.random() < 0.06 else name

    def _english_surname(self) -> str:
        lists = name_lists()
        return self.rng.choice(lists["surname_starts"]) + self.rng.choice(lists["surname_ends"])

    def _forenames(self, sex: str) -> str:
        choices = name_lists()["forenames_f" if sex == "F" else "forenames_m"]
        return " ".join(self.rng.sample(choices, self.rng.choices((1, 2), (3, 2))[0]))

    def _postcode(self) -> str:
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
