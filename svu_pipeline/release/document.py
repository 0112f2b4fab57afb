"""The release document: the review of a window as known at an instant, safe to leave the force, as one release of several.

Every file of a release is made from it, and `figures.json` is it. Nothing of it hangs on when or where it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from svu_pipeline.clock import Clock, Window, now, written
from svu_pipeline.disclosure.protect import Protected
from svu_pipeline.landing.batch import known_at
from svu_pipeline.publication.review import review
from svu_pipeline.publication.story import releasable
from svu_pipeline.quality.states import last_known, source_states
from svu_pipeline.release import triangle
from svu_pipeline.release.disclosed import protected
from svu_pipeline.release.folder import ReleaseError, parted
from svu_pipeline.release.registry import documents, latest
from svu_pipeline.release.revisions import Note, as_note, marked, revisions, standing
from svu_pipeline.settings import Settings
from svu_pipeline.strike import NothingLanded
from svu_pipeline.warehouse import Home


@dataclass(frozen=True)
class Struck:
    """The review of a window as it stands within the force, and as release `id` may take it out."""

    id: str
    within: dict[str, Any]
    protected: Protected

    @property
    def outward(self) -> dict[str, Any]:
        return self.protected.document


def release_document(
    settings: Settings, window: Window, as_at: datetime | None = None, note: Note | None = None, clock: Clock = now
) -> dict[str, Any]:
    """The document of the next release of a window: what may leave the force, what it revises, its id.

    Raises NothingLanded when nothing had landed, ReleaseError for an instant yet to come.
    """
    found = struck(settings, window, instant_of(settings, as_at, clock))
    return numbered(Home(settings.home), found, note)


def struck(settings: Settings, window: Window, as_at: datetime) -> Struck:
    """The review of a window as known at an instant, before and after disclosure control, under the next release's id."""
    before = latest(Home(settings.home), window.label)
    release = f"{window.label}.{parted(before.id)[1] + 1 if before else 1}"
    within = review(settings, window, as_at)
    return Struck(release, within, protected(settings, release, releasable(within)))


def numbered(home: Home, found: Struck, note: Note | None) -> dict[str, Any]:
    """What may leave the force as a release of several: with its id, what it revises, and what each has said."""
    before, published = latest(home, found.outward["window"]), documents(home)
    document: dict[str, Any] = {
        **found.outward,
        "release": {"id": found.id, "previous": before.id if before else None, "note": as_note(note)},
    }
    marked(document, revisions(document, standing(published)), note)
    document["triangle"] = triangle.as_json([*published, document])
    return document


def instant_of(settings: Settings, as_at: datetime | None, clock: Clock) -> datetime:
    """The instant of a release: the one asked for, else that of the last thing known."""
    if as_at is not None:
        if as_at > clock():
            raise ReleaseError(
                f"{written(as_at)} is yet to come: more may land before it. Give an instant that is past."
            )
        return as_at
    known = known_at(Home(settings.home))
    if known is None:
        raise NothingLanded(f"{settings.home}: nothing had landed. Run `svu nightly`, then prepare the release.")
    return last_known(known, source_states(settings, clock=clock))
