"""Publishing the review of a window: page, JSON and CSV, written whole, and only when something in them is new."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from svu_pipeline.clock import Window
from svu_pipeline.kept import layer_version, marker_of, opened
from svu_pipeline.landing.attempt import standing_refusal
from svu_pipeline.landing.batch import known_at
from svu_pipeline.publication.review import document
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, fingerprint, read_json, sha256_of, whole_file, write_json

CSV_HEADER = ("metric", "title", "window", "months", "as_at", "dimension", "code", "label", "figure", "marks")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run: such text is written with an apostrophe before it (OWASP, CSV injection)."""


@dataclass(frozen=True)
class Published:
    """The review of a window as published: its document, its page, and whether anything in it was new."""

    document: dict[str, Any]
    page: Path
    is_changed: bool


def publish_review(settings: Settings, window: Window) -> Published:
    """Publish the review of a window from the kept tables, under `published/review-<window>.{html,json,csv}`.

    Raises NothingLanded when the metrics have not been made yet.
    """
    home = Home(settings.home)
    inputs = _inputs(home, window)
    page = home.published / f"{name_of(window)}.html"
    figures, marker = page.with_suffix(".json"), home.metrics / f"{name_of(window)}.json"
    if marker.is_file() and read_json(marker) == {"inputs": inputs, "files": hashes_of(page)}:
        return Published(read_json(figures), page, False)
    from svu_pipeline.publication.page import render_page

    with opened(settings, [window]) as struck:
        content = document(settings, struck, window)
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


def as_csv(document: dict[str, Any]) -> str:
    """Every figure and every part of it as CSV with a header, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_HEADER)
    for figure in document["figures"]:
        stem = (figure["id"], figure["title"], document["window"], document["months"], document["as_at"])
        for dimension, code, label, printed in _parts(figure):
            row = (*stem, dimension, code, label, printed if printed is not None else "", " ".join(figure["marks"]))
            writer.writerow([_plain(cell) for cell in row])
    return text.getvalue()


def _parts(figure: dict[str, Any]) -> Iterator[tuple[str, str, str, str | None]]:
    yield "", "", "", figure["printed"]
    for month in figure["monthly"]:
        yield "month", month["month"], month["month"], month["printed"]
    for breakdown in figure["breakdowns"]:
        for row in breakdown["rows"]:
            yield breakdown["dimension"], row["code"], row["label"], row["printed"]


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _inputs(home: Home, window: Window) -> str:
    """Everything that a published review is made of."""
    standing = {source: marker_of(home.standing, source) for source in SYSTEMS}
    tables = {name: table.sha256 for layer in standing.values() for name, table in layer.items()}
    metrics = {name: table.sha256 for name, table in marker_of(home.metrics, "metrics").items()}
    refusals = [str(standing_refusal(home, source)) for source in SYSTEMS]
    return fingerprint(str(window), str(known_at(home)), tables, metrics, refusals, layer_version("publication"))
