"""People who are easily taken for one another: twins, father and son, namesakes, and two whom a PNC id alone tells apart.

What belongs here: who they are. What does not: where they turn up, which is their rooms' (`custody`, `safeguarding`).
"""

from __future__ import annotations

from datetime import date, timedelta

from svu_pipeline.demo.force import Force
from svu_pipeline.demo.names import Person, name_lists


def plan_lookalikes(force: Force, on: date) -> None:
    """Every group of them, aged as on that day. In a group of two with one PNC id, the first has it."""
    _twins(force, on, "twins", pnc=(False, False))
    _twins(force, on, "twins_with_pnc_id", pnc=(True, True))
    _twins(force, on, "twins_alike_in_name", pnc=(False, False), names=name_lists()["alike_m"][0])
    _twins(force, on, "twins_alike_in_name", pnc=(True, True), names=name_lists()["alike_m"][1])
    _twins(force, on, "twin_arrested_twin_safeguarded", pnc=(True, False))
    _twins(force, on, "twin_arrested_twin_safeguarded", pnc=(False, False), sex="F")
    _twins(force, on, "twins_safeguarded", pnc=(False, False), sex="F", names=name_lists()["alike_f"][0])
    _twins(force, on, "twins_safeguarded", pnc=(False, False), sex="F", names=name_lists()["alike_f"][1])
    for pnc in (True, False):
        _father_and_son(force, on, "father_and_son", pnc)
        _namesakes(force, on, pnc)
    _father_and_son(force, on, "father_arrested_son_safeguarded", pnc=False)
    _two_pnc_ids(force, on)


def arrested(force: Force) -> list[Person]:
    """The look-alikes who were arrested."""
    return [person for group, person, number in _members(force) if not _is_safeguarded(group, number)]


def safeguarded(force: Force) -> list[Person]:
    """The look-alikes who were safeguarded."""
    return [person for group, person, number in _members(force) if _is_safeguarded(group, number)]


def _members(force: Force) -> list[tuple[str, Person, int]]:
    return [
        (kind, person, number)
        for kind, groups in force.lookalikes.items()
        for group in groups
        for number, person in enumerate(group)
    ]


def _is_safeguarded(kind: str, number: int) -> bool:
    return kind == "twins_safeguarded" or (kind.endswith("_safeguarded") and number == 1)


def _note(force: Force, kind: str, *group: Person) -> None:
    force.lookalikes.setdefault(kind, []).append(group)


def _twins(
    force: Force, on: date, kind: str, *, pnc: tuple[bool, bool], sex: str = "M", names: list[str] | None = None
) -> None:
    """One surname, date of birth and postcode; forenames of their own."""
    make, letter = force.registry.person, sex.lower()
    one, other = names or force.registry.rng.sample(name_lists()[f"common_{letter}"], 2)
    first = make(ages=(18, 30), on=on, sex=sex, forenames=one, pnc=pnc[0])
    second = make(born=first.born, sex=sex, surname=first.surname, forenames=other, postcode=first.postcode, pnc=pnc[1])
    _note(force, kind, first, second)


def _father_and_son(force: Force, on: date, kind: str, pnc: bool) -> None:
    """One name and one home; a generation between them, and a third of a year."""
    make = force.registry.person
    son = make(ages=(16, 22), on=on, sex="M", pnc=pnc)
    born = son.born - timedelta(days=26 * 365 + 123)
    father = make(born=born, sex="M", surname=son.surname, forenames=son.forenames, postcode=son.postcode, pnc=pnc)
    _note(force, kind, father, son)


def _namesakes(force: Force, on: date, pnc: bool) -> None:
    """One ordinary name, two people of about one age in two towns."""
    make, rng = force.registry.person, force.registry.rng
    surname, forename = rng.choice(name_lists()["surnames_common"]), rng.choice(name_lists()["common_m"])
    first = make(ages=(20, 28), on=on, sex="M", surname=surname, forenames=forename, pnc=pnc)
    second = make(born=first.born + timedelta(days=1000), sex="M", surname=surname, forenames=forename, pnc=pnc)
    _note(force, "namesakes", first, second)


def _two_pnc_ids(force: Force, on: date) -> None:
    """One name and one date of birth, and two people: each has a PNC id of their own, on every record."""
    make = force.registry.person
    first = make(ages=(20, 40), on=on, sex="M")
    second = make(born=first.born, sex="M", surname=first.surname, forenames=first.forenames)
    _note(force, "two_pnc_ids", first, second)
