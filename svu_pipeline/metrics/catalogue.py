"""The catalogue: every figure that the unit publishes, in the order of the year in review (counting.md, The catalogue)."""

from __future__ import annotations

from svu_pipeline.metrics import enforcement, prevention
from svu_pipeline.metrics.metric import CatalogueError, Metric
from svu_pipeline.metrics.versions import check_dependants, entries

METRICS: tuple[Metric, ...] = (*enforcement.METRICS, *prevention.METRICS)
CATALOGUE: dict[str, Metric] = {metric.id: metric for metric in METRICS}
COUNTED: tuple[Metric, ...] = tuple(entry for metric in METRICS for entry in entries(metric))
"""Every definition that is computed: the metrics, and before each its earlier versions as `<id>@<version>`."""

ENTRIES: dict[str, Metric] = {entry.id: entry for entry in COUNTED}
check_dependants(METRICS)
DIMENSIONS = (
    "district", "unit", "operation", "sex", "age_band", "weapon_type", "drug", "drug_class", "power", "partner",
    "closure",
)  # fmt: skip


def metric_of(id: str) -> Metric:
    """A metric by its id (of an earlier version `<id>@<version>`); CatalogueError with the nearest where there is none."""
    if id in ENTRIES:
        return ENTRIES[id]
    from difflib import get_close_matches

    near = get_close_matches(id, CATALOGUE, n=3)
    hint = f"; near it are {', '.join(near)}" if near else ""
    raise CatalogueError(f"there is no metric of that name{hint}. `svu review` lists them all.")
