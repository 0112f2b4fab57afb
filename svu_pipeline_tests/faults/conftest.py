"""The small home that the tests of faults work on, before its first night, after it, and after the second."""

from __future__ import annotations

from pathlib import Path

import pytest

from svu_pipeline_tests.faults import child
from svu_pipeline_tests.faults.mini import Mini, write_sources


@pytest.fixture(scope="session")
def never_run(tmp_path_factory: pytest.TempPathFactory) -> Mini:
    """A home before its first night."""
    return write_sources(tmp_path_factory.mktemp("faults") / "mini")


@pytest.fixture(scope="session")
def first(never_run: Mini, tmp_path_factory: pytest.TempPathFactory) -> Mini:
    """A home after an undisturbed first night; only read and copied."""
    return _after(never_run, 1, tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="session")
def second(first: Mini, tmp_path_factory: pytest.TempPathFactory) -> Mini:
    """A home after two undisturbed nights; only read and copied."""
    return _after(first, 2, tmp_path_factory.mktemp("second"))


def _after(before: Mini, number: int, folder: Path) -> Mini:
    mini = before.copy(folder / "mini")
    output = folder / "output"
    assert child.run(child.night, output, mini.root, number) == 0, output.read_text("utf-8")
    return mini
