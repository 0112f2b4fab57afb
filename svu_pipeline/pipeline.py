"""The one resource of the assets: where the pipeline reads and writes, and its clock.

Read when a step runs, never at import; tests give their own to `build_defs`.
"""

from __future__ import annotations

import logging
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg

from svu_pipeline.clock import Clock, now
from svu_pipeline.errors import Curable
from svu_pipeline.settings import Settings, read
from svu_pipeline.warehouse import Home

REDACT = "DAGSTER_REDACT_USER_CODE_ERRORS"


@dataclass(frozen=True)
class Pipeline:
    """Settings as of the moment they are asked for, and the clock that dates batches."""

    read_settings: Callable[[], Settings] = read
    clock: Clock = now

    @property
    def settings(self) -> Settings:
        """The settings; from here on the process keeps to itself what it writes and what it fails on."""
        keep_to_itself()
        return self.read_settings()

    @property
    def home(self) -> Home:
        return Home(self.settings.home)


def keep_to_itself() -> None:
    """Whoever started the process: files are for the owner alone, and nothing that could quote a row is kept or printed.

    A crash leaves no image of the memory. Dagster redacts an error in its events when it is told to, and prints it in
    full to this logger.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    os.environ[REDACT] = "1"
    logging.getLogger("dagster.redacted_errors").setLevel(logging.CRITICAL + 1)


@contextmanager
def said_plainly(*let: type[Exception]) -> Iterator[None]:
    """Within a step: what a person can mend fails the step with its own words, which hold no value and are not redacted.

    The errors in `let` are the step's own business.
    """
    try:
        yield
    except let:
        raise
    except Curable as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
