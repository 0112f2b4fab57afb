"""Running a night from Python: the same Dagster jobs that the UI runs, in this process, on the home's own instance."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from svu_pipeline.contracts.held_assets import IN_FORCE
from svu_pipeline.definitions import build_defs
from svu_pipeline.disk import process_mark
from svu_pipeline.instance import PROCESS, end_dead_runs, instance
from svu_pipeline.nightly import NIGHTLY, REVIEW_MONTH, months_to_review
from svu_pipeline.pipeline import Pipeline, keep_to_itself
from svu_pipeline.preflight import one_night
from svu_pipeline.publication.assets import REVIEW
from svu_pipeline.publication.publish import published_windows
from svu_pipeline.warehouse import Home

_FAILURE = "dagster._core.definitions.events.Failure"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Night:
    """What a night did: whether all ran, what was refused, what failed, whether anything changed, the pages it stands for."""

    succeeded: bool
    refused: list[str]
    held_whole: list[str]
    ended_waivers: list[str]
    failures: list[str]
    changed: list[str]
    pages: dict[str, Path]


def run_night(pipeline: Pipeline, windows: list[str], progress: Progress = lambda _: None) -> Night:
    """Run the nightly job, then the reviews of `windows` (else of the last complete month) and of those already published.

    `progress` is told of each step as it starts. A source that cannot be read does not stop the rest: it is named in
    `refused`. What fails otherwise is named in `failures`, without any value of a record. Raises what `one_night` raises
    when it cannot begin: Busy, above all, while another night runs on the home.
    """
    keep_to_itself()
    defs = build_defs(loggers={"progress": _progress_logger(progress)}, pipeline=pipeline)
    runs = []
    with one_night(pipeline.settings), instance(Home(pipeline.settings.home)) as history:
        end_dead_runs(history)
        config: dict[str, Any] = {"loggers": {"progress": {"config": {}}}}
        runs.append(_execute(defs, NIGHTLY, history, config, None))
        if runs[0].success:
            months = (
                sorted({*windows, *published_windows(pipeline.settings)}) if windows else months_to_review(pipeline)
            )
            runs += [_execute(defs, REVIEW_MONTH, history, config, month) for month in months]
    return _night(runs)


def step_count() -> int:
    """How many steps a night has before its reviews."""
    return len(build_defs().resolve_job_def(NIGHTLY).all_node_defs)


def _execute(
    defs: dg.Definitions, job: str, history: dg.DagsterInstance, config: Mapping[str, Any], month: str | None
) -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def(job).execute_in_process(
        instance=history, raise_on_error=False, run_config=config, partition_key=month, tags={PROCESS: process_mark()}
    )


def _night(runs: list[dg.ExecuteInProcessResult]) -> Night:
    checks = [check for run in runs for check in run.get_asset_check_evaluations() if not check.passed]
    made = [event for run in runs for event in run.get_asset_materialization_events()]
    outcomes = {(event.asset_key, event.partition): event.materialization.metadata for event in made if event.asset_key}
    changed = [key.path[-1] for (key, _), metadata in outcomes.items() if _outcome(metadata) in ("landed", "changed")]
    pages = {
        str(month): Path(str(metadata["page"].value)) for (key, month), metadata in outcomes.items() if key == REVIEW
    }
    refusals = {str(check.description) for check in checks if check.check_name == "delivery_was_read"}
    whole = {str(check.metadata["why"].value) for check in checks if check.check_name == "delivery_is_not_held_whole"}
    ended = [str(check.metadata["ended"].value) for check in checks if check.check_name == IN_FORCE]
    failures = [f"{event.step_key}: {_why(event)}" for run in runs for event in run.all_events if event.is_step_failure]
    return Night(all(run.success for run in runs), sorted(refusals), sorted(whole), ended, failures, changed, pages)


def _outcome(metadata: object) -> str:
    found = metadata.get("outcome") if isinstance(metadata, dict) else None
    return str(found.value) if found else ""


def _why(event: dg.DagsterEvent) -> str:
    """The first line of a failure; user-code errors are redacted by Dagster, our own say what to do and hold no value."""
    error = event.step_failure_data.error
    cause = error.cause if error and error.cause else error
    return (cause.message if cause else "failed").strip().splitlines()[0].removeprefix(f"{_FAILURE}: ")


def _progress_logger(progress: Progress) -> dg.LoggerDefinition:
    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            event = getattr(record, "dagster_event", None)
            if event is not None and event.event_type_value == "STEP_START":
                progress(event.step_key)

    @dg.logger
    def logger(_context: dg.InitLoggerContext) -> logging.Logger:
        made = logging.Logger("svu_progress", level=logging.DEBUG)  # noqa: LOG001 - one a run, never shared
        made.addHandler(Handler())
        return made

    return logger
