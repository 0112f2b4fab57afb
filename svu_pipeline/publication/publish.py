"""Publishing the review of a window: page, JSON and CSV, written whole, and only when something in them is new."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from svu_pipeline.clock import Clock, Window, now, previous_month
from svu_pipeline.clock import window as parse
from svu_pipeline.kept import layer_version, marker_of, opened
from svu_pipeline.landing.batch import known_at
from svu_pipeline.publication.comparison import year_before
from svu_pipeline.publication.labels import NO_SUPPLY
from svu_pipeline.publication.review import document
from svu_pipeline.quality.states import source_states
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, fingerprint, read_made, sha256_of, whole_file, write_json

CSV_HEADER = (
    "metric", "title", "window", "months", "as_at", "dimension", "code", "label", "figure", "marks", "held", "lowest",
    "highest", "linking_lowest", "linking_highest", "moved_by_linking",
)  # fmt: skip
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What a spreadsheet would run: such text is written with an apostrophe before it (OWASP ASVS 5.0, 1.2.10)."""


@dataclass(frozen=True)
class Published:
    """The review of a window as published: its document, its page, and whether anything in it was new."""

    document: dict[str, Any]
    page: Path
    is_changed: bool


def publish_review(settings: Settings, window: Window, clock: Clock = now) -> Published:
    """Publish the review of a window from the kept tables, under `published/review-<window>.{html,json,csv}`.

    Raises NothingLanded when the metrics have not been made yet.
    """
    home = Home(settings.home)
    inputs = _inputs(settings, window, clock)
    page = home.published / f"{name_of(window)}.html"
    figures, marker = page.with_suffix(".json"), home.metrics / f"{name_of(window)}.json"
    if read_made(marker) == {"inputs": inputs, "files": hashes_of(page)}:
        return Published(json.loads(figures.read_bytes()), page, False)
    from svu_pipeline.publication.page import render_page

    with opened(settings, [window, year_before(window)]) as struck:
        content = document(settings, struck, window, clock=clock)
    for path, text in (
        (page, render_page(content)),
        (figures, json.dumps(content, indent=1, ensure_ascii=False) + "\n"),
        (page.with_suffix(".csv"), as_csv(content)),
    ):
        with whole_file(path) as aside:
            aside.write_text(text, encoding="utf-8", newline="")
    write_json(marker, {"inputs": inputs, "files": hashes_of(page)})
    return Published(content, page, True)


def hashes_of(page: Path) -> dict[str, str | None]:
    """The SHA-256 of a review's page, JSON and CSV; None for one that is not there."""
    files = [page, page.with_suffix(".json"), page.with_suffix(".csv")]
    return {file.name: sha256_of(file) if file.is_file() else None for file in files}


def name_of(window: Window) -> str:
    """The name under which a window's review is published."""
    return f"review-{window.label}" + ("" if window.months == 12 else f"-{window.months}m")


def published_windows(settings: Settings) -> list[str]:
    """The labels of the twelve-month windows whose review has been published."""
    pages = Home(settings.home).published.glob("review-[0-9][0-9][0-9][0-9]-[0-9][0-9].html")
    return sorted(page.stem.removeprefix("review-") for page in pages)


def windows_to_look_at(settings: Settings, labels: Sequence[str], clock: Clock = now) -> list[Window]:
    """The windows of some labels; without any, those published, else the one of the last complete month."""
    return [parse(label) for label in labels or published_windows(settings) or [previous_month(clock())]]


def as_csv(document: dict[str, Any]) -> str:
    """Every figure and every part of it as CSV with a header, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_HEADER)
    for figure in document["figures"]:
        stem = (figure["id"], figure["title"], document["window"], document["months"], figure["as_at"])
        for dimension, code, label, part in _parts(figure):
            marks = " ".join(dict.fromkeys([*figure["marks"], *part["marks"]]))
            row = (
                *stem,
                dimension,
                code,
                label,
                _cell(part),
                marks,
                *((*_band(figure), *_linking(figure)) if not dimension else ("",) * 6),
            )
            writer.writerow([plain(cell) for cell in row])
    return text.getvalue()


def _parts(figure: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    yield "", "", "", figure
    for month in figure["monthly"]:
        yield "month", month["month"], month["month"], month
    for breakdown in figure["breakdowns"]:
        for row in breakdown["rows"]:
            yield breakdown["dimension"], row["code"], row["label"], row


def _cell(part: dict[str, Any]) -> str:
    """A figure as it stands in a cell: [x] where it was not supplied, nothing where there is no rate to say."""
    if part["printed"] is None:
        return NO_SUPPLY if "x" in part["marks"] else ""
    return str(part["printed"])


def _band(figure: dict[str, Any]) -> tuple[int, str, str]:
    """How many held rows could touch a figure, and its bounds; the highest is empty where no bound can be given."""
    lowest, highest = figure["band"] or (None, None)
    return figure["held"], lowest or "", highest or ""


def _linking(figure: dict[str, Any]) -> tuple[str, str, Decimal | str]:
    """A figure's bounds as the linking threshold moves, and what linking alone moved it by; empty where it has none.

    The last is a number: as text, its minus would pass for a formula.
    """
    band = figure["linking"]
    return (band["lowest"], band["highest"], Decimal(band["moved"])) if band else ("", "", "")


def plain(cell: Any) -> Any:
    """Text that a spreadsheet would run, with an apostrophe before it; anything else as it is."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _inputs(settings: Settings, window: Window, clock: Clock) -> str:
    """Everything that a published review is made of."""
    home = Home(settings.home)
    standing = {source: marker_of(home.standing, source) for source in SYSTEMS}
    tables = {name: table.sha256 for layer in standing.values() for name, table in layer.items()}
    metrics = {name: table.sha256 for name, table in marker_of(home.metrics, "metrics").items()}
    facts = {name: table.sha256 for name, table in marker_of(home.facts, "facts").items()}
    states = [str(state) for state in source_states(settings, clock=clock)]
    code = [layer_version("publication"), layer_version("quality")]
    said = [str(settings.tolerances), str(settings.review), str(settings.comparison)]
    return fingerprint(str(window), str(known_at(home)), tables, facts, metrics, states, code, *said)
