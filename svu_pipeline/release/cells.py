"""The numbers of a release document one by one, each with the time it is of: what releases are compared by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from svu_pipeline.clock import window
from svu_pipeline.metrics.catalogue import CATALOGUE

Key = tuple[str, str, str, str, str]
"""Metric, first day, last day, dimension and code; the last two are empty for the whole of that time."""


@dataclass(frozen=True)
class Cell:
    """One number: `printed` is null where none is shown. `part` is where it stands in the document."""

    metric: str
    version: int
    start: str
    end: str
    dimension: str
    code: str
    title: str
    printed: str | None
    part: dict[str, Any]

    @property
    def key(self) -> Key:
        return self.metric, self.start, self.end, self.dimension, self.code


def cells(document: dict[str, Any]) -> Iterator[Cell]:
    """Every number of a document: of its window, whole and by part; of its months; of the window that it is compared with."""
    for figure in document["figures"]:
        metric, title = (figure["id"], figure["version"]), figure["title"]
        whole = (document["start"], document["end"])
        yield Cell(*metric, *whole, "", "", title, figure["printed"], figure)
        for table in figure["breakdowns"]:
            for row in table["rows"]:
                words = f"{title}, {table['title'].lower()}: {row['label']}"
                yield Cell(*metric, *whole, table["dimension"], row["code"], words, row["printed"], row)
        for month in figure["monthly"]:
            label = month["month"]
            of: tuple[str, str, str, str] = (
                (*_days(label, 1), "", "") if _is_of_its_month(figure["id"]) else (*whole, "month", label)
            )
            yield Cell(*metric, *of, f"{title}, {label}", month["printed"], month)
        if before := figure["comparison"]:
            times = _days(before["window"], document["months"])
            yield Cell(*metric, *times, "", "", f"{title}, to {before['window']}", before["printed"], before)


def _is_of_its_month(metric: str) -> bool:
    """Whether a month's number is the same in every window: not where a person's first contact in the window decides."""
    return CATALOGUE[metric].first_age is None


def _days(label: str, months: int) -> tuple[str, str]:
    found = window(label, months)
    return found.start.isoformat(), found.last_day.isoformat()
