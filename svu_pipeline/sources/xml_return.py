"""XML returns as a transport: parsed as a stream, no document type, no entity, nothing fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from svu_pipeline.sources.system import Unreadable

CURE = "Ask the owner to deliver the return again, as agreed."


def read_elements(
    stream: IO[bytes], root_tag: str, tags: frozenset[str], check_root: Callable[[Element, dict[str, int]], None]
) -> Iterator[tuple[str, int, Element]]:
    """`(tag, number, element)` for each whole element of `tags` directly within the root, in the order of the file.

    `check_root(root, counts)` is called at the end with the number of elements of each tag and may raise Unreadable.
    Raises Unreadable for a file that is empty, not well formed, has a document type, or has another root.
    """
    counts = dict.fromkeys(tags, 0)
    root: Element | None = None
    try:
        for event, element in ElementTree.iterparse(stream, events=("start", "end"), forbid_dtd=True):
            if root is None:
                root = _root(element, root_tag)
            elif event == "end" and element.tag in tags:
                counts[element.tag] += 1
                yield element.tag, counts[element.tag], element
                del root[:]
    except DefusedXmlException:
        raise Unreadable(
            "forbidden_dtd", "the file has a document type or an entity, which are never accepted", CURE
        ) from None
    except (ParseError, UnicodeDecodeError, LookupError):
        raise Unreadable("malformed", "the file is empty or not well-formed XML", CURE) from None
    if root is None:
        raise Unreadable("empty_file", "the file is empty", CURE)
    check_root(root, counts)


def child_text(element: Element, path: str) -> str | None:
    """The text of a child element; an absent and an empty one are both null."""
    return element.findtext(path) or None


def _root(element: Element, root_tag: str) -> Element:
    if element.tag != root_tag:
        raise Unreadable("schema_drift", f"the root element is not {root_tag}", CURE)
    return element
