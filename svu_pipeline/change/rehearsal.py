"""A home to try things on: every file of the real one, none of its bytes copied, gone when it is left.

The files of a home are never written in place (`warehouse.py`), so a second name for each (a hard link) is as good as a copy:
what is made anew in the rehearsal takes the name there and leaves the real file as it was. Only logs grow in place; these
are copied. It lies within the home itself: restricted records leave neither its disk nor its permissions.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, scratch_folder

ZONES = ("restricted", "facts", "published")
LEFT_OUT = {"locks"}
"""Locks are taken anew: the rehearsal waits for nobody."""


@contextmanager
def rehearsal(settings: Settings) -> Iterator[Settings]:
    """Settings of a home that is as the real one stands; its sources are the real ones. Raises Unwritable."""
    home = Home(settings.home)
    with scratch_folder(home.root) as aside:
        for zone in ZONES:
            if (home.root / zone).is_dir():
                shutil.copytree(
                    home.root / zone, aside / zone, copy_function=_second_name, ignore=lambda _, names: _ignored(names)
                )
        yield replace(settings, home=aside)


def _second_name(source: str, target: str) -> str:
    if Path(source).suffix == ".jsonl":
        return shutil.copy2(source, target)
    os.link(source, target)
    return target


def _ignored(names: list[str]) -> set[str]:
    return {name for name in names if name in LEFT_OUT or ".aside" in name}
