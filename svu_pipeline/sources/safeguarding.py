"""Source 7, safeguarding: Prepare, Prevent, Protect returns, one XML file a day (sources.md, 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from xml.etree.ElementTree import Element

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, Shape, Shapes, System, Unreadable, dated_files

CONTACT = {
    "pnc_id": "person/pnc-id", "surname": "person/surname", "forenames": "person/forenames",
    "date_of_birth": "person/date-of-birth", "sex": "person/sex", "postcode": "person/postcode",
    "contacted_on": "contacted-on", "unit": "unit", "district": "district", "operation": "operation", "kind": "kind",
    "outcome": "outcome", "partner": "partner", "premises_ref": "premises-ref",
}  # fmt: skip
CONTACT_COLUMNS = ("id", "version", *CONTACT)
REQUIRED = frozenset({"contacted_on", "unit", "kind", "outcome"})
FORCE = "42"
"""Essex Police in the national list of forces; a return says whose it is."""


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The contacts and withdrawals of one day's return; its `count` must be the number of contacts.

    A return of another force is refused; one whose own date is not that of its file's name is noted.
    """
    from svu_pipeline.sources.archive import unpacked
    from svu_pipeline.sources.odd_text import inspected
    from svu_pipeline.sources.text_batch import batches, with_defects
    from svu_pipeline.sources.xml_return import Children, read_elements

    contact, withdrawal = shapes["contact"], shapes["contact_withdrawal"]
    root_tag, contact_tag = contact.table.split("/")
    note = partial(reading.note, 0, "contact")
    children = Children({name: contact.names[name] for name in CONTACT}, REQUIRED, note)
    withdrawn: list[tuple[int, list[str | None]]] = []
    defects: dict[int, str] = {}

    def contacts() -> Iterator[tuple[int, list[str | None]]]:
        with unpacked(reading.open(0), drop.files[0].path) as stream:
            tags = frozenset({contact_tag, withdrawal.table})
            for tag, number, element in read_elements(stream, root_tag, tags, check_root):
                if tag == withdrawal.table:
                    withdrawn.append((number, [element.get(withdrawal.names["id"])]))
                    continue
                values, defect = children.values(element)
                if defect:
                    defects[number] = defect
                yield number, [element.get(contact.names["id"]), element.get(contact.names["version"]), *values]

    def check_root(root: Element, counts: dict[str, int]) -> None:
        _check_scope(root, drop.dated, note)
        _check_count(root, counts[contact_tag])

    for batch in inspected((with_defects(batch, defects) for batch in batches(CONTACT_COLUMNS, contacts())), note):
        yield Rows("contact", 0, batch)
    for batch in inspected(batches(("id",), iter(withdrawn)), partial(reading.note, 0, "contact_withdrawal")):
        yield Rows("contact_withdrawal", 0, batch)


def _check_scope(root: Element, dated: str, note: Callable[[str, int], None]) -> None:
    force, date = root.get("force", FORCE).strip(), root.get("date", "").strip()
    if force != FORCE:
        raise Unreadable("wrong_scope", "the return is another force's", "Take it out of the folder and run again.")
    note("name_date_differs", int(bool(date) and date.replace("-", "") != dated))


def _check_count(root: Element, contacts: int) -> None:
    declared = (root.get("count") or "").strip()
    if declared != str(contacts):
        raise Unreadable(
            "count_mismatch",
            f"the return's count does not equal the {contacts} contacts that are there",
            "Ask the owner to deliver the day again.",
        )


SYSTEM = System(
    name="safeguarding",
    title="Safeguarding returns",
    delivery=Delivery.INCREMENTAL,
    shapes={
        "contact": Shape(
            {"id": "id", "version": "version", **CONTACT},
            "safeguarding/safeguarding_{date}.xml",
            table="safeguarding-return/contact",
        ),
        "contact_withdrawal": Shape({"id": "id"}, table="withdrawn"),
    },
    finds=lambda root, shapes: dated_files("safeguarding", root, shapes["contact"].files, shapes),
    reads=read,
)
