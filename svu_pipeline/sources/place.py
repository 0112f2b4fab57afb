"""Where a system's delivery is fetched from: a folder, a database, an API or an SFTP server, and how one logs in there.

Here: the places, typed, with secrets by name only. Not here: reading them from the settings file (`settings.py`) nor the
transports (`postgres_database.py`, `courts_api.py`, `sftp_folder.py`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from svu_pipeline.errors import Curable


class SecretMissing(Curable):
    """A secret that is not where the settings say: names the place, never the secret."""


@dataclass(frozen=True)
class Secret:
    """A secret by its name: an environment variable, or a file that holds nothing else. Read when it is needed."""

    env: str = ""
    file: Path | None = None

    def read(self) -> str:
        """The secret itself, without the line's end; SecretMissing when it is not there."""
        if self.file is not None:
            try:
                return self.file.read_text("utf-8").rstrip("\r\n")
            except OSError:
                raise SecretMissing(
                    f"the secret file {self.file} cannot be read. Check the path and its owner."
                ) from None
        value = os.environ.get(self.env, "")
        if not value:
            raise SecretMissing(f"the environment variable {self.env} is not set. Set it to the secret and run again.")
        return value


@dataclass(frozen=True)
class FolderPlace:
    """A folder that holds the delivery in the extract's layout (`custody.sqlite`, `property/…`)."""

    path: Path


@dataclass(frozen=True)
class PostgresPlace:
    """A PostgreSQL database: `postgresql://host:port/name` without credentials; `schema` holds the system's views."""

    url: str
    user: str
    password: Secret | None = None
    schema: str = "public"
    statement_timeout_seconds: int = 600


@dataclass(frozen=True)
class ApiPlace:
    """A REST API behind OAuth client credentials. `url` is the base, `https` unless it is on this machine.

    `page_size` items are asked for at a time; one request takes at most `timeout_seconds`, all the waiting of one pull
    (retries, `Retry-After`) at most `patience_seconds`. `ca_file` is the force's own certificate authority, if any.
    """

    url: str
    client_id: str
    client_secret: Secret
    page_size: int = 500
    timeout_seconds: float = 30.0
    patience_seconds: float = 600.0
    ca_file: Path | None = None


@dataclass(frozen=True)
class SftpPlace:
    """A folder on an SFTP server: `sftp://host:port/folder`.

    `host_keys` are the server's public keys as OpenSSH writes them (`ssh-ed25519 AAAA…`), known beforehand: a server that
    shows another is refused before anything is sent. A file counts as delivered once `<file>.done` stands beside it.
    """

    url: str
    user: str
    host_keys: tuple[str, ...]
    password: Secret | None = None
    key_file: Path | None = None
    timeout_seconds: float = 30.0


Place = FolderPlace | PostgresPlace | ApiPlace | SftpPlace
