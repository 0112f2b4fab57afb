"""The revision triangle: what each release has said of each period, side by side (rows are periods, columns are releases)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST = 12
"""So many releases stand beside one another: the latest."""


@dataclass(frozen=True)
class Row:
    """What was released of one metric and period: `cells` has one part of a figure for each release, None where it had none."""

    metric: str
    title: str
    period: str
    cells: tuple[dict[str, Any] | None, ...]

    @property
    def is_revised(self) -> bool:
        """Whether two releases say different numbers: a hidden or missing one says none."""
        return len({cell["printed"] for cell in self.cells if cell and cell["printed"] is not None}) > 1


def as_json(documents: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The triangle as it stands in a release document: its columns and its rows, each cell printed and marked."""
    rows = [
        {
            "metric": row.metric,
            "title": row.title,
            "period": row.period,
            "cells": [cell and {"printed": cell["printed"], "marks": cell["marks"]} for cell in row.cells],
        }
        for row in triangle(documents)
    ]
    return {"releases": columns(documents), "rows": rows}


def columns(documents: Sequence[dict[str, Any]]) -> list[str]:
    """The ids of the releases that stand side by side, in the order of their publication."""
    return [document["release"]["id"] for document in documents[-MOST:]]


def triangle(documents: Sequence[dict[str, Any]]) -> list[Row]:
    """The rows of the triangle over release documents in the order of their publication, metric by metric, oldest period first.

    Periods are the whole window of each release, under its own words, and every month of it.
    """
    shown = documents[-MOST:]
    found: dict[tuple[str, str], dict[int, dict[str, Any]]] = {}
    titles: dict[str, str] = {}
    for place, document in enumerate(shown):
        for figure in document["figures"]:
            titles[figure["id"]] = figure["title"]
            for period, part in _periods(document, figure):
                found.setdefault((figure["id"], period), {})[place] = part
    order = list(titles)
    return [
        Row(metric, titles[metric], period, tuple(parts.get(place) for place in range(len(shown))))
        for (metric, period), parts in sorted(found.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
    ]


def _periods(document: dict[str, Any], figure: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    months = [(part["month"], part) for part in figure["monthly"]]
    return [*months, (document["window_words"], figure)] if document["months"] > 1 else months
