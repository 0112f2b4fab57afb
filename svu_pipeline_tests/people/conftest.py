"""The small force, for the tests that look at its people."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from svu_pipeline_tests.night import Force
from svu_pipeline_tests.people.small_force import small_force


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Force:
    """The small force after two nights; tests only look."""
    return small_force(tmp_path_factory.mktemp("small"))


@pytest.fixture
def own(kept: Force, tmp_path: Path) -> Force:
    """A copy of that home for one test."""
    shutil.copytree(kept.root, tmp_path / "home")
    return Force(tmp_path / "home", kept.nights)
