"""Facts as assets: one step, one asset a table, its promises as blocking checks."""

from collections.abc import Iterator

import dagster as dg

from svu_pipeline.contracts.assets import check_result, standing_key
from svu_pipeline.description import fact_columns, key, spec
from svu_pipeline.facts.build import CREDIT
from svu_pipeline.facts.table import FactTable, fact_tables
from svu_pipeline.kept import keep_facts
from svu_pipeline.people.assets import PERSON_RECORD
from svu_pipeline.pipeline import Pipeline, said_plainly
from svu_pipeline.quality.history import past
from svu_pipeline.quality.results import results_of_facts

GROUP = "facts"
CHECK_WORDS = {
    "grain_is_unique": "One row for each value of the grain.",
    "no_float": "No column is a floating-point number.",
    "rows_are_kept": "One row for each standing row that it is made from: no join lost or multiplied any.",
    CREDIT: "Of few records only does the other evidence disagree with the recorded unit (`svu attribution`).",
}
UNBLOCKED = {CREDIT}
"""Checks that warn of the records, not of the table: what is made from it goes on."""


def fact_key(name: str) -> dg.AssetKey:
    return key(GROUP, name)


def _spec(table: FactTable) -> dg.AssetSpec:
    deps = [fact_key(name) for name in table.facts] + [standing_key(name) for name in table.datasets]
    if "person_record" in table.query:
        deps.append(PERSON_RECORD)
    description = f"{table.description} Grain: {', '.join(table.grain)}."
    return spec(GROUP, table.name, description, deps, fact_columns(table), zone="facts")


def _check_specs(table: FactTable) -> list[dg.AssetCheckSpec]:
    own = [CREDIT] if table.name == "fct_unit_attribution" else []
    names = ["grain_is_unique", "no_float", *(["rows_are_kept"] if table.rows else []), *own]
    asset = fact_key(table.name)
    return [
        dg.AssetCheckSpec(name, asset=asset, description=CHECK_WORDS[name], blocking=name not in UNBLOCKED)
        for name in names
    ]


@dg.multi_asset(
    name="build_facts",
    specs=[_spec(table) for table in fact_tables().values()],
    check_specs=[check for table in fact_tables().values() for check in _check_specs(table)],
    can_subset=True,
)
def build_facts(
    context: dg.AssetExecutionContext, pipeline: dg.ResourceParam[Pipeline]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Build the fact tables; only those selected are written."""
    asked = {item.asset_key.path[-1] for item in context.selected_asset_check_keys}
    selected = {asset.path[-1] for asset in context.selected_asset_keys}
    with said_plainly():
        kept = keep_facts(pipeline.settings, selected | asked)
        found, known = list(results_of_facts(pipeline.settings)), past(pipeline.home)
    for name in fact_tables():
        if name not in selected | asked:
            continue
        table, asset = kept[name], fact_key(name)
        wanted = {item.name for item in context.selected_asset_check_keys if item.asset_key == asset}
        results = [
            check_result(asset, result, known.get((name, result.check)), pipeline.clock())
            for result in found
            if result.dataset == name and result.check in wanted
        ]
        if name in selected:
            outcome = "changed" if table.is_changed else "unchanged"
            yield dg.MaterializeResult(
                asset, metadata={"dagster/row_count": table.rows, "outcome": outcome}, check_results=results
            )
        else:
            yield from results


ASSETS = [build_facts]
