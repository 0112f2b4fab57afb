"""Fixtures of the tests that start Dagster."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _own_dagster_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The variable that `dagster_home` sets is put back."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    yield
