"""What `<file>.done` beside a file says: that it is delivered, and what its sender vouches for.

Here: the form of a marker, and which files of a folder are delivered. Not here: how they are fetched (`sftp_folder.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from svu_pipeline.sources.system import Unreadable

DONE = ".done"


@dataclass(frozen=True)
class Promise:
    """What a marker vouches for, each part absent where it says nothing.

    Bytes, SHA-256 (lower-case hex), records, and exact sums of columns as the sender calls them.
    """

    size: int | None = None
    sha256: str | None = None
    rows: int | None = None
    sums: Mapping[str, Decimal] = field(default_factory=dict)


def promise_of(marker: bytes) -> Promise:
    """What a marker says: nothing when it is empty, else a JSON object; other keys are left to those who know them.

    Raises Unreadable `bad_marker` when it is neither.
    """
    if not marker.strip():
        return Promise()
    try:
        content = json.loads(marker, parse_float=Decimal)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise _bad()
    size, sha256, rows = content.get("size"), content.get("sha256"), content.get("rows")
    if not (_is_count(size) and _is_count(rows) and (sha256 is None or _is_digest(sha256))):
        raise _bad()
    return Promise(size, sha256.lower() if sha256 else None, rows, _sums(content.get("sums") or {}))


def delivered(names: Collection[str]) -> list[str]:
    """Of the paths in a folder, the files beside which a marker stands, in order.

    Raises Unreadable `incomplete_delivery` when a marker stands alone.
    """
    markers = sorted(name for name in names if name.endswith(DONE))
    files = [marker.removesuffix(DONE) for marker in markers]
    if any(file not in names for file in files):
        cure = "Wait until its file is there; if it lasts, ask the owner to deliver it or to take the marker away."
        raise Unreadable("incomplete_delivery", "a marker stands without its file", cure, may_pass=True)
    return files


def _sums(content: object) -> dict[str, Decimal]:
    """Sums by column: each a whole number, or an exact decimal as a number or text."""
    if not isinstance(content, dict):
        raise _bad()
    sums = {}
    for column, value in content.items():
        try:
            sums[column] = Decimal(value)
        except (InvalidOperation, TypeError, ValueError):
            raise _bad() from None
        if not sums[column].is_finite():
            raise _bad()
    return sums


def _is_count(value: object) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-fA-F]{64}", value) is not None


def _bad() -> Unreadable:
    cure = "Ask the owner to write it empty, or as JSON with size, sha256, rows and sums."
    return Unreadable("bad_marker", "a marker is not of the form agreed", cure)
