"""Publishing a release: through its gates, under the force's signature, open at once or at its time.

Until its time a release lies in `releases/` alone, for the readers who are named; then it is placed in
`published/releases/`, with the list of those who read it early. The entry in the audit log is the act of publication.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from svu_pipeline import audit
from svu_pipeline.clock import Clock, now, spoken, written
from svu_pipeline.disk import sync
from svu_pipeline.publication.roles import publish_for_press
from svu_pipeline.release.disclosed import keep_published
from svu_pipeline.release.folder import (
    FIGURES,
    ReleaseError,
    as_json,
    as_list,
    files_in,
    folder_of,
    hash_of,
    read,
    write_beside,
)
from svu_pipeline.release.gates import gates
from svu_pipeline.release.offline import KEY, PUBLICATION, SIGN_OFFS, SIGNATURE, SIGNED, SUMS, sha256_of
from svu_pipeline.release.registry import PLACE, RELEASE, Released, find, readings, released
from svu_pipeline.release.signing import public_pem, signing_key
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, locked, whole_folder

ACCESS_LIST = "pre_release_access.md"


class NotReady(ReleaseError):
    """A release that a gate keeps from going out: says which, and what stands in its way."""


def publish(
    settings: Settings,
    release: str,
    open_at: datetime | None = None,
    readers: Sequence[str] = (),
    clock: Clock = now,
) -> Released:
    """Publish a prepared release, open at once or from an instant on; until then `readers` and those of the settings read it.

    Raises NotReady where a gate blocks it, ReleaseError for one that is published or a time that is past, SigningKeyError.
    """
    home, at = Home(settings.home), clock()
    with locked(home, "releases"):
        folder = folder_of(home, release)
        _require_publishable(settings, home, release, open_at, readers, at)
        key = public_pem(signing_key(settings))
        named = tuple(dict.fromkeys((*settings.release.early_readers, *readers))) if open_at else ()
        terms = {
            "release": release,
            "sha256": hash_of(folder),
            "published_at": written(at),
            "open_at": written(open_at or at),
            "early_readers": list(named),
        }
        write_beside(folder, PUBLICATION, as_json(terms).encode())
        write_beside(folder, KEY, key)
        for name, content in signed(settings, folder, (SUMS, KEY, PUBLICATION, *SIGN_OFFS)).items():
            write_beside(folder, name, content)
        why = f"open at {terms['open_at']}" if open_at else "open at once"
        audit.record(home, RELEASE, f"{release} {terms['sha256']} {sha256_of(folder / SIGNED)}", why, lambda: at)
        keep_published(settings, clock)
        _place_due(settings, home, clock)
    found = find(home, release)
    assert found is not None  # its entry has just been written
    return found


def place_due(settings: Settings, clock: Clock = now) -> list[str]:
    """Place every release whose time has come where everyone may read it; gives those that were placed now."""
    home = Home(settings.home)
    if not home.releases.is_dir():
        return []
    with locked(home, "releases"):
        return _place_due(settings, home, clock)


def due(home: Home, clock: Clock = now) -> list[Released]:
    """The published releases whose time has come and that are not placed yet."""
    return [one for one in released(home) if one.open_at <= clock() and not placed(home, one.id).exists()]


def placed(home: Home, release: str) -> Path:
    """Where a release lies once it is open."""
    return home.published / "releases" / release


def signed(settings: Settings, folder: Path, names: Sequence[str]) -> dict[str, bytes]:
    """`SIGNED` over files of a folder, and the signature over it (deterministic: RFC 8032)."""
    statement = as_list({name: sha256_of(folder / name) for name in names}).encode()
    return {SIGNED: statement, SIGNATURE: signing_key(settings).sign(statement)}


def _require_publishable(
    settings: Settings, home: Home, release: str, open_at: datetime | None, readers: Sequence[str], at: datetime
) -> None:
    if find(home, release):
        raise ReleaseError(f"release {release} has been published. Revise it to change it.")
    if open_at is not None and open_at <= at:
        raise ReleaseError(f"{spoken(open_at)} is past: publish without an embargo, or name a time to come.")
    if readers and open_at is None:
        raise ReleaseError("early readers are named with an embargo: without one everyone reads at once.")
    blocking = [gate for gate in gates(settings, release) if gate.blocks]
    if blocking:
        named = ". ".join(f"{gate.name}: {gate.words}" for gate in blocking)
        raise NotReady(f"release {release} may not go out: {named}. `svu release show {release}` lists all.")


def _place_due(settings: Settings, home: Home, clock: Clock) -> list[str]:
    coming = due(home, clock)
    for one in coming:
        _place(settings, home, one)
        subject = f"{one.id} {sha256_of(placed(home, one.id) / SIGNED)}"
        audit.record(home, PLACE, subject, f"open at {written(one.open_at)}", clock)
    if coming:
        publish_for_press(home, [read(placed(home, one.id), FIGURES) for one in _open(home)])
    return [one.id for one in coming]


def _open(home: Home) -> list[Released]:
    return [one for one in released(home) if placed(home, one.id).exists()]


def _place(settings: Settings, home: Home, one: Released) -> None:
    """Copy a release to where everyone may read it, with the list of early readings, under a signature over both."""
    folder = folder_of(home, one.id)
    with whole_folder(placed(home, one.id)) as aside:
        (aside / "signoffs").mkdir()
        for name, path in files_in(folder):
            (aside / name).write_bytes(path.read_bytes())
        (aside / ACCESS_LIST).write_text(_access_list(home, one), encoding="utf-8", newline="\n")
        (aside / KEY).write_bytes(public_pem(signing_key(settings)))
        for name, content in signed(settings, aside, (SUMS, KEY, PUBLICATION, ACCESS_LIST, *SIGN_OFFS)).items():
            (aside / name).write_bytes(content)
        for path in (aside / "signoffs").iterdir():
            sync(path)


def _access_list(home: Home, one: Released) -> str:
    """Who could read a release before its time, and who did when."""
    lines = [f"# Pre-release access to release {one.id}", "", f"Open to everyone from {spoken(one.open_at)}.", ""]
    lines += [f"- could read it before: {name}" for name in one.readers] or ["Nobody could read it before."]
    lines += [f"- read it on {spoken(reading.at)}: {reading.name}" for reading in readings(home, one.id)]
    return "\n".join(lines) + "\n"
