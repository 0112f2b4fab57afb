"""The answer to a freedom-of-information request about one figure, from what was released (Freedom of Information Act 2000).

Here: what a pack says, as one dictionary that the forms (`foi_forms.py`) are made from. It says nothing that the release
itself does not: its breakdowns are those that were released, hidden parts and all. Not here: any figure of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from svu_pipeline.clock import instant, spoken
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.metrics.catalogue import CATALOGUE, metric_of
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.values import contributions_of
from svu_pipeline.publication.labels import DIMENSION_TITLES
from svu_pipeline.release.sheets import MEANINGS


def foi_pack(
    metric_id: str, document: dict[str, Any], history: Sequence[dict[str, Any]], minutes: int | None = None
) -> dict[str, Any]:
    """The pack of a metric from a release document.

    `history` are the documents of all releases of that window, in order; `minutes` the time spent on the answer, which
    counts towards the limit of section 12. Raises CatalogueError for a metric that is not in the catalogue.
    """
    metric = metric_of(metric_id)
    figure = figure_of(document, metric_id)
    return {
        "title": f"{figure['title']}, {document['window_words']}",
        "force": document["force"],
        "unit": document["unit"],
        "metric": f"{figure['id']}@{figure['version']}",
        "release": document["release"]["id"],
        "window": document["window_words"],
        "start": document["start"],
        "end": document["end"],
        "as_at": figure["as_at"],
        "as_known": spoken(instant(figure["as_at"])),
        "figure": figure["display"] if figure["printed"] is not None else shown(figure),
        "marks": figure["marks"],
        "phrases": [phrase["text"] for phrase in figure["phrases"]],
        "definition": figure["definition"],
        "definition_words": figure["definition_words"],
        "caveats": list(_caveats(figure)),
        "quality": _quality(document, figure),
        "revisions": [_revision(past, metric_id) for past in history],
        "breakdowns": [_months(figure), *map(_breakdown, figure["breakdowns"])],
        "query": _query(metric),
        "minutes": minutes,
    }


def figure_of(document: dict[str, Any], metric_id: str) -> dict[str, Any]:
    """The figure of a metric in a release document."""
    found: dict[str, Any] = next(figure for figure in document["figures"] if figure["id"] == metric_id)
    return found


def shown(part: dict[str, Any]) -> str:
    """A figure or a part of one as it stands in a cell: printed, else the mark that says why it is not."""
    if part["printed"] is not None:
        return str(part["printed"])
    return next((f"[{mark}]" for mark in ("c", "x") if mark in part["marks"]), "[z]")


def _caveats(figure: dict[str, Any]) -> Iterator[str]:
    """What must be known to read this figure right: only what applies to it."""
    parts = [*figure["monthly"], *(row for table in figure["breakdowns"] for row in table["rows"])]
    marks = dict.fromkeys([*figure["marks"], *(mark for part in parts for mark in part["marks"])])
    yield from (f"[{mark}] {MEANINGS[mark]}" for mark in MEANINGS if mark in marks)
    if figure["note"]:
        yield figure["note"]
    if figure["held"]:
        yield _held(figure)
    if figure["linking"] and figure["linking"]["words"]:
        yield f"Who is one person is estimated: the figure is {figure['linking']['words']}."
    if not figure["is_additive"]:
        yield "Months and parts do not add up to the figure: what is counted once in the window can stand in several."
    if figure["is_public_context"]:
        yield "This is recorded crime as published for the whole area. It is not the unit's own work."
    if figure["comparison"]:
        yield from (point["words"] for point in figure["comparison"]["breaks"])


def _held(figure: dict[str, Any]) -> str:
    """How many records are held back, and where the figure would lie if they were released."""
    records = "1 record is" if figure["held"] == 1 else f"{figure['held']:,} records are"
    lowest, highest = figure["band"] or (None, None)
    if lowest is None:
        return f"{records} held back until corrected."
    reach = f"{lowest} or more" if highest is None else f"between {lowest} and {highest}"
    return f"{records} held back until corrected; the figure would be {reach} if released."


def _quality(document: dict[str, Any], figure: dict[str, Any]) -> dict[str, Any]:
    """What is known of the sources of a figure: their rows, and why some were held or a value withheld."""
    datasets = {name for name, contract in CONTRACTS.items() if contract.source in figure["sources"]}
    found = document["quality"]
    return {
        "sources": [source for source in found["sources"] if source["source"] in figure["sources"]],
        "held": [row for row in found["held"] if row["dataset"] in datasets],
        "withheld": [row for row in found["withheld"] if row["dataset"] in datasets],
    }


def _revision(document: dict[str, Any], metric_id: str) -> dict[str, str]:
    """What an earlier or later release of the window said of the figure, and why it was revised."""
    said = next((row for row in document["revisions"] if row["metric"] == metric_id), {"kind": "", "note": ""})
    return {
        "release": document["release"]["id"],
        "as_known": spoken(instant(document["as_at"])),
        "figure": shown(figure_of(document, metric_id)),
        "kind": said["kind"],
        "note": said["note"],
    }


def _months(figure: dict[str, Any]) -> dict[str, Any]:
    rows = [{"code": part["month"], "label": part["month"], "figure": shown(part)} for part in figure["monthly"]]
    return {"title": DIMENSION_TITLES["month"], "rows": rows}


def _breakdown(breakdown: dict[str, Any]) -> dict[str, Any]:
    rows = [{"code": row["code"], "label": row["label"], "figure": shown(row)} for row in breakdown["rows"]]
    return {"title": breakdown["title"], "rows": rows}


def _query(metric: Metric) -> list[str]:
    """The queries that the figure is counted by, on the unit's fact tables; two for a rate."""
    counted = [CATALOGUE[metric.numerator], CATALOGUE[metric.denominator]] if metric.is_rate else [metric]
    return [contributions_of(part).strip() for part in counted]
