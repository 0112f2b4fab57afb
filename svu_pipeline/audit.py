"""The audit log: who did what, when and why, in lines that are chained by hash; no value of a record is ever in it.

Each entry carries the hash of the one before it, so that none can be changed or taken out unseen. That the newest were
not cut off is seen from the batches and published files, which carry the hash of the entry under which they came.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from svu_pipeline.clock import Clock, written
from svu_pipeline.disk import append_line, whole_lines
from svu_pipeline.warehouse import Home, fingerprint, locked

ACTIONS = (
    "pull", "drill_down", "show_held", "waive", "replay", "approve", "publish",
    "show_person", "propose", "confirm", "withdraw", "rotate_key", "plan",
    "new_signing_key", "prepare_release", "sign_off", "release", "place_release", "read_early", "foi",
)  # fmt: skip
START = "0" * 64
"""What the first entry names as the one before it."""


@dataclass(frozen=True)
class Entry:
    """One line of the log: `subject` is what was done it to (a source, a metric, a held row's id), `why` the reason given."""

    number: int
    at: str
    who: str
    action: str
    subject: str
    why: str
    previous: str
    sha256: str


def record(home: Home, action: str, subject: str, why: str, clock: Clock) -> str:
    """Append an entry and give its hash; `why` is a person's reason, or what caused it."""
    if action not in ACTIONS:
        raise ValueError(action)
    with locked(home, "audit"):
        last = _last(home)
        content = {
            "number": int(last["number"]) + 1 if last else 1,
            "at": written(clock()),
            "who": who(),
            "action": action,
            "subject": subject,
            "why": why,
            "previous": last["sha256"] if last else START,
        }
        sha256 = fingerprint(content)
        append_line(home.audit, json.dumps({**content, "sha256": sha256}, ensure_ascii=False))
    return sha256


def who() -> str:
    """The account that acts: `SVU_WHO` where a front end has logged someone in, else the system's own."""
    return os.environ.get("SVU_WHO", "").strip() or getpass.getuser()


def entries(home: Home) -> list[Entry]:
    """The log, oldest first."""
    return [Entry(**json.loads(line)) for line in whole_lines(home.audit)]


def broken(home: Home, claimed: Iterator[tuple[str, str]]) -> Iterator[str]:
    """One line for each entry that is not as it was written; `claimed` are `(what, hash)` that other files hold of it."""
    previous, known = START, set[str]()
    for place, line in enumerate(whole_lines(home.audit), start=1):
        found = _whole(line)
        if found is None or found.previous != previous or found.number != place:
            yield f"restricted/audit.jsonl: line {place} is not as it was written, or one before it is gone."
            previous = found.sha256 if found else previous
            continue
        previous = found.sha256
        known.add(found.sha256)
    missing = [what for what, sha256 in claimed if sha256 not in known]
    if missing:
        yield f"restricted/audit.jsonl: the entries of {len(missing)} batches are gone, {missing[0]} the first."


def _whole(line: str) -> Entry | None:
    """The entry of a line whose hash is that of its content, else None."""
    try:
        found = Entry(**json.loads(line))
    except (ValueError, TypeError):
        return None
    content: dict[str, Any] = asdict(found)
    return found if content.pop("sha256") == fingerprint(content) else None


def _last(home: Home) -> dict[str, Any] | None:
    lines = whole_lines(home.audit)
    return json.loads(lines[-1]) if lines else None
