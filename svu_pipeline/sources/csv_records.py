"""A CSV file as a stream of whole records: what a parser would misread is taken out here, and noted under its number.

Here: where a record begins and ends, and whether its quotes stand where CSV lets them stand. Not here: the header, the
cells (`csv_file.py`). A quote is the first or last character of a field, or is doubled within a quoted one (RFC 4180, 2);
any other could move the border between two fields or two records, and is never guessed at.
"""

from __future__ import annotations

import codecs
import io
import re
from functools import cache
from typing import IO, Any, NamedTuple

from svu_pipeline.sources.system import Unreadable

REDELIVER = "Ask the owner to deliver the file again."
CHUNK = 1 << 18
MAX_RECORD = 1_000_000
"""No record of ours is a megabyte long: one that is has lost its line ends, or was never a record."""


class _Grammar(NamedTuple):
    """A quoted field; all up to a quoted field that is open to the end; a record; a quote where a field begins."""

    quoted: re.Pattern[bytes]
    finished: re.Pattern[bytes]
    record: re.Pattern[bytes]
    opening: re.Pattern[bytes]


@cache
def _grammar(delimiter: bytes) -> _Grammar:
    """Every repetition is possessive, so that no text takes more than one pass."""
    edge = re.escape(delimiter) + rb"\n"
    opening = rb"(?:\A|(?<=[" + edge + rb']))"'
    quoted = opening + rb'(?:[^"]++|"")*+"(?=[' + edge + rb"\r]|\Z)"
    return _Grammar(
        quoted=re.compile(quoted),
        finished=re.compile(rb'(?:[^"]++|' + quoted + rb"|(?!" + opening + rb'(?:[^"]++|"")*+\Z)")*+'),
        record=re.compile(rb'(?:[^"\n]++|' + quoted + rb'|")*+\n?'),
        opening=re.compile(opening),
    )


class Records(io.RawIOBase):
    """The records of a CSV file as bytes, for a parser to read; `begun` are bytes that were taken from the stream before.

    In the place of an unsound record stands one of empty fields, one too many, so that every record after it keeps its
    number (from 1, blank lines aside); `defects` says what it was. `line_end` is that of the header: of carriage
    returns alone line feeds are made. Raises Unreadable from `read` where a quote is never closed, or where the line
    ends are mixed, and UnicodeDecodeError for bytes outside `encoding` (pyarrow overlooks those of a ragged record).
    """

    def __init__(
        self, stream: IO[bytes], begun: bytes, *, delimiter: str, columns: int, line_end: bytes, encoding: str
    ) -> None:
        self.defects: dict[int, str] = {}
        self.count = 0
        self.ends_whole = True
        self._stream, self._line_end = stream, line_end
        self._grammar = _grammar(delimiter.encode())
        self._unsound = delimiter.encode() * columns + (line_end if line_end != b"\r" else b"\n")
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._rest, self._ready = self._received(begun, is_last=False), b""
        self._is_done = self._is_skipping = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and not self._is_done:
            self._ready = self._next()
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def _received(self, data: bytes, *, is_last: bool) -> bytes:
        """Bytes as received, held to the encoding; line feeds for carriage returns alone."""
        self._decoder.decode(data, final=is_last)
        if self._line_end != b"\r":
            return data
        if b"\n" in data:
            raise _mixed_line_ends()
        return data.replace(b"\r", b"\n")

    def _next(self) -> bytes:
        """The records that are whole after one more chunk; at the end of the stream all that is left."""
        chunk = self._stream.read(CHUNK)
        self._is_done = not chunk
        chunk = self._received(chunk, is_last=self._is_done)
        data = self._rest + chunk
        if self._is_skipping:
            return self._skipped(data)
        end = self._end_of_whole(data) if chunk else len(data)
        if not end and len(data) > MAX_RECORD:
            return self._given_up(data)
        self._rest = data[end:]
        return self._sound(data[:end])

    def _end_of_whole(self, data: bytes) -> int:
        """Where the last record ends that is whole: at a line end, and not within a quoted field."""
        end = data.rfind(b"\n") + 1
        while end and (finished := self._finished(data, end)) < end:
            end = data.rfind(b"\n", 0, finished) + 1
        return end

    def _finished(self, data: bytes, end: int) -> int:
        """Up to where no quoted field is open."""
        finished = self._grammar.finished.match(data, 0, end)
        return finished.end() if finished else 0

    def _given_up(self, data: bytes) -> bytes:
        """A record beyond all bounds: left out up to the end of its line, unless a quote holds it open."""
        if self._finished(data, len(data)) < len(data):
            raise _never_closed()
        self.count += 1
        self.defects[self.count] = "too_long"
        self._is_skipping = True
        return self._unsound + self._skipped(data)

    def _skipped(self, data: bytes) -> bytes:
        end = data.find(b"\n") + 1
        self._is_skipping = not end
        self._rest = data[end:] if end else b""
        return b""

    def _sound(self, data: bytes) -> bytes:
        """The same records, those aside whose quotes are not sound."""
        if not data:
            return data
        self.ends_whole = data.endswith(b"\n")
        bare = self._grammar.quoted.sub(b"q", data) if b'"' in data else data
        self._check_line_ends(bare)
        if b'"' in bare:
            return b"".join(map(self._checked, self._grammar.record.findall(data)))
        lines = bare.split(b"\n")
        self.count += len(lines) - lines.count(b"") - lines.count(b"\r")
        return data

    def _checked(self, record: bytes) -> bytes:
        """One record as it stands, or what stands in its place."""
        if not record.strip(b"\r\n"):
            return record
        self.count += 1
        bare = self._grammar.quoted.sub(b"q", record) if b'"' in record else record
        if b'"' not in bare:
            return record
        if bare.count(b'"') == 1 and self._grammar.opening.search(bare):
            raise _never_closed()
        self.defects[self.count] = "bad_quote"
        return self._unsound

    def _check_line_ends(self, bare: bytes) -> None:
        pairs, feeds, returns = bare.count(b"\r\n"), bare.count(b"\n"), bare.count(b"\r")
        expected = (feeds, feeds) if self._line_end == b"\r\n" else (0, 0)
        if (pairs, returns) != expected:
            raise _mixed_line_ends()


def _mixed_line_ends() -> Unreadable:
    return Unreadable(
        "mixed_line_ends", "the lines end in different ways: records may be lost or run together", REDELIVER
    )


def _never_closed() -> Unreadable:
    return Unreadable("unbalanced_quote", "a quote is opened and never closed", REDELIVER)
