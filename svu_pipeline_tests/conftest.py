"""Fixtures that several folders of tests share."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

import svu_pipeline.without_pandas  # noqa: F401 - as the commands do
from svu_pipeline.demo.generate import generate
from svu_pipeline_tests.night import Force


@pytest.fixture
def force(tmp_path: Path) -> Force:
    """An empty home."""
    return Force(tmp_path / "home")


@pytest.fixture(scope="session")
def demo_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration force's extract folder, with `truth.json` beside it; never written to."""
    folder = tmp_path_factory.mktemp("demo")
    generate(folder / "sources", folder / "truth.json")
    return folder / "sources"


@pytest.fixture(scope="session")
def truth(demo_sources: Path) -> dict[str, Any]:
    """What the generator planted, in its own counting."""
    content: dict[str, Any] = json.loads((demo_sources.parent / "truth.json").read_text("utf-8"))
    return content


@pytest.fixture(scope="session")
def demo_night(demo_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Force:
    """A home after one full night on the demonstration force; tests only read it."""
    force = Force(tmp_path_factory.mktemp("night") / "home")
    force.night(demo_sources)
    return force


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless; a test that wants it is skipped, and says so, where there is none.

    Closed with the module: while it is open an event loop runs, beside which others' tests could run none of theirs.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine: nothing is looked at in a browser")
    flags = ["--disable-gpu", "--disable-background-networking"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium will not start as root with one
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield launched
        launched.close()
