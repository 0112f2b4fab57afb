"""Contracts as assets: one step a source, one asset a dataset, one asset check a rule."""

from collections.abc import Iterator
from datetime import datetime

import dagster as dg

from svu_pipeline.contracts.model import Contract, rules_of
from svu_pipeline.contracts.registry import of_source
from svu_pipeline.description import contract_columns, key, spec
from svu_pipeline.kept import KeptTable, keep_standing
from svu_pipeline.landing.assets import raw_key
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.quality.history import Past, Result, past
from svu_pipeline.quality.results import BALANCED, NOT_HELD, VOLUME, results_of_source, since_words
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import System

SEVERITY = {Severity.ERROR: dg.AssetCheckSeverity.ERROR, Severity.WARN: dg.AssetCheckSeverity.WARN}


def standing_key(dataset: str) -> dg.AssetKey:
    return key("contracts", dataset)


def check_specs(contract: Contract) -> list[dg.AssetCheckSpec]:
    """Every rule of a contract, the row accounting (which blocks) and the rule on whole deliveries."""
    asset = standing_key(contract.dataset)
    rules = [
        dg.AssetCheckSpec(rule.name, asset=asset, description=f"{rule.words} (else {rule.action.value})")
        for rule in rules_of(contract)
    ]
    words = "landed = current + superseded + withdrawn + duplicate + held, as whole numbers"
    held = "the last delivery of the source is not held whole (5 % and 10 rows)"
    volume = "the last delivery is of a usual size, and not empty after one that was not"
    return [
        dg.AssetCheckSpec(BALANCED, asset=asset, description=words, blocking=True),
        dg.AssetCheckSpec(NOT_HELD, asset=asset, description=held),
        dg.AssetCheckSpec(VOLUME, asset=asset, description=volume),
        *rules,
    ]


def contract_assets(system: System) -> dg.AssetsDefinition:
    """The step that casts, checks and versions one source's rows."""
    contracts = of_source(system.name)
    specs = [
        spec(
            "contracts",
            contract.dataset,
            f"{system.title}: {contract.grain}, cast and checked, every landed row with its status.",
            [raw_key(other.dataset) for other in contracts],
            contract_columns(contract),
            kinds=("pandera", "duckdb"),
        )
        for contract in contracts
    ]

    @dg.multi_asset(
        name=f"check_{system.name}",
        specs=specs,
        check_specs=[check for contract in contracts for check in check_specs(contract)],
        can_subset=True,
    )
    def step(
        context: dg.AssetExecutionContext, pipeline: dg.ResourceParam[Pipeline]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        with said_plainly():
            kept = keep_standing(pipeline.settings, system.name)
            found = list(results_of_source(pipeline.settings, system.name))
            known = past(pipeline.home)
        for contract in contracts:
            asset, table = standing_key(contract.dataset), kept[f"standing_{contract.dataset}"]
            wanted = {item.name for item in context.selected_asset_check_keys if item.asset_key == asset}
            results = [
                check_result(asset, result, known.get((result.dataset, result.check)), pipeline.clock())
                for result in found
                if result.dataset == contract.dataset and result.check in wanted
            ]
            if asset in context.selected_asset_keys:
                yield dg.MaterializeResult(asset, metadata=_metadata(table), check_results=results)
            else:
                yield from results

    return step


def check_result(asset: dg.AssetKey, result: Result, known: Past | None, at: datetime) -> dg.AssetCheckResult:
    """A check's outcome with its limits, and since when it fails and how many rows it failed on the last nights.

    Of a check that passes and always has there is no more to say, and saying it of each would double a night's events.
    """
    metadata: dict[str, str | int] = {"rows": result.rows, "why": result.threshold} if not result.passed else {}
    if not result.passed or (known and any(known.nights)):
        metadata |= since_words(result, known, at)
    return dg.AssetCheckResult(
        passed=result.passed,
        asset_key=asset,
        check_name=result.check,
        severity=SEVERITY[result.severity],
        metadata=metadata or {"rows": result.rows},
    )


def _metadata(table: KeptTable) -> dict[str, str | int]:
    account = {name: number for name, number in table.found["account"].items() if name != "dataset"}
    changed = "changed" if table.is_changed else "unchanged"
    return {"dagster/row_count": account["current"], "outcome": changed, **account}


ASSETS = [contract_assets(system) for system in SYSTEMS.values()]
