"""What became of the attempts to read a source: refusals and recoveries, so that a stale figure can be named.

Appended only when the state changes; a source without an entry has never failed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from svu_pipeline.clock import instant, written
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
        "file": error.file,
        "problem": error.problem,
        "cure": error.cure,
    }
    _append(home, error.source, entry)


def record_read(home: Home, source: str, at: datetime) -> None:
    """Note that a source could be read again, if it stood refused."""
    if standing_refusal(home, source):
        _append(home, source, {"at": written(at), "outcome": "read"})


def _entries(home: Home, source: str) -> list[dict[str, str]]:
    path = home.landing(source) / "attempts.jsonl"
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _append(home: Home, source: str, entry: dict[str, str]) -> None:
    path = home.landing(source) / "attempts.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        log.write(json.dumps(entry, ensure_ascii=False) + "\n")
