"""The demonstration force live: its ten systems behind the protocols that they have in service, on 127.0.0.1.

Here: the servers of one extract folder together, and the settings file that points the pipeline at them. Not here: any
one server.
"""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from svu_pipeline.demo.live.courts_server import CourtsServer, courts_server
from svu_pipeline.demo.live.done import mark_delivered
from svu_pipeline.demo.live.postgres_server import VIEW_SCHEMA, PostgresServer, postgres_server
from svu_pipeline.demo.live.sftp_server import SftpServer, sftp_server
from svu_pipeline.errors import Curable

BY_SFTP = ("property", "asset_recovery", "warrants", "safeguarding", "civil_orders", "operations", "police_uk")
CLIENT, ACCOUNT = "svu-pipeline", "svu"


class InTheWay(Curable):
    """A settings file that stands where that of the live force would: it is not written over."""


@dataclass(frozen=True)
class LiveForce:
    """The running systems of a force; `folder` is what they serve, a copy of an extract folder."""

    folder: Path
    postgres: PostgresServer
    courts: CourtsServer
    sftp: SftpServer

    def serve(self, extract: Path) -> None:
        """Serve what an extract folder holds now, as the systems would after a further day."""
        for path in (*BY_SFTP, "courts"):
            shutil.rmtree(self.folder / path, ignore_errors=True)
            if (extract / path).is_dir():
                shutil.copytree(extract / path, self.folder / path)
        for path in BY_SFTP:
            mark_delivered(self.folder / path)
        self.postgres.load(extract)


@contextmanager
def live_force(extract: Path, settings_file: Path) -> Iterator[LiveForce]:
    """Serve an extract folder live, with the settings that point there in `settings_file`, until the block is left.

    Secrets are made anew each time and stand in files of their own in a temporary folder.
    """
    if settings_file.exists():
        raise InTheWay(f"{settings_file} is there already. Move it, or name another with --settings.")
    with tempfile.TemporaryDirectory(prefix="svu-live-") as aside, ExitStack() as stack:
        work = Path(aside)
        served = work / "served"
        served.mkdir()
        passwords = {name: _secret(work / name) for name in ("courts.secret", "sftp.password")}
        force = LiveForce(
            served,
            stack.enter_context(postgres_server(work / "postgresql")),
            stack.enter_context(courts_server(served, CLIENT, passwords["courts.secret"])),
            stack.enter_context(sftp_server(served, SftpServer(ACCOUNT, passwords["sftp.password"]))),
        )
        force.serve(extract)
        settings_file.parent.mkdir(parents=True, exist_ok=True)
        settings_file.write_text(_settings(force, work), encoding="utf-8")
        try:
            yield force
        finally:
            settings_file.unlink(missing_ok=True)


def _secret(file: Path) -> str:
    text = secrets.token_urlsafe(24)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return text


def _settings(force: LiveForce, work: Path) -> str:
    """The settings file: where each system is, and in which file its secret stands."""
    reader = {"user": "svu_reader", "password": {"file": str(force.postgres.password_file)}, "schema": VIEW_SCHEMA}
    places: dict[str, dict[str, object]] = {
        name: {"url": f"{force.postgres.url}/{name}", **reader} for name in ("custody", "case_file")
    }
    places["courts"] = {
        "url": force.courts.url,
        "client_id": CLIENT,
        "client_secret": {"file": str(work / "courts.secret")},
    }
    account = {"user": ACCOUNT, "password": {"file": str(work / "sftp.password")}, "host_keys": [force.sftp.public_key]}
    places |= {name: {"url": force.sftp.url, **account} for name in BY_SFTP}
    return "".join(f"[sources.{name}]\nplace = {_inline(place)}\n\n" for name, place in places.items())


def _inline(value: object) -> str:
    """A value as TOML writes it in one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inline(part)}" for key, part in value.items()) + " }"
    return json.dumps(value)
