"""The ten source systems, in the order in which the night asks them."""

from __future__ import annotations

from svu_pipeline.sources import (
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
from svu_pipeline.sources.system import System

SYSTEMS: dict[str, System] = {
    module.SYSTEM.name: module.SYSTEM
    for module in (
        custody, case_file, courts, property, asset_recovery, warrants, safeguarding, civil_orders, operations,
        police_uk,
    )
}  # fmt: skip

SYSTEM_OF: dict[str, System] = {dataset: system for system in SYSTEMS.values() for dataset in system.columns}
"""The system that delivers each dataset."""
