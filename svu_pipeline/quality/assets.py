"""Quality as an asset: the history of every check, kept after the figures are struck."""

import dagster as dg

from svu_pipeline.contracts.assets import standing_key
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.description import key, spec
from svu_pipeline.facts.assets import fact_key
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.quality.history import Past, on_record
from svu_pipeline.quality.results import keep_results

DQ_RESULT = key("quality", "dq_result")
LISTED = 50
"""At most so many failing checks stand in the asset's metadata; `svu checks --failing` has them all."""

SPEC = spec(
    "quality",
    "dq_result",
    "The outcome of every check on every night, passes too: append-only, counts only. `svu checks` says since when.",
    [*(standing_key(dataset) for dataset in CONTRACTS), *(fact_key(name) for name in fact_tables())],
    [
        dg.TableColumn("known_at", "timestamp", "Instant of the last thing known when the checks ran", tags={"personal_data": "none"}),
        dg.TableColumn("night", "date", "London day of that instant", tags={"personal_data": "none"}),
        dg.TableColumn("scope", "string", "The night, or the review of a window", tags={"personal_data": "none"}),
        dg.TableColumn("dataset", "string", "What was checked: dataset, fact, source", tags={"personal_data": "none"}),
        dg.TableColumn("check", "string", "Name of the check", tags={"personal_data": "none"}),
        dg.TableColumn("passed", "boolean", "Whether it passed", tags={"personal_data": "none"}),
        dg.TableColumn("severity", "string", "What not passing comes to: error or warn", tags={"personal_data": "none"}),
        dg.TableColumn("rows", "bigint", "Rows that break it", tags={"personal_data": "none"}),
        dg.TableColumn("threshold", "string", "The limits it was held against, in words", tags={"personal_data": "none"}),
    ],
    zone="facts",
)  # fmt: skip


@dg.multi_asset(name="keep_check_history", specs=[SPEC])
def keep_check_history(pipeline: dg.ResourceParam[Pipeline]) -> dg.MaterializeResult[None]:
    """Add the outcomes of the night's checks to their history, unless they are the last on record."""
    with said_plainly():
        count, is_changed = keep_results(pipeline.settings, pipeline.clock)
        failing = on_record(pipeline.home, failing=True)
    return dg.MaterializeResult(
        DQ_RESULT,
        metadata={
            "dagster/row_count": count,
            "outcome": "changed" if is_changed else "unchanged",
            "failing": len(failing),
            "failing checks": _table(failing[:LISTED]),
        },
    )


def _table(failing: list[Past]) -> dg.TableMetadataValue:
    records: list[dg.TableRecord] = [
        dg.TableRecord(
            {
                "check": f"{item.dataset}.{item.check}",
                "now": item.severity.value,
                "since": f"{item.since:%Y-%m-%d}",
                "rows": item.rows,
                "last nights": item.sparkline,
            }
        )
        for item in failing
    ]
    columns = [dg.TableColumn(name) for name in ("check", "now", "since", "rows", "last nights")]
    return dg.MetadataValue.table(records, schema=dg.TableSchema(columns))


ASSETS = [keep_check_history]
