"""The recount as an asset: the check that every figure comes out the same when it is counted a second time."""

from collections.abc import Iterator

import dagster as dg

from svu_pipeline.contracts.assets import standing_key
from svu_pipeline.description import key, spec
from svu_pipeline.metrics.assets import VALUE
from svu_pipeline.people.assets import PERSON_RECORD
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.recount.compare import EQUALS, keep_recount
from svu_pipeline.recount.current import COLUMNS

RECOUNT = key("recount", "recount")
SHOWN = 20

SPEC = spec(
    "recount",
    "recount",
    "Every figure of every window counted a second time, in plain Python from the accepted rows, and held against the first.",
    [VALUE, PERSON_RECORD, *(standing_key(dataset) for dataset in COLUMNS)],
    [
        dg.TableColumn("as_at", "timestamp", "Instant of the last thing known to both", tags={"personal_data": "none"}),
        dg.TableColumn("windows", "bigint", "Twelve-month windows recounted", tags={"personal_data": "none"}),
        dg.TableColumn("cells", "bigint", "Figures, months and parts recounted", tags={"personal_data": "none"}),
        dg.TableColumn("different", "bigint", "How many of them are not exactly equal", tags={"personal_data": "none"}),
    ],
    kinds=("python", "json"),
    zone="facts",
)
CHECK = dg.AssetCheckSpec(
    EQUALS,
    asset=RECOUNT,
    description="Every figure, month and part is exactly what a second, independent count of the accepted rows gives.",
)


@dg.multi_asset(name="recount_figures", specs=[SPEC], check_specs=[CHECK])
def recount_figures(pipeline: dg.ResourceParam[Pipeline]) -> Iterator[dg.MaterializeResult[None]]:
    """Count every figure a second time, unless nothing has changed since the last time."""
    with said_plainly():
        found, is_changed = keep_recount(pipeline.settings, pipeline.clock)
    counts = {"windows": found.windows, "cells": found.cells, "different": found.different}
    result = dg.AssetCheckResult(
        passed=not found.different,
        asset_key=RECOUNT,
        check_name=EQUALS,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"which": ", ".join(found.differing[:SHOWN]) or "none", "as_at": found.as_at, **counts},
    )
    outcome = "changed" if is_changed else "unchanged"
    yield dg.MaterializeResult(
        RECOUNT, metadata={"outcome": outcome, "as_at": found.as_at, **counts}, check_results=[result]
    )


ASSETS = [recount_figures]
