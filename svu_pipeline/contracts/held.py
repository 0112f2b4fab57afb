"""The rows on hold: where each arrived, since when and why it is held, and who is to correct it; never what it says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import written
from svu_pipeline.contracts.model import Contract
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.contracts.standing import stand
from svu_pipeline.errors import Curable
from svu_pipeline.landing.batch import Manifest, all_manifests
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, fingerprint, session

if TYPE_CHECKING:
    import duckdb

ID_LENGTH = 10


class NotHeld(Curable):
    """An id that is of no row on hold, or of more than one: says how to find the right one."""


@dataclass(frozen=True)
class HeldRow:
    """A row on hold that nothing has cleared since. `id` names it, from the place where it arrived.

    `since` is when its record was first held without having been accepted since; `owner` is who corrects the source's
    records; `reasons` are `column: reason`, all of them.
    """

    id: str
    source: str
    dataset: str
    batch: str
    file: str
    row: int
    since: str
    owner: str
    reasons: list[str]
    place: int = 0

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "place"}


def row_id(source: str, dataset: str, batch: str, file: int, row: int) -> str:
    """What a landed row is called: a fingerprint of the place where it arrived."""
    return fingerprint(source, dataset, batch, file, row)[:ID_LENGTH]


def held_rows(settings: Settings) -> list[HeldRow]:
    """Every row that is on hold now, by source, dataset and place of arrival."""
    home = Home(settings.home)
    with session(home.root) as connection:
        for source in SYSTEMS:
            stand(connection, home, source)
        return held_among(connection, settings)


def held_among(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[HeldRow]:
    """The rows on hold in a session that has `standing_…` and `reason_…` of every dataset."""
    arrived = {(manifest.source, manifest.batch): manifest for manifest in all_manifests(Home(settings.home))}
    found = []
    for contract in CONTRACTS.values():
        for batch, file, row, since, reasons in _open_rows(connection, contract):
            manifest, first = arrived[contract.source, batch], arrived[contract.source, since]
            found.append(_held_row(settings, contract, manifest, first, file, row, reasons))
    return found


def held_row(settings: Settings, wanted: str) -> HeldRow:
    """The row on hold whose id begins so; NotHeld when there is none, or more than one."""
    found = [row for row in held_rows(settings) if row.id.startswith(wanted)] if wanted else []
    if len(found) == 1:
        return found[0]
    words = "no row on hold has this id" if not found else f"{len(found)} rows on hold have an id that begins so"
    raise NotHeld(f"{words}. `svu held list` shows them.")


def _held_row(
    settings: Settings, contract: Contract, manifest: Manifest, first: Manifest, file: int, row: int, reasons: list[str]
) -> HeldRow:
    source, path = contract.source, manifest.files[file].path
    name = row_id(source, contract.dataset, manifest.batch, file, row)
    owner = settings.of(source).owner or f"{SYSTEMS[source].title}: its keeper"
    since = written(first.landed_at)
    return HeldRow(name, source, contract.dataset, manifest.batch, path, row, since, owner, reasons, file)


def _open_rows(connection: duckdb.DuckDBPyConnection, contract: Contract) -> list[tuple[str, int, int, str, list[str]]]:
    """`(batch, file, row, first batch that held the record, reasons)` of each row on hold of a dataset."""
    dataset = contract.dataset
    key = [f'"{column}"' for column in contract.key]
    same = " AND ".join(f"e.{column} = h.{column}" for column in key) or "false"
    return connection.execute(
        f"""WITH open_row AS (FROM standing_{dataset} WHERE _status = 'held' AND NOT _is_cleared)
        SELECT h._batch, h._file, h._row,
               coalesce((SELECT min(e._batch) FROM standing_{dataset} e WHERE {same} AND e._status = 'held'
                         AND e._batch > coalesce((SELECT max(a._batch) FROM standing_{dataset} a
                             WHERE {same.replace("e.", "a.")} AND a._status <> 'held'), '')), h._batch),
               list_sort(list(DISTINCT concat_ws(': ', nullif(r."column", ''), r.reason)))
        FROM open_row h JOIN reason_{dataset} r USING (_batch, _file, _row)
        WHERE r.action = 'held' GROUP BY ALL ORDER BY 1, 2, 3"""  # noqa: S608 - names of the contract
    ).fetchall()
