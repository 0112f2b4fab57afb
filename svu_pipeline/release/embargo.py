"""Reading a release: before its time by those who are named, each reading on record; after it by everyone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from svu_pipeline import audit
from svu_pipeline.clock import LONDON, Clock, TimeError, now, spoken
from svu_pipeline.release.folder import ReleaseError, folder_of
from svu_pipeline.release.publish import place_due, placed
from svu_pipeline.release.registry import READ_EARLY, find
from svu_pipeline.release.sign_off import same_name
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home

PAGE = "page.html"


class Embargoed(ReleaseError):
    """A release that may not be read yet by who asks: says until when."""


def embargo(text: str) -> datetime:
    """The instant of an embargo, given as London's clocks show it: `2023-12-05 09:30`.

    Raises TimeError for another form, and for an hour that London's clocks leave out or show twice.
    """
    cure = "an embargo is a time in London, written like 2023-12-05 09:30"
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", text):
        raise TimeError(cure)
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON)
    except ValueError:
        raise TimeError(cure) from None
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise TimeError("London's clocks change in that hour: it is not one time. Name an hour before or after it")
    return local.astimezone(UTC)


def read(settings: Settings, release: str, name: str, clock: Clock = now) -> Path:
    """The page of a release for a reader: where everyone reads it, or, before its time, for those who are named, on record.

    Raises Embargoed for anyone else, ReleaseError for one that has not been published.
    """
    home = Home(settings.home)
    folder = folder_of(home, release)
    found = find(home, release)
    if found is None:
        raise ReleaseError(f"release {release} has not been published: only those who prepare it see it.")
    place_due(settings, clock)
    if placed(home, release).exists():
        return placed(home, release) / PAGE
    reader = next((one for one in found.readers if same_name(one) and same_name(one) == same_name(name)), None)
    if reader is None:
        raise Embargoed(f"release {release} is locked until {spoken(found.open_at)}. Ask again then.")
    audit.record(home, READ_EARLY, release, reader, clock)
    return folder / PAGE
