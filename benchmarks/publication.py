"""A release of the demo year, and a text of two pages checked against it: each a cold command, against opening the review."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Run, cold, side_by_side
from benchmarks.nights import WINDOW, demo_sources, nightly
from benchmarks.report import Line, seconds_line

RIVAL = "the same window printed by `svu review`"
PARAGRAPH = (
    "In the year to the end of November the unit arrested 440 people, of whom 305 were charged and remanded in custody. "
    "Officers executed 168 search warrants, seized 83 weapons and around 6kg of drugs, and took £261,000 in criminal profits. "
    "Courts imposed 804 years of prison, and more than 400 vulnerable people were safeguarded.\n\n"
)
PAGES = 11
"""So many paragraphs, some 40 words each, fill two pages."""


def release(pairs: int) -> list[Line]:
    """`svu release prepare`: everything that is to leave the force, in one folder, in a home that has none yet."""
    with TemporaryDirectory() as folder:
        home = _demo_home(Path(folder))
        compared = side_by_side(lambda: _prepare(home), lambda: _review(home), pairs)
    return [seconds_line("release of the demo year", RIVAL, compared, under=10.0)]


def claims(pairs: int) -> list[Line]:
    """`svu claims` on two pages, on a home whose review is published."""
    with TemporaryDirectory() as folder:
        home, text = _demo_home(Path(folder)), Path(folder) / "draft.txt"
        text.write_text(PARAGRAPH * PAGES, encoding="utf-8")
        check = ("-m", "svu_pipeline.cli", "claims", str(text), "--window", WINDOW, "--home", str(home))
        compared = side_by_side(lambda: cold(*check), lambda: _review(home), pairs)
    return [seconds_line("claims in a text of two pages", RIVAL, compared, under=2.0)]


def _demo_home(folder: Path) -> Path:
    home = folder / "home"
    nightly(demo_sources(folder), home)
    return home


def _prepare(home: Path) -> Run:
    shutil.rmtree(home / "releases", ignore_errors=True)
    return cold("-m", "svu_pipeline.cli", "release", "prepare", WINDOW, "--home", str(home))


def _review(home: Path) -> Run:
    return cold("-m", "svu_pipeline.cli", "review", "--window", WINDOW, "--home", str(home))
