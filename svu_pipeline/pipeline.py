"""The one resource of the assets: where the pipeline reads and writes, and its clock.

Read when a step runs, never at import; tests give their own to `build_defs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from svu_pipeline.clock import Clock, now
from svu_pipeline.settings import Settings, read
from svu_pipeline.warehouse import Home


@dataclass(frozen=True)
class Pipeline:
    """Settings as of the moment they are asked for, and the clock that dates batches."""

    read_settings: Callable[[], Settings] = read
    clock: Clock = now

    @property
    def settings(self) -> Settings:
        return self.read_settings()

    @property
    def home(self) -> Home:
        return Home(self.settings.home)
