"""What became of the attempts to read a source: refusals and recoveries, so that a stale figure can be named.

Appended only when the state changes; a source without an entry has never failed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from svu_pipeline.clock import instant, written
from svu_pipeline.disk import append_line, whole_lines
from svu_pipeline.sources.system import SourceError
from svu_pipeline.warehouse import Home


@dataclass(frozen=True)
class Refusal:
    """Why a source has not been read since an instant: the file, the problem and the cure, without any value."""

    source: str
    since: datetime
    file: str
    problem: str
    cure: str


def standing_refusal(home: Home, source: str, as_at: datetime | None = None) -> Refusal | None:
    """The refusal that a source stood under at an instant (now by default), if any."""
    known = [entry for entry in _entries(home, source) if as_at is None or instant(entry["at"]) <= as_at]
    since: datetime | None = None
    for entry in known:
        since = None if entry["outcome"] == "read" else since or instant(entry["at"])
    if not known or since is None:
        return None
    last = known[-1]
    return Refusal(source, since, last["file"], last["problem"], last["cure"])


def record_refusal(home: Home, error: SourceError, at: datetime) -> None:
    """Note that a source was refused, unless the same refusal already stands."""
    standing = standing_refusal(home, error.source)
    if standing and (standing.file, standing.problem) == (error.file, error.problem):
        return
    entry = {
        "at": written(at),
        "outcome": "refused",
        "code": error.code,
        "file": error.file,
        "problem": error.problem,
        "cure": error.cure,
    }
    _append(home, error.source, entry)


def record_read(home: Home, source: str, at: datetime) -> None:
    """Note that a source could be read again, if it stood refused."""
    if standing_refusal(home, source):
        _append(home, source, {"at": written(at), "outcome": "read"})


def last_whole_reading(home: Home, source: str) -> datetime | None:
    """When a source that is read by increments was last read whole; None before the first time."""
    whole = [instant(entry["at"]) for entry in _entries(home, source) if "gone" in entry]
    return whole[-1] if whole else None


def gone_since(home: Home, source: str, as_at: datetime | None = None) -> dict[str, int]:
    """By dataset, how many landed records the last whole reading known at an instant no longer found."""
    whole = [
        entry
        for entry in _entries(home, source)
        if "gone" in entry and (as_at is None or instant(entry["at"]) <= as_at)
    ]
    return {dataset: count for dataset, count in whole[-1]["gone"].items() if count} if whole else {}


def record_whole_reading(home: Home, source: str, at: datetime, gone: dict[str, int]) -> None:
    """Note that a source that is read by increments was read whole, and how many records it no longer has."""
    _append(home, source, {"at": written(at), "outcome": "read", "gone": gone})


def _entries(home: Home, source: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in whole_lines(home.landing(source) / "attempts.jsonl")]


def _append(home: Home, source: str, entry: dict[str, Any]) -> None:
    append_line(home.landing(source) / "attempts.jsonl", json.dumps(entry, ensure_ascii=False))
