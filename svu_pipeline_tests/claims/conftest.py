"""The demonstration year as figures to check texts against."""

from __future__ import annotations

import pytest

from svu_pipeline.claims.figures import Figures, figures_of
from svu_pipeline.clock import window
from svu_pipeline_tests.night import Force


@pytest.fixture(scope="session")
def year(demo_night: Force) -> Figures:
    """The figures of the published year (counting.md); other windows are struck when a text asks for them."""
    return figures_of(demo_night.settings, window("2023-11"))
