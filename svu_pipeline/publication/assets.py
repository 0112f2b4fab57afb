"""Publication as assets: the analysts' database, and the review of each month's window."""

import base64
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg

from svu_pipeline import audit
from svu_pipeline.clock import instant, window
from svu_pipeline.contracts.assets import SEVERITY
from svu_pipeline.description import key, spec
from svu_pipeline.facts.assets import fact_key
from svu_pipeline.metrics.assets import CONTRIBUTION, LINKING_BAND, VALUE
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.publication.database import publish_database
from svu_pipeline.publication.identities import broken_identities
from svu_pipeline.publication.publish import name_of, publish_review
from svu_pipeline.publication.roles import publish_for_engineers
from svu_pipeline.quality.assets import DQ_RESULT
from svu_pipeline.quality.linking_band import CHECK as WITHIN_PRECISION
from svu_pipeline.quality.results import IDENTITIES, keep_review_results
from svu_pipeline.quality.tolerance import Severity

DATABASE, REVIEW = key("publication", "svu_duckdb"), key("publication", "review")
MONTHS = dg.MonthlyPartitionsDefinition(start_date="2020-07", fmt="%Y-%m", timezone="Europe/London")
"""One partition a month: the twelve-month window that ends with it. The unit was set up in July 2020."""

DATABASE_SPEC = spec(
    "publication",
    "svu_duckdb",
    "The analysts' database: facts, contributions, values, catalogue and check history, without any person; swapped in whole. "
    "Beside it the engineers': deliveries, row accounts and check history.",
    [CONTRIBUTION, VALUE, LINKING_BAND, DQ_RESULT],
    kinds=("duckdb",),
    zone="published",
)
REVIEW_SPEC = spec(
    "publication",
    "review",
    "The year in review that ends with a month: page, JSON and CSV, with definitions, breakdowns and quality notes.",
    [VALUE, CONTRIBUTION, LINKING_BAND, fact_key("fct_unit_attribution")],
    kinds=("html", "json", "csv"),
    zone="published",
).replace_attributes(partitions_def=MONTHS)

CHECKS = {
    IDENTITIES: "Parts never exceed the whole; what adds up does so, on exact and on printed figures.",
    "every_source_is_current": "No figure rests on a source that could not be brought up to date.",
    "every_figure_is_supplied": "Every metric has a value: its sources have delivered.",
    WITHIN_PRECISION: "Every figure is the same in print wherever the linking threshold lies between .80 and .99. One that is not "
    "is to be said with its band, or rounded so that both ends round alike.",
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
    """Build the database aside, check it, swap it in; the engineers' beside it."""
    with said_plainly():
        rows, is_changed = publish_database(pipeline.settings)
        publish_for_engineers(pipeline.settings)
        if is_changed:
            audit.record(pipeline.home, "publish", "svu.duckdb", "nightly", pipeline.clock)
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
        published = publish_review(pipeline.settings, window(context.partition_key), pipeline.clock)
        if published.is_changed:
            audit.record(pipeline.home, "publish", f"review {context.partition_key}", "nightly", pipeline.clock)
        document = published.document
        review = name_of(window(context.partition_key))
        keep_review_results(
            pipeline.settings,
            review,
            failing_checks(document),
            partial(severity_of, document),
            instant(document["as_at"]),
        )
    yield dg.MaterializeResult(
        REVIEW,
        metadata={
            "outcome": "changed" if published.is_changed else "unchanged",
            "window": document["window_words"],
            "as_at": document["as_at"],
            "page": dg.MetadataValue.path(str(published.page)),
            "figures": figures_table(document),
            "references between systems": _references(document),
            "chart": _chart(document),
            "definitions": _definitions(document),
        },
        check_results=list(_checks(document)),
    )


def failing_checks(document: dict[str, Any]) -> dict[str, list[str]]:
    """By check of a review, what breaks it: identities, sources, figures; empty lists where all is well."""
    return {
        IDENTITIES: broken_identities(document),
        "every_source_is_current": [s["source"] for s in document["quality"]["sources"] if s["status"] != "read"],
        "every_figure_is_supplied": [figure["id"] for figure in document["figures"] if "x" in figure["marks"]],
        WITHIN_PRECISION: [
            f"{figure['id']} {figure['linking']['lowest']} to {figure['linking']['highest']}"
            for figure in document["figures"]
            if figure["linking"] and figure["linking"]["crosses"]
        ],
    }


def severity_of(document: dict[str, Any], check: str) -> Severity:
    """How bad it is that a review does not pass a check: whether it may be released.

    An identity that does not hold is an error of ours. So is a figure that moves with the linking threshold by more than
    its tolerance lets it; where that asks for a warning only, it is one. A source that is not there is a warning to the
    reader.
    """
    if check == WITHIN_PRECISION:
        found = {figure["linking"]["crosses"] for figure in document["figures"] if figure["linking"]} - {None}
        return Severity.WARN if found == {Severity.WARN.value} else Severity.ERROR
    return Severity.ERROR if check == IDENTITIES else Severity.WARN


def _checks(document: dict[str, Any]) -> Iterator[dg.AssetCheckResult]:
    for name, found in failing_checks(document).items():
        yield dg.AssetCheckResult(
            passed=not found,
            asset_key=REVIEW,
            check_name=name,
            severity=SEVERITY[severity_of(document, name)],
            metadata={"which": ", ".join(found) or "none", "count": len(found)},
        )


def figures_table(document: dict[str, Any]) -> dg.TableMetadataValue:
    """The page's main table as Dagster shows tables."""
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "section": figure["section"],
                    "figure": figure["title"],
                    "value": figure["display"],
                    "marks": " ".join(f"[{mark}]" for mark in figure["marks"]),
                    "held": figure["held"],
                    "if accepted": banded(figure),
                    "linking": figure["linking"]["words"] if figure["linking"] else "",
                }
            )
            for figure in document["figures"]
        ]
    )


def _references(document: dict[str, Any]) -> dg.TableMetadataValue:
    """References that lack their other end, of all, by the pair of systems that they join: a matrix."""
    pairs = document["quality"]["references"]
    ends = list(dict.fromkeys(pair["to_system"] for pair in pairs))
    records = []
    for start in dict.fromkeys(pair["system"] for pair in pairs):
        row = {"from": start}
        for end in ends:
            cell = [pair for pair in pairs if (pair["system"], pair["to_system"]) == (start, end)]
            row[f"to {end}"] = f"{sum(p['rows'] for p in cell)} of {sum(p['of'] for p in cell)}" if cell else ""
        records.append(dg.TableRecord(row))
    return dg.MetadataValue.table(records)


def banded(figure: dict[str, Any]) -> str:
    """Between what a figure would lie if the held rows were accepted; empty where none could touch it."""
    if not figure["held"] or not figure["band"]:
        return ""
    lowest, highest = figure["band"]
    return f"{lowest} to {highest}" if highest is not None else f"{lowest} or more"


def _definitions(document: dict[str, Any]) -> dg.MarkdownMetadataValue:
    lines = [f"**{figure['title']}** ({figure['kind']}): {figure['definition']}" for figure in document["figures"]]
    return dg.MetadataValue.md("\n\n".join(lines))


def _chart(document: dict[str, Any]) -> dg.MarkdownMetadataValue:
    from svu_pipeline.publication.charts import headline_chart

    image = base64.b64encode(headline_chart(document).encode()).decode()
    words = f"Main figures by month, {document['window_words']}"
    return dg.MetadataValue.md(f"![{words}](data:image/svg+xml;base64,{image})")


ASSETS = [publish_analysts_database, publish_month]
