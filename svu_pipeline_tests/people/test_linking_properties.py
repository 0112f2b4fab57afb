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
    """Records; of each pair of twins those of the one and of the other; those that could be either twin's."""

    records: tuple[Record, ...]
    twins: tuple[Twins, ...]
    either: frozenset[str]


def slips(record: Record) -> list[Record]:
    """The record as it is, and with one thing not known, or with a short form of the forename."""
    short = SHORT.get(record.forenames or "", record.forenames)
    return [
        record,
        replace(record, forenames=short),
        replace(record, postcode=None, sex=None),
        replace(record, pnc_id=None),
    ]


def errors(generator: random.Random, record: Record) -> list[Record]:
    """The record with two letters of the surname turned, with its names exchanged, with day and month exchanged."""
    place = generator.randrange(1, len(record.surname) - 1)
    turned = record.surname[:place] + record.surname[place + 1] + record.surname[place] + record.surname[place + 2 :]
    born = record.date_of_birth or date(1970, 1, 1)
    return [
        replace(record, surname=turned),
        replace(record, surname=record.forenames or "", forenames=record.surname),
        replace(record, date_of_birth=born.replace(month=born.day, day=born.month) if born.day < 13 else born),
    ]


def crowd(seed: int, people: int = 60) -> Crowd:
    """People of one to four records each; every sixth has a twin, beside records that could be either one's."""
    generator = random.Random(seed)
    records: list[Record] = []
    twins: list[Twins] = []
    either: set[str] = set()

    def add(person: Record, count: int, *, is_twin: bool = False) -> set[str]:
        new = []
        for _ in range(count):
            wrong = errors(generator, person)
            written = generator.choice(slips(person) + (wrong[:1] if is_twin else wrong))
            dataset = generator.choice(list(COLUMNS))
            case = generator.choice([None, f"urn {person.key}"]) if dataset == "hearing" else None
            new.append(replace(written, dataset=dataset, key=f"{generator.getrandbits(48):012x}", case=case))
        records.extend(new)
        return {name_of(record) for record in new}

    for number in range(people):
        sex = generator.choice("FM")
        first, other = generator.sample(FORENAMES[sex], 2)
        pnc_id = generator.choice([None, f"{generator.randrange(1990, 2020)}/{number:07d}X"])
        born = date(1960, 1, 1) + timedelta(days=generator.randrange(17000))
        postcode = f"IG{generator.randrange(1, 12)} {generator.randrange(1, 9)}AA"
        person = Record("", str(number), pnc_id, generator.choice(SURNAMES), first, born, sex, postcode)
        if number % 6:
            add(person, generator.randint(1, 4))
            continue
        twin = replace(person, key=f"{number} twin", pnc_id=None, forenames=other)
        twins.append(
            (add(person, generator.randint(1, 4), is_twin=True), add(twin, generator.randint(1, 4), is_twin=True))
        )
        for forenames in (None, f"{first} {other}", first[0], other[0]):
            doubtful = replace(person, key=f"{number} {forenames}", pnc_id=None, forenames=forenames)
            either |= add(doubtful, 1, is_twin=True)
    return Crowd(tuple(records), tuple(twins), frozenset(either))


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
    """At no threshold are two records of twins one person's, whatever lies between them."""
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


def test_other_keys_make_no_other_people(case: Case) -> None:
    """With every record renamed the people are the same.

    Left out are those that could be either twin's: one that is as like the one as the other goes by the ids of its edges.
    """
    generator = random.Random(2)
    named = [record for record in case.crowd.records if name_of(record) not in case.crowd.either]
    renamed = [replace(record, key=f"{generator.getrandbits(48):012x}") for record in named]
    former = {name_of(new): name_of(old) for new, old in zip(renamed, named, strict=True)}
    as_they_were = case.linker(named).groups
    for threshold, groups in case.linker(renamed).groups.items():
        assert {frozenset(former[name] for name in group) for group in groups} == as_they_were[threshold]


def test_a_stranger_is_no_one_else_and_changes_no_one(case: Case) -> None:
    """One more record, of a name, a date and a place that no other has: a person by itself, all others as they were."""
    born = date(1931, 5, 6)
    stranger = Record("contact", "stranger", None, "Zwartemeer", "Wilhelmina", born, "F", "ZE1 0AA")
    for threshold, groups in case.linker([*case.crowd.records, stranger]).groups.items():
        assert groups == case.linked.groups[threshold] | {frozenset({name_of(stranger)})}
