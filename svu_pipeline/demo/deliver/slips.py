"""How a name, a date of birth or a postcode comes out wrong on one record: pure functions of the value and a stream.

Each gives another value, or None where this slip cannot happen to it. What does not belong here: who suffers which slip
(`identities`).
"""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import date
from random import Random
from unicodedata import normalize

from svu_pipeline.demo.names import known_names, name_lists, plain

Typing = Callable[[str, Random], str | None]
Misdating = Callable[[date, Random], date | None]

NEAR = dict(zip(string.ascii_lowercase, "svvfrdhjoklknmiowezrickzis", strict=True))
"""What is struck or heard instead of a letter."""
SHORTEST_NAME = 5
"""A slip leaves more than half of a name this long as it was."""


def transposed(text: str, rng: Random) -> str | None:
    """Two neighbouring letters in the wrong order, the first letter left alone."""
    return _at_a_letter(text, rng, lambda at: text[:at] + text[at + 1] + text[at] + text[at + 2 :])


def dropped(text: str, rng: Random) -> str | None:
    return _at_a_letter(text, rng, lambda at: text[:at] + text[at + 1 :])


def doubled(text: str, rng: Random) -> str | None:
    return _at_a_letter(text, rng, lambda at: text[:at] + text[at] + text[at:])


def replaced(text: str, rng: Random) -> str | None:
    return _at_a_letter(text, rng, lambda at: text[:at] + NEAR[text[at]] + text[at + 1 :])


def _at_a_letter(text: str, rng: Random, spoil: Callable[[int], str]) -> str | None:
    """Spoils the first name of the text at a plain small letter that has one after it; never into another known name."""
    first = text.split()[0]
    places = [at for at in range(1, len(first) - 1) if first[at] in NEAR and first[at + 1] in NEAR]
    if len(first) < SHORTEST_NAME or not places:
        return None
    result = spoil(rng.choice(places))
    return None if plain(result) == plain(text) or plain(result.split()[0]) in known_names() else result


def without_accents(text: str, _: Random) -> str | None:
    letters = normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return letters if letters != text else None


def one_part(surname: str, rng: Random) -> str | None:
    """One half of a double-barrelled name, one that could be a name by itself."""
    halves = [half for half in surname.split("-") if len(half) > 2]
    return rng.choice(halves) if "-" in surname else None


def short_form(forenames: str, rng: Random) -> str | None:
    forms = name_lists()["short_forms"].get(forenames.split()[0])
    return " ".join([rng.choice(forms), *forenames.split()[1:]]) if forms else None


def without_middle_name(forenames: str, _: Random) -> str | None:
    first, *others = forenames.split()
    return first if others else None


def middle_name_first(forenames: str, rng: Random) -> str | None:
    """Known by the second forename: it stands first, or alone."""
    first, *others = forenames.split()
    return rng.choice((" ".join([*others, first]), " ".join(others))) if others else None


def initials(forenames: str, _: Random) -> str | None:
    return " ".join(name[0] for name in forenames.split())


def day_and_month_swapped(born: date, _: Random) -> date | None:
    return born.replace(month=born.day, day=born.month) if born.day <= 12 and born.day != born.month else None


def wrong_digit(born: date, rng: Random) -> date | None:
    """One digit of the day, the month or the last one of the year is another."""
    text = born.isoformat()
    place = rng.choice((3, 6, 8, 9, 9))
    other = rng.choice([digit for digit in string.digits if digit != text[place]])
    try:
        return date.fromisoformat(text[:place] + other + text[place + 1 :])
    except ValueError:
        return None


def a_year_off(born: date, rng: Random) -> date | None:
    try:
        return born.replace(year=born.year + rng.choice((-1, 1)))
    except ValueError:  # 29 February
        return None


def first_of_january(born: date, _: Random) -> date | None:
    """The year is known and the day is not: what a screen fills in."""
    result = date(born.year, 1, 1)
    return result if result != born else None


def wrong_postcode(postcode: str, rng: Random) -> str | None:
    """The last letter or the digit before is another."""
    place = rng.choice((-1, -3))
    choices = string.digits[1:] if place == -3 else "ABDEFGHJLNPQRSTUWXYZ"
    other = rng.choice([sign for sign in choices if sign != postcode[place]])
    return postcode[:place] + other + postcode[len(postcode) + place + 1 :]
