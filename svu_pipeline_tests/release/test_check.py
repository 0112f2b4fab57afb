"""A release is held against the records by what it shows, hidden and unlisted parts as what they are."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from svu_pipeline.release.check import _otherwise

pytestmark = pytest.mark.slow

GONE: dict[str, Any] = {"code": "GONE", "label": "GONE", "printed": "0", "numerator": 0, "denominator": 1, "marks": []}


def listing(document: dict[str, Any], **row: Any) -> dict[str, Any]:
    """The document with one more district of arrests."""
    found = copy.deepcopy(document)
    figure = next(figure for figure in found["figures"] if figure["id"] == "arrests")
    figure["breakdowns"][0]["rows"].append({**GONE, **row})
    return found


def test_a_nought_that_only_the_release_lists_is_as_known(short: dict[str, Any]) -> None:
    """An earlier release had the district, so this one lists it; struck alone it is unlisted, or listed and hidden."""
    hidden = {"printed": None, "numerator": None, "marks": ["c"]}
    assert list(_otherwise(listing(short), short, short)) == []
    assert list(_otherwise(listing(short), short, listing(short, **hidden))) == []


def test_a_nought_that_is_none_is_not_as_known(short: dict[str, Any]) -> None:
    (said,) = _otherwise(listing(short), listing(short, printed="3", numerator=3), short)
    assert "released as 0, struck again otherwise" in said
    (said,) = _otherwise(listing(short, printed="3", numerator=3), short, short)
    assert "released as 3" in said
