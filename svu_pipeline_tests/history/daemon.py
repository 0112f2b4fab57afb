"""Dagster's scheduler daemon as it runs in service, but for the clock: hours pass when a test says so."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import dagster as dg
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._scheduler.scheduler import launch_scheduled_runs

from svu_pipeline.instance import instance
from svu_pipeline.nightly import NIGHT, NIGHTLY
from svu_pipeline.warehouse import Home

LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Daemon:
    """A daemon; what it knows from one look to the next is in its storage alone. The runs it asks for are not run."""

    history: dg.DagsterInstance
    workspace: WorkspaceProcessContext

    def wake(self, at: datetime) -> None:
        """Let the daemon look at its schedules once, at an instant."""
        with freeze_time(at):
            for problem in launch_scheduled_runs(self.workspace, LOGGER, at, {}):
                assert problem is None, problem

    def stay_up(self, since: datetime, until: datetime) -> None:
        """Look every four hours from one instant to another, both included."""
        while since <= until:
            self.wake(since)
            since += timedelta(hours=4)

    def nights(self) -> list[str]:
        """The London days whose night the daemon has asked for, a run each, oldest first."""
        return sorted(run.tags[NIGHT] for run in self.history.get_runs(dg.RunsFilter(job_name=NIGHTLY)))


@contextmanager
def daemon(home: Home) -> Iterator[Daemon]:
    """Start a daemon on the Dagster folder of a home; leaving the context stops it."""
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name="svu_pipeline.definitions")
    origin = InProcessCodeLocationOrigin(target, location_name="svu_pipeline.definitions")
    with instance(home) as history, WorkspaceProcessContext(history, InProcessWorkspaceLoadTarget(origin)) as workspace:
        yield Daemon(history, workspace)
