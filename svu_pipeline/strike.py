"""The whole chain in one session: every figure as it was known at an instant.

Facts and figures are a pure function of what had landed (architecture, decision 7); the nightly's steps use the same
functions one at a time and keep each table as a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from svu_pipeline.clock import Window
from svu_pipeline.contracts.standing import Account, stand
from svu_pipeline.contracts.verdict import supplied
from svu_pipeline.errors import Curable
from svu_pipeline.facts import build as facts
from svu_pipeline.landing.batch import known_at
from svu_pipeline.metrics.values import contribute, strike
from svu_pipeline.people.linking import resolve
from svu_pipeline.preflight import require_known_layout
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, session

if TYPE_CHECKING:
    import duckdb


class NothingLanded(Curable):
    """There is nothing to strike a figure from: says what to do."""


@dataclass(frozen=True)
class Struck:
    """A session with every table of the chain as known at `as_at`, the instant of the last batch known then."""

    connection: duckdb.DuckDBPyConnection
    as_at: datetime
    accounts: list[Account]
    supplied: frozenset[str]


@contextmanager
def struck(settings: Settings, windows: Sequence[Window], as_at: datetime | None = None) -> Iterator[Struck]:
    """Strike every metric in `windows` as known at an instant (now by default).

    Raises NothingLanded when no batch had landed by then, NewerHome for a home that a newer version has worked on.
    """
    home = Home(settings.home)
    require_known_layout(home)
    known = known_at(home, as_at)
    if known is None:
        raise NothingLanded(
            f"{settings.home}: nothing had landed. Run `svu nightly`, or `svu demo` for demonstration data."
        )
    delivered = supplied(home, known)
    with session(home.root) as connection:
        accounts = [account for source in SYSTEMS for account in stand(connection, home, source, known)]
        facts.current_views(connection)
        facts.prepare(connection)
        resolve(connection, settings, known)
        facts.build(connection)
        contribute(connection)
        strike(connection, windows, delivered)
        yield Struck(connection, known, accounts, delivered)
