"""Making the next item while the last one is used: reading beside writing, casting beside checking."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Generator[Item]:
    """The items in their order; each is made in another thread while the caller uses the one before it.

    Two items are held at most. It pays where the making leaves the interpreter to others, as Arrow, DuckDB and the
    database drivers do. What the making raises is raised here, in its place; a caller that may leave early closes this
    iterator, which waits for the item under way.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item
