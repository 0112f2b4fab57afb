"""What the last night moved, and the morning report, as assets."""

from typing import Any

import dagster as dg

from svu_pipeline.change.morning import as_markdown, morning
from svu_pipeline.change.nights import CHANGE, keep_change
from svu_pipeline.contracts.held_assets import HELD_ROW
from svu_pipeline.description import key, spec
from svu_pipeline.metrics.assets import VALUE
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.quality.assets import DQ_RESULT

FIGURE_CHANGE = key("change", "figure_change")
SPEC = spec(
    "change",
    "figure_change",
    "Why the figures of the published windows moved since the night before: late, corrected, withdrawn, linked, released, "
    "redefined or recounted, in parts that sum exactly. `svu why` has the records.",
    [VALUE],
    kinds=("json",),
    zone="published",
)

NIGHTLY_REPORT = key("change", "nightly_report")
REPORT_SPEC = spec(
    "change",
    "nightly_report",
    "The morning report: what the night brought, held, changed and why, on one page. Counts and words, no record.",
    [FIGURE_CHANGE, DQ_RESULT, HELD_ROW],
    kinds=("markdown",),
    zone="published",
)


@dg.multi_asset(name="explain_the_night", specs=[SPEC])
def explain_the_night(pipeline: dg.ResourceParam[Pipeline]) -> dg.MaterializeResult[None]:
    """Keep why each figure moved that did."""
    with said_plainly():
        kept = keep_change(pipeline.settings)
    moved = [change for window in kept.document["windows"] for change in window["changes"]]
    return dg.MaterializeResult(
        FIGURE_CHANGE,
        metadata={
            "outcome": "changed" if kept.is_changed else "unchanged",
            "figures that moved": len(moved),
            "why": figures_moved(moved),
            "in words": _words(moved),
            "file": dg.MetadataValue.path(str(pipeline.home.published / CHANGE)),
        },
    )


@dg.multi_asset(name="report_the_night", specs=[REPORT_SPEC])
def report_the_night(pipeline: dg.ResourceParam[Pipeline]) -> dg.MaterializeResult[None]:
    """Say what the last night on record brought."""
    with said_plainly():
        moved = [change for part in keep_change(pipeline.settings).document["windows"] for change in part["changes"]]
        report = morning(pipeline.settings, moved, pipeline.clock)
    said = as_markdown(report) if report else "No night is on record yet."
    return dg.MaterializeResult(
        NIGHTLY_REPORT, metadata={"report": dg.MetadataValue.md(said), "figures that moved": len(moved)}
    )


def figures_moved(moved: list[dict[str, Any]]) -> dg.TableMetadataValue:
    """The figures that moved as Dagster shows tables."""
    columns = [dg.TableColumn(name) for name in ("window", "figure", "from", "to", "why")]
    records = [
        dg.TableRecord(
            {
                "window": change["window"],
                "figure": change["title"],
                "from": change["from"]["printed"] or "",
                "to": change["to"]["printed"] or "",
                "why": change["words"],
            }
        )
        for change in moved
    ]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))


def _words(moved: list[dict[str, Any]]) -> dg.MarkdownMetadataValue:
    lines = [f"- **{change['title']}** ({change['window']}): {change['words']}" for change in moved]
    return dg.MetadataValue.md("\n".join(lines) or "No published figure moved.")


ASSETS = [explain_the_night, report_the_night]
