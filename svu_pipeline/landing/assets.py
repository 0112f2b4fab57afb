"""Landing as assets: one step a source, one asset a dataset."""

from collections.abc import Iterator

import dagster as dg

from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.description import key, landed_columns, spec
from svu_pipeline.landing.land import Landed
from svu_pipeline.landing.take import take
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import SourceError, System

WAS_READ = "delivery_was_read"
TRIES, PAUSE_SECONDS = 2, 10


def raw_key(dataset: str) -> dg.AssetKey:
    return key("landing", f"raw_{dataset}")


def landing_assets(system: System) -> dg.AssetsDefinition:
    """The step that lands one source. A refused delivery fails its check and stops neither the others nor what follows."""
    specs = [
        spec(
            "landing",
            f"raw_{dataset}",
            f"{system.title}: {CONTRACTS[dataset].grain}, as received. {system.delivery.value.capitalize()}.",
            [key("sources", system.name)],
            landed_columns(columns, CONTRACTS[dataset]),
            kinds=("python", "parquet"),
        )
        for dataset, columns in system.columns.items()
    ]
    checks = [
        dg.AssetCheckSpec(WAS_READ, asset=item.key, description="The source's delivery could be read whole.")
        for item in specs
    ]

    @dg.multi_asset(name=f"land_{system.name}", specs=specs, check_specs=checks, can_subset=True)
    def step(
        context: dg.AssetExecutionContext, pipeline: dg.ResourceParam[Pipeline]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        landed, refusal = _land(system, pipeline)
        for dataset in system.columns:
            asset = raw_key(dataset)
            check = _check(asset, refusal)
            if asset in context.selected_asset_keys:
                wanted = {item.asset_key for item in context.selected_asset_check_keys}
                yield dg.MaterializeResult(
                    asset, metadata=_metadata(dataset, landed), check_results=[check] if asset in wanted else []
                )
            elif asset in {item.asset_key for item in context.selected_asset_check_keys}:
                yield check

    return step


def _land(system: System, pipeline: Pipeline) -> tuple[Landed | None, SourceError | None]:
    try:
        with said_plainly(SourceError):
            return take(pipeline.settings, system.name, pipeline.clock), None
    except SourceError as error:
        if error.may_pass:
            raise dg.RetryRequested(max_retries=TRIES, seconds_to_wait=PAUSE_SECONDS) from None
        return None, error


def _check(asset: dg.AssetKey, refusal: SourceError | None) -> dg.AssetCheckResult:
    if refusal is None:
        return dg.AssetCheckResult(passed=True, asset_key=asset, check_name=WAS_READ)
    said = {"file": refusal.file, "problem": refusal.problem, "cure": refusal.cure}
    return dg.AssetCheckResult(
        passed=False, asset_key=asset, check_name=WAS_READ, description=str(refusal), metadata=said
    )


def _metadata(dataset: str, landed: Landed | None) -> dict[str, dg.MetadataValue | str | int]:
    if landed is None:
        return {"outcome": "refused: nothing was kept"}
    again = {"arrived before under another name": ", ".join(landed.again)} if landed.again else {}
    if landed.batch is None:
        return {"outcome": "nothing new", **again}
    return {
        **again,
        "outcome": "landed",
        "batch": landed.batch.batch,
        "files": sum(dataset in drop.datasets for drop in landed.batch.drops),
        "dagster/row_count": landed.batch.tables[dataset].rows,
    }


ASSETS = [landing_assets(system) for system in SYSTEMS.values()]
