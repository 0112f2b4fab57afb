"""XML returns as a transport: parsed as a stream, no document type, no entity, nothing fetched, bounded in every way."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from svu_pipeline.sources.odd_text import Note
from svu_pipeline.sources.system import Unreadable

CURE = "Ask the owner to deliver the return again, as agreed."
AGREE = "Ask the owner what changed in the return, and agree it."

MAX_DEPTH = 50
MAX_TEXT = 1 << 20
MAX_PARTS = 10_000
"""Elements within one record: many times what any return has, and few enough to hold in memory."""

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
DECLARED = re.compile(rb"""\A<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
WRONG_DECLARATION = 19
"""Expat's number for bytes that cannot be of the encoding declared (XML_ERROR_INCORRECT_ENCODING)."""


def read_elements(
    stream: IO[bytes], root_tag: str, tags: frozenset[str], check_root: Callable[[Element, dict[str, int]], None]
) -> Iterator[tuple[str, int, Element]]:
    """`(tag, number, element)` for each whole element of `tags` directly within the root, in the order of the file.

    `check_root(root, counts)` is called at the end with the number of elements of each tag and may raise Unreadable.
    Raises Unreadable for a file that is empty, not well formed, in another encoding than it says, has a document type,
    another root or an unknown element within it, or is nested or long beyond all bounds.
    """
    counts = dict.fromkeys(tags, 0)
    try:
        yield from _elements(_Declared(stream), root_tag, counts, check_root)
    except DefusedXmlException:
        raise Unreadable(
            "forbidden_dtd", "the file has a document type or an entity, which are never accepted", CURE
        ) from None
    except ParseError as error:
        if error.code == WRONG_DECLARATION:
            raise _wrong_encoding() from None
        raise Unreadable("malformed", "the file is cut short or not well-formed XML", CURE) from None
    except (UnicodeDecodeError, LookupError, ValueError):
        raise _wrong_encoding() from None


def _elements(
    stream: _Declared,
    root_tag: str,
    counts: dict[str, int],
    check_root: Callable[[Element, dict[str, int]], None],
) -> Iterator[tuple[str, int, Element]]:
    root: Element | None = None
    depth = parts = 0
    for event, element in ElementTree.iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if root is None:
            root = _root(element, root_tag)
        depth, parts = (depth + 1, parts + 1) if event == "start" else (depth - 1, parts)
        if depth > MAX_DEPTH or parts > MAX_PARTS or len(element.text or "") > MAX_TEXT:
            raise Unreadable("limit", "the file is nested, or a record in it long, beyond all bounds", CURE)
        if event == "end" and depth == 1:
            if element.tag not in counts:
                raise Unreadable("schema_drift", "the return has an element that is not agreed", AGREE)
            counts[element.tag] += 1
            yield element.tag, counts[element.tag], element
            del root[:]
            parts = 0
    if root is not None:
        check_root(root, counts)


class Children:
    """The values of one kind of record by `paths` (our column to the path of its element), each record as it comes.

    An element that is absent is null and one that is empty is empty text; one that is `xsi:nil` is null, and noted. An
    element that is not agreed is noted, and refuses the return where one of `required` is missing at the same time: it
    was then renamed.
    """

    def __init__(self, paths: Mapping[str, str], required: frozenset[str], note: Note) -> None:
        self._paths, self._required, self._note = paths, required, note
        self._known = {part for path in paths.values() for part in _steps(path)}

    def values(self, element: Element) -> tuple[list[str | None], str | None]:
        """The texts in the order of `paths`, and the defect `multiple_values` where an element stands twice."""
        found = _children(element)
        unknown = found.keys() - self._known
        missing = [column for column in self._required if self._paths[column] not in found]
        if unknown and missing:
            raise Unreadable(
                "schema_drift", "an element that is required is missing beside one that is not agreed", AGREE
            )
        self._note("new_column", len(unknown))
        cells = [found.get(path, []) for path in self._paths.values()]
        self._note("nil", sum(NIL in one.attrib for many in cells for one in many))
        is_repeated = any(len(found[path]) > 1 for path in found.keys() & self._known)
        return [_text(many[0]) if many else None for many in cells], "multiple_values" if is_repeated else None


def _children(element: Element) -> dict[str, list[Element]]:
    """The elements below one by their path."""
    found: dict[str, list[Element]] = {}
    waiting = [("", element)]
    while waiting:
        path, parent = waiting.pop()
        for child in parent:
            place = f"{path}{child.tag}"
            found.setdefault(place, []).append(child)
            waiting.append((f"{place}/", child))
    return found


def _steps(path: str) -> Iterator[str]:
    """A path and the paths of the elements that it leads through."""
    parts = path.split("/")
    return ("/".join(parts[: end + 1]) for end in range(len(parts)))


def _text(element: Element) -> str | None:
    return None if element.get(NIL) in ("true", "1") else element.text or ""


def _root(element: Element, root_tag: str) -> Element:
    if element.tag != root_tag:
        raise Unreadable("schema_drift", f"the root element is not {root_tag}", AGREE)
    return element


def _wrong_encoding() -> Unreadable:
    return Unreadable("wrong_encoding", "the file is not text of the encoding that it declares", CURE)


class _Declared(io.RawIOBase):
    """The bytes of a file, held to the encoding that it declares, and to text of bounded length between two tags."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder: codecs.IncrementalDecoder | None = None
        self._without_tag = 0

    def read(self, size: int = -1) -> Any:
        chunk = self._stream.read(size)
        if self._decoder is None:
            if not chunk.strip():
                raise Unreadable("empty_file", "the file is empty", CURE)
            self._decoder = codecs.getincrementaldecoder(_encoding(chunk))()
        self._decoder.decode(chunk, final=not chunk)
        self._without_tag = self._without_tag + len(chunk) if b"<" not in chunk else len(chunk) - chunk.rfind(b"<")
        if self._without_tag > 2 * MAX_TEXT:
            raise Unreadable("limit", "a text of the file is beyond all bounds", CURE)
        return chunk


def _encoding(start: bytes) -> str:
    """What the file says it is in; without a word, what its byte order mark says, or UTF-8 (XML 1.0, 4.3.3)."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    declared = DECLARED.match(start.removeprefix(codecs.BOM_UTF8))
    return declared[1].decode() if declared else "utf-8"
