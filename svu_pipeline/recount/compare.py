"""The figures of the night held against their recount, cell by cell; kept beside the figures.

A figure that stands as of an earlier night, as a source of it is not up to date, was held against
its recount on that night.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from svu_pipeline.clock import Clock, instant, now, window, written
from svu_pipeline.kept import layer_version, marker_of
from svu_pipeline.landing.batch import known_at
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.versions import in_force
from svu_pipeline.quality.current import standing_instants
from svu_pipeline.quality.history import Result, append
from svu_pipeline.quality.states import source_states
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.recount.current import current
from svu_pipeline.recount.figures import Recounted, recount
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.strike import NothingLanded
from svu_pipeline.warehouse import Home, fingerprint, locked, read_made, write_json

RECOUNT, EQUALS = "recount", "equals_recount"
KEPT = "recount.json"
NOT_MADE = "the metrics have not been made yet. Run `svu nightly` on whole sources."
LISTED = 500
"""At most so many cells that differ are kept by name; all are counted."""


@dataclass(frozen=True)
class Comparison:
    """What became of a recount: as known when, how many cells of how many windows were held against it, which differ.

    `differing` names metric, window and dimension (`people_arrested 2023-11 by district`), at most LISTED of `different`
    cells. `stands` are the metrics that stand as of an earlier night. `figures` is the fingerprint of the `value` table.
    """

    as_at: str
    figures: str
    windows: int
    cells: int
    stands: tuple[str, ...]
    different: int
    differing: tuple[str, ...]


def keep_recount(settings: Settings, clock: Clock = now) -> tuple[Comparison, bool]:
    """Recount every kept window and keep what came of it, unless nothing has changed since; gives whether it was done.

    Raises NothingLanded before the figures have been made.
    """
    home = Home(settings.home)
    known = known_at(home)
    if known is None:
        raise NothingLanded(NOT_MADE)
    inputs, target = _inputs(home), home.metrics / KEPT
    earlier = standing_instants(settings, source_states(settings, clock=clock))
    stands = [metric for metrics in earlier.values() for metric in metrics]
    with locked(home, "recount"):
        made = read_made(target)
        if made.get("inputs") == inputs:
            return _of(made), False
        made = {"inputs": inputs, **_compared(home, known, stands)}
        write_json(target, made)
        found = _of(made)
    words = f"{found.cells} figures, months and parts of {found.windows} windows"
    result = Result(RECOUNT, EQUALS, not found.different, Severity.ERROR, found.different, words)
    append(home, RECOUNT, [result], instant(found.as_at))
    return found, True


def last_recount(home: Home) -> Comparison | None:
    """The recount of the figures as they are kept now; None where there is none of these."""
    made = read_made(home.metrics / KEPT)
    return _of(made) if made and made["inputs"] == _inputs(home) else None


def differences(struck: Mapping[tuple[str, str, str, str], tuple[int, int]], counted: Recounted) -> list[str]:
    """The cells that are not exactly equal, in order: of the one as struck, of the other as recounted."""
    cells = sorted(key for key in struck.keys() | counted.keys() if struck.get(key) != counted.get(key))
    return [_named(*key) for key in cells]


def _compared(home: Home, known: datetime, stands: Collection[str]) -> dict[str, Any]:
    values = _struck(home)
    windows = [window(label) for label in sorted({label for label, *_ in values})]
    # A metric is recounted by its last definition: a window that an earlier one counts has no recount.
    compared = {
        (one.label, metric.id)
        for one in windows
        for metric in METRICS
        if metric.id not in stands and in_force(metric, one) is metric
    }
    struck = {key: exact for key, exact in values.items() if key[:2] in compared and exact[0] is not None}
    every = recount(current(home.standing, home.people / "person_record.parquet"), windows)
    supplied = {key[:2] for key in struck}
    counted = {key: exact for key, exact in every.items() if key[:2] in supplied}
    found = differences(struck, counted)
    return {
        "as_at": written(known),
        "figures": marker_of(home.metrics, "metrics")["value"].sha256,
        "windows": len(windows),
        "cells": len(struck.keys() | counted.keys()),
        "stands": sorted(stands),
        "different": len(found),
        "differing": list(dict.fromkeys(found))[:LISTED],
    }


def _struck(home: Home) -> Recounted:
    """The figures as kept; the numerator of one that was not supplied is None."""
    import pyarrow.parquet as pq

    names = ["window_label", "metric_id", "dimension", "code", "numerator", "denominator"]
    columns = pq.ParquetFile(home.metrics / "value.parquet").read(names).select(names).columns
    rows = zip(*(column.to_pylist() for column in columns), strict=True)
    return {(label, metric, by, code): (over, under) for label, metric, by, code, over, under in rows}


def _named(label: str, metric: str, dimension: str, _code: str) -> str:
    return f"{metric} {label}" + (f" by {dimension}" if dimension else "")


def _inputs(home: Home) -> str:
    """The figures, what they are recounted from, and the code that does it."""
    figures = marker_of(home.metrics, "metrics").get("value")
    if figures is None:
        raise NothingLanded(NOT_MADE)
    standing = {
        source: {name: table.sha256 for name, table in marker_of(home.standing, source).items()} for source in SYSTEMS
    }
    people = marker_of(home.people, "people")["person_record"].sha256
    code = [layer_version("recount"), layer_version("metrics")]
    return fingerprint(figures.sha256, standing, people, code)


def _of(made: Mapping[str, Any]) -> Comparison:
    counts = {name: made[name] for name in ("as_at", "figures", "windows", "cells", "different")}
    return Comparison(**counts, stands=tuple(made["stands"]), differing=tuple(made["differing"]))
