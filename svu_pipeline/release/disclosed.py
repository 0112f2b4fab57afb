"""Disclosure control as a release uses it: what may leave, what it would give away with all that left before, what has left.

Which numbers were hidden for their own sake, and which to shield them, is never told: it stays in the restricted zone, beside
each release's name.
"""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

from svu_pipeline.clock import Clock, now
from svu_pipeline.disclosure.cells import Key
from svu_pipeline.disclosure.guard import Guard
from svu_pipeline.disclosure.policy import Policy
from svu_pipeline.disclosure.protect import Protected, hidden_of
from svu_pipeline.disclosure.statements import Output, output_of
from svu_pipeline.release.folder import FIGURES, ReleaseError, read
from svu_pipeline.release.offline import sha256_of
from svu_pipeline.release.registry import released
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, read_made, write_json


def protected(settings: Settings, release: str, document: dict[str, Any]) -> Protected:
    """A review document as it may leave the force under a release's id, after everything published before it."""
    keep_published(settings)
    return Guard(settings).protected(_name(release), document)


def keep_hidden(home: Home, release: str, small: frozenset[Key]) -> None:
    """Write down what a prepared release hides for its own sake."""
    content = {
        "figures": sha256_of(home.releases / release / FIGURES),
        "small": sorted(list(astuple(key)) for key in small),
    }
    if read_made(_file(home, release)) != content:
        write_json(_file(home, release), content)


def guarded(settings: Settings, release: str) -> list[str]:
    """The hidden numbers that a prepared release would give away, alone or with anything published before."""
    keep_published(settings)
    guard = Guard(settings)
    return [pinned.words for pinned in guard.check(_output(guard.home, release, guard.policy))]


def keep_published(settings: Settings, clock: Clock = now) -> None:
    """Put every published release on the register of what has left; one that is on it stays as it is.

    Called after each publication, and before anything is held against the register: one that was broken off is made up for.
    """
    guard = Guard(settings)
    known = {output.name for output in guard.older}
    for one in released(guard.home):
        if _name(one.id) not in known:
            guard.record(_output(guard.home, one.id, guard.policy), clock)


def _output(home: Home, release: str, policy: Policy) -> Output:
    """What a release says, as the register has it. Raises ReleaseError where it is not known what it hides."""
    kept = read_made(_file(home, release))
    if kept.get("figures") != sha256_of(home.releases / release / FIGURES):
        raise ReleaseError(
            f"release {release}: what it hides is not known any more. Prepare it again, or restore the home."
        )
    document = read(home.releases / release, FIGURES)
    small = frozenset(Key(*key) for key in kept["small"])
    return output_of(_name(release), Protected(document, frozenset(hidden_of(document)), small), policy)


def _file(home: Home, release: str) -> Path:
    return home.root / "restricted" / "releases" / f"{release}.json"


def _name(release: str) -> str:
    return f"release {release}"
