"""Source 7, safeguarding: Prepare, Prevent, Protect returns, one XML file a day (sources.md, 7)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, System, Unreadable, dated_files

CONTACT = {
    "pnc_id": "person/pnc-id", "surname": "person/surname", "forenames": "person/forenames",
    "date_of_birth": "person/date-of-birth", "sex": "person/sex", "postcode": "person/postcode",
    "contacted_on": "contacted-on", "unit": "unit", "district": "district", "operation": "operation", "kind": "kind",
    "outcome": "outcome", "partner": "partner", "premises_ref": "premises-ref",
}  # fmt: skip
COLUMNS = {"contact": ("id", "version", *CONTACT), "contact_withdrawal": ("id",)}


def read(drop: Drop, reading: Reading) -> Iterator[Rows]:
    """The contacts and withdrawals of one day's return; its `count` must be the number of contacts."""
    from svu_pipeline.sources.text_batch import batches
    from svu_pipeline.sources.xml_return import child_text, read_elements

    withdrawn: list[tuple[int, list[str | None]]] = []

    def contacts() -> Iterator[tuple[int, list[str | None]]]:
        with reading.open(0) as stream:
            tags = frozenset({"contact", "withdrawn"})
            for tag, number, element in read_elements(stream, "safeguarding-return", tags, _check_count):
                if tag == "withdrawn":
                    withdrawn.append((number, [element.get("id")]))
                    continue
                values = (child_text(element, path) for path in CONTACT.values())
                yield number, [element.get("id"), element.get("version"), *values]

    for batch in batches(COLUMNS["contact"], contacts()):
        yield Rows("contact", 0, batch)
    for batch in batches(COLUMNS["contact_withdrawal"], iter(withdrawn)):
        yield Rows("contact_withdrawal", 0, batch)


def _check_count(root: Element, counts: dict[str, int]) -> None:
    declared = (root.get("count") or "").strip()
    if declared != str(counts["contact"]):
        raise Unreadable(
            "count_mismatch",
            f"the return's count does not equal the {counts['contact']} contacts that are there",
            "Ask the owner to deliver the day again.",
        )


SYSTEM = System(
    name="safeguarding",
    title="Safeguarding returns",
    delivery=Delivery.INCREMENTAL,
    columns=COLUMNS,
    find=lambda root: dated_files("safeguarding", root, "safeguarding", "safeguarding", ".xml", COLUMNS),
    read=read,
)
