"""Counted arrests with what hangs on them: chains of transferred custody, bail answered, charges and remands (counting.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from svu_pipeline.recount.current import Current, Person, Row, age_band, age_on
from svu_pipeline.recount.tally import Item

IN_CUSTODY = {"PB", "PR", "SA"}


@dataclass(eq=False)
class Arrest:
    """One arrest that counts, by the first live record of its chain; `urns` are the cases with a live charge on it."""

    record: Row
    person: Person | None
    urns: set[str]
    is_charged: bool = False
    is_remanded: bool = False

    @property
    def order(self) -> tuple[object, str]:
        return self.record["arrested_at"], self.record["custody_ref"]

    @property
    def place(self) -> dict[str, str | None]:
        record = self.record
        return {
            "district": record["district_code"],
            "unit": record["arresting_unit"],
            "operation": record["operation_ref"],
        }

    @property
    def item(self) -> Item:
        record, person = self.record, self.person
        band = age_band(age_on(person.born_on if person else None, record["arrested_on"]))
        parts = {**self.place, "sex": record["sex"], "age_band": band}
        subject = person.id if person else None
        return Item(record["arrested_on"], record["custody_ref"], subject, 1, parts, at=record["arrested_at"])


class Arrests:
    """Every arrest of the unit, of any date."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._records: dict[str, Row] = {row["custody_ref"]: row for row in current.rows["custody_record"]}
        self._start = {ref: self._first_of(ref) for ref in self._records}
        self._leads = {first: _lead(chain) for first, chain in self._chains().items()}
        self.counted: dict[str, Arrest] = {
            first: Arrest(lead, current.person("custody_record", lead["custody_ref"]), set())
            for first, lead in self._leads.items()
            if lead["record_status"] == "LIVE"
            and lead["arrest_reason"] != "ANSWER_BAIL"
            and current.is_unit_work(lead["arresting_unit"], lead["arrested_on"])
        }
        self._of_person: dict[str, list[Arrest]] = defaultdict(list)
        for arrest in sorted(self.counted.values(), key=lambda arrest: arrest.order):
            if arrest.person:
                self._of_person[arrest.person.id].append(arrest)
        self._hang()

    def start_of(self, custody_ref: str) -> str:
        """The first record of a custody record's chain; the reference itself where it is not known."""
        return self._start.get(custody_ref, (custody_ref, 0))[0]

    def _first_of(self, ref: str) -> tuple[str, int]:
        """The first record of a chain and the steps from it; records that point in a ring are named by the least of them."""
        seen = [ref]
        while (before := self._records[seen[-1]]["transferred_from"]) in self._records and before != seen[-1]:
            if before in seen:
                ring = min(seen[seen.index(before) :])
                return ring, int(ref != ring)
            seen.append(before)
        return seen[-1], len(seen) - 1

    def _chains(self) -> dict[str, list[Row]]:
        chains: dict[str, list[Row]] = defaultdict(list)
        for ref, (first, _) in self._start.items():
            chains[first].append(self._records[ref])
        for chain in chains.values():
            chain.sort(key=lambda row: (self._start[row["custody_ref"]][1], row["arrested_at"], row["custody_ref"]))
        return chains

    def _arrest_of(self, custody_ref: str) -> Arrest | None:
        """The arrest that a charge or remand is of; one made when bail was answered is of the latest earlier arrest."""
        first = self.start_of(custody_ref)
        lead = self._leads.get(first)
        if lead is None or lead["arrest_reason"] != "ANSWER_BAIL":
            return self.counted.get(first)
        person = self._current.person("custody_record", lead["custody_ref"])
        earlier = [
            arrest
            for arrest in (self._of_person[person.id] if person else [])
            if arrest.record["arrested_at"] < lead["arrested_at"]
        ]
        return earlier[-1] if earlier else None

    def _hang(self) -> None:
        for charge in self._current.rows["charge"]:
            arrest = self._arrest_of(charge["custody_ref"])
            if arrest and charge["status"] == "LIVE":
                arrest.urns.add(charge["urn"])
                arrest.is_charged |= charge["initiation"] == "C"
        for remand in self._current.rows["remand_decision"]:
            arrest = self._arrest_of(remand["custody_ref"])
            if arrest and remand["remand_code"] in IN_CUSTODY:
                arrest.is_remanded = True

    def by_case(self) -> Iterator[tuple[tuple[str, str], Arrest]]:
        """`(case, person)` and the arrest, the earliest first: every case with a live charge on an arrest."""
        for arrest in sorted(self.counted.values(), key=lambda arrest: arrest.order):
            if arrest.person:
                for urn in sorted(arrest.urns):
                    yield (urn, arrest.person.id), arrest


def _lead(chain: list[Row]) -> Row:
    return next((row for row in chain if row["record_status"] == "LIVE"), chain[0])
