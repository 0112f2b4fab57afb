"""Ids that stay, merges and splits: nights of clusters, given directly, against the rules written out record by record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svu_pipeline.people import ledger
from svu_pipeline.warehouse import Damaged, Home, session, table_of_rows

Record = tuple[str, str]
State = dict[Record, str]
Row = tuple[str, str, str]
"""Of a record: its cluster, its identity (`content_id`), its label at the lowest threshold."""

FIRST = datetime(2026, 11, 20, 4, tzinfo=UTC)
LINKED = dict.fromkeys(("dataset", "record_key", "content_id", "cluster", "at_80", "at_90", "at_99"), "TEXT")
ASSIGNED = (
    "SELECT dataset, record_key, content_id, person_key, before, at_80, at_90, at_99 FROM assignment ORDER BY ALL"
)


def at(night: int) -> datetime:
    return FIRST + timedelta(days=night)


@dataclass
class Nights:
    """A home whose ledger is filled night by night."""

    home: Home
    connection: duckdb.DuckDBPyConnection

    def link(self, night: int, clusters: Mapping[Record, Row]) -> bool:
        """Link a night's clusters and write them down; whether there was anything to write. `assignment` is left."""
        rows = [(*record, node, cluster, label, cluster, node) for record, (cluster, node, label) in clusters.items()]
        table_of_rows(self.connection, "record_cluster", LINKED, rows)
        ledger.view_assignment(self.connection, self.home, at(night))
        ledger.assign(self.connection)
        written = ledger.append(self.connection, self.home, at(night), model="1", layer="a", decisions={"same": 0})
        return written is not None

    def groups(self, night: int, *groups: str) -> dict[str, str]:
        """Link groups of one-letter records; the person of each record."""
        self.link(night, {("contact", key): (group, f"node {key}", "") for group in groups for key in group})
        return {record[1]: person for record, person in self.state().items()}

    def state(self, night: int | None = None) -> State:
        """Who is who in the ledger as at a night."""
        ledger.view_assignment(self.connection, self.home, at(night) if night is not None else None)
        rows = self.connection.execute("SELECT dataset, record_key, person_key FROM assigned").fetchall()
        return {(dataset, key): person for dataset, key, person in rows}

    def assignment(self) -> list[tuple[Any, ...]]:
        return self.connection.execute(ASSIGNED).fetchall()

    def events(self, decided: ledger.Decided = ()) -> list[tuple[Any, ...]]:
        """Every event as (night, kind, person, other, records, because, keys of the causes)."""
        ledger.events(self.connection, self.home, decided=decided)
        query = "SELECT epoch_us(known_at), * EXCLUDE (known_at) FROM person_event"
        rows = self.connection.execute(query).fetchall()
        first = int(FIRST.timestamp()) * 10**6
        return [
            (
                (moment - first) // (86_400 * 10**6),
                kind,
                person,
                other,
                records,
                because,
                [c["record_key"] for c in causes],
            )
            for moment, kind, person, other, records, because, causes in rows
        ]

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(self.home.people.rglob("*")) if path.is_file()}


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    with session(tmp_path) as connection:
        yield Nights(Home(tmp_path), connection)


def expected(past: list[State], clusters: Mapping[str, list[Record]]) -> State:
    """Each record's person by the rules of `ledger_candidate.sql`, claim by claim."""
    last = past[-1] if past else {}
    bore: dict[tuple[Record, str], int] = {}
    for number, state in enumerate(past):
        for record, person in state.items():
            bore.setdefault((record, person), number)
    issued: dict[str, int] = {}
    seen: dict[Record, int] = {}
    for (record, person), number in bore.items():
        issued[person] = min(number, issued.get(person, number))
        seen[record] = min(number, seen.get(record, number))
    kept: dict[str, str] = {}

    def settle(borne: Mapping[str, Mapping[str, list[Record]]]) -> None:
        while True:
            claims: dict[str, list[tuple[int, int, str, str]]] = defaultdict(list)
            for cluster, ids in borne.items():
                free = [person for person in ids if person not in kept.values()]
                if cluster not in kept and free:
                    wanted = min(free, key=lambda person: (issued[person], person))
                    of = ids[wanted]
                    oldest = min(bore[record, wanted] for record in of)
                    claims[wanted].append((oldest, -len(of), min(":".join(record) for record in of), cluster))
            if not claims:
                return
            kept.update({min(rivals)[3]: person for person, rivals in claims.items()})

    def ids_of(records: list[Record], pairs: set[tuple[Record, str]]) -> dict[str, list[Record]]:
        ids: dict[str, list[Record]] = defaultdict(list)
        for record, person in pairs:
            if record in records:
                ids[person].append(record)
        return ids

    settle({cluster: ids_of(records, set(last.items())) for cluster, records in clusters.items()})
    settle({cluster: ids_of(records, set(bore)) for cluster, records in clusters.items()})
    state = {}
    for cluster, records in clusters.items():
        dataset, key = min(records, key=lambda record: (seen.get(record, len(past)), record))
        before = [person for person in issued if person.partition(":")[2] == key and person.startswith(dataset)]
        new = f"{dataset}~{len(before) + 1}:{key}" if before else f"{dataset}:{key}"
        state |= dict.fromkeys(records, kept.get(cluster, new))
    return state


RECORDS: list[Record] = [
    ("contact", "1"),
    ("contact", "2"),
    ("contact", "3"),
    ("hearing", "1"),
    ("hearing", "2"),
    ("hearing", "3"),
]
ROW = st.tuples(st.sampled_from("abcd"), st.sampled_from(["n1", "n1", "n2"]), st.sampled_from("xxy"))
NIGHT = st.dictionaries(st.sampled_from(RECORDS), ROW, max_size=len(RECORDS))


def members(night: Mapping[Record, Row]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record, (cluster, _, _) in night.items():
        found[cluster].append(record)
    return found


SOME_NIGHTS = st.lists(st.tuples(NIGHT, st.booleans()), min_size=2, max_size=6)
"""Each with whether it is another run of the instant before, as after a change of the model."""


@given(SOME_NIGHTS)
@settings(max_examples=12, deadline=None)
def test_some_nights_give_the_ids_that_the_rules_say(some: list[tuple[dict[Record, Row], bool]]) -> None:
    """A few of what `make soak` tries by the thousand."""
    by_the_rules(some)


@pytest.mark.soak
@given(SOME_NIGHTS)
@settings(max_examples=2_000, deadline=None)
def test_any_nights_give_the_ids_that_the_rules_say(some: list[tuple[dict[Record, Row], bool]]) -> None:
    """Two thousand sequences of nights, each night linked twice and read back."""
    by_the_rules(some)


def by_the_rules(some: list[tuple[dict[Record, Row], bool]]) -> None:
    """Whatever the nights, and runs of one night again: ids by the rules, no two clusters of one id, nobody renamed who did
    not change; a rerun writes nothing; the past and its `before` are read back as they were; every move is an event."""
    with TemporaryDirectory() as folder, session(Path(folder)) as connection:
        nights = Nights(Home(Path(folder)), connection)
        past: list[State] = []
        instants: list[int] = []
        number, moves = 0, Counter[tuple[int, str, str, str]]()
        for clusters, is_again in some:
            number += not (is_again and past)
            is_written = nights.link(number, clusters)
            linked, found = nights.assignment(), nights.state()
            last = past[-1] if past else {}
            assert found == expected(past, members(clusters))
            _nobody_is_renamed(last, found, members(clusters))
            _nothing_is_written_again(nights, number, clusters, linked)
            assert instants[-1:] == [number] or _before(linked) == _former(nights, number, linked)
            if is_written:
                moves += _moves(number, last, found)
                past.append(found)
                instants.append(number)
        for place, night in enumerate(instants):
            assert night in instants[place + 1 :] or nights.state(night) == past[place]
        assert sum((Counter({event[:4]: event[4]}) for event in nights.events()), Counter()) == moves
        assert sum((Counter({event[:4]: event[4]}) for event in nights.events()), Counter()) == moves


def _nobody_is_renamed(last: State, found: State, clusters: Mapping[str, list[Record]]) -> None:
    """One id a cluster and one cluster an id; a cluster of just those who were one person is that person."""
    people = [{found[record] for record in records} for records in clusters.values()]
    assert all(len(ids) == 1 for ids in people) and len(set().union(*people)) == len(people)
    of = {frozenset(record for record in last if last[record] == person): person for person in last.values()}
    for records in clusters.values():
        assert found[records[0]] == of.get(frozenset(records), found[records[0]])


def _nothing_is_written_again(
    nights: Nights, number: int, clusters: Mapping[Record, Row], linked: list[tuple[Any, ...]]
) -> None:
    """Another run writes nothing and gives the same, and so does reading it back."""
    files = nights.files()
    assert not nights.link(number, clusters) and nights.files() == files and nights.assignment() == linked
    ledger.view_assignment(nights.connection, nights.home, at(number))
    ledger.recall(nights.connection)
    assert nights.assignment() == linked and ledger.covers(nights.home, at(number))


def _before(linked: list[tuple[Any, ...]]) -> dict[Record, str]:
    return {(row[0], row[1]): row[4] for row in linked}


def _former(nights: Nights, number: int, linked: list[tuple[Any, ...]]) -> dict[Record, str]:
    """The person of each record the night before; of one that is new or has another identity, as now."""
    ledger.view_assignment(nights.connection, nights.home, at(number - 1))
    rows = nights.connection.execute("SELECT dataset, record_key, content_id, person_key FROM assigned").fetchall()
    former = {row[:3]: row[3] for row in rows}
    return {(row[0], row[1]): former.get(row[:3], row[3]) for row in linked}


def _moves(night: int, last: State, found: State) -> Counter[tuple[int, str, str, str]]:
    """The events between two states, by definition: who bore an id before and after is who stands."""
    stand = {person for record, person in found.items() if last.get(record) == person}
    moved: Counter[tuple[int, str, str, str]] = Counter()
    for record, person in found.items():
        former = last.get(record, person)
        if former != person:
            assert person in stand or former in stand
            if person in stand:
                moved[night, "merge", person, former] += 1
            if former in stand:
                moved[night, "split", former, person] += 1
    return moved


def test_a_merge_undone_gives_both_ids_back(nights: Nights) -> None:
    """Two people joined by a new record go by the older id; parted again, each goes by its own; all of it is on record."""
    assert nights.groups(1, "ab", "cd") == {"a": "contact:a", "b": "contact:a", "c": "contact:c", "d": "contact:c"}
    assert set(nights.groups(2, "abcde").values()) == {"contact:a"}
    parted = nights.groups(3, "ab", "cde")
    assert parted == dict.fromkeys("ab", "contact:a") | dict.fromkeys("cde", "contact:c")
    assert nights.events() == [
        (2, "merge", "contact:a", "contact:c", 2, "record", ["e"]),
        (3, "split", "contact:a", "contact:c", 3, "model", []),
    ]


def test_the_older_id_stands_whoever_is_larger(nights: Nights) -> None:
    """The first instant decides, not the number of records."""
    nights.groups(1, "z")
    nights.groups(2, "z", "abcdef")
    assert set(nights.groups(3, "abcdefz").values()) == {"contact:z"}


def test_the_larger_part_keeps_the_id_of_records_equally_old(nights: Nights) -> None:
    """One record of five that is taken out gets another id, though it founded the person; and never two people one id."""
    nights.groups(1, "abcde")
    assert nights.groups(2, "a", "bcde") == {"a": "contact~2:a"} | dict.fromkeys("bcde", "contact:a")
    assert nights.groups(3, "abcde") == dict.fromkeys("abcde", "contact:a")
    assert nights.groups(4, "a", "bcde")["a"] == "contact~2:a"


def test_a_new_person_is_named_after_the_record_that_was_there_first(nights: Nights) -> None:
    """Not after one that came tonight, whatever its key."""
    nights.groups(1, "bcd")
    assert nights.groups(2, "ab", "cd") == dict.fromkeys("ab", "contact~2:b") | dict.fromkeys("cd", "contact:b")


def test_a_record_that_comes_back_takes_its_person_back(nights: Nights) -> None:
    """A withdrawn record leaves; its person keeps the id through the others, or takes it again with the record."""
    nights.groups(1, "ab", "c")
    assert nights.groups(2, "b") == {"b": "contact:a"}
    assert nights.groups(3, "ab", "c") == {"a": "contact:a", "b": "contact:a", "c": "contact:c"}
    assert nights.events() == []


def test_part_of_a_person_that_goes_over_to_another_is_a_split_and_a_merge(nights: Nights) -> None:
    """Both stand before and after; the corrected record is the cause of both."""
    nights.link(1, {("contact", key): (group, key, "") for group in ("abc", "de") for key in group})
    nights.link(
        2, {("contact", key): (group, key if key != "c" else "new", "") for group in ("ab", "cde") for key in group}
    )
    assert nights.events() == [
        (2, "split", "contact:a", "contact:d", 1, "record", ["c"]),
        (2, "merge", "contact:d", "contact:a", 1, "record", ["c"]),
    ]


def test_a_decision_is_the_cause_where_it_names_both(nights: Nights) -> None:
    """Decided since the entry before, about a record of each: the decision, even where a record came at the same time;
    about one of them alone only where no record did; of another time not at all."""
    nights.groups(1, "ab", "cd")
    nights.groups(2, "abcde")
    nights.groups(3, "ab", "cde")
    about = [(at(2) - timedelta(hours=9), "contact", "b", "contact", "d"), (at(3), "contact", "b", "contact", "x")]
    assert [event[5:] for event in nights.events(about)] == [("decision", ["b", "d"]), ("decision", ["b"])]
    assert [event[5:] for event in nights.events([about[1]])] == [("record", ["e"]), ("decision", ["b"])]
    late = [(at(3) + timedelta(hours=1), "contact", "b", "contact", "d")]
    assert [event[5:] for event in nights.events(late)] == [("record", ["e"]), ("model", [])]


def test_an_instant_is_on_record_even_when_nothing_moved(nights: Nights) -> None:
    """An entry of no rows says that was linked then; a second run of it says nothing."""
    nights.groups(1, "ab")
    linked: dict[Record, Row] = {("contact", key): ("ab", f"node {key}", "") for key in "ab"}
    assert nights.link(2, linked) and not nights.link(2, linked)
    assert [entry.rows for entry in ledger.entries(nights.home)] == [2, 0]
    assert ledger.covers(nights.home, at(2)) and not ledger.covers(nights.home, at(2) + timedelta(microseconds=1))


def test_nothing_is_written_behind_what_is_on_record(nights: Nights) -> None:
    """Batches put back to an older state than the ledger: said, with what to restore."""
    nights.groups(1, "ab")
    nights.groups(3, "ab")
    with pytest.raises(Damaged, match="Restore restricted/landing"):
        nights.groups(2, "a", "b")
    assert len(ledger.entries(nights.home)) == 2


@pytest.mark.parametrize("name", [ledger.ASSIGNMENT, "manifest.json"])
@pytest.mark.parametrize("is_removed", [True, False], ids=["removed", "changed"])
def test_a_damaged_ledger_is_refused_and_named(nights: Nights, name: str, is_removed: bool) -> None:
    """A file gone or changed is an error with a cure, and `damaged` names it."""
    nights.groups(1, "ab", "c")
    nights.groups(2, "a", "b", "c")
    assert not list(ledger.damaged(nights.home))
    path = next((nights.home.people / "ledger").glob(f"*{1:04d}/{name}"))
    path.unlink() if is_removed else path.write_bytes(path.read_bytes()[:-9] + b"x" * 9)
    with pytest.raises(Damaged, match="Restore it from the backup"):
        nights.state()
    found = [file for file, _ in ledger.damaged(nights.home)]
    assert found == [path.relative_to(nights.home.root).as_posix()]


def test_an_entry_taken_out_is_noticed(nights: Nights) -> None:
    """Each entry carries the fingerprint of the one before it."""
    for night in (1, 2, 3):
        nights.groups(night, "abc"[:night])
    folder = sorted((nights.home.people / "ledger").iterdir())[1]
    folder.rename(nights.home.root / "aside")
    with pytest.raises(Damaged, match="is gone"):
        nights.state()
    assert len(list(ledger.damaged(nights.home))) == 1
