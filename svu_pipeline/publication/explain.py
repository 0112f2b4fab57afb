"""From a figure to its records: every record that a figure counts, down to batch, file and row."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from svu_pipeline.clock import Window, written
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.landing.batch import all_manifests
from svu_pipeline.metrics.catalogue import ENTRIES, metric_of
from svu_pipeline.metrics.keys import record_key
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.versions import in_force
from svu_pipeline.quality.current import stands_at
from svu_pipeline.quality.states import source_states
from svu_pipeline.settings import Settings
from svu_pipeline.strike import Struck, struck
from svu_pipeline.warehouse import Home


@dataclass(frozen=True)
class Evidence:
    """One record behind a figure. `subject` is what is counted once (a keyed person id, premises, a seizure).

    `quantity` is a whole number in the fact's own unit (pence, milligrams, 48ths of a day, one); null where not recorded.
    `batch`, `file` and `row` say where it arrived; `sha256` is that of the file as received.
    """

    record: str
    subject: str
    on: date
    quantity: int | None
    source: str
    dataset: str
    batch: str
    file: str
    row: int
    sha256: str


@dataclass(frozen=True)
class Explanation:
    """A figure and what it is made of: `count` is the figure again, counted over `records`."""

    metric: str
    window: str
    as_at: str
    value: str | None
    noun: str
    count: str
    records: list[Evidence]

    def as_json(self) -> dict[str, Any]:
        content = asdict(self)
        for record in content["records"]:
            record["on"] = record["on"].isoformat()
        return content


def explain(settings: Settings, metric_id: str, window: Window, as_at: datetime | None = None) -> list[Explanation]:
    """What a figure is made of; for a rate its numerator and its denominator.

    A figure with a source that is not up to date is explained as known when it stands, as the review has it. Raises CatalogueError for a metric that is not in the catalogue, NothingLanded when nothing had landed.
    """
    metric = in_force(metric_of(metric_id), window)
    parts = [ENTRIES[metric.numerator], ENTRIES[metric.denominator]] if metric.is_rate else [metric]
    home = Home(settings.home)
    stands = stands_at(home, metric, source_states(settings, as_at)) or as_at
    with struck(settings, [window], stands) as state:
        files = _files(home, state.as_at)
        return [_explanation(state, part, window, stands, files) for part in parts]


def _explanation(
    state: Struck, metric: Metric, window: Window, as_at: datetime | None, files: dict[tuple[str, int], tuple[str, str]]
) -> Explanation:
    rows = state.connection.execute(
        "SELECT c.record_key, c.subject, c.happened_on, c.quantity, s._batch, s._file, s._row "  # noqa: S608 - our names
        f"FROM counted c JOIN standing_{metric.dataset} s ON s._status = 'current' "
        f"AND c.record_key = {record_key(metric.dataset)} WHERE c.metric_id = ? ORDER BY ALL",
        [metric.id],
    ).fetchall()
    source = CONTRACTS[metric.dataset].source
    records = [
        Evidence(key, subject, on, quantity, source, metric.dataset, batch, *_placed(files, batch, source, file, row))
        for key, subject, on, quantity, batch, file, row in rows
    ]
    value = state.connection.execute(
        "SELECT printed FROM value WHERE metric_id = ? AND dimension = ''", [metric.id]
    ).fetchall()[0][0]
    count = _counted(state, metric, records)
    return Explanation(metric.id, window.label, written(as_at or state.as_at), value, metric.noun.value, count, records)


def _counted(state: Struck, metric: Metric, records: list[Evidence]) -> str:
    """The figure counted again over the listed records, printed by the one rounding function."""
    total = (
        len({record.subject for record in records})
        if metric.subject
        else sum(record.quantity or 0 for record in records)
    )
    found = state.connection.execute(
        "SELECT printed(?::BIGINT, ?::BIGINT, ?::INTEGER)", [total, metric.scale.divisor, metric.scale.decimals]
    ).fetchall()
    return str(found[0][0])


def _files(home: Home, as_at: datetime) -> dict[tuple[str, int], tuple[str, str]]:
    """Path and SHA-256 of each file of each batch, by source and batch and place."""
    return {
        (f"{manifest.source}/{manifest.batch}", place): (file.path, file.sha256)
        for manifest in all_manifests(home, as_at)
        for place, file in enumerate(manifest.files)
    }


def _placed(
    files: dict[tuple[str, int], tuple[str, str]], batch: str, source: str, file: int, row: int
) -> tuple[str, int, str]:
    path, sha256 = files[f"{source}/{batch}", file]
    return path, row, sha256
