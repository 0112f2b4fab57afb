"""SFTP as a transport: what has been delivered in a folder of another machine, mirrored into one of ours.

A file is delivered once `<file>.done` stands beside it: empty, or JSON with the `size`, `sha256`, `rows` and `sums` that
the sender vouches for. Quiet alone is no sign that a file is whole, so nothing without that marker is ever fetched.
Not here: how a session is opened and with whom (`sftp_session.py`), nor what a marker says (`delivered.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import asyncssh

from svu_pipeline.disk import drop, said_plainly
from svu_pipeline.sources.delivered import DONE, Promise, delivered, promise_of
from svu_pipeline.sources.patience import Patience
from svu_pipeline.sources.place import SftpPlace
from svu_pipeline.sources.sftp_session import root_of, session
from svu_pipeline.sources.system import Unreadable
from svu_pipeline.warehouse import whole_file

CHUNK = 1 << 20
MAX_MARKER = 64 << 10
MAX_DEPTH = 4
MAX_FILES = 100_000
MAX_NAME = 200
"""Bytes of a name, so that there is room for what marks it as being aside."""

LINK = "the SFTP folder holds a link or a device"
AT_ONCE = 8
"""Files under way at a time: small ones cost the server's answering time, not its speed."""

FETCHES = 2
"""A file whose bytes are not those promised is fetched once more before it is refused."""


def mirror(place: SftpPlace, folder: Path) -> None:
    """Make `folder` hold the delivered files of the place, subfolders and markers included, and nothing else.

    A file of the same size, time of change and marker is here already. Any other is fetched aside, compared with its
    marker and renamed whole; a connection that drops is taken up again with the files that are still missing.

    Raises Unreadable: `unknown_host_key` (nothing was sent), `login_refused`, `no_delivery`, `unsafe_path`, `bad_marker`,
    `limit`; and, where waiting may help, `no_answer`, `file_changed`, `corrupt_transfer`, `incomplete_delivery`.
    SecretMissing where the password is not in its place.
    """
    asyncio.run(_mirror(place, folder))


class _Corrupt(Exception):
    """A file arrived whole, yet its bytes are not those that its marker promises."""


class _Stat(NamedTuple):
    """What the server says of a file: bytes, and when it was last changed in seconds since 1970."""

    size: int
    mtime: int


async def _mirror(place: SftpPlace, folder: Path) -> None:
    """Mirror over as many connections as it takes, and as are allowed."""

    async def once() -> None:
        async with session(place) as sftp:
            await _Remote(sftp, root_of(place), place.timeout_seconds).bring(folder)

    await Patience().until_told(once)


class _Remote:
    """The server's side of a mirror: listing, markers and files, each step within the place's timeout."""

    def __init__(self, sftp: asyncssh.SFTPClient, root: bytes, timeout: float) -> None:
        self._sftp, self._root, self._timeout = sftp, root, timeout

    async def bring(self, folder: Path) -> None:
        """Remove here what is no longer delivered there, then fetch what is not here yet."""
        listed: set[str] = set()
        try:
            await self._list("", 1, listed)
        except asyncssh.SFTPNoSuchFile:
            cure = "Check the place's url with the owner of the server."
            raise Unreadable("no_delivery", "the folder is not on the SFTP server", cure) from None
        names = delivered(listed)
        _remove_others(folder, {folder / (name + end) for name in names for end in ("", DONE)})
        left = iter(names)

        async def some() -> None:
            for name in left:
                await self._bring_file(self._path(name), folder / name)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(some())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    def _path(self, below: str) -> bytes:
        return self._root + b"/" + below.encode() if below else self._root

    async def _list(self, below: str, depth: int, listed: set[str]) -> None:
        """Every regular file below the root by its path; hidden ones, as those still being written often are, left out."""
        if depth > MAX_DEPTH or len(listed) > MAX_FILES:
            raise Unreadable("limit", "the SFTP folder is too deep or holds too many files", "Check the place's url.")
        async with asyncio.timeout(self._timeout):
            entries = [entry async for entry in self._sftp.scandir(self._path(below))]
        for entry in entries:
            name = _safe(entry.filename)
            if name.startswith("."):
                continue
            if entry.attrs.type == asyncssh.FILEXFER_TYPE_DIRECTORY:
                await self._list(f"{below}{name}/", depth + 1, listed)
            elif entry.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR:
                listed.add(below + name)
            else:
                raise _unsafe(LINK)

    async def _bring_file(self, path: bytes, target: Path) -> None:
        """Fetch a file unless it is here. It is looked at only after its marker: from then on it must not change."""
        marker = target.with_name(target.name + DONE)
        try:
            text = await self._marker(path + DONE.encode())
            promise, stat = promise_of(text), await self._stat(path)
            if promise.size not in (None, stat.size):
                raise _changed("a file is not of the size that its marker says")
            if not _is_here(target, stat, marker, text):
                drop(marker)
                await self._fetch(path, stat, target, promise)
                with whole_file(marker) as aside:
                    aside.write_bytes(text)
        except asyncssh.SFTPNoSuchFile:
            raise _changed("a delivered file was taken away while it was fetched") from None

    async def _marker(self, path: bytes) -> bytes:
        async with self._opened(path) as file, asyncio.timeout(self._timeout):
            text: bytes = await file.read(MAX_MARKER + 1, 0)
        if len(text) > MAX_MARKER:
            raise Unreadable("bad_marker", "a marker is too large", "Ask the owner to deliver the file again.")
        return text

    async def _fetch(self, path: bytes, stat: _Stat, target: Path, promise: Promise) -> None:
        """Fetch a file until its bytes are those promised, FETCHES times at most."""
        for _ in range(FETCHES):
            try:
                with whole_file(target) as aside:
                    await self._copy(path, stat, aside, promise)
                    os.utime(aside, (stat.mtime, stat.mtime))
                return
            except _Corrupt:
                continue
        cure = "Wait, then run again; if it lasts, ask the owner to deliver the file and its marker again."
        raise Unreadable("corrupt_transfer", "a file's bytes are not those its marker promises", cure, may_pass=True)

    async def _copy(self, path: bytes, stat: _Stat, aside: Path, promise: Promise) -> None:
        """Copy a file of a certain size and time of change: it must still have them when it has been read."""
        digest, size = hashlib.sha256(), 0
        async with self._opened(path) as file:
            with aside.open("wb") as local:
                while size < stat.size:
                    async with asyncio.timeout(self._timeout):
                        chunk: bytes = await file.read(min(CHUNK, stat.size - size), size)
                    if not chunk:
                        break
                    digest.update(chunk)
                    local.write(chunk)
                    size += len(chunk)
        if size != stat.size or await self._stat(path) != stat:
            raise _changed("a file changed while it was fetched")
        if promise.sha256 not in (None, digest.hexdigest()):
            raise _Corrupt

    async def _stat(self, path: bytes) -> _Stat:
        async with asyncio.timeout(self._timeout):
            attrs = await self._sftp.lstat(path)
        if attrs.type != asyncssh.FILEXFER_TYPE_REGULAR:
            raise _unsafe(LINK)
        return _Stat(attrs.size or 0, int(attrs.mtime or 0))

    @asynccontextmanager
    async def _opened(self, path: bytes) -> AsyncIterator[asyncssh.SFTPClientFile]:
        """A file open for reading; closed only when all went well, as a server that hangs would not let it be closed."""
        async with asyncio.timeout(self._timeout):
            file = await self._sftp.open(path, "rb")
        yield file
        async with asyncio.timeout(self._timeout):
            await file.close()


def _safe(name: bytes | str) -> str:
    """A name within its folder as text; refused when it could lead out of it or cannot be shown."""
    try:
        text = name.decode() if isinstance(name, bytes) else name
    except UnicodeDecodeError:
        raise _unsafe("the SFTP folder holds a name that is not UTF-8") from None
    if not text or not text.isprintable() or "/" in text or "\\" in text or len(name) > MAX_NAME:
        raise _unsafe("the SFTP folder holds a name that is a path or cannot be shown")
    return text


def _unsafe(problem: str) -> Unreadable:
    return Unreadable("unsafe_path", problem, "Ask the owner of the server to keep nothing but plain files there.")


def _changed(problem: str) -> Unreadable:
    return Unreadable("file_changed", problem, "Wait until it is delivered whole, then run again.", may_pass=True)


def _is_here(target: Path, stat: _Stat, marker: Path, text: bytes) -> bool:
    """Whether a file was mirrored before, by its size, time of change and marker, as they are now."""
    if not (target.is_file() and marker.is_file()):
        return False
    here = target.stat()
    return _Stat(here.st_size, int(here.st_mtime)) == stat and marker.read_bytes() == text


def _remove_others(folder: Path, kept: set[Path]) -> None:
    """Remove every file below a folder that is not to be kept, and the folders that this leaves empty."""
    with said_plainly(folder):
        for path in sorted(folder.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    drop(path)
            elif path not in kept:
                drop(path)
