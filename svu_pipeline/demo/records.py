"""Records on their way out of a system: what is written, and what is expected to become of each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from svu_pipeline.demo.names import Person

FATES = ("current", "superseded", "withdrawn", "duplicate", "held")


@dataclass
class Record:
    """One record as a system writes it.

    `values`: column → text, or a typed cell where the format has types. `delivered`: the date in its file's
    name. `fields_added`: how many fields a ragged line has too many (negative: too few). `is_plain`: nothing
    is planted on it. `person`: whom it names, where it names anybody.
    """

    dataset: str
    values: dict[str, Any]
    delivered: date = date.min
    fate: str = "current"
    fields_added: int = 0
    is_hidden: bool = False
    is_plain: bool = True
    subject: Any = field(default=None, repr=False)  # the thing of the force that the record tells of
    person: Person | None = field(default=None, repr=False)

    def copy(self, **changes: Any) -> Record:
        """A copy with its own values, on which nothing else will be planted."""
        return replace(self, values=dict(self.values), is_plain=False, **changes)
