"""Fixtures that several folders of tests share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

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
