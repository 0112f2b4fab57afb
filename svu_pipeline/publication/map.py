"""The districts as a map of tiles: one square a district, laid roughly as they lie, darker for more.

No boundary file is needed, and a small district is as easy to read as a large one: the number stands in the tile, so
that the shade never says anything alone. Not here: the figures (rows of the breakdown by district), and the drawing
(the page lays the tiles out as a list, so that they are read out in order and can be copied).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib import resources
from typing import Any

STEPS = 5
"""Shades of a map: more are not told apart at a glance."""


@dataclass(frozen=True)
class Tile:
    """One district: its place in the grid (from 1), its row of the breakdown, and its shade: 0 for none, 1 to STEPS.

    A district that has no row counted nothing: `part` is None.
    """

    label: str
    column: int
    row: int
    part: dict[str, Any] | None
    step: int


@dataclass(frozen=True)
class TileMap:
    """A figure by district: the tiles of the force's own area, and beside them what lies outside or is not known."""

    figure: dict[str, Any]
    tiles: list[Tile]
    beside: list[dict[str, Any]]


def district_map(figure: dict[str, Any], names: dict[str, str]) -> TileMap | None:
    """The map of a figure of the review document; None where it has no district with a number.

    `names` are the districts' names by code, for those in which nothing was counted.
    """
    rows = [row for table in figure["breakdowns"] if table["dimension"] == "district" for row in table["rows"]]
    places = _places()
    inside = {row["code"]: row for row in rows if row["code"] in places}
    printed = [Decimal(row["printed"]) for row in inside.values() if row["printed"] is not None]
    if not printed:
        return None
    tiles = [
        Tile(names.get(code, code), column, line, inside.get(code), _step(inside.get(code), max(printed)))
        for code, (column, line) in places.items()
    ]
    return TileMap(figure, tiles, [row for row in rows if row["code"] not in places])


def district_names(figures: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The districts' names by code, as the breakdowns of a document have them."""
    return {
        row["code"]: row["label"]
        for figure in figures
        for table in figure["breakdowns"]
        if table["dimension"] == "district"
        for row in table["rows"]
    }


def _step(part: dict[str, Any] | None, top: Decimal) -> int:
    """The shade of a tile: equal steps from nothing to the largest; what is not zero is never unshaded."""
    if part is None or part["printed"] is None or not Decimal(part["printed"]):
        return 0
    return int((STEPS * Decimal(part["printed"]) / top).to_integral_value(ROUND_CEILING))


@cache
def _places() -> dict[str, tuple[int, int]]:
    """Column and row of each district of the force's area, north-west first."""
    text = resources.files("svu_pipeline.publication").joinpath("district_tile.csv").read_text("utf-8")
    found = csv.DictReader(text.splitlines())
    return {tile["district_code"]: (int(tile["column"]), int(tile["row"])) for tile in found}
