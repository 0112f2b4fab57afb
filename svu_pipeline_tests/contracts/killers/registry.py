"""The specimens of every source, in the order of the sources."""

from __future__ import annotations

from svu_pipeline_tests.contracts.killers import (
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
from svu_pipeline_tests.contracts.killers.specimen import Specimen

SPECIMENS: tuple[Specimen, ...] = tuple(
    specimen
    for module in (
        custody, case_file, courts, property, asset_recovery, warrants, safeguarding, civil_orders, operations,
        police_uk,
    )
    for specimen in module.SPECIMENS
)  # fmt: skip


def specimens_of(dataset: str) -> list[Specimen]:
    """The specimens of one dataset."""
    return [specimen for specimen in SPECIMENS if specimen.dataset == dataset]
