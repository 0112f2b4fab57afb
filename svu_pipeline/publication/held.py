"""The rows on hold: where each arrived and why it is held; never what it says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from svu_pipeline.clock import written
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.contracts.standing import stand
from svu_pipeline.landing.batch import all_manifests
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, session


@dataclass(frozen=True)
class HeldRow:
    """A row on hold that no later accepted version has cleared; `reasons` are `column: reason`, all of them."""

    source: str
    dataset: str
    batch: str
    file: str
    row: int
    since: str
    reasons: list[str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def held_rows(settings: Settings) -> list[HeldRow]:
    """Every row that is on hold now, by source, dataset and place of arrival."""
    home = Home(settings.home)
    arrived = {(manifest.source, manifest.batch): manifest for manifest in all_manifests(home)}
    found = []
    with session(home.root) as connection:
        for source in SYSTEMS:
            stand(connection, home, source)
        for dataset, contract in CONTRACTS.items():
            rows = connection.execute(
                "SELECT _batch, _file, _row, list_sort(list(concat_ws(': ', nullif(\"column\", ''), reason))) "  # noqa: S608
                f"FROM standing_{dataset} JOIN reason_{dataset} USING (_batch, _file, _row) "
                "WHERE _status = 'held' AND NOT _is_cleared AND action = 'held' GROUP BY ALL ORDER BY ALL"
            ).fetchall()
            for batch, file, row, reasons in rows:
                manifest = arrived[contract.source, batch]
                path, since = manifest.files[file].path, written(manifest.landed_at)
                found.append(HeldRow(contract.source, dataset, batch, path, row, since, reasons))
    return found
