"""Fetching: whatever the place, what is delivered stands in a folder of the extract's layout, or in a database.

Files of an SFTP server are mirrored into the restricted zone and stay there; the pages of a pull are kept only until they
have landed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from svu_pipeline.disk import make_folder
from svu_pipeline.landing.land import Origin
from svu_pipeline.sources.place import ApiPlace, FolderPlace, Place, PostgresPlace, SecretMissing, SftpPlace
from svu_pipeline.sources.system import SourceError, System, Unreadable
from svu_pipeline.warehouse import Home, scratch_folder

PULLED = "hearing"
"""The dataset whose watermark bounds a pull from the courts' API."""


@contextmanager
def fetched(system: System, place: Place, home: Home, watermarks: dict[str, str]) -> Iterator[Origin]:
    """Where tonight's delivery of a system stands while it is being landed.

    Raises SourceError when the place cannot be reached, is not the one expected, or gives something else.
    """
    try:
        match place:
            case FolderPlace():
                yield Origin(place.path)
            case PostgresPlace():
                yield Origin(home.inbox(system.name), database=place, is_pull=True)
            case SftpPlace():
                yield Origin(_mirrored(system, place, home))
            case ApiPlace():
                with scratch_folder(home.inbox(system.name)) as aside:
                    yield Origin(_pulled(system, place, aside, watermarks.get(PULLED)), is_pull=True)
    except SecretMissing as error:
        raise SourceError(system.name, _named(place), "secret_missing", *str(error).split(". ", 1)) from None
    except Unreadable as error:
        raise SourceError(
            system.name, _named(place), error.code, error.problem, error.cure, may_pass=error.may_pass
        ) from None


def _mirrored(system: System, place: SftpPlace, home: Home) -> Path:
    from svu_pipeline.sources.sftp_folder import mirror

    inbox = home.inbox(system.name)
    for folder in system.folders:
        make_folder(inbox / folder)
        mirror(replace(place, url=f"{place.url.rstrip('/')}/{folder}"), inbox / folder)
    return inbox


def _pulled(system: System, place: ApiPlace, folder: Path, since: str | None) -> Path:
    from svu_pipeline.sources.courts_api import pull

    pages = folder / Path(system.shapes[PULLED].files).parent
    pages.mkdir(parents=True)
    pull(place, since, pages, system.shapes)
    return folder


def _named(place: Place) -> str:
    """A place as an error names it: its host, and nothing that could hold a secret."""
    if isinstance(place, FolderPlace):
        return str(place.path)
    parts = urlsplit(place.url)
    return f"{parts.scheme}://{parts.hostname or ''}"
