"""What the tests of disclosure control share: the demonstration year as a document."""

from __future__ import annotations

from typing import Any

import pytest

from svu_pipeline.clock import window
from svu_pipeline.publication.review import review
from svu_pipeline_tests.night import Force


@pytest.fixture(scope="session")
def demo_document(demo_night: Force) -> dict[str, Any]:
    """The review of the demonstration year as it stands in the force; tests do not change it."""
    return review(demo_night.settings, window("2023-11"))
