"""The courts' API as a transport: one whole pull, page by page, into a folder (sources.md, 3).

Here: the paging and what makes the pages of one pull add up. Not here: one request (`api_client.py`),
nor what a page holds (`courts.py`).
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from svu_pipeline.disk import drop, said_plainly
from svu_pipeline.sources.api_client import ApiClient
from svu_pipeline.sources.courts import SYSTEM, identity_of
from svu_pipeline.sources.json_text import read_page
from svu_pipeline.sources.patience import Again
from svu_pipeline.sources.place import ApiPlace
from svu_pipeline.sources.system import Shapes, Unreadable

HEARINGS = "v1/hearings"
MAX_REPEATS = 100
"""Pages can repeat; a pull in which more than this many brought no hearing that was new is going round in circles."""


def pull(place: ApiPlace, since: str | None, folder: Path, shapes: Shapes = SYSTEM.shapes) -> None:
    """Put every page of the hearings changed since an instant (`YYYY-MM-DDTHH:MM:SSZ`) into `folder`, which is empty.

    The files are `hearings-0001.json` and on, each the body of one answer byte for byte (without its compression).
    Without `since` the parameter is left out, and the API gives all there is. After an exception what stands in the
    folder is part of a pull, and of no use.

    Raises Unreadable: `inconsistent_paging`, `count_mismatch`, and what `read_page` and `api_client.py` raise;
    SecretMissing where the client's secret is not in its place; Unwritable.
    """
    with said_plainly(folder):
        asyncio.run(_pull(place, since, folder, lambda item: identity_of(item, shapes)))


@dataclass
class _Progress:
    """What the pages of one pull have said so far: each distinct hearing, the declared totals, the cursors followed."""

    identity: Callable[[Any], str]
    seen: set[str] = field(default_factory=set)
    totals: set[int] = field(default_factory=set)
    cursors: set[str] = field(default_factory=lambda: {""})
    repeats: int = 0

    def add(self, page: dict[str, Any]) -> None:
        """Take note of a page; Unreadable where following its cursor could not end."""
        known, cursor = len(self.seen), page.get("next_cursor")
        self.seen.update(self.identity(item) for item in page["items"])
        self.totals.add(page["total"])
        self.repeats += len(self.seen) == known
        if cursor is None:
            return
        if not page["items"]:
            raise _circle("a page without items names a next one")
        if cursor in self.cursors:
            raise _circle("a page points back to an earlier one")
        if self.repeats > MAX_REPEATS:
            raise _circle(f"more than {MAX_REPEATS} pages brought nothing new")
        self.cursors.add(cursor)

    def disagreement(self) -> Unreadable | None:
        """Why the pages cannot be one state of the courts' system, if they cannot."""
        if len(self.totals) > 1:
            problem = "the declared total changed between the pages, twice"
            return Unreadable(
                "inconsistent_paging", problem, "Pull again when the courts' system rests.", may_pass=True
            )
        if self.totals != {len(self.seen)}:
            problem = f"the pages hold {len(self.seen)} distinct hearings, not the declared total, twice"
            return Unreadable("count_mismatch", problem, "Ask the owner of the API why, then pull again.")
        return None


async def _pull(place: ApiPlace, since: str | None, folder: Path, identity: Callable[[Any], str]) -> None:
    """Pull, and once more from the start when the pages do not add up: rows came or went between two of them."""
    async with ApiClient(place) as client:
        first = await _pages(client, since, folder, identity)
        if first.disagreement() is None:
            return
        for page in folder.iterdir():
            drop(page)
        second = await _pages(client, since, folder, identity)
        if refusal := second.disagreement():
            raise refusal


async def _pages(client: ApiClient, since: str | None, folder: Path, identity: Callable[[Any], str]) -> _Progress:
    """Write page after page until one has no next cursor, or the totals no longer agree."""
    progress = _Progress(identity)
    query = {"page_size": str(client.place.page_size)}
    if since is not None:
        query["updated_since"] = since
    number = 0
    while len(progress.totals) < 2:
        number += 1
        body, page = await client.get(HEARINGS, query, _page)
        (folder / f"hearings-{number:04d}.json").write_bytes(body)
        progress.add(page)
        cursor = page.get("next_cursor")
        if cursor is None:
            break
        query["cursor"] = cursor
    return progress


def _page(body: bytes) -> dict[str, Any]:
    """The page that a body holds; Again when it is broken, Unreadable when it is something else."""
    try:
        return read_page(io.BytesIO(body))
    except Unreadable as error:
        if error.code == "malformed":
            raise Again(Unreadable(error.code, error.problem, error.cure, may_pass=True)) from None
        raise


def _circle(problem: str) -> Unreadable:
    return Unreadable("inconsistent_paging", problem, "Ask the owner of the API to mend its paging, then pull again.")
