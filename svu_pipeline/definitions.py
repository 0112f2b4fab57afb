"""Assembly: everything that Dagster is to know, and nothing else. Importing it reads no file, variable or network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

import svu_pipeline.without_pandas  # noqa: F401 - before what would import it
from svu_pipeline.change import assets as change
from svu_pipeline.contracts import assets as contracts
from svu_pipeline.contracts import held_assets as held
from svu_pipeline.contracts.decision_jobs import JOBS as DECISIONS
from svu_pipeline.description import source_spec
from svu_pipeline.facts import assets as facts
from svu_pipeline.landing import assets as landing
from svu_pipeline.metrics import assets as metrics
from svu_pipeline.nightly import nightly_job, nightly_schedule, review_job, reviews_follow_the_night
from svu_pipeline.people import assets as people
from svu_pipeline.people.decision_jobs import JOBS as LINKING_DECISIONS
from svu_pipeline.pipeline import Pipeline
from svu_pipeline.publication import assets as publication
from svu_pipeline.quality import assets as quality
from svu_pipeline.recount import assets as recount
from svu_pipeline.release import assets as release
from svu_pipeline.sources.registry import SYSTEMS

in_process_or_multiprocess = dg.multi_or_in_process_executor.configured(
    lambda config: config,
    name="in_process_or_multiprocess",
    config_schema=dg.Field(
        dg.Selector({name: dg.Field(dict, default_value={}) for name in ("in_process", "multiprocess")}),  # type: ignore[no-untyped-call]
        default_value={"in_process": {}},
    ),
)
"""In process by default (thirty empty assets: 5.6 s against 82 s); `{"execution": {"config": {"multiprocess": {}}}}`."""


def build_defs(loggers: Mapping[str, dg.LoggerDefinition] | None = None, **overrides: Any) -> dg.Definitions:
    """The definitions; a test swaps resources by name, as in `build_defs(pipeline=Pipeline(...))`."""
    layers = (landing, contracts, held, people, facts, metrics, quality, recount, publication, change, release)
    return dg.Definitions(
        assets=[
            *(source_spec(system) for system in SYSTEMS.values()),
            *(asset for layer in layers for asset in layer.ASSETS),
        ],
        jobs=[nightly_job, review_job, *release.JOBS, *DECISIONS, *LINKING_DECISIONS],
        schedules=[nightly_schedule],
        sensors=[reviews_follow_the_night, *release.SENSORS],
        resources={"pipeline": Pipeline(), **overrides},
        executor=in_process_or_multiprocess,
        loggers=loggers,
    )


defs = build_defs()


def nightly() -> dg.JobDefinition:
    """The nightly job by a name that another process can import, as the multiprocess executor needs."""
    return defs.resolve_job_def(nightly_job.name)
