"""Source 9, operations: the operations and deployments log, JSON Lines (sources.md, 9)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from svu_pipeline.sources.system import Delivery, Drop, Reading, Rows, Shape, Shapes, System, dated_files

COLUMNS = {
    "operation": (
        "operation_ref", "name", "kind", "line_name", "opened_on", "closed_on", "closure", "updated_at",
    ),
    "deployment": (
        "deployment_ref", "operation_name", "started_on", "ended_on", "place", "district_code", "unit_code",
        "leaflets", "leaflets_estimated", "partner_referrals", "training_sessions_offered",
        "training_sessions_delivered", "vehicles_stopped", "passengers_checked", "passengers_estimated", "arrests",
        "updated_at",
    ),
}  # fmt: skip
FILES = {"operation": "operations/operations_{date}.jsonl", "deployment": "operations/deployments_{date}.jsonl"}


def find(root: Path, shapes: Shapes) -> list[Drop]:
    """The dated files of both logs; SourceError when either is missing."""
    return [
        drop for dataset, shape in shapes.items() for drop in dated_files("operations", root, shape.files, [dataset])
    ]


def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
    """The records of one log file."""
    from svu_pipeline.sources.archive import unpacked
    from svu_pipeline.sources.json_text import read_json_lines

    (dataset,) = drop.datasets
    with unpacked(reading.open(0), drop.files[0].path) as stream:
        for batch in read_json_lines(stream, shapes[dataset].names, partial(reading.note, 0, dataset)):
            yield Rows(dataset, 0, batch)


SYSTEM = System(
    name="operations",
    title="Operations and deployments log",
    delivery=Delivery.INCREMENTAL,
    shapes={dataset: Shape({name: name for name in columns}, FILES[dataset]) for dataset, columns in COLUMNS.items()},
    finds=find,
    reads=read,
)
