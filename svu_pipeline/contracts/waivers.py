"""Waivers: rows that break a rule and are accepted nevertheless, because someone answers for it until a day.

A waiver is a batch of its own (`landing.batch.Decision`) that holds the row as it was delivered. From then on, and until
the day it ends, every row that says the same is not held by the rules waived; it is marked `waived` instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline.clock import LONDON
from svu_pipeline.contracts.model import Action, Contract, Rule, rules_of
from svu_pipeline.landing.batch import Manifest, table_path
from svu_pipeline.warehouse import Home, parquet_view, quoted

if TYPE_CHECKING:
    import duckdb

WAIVE = "waive"

WAIVED = "waived"
"""The action of a rule that a row breaks and a waiver answers for."""


def waivers_in_force(known: Sequence[Manifest], manifest: Manifest) -> list[Manifest]:
    """The waivers of a source that apply to one of its batches: decided by then, not ended by the day it landed."""
    day = manifest.landed_at.astimezone(LONDON).date()
    return [
        waiver
        for waiver in known
        if waiver.decision
        and waiver.decision.kind == WAIVE
        and waiver.landed_at <= manifest.landed_at
        and day <= date.fromisoformat(waiver.decision.until)
    ]


def waivable(contract: Contract) -> list[Rule]:
    """The rules of a contract that can be waived: those that a row breaks whose values could all be read."""
    cast = {"missing_key", "missing_required", "excel_mangled_id", "bad_date", "sentinel_date", "bad_number"}
    cast |= {"nonexistent_time", "conflicting_duplicate"}
    return [
        rule
        for rule in rules_of(contract)
        if rule.action is Action.HOLD and rule.reason not in cast | set(contract.defects) and rule.column != "row"
    ]


def waive_rows(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    contract: Contract,
    manifest: Manifest,
    waivers: Sequence[Manifest],
    folder: Path,
) -> None:
    """In the verdict being made in `folder`, release the rows that a waiver answers for; both files are written anew."""
    mine = [waiver for waiver in waivers if waiver.decision and waiver.decision.dataset == contract.dataset]
    if not mine:
        return
    values, reasons = folder / f"{contract.dataset}.parquet", folder / f"{contract.dataset}.reasons.parquet"
    parquet_view(connection, "landed_now", [table_path(home, manifest, contract.dataset)])
    rules = " UNION ALL ".join(
        _waived(connection, place, contract, table_path(home, waiver, contract.dataset), waiver)
        for place, waiver in enumerate(mine)
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE waived AS {rules}")
    parquet_view(connection, "reasons_now", [reasons])
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE reasons_anew AS SELECT * REPLACE (CASE WHEN action = 'held' AND "  # noqa: S608 - a constant
        "(_file, _row, \"column\" || '__' || reason) IN (SELECT (_file, _row, rule) FROM waived) "
        f"THEN '{WAIVED}' ELSE action END AS action) FROM reasons_now"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW broken AS SELECT (_file, _row) FROM reasons_anew WHERE action = 'held'"
    )
    parquet_view(connection, "values_now", [values])
    anew = (
        (reasons, "SELECT * FROM reasons_anew"),
        (values, "SELECT * REPLACE (_held AND (_file, _row) IN (FROM broken) AS _held) FROM values_now"),
    )
    for path, query in anew:
        aside = path.with_suffix(".anew")
        connection.execute(f"COPY ({query}) TO {quoted(str(aside))} (FORMAT parquet, COMPRESSION zstd)")
        aside.replace(path)


def _waived(connection: duckdb.DuckDBPyConnection, place: int, contract: Contract, row: Path, waiver: Manifest) -> str:
    """A query for the rows of the batch that say what the waived row says, once for each rule waived."""
    from svu_pipeline.sources.registry import SYSTEM_OF

    assert waiver.decision is not None
    same = " AND ".join(
        f"l.{column} IS NOT DISTINCT FROM w.{column}"
        for column in SYSTEM_OF[contract.dataset].columns[contract.dataset]
    )
    parquet_view(connection, f"waived_{place}", [row])
    known = {rule.name for rule in waivable(contract)}
    rules = ", ".join(f"'{name}'" for name in waiver.decision.waived if name in known)
    return (
        f"SELECT l._file, l._row, unnest([{rules}]::TEXT[]) AS rule FROM landed_now l JOIN waived_{place} w ON {same}"  # noqa: S608 - names of the contract
    )
