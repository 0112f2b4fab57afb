"""The contract of every dataset, in the order of the sources."""

from __future__ import annotations

from svu_pipeline.contracts import (
    asset_recovery,
    case_file,
    civil_orders,
    courts,
    custody,
    operations,
    police_uk,
    property,  # noqa: A004 - the source's name
    safeguarding,
    warrants,
)
from svu_pipeline.contracts.model import Contract

CONTRACTS: dict[str, Contract] = {
    contract.dataset: contract
    for module in (
        custody, case_file, courts, property, asset_recovery, warrants, safeguarding, civil_orders, operations,
        police_uk,
    )
    for contract in module.CONTRACTS
}  # fmt: skip


def of_source(source: str) -> list[Contract]:
    """The contracts of one source's datasets."""
    return [contract for contract in CONTRACTS.values() if contract.source == source]
