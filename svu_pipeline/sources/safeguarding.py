"""Source 7, safeguarding: Prepare, Prevent, Protect returns, one XML file a day (sources.md, 7)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, Shape, Shapes, System, Unreadable, dated_files

CONTACT = {
    "pnc_id": "person/pnc-id", "surname": "person/surname", "forenames": "person/forenames",
    "date_of_birth": "person/date-of-birth", "sex": "person/sex", "postcode": "person/postcode",
    "contacted_on": "contacted-on", "unit": "unit", "district": "district", "operation": "operation", "kind": "kind",
    "outcome": "outcome", "partner": "partner", "premises_ref": "premises-ref",
}  # fmt: skip
CONTACT_COLUMNS = ("id", "version", *CONTACT)


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The contacts and withdrawals of one day's return; its `count` must be the number of contacts."""
    from svu_pipeline.sources.text_batch import batches
    from svu_pipeline.sources.xml_return import child_text, read_elements

    contact, withdrawal = shapes["contact"], shapes["contact_withdrawal"]
    root_tag, contact_tag = contact.table.split("/")
    withdrawn: list[tuple[int, list[str | None]]] = []

    def contacts() -> Iterator[tuple[int, list[str | None]]]:
        with reading.open(0) as stream:
            tags = frozenset({contact_tag, withdrawal.table})
            for tag, number, element in read_elements(stream, root_tag, tags, check_count):
                if tag == withdrawal.table:
                    withdrawn.append((number, [element.get(withdrawal.names["id"])]))
                    continue
                values = (child_text(element, contact.names[name]) for name in CONTACT)
                yield number, [element.get(contact.names["id"]), element.get(contact.names["version"]), *values]

    def check_count(root: Element, counts: dict[str, int]) -> None:
        _check_count(root, counts[contact_tag])

    for batch in batches(CONTACT_COLUMNS, contacts()):
        yield Rows("contact", 0, batch)
    for batch in batches(("id",), iter(withdrawn)):
        yield Rows("contact_withdrawal", 0, batch)


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
