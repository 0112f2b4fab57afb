"""The linking as last kept, opened for a look at it: what was compared, what was decided by then, and the edges of that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline.disk import said_plainly
from svu_pipeline.kept import linking_version, marker_of
from svu_pipeline.people import ledger
from svu_pipeline.people.decisions import NAMING, view_decisions
from svu_pipeline.people.linking import HEADLINE, edges, weight_of
from svu_pipeline.people.model import model_of
from svu_pipeline.settings import Settings
from svu_pipeline.strike import NothingLanded
from svu_pipeline.warehouse import Home, parquet_view, session

if TYPE_CHECKING:
    import duckdb

TABLES = ("identity", "node", "pair", "scored", "person_record", "person_event")
THRESHOLD = HEADLINE / 100
CUT = weight_of(HEADLINE)
"""Probability and weight in bits from which likeness links for the headline (counting.md, Linking people)."""


@contextmanager
def opened(settings: Settings, *folders: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session over the tables that the last linking kept, with its edges and the standing rows; it can read `folders` too.

    Raises NothingLanded when people have not been linked yet, or not by the model and code of today: their evidence would
    not be that which linked.
    """
    home = Home(settings.home)
    kept = marker_of(home.people, "people")
    if not all(name in kept and (home.people / f"{name}.parquet").is_file() for name in TABLES):
        raise NothingLanded("people have not been linked yet. Run `svu nightly` on whole sources.")
    if kept["pair"].found["version"] != linking_version(model_of(settings.linking.model)):
        raise NothingLanded(
            "people were linked by another model or version than today's. Run `svu nightly` to link anew."
        )
    with said_plainly(home.people), session(home.root, *folders) as connection:
        for name in TABLES:
            parquet_view(connection, name, [home.people / f"{name}.parquet"])
        for dataset in NAMING:
            parquet_view(connection, f"standing_{dataset}", [home.standing / f"standing_{dataset}.parquet"])
        view_decisions(connection, home, last_linked(home))
        edges(connection)
        yield connection


def last_linked(home: Home) -> datetime | None:
    """The instant whose knowledge was linked last: what was decided since then has not joined or parted anyone yet."""
    known = ledger.entries(home)
    return known[-1].known_at if known else None
