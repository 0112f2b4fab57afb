"""An extract folder, night after night: which files are there, and the history they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from . import read_documents as documents
from . import read_tables as tables
from .batch import Batch, RefusedError
from .history import History

Deliver = Callable[[Path, History], list[Batch]]


def read_nights(nights: Sequence[Path]) -> History:
    """All nights in order. A source that is absent or refused one night leaves what stands as it is."""
    history = History()
    for folder in nights:
        for source in SOURCES:
            try:
                history.deliver(source(folder, history))
            except RefusedError:
                continue
    return history


def _custody(folder: Path, history: History) -> list[Batch]:
    return _database(folder / "custody.sqlite", ["custody_record"], history)


def _case_file(folder: Path, history: History) -> list[Batch]:
    return _database(folder / "case_file.sqlite", ["charge", "custody_outcome", "remand_decision"], history)


def _database(path: Path, names: list[str], history: History) -> list[Batch]:
    if not path.exists():
        return []
    return [tables.database_batch(path, name, history.datasets[name].watermark) for name in names]


def _courts(folder: Path, _: History) -> list[Batch]:
    pages = sorted((folder / "courts").glob("hearings-*.json"))
    return [documents.hearings_batch(pages)] if pages else []


def _property(folder: Path, _: History) -> list[Batch]:
    return [tables.property_batch(path) for path in sorted((folder / "property").glob("property_*.csv"))]


def _asset_recovery(folder: Path, _: History) -> list[Batch]:
    path = folder / "asset_recovery" / "asset_recovery_register.xlsx"
    return [tables.register_batch(path)] if path.exists() else []


def _warrants(folder: Path, _: History) -> list[Batch]:
    path = folder / "warrants" / "warrants_register.xlsx"
    return [tables.warrants_batch(path)] if path.exists() else []


def _safeguarding(folder: Path, _: History) -> list[Batch]:
    paths = sorted((folder / "safeguarding").glob("safeguarding_*.xml"))
    return [batch for path in paths for batch in documents.safeguarding_batches(path)]


def _civil_orders(folder: Path, _: History) -> list[Batch]:
    orders = sorted((folder / "civil_orders").glob("civil_orders_*.csv"))[-1:]
    breaches = sorted((folder / "civil_orders").glob("order_breaches_*.csv"))[-1:]
    return [tables.civil_orders_batch(path) for path in orders] + [
        tables.order_breaches_batch(path) for path in breaches
    ]


def _operations(folder: Path, _: History) -> list[Batch]:
    return [
        documents.lines_batch(path, dataset)
        for dataset in ("operation", "deployment")
        for path in sorted((folder / "operations").glob(f"{dataset}s_*.jsonl"))
    ]


def _police_uk(folder: Path, _: History) -> list[Batch]:
    kinds = {"stop_and_search": "stop-and-search", "street_crime": "street"}
    return [
        tables.police_batch(path, dataset)
        for dataset, ending in kinds.items()
        for path in sorted((folder / "police_uk").glob(f"*/*-essex-{ending}.csv"))
    ]


SOURCES: tuple[Deliver, ...] = (
    _custody, _case_file, _courts, _property, _asset_recovery, _warrants, _safeguarding, _civil_orders,
    _operations, _police_uk,
)  # fmt: skip
