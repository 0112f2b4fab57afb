"""How the API's pages, the XML returns and the JSON Lines are read into records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from .batch import Batch, RefusedError, fingerprint_of
from .contracts import CONTRACTS
from .record import Record


def hearings_batch(pages: list[Path]) -> Batch:
    """One whole pull: `total` is the number of distinct hearings on its pages, repeats aside."""
    items: list[dict[str, Any]] = []
    totals = set()
    for page in pages:
        try:
            body = json.loads(page.read_bytes())
            items += body["items"]
            totals.add(body["total"])
        except (ValueError, KeyError, TypeError):
            raise RefusedError(page.name) from None
    if totals != {len({item.get("hearing_id") for item in items})}:
        raise RefusedError("courts")
    content = b"\0".join(page.read_bytes() for page in pages)
    return Batch("hearing", fingerprint_of(content), [_hearing(item) for item in items])


def _hearing(item: dict[str, Any]) -> Record:
    """The defendant's columns beside the hearing's."""
    defendant = item.get("defendant")
    return CONTRACTS["hearing"]({**item, **(defendant if isinstance(defendant, dict) else {})})


CONTACT_ELEMENTS = {
    "person/pnc-id": "pnc_id", "person/surname": "surname", "person/forenames": "forenames",
    "person/date-of-birth": "date_of_birth", "person/sex": "sex", "person/postcode": "postcode",
    "contacted-on": "contacted_on", "unit": "unit", "district": "district_code", "operation": "operation",
    "kind": "kind", "outcome": "outcome", "partner": "partner", "premises-ref": "premises_ref",
}  # fmt: skip


def safeguarding_batches(path: Path) -> list[Batch]:
    """The contacts and the withdrawals of one daily return; a DTD or a wrong count refuses the file."""
    content = path.read_bytes()
    if b"<!DOCTYPE" in content:
        raise RefusedError(path.name)
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        raise RefusedError(path.name) from None
    contacts = root.findall("contact")
    if root.tag != "safeguarding-return" or root.get("count") != str(len(contacts)):
        raise RefusedError(path.name)
    withdrawals = [CONTRACTS["contact_withdrawal"]({"id": element.get("id")}) for element in root.findall("withdrawn")]
    fingerprint, dated = fingerprint_of(content), path.stem[-8:]
    return [
        Batch("contact", fingerprint, [_contact(element) for element in contacts], dated),
        Batch("contact_withdrawal", fingerprint, withdrawals, dated),
    ]


def _contact(element: ElementTree.Element) -> Record:
    raw: dict[str, object] = {"id": element.get("id"), "version": element.get("version")}
    raw.update({column: element.findtext(path) for path, column in CONTACT_ELEMENTS.items()})
    return CONTRACTS["contact"](raw)


def lines_batch(path: Path, dataset: str) -> Batch:
    """One record a line; a line that is not a JSON object is a held row."""
    content = path.read_bytes()
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise RefusedError(path.name) from None
    records = [_from_line(line, dataset) for line in lines if line.strip()]
    return Batch(dataset, fingerprint_of(content), records, path.stem[-8:])


def _from_line(line: str, dataset: str) -> Record:
    try:
        item = json.loads(line)
    except ValueError:
        item = None
    if isinstance(item, dict):
        return CONTRACTS[dataset](item)
    record = Record(dataset, {})
    record.hold("", "not_json")
    return record
