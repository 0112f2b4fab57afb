"""A session with an SFTP server: only one whose host key is known, and logged in to by what the place names alone.

Here: keys, login, and the library's failures in our words. Not here: what is fetched (`sftp_folder.py`).
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncssh

from svu_pipeline.sources.patience import Again
from svu_pipeline.sources.place import SftpPlace
from svu_pipeline.sources.system import Unreadable


@asynccontextmanager
async def session(place: SftpPlace) -> AsyncIterator[asyncssh.SFTPClient]:
    """A logged-in session with a server whose key is known; what goes wrong in it comes out in our words."""
    logging.getLogger("asyncssh").setLevel(logging.WARNING)  # it tells of every connection and login
    # When a connection is lost the library leaves reads behind that nobody awaits; the one that is awaited says it all.
    asyncio.get_running_loop().set_exception_handler(lambda _, __: None)
    connection = await _connect(place)
    try:
        async with asyncio.timeout(place.timeout_seconds):
            sftp = await connection.start_sftp_client(path_encoding=None)
        yield sftp
    except asyncssh.SFTPPermissionDenied:
        cure = "Ask the owner of the server for leave to read it."
        raise Unreadable("permission_denied", "the SFTP server does not let a file or folder be read", cure) from None
    except (asyncssh.Error, OSError):  # what a disk of ours refuses is Unwritable by now
        raise _dropped() from None
    finally:
        connection.abort()  # an orderly farewell would wait for a server that may hang


def _dropped() -> Again:
    """The connection was not made or was lost, or the server did not answer in time."""
    cure = "Wait, then run again; if it lasts, ask the owner of the server."
    return Again(Unreadable("no_answer", "the SFTP server did not answer to the end", cure, may_pass=True))


async def _connect(place: SftpPlace) -> asyncssh.SSHClientConnection:
    options = _options(place)
    try:
        async with asyncio.timeout(place.timeout_seconds):
            return await asyncssh.connect(**options)
    except (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed):
        cure = (
            "Ask its owner whether the key was changed; if so, put the new one beside the old in the place's host_keys."
        )
        raise Unreadable("unknown_host_key", "the SFTP server shows none of the known host keys", cure) from None
    except asyncssh.PermissionDenied:
        cure = "Check the user and its password or key with the owner of the server."
        raise Unreadable("login_refused", "the SFTP server refuses the login", cure) from None
    except (asyncssh.Error, OSError):
        raise _dropped() from None


def _options(place: SftpPlace) -> dict[str, Any]:
    """How to connect: by the place alone, without anything that the account running this has in its own SSH folder."""
    url = urlsplit(place.url)
    return {
        "host": url.hostname or "",
        "port": url.port or 22,
        "username": place.user,
        "password": place.password.read() if place.password else None,
        "client_keys": _client_keys(place),
        "known_hosts": (_host_keys(place), [], []),
        "config": None,
        "agent_path": None,
        "x509_trusted_certs": None,
        "x509_trusted_cert_paths": [],
        "gss_auth": False,
        "gss_kex": False,
        "host_based_auth": False,
        "login_timeout": place.timeout_seconds,
    }


def _host_keys(place: SftpPlace) -> list[asyncssh.SSHKey]:
    try:
        keys = [asyncssh.import_public_key(key) for key in place.host_keys]
    except asyncssh.KeyImportError:
        keys = []
    if keys:
        return keys
    cure = "Write the server's public key in host_keys as its owner gives it (ssh-ed25519 AAAA…)."
    raise Unreadable("unknown_host_key", "no host key is known for the SFTP server, or one cannot be read", cure)


def _client_keys(place: SftpPlace) -> list[asyncssh.SSHKey] | None:
    if place.key_file is None:
        return None
    try:
        return [asyncssh.read_private_key(place.key_file)]
    except (asyncssh.KeyImportError, OSError):
        cure = "Check the path and its owner; the key must be without a passphrase."
        raise Unreadable("login_refused", f"the key file {place.key_file} cannot be read", cure) from None


def root_of(place: SftpPlace) -> bytes:
    """The folder on the server, as the bytes of its path."""
    return os.fsencode(unquote(urlsplit(place.url).path)) or b"."
