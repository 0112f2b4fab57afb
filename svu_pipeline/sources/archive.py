"""A compressed delivery as a transport: one file within a `.gz` or `.zip`, unpacked as a stream, within bounds.

Nothing is ever unpacked to disk, so no name in an archive can lead anywhere; one that tries is refused all the same.
"""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
import zlib
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO, Any

from svu_pipeline.sources.system import Unreadable

CURE = "Ask the owner to deliver the file again, alone in its archive or not compressed at all."

MAX_RATIO = 100
MAX_UNPACKED = 2 << 30
"""What unpacks to more than a hundred times its size, or to more than 2 GiB, was made to exhaust us, or is no extract."""

SMALL = 1 << 20
"""Up to a megabyte may come out of anything: a short and monotonous file packs well."""

_MAGIC = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")
_DAMAGE = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError, RuntimeError, OSError)


def unpacked(stream: IO[bytes], path: str) -> IO[bytes]:
    """The content of a file that was received as `path`: unpacked where the name ends in `.gz` or `.zip`, else as it is.

    Raises Unreadable, at once or while it is read: `corrupt_archive` (cut, or a checksum that does not hold),
    `archive_limit` (bounds above, or an archive within), `unsafe_path` and `unexpected_member`.
    """
    if path.endswith(".gz"):
        return io.BufferedReader(_Bounded(gzip.GzipFile(fileobj=stream), stream, None))
    if path.endswith(".zip"):
        return io.BufferedReader(_opened(stream))
    return stream


def check_size(unpacked_bytes: int, packed_bytes: int) -> None:
    """Raise Unreadable `archive_limit` where so much out of so little is beyond the bounds."""
    if unpacked_bytes > MAX_UNPACKED or (unpacked_bytes > SMALL and unpacked_bytes > MAX_RATIO * packed_bytes):
        raise Unreadable("archive_limit", "the archive unpacks beyond all bounds", CURE)


class _Bounded(io.RawIOBase):
    """The bytes of a packed stream, counted against the bounds as they come; `packed` is the size where it is known."""

    def __init__(self, content: IO[bytes] | gzip.GzipFile, received: IO[bytes], packed: int | None) -> None:
        self._content, self._received, self._packed = content, received, packed
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            read = self._content.read(len(buffer))
        except _DAMAGE:
            raise _corrupt() from None
        if not self._count and read.startswith(_MAGIC):
            raise Unreadable("archive_limit", "the archive holds an archive", CURE)
        self._count += len(read)
        check_size(self._count, self._received.tell() if self._packed is None else self._packed)
        buffer[: len(read)] = read
        return len(read)

    def close(self) -> None:
        self._content.close()
        self._received.close()
        super().close()


def _opened(stream: IO[bytes]) -> _Bounded:
    try:
        archive = zipfile.ZipFile(stream)
        member = _only_member(archive)
        return _Bounded(archive.open(member), stream, member.compress_size)
    except _DAMAGE:
        raise _corrupt() from None


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if any(_is_unsafe(member) for member in members):
        raise Unreadable("unsafe_path", "the archive holds a link, or a path that leads out of it", CURE)
    if len(members) != 1 or members[0].is_dir():
        raise Unreadable("unexpected_member", "the archive does not hold exactly one file", CURE)
    if members[0].flag_bits & 1:
        raise Unreadable("unexpected_member", "the archive is encrypted", CURE)
    check_size(members[0].file_size, members[0].compress_size)
    return members[0]


def _is_unsafe(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a symbolic link, or its name is absolute or climbs, in the eyes of any system."""
    paths = (PurePosixPath(member.filename), PureWindowsPath(member.filename))
    climbs = any(path.is_absolute() or path.drive or ".." in path.parts for path in paths)
    return climbs or stat.S_ISLNK(member.external_attr >> 16)


def _corrupt() -> Unreadable:
    return Unreadable("corrupt_archive", "the archive is cut short, or its checksum does not hold", CURE)
