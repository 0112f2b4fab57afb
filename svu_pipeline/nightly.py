"""The night: its job, when it runs, and the reviews that follow it."""

from collections.abc import Iterator
from datetime import datetime

import dagster as dg

from svu_pipeline.clock import LONDON, previous_month, written
from svu_pipeline.pipeline import Pipeline
from svu_pipeline.publication.assets import MONTHS, REVIEW
from svu_pipeline.publication.publish import published_windows
from svu_pipeline.release.assets import RELEASE

NIGHTLY, REVIEW_MONTH = "nightly", "review_month"
NIGHT, TICK = "svu/night", "svu/tick"
"""Tags of a scheduled run: the London day it is the night of, and the instant that it was due."""

nightly_job = dg.define_asset_job(
    NIGHTLY,
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(REVIEW, RELEASE),
    description="Land, check, link, count and publish: everything but the monthly reviews, which follow it, and releases, which people make.",
)
review_job = dg.define_asset_job(
    REVIEW_MONTH,
    selection=dg.AssetSelection.assets(REVIEW),
    description="The review of the window that ends with one month; backfill it to strike past months again.",
)


def night_of(instant: datetime) -> str:
    """The name of the night that is due at an instant: its London day, `YYYY-MM-DD`."""
    return f"{instant.astimezone(LONDON):%Y-%m-%d}"


@dg.schedule(
    job=nightly_job,
    name="nightly_0400_london",
    cron_schedule="0 4 * * *",
    execution_timezone="Europe/London",
    description="Every night at four in London: an hour that both clock changes leave alone.",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """One run a London day.

    Nights that were missed need no run of their own: a night lands whatever its sources have that is not among the
    manifests yet. Of the ticks missed while it was down the daemon makes up for the last one, and that fills them all.
    """
    night, tick = night_of(context.scheduled_execution_time), written(context.scheduled_execution_time)
    # Dagster tells scheduled runs apart by their tick alone: a later hour in the cron would bring a second one today.
    tonights = context.instance.get_runs(dg.RunsFilter(job_name=NIGHTLY, tags={NIGHT: night}))
    if any(run.tags[TICK] != tick for run in tonights):
        return dg.SkipReason(f"the night of {night} has been run")
    return dg.RunRequest(run_key=night, tags={NIGHT: night, TICK: tick})


def months_to_review(pipeline: Pipeline) -> list[str]:
    """The last complete month, and every month whose review is published and may have been revised by the night."""
    known = set(MONTHS.get_partition_keys(current_time=pipeline.clock()))
    return sorted(({previous_month(pipeline.clock())} | set(published_windows(pipeline.settings))) & known)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    name="reviews_follow_the_night",
    monitored_jobs=[nightly_job],
    request_job=review_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="After a night, strike the reviews of the last complete month and of every month already published.",
)
def reviews_follow_the_night(
    context: dg.RunStatusSensorContext, pipeline: dg.ResourceParam[Pipeline]
) -> Iterator[dg.RunRequest]:
    """Request the reviews that follow a finished night, once for each night and month."""
    for month in months_to_review(pipeline):
        yield dg.RunRequest(run_key=f"{context.dagster_run.run_id} {month}", partition_key=month)
