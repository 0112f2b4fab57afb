"""Merges and splits of people as they are listed: under keyed ids, with the records that caused them; no name in them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import written
from svu_pipeline.people import ledger
from svu_pipeline.people.decisions import turns
from svu_pipeline.people.keys import key_people, person_key
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, session

if TYPE_CHECKING:
    import duckdb

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Move:
    """One merge or split: of a merge `person_id` took records in from `other_id`, of a split it lost them to it.

    `because` is record, decision or model; `causes` are the records in question, as `dataset:record_key`.
    """

    known_at: datetime
    kind: str
    person_id: str
    other_id: str
    records: int
    because: str
    causes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "known_at": written(self.known_at), "causes": list(self.causes)}


def moves(settings: Settings, since: datetime | None = None) -> list[Move]:
    """Every merge and split on record, oldest first; `since` an instant only. Restricted zone."""
    home = Home(settings.home)
    with session(home.root) as connection:
        ledger.events(connection, home, decided=turns(home))
        return _listed(connection, person_key(settings.person_key_file), since)


def _listed(connection: duckdb.DuckDBPyConnection, key: bytes, since: datetime | None) -> list[Move]:
    key_people(connection, key, "SELECT person_key FROM person_event UNION SELECT other_key FROM person_event", "moved")
    rows = connection.execute(
        """
        SELECT epoch_us(e.known_at), e.kind, p.person_id, o.person_id, e.records, e.because,
               list_transform(e.causes, lambda cause: cause.dataset || ':' || cause.record_key)
        FROM person_event e
        JOIN moved p ON p.person_key = e.person_key
        JOIN moved o ON o.person_key = e.other_key
        WHERE $since IS NULL OR e.known_at >= $since
        ORDER BY e.known_at, e.kind, p.person_id, o.person_id
        """,
        {"since": since},
    ).fetchall()
    return [
        Move(EPOCH + timedelta(microseconds=at), kind, person, other, records, because, tuple(causes))
        for at, kind, person, other, records, because, causes in rows
    ]
