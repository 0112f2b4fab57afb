"""A force that makes releases: a home that tests may change, and a review short enough to be released in a moment."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.clock import Window, window
from svu_pipeline.publication.review import review
from svu_pipeline.release.folder import CODE, hash_of, read
from svu_pipeline.release.prepare import Prepared, prepare
from svu_pipeline.release.publish import publish
from svu_pipeline.release.registry import Released
from svu_pipeline.release.revisions import Note
from svu_pipeline.release.sign_off import sign
from svu_pipeline.release.signing import new_key
from svu_pipeline.settings import ReleaseSettings, Settings
from svu_pipeline.warehouse import Home
from svu_pipeline_tests.night import Force

WINDOW = window("2023-11")
MORNING = datetime(2026, 12, 5, 9, 30, tzinfo=UTC)
SHORT = {"people_arrested": ("district", "sex"), "arrests": ("district",), "warrants_executed": ("district",)}
"""The breakdowns that the short review keeps; every figure keeps its whole and its months."""


@dataclass
class Office:
    """Those who make releases on a home: their clock, and what the review says when it is asked."""

    root: Path
    document: dict[str, Any]
    at: datetime = MORNING
    readers: tuple[str, ...] = ()
    windows: list[str] = field(default_factory=list)

    @property
    def home(self) -> Home:
        return Home(self.root)

    @property
    def settings(self) -> Settings:
        made = Settings(self.root, self.root / "sources", self.root / "restricted" / "person.key")
        return replace(made, release=ReleaseSettings(early_readers=self.readers))

    def clock(self) -> datetime:
        return self.at

    def review(self, _settings: Settings, of: Window, _as_at: datetime | None = None) -> dict[str, Any]:
        """Stands in for the striking of a window: the same document, of whichever window was asked for."""
        self.windows.append(of.label)
        return copy.deepcopy(self.document)

    def figure(self, metric: str) -> dict[str, Any]:
        return next(figure for figure in self.document["figures"] if figure["id"] == metric)

    @property
    def draft(self) -> Prepared:
        """The release that was prepared in the home from the first."""
        folder = self.home.releases / "2023-11.1"
        return Prepared(folder.name, folder, hash_of(folder), is_changed=False)

    def prepared(self, note: Note | None = None) -> Prepared:
        return prepare(self.settings, WINDOW, None, note, self.clock)

    def signed(self, made: Prepared | None = None) -> Prepared:
        """A release that two people have signed off; the first one where none is given."""
        made = made or self.draft
        self.sign(made, "statistician", "Ann Other")
        self.sign(made, "press_officer", "Bo Field")
        return made

    def sign(self, made: Prepared, role: str, name: str) -> None:
        sign(self.home, made.id, role, name, hash_of(made.folder), self.clock)

    def published(
        self, made: Prepared | None = None, open_at: datetime | None = None, readers: tuple[str, ...] = ()
    ) -> Released:
        return publish(self.settings, self.signed(made).id, open_at, readers, self.clock)

    def later(self, **spans: int) -> None:
        self.at += timedelta(**spans)


@pytest.fixture(scope="session")
def struck(demo_night: Force) -> dict[str, Any]:
    """The review of the demo year."""
    return review(demo_night.settings, WINDOW)


@pytest.fixture(scope="session")
def short(struck: dict[str, Any]) -> dict[str, Any]:
    """The review with few breakdowns: what releases do with many is no other."""
    found = copy.deepcopy(struck)
    for figure in found["figures"]:
        kept = SHORT.get(figure["id"], ())
        figure["breakdowns"] = [table for table in figure["breakdowns"] if table["dimension"] in kept]
    return found


@pytest.fixture(scope="session")
def first(demo_night: Force, short: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home after the demo's night, with a signing key and a prepared release; tests copy it."""
    made = Office(tmp_path_factory.mktemp("first") / "home", short)
    _copied(demo_night.root, made.root)
    new_key(made.settings, "tests", made.clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("svu_pipeline.release.document.review", made.review)
        made.prepared()
    return made


@pytest.fixture
def office(first: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A copy of that home for one test, where a window is struck in no time."""
    made = Office(tmp_path / "home", copy.deepcopy(first.document))
    _copied(first.root, made.root)
    monkeypatch.setattr("svu_pipeline.release.document.review", made.review)
    # As when the draft was made: a test is not to fail because someone is at work on the code.
    code = read(made.draft.folder, CODE)
    monkeypatch.setattr("svu_pipeline.release.provenance.code", lambda: code)
    return made


@pytest.fixture(scope="session")
def release_folder(first: Office, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A published release as anyone has it: each call gives a copy."""
    made = Office(tmp_path_factory.mktemp("released") / "home", first.document)
    _copied(first.root, made.root)
    found = made.published()
    copies = iter(range(10_000))

    def copied() -> Path:
        place = made.root.parent / f"copy{next(copies)}"
        shutil.copytree(made.home.published / "releases" / found.id, place)
        return place

    return copied


def _copied(home: Path, place: Path) -> None:
    shutil.copytree(home, place, copy_function=_linked)


def _linked(source: str, target: str) -> str:
    """A file of a home in another home: linked, for files are replaced and never rewritten, but for logs and what tests harm."""
    if source.endswith((".jsonl", ".db", ".key")) or "/releases/" in source:
        return str(shutil.copy2(source, target))
    os.link(source, target)
    return target
