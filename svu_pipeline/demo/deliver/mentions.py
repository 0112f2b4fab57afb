"""Every record that names a person, as the plan has it: who, when, and what the record will say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from svu_pipeline.demo.force import Force
from svu_pipeline.demo.names import Person

SOURCES = {
    "custody_record": "custody",
    "hearing": "courts",
    "contact": "safeguarding",
    "civil_order": "civil_orders",
}
WITH_HOME = ("custody_record", "contact")
"""The datasets that say the person's sex and postcode; the others do not ask."""


@dataclass
class Mention:
    """One record's words for its person. `slips`: what went wrong in writing them, in the ledger's words."""

    dataset: str
    key: str
    person: Person
    on: date
    pnc_id: str
    surname: str
    forenames: str
    born: date | None
    sex: str
    postcode: str
    slips: list[str] = field(default_factory=list)

    @property
    def has_home(self) -> bool:
        return self.dataset in WITH_HOME

    @property
    def birth_text(self) -> str:
        return self.born.isoformat() if self.born else ""


def faithful(dataset: str, key: str, person: Person, on: date = date.min, *, has_birth_date: bool = True) -> Mention:
    """The person as they are; whoever did not ask for the date of birth has no PNC id either."""
    return Mention(
        dataset,
        key,
        person,
        on,
        person.pnc_id if has_birth_date else "",
        person.surname,
        person.forenames,
        person.born if has_birth_date else None,
        person.sex,
        person.postcode,
    )


def mentions(force: Force) -> Iterator[Mention]:
    """Each record of the plan that will stand, by dataset."""
    for arrest in force.arrests:
        for record in (*arrest.records, *([arrest.bail_return] if arrest.bail_return else [])):
            yield faithful("custody_record", record.ref, arrest.person, record.at.date())
    for hearing in force.hearings:
        yield faithful("hearing", hearing.hearing_id, hearing.arrest.person, hearing.on)
    for contact in force.contacts:
        if not contact.is_withdrawn:
            known = contact.has_birth_date
            yield faithful("contact", contact.contact_id, contact.person, contact.on, has_birth_date=known)
    for order in force.orders:
        yield faithful("civil_order", order.ref, order.person, order.granted_on, has_birth_date=order.has_birth_date)
