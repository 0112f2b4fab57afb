"""An SFTP server over a folder: a host key of its own, login by password or key, reading only.

Here: what a well-behaved server does. Not here: any way of going wrong, which a subclass of ReadOnlyFiles adds.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import asyncssh


def _refused(*_: object) -> NoReturn:
    raise asyncssh.SFTPPermissionDenied("this server is only read from")


REFUSED: Any = _refused


class ReadOnlyFiles(asyncssh.SFTPServer):
    """The folder as its root; whatever would change a file is refused."""

    write = setstat = lsetstat = fsetstat = remove = mkdir = rmdir = rename = posix_rename = symlink = link = REFUSED

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        return super().open(path, pflags, attrs) if pflags == asyncssh.FXF_READ else _refused()


@dataclass
class SftpServer:
    """A running server: its address, its public host key as OpenSSH writes it, and how often a login was tried."""

    user: str
    password: str
    authorized_key: asyncssh.SSHKey | None = None
    host_key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    url: str = ""
    logins: int = 0

    @property
    def public_key(self) -> str:
        return self.host_key.export_public_key().decode().strip()


@contextmanager
def sftp_server(
    folder: Path,
    server: SftpServer,
    files: type[ReadOnlyFiles] = ReadOnlyFiles,
    port: int = 0,
) -> Iterator[SftpServer]:
    """Serve a folder on 127.0.0.1 until the block is left, on a free port where `port` is 0."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1",
            port,
            server_factory=lambda: _Login(server),
            server_host_keys=[server.host_key],
            sftp_factory=lambda channel: files(channel, chroot=os.fsencode(folder)),
            config=None,
            gss_host=None,
        )

    async def stop() -> None:
        acceptor.close()
        await acceptor.wait_closed()

    acceptor = asyncio.run_coroutine_threadsafe(start(), loop).result()
    server.url = f"sftp://127.0.0.1:{acceptor.get_port()}"
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Login(asyncssh.SSHServer):
    """One connection's login: the user's password, or the user's key."""

    def __init__(self, server: SftpServer) -> None:
        self._server = server

    def begin_auth(self, _username: str) -> bool:
        self._server.logins += 1
        return True

    def password_auth_supported(self) -> bool:
        return bool(self._server.password)

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (self._server.user, self._server.password)

    def public_key_auth_supported(self) -> bool:
        return self._server.authorized_key is not None

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == self._server.user and key == self._server.authorized_key
