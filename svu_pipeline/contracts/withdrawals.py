"""How many records a delivery would withdraw at once: too many are more likely a broken extract than a decision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline.contracts.model import Contract
from svu_pipeline.landing.batch import Manifest
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import Delivery
from svu_pipeline.warehouse import parquet_view, session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import duckdb

    ValuesPath = Callable[[Manifest, str], Path]

Withdrawn = tuple[int, int]
"""Records that would be withdrawn, and how many there were."""


def withdrawn(contract: Contract, manifest: Manifest, earlier: Sequence[Manifest], values: ValuesPath) -> Withdrawn:
    """What a delivery of a dataset withdraws of what the accepted deliveries before it brought.

    In a full register the keys that are no longer there; else the records newly flagged as withdrawn. A person's decision
    is no delivery: what it does not bring is not gone.
    """
    if manifest.decision:
        return 0, 0
    before = [batch for batch in earlier if batch.decision is None and _brings(batch, contract.dataset)]
    if not before or not contract.key or contract.part_of or not _brings(manifest, contract.dataset):
        return 0, 0
    if SYSTEMS[contract.source].delivery is Delivery.FULL:
        return _gone(contract.key, values(before[-1], contract.dataset), values(manifest, contract.dataset))
    flag = contract.withdrawn_when
    withdrawing = contract.withdrawn_by
    if flag:
        now, then = values(manifest, contract.dataset), tuple(values(batch, contract.dataset) for batch in before)
        return _flagged(contract.key, now, then, now, then, f"coalesce({flag}, false)")
    if withdrawing:
        then = tuple(values(batch, contract.dataset) for batch in before)
        marked = tuple(values(batch, withdrawing) for batch in before)
        return _flagged(
            contract.key, values(manifest, contract.dataset), then, values(manifest, withdrawing), marked, "true"
        )
    return 0, 0


def _brings(manifest: Manifest, dataset: str) -> bool:
    return any(dataset in drop.datasets for drop in manifest.drops)


def _gone(key: tuple[str, ...], before: Path, now: Path) -> Withdrawn:
    """Keys of one delivery that the next does not have; held rows count as there in both."""
    with session(before.parents[1], now.parents[1]) as connection:
        _keys(connection, "before", key, [before])
        _keys(connection, "now", key, [now])
        gone, standing = connection.execute(
            "SELECT count(*) FILTER (k NOT IN (SELECT k FROM now)), count(*) FROM before"
        ).fetchall()[0]
    return gone, standing


def _flagged(
    key: tuple[str, ...], now: Path, then: tuple[Path, ...], marked_now: Path, marked_then: tuple[Path, ...], flag: str
) -> Withdrawn:
    """Records known before and not flagged then that are flagged now."""
    with session(now.parents[1]) as connection:
        _keys(connection, "before", key, list(then))
        _keys(connection, "marked_before", key, list(marked_then), flag)
        _keys(connection, "marked_now", key, [marked_now], flag)
        gone, standing = connection.execute(
            "SELECT count(*) FILTER (k IN (SELECT k FROM marked_now)), count(*) FROM before "
            "WHERE k NOT IN (SELECT k FROM marked_before)"
        ).fetchall()[0]
    return gone, standing


def _keys(
    connection: duckdb.DuckDBPyConnection, name: str, key: tuple[str, ...], files: list[Path], which: str = "true"
) -> None:
    """The view `name` of the distinct keys `k` in some files of values."""
    columns = ", ".join(f'"{column}"' for column in key)
    given = " AND ".join(f'"{column}" IS NOT NULL' for column in key)
    parquet_view(connection, f"{name}_values", files)
    connection.execute(
        f"CREATE OR REPLACE VIEW {name} AS SELECT DISTINCT row({columns}) AS k FROM {name}_values "  # noqa: S608 - names of the contract
        f"WHERE {given} AND {which}"
    )
