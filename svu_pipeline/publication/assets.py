"""Publication as assets: the analysts' database, and the review of each month's window."""

import base64
import warnings
from collections.abc import Iterator
from typing import Any

import dagster as dg

from svu_pipeline.clock import window
from svu_pipeline.description import key, spec
from svu_pipeline.metrics.assets import CONTRIBUTION, VALUE
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.publication.database import publish_database
from svu_pipeline.publication.identities import broken_identities
from svu_pipeline.publication.publish import publish_review

DATABASE, REVIEW = key("publication", "svu_duckdb"), key("publication", "review")
MONTHS = dg.MonthlyPartitionsDefinition(start_date="2020-07", fmt="%Y-%m", timezone="Europe/London")
"""One partition a month: the twelve-month window that ends with it. The unit was set up in July 2020."""

DATABASE_SPEC = spec(
    "publication",
    "svu_duckdb",
    "The analysts' database: facts, contributions, values and catalogue, without any person; swapped in whole.",
    [CONTRIBUTION, VALUE],
    kinds=("duckdb",),
    zone="published",
)
REVIEW_SPEC = spec(
    "publication",
    "review",
    "The year in review that ends with a month: page, JSON and CSV, with definitions, breakdowns and quality notes.",
    [VALUE, CONTRIBUTION],
    kinds=("html", "json", "csv"),
    zone="published",
).replace_attributes(partitions_def=MONTHS)

CHECKS = {
    "identities_hold": "Parts never exceed the whole; what adds up does so, on exact and on printed figures.",
    "every_source_is_current": "No figure rests on a source that could not be brought up to date.",
    "every_figure_is_supplied": "Every metric has a value: its sources have delivered.",
}


def _partitioned_checks() -> list[dg.AssetCheckSpec]:
    """A check of each kind for each month: one bad month is red alone. A preview feature in 1.13, and the pin guards it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return [
            dg.AssetCheckSpec(name, asset=REVIEW, description=words, partitions_def=MONTHS)
            for name, words in CHECKS.items()
        ]


@dg.multi_asset(name="publish_database", specs=[DATABASE_SPEC])
def publish_analysts_database(pipeline: dg.ResourceParam[Pipeline]) -> dg.MaterializeResult[None]:
    """Build the database aside, check it, swap it in."""
    with said_plainly():
        rows, is_changed = publish_database(pipeline.settings)
    outcome = "changed" if is_changed else "unchanged"
    return dg.MaterializeResult(DATABASE, metadata={"outcome": outcome, "dagster/row_count": sum(rows.values())})


@dg.multi_asset(
    name="publish_review",
    specs=[REVIEW_SPEC],
    check_specs=_partitioned_checks(),
)
def publish_month(
    context: dg.AssetExecutionContext, pipeline: dg.ResourceParam[Pipeline]
) -> Iterator[dg.MaterializeResult[None]]:
    """Publish the review of the window that ends with the partition's month."""
    with said_plainly():
        published = publish_review(pipeline.settings, window(context.partition_key))
    document = published.document
    yield dg.MaterializeResult(
        REVIEW,
        metadata={
            "outcome": "changed" if published.is_changed else "unchanged",
            "window": document["window_words"],
            "as_at": document["as_at"],
            "page": dg.MetadataValue.path(str(published.page)),
            "figures": _table(document),
            "chart": _chart(document),
            "definitions": _definitions(document),
        },
        check_results=list(_checks(document)),
    )


def _checks(document: dict[str, Any]) -> Iterator[dg.AssetCheckResult]:
    broken = broken_identities(document)
    stale = [source["source"] for source in document["quality"]["sources"] if source["status"] != "read"]
    missing = [figure["id"] for figure in document["figures"] if "x" in figure["marks"]]
    for name, found, severity in (
        ("identities_hold", broken, dg.AssetCheckSeverity.ERROR),
        ("every_source_is_current", stale, dg.AssetCheckSeverity.WARN),
        ("every_figure_is_supplied", missing, dg.AssetCheckSeverity.WARN),
    ):
        yield dg.AssetCheckResult(
            passed=not found,
            asset_key=REVIEW,
            check_name=name,
            severity=severity,
            metadata={"which": ", ".join(found) or "none", "count": len(found)},
        )


def _table(document: dict[str, Any]) -> dg.TableMetadataValue:
    """The page's main table as Dagster shows tables."""
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "section": figure["section"],
                    "figure": figure["title"],
                    "value": figure["display"],
                    "marks": " ".join(f"[{mark}]" for mark in figure["marks"]),
                }
            )
            for figure in document["figures"]
        ]
    )


def _definitions(document: dict[str, Any]) -> dg.MarkdownMetadataValue:
    lines = [f"**{figure['title']}** ({figure['kind']}): {figure['definition']}" for figure in document["figures"]]
    return dg.MetadataValue.md("\n\n".join(lines))


def _chart(document: dict[str, Any]) -> dg.MarkdownMetadataValue:
    from svu_pipeline.publication.charts import headline_chart

    image = base64.b64encode(headline_chart(document).encode()).decode()
    words = f"Main figures by month, {document['window_words']}"
    return dg.MetadataValue.md(f"![{words}](data:image/svg+xml;base64,{image})")


ASSETS = [publish_analysts_database, publish_month]
