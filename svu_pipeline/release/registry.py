"""What has been released: entries of the audit log, which is chained and never rewritten.

Here: what was published when, over which hash, locked until when and for whom, and who has read it before its time. Not
here: what a release says (its folder, whose bytes the hash vouches for).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from svu_pipeline import audit
from svu_pipeline.clock import instant
from svu_pipeline.release.folder import FIGURES, folder_of, hash_of, parted, read
from svu_pipeline.release.offline import PUBLICATION
from svu_pipeline.warehouse import Damaged, Home

RELEASE, READ_EARLY, PLACE = "release", "read_early", "place_release"
"""The actions of the audit log that are told from here. A release is named with the hashes of SHA256SUMS and SIGNED."""


@dataclass(frozen=True)
class Released:
    """A published release: over which hash, when, and from when on everyone may read it; `readers` may before.

    `audited` is the hash of its entry in the audit log.
    """

    id: str
    sha256: str
    published_at: datetime
    open_at: datetime
    readers: tuple[str, ...]
    audited: str

    @property
    def window(self) -> str:
        return parted(self.id)[0]


@dataclass(frozen=True)
class Reading:
    """One reading of a release before its time: by whom, as typed and as an account, and when."""

    name: str
    account: str
    at: datetime


def released(home: Home) -> list[Released]:
    """Every published release, in the order of publication. Raises Damaged where one is not what was published."""
    return [_released(home, entry) for entry in audit.entries(home) if entry.action == RELEASE]


def find(home: Home, release: str) -> Released | None:
    """A published release by its id; None where it has not been published."""
    return next((one for one in released(home) if one.id == release), None)


def latest(home: Home, window: str) -> Released | None:
    """The last published release of a window."""
    return next((one for one in reversed(released(home)) if one.window == window), None)


def documents(home: Home) -> list[dict[str, Any]]:
    """The documents of all published releases, in the order of publication."""
    return [read(home.releases / one.id, FIGURES) for one in released(home)]


def readings(home: Home, release: str) -> list[Reading]:
    """Who has read a release before its time, in the order of reading."""
    return [
        Reading(entry.why, entry.who, instant(entry.at))
        for entry in audit.entries(home)
        if entry.action == READ_EARLY and entry.subject == release
    ]


def _released(home: Home, entry: audit.Entry) -> Released:
    release, sha256, _ = entry.subject.split(" ")
    terms = terms_of(folder_of(home, release))
    if hash_of(home.releases / release) != sha256 or terms["sha256"] != sha256:
        raise Damaged(f"releases/{release}: not what was published. Restore it from the backup.")
    opened, published = instant(terms["open_at"]), instant(terms["published_at"])
    return Released(release, sha256, published, opened, tuple(terms["early_readers"]), entry.sha256)


def terms_of(folder: Path) -> dict[str, Any]:
    """The terms on which a release was published: its hash, when, open from when on, early readers."""
    return read(folder, PUBLICATION)
