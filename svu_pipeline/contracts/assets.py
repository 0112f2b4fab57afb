"""Contracts as assets: one step a source, one asset a dataset, one asset check a rule."""

from collections.abc import Iterator

import dagster as dg

from svu_pipeline.contracts.model import Action, Contract, rules_of
from svu_pipeline.contracts.registry import of_source
from svu_pipeline.contracts.verdict import Verdict, judge
from svu_pipeline.description import contract_columns, key, spec
from svu_pipeline.kept import KeptTable, keep_standing
from svu_pipeline.landing.assets import raw_key
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import System

BALANCED = "row_accounting"
NOT_HELD = "delivery_is_not_held_whole"
SEVERITY = {
    Action.HOLD: dg.AssetCheckSeverity.ERROR,
    Action.WITHHOLD: dg.AssetCheckSeverity.WARN,
    Action.WARN: dg.AssetCheckSeverity.WARN,
}


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
    return [
        dg.AssetCheckSpec(BALANCED, asset=asset, description=words, blocking=True),
        dg.AssetCheckSpec(NOT_HELD, asset=asset, description=held),
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
            verdicts = judge(pipeline.home, system.name)
        for contract in contracts:
            asset, table = standing_key(contract.dataset), kept[f"standing_{contract.dataset}"]
            wanted = {item.name for item in context.selected_asset_check_keys if item.asset_key == asset}
            results = [result for result in _results(contract, table, verdicts) if result.check_name in wanted]
            if asset in context.selected_asset_keys:
                yield dg.MaterializeResult(asset, metadata=_metadata(table), check_results=results)
            else:
                yield from results

    return step


def _results(contract: Contract, table: KeptTable, verdicts: list[Verdict]) -> Iterator[dg.AssetCheckResult]:
    asset, account = standing_key(contract.dataset), table.found["account"]
    counts = {name: number for name, number in account.items() if name != "dataset"}
    apart = counts["landed"] - sum(number for name, number in counts.items() if name != "landed")
    yield dg.AssetCheckResult(passed=apart == 0, asset_key=asset, check_name=BALANCED, metadata=counts)
    whole = verdicts[-1].held_whole if verdicts else None
    said = {"why": whole} if whole else {}
    yield dg.AssetCheckResult(passed=whole is None, asset_key=asset, check_name=NOT_HELD, metadata=said)
    for rule in rules_of(contract):
        failing = table.found["rules"].get(rule.name, 0)
        yield dg.AssetCheckResult(
            passed=failing == 0,
            asset_key=asset,
            check_name=rule.name,
            severity=SEVERITY[rule.action],
            metadata={"rows": failing},
        )


def _metadata(table: KeptTable) -> dict[str, str | int]:
    account = {name: number for name, number in table.found["account"].items() if name != "dataset"}
    changed = "changed" if table.is_changed else "unchanged"
    return {"dagster/row_count": account["current"], "outcome": changed, **account}


ASSETS = [contract_assets(system) for system in SYSTEMS.values()]
