"""From records to people: a linker says which records are one person; the id that leaves this zone is keyed.

`Linker` is the interface: it reads the table `identity` and makes the table `link` (dataset, record_key, person_key).
"""

from __future__ import annotations

import os
import secrets
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from svu_pipeline.errors import Curable
from svu_pipeline.warehouse import whole_file

if TYPE_CHECKING:
    import duckdb

KEY_BYTES = 32
BLOCK_BYTES = 64
"""Block size of SHA-256, to which HMAC pads its key (RFC 2104)."""


class PersonKeyError(Curable):
    """The key of the person ids cannot be used: says which file and what to do."""


class Linker(Protocol):
    """Makes the table `link` from the table `identity` in a session: one row a record, equal `person_key` = one person."""

    def link(self, connection: duckdb.DuckDBPyConnection) -> None: ...


class ExactLinker:
    """Links by exact keys: the valid PNC id, else normalised surname, forenames and date of birth."""

    def link(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute(_sql("exact_link.sql"))


def resolve(connection: duckdb.DuckDBPyConnection, key: bytes, linker: Linker | None = None) -> None:
    """Build `person_record`: (dataset, record_key, person_id, date_of_birth), one row a standing record that names a person.

    `person_id` is HMAC-SHA256 of the person's key in hexadecimal, 32 digits; `date_of_birth` the most frequent one of the
    person's records, the earliest of equally frequent ones (counting.md, children_safeguarded). Restricted zone.
    """
    connection.execute(_sql("identity.sql"))
    (linker or ExactLinker()).link(connection)
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(BLOCK_BYTES, b"\0")) for pad in (0x36, 0x5C))
    connection.execute(_sql("person_record.sql"), {"inner": inner, "outer": outer})


def person_key(path: Path) -> bytes:
    """The key of the person ids, made on first use (32 random bytes, mode 0600).

    Raises PersonKeyError when the file is readable by others or too short to be a key.
    """
    if not path.exists():
        with whole_file(path) as aside:
            handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(KEY_BYTES) + "\n")
    if path.stat().st_mode & 0o077:
        raise PersonKeyError(
            f"{path}: the person key can be read by others. Run chmod 600 on it, and consider it known."
        )
    key = path.read_bytes().strip()
    if len(key) < KEY_BYTES or len(key) > BLOCK_BYTES:
        raise PersonKeyError(f"{path}: the person key must be {KEY_BYTES} to {BLOCK_BYTES} bytes of text. Restore it.")
    return key


def _sql(name: str) -> str:
    return resources.files("svu_pipeline.people").joinpath(name).read_text("utf-8")
