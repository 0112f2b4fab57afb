"""Counted arrests: chains of transferred custody, records of people who answer bail, charges and remands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from .history import History
from .people import People, Person
from .record import Record

REMANDED = {"PB", "PR", "SA"}


@dataclass(eq=False)
class Arrest:
    """One counted arrest, with what hangs on it."""

    record: Record
    person: Person
    charges: list[Record] = field(default_factory=list)
    is_remanded: bool = False

    @property
    def is_charged(self) -> bool:
        return any(charge["initiation"] == "C" for charge in self.charges)


class Arrests:
    """All counted arrests of the unit, of any date."""

    def __init__(self, history: History, people: People) -> None:
        self._records: dict[str, Record] = {r["custody_ref"]: r for r in history.current("custody_record")}
        self._chains = self._followed()
        self.counted: dict[str, Arrest] = {}
        for first, chain in self._chains.items():
            record = next((r for r in chain if r["record_status"] == "LIVE"), None)
            if record and record["is_svu"] and record["arrest_reason"] != "ANSWER_BAIL":
                self.counted[first] = Arrest(record, people.of(record))
        self._hang(history, people)

    def chain_of(self, custody_ref: str) -> str:
        """The first reference of the transfer chain, the reference itself where it is not known."""
        seen = set()
        while custody_ref in self._records and custody_ref not in seen:
            seen.add(custody_ref)
            before = self._records[custody_ref]["transferred_from"]
            if before not in self._records:
                return custody_ref
            custody_ref = before
        return custody_ref

    def _followed(self) -> dict[str, list[Record]]:
        """The records of each chain, by its first reference, from the first on."""
        chains: dict[str, list[tuple[int, Record]]] = defaultdict(list)
        for ref, record in self._records.items():
            chains[self.chain_of(ref)].append((self._steps_from_first(ref), record))
        return {
            first: [r for _, r in sorted(chain, key=lambda link: (link[0], link[1]["arrested_at"]))]
            for first, chain in chains.items()
        }

    def _steps_from_first(self, custody_ref: str) -> int:
        steps, first = 0, self.chain_of(custody_ref)
        while custody_ref != first:
            steps, custody_ref = steps + 1, self._records[custody_ref]["transferred_from"]
        return steps

    def _arrest_of(self, custody_ref: str, people: People) -> Arrest | None:
        """The arrest a charge or remand belongs to; bail answered belongs to the latest earlier arrest."""
        if custody_ref not in self._records:
            return None
        first = self.chain_of(custody_ref)
        if first in self.counted:
            return self.counted[first]
        chain = self._chains[first]
        lead = next((r for r in chain if r["record_status"] == "LIVE"), chain[0])
        if lead["arrest_reason"] != "ANSWER_BAIL":
            return None
        person = people.of(lead)
        earlier = [
            arrest
            for arrest in self.counted.values()
            if arrest.person == person and arrest.record["arrested_at"] < lead["arrested_at"]
        ]
        return max(earlier, key=lambda arrest: arrest.record["arrested_at"], default=None)

    def _hang(self, history: History, people: People) -> None:
        for charge in history.current("charge"):
            arrest = self._arrest_of(charge["custody_ref"], people)
            if arrest and charge["status"] == "LIVE":
                arrest.charges.append(charge)
        for remand in history.current("remand_decision"):
            arrest = self._arrest_of(remand["custody_ref"], people)
            if arrest and remand["remand_code"] in REMANDED:
                arrest.is_remanded = True
