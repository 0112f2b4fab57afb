"""What holds of the linking as a whole, whatever the people: from the tables of records to clusters, through the real model.

The people here are drawn afresh from a seed, apart from the demonstration force: twins beside records that could be either,
slips, short forms, dates exchanged, what is missing, shared defendant ids.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from svu_pipeline.people.linking import THRESHOLDS, identify, link, nothing_known
from svu_pipeline.people.model import shipped
from svu_pipeline.warehouse import Home, table_of_rows

SURNAMES = ("Adeyemi", "Barlow", "Cattermole", "Drinkwater", "Eastwood", "Featherstone", "Greenhalgh", "Hathersage",
            "Ingleby", "Jankowski", "Kinsella", "Lockwood", "Mistry", "Nettleton", "Osborne", "Pemberton")  # fmt: skip
FORENAMES = {
    "F": ("Margaret", "Elizabeth", "Priya", "Danielle", "Rebecca", "Yvonne", "Naomi", "Charlotte"),
    "M": ("Robert", "Christopher", "Owen", "Tariq", "Matthew", "Gareth", "Simon", "Jerome"),
}
SHORT = {"Margaret": "Maggie", "Elizabeth": "Beth", "Robert": "Bob", "Christopher": "Chris", "Matthew": "Matt",
         "Rebecca": "Becky", "Danielle": "Dani"}  # fmt: skip
COLUMNS = {
    "custody_record": "custody_ref, pnc_id, surname, forenames, date_of_birth DATE, sex, home_postcode",
    "hearing": "hearing_id, pnc_id, surname, forenames, date_of_birth DATE, urn, defendant_id",
    "contact": "id, pnc_id, surname, forenames, date_of_birth DATE, sex, postcode",
    "civil_order": "order_ref, pnc_id, surname, forenames, date_of_birth DATE",
}
Groups = set[frozenset[str]]
Twins = tuple[set[str], set[str]]


@dataclass(frozen=True)
class Record:
    """A record that names a person; `case` is the urn of a hearing, whose defendant ids count from 1."""

    dataset: str
    key: str
    pnc_id: str | None
    surname: str
    forenames: str | None
    date_of_birth: date | None
    sex: str | None
    postcode: str | None
    case: str | None = None

    def row(self) -> tuple[object, ...]:
        common = (self.key, self.pnc_id, self.surname, self.forenames, self.date_of_birth)
        if self.dataset == "hearing":
            return (*common, self.case or f"urn {self.key}", "1")
        return common if self.dataset == "civil_order" else (*common, self.sex, self.postcode)


@dataclass(frozen=True)
class Crowd:
    """Records; of each pair of twins those that bear the one's names without a slip, and the other's; those of no forename."""

    records: tuple[Record, ...]
    twins: tuple[Twins, ...]
    unnamed: frozenset[str]


def slipped(generator: random.Random, record: Record) -> Record:
    """The record with one thing written otherwise, or with nothing."""
    born, name = record.date_of_birth, record.forenames or ""
    place = generator.randrange(1, len(record.surname) - 1)
    turned = record.surname[:place] + record.surname[place + 1] + record.surname[place] + record.surname[place + 2 :]
    return generator.choice(
        [
            record,
            replace(record, surname=turned),
            replace(record, forenames=SHORT.get(name, name)),
            replace(record, surname=name, forenames=record.surname) if name else record,
            replace(
                record, date_of_birth=born.replace(month=born.day, day=born.month) if born and born.day < 13 else born
            ),
            replace(record, postcode=None, sex=None),
            replace(record, pnc_id=None),
        ]
    )


def crowd(seed: int, people: int = 60) -> Crowd:
    """People of one to four records each; every sixth is a twin, with records beside them that could be either one's."""
    generator = random.Random(seed)
    records: list[Record] = []
    twins: list[Twins] = []

    def add(person: Record, count: int) -> set[str]:
        new = []
        for _ in range(count):
            record = slipped(generator, person)
            dataset = generator.choice(list(COLUMNS))
            case = generator.choice([None, f"urn {person.key}"]) if dataset == "hearing" else None
            new.append(replace(record, dataset=dataset, key=f"{generator.getrandbits(48):012x}", case=case))
        records.extend(new)
        return {name_of(record) for record in new if written_alike(record, person)}

    for number in range(people):
        sex = generator.choice("FM")
        first, other = generator.sample(FORENAMES[sex], 2)
        pnc_id = generator.choice([None, f"{generator.randrange(1990, 2020)}/{number:07d}X"])
        born = date(1960, 1, 1) + timedelta(days=generator.randrange(17000))
        postcode = f"IG{generator.randrange(1, 12)} {generator.randrange(1, 9)}AA"
        person = Record("", str(number), pnc_id, generator.choice(SURNAMES), first, born, sex, postcode)
        own = add(person, generator.randint(1, 4))
        if number % 6 == 0:
            theirs = add(replace(person, key=f"{number} twin", pnc_id=None, forenames=other), generator.randint(1, 4))
            twins.append((own, theirs))
            for either in (None, first[0], f"{first} {other}", other[0]):
                add(replace(person, key=f"{number} {either}", pnc_id=None, forenames=either), 1)
    unnamed = frozenset(name_of(record) for record in records if not record.forenames)
    return Crowd(tuple(records), tuple(twins), unnamed)


def written_alike(one: Record, other: Record) -> bool:
    """Whether names and date of birth are the same to the letter."""
    return (one.surname, one.forenames, one.date_of_birth) == (other.surname, other.forenames, other.date_of_birth)


def name_of(record: Record) -> str:
    return f"{record.dataset}:{record.key}"


@dataclass(frozen=True)
class Linked:
    """The partition of the records at each threshold (95 is the headline), and every row of the outcome as it is."""

    groups: dict[int, Groups]
    rows: tuple[tuple[object, ...], ...]


class Linker:
    """The linking of records in a session of its own, each time from nothing or, with `then`, with the memo of the time before."""

    def __init__(self, home: Path) -> None:
        self.home = Home(home)

    def __call__(self, records: Iterable[Record], *, then: Sequence[Record] = (), threads: int = 2) -> Linked:
        with duckdb.connect(config={"threads": threads}) as connection:
            nothing_known(connection)
            self._link(connection, tuple(records))
            if then:
                connection.execute("CREATE OR REPLACE TABLE known_node AS FROM node")
                connection.execute("CREATE OR REPLACE TABLE known_pair AS FROM pair")
                self._link(connection, then)
            rows = connection.execute("FROM record_cluster").fetchall()
        groups = {}
        for threshold, place in zip(THRESHOLDS, (4, 5, 3, 6), strict=True):
            members = defaultdict(set)
            for row in rows:
                members[row[place]].add(f"{row[0]}:{row[1]}")
            groups[threshold] = {frozenset(group) for group in members.values()}
        return Linked(groups, tuple(rows))

    def _link(self, connection: duckdb.DuckDBPyConnection, records: Sequence[Record]) -> None:
        for dataset, columns in COLUMNS.items():
            typed = {name: (*kind, "TEXT")[0] for name, *kind in map(str.split, columns.split(","))}
            table_of_rows(connection, dataset, typed, [record.row() for record in records if record.dataset == dataset])
        identify(connection, self.home)
        link(connection, shipped())


@dataclass(frozen=True)
class Case:
    """A crowd as linked from nothing, and the linker to link it otherwise."""

    crowd: Crowd
    linked: Linked
    linker: Linker


SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 40))]


@pytest.fixture(scope="module", params=SEEDS)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    drawn, linker = crowd(request.param), Linker(tmp_path_factory.mktemp("home"))
    return Case(drawn, linker(drawn.records), linker)


def test_twins_are_never_joined_by_any_chain(case: Case) -> None:
    """At no threshold are records that bear the names of either in full one person's, whatever lies between them."""
    for groups in case.linked.groups.values():
        for own, theirs in case.crowd.twins:
            assert not any(group & own and group & theirs for group in groups)


def test_a_pnc_id_is_one_person_and_two_are_two(case: Case) -> None:
    """Whatever the names under it; and the defendant of one case is one person, where two PNC ids do not say otherwise."""
    for groups in case.linked.groups.values():
        person = {name: number for number, group in enumerate(groups) for name in group}
        of_pnc, of_case = defaultdict(set), defaultdict(set)
        for record in case.crowd.records:
            if record.pnc_id:
                of_pnc[record.pnc_id].add(person[name_of(record)])
            if record.case:
                of_case[record.case].add(person[name_of(record)])
        assert all(len(people) == 1 for people in [*of_pnc.values(), *of_case.values()])
        assert len(set().union(*of_pnc.values())) == len(of_pnc)


def test_a_lower_threshold_joins_whole_people(case: Case) -> None:
    """Each person at a threshold lies whole within one at every lower threshold."""
    for lower, higher in pairwise(THRESHOLDS):
        wider = {name: group for group in case.linked.groups[lower] for name in group}
        assert all(group <= wider[name] for group in case.linked.groups[higher] for name in group)


def test_the_order_of_records_and_the_threads_change_no_row(case: Case) -> None:
    """Shuffled, on one thread: the same rows in the same order."""
    shuffled = random.Random(1).sample(case.crowd.records, len(case.crowd.records))
    assert case.linker(shuffled, threads=1) == case.linked


def test_nights_one_after_the_other_come_to_what_one_night_does(case: Case) -> None:
    """Linked with the memo of a night with half the records, and of one with all of them: row by row as from nothing."""
    records = case.crowd.records
    assert case.linker(records[::2], then=records) == case.linked
    assert case.linker(records, then=records) == case.linked


def test_other_keys_change_no_one_of_whom_there_is_any_evidence(case: Case) -> None:
    """With every record renamed the people are the same, but for a record that is as like the one twin as the other.

    That one has no forename, and goes with either of them by the ids of its edges.
    """
    generator = random.Random(2)
    renamed = [replace(record, key=f"{generator.getrandbits(48):012x}") for record in case.crowd.records]
    former = {name_of(new): name_of(old) for new, old in zip(renamed, case.crowd.records, strict=True)}
    for threshold, groups in case.linker(renamed).groups.items():
        back = {frozenset(former[name] for name in group) for group in groups}
        assert _without(back, case.crowd.unnamed) == _without(case.linked.groups[threshold], case.crowd.unnamed)


def test_a_stranger_is_no_one_else_and_changes_no_one(case: Case) -> None:
    """One more record, of a name, a date and a place that no other has: a person by itself, all others as they were."""
    born = date(1931, 5, 6)
    stranger = Record("contact", "stranger", None, "Zwartemeer", "Wilhelmina", born, "F", "ZE1 0AA")
    for threshold, groups in case.linker([*case.crowd.records, stranger]).groups.items():
        assert groups == case.linked.groups[threshold] | {frozenset({name_of(stranger)})}


def _without(groups: Groups, names: frozenset[str]) -> Groups:
    return {group - names for group in groups} - {frozenset()}
