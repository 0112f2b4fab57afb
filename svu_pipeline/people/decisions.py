"""What people decide of who is who: that two records are one person's, or two people's; reversible, and never forgotten.

Each decision is proposed by one named person and put in force by another, and so is its reversal. Proposals, confirmations
and withdrawals are entries of a stream of its own, known from their instant on: a figure as at an earlier day does not know
them. A decision names records by their keys, so neither a rebuild, nor another model, nor a corrected, withdrawn or returned
record touches it. Restricted zone.

What is proven: a typed name is a claim. That proposer and confirmer are two people is checked on the names as typed, letters
and digits alone. What the system itself knows is the account (`audit.who`), which is kept with each entry; two entries under
one account are shown as such, and are not refused, for a shared terminal has one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from svu_pipeline import audit
from svu_pipeline.clock import Clock, instant, written
from svu_pipeline.contracts.decisions import DecisionError
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.contracts.standing import stand
from svu_pipeline.landing.batch import LINKING, MANIFEST, batch_name, batch_names, next_instant
from svu_pipeline.people.contradictions import contradicted_by
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import (
    Damaged,
    Home,
    fingerprint,
    lease,
    locked,
    read_json,
    session,
    table_of_rows,
    whole_folder,
    write_json,
)

if TYPE_CHECKING:
    import duckdb

STREAM = LINKING
SAME, NOT_SAME = "same", "not_same"
KINDS = (SAME, NOT_SAME)
PROPOSE, CONFIRM, WITHDRAW = "propose", "confirm", "withdraw"
PENDING, IN_FORCE, REVERSED, TAKEN_BACK = "pending", "in force", "reversed", "taken back"
NAMING = ("custody_record", "hearing", "contact", "civil_order")
"""The datasets whose records name people."""

DECISION_COLUMNS = dict.fromkeys(("id", "kind", "dataset_a", "key_a", "dataset_b", "key_b"), "TEXT")


@dataclass(frozen=True)
class Entry:
    """One entry of the stream: `action` of `decision`, by a person under an account, at the instant it became known.

    `kind` and `records` (two of `dataset:record_key`, in order) are those of a proposal. `audited` is the hash of its entry in
    the audit log, `previous` the fingerprint of the entry before it: none can be taken out unseen but the newest.
    """

    batch: str
    landed_at: datetime
    action: str
    decision: str
    by: str
    account: str
    reason: str
    audited: str
    previous: str
    kind: str = ""
    records: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "source": STREAM, "landed_at": written(self.landed_at), "records": list(self.records)}


@dataclass(frozen=True)
class Step:
    """Who took one step of a decision: the name given, the account it was given under, when, and why."""

    by: str
    account: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class LinkDecision:
    """A decision as it stands: that two records are the `same` person's, or `not_same`.

    `state` is pending, in force (from its confirmation until a reversal is confirmed), reversed, or taken back before it
    came into force. A `withdrawal` of a decision in force changes nothing until someone else confirms it.
    """

    id: str
    kind: str
    records: tuple[str, str]
    proposal: Step
    confirmation: Step | None = None
    withdrawal: Step | None = None
    reversal: Step | None = None

    @property
    def state(self) -> str:
        if self.reversal:
            return REVERSED
        if self.confirmation:
            return IN_FORCE
        return TAKEN_BACK if self.withdrawal else PENDING

    @property
    def parts(self) -> tuple[str, str, str, str]:
        """The two records as dataset, key, dataset, key."""
        (dataset_a, _, key_a), (dataset_b, _, key_b) = (record.partition(":") for record in self.records)
        return dataset_a, key_a, dataset_b, key_b

    @property
    def has_one_account(self) -> bool:
        """Whether both who decided, or both who reversed it, acted under one account."""
        pairs = ((self.proposal, self.confirmation), (self.withdrawal, self.reversal))
        return any(first and second and first.account == second.account for first, second in pairs)

    def as_json(self) -> dict[str, Any]:
        steps = {name: getattr(self, name) for name in ("proposal", "confirmation", "withdrawal", "reversal")}
        said = {name: {**asdict(step), "at": written(step.at)} if step else None for name, step in steps.items()}
        own = {"id": self.id, "kind": self.kind, "records": list(self.records), "state": self.state}
        return {**own, **said, "has_one_account": self.has_one_account}


def propose(settings: Settings, kind: str, record_a: str, record_b: str, by: str, reason: str, clock: Clock) -> str:
    """Propose that two records, named `dataset:record_key`, are the `same` person's or `not_same`; gives the decision's id.

    Raises DecisionError for records that do not stand now, for what is decided or proposed already, and for what decisions
    in force contradict.
    """
    home = Home(settings.home)
    if kind not in KINDS:
        raise DecisionError(f"there is no such decision. It is one of: {', '.join(KINDS)}.")
    _require_words(by, reason)
    with _deciding(home):
        _require_standing(home, record_a, record_b)
        records = (min(record_a, record_b), max(record_a, record_b))
        _require_new(home, kind, records)
        return _enter(home, clock, PROPOSE, "", by, reason, kind, records).decision


def confirm(settings: Settings, decision: str, by: str, clock: Clock) -> LinkDecision:
    """Put a proposed decision in force, or a withdrawn one out of it; `decision` is its id or its beginning.

    Raises DecisionError when the person who proposed or withdrew it gives the same name, when nothing waits for a
    confirmation, and when a decision that has come into force since contradicts it.
    """
    home = Home(settings.home)
    _require_words(by, "confirmed")
    with _deciding(home):
        found = decision_of(home, decision)
        waiting = found.withdrawal if found.state == IN_FORCE else found.proposal
        if found.state not in (PENDING, IN_FORCE) or waiting is None:
            raise DecisionError(f"{found.id} is {found.state}: nothing of it waits for a confirmation.")
        if _person(by) == _person(waiting.by):
            raise DecisionError(f"{found.id}: a second person confirms, not the one who asked for it.")
        if found.state == PENDING:
            _require_uncontradicted(home, found.kind, found.records)
        _enter(home, clock, CONFIRM, found.id, by, waiting.reason)
        return decision_of(home, found.id)


def withdraw(settings: Settings, decision: str, by: str, reason: str, clock: Clock) -> LinkDecision:
    """Ask for the reversal of a decision in force, which a second person confirms; or take a proposal back at once."""
    home = Home(settings.home)
    _require_words(by, reason)
    with _deciding(home):
        found = decision_of(home, decision)
        if found.state not in (PENDING, IN_FORCE):
            raise DecisionError(f"{found.id} is {found.state}: there is nothing to reverse.")
        if found.withdrawal:
            raise DecisionError(f"{found.id}: its reversal is asked for already. A second person confirms it.")
        _enter(home, clock, WITHDRAW, found.id, by, reason)
        return decision_of(home, found.id)


def decisions(home: Home, as_at: datetime | None = None) -> list[LinkDecision]:
    """Every decision as it stood at an instant (now by default), in the order of their proposals."""
    found: dict[str, LinkDecision] = {}
    for entry in entries(home, as_at):
        step = Step(entry.by, entry.account, entry.landed_at, entry.reason)
        if entry.action == PROPOSE:
            first, second = entry.records
            found[entry.decision] = LinkDecision(entry.decision, entry.kind, (first, second), step)
            continue
        decision = found[entry.decision]
        if entry.action == WITHDRAW:
            found[entry.decision] = replace(decision, withdrawal=step)
        elif decision.confirmation:
            found[entry.decision] = replace(decision, reversal=step)
        else:
            found[entry.decision] = replace(decision, confirmation=step)
    return list(found.values())


def decision_of(home: Home, wanted: str) -> LinkDecision:
    """The one decision whose id begins so. Raises DecisionError where there is none, or more than one."""
    found = [decision for decision in decisions(home) if wanted and decision.id.startswith(wanted)]
    if len(found) != 1:
        what = "no decision" if not found else "more than one decision"
        raise DecisionError(f"{what} has an id that begins so. `svu people decisions` lists them.")
    return found[0]


def in_force(home: Home, as_at: datetime | None = None) -> dict[str, int]:
    """How many decisions of each kind were in force at an instant."""
    kinds = [decision.kind for decision in decisions(home, as_at) if decision.state == IN_FORCE]
    return {kind: kinds.count(kind) for kind in KINDS}


def view_decisions(connection: duckdb.DuckDBPyConnection, home: Home, as_at: datetime | None = None) -> None:
    """The table `people_decision` in a session: (id, kind, dataset_a, key_a, dataset_b, key_b) of those in force."""
    rows = [
        (decision.id, decision.kind, *decision.parts)
        for decision in decisions(home, as_at)
        if decision.state == IN_FORCE
    ]
    table_of_rows(connection, "people_decision", DECISION_COLUMNS, rows)


def turns(home: Home, as_at: datetime | None = None) -> list[tuple[datetime, str, str, str, str]]:
    """When decisions came into force or out of it by an instant: when, and the two records as dataset, key, dataset, key."""
    return [
        (step.at, *decision.parts)
        for decision in decisions(home, as_at)
        for step in (decision.confirmation, decision.reversal)
        if step
    ]


def entries(home: Home, as_at: datetime | None = None) -> list[Entry]:
    """The entries known at an instant, oldest first.

    Raises Damaged when one is not as it was written, or is gone; of the newest that is not seen.
    """
    found: list[Entry] = []
    for name in batch_names(home, STREAM, as_at):
        path = home.landing(STREAM) / name / MANIFEST
        cure = f"Restore {path.parent.parent.relative_to(home.root)} from the backup."
        if not path.is_file():
            raise Damaged(f"{path.relative_to(home.root)}: missing. {cure}")
        content = read_json(path)
        if content["previous"] != _seal_of(found[-1:]):
            raise Damaged(f"{path.relative_to(home.root)}: a decision before it is gone. {cure}")
        own = {key: value for key, value in content.items() if key != "source"}
        found.append(Entry(**{**own, "landed_at": instant(own["landed_at"]), "records": tuple(own["records"])}))
    return found


def damaged(home: Home) -> Iterator[str]:
    """What is wrong with the stream, and what to do; nothing when it is as it was written."""
    try:
        entries(home)
    except Damaged as problem:
        yield str(problem)


def audited(home: Home) -> Iterator[tuple[str, str]]:
    """`(entry, hash)` of each entry: the line of the audit log that it came under."""
    for entry in entries(home):
        yield f"{STREAM}/{entry.batch}", entry.audited


def _seal_of(last: list[Entry]) -> str:
    return fingerprint(last[0].as_json()) if last else ""


def _enter(
    home: Home,
    clock: Clock,
    action: str,
    decision: str,
    by: str,
    reason: str,
    kind: str = "",
    records: tuple[str, ...] = (),
) -> Entry:
    """Add an entry to the stream, after its line in the audit log. A proposal gets its id here."""
    previous = _seal_of(entries(home)[-1:])
    landed_at = next_instant(home, clock)
    batch = batch_name(landed_at)
    decision = decision or fingerprint(kind, records, batch)[:12]
    audited = audit.record(home, action, decision, reason, clock)
    own = (batch, landed_at, action, decision, by.strip(), audit.who(), reason.strip(), audited, previous)
    entry = Entry(*own, kind, records)
    with whole_folder(home.landing(STREAM) / batch) as folder:
        write_json(folder / MANIFEST, entry.as_json())
    return entry


@contextmanager
def _deciding(home: Home) -> Iterator[None]:
    """One decision at a time, and none while a night is under way: its layers would know of different ones."""
    with lease(home, "night"), locked(home, f"landing-{STREAM}"):
        yield


def _require_standing(home: Home, *records: str) -> None:
    """Raise DecisionError for a record that is not among those that stand; it is named by its place, not as it was typed."""
    for place, record in zip(("first", "second"), records, strict=True):
        dataset, _, key = record.partition(":")
        if dataset not in NAMING or not key:
            listed = ", ".join(NAMING)
            raise DecisionError(f"the {place} record is not named as dataset:record_key. The datasets: {listed}.")
        if not _stands(home, dataset, key):
            raise DecisionError(
                f"the {place} record: no {dataset} with that key stands. "
                "Copy the reference from `svu people pairs` or `svu explain`."
            )
    if len(set(records)) < len(records):
        raise DecisionError("both records are one and the same. Name two.")


def _stands(home: Home, dataset: str, key: str) -> bool:
    contract = CONTRACTS[dataset]
    (column,) = contract.key
    with session(home.root) as connection:
        stand(connection, home, contract.source)
        query = f"SELECT 1 FROM standing_{dataset} WHERE _status = 'current' AND \"{column}\" = ? LIMIT 1"  # noqa: S608
        return bool(connection.execute(query, [key]).fetchall())


def _require_new(home: Home, kind: str, records: tuple[str, str]) -> None:
    for decision in decisions(home):
        if (decision.kind, decision.records) == (kind, records) and decision.state in (PENDING, IN_FORCE):
            raise DecisionError(f"that is {decision.state} already, as {decision.id}. `svu people decisions` shows it.")
    _require_uncontradicted(home, kind, records)


def _require_uncontradicted(home: Home, kind: str, records: tuple[str, str]) -> None:
    standing = [decision for decision in decisions(home) if decision.state == IN_FORCE]
    against = contradicted_by(kind == SAME, records, [(d.id, d.kind == SAME, d.records) for d in standing])
    if against:
        raise DecisionError(
            f"decisions in force say otherwise: {', '.join(against)}. Have one of them reversed (`svu people reverse`) first."
        )


def _require_words(by: str, reason: str) -> None:
    if not _person(by) or not reason.strip():
        raise DecisionError("a decision has a named person and a reason. Give both.")


def _person(name: str) -> str:
    """A typed name as it is compared: letters and digits alone, without case, marks and blanks."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
