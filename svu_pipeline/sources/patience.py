"""Asking again: how often, how long between, and how long in all.

Here: the one policy of every live transport. Not here: what is worth asking again (`api_client.py`, `sftp_session.py`).
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

import stamina
from stamina.instrumentation import LoggingOnRetryHook, set_on_retry_hooks

from svu_pipeline.sources.system import Unreadable

Told = TypeVar("Told")

RETRIES = 5
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds before the first retry, doubled for each further one up to the longest; half of each is left to chance."""


class Again(Exception):
    """A failure that is worth another try, after so many seconds at least; `refusal` is what it comes to in the end."""

    def __init__(self, refusal: Unreadable, after: float = 0.0) -> None:
        super().__init__(refusal.code)
        self.refusal, self.after = refusal, after


class Patience:
    """What is left of the seconds that one delivery may be waited for, over all its retries."""

    def __init__(self, seconds: float = math.inf) -> None:
        self._left = seconds
        set_on_retry_hooks([LoggingOnRetryHook])  # else, where structlog is there, retries are printed

    async def until_told(self, ask: Callable[[], Awaitable[Told]]) -> Told:
        """What `ask` gives, asked up to RETRIES times more while it raises Again; then its last refusal is raised."""
        failures = count()

        def wait(error: Exception) -> bool | float:
            return isinstance(error, Again) and self._granted(max(error.after, _backoff(next(failures))))

        try:
            async for attempt in stamina.retry_context(on=wait, attempts=RETRIES + 1, timeout=None):
                with attempt:
                    return await ask()
        except Again as error:
            raise error.refusal from None
        raise AssertionError("unreachable: the last attempt raises")

    def _granted(self, seconds: float) -> bool | float:
        """The wait, if so much is left; who asks for more than that is left alone, not asked again too early."""
        if seconds > self._left:
            return False
        self._left -= seconds
        return seconds


def _backoff(failures: int) -> float:
    """Seconds to wait after so many failures and one."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0**failures)
    return longest * secrets.SystemRandom().uniform(0.5, 1.0)
