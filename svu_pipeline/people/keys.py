"""The key of the person ids: made once, kept for the owner alone, changed without losing who is who.

A person leaves the restricted zone under HMAC-SHA256 of the person's key in the ledger: without the key no list of names,
dates or references leads to an id. Here: the key file, its id, the ids in SQL, rotation. Not here: which person a record is
about (`ledger.py`), and an old key's end: `person.key.<id>` beside the new one is kept until someone removes it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svu_pipeline import audit
from svu_pipeline.clock import Clock, instant, written
from svu_pipeline.disk import rename
from svu_pipeline.errors import Curable
from svu_pipeline.landing.batch import MANIFEST
from svu_pipeline.people import ledger
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import (
    Damaged,
    Home,
    lease,
    locked,
    parquet_view,
    read_json,
    read_made,
    session,
    sha256_of,
    whole_file,
    whole_folder,
    write_json,
    write_parquet,
)

if TYPE_CHECKING:
    import duckdb

KEY_BYTES = 32
BLOCK_BYTES = 64
"""Block size of SHA-256, to which HMAC pads its key (RFC 2104)."""

IDS = "ids.parquet"
_ID_OF_KEY = b"svu_pipeline: the id of a person key"


class PersonKeyError(Curable):
    """The key of the person ids cannot be used: says which file and what to do."""


@dataclass(frozen=True)
class Rotation:
    """One change of the key: from which to which (by their ids), of how many people, by whom, when and why.

    `ids.parquet` beside it has `old_id` and `new_id` of every person ever issued. It counts once the new key is in place.
    """

    number: int
    at: datetime
    from_key: str
    to_key: str
    people: int
    by: str
    reason: str
    sha256: str
    audited: str

    @property
    def name(self) -> str:
        return f"{self.number:06d}-{self.from_key}-{self.to_key}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "at": written(self.at)}


def person_key(path: Path) -> bytes:
    """The key of the person ids, made on first use (32 random bytes as text, mode 0600).

    Raises PersonKeyError when the file is readable by others or too short to be a key.
    """
    if not path.exists():
        _write(path, _new_key())
    if path.stat().st_mode & 0o077:
        raise PersonKeyError(
            f"{path}: the person key can be read by others. Run chmod 600 on it, and consider it known: "
            "`svu people rotate-key` makes another."
        )
    key = path.read_bytes().strip()
    if len(key) < KEY_BYTES or len(key) > BLOCK_BYTES:
        raise PersonKeyError(f"{path}: the person key must be {KEY_BYTES} to {BLOCK_BYTES} bytes of text. Restore it.")
    return key


def key_id(key: bytes) -> str:
    """What a key is called in the open: 8 hexadecimal digits that tell keys apart and nothing of a key."""
    return hashlib.sha256(hmac.digest(key, _ID_OF_KEY, "sha256")).hexdigest()[:8]


def key_people(connection: duckdb.DuckDBPyConnection, key: bytes, people: str, into: str = "keyed") -> None:
    """Make the table `into` (person_key, person_id): the keyed id of each `person_key` of the query `people`.

    `person_id` is HMAC-SHA256 of the person key's UTF-8 bytes in hexadecimal, its first 32 digits.
    """
    padded = key.ljust(BLOCK_BYTES, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in padded) for pad in (0x36, 0x5C))
    # Spelled out (RFC 2104) so that a million ids need no loop outside the database.
    connection.execute(
        f"CREATE OR REPLACE TABLE {into} AS SELECT person_key, "  # noqa: S608 - our own names
        "sha256(CAST($outer AS BLOB) || unhex(sha256(CAST($inner AS BLOB) || encode(person_key))))[1:32] AS person_id "
        f"FROM (SELECT DISTINCT person_key FROM ({people}) WHERE person_key IS NOT NULL)",
        {"inner": inner, "outer": outer},
    )


def key_records(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Make `person_record` from `assignment` and `identity`: each record's person under the keyed id. Restricted zone.

    `person_record(dataset, record_key, person_id, date_of_birth, at_80, at_90, at_99, before)`; `before` is a keyed id too.
    """
    key_people(
        connection,
        key,
        "SELECT person_key FROM assignment UNION ALL SELECT before FROM assignment WHERE before <> person_key",
    )
    connection.execute(resources.files("svu_pipeline.people").joinpath("person_record.sql").read_text("utf-8"))


def rotate(settings: Settings, by: str, reason: str, clock: Clock) -> Rotation:
    """Put a new key in the place of the person key, and write down which old id is which new one.

    Figures stay as they are; facts are keyed anew when next kept. The order is: the new key aside, the old key under its
    id, the ids, and last, as the one step that counts, the new key in place. A call that is broken off before that leaves
    the old key in force, and the next call begins again with another new key. Raises Busy while a night is running,
    PersonKeyError without a name and a reason.
    """
    if not by.strip() or not reason.strip():
        raise PersonKeyError("a key is changed by a named person, for a reason. Give both.")
    home, path = Home(settings.home), settings.person_key_file
    with lease(home, "night"), locked(home, "people"):
        old, new = person_key(path), _new_key()
        aside = path.with_name(f"{path.name}.next")
        _write(aside, new)
        _write(path.with_name(f"{path.name}.{key_id(old)}"), old)
        rotation = _write_ids(home, old, new, by.strip(), reason.strip(), clock)
        rename(aside, path)
    return rotation


def rotations(home: Home) -> list[Rotation]:
    """Every change of the key that was begun, oldest first. Raises Damaged for one that is not as it was written."""
    return [_rotation(folder) for folder in _begun(home)]


def current_id(settings: Settings, old_id: str) -> str:
    """The id that a person bears now who bore `old_id` under a former key; any other id comes back as it is."""
    home, found = Home(settings.home), old_id
    for rotation in _in_force(rotations(home), key_id(person_key(settings.person_key_file))):
        if not _is_whole(home, rotation):
            raise Damaged(
                f"restricted/people/rotations/{rotation.name}/{IDS}: missing or changed. Restore it from the backup."
            )
        with session(home.root) as connection:
            parquet_view(connection, "rotated", [_folder(home) / rotation.name / IDS])
            rows = connection.execute("SELECT new_id FROM rotated WHERE old_id = ?", [found]).fetchall()
        found = str(rows[0][0]) if rows else found
    return found


def damaged(home: Home) -> Iterator[tuple[str, str]]:
    """`(file, what)` for each file of `rotations` that is missing or whose bytes are not those that were written."""
    for folder in _begun(home):
        shown = f"restricted/people/rotations/{folder.name}"
        if not read_made(folder / MANIFEST):
            yield f"{shown}/{MANIFEST}", "missing, or changed since it was written"
        elif not _is_whole(home, _rotation(folder)):
            yield f"{shown}/{IDS}", "missing, or changed since it was written"


def audited(home: Home) -> Iterator[tuple[str, str]]:
    """`(change, hash)`: the entry of the audit log that each change of the key came under."""
    for folder in _begun(home):
        if content := read_made(folder / MANIFEST):
            yield f"rotations/{folder.name}", content["audited"]


def _in_force(begun: list[Rotation], current: str) -> list[Rotation]:
    """The changes that came to pass: those whose new key the next one, or the present, knows as the key in place."""
    following = [*(rotation.from_key for rotation in begun), current][1:]
    return [rotation for rotation, key in zip(begun, following, strict=True) if rotation.to_key == key]


def _write_ids(home: Home, old: bytes, new: bytes, by: str, reason: str, clock: Clock) -> Rotation:
    number, audited = len(rotations(home)) + 1, audit.record(home, "rotate_key", key_id(old), reason, clock)
    with session(home.root) as connection:
        ledger.view_assignment(connection, home)
        for name, key in (("keyed_old", old), ("keyed_new", new)):
            key_people(connection, key, "SELECT person_key FROM ledger_row", name)
        pairs = (
            "SELECT o.person_id AS old_id, n.person_id AS new_id FROM keyed_old o JOIN keyed_new n USING (person_key)"
        )
        with whole_folder(_folder(home) / f"{number:06d}-{key_id(old)}-{key_id(new)}") as folder:
            people, _ = write_parquet(connection, f"{pairs} ORDER BY old_id", folder / IDS)
            of = (number, clock(), key_id(old), key_id(new), people, by, reason, sha256_of(folder / IDS), audited)
            rotation = Rotation(*of)
            write_json(folder / MANIFEST, rotation.as_json())
    return rotation


def _begun(home: Home) -> list[Path]:
    place = _folder(home)
    return sorted(path for path in place.iterdir() if not path.name.startswith(".")) if place.is_dir() else []


def _is_whole(home: Home, rotation: Rotation) -> bool:
    path = _folder(home) / rotation.name / IDS
    return path.is_file() and sha256_of(path) == rotation.sha256


def _rotation(folder: Path) -> Rotation:
    path = folder / MANIFEST
    if not path.is_file():
        raise Damaged(f"restricted/people/rotations/{folder.name}/{MANIFEST}: missing. Restore it from the backup.")
    content = read_json(path)
    return Rotation(**{**content, "at": instant(content["at"])})


def _folder(home: Home) -> Path:
    return home.people / "rotations"


def _new_key() -> bytes:
    return secrets.token_hex(KEY_BYTES).encode("ascii")


def _write(path: Path, key: bytes) -> None:
    """Write a key as a whole file that its owner alone can read from its first byte on."""
    with whole_file(path) as aside:
        handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(key + b"\n")
