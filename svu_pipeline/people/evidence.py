"""Why some records are one person: each link with its evidence by field, what was kept apart, and what changed when.

Read from the tables that the last linking kept in the restricted zone; nothing is linked anew. Whose evidence was shown
to whom and why is in the audit log. Values of records are part of it only where they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Any

from svu_pipeline import audit
from svu_pipeline.clock import Clock, written
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.landing.batch import all_manifests
from svu_pipeline.people import keys, ledger, model
from svu_pipeline.people.decisions import IN_FORCE, LinkDecision, decisions
from svu_pipeline.people.find_person import UnknownPerson, find_person, former_ids
from svu_pipeline.people.kept_links import CUT, THRESHOLD, last_linked, opened
from svu_pipeline.people.model_sql import Level
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, table_of_rows

if TYPE_CHECKING:
    import duckdb

SHOW = "show_person"
"""The word of the audit log for it."""

SHOWN = 25
"""Pairs kept apart that are listed, the likeliest first."""

WORDS = {
    "same": "decided to be the same person",
    "pnc": "the same valid PNC id",
    "defendant": "the same defendant of one case",
    "alike": "alike enough in their details",
    "decision": "kept apart: decided not to be the same person",
    "twins": "kept apart: taken for twins, of one surname and date of birth but with forenames of two people",
    "two_pnc": "kept apart: two different valid PNC ids",
    "others": "kept apart: alike enough, but joining them would join people who are kept apart",
    "near": "not alike enough to be joined",
}
"""Why two records were joined, or were not, by the word that `Link.kind` has for it."""

EVERYONE = "SELECT person_key FROM person_event UNION SELECT other_key FROM person_event"


@dataclass(frozen=True)
class Record:
    """A record of the person, since when it has been theirs, and when and where its current version landed.

    Records with equal `details` say the same in every field that is compared.
    """

    dataset: str
    record_key: str
    details: int
    since: str
    landed_at: str
    batch: str
    file: str
    row: int


@dataclass(frozen=True)
class Step:
    """What one field says: in words, in bits for (+) or against (−) one person, and the bits up to and with it.

    `values` are the field's on either side, only where they were asked for.
    """

    field: str
    words: str
    weight: float
    total: float
    values: tuple[str | None, str | None] | None = None


@dataclass(frozen=True)
class Link:
    """Two records, `dataset:key`, that were joined or kept apart, and why; `decided` says by whom, where it was decided.

    `weight` and `probability` are null where nothing was compared. A certain link does not rest on them, and has them all
    the same where its details were compared. `other` is the person of `right` where that is another one.
    """

    kind: str
    words: str
    left: str
    right: str
    weight: float | None = None
    probability: float | None = None
    steps: tuple[Step, ...] = ()
    decided: str = ""
    other: str | None = None


@dataclass(frozen=True)
class Event:
    """A merge or a split: how many records moved, and why (a `record` that came or went, a `decision`, the `model`).

    `stands` is whether this person kept their id in it and `other` is who came in or went out, or the other way round.
    """

    known_at: str
    kind: str
    other: str
    stands: bool
    records: int
    because: str
    causes: tuple[str, ...]

    @property
    def words(self) -> str:
        """What happened, as seen from this person."""
        if self.kind == "merge":
            return f"took in records of {self.other}" if self.stands else f"records went over to {self.other}"
        return f"records split off as {self.other}" if self.stands else f"split off from {self.other}"


@dataclass(frozen=True)
class Person:
    """Everything there is to say on why the records of one person are one.

    `links` hold all records together that are not the same in every field anyway. `apart` are pairs that a rule or a
    decision keeps apart, or that fall short of the threshold though likelier than not: the likeliest `SHOWN` of
    `apart_in_all`. `events` are merges and splits, oldest first.
    """

    person_id: str
    threshold: float
    former_ids: tuple[str, ...]
    records: tuple[Record, ...]
    links: tuple[Link, ...]
    apart: tuple[Link, ...]
    apart_in_all: int
    events: tuple[Event, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def evidence(settings: Settings, wanted: str, why: str, clock: Clock, *, with_values: bool = False) -> Person:
    """The evidence for the person of an id (or its beginning, or an id before a rotation), or of a record `dataset:key`.

    Restricted: in the audit log before anything is given. Raises UnknownPerson, or NothingLanded when people have not been
    linked yet.
    """
    if not why.strip():
        raise UnknownPerson("the evidence for a person is restricted. Say why you need to see it: --why REASON.")
    home = Home(settings.home)
    with opened(settings) as connection:
        person_id = find_person(connection, settings, wanted.strip())
        audit.record(home, SHOW, f"{person_id} with values" if with_values else person_id, why.strip(), clock)
        links, apart, apart_in_all = _links(connection, settings, person_id, with_values=with_values)
        return Person(
            person_id=person_id,
            threshold=THRESHOLD,
            former_ids=tuple(former_ids(connection, home, person_id)),
            records=tuple(_records(connection, home)),
            links=links,
            apart=apart,
            apart_in_all=apart_in_all,
            events=tuple(_events(connection, settings, person_id)),
        )


def steps_of(
    connection: duckdb.DuckDBPyConnection, pairs: str, used: model.Model
) -> dict[tuple[str, str], tuple[Step, ...]]:
    """The evidence of each pair of the table or view `pairs`, which has the columns of `pair`, field by field.

    A field that is known on neither side says nothing and is left out. The totals come to the pair's `match_weight`.
    """
    model.weigh(connection, pairs, "weighed", used)
    base = {(level.comparison, level.gamma): level for level in model.levels(used)}
    fields = list(dict.fromkeys(level.comparison for level in model.levels(used)))
    sides = ", ".join(f"[l.{name}::TEXT, r.{name}::TEXT]" for name in fields)
    rows = connection.execute(
        f"SELECT w.node_l, w.node_r, w.comparison, w.gamma, w.weight, {sides} FROM weighed w "  # noqa: S608 - our own names
        "JOIN node l ON l.node_id = w.node_l JOIN node r ON r.node_id = w.node_r ORDER BY w.node_l, w.node_r, w.place"
    ).fetchall()
    found: dict[tuple[str, str], list[Step]] = {}
    for left, right, field, gamma, weight, *values in rows:
        steps = found.setdefault((left, right), [])
        said = values[fields.index(field)] if field in fields else None
        if said != [None, None]:
            words = _words(field, gamma, weight, base.get((field, gamma)))
            total = weight + (steps[-1].total if steps else 0.0)
            steps.append(Step(field.replace("_", " "), words, weight, total, (said[0], said[1]) if said else None))
    return {pair: tuple(steps) for pair, steps in found.items()}


def _words(field: str, gamma: int | None, weight: float, level: Level | None) -> str:
    """What a field says, in words; with how common it is where that moves its weight by half a bit or more."""
    if gamma is None:
        return f"before comparing: one pair in {round(1 + 2**-weight):,} matches"
    if level is None:
        return f"{field.replace('_', ' ')} not known on one side"
    rarity = weight - level.weight if level.frequency_of else 0.0
    return level.label + (", rarer than most" if rarity >= 0.5 else ", commoner than most" if rarity <= -0.5 else "")


def _records(connection: duckdb.DuckDBPyConnection, home: Home) -> Iterator[Record]:
    """The person's records by dataset and key."""
    landed = {(manifest.source, manifest.batch): manifest for manifest in all_manifests(home)}
    ledger.view_assignment(connection, home)
    connection.execute(_sql("evidence_since.sql"))
    for (dataset,) in connection.execute("SELECT DISTINCT dataset FROM own_record ORDER BY 1").fetchall():
        contract = CONTRACTS[dataset]
        (column,) = contract.key
        rows = connection.execute(
            "SELECT o.record_key, o.details, o.since, s._batch, s._file, s._row FROM own_since o "  # noqa: S608 - our names
            f"JOIN standing_{dataset} s ON s._status = 'current' AND s.\"{column}\" = o.record_key "
            "WHERE o.dataset = ? ORDER BY o.record_key",
            [dataset],
        ).fetchall()
        for key, details, since, batch, place, row in rows:
            manifest = landed[contract.source, batch]
            when = (written(since), written(manifest.landed_at))
            yield Record(dataset, key, details, *when, batch, manifest.files[place].path, row)


def _links(
    connection: duckdb.DuckDBPyConnection, settings: Settings, person_id: str, *, with_values: bool
) -> tuple[tuple[Link, ...], tuple[Link, ...], int]:
    """What holds the person together, what was kept apart, and how many pairs were."""
    table_of_rows(connection, "asked", {"person": "TEXT", "cut": "DOUBLE"}, [(person_id, CUT)])
    connection.execute(_sql("evidence.sql"))
    edges = connection.execute("FROM own_edge ORDER BY weight DESC, node_l, node_r").fetchall()
    joined = [(left, right, _kind(weight), None) for left, right, weight in _spanning(edges)]
    apart = connection.execute("SELECT node_l, node_r, kind, other FROM kept_apart LIMIT ?", [SHOWN]).fetchall()
    columns = dict.fromkeys(("node_l", "node_r", "kind", "other"), "TEXT")
    rows = [(*pair, place) for place, pair in enumerate([*joined, *apart])]
    table_of_rows(connection, "shown", {**columns, "place": "INTEGER"}, rows)
    shown = list(_shown(connection, settings, with_values=with_values))
    ((in_all,),) = connection.execute("SELECT count(*) FROM kept_apart").fetchall()
    return tuple(shown[: len(joined)]), tuple(shown[len(joined) :]), in_all


def _spanning(edges: Iterable[tuple[str, str, float]]) -> Iterator[tuple[str, str, float]]:
    """Of edges in falling order of weight, those that join what no earlier one has joined."""
    leader: dict[str, str] = {}

    def of(node: str) -> str:
        while (above := leader.get(node, node)) != node:
            leader[node] = leader.get(above, above)
            node = above
        return node

    for left, right, weight in edges:
        one, other = of(left), of(right)
        if one != other:
            leader[other] = one
            yield left, right, weight


def _kind(weight: float) -> str:
    """Why an edge joins, by its weight, which is far above any likeness where it is certain (edges.sql)."""
    return "same" if weight >= 3e6 else "pnc" if weight >= 2e6 else "defendant" if weight >= 1e6 else "alike"


def _shown(connection: duckdb.DuckDBPyConnection, settings: Settings, *, with_values: bool) -> Iterator[Link]:
    """The pairs of nodes in `shown` as links, each with its evidence; the person's own record stands left."""
    home, used = Home(settings.home), model.model_of(settings.linking.model)
    connection.execute("CREATE OR REPLACE TEMP VIEW shown_pair AS FROM pair SEMI JOIN shown USING (node_l, node_r)")
    steps = steps_of(connection, "shown_pair", used)
    decided = {decision.id: decision for decision in decisions(home, last_linked(home)) if decision.state == IN_FORCE}
    for row in connection.execute(_sql("evidence_shown.sql")).fetchall():
        node_l, node_r, kind, other, left, right, is_turned, weight, probability, decision = row
        found = (_side(step, is_turned=is_turned, with_values=with_values) for step in steps.get((node_l, node_r), ()))
        by = _by(decided[decision]) if kind in ("same", "decision") else ""
        yield Link(kind, WORDS[kind], left, right, weight, probability, tuple(found), by, other)


def _by(decision: LinkDecision) -> str:
    """Whose decision it was, when and why."""
    second = decision.confirmation
    assert second is not None
    by, reason = f"{decision.proposal.by} and {second.by}", decision.proposal.reason.rstrip(".")
    return f"Decision {decision.id} by {by}, {second.at:%Y-%m-%d}: {reason}."


def _side(step: Step, *, is_turned: bool, with_values: bool) -> Step:
    """A step as it is shown: with the values on their sides, or without any."""
    if not with_values or step.values is None:
        return replace(step, values=None)
    return replace(step, values=(step.values[1], step.values[0])) if is_turned else step


def _events(connection: duckdb.DuckDBPyConnection, settings: Settings, person_id: str) -> Iterator[Event]:
    """Merges and splits of the person, oldest first; the other person is named by the keyed id."""
    keys.key_people(connection, keys.person_key(settings.person_key_file), EVERYONE, "keyed_event")
    rows = connection.execute(
        "SELECT e.known_at, e.kind, CASE WHEN own.person_id = $person THEN other.person_id ELSE own.person_id END, "
        "own.person_id = $person, e.records, e.because, e.causes "
        "FROM person_event e JOIN keyed_event own USING (person_key) JOIN keyed_event other ON other.person_key = e.other_key "
        "WHERE $person IN (own.person_id, other.person_id) ORDER BY ALL",
        {"person": person_id},
    ).fetchall()
    for known_at, kind, other, stands, records, because, causes in rows:
        named = tuple(f"{cause['dataset']}:{cause['record_key']}" for cause in causes)
        yield Event(written(known_at), kind, other, stands, records, because, named)


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.people").joinpath(name).read_text("utf-8")
