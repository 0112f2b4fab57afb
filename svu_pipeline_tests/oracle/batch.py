"""One batch: what one file, one table's read or one pull brought."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from .record import Record


class RefusedError(Exception):
    """A file or pull that is not what its page promises; nothing of it is taken."""


@dataclass(frozen=True)
class Batch:
    """The records of one dataset; `dated` is the date in the file's name, `month` that of open data."""

    dataset: str
    fingerprint: str
    records: list[Record]
    dated: str = ""
    month: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)


def fingerprint_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
