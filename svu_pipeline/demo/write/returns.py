"""Safeguarding returns: one XML file a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from svu_pipeline.demo.deliver.safeguarding import CONTACT_ELEMENTS, PERSON_ELEMENTS
from svu_pipeline.demo.records import Record


def write_return(path: Path, day: date, contacts: Sequence[Record], withdrawn: Sequence[str]) -> None:
    """The day's contacts and the ids that it takes back; `count` is the number of contacts."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<safeguarding-return force="42" date="{day.isoformat()}" count="{len(contacts)}">',
        *(_contact(record) for record in contacts),
        *(f"  <withdrawn id={quoteattr(contact_id)}/>" for contact_id in withdrawn),
        "</safeguarding-return>",
    ]
    path.write_bytes(("\n".join(lines) + "\n").encode("utf-8"))


def _contact(record: Record) -> str:
    values = record.values
    person = "".join(_element(name, values[name]) for name in PERSON_ELEMENTS)
    rest = "".join(_element(name, values[name]) for name in CONTACT_ELEMENTS)
    start = f"  <contact id={quoteattr(values['id'])} version={quoteattr(values['version'])}>"
    return f"{start}\n    <person>{person}</person>\n    {rest}\n  </contact>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name}/>"
