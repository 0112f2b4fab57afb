"""Which person is meant, of those in a session over the linking as last kept; and what they were called before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from svu_pipeline.errors import Curable
from svu_pipeline.people import keys, ledger
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, parquet_view

if TYPE_CHECKING:
    import duckdb


class UnknownPerson(Curable):
    """An id that is of no person, or of more than one: says how to find the right one."""


def find_person(connection: duckdb.DuckDBPyConnection, settings: Settings, wanted: str) -> str:
    """The keyed id that is meant by an id, its beginning, an id before a rotation, or a record `dataset:key`.

    Raises UnknownPerson, which says who bears the records now where the id is that of a person who was merged away.
    """
    dataset, is_record, key = wanted.partition(":")
    if is_record:
        found = connection.execute(
            "SELECT person_id FROM person_record WHERE dataset = ? AND record_key = ?", [dataset, key]
        ).fetchall()
        if not found:
            raise UnknownPerson(
                "no standing record of that dataset and key names a person. Give it as in custody_record:KEY."
            )
        return str(found[0][0])
    starts = list(filter(None, dict.fromkeys((wanted.lower(), keys.current_id(settings, wanted.lower())))))
    for start in starts:
        found = connection.execute(
            "SELECT DISTINCT person_id FROM person_record WHERE starts_with(person_id, ?) LIMIT 2", [start]
        ).fetchall()
        if len(found) > 1:
            raise UnknownPerson("more than one person's id begins so. Give more of it.")
        if found:
            return str(found[0][0])
    heirs = [heir for start in starts for heir in _heirs(connection, settings, start)]
    if heirs:
        raise UnknownPerson(
            f"no one bears that id any more: its records are now with {', '.join(heirs)}. Ask for that."
        )
    raise UnknownPerson(
        "no person has that id now. Give the id as `svu explain` lists it, or a record as in custody_record:KEY."
    )


def _heirs(connection: duckdb.DuckDBPyConnection, settings: Settings, start: str) -> list[str]:
    """The people who bear now the records of a person that was merged or parted away."""
    ledger.view_assignment(connection, Home(settings.home))
    key = keys.person_key(settings.person_key_file)
    keys.key_people(connection, key, "SELECT former_key AS person_key FROM ledger_row", "keyed_former")
    found = connection.execute(
        "SELECT DISTINCT p.person_id FROM keyed_former k JOIN ledger_row l ON l.former_key = k.person_key "
        "JOIN person_record p ON p.dataset = l.dataset AND p.record_key = l.record_key "
        "WHERE starts_with(k.person_id, ?) ORDER BY 1",
        [start],
    ).fetchall()
    return [str(person_id) for (person_id,) in found]


def former_ids(connection: duckdb.DuckDBPyConnection, home: Home, person_id: str) -> Iterator[str]:
    """The ids of the person under earlier keys, the last one first."""
    for rotation in reversed(keys.rotations(home)):
        parquet_view(connection, "rotated", [home.people / "rotations" / rotation.name / keys.IDS])
        found = connection.execute("SELECT old_id FROM rotated WHERE new_id = ?", [person_id]).fetchall()
        # A change of key that was broken off knows ids that nobody bears.
        if found:
            person_id = str(found[0][0])
            yield person_id
