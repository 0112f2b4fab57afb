"""The rows on hold as an asset: where each is and why, who corrects it; and whether every waiver is still in force."""

from collections.abc import Iterator

import dagster as dg

from svu_pipeline.clock import LONDON
from svu_pipeline.contracts.assets import standing_key
from svu_pipeline.contracts.decisions import expired_waivers
from svu_pipeline.contracts.held import HeldRow
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.description import key, spec
from svu_pipeline.kept import keep_held
from svu_pipeline.pipeline import Pipeline, said_plainly

HELD_ROW = key("contracts", "held_row")
IN_FORCE = "waivers_are_in_force"
COLUMNS = [
    dg.TableColumn(name, kind, words, tags={"personal_data": "none"})
    for name, kind, words in (
        ("id", "string", "What `svu held` calls the row"),
        ("dataset", "string", "Its dataset"),
        ("batch", "string", "The batch it arrived in"),
        ("file", "string", "The file it arrived in, as delivered"),
        ("since", "string", "When its record was first held without having been accepted since, UTC"),
        ("owner", "string", "Who corrects the source's records"),
        ("reasons", "string", "Every rule that it breaks"),
        ("row", "bigint", "Its record's number in the file"),
    )
]
SHOWN = 500
"""Rows listed in the UI; `svu held list` lists all."""


@dg.multi_asset(
    name="list_held",
    specs=[
        spec(
            "contracts",
            "held_row",
            "Every row on hold that nothing has cleared: where it arrived, since when, why, and who corrects it. "
            "The jobs waive_held_row and replay_held_row decide of one.",
            [standing_key(dataset) for dataset in CONTRACTS],
            COLUMNS,
        )
    ],
    check_specs=[
        dg.AssetCheckSpec(IN_FORCE, asset=HELD_ROW, description="No record stands by a waiver that has ended.")
    ],
)
def list_held(pipeline: dg.ResourceParam[Pipeline]) -> Iterator[dg.MaterializeResult[None]]:
    """List the rows on hold and look for waivers that have ended."""
    with said_plainly():
        rows = keep_held(pipeline.settings)
        ended = expired_waivers(pipeline.settings, pipeline.clock().astimezone(LONDON).date())
    check = dg.AssetCheckResult(
        passed=not ended, asset_key=HELD_ROW, check_name=IN_FORCE, metadata={"ended": ", ".join(ended) or "none"}
    )
    metadata: dict[str, int | dg.MetadataValue] = {"dagster/row_count": len(rows)}
    if rows:
        metadata["rows on hold"] = _table(rows)
    yield dg.MaterializeResult(HELD_ROW, metadata=metadata, check_results=[check])


def _table(rows: list[HeldRow]) -> dg.TableMetadataValue:
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {
                    "id": row.id,
                    "dataset": row.dataset,
                    "reasons": ", ".join(row.reasons),
                    "since": row.since,
                    "owner": row.owner,
                    "file": row.file,
                    "row": row.row,
                }
            )
            for row in rows[:SHOWN]
        ]
    )


ASSETS = [list_held]
