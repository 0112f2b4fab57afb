"""Before a night writes anything: no other night is at it, the home is of our layout and tidy, and the disk can take it.

Here: the lease of the night, the layout of the home, what dead processes left, an estimate of the space a night needs.
Not here: what a single write does when the disk refuses it (`disk.py`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from svu_pipeline.disk import Unwritable, sweep
from svu_pipeline.errors import Curable
from svu_pipeline.landing.batch import MANIFEST, all_manifests
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, lease, read_made, whole_file, write_json

LAYOUT = 3
"""1: JSON files of ours without a seal (and no `layout.json`). 2: sealed. 3: decisions of who is who, and a ledger of them."""

GROWTH = 3
"""A night writes at most about this many times the bytes of the files that are new to it."""

ALLOWANCE = 64 << 20
"""Bytes for run history, logs and what a small night needs at least."""

FILES = 2_000
"""How many new files a night may make: batches, verdicts, and tables aside."""


class NewerHome(Curable):
    """A home that a newer version has worked on: names both layouts."""


@contextmanager
def one_night(settings: Settings) -> Iterator[None]:
    """Hold the lease of the night on a home that is ready for it.

    Raises Busy when another night is running, NewerHome, Damaged for a manifest that is not as written, and Unwritable when
    the disk could not take the night; nothing has been changed then.
    """
    home = Home(settings.home)
    with lease(home, "night"):
        sweep(home.root)
        bring_up_to_date(home)
        _require_space(settings)
        yield


def require_known_layout(home: Home) -> None:
    """Raise NewerHome when a newer version has worked on a home."""
    found = read_made(home.root / "layout.json").get("layout", LAYOUT)
    if found > LAYOUT:
        raise NewerHome(
            f"{home.root}: the home is of layout {found}, and this version knows {LAYOUT}. Install the version that wrote it."
        )


def bring_up_to_date(home: Home) -> None:
    """Bring a home of an earlier layout to ours, batch by batch; begun twice or broken off it comes out the same."""
    require_known_layout(home)
    marker = home.root / "layout.json"
    if read_made(marker).get("layout") == LAYOUT:
        return
    for path in sorted(home.root.glob(f"restricted/landing/*/*/{MANIFEST}")):
        _seal(path)
    write_json(marker, {"layout": LAYOUT})


def _seal(path: Path) -> None:
    """Seal a manifest of layout 1, and keep it as it was beside it."""
    if read_made(path):
        return
    before = path.read_bytes()
    with whole_file(path.with_name("manifest.layout-1.json")) as aside:
        aside.write_bytes(before)
    write_json(path, json.loads(before))


def _require_space(settings: Settings) -> None:
    """Raise Unwritable when the disk has not the space, or the files, that the night may need."""
    disk = os.statvfs(settings.home)
    free, needed = disk.f_bavail * disk.f_frsize, space_needed(settings)
    if free < needed:
        raise Unwritable(
            f"{settings.home}: the night may need {needed >> 20} MiB and {free >> 20} are free. "
            "Free some space, then run again. Nothing was written."
        )
    if disk.f_files and disk.f_favail < FILES:
        raise Unwritable(
            f"{settings.home}: the night may make {FILES} files and the disk has room for {disk.f_favail}. "
            "Free some, then run again. Nothing was written."
        )


def space_needed(settings: Settings) -> int:
    """Bytes that a night may need at most: for the extract files new to it, and for every table made anew.

    A file is taken to be known when one of its path and size has landed. What comes over the network is not counted.
    """
    home = Home(settings.home)
    known = {(file.path, file.bytes) for manifest in all_manifests(home) for file in manifest.files}
    files = ((path.relative_to(settings.sources).as_posix(), path.stat().st_size) for path in _files(settings.sources))
    new = sum(size for name, size in files if (name, size) not in known)
    tables = (home.standing, home.people, home.facts, home.published)
    return GROWTH * new + sum(path.stat().st_size for folder in tables for path in _files(folder)) + ALLOWANCE


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
