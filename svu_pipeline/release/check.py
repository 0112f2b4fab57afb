"""Checking releases within the force: as anyone can, and against the audit log, the key and the records."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from svu_pipeline import audit
from svu_pipeline.clock import instant
from svu_pipeline.clock import window as parse
from svu_pipeline.disclosure.policy import policy_of
from svu_pipeline.disclosure.protect import protect
from svu_pipeline.publication.review import review
from svu_pipeline.release import offline, provenance
from svu_pipeline.release.cells import Cell, cells
from svu_pipeline.release.folder import CODE, FIGURES, INPUTS, differences, folder_of, hash_of, read
from svu_pipeline.release.publish import placed
from svu_pipeline.release.registry import PLACE, RELEASE
from svu_pipeline.release.sign_off import unsigned
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home


def problems(home: Home, release: str) -> list[str]:
    """What is not as it was published of a release, where it lies and where it was placed; of a draft, as it was prepared."""
    folder = folder_of(home, release)
    entry = _entry(home, RELEASE, release)
    if entry is None:
        return [*differences(folder), *offline.numbers(folder)]
    found = [*as_anyone(folder), *unsigned(home, folder)]
    if (folder / offline.SIGNED).is_file() and offline.sha256_of(folder / offline.SIGNED) != entry[-1]:
        found.append(f"{offline.SIGNED}: not the one that was published")
    return found + [f"published/releases/{release}/{line}" for line in _where_placed(home, folder, release)]


def as_anyone(folder: Path) -> Iterator[str]:
    """What anyone finds who has nothing but the folder."""
    yield from offline.problems(folder)
    if not offline.signature_is_good(folder):
        yield f"{offline.SIGNATURE}: not the public key's over {offline.SIGNED}"


def as_known(settings: Settings, release: str) -> list[str]:
    """What a release says otherwise than the records, struck again as known at its instant by the code as it is now.

    Every number that it shows is compared, exactly; hidden ones say nothing. Where the code is another than the one that
    made the release, that is said too: then a difference may be the code's.
    """
    home = Home(settings.home)
    folder = folder_of(home, release)
    then = read(folder, FIGURES)
    at = instant(then["as_at"])
    within = review(settings, parse(then["window"]), at)
    found = list(_otherwise(then, within, protect(within, policy_of(settings.disclosure))))
    if provenance.inputs(home, at) != read(folder, INPUTS):
        found.append(f"{INPUTS}: the batches known then are not the same")
    if found and provenance.code()["fingerprint"] != read(folder, CODE)["fingerprint"]:
        found.append("the code is not the one that made the release: check it out by the commit in code.json")
    return found


def _otherwise(then: dict[str, Any], within: dict[str, Any], outward: dict[str, Any]) -> Iterator[str]:
    """The shown numbers of a release that are in neither document struck again, before and after disclosure control.

    A part that is nought may be unlisted within: a release lists it where an earlier one had it.
    """
    said = [{cell.key: _said(cell) for cell in cells(document)} for document in (within, outward)]
    for cell in cells(then):
        if cell.printed is None or _said(cell) in [one.get(cell.key) for one in said]:
            continue
        if Decimal(cell.printed) or cell.key in said[0]:
            yield f"{cell.title}: released as {cell.printed}, struck again otherwise"


def _said(cell: Cell) -> tuple[object, ...]:
    return cell.printed, cell.version, cell.part.get("numerator"), cell.part.get("denominator")


def _where_placed(home: Home, folder: Path, release: str) -> Iterator[str]:
    """What is wrong with the copy that everyone reads; nothing before it is placed."""
    entry, place = _entry(home, PLACE, release), placed(home, release)
    if entry is None:
        return
    if not (place / offline.SIGNED).is_file():
        yield "missing. Restore it from the backup."
        return
    yield from as_anyone(place)
    if offline.sha256_of(place / offline.SIGNED) != entry[-1] or hash_of(place) != hash_of(folder):
        yield f"{offline.SIGNED}: not the one that was placed"


def _entry(home: Home, action: str, release: str) -> list[str] | None:
    """The hashes that the audit log has of a release's publication or placing."""
    found = [entry.subject.split(" ") for entry in audit.entries(home) if entry.action == action]
    return next((hashes for name, *hashes in found if name == release), None)
