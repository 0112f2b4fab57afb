"""A released figure and what it is made of, in counts alone: what a press officer may know of the records behind it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from svu_pipeline.clock import instant
from svu_pipeline.clock import window as parse
from svu_pipeline.metrics.catalogue import metric_of
from svu_pipeline.metrics.rounding import printed
from svu_pipeline.publication.explain import explain
from svu_pipeline.release.folder import FIGURES, ReleaseError, folder_of, read
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home


@dataclass(frozen=True)
class Part:
    """What was counted: how many records, from how many files of how many batches, and the count over them."""

    metric: str
    records: int
    files: int
    batches: int
    count: str


@dataclass(frozen=True)
class Explained:
    """A figure as released, and as counted again over its records as known then; a rate has two parts."""

    release: str
    metric: str
    as_at: str
    released: str | None
    counted: str | None
    parts: tuple[Part, ...]

    @property
    def is_equal(self) -> bool:
        """Whether the count is what was released; what was not shown is not compared."""
        return self.released is None or self.counted == self.released

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "is_equal": self.is_equal}


def explained(settings: Settings, release: str, metric_id: str) -> Explained:
    """A figure of a release counted again, as known at its instant.

    Raises ReleaseError for a release that is not there, CatalogueError for a metric that is not in the catalogue.
    """
    metric = metric_of(metric_id)
    document = read(folder_of(Home(settings.home), release), FIGURES)
    figure = next((one for one in document["figures"] if one["id"] == metric.id), None)
    if figure is None:
        raise ReleaseError(f"release {release} has no figure of that metric: it was not in the catalogue then.")
    found = explain(settings, metric.id, parse(document["window"]), instant(figure["as_at"]))
    parts = tuple(
        Part(
            one.metric,
            len(one.records),
            len({(record.batch, record.file) for record in one.records}),
            len({record.batch for record in one.records}),
            one.count,
        )
        for one in found
    )
    counted = _rate(parts, metric.scale.decimals) if metric.is_rate else parts[0].count
    return Explained(release, f"{metric.id}@{figure['version']}", figure["as_at"], figure["printed"], counted, parts)


def _rate(parts: tuple[Part, ...], decimals: int) -> str | None:
    """A rate of two counts, rounded once; None of nobody."""
    above, below = (int(Decimal(part.count)) for part in parts)
    return printed(100 * above, below, decimals) if below else None
