"""Which records made a contribution appear, go or alter: the record itself, or one that it hangs on.

An arrest counts as charged through its charges, a hearing through the charge and the arrest of its case, a chain of custody
records through its first; a child through the date of birth and the first contact of the person. Such records name one
another, or are one person's: from the contribution the nearest that moved by the cause in question are looked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from svu_pipeline.change.causes import Cause
from svu_pipeline.metrics.keys import record_key

if TYPE_CHECKING:
    import duckdb

    from svu_pipeline.change.states import Between

TIES = {
    "custody_record": {"custody_ref": "custody", "transferred_from": "custody"},
    "charge": {"custody_ref": "custody", "urn": "case"},
    "custody_outcome": {"custody_ref": "custody"},
    "remand_decision": {"custody_ref": "custody"},
    "hearing": {"urn": "case"},
    "exhibit": {"custody_ref": "custody"},
    "civil_order": {"order_ref": "order"},
    "order_breach": {"order_ref": "order"},
}
"""By dataset the columns by which records name one another, and what each names."""

ROUNDS = 5
"""From a hearing to another custody record of the chain: case, charge, custody record, predecessor; and one to spare."""


def tie(found: Between) -> None:
    """Build `tie(dataset, record_key, token)`: what each record names, before and after, and whose it is."""
    queries = [
        f"SELECT DISTINCT '{name}' AS dataset, CAST({record_key(name)} AS TEXT) AS record_key, "  # noqa: S608 - our names
        f"'{what} ' || {column} AS token FROM mixed_{name} s WHERE {column} IS NOT NULL"
        for name in found.datasets
        for column, what in TIES.get(name, {}).items()
    ]
    if found.names_people:
        queries += [
            "SELECT dataset, record_key, 'person ' || person_id FROM then_person",
            "SELECT dataset, record_key, 'person ' || person_id FROM now_person",
        ]
    nothing = "SELECT NULL::TEXT AS dataset, NULL::TEXT AS record_key, NULL::TEXT AS token WHERE false"
    found.connection.execute(f"CREATE OR REPLACE TABLE tie AS {' UNION '.join(queries or [nothing])}")


def made_by(connection: duckdb.DuckDBPyConnection, step: int) -> None:
    """Build `made(window_label, metric_id, dataset, record_key, by_dataset, by_key)` from `altered`, for one step.

    `altered(window_label, metric_id, dataset, record_key)` are the records whose contributions the step altered.
    """
    relinked = "UNION SELECT dataset, record_key FROM relinked" if step == Cause.LINKING.step else ""
    connection.execute(
        f"CREATE OR REPLACE TABLE mover AS SELECT dataset, record_key FROM moved WHERE step = {step} {relinked}"  # noqa: S608
    )
    connection.execute(_ITSELF)
    for _ in range(ROUNDS):
        if not connection.execute("SELECT count(*) FROM reached").fetchall()[0][0]:
            return
        connection.execute(_ONE_FURTHER)


_ITSELF = """
CREATE OR REPLACE TABLE made AS
SELECT a.*, m.dataset AS by_dataset, m.record_key AS by_key
FROM altered a JOIN mover m USING (dataset, record_key);
CREATE OR REPLACE TABLE reached AS
SELECT DISTINCT a.*, token
FROM (FROM altered ANTI JOIN made USING (window_label, metric_id, dataset, record_key)) a
JOIN tie USING (dataset, record_key)
"""

_ONE_FURTHER = """
CREATE OR REPLACE TABLE met AS
SELECT DISTINCT r.window_label, r.metric_id, r.dataset, r.record_key, t.dataset AS by_dataset, t.record_key AS by_key
FROM reached r JOIN tie t USING (token);
INSERT INTO made
SELECT met.* FROM met JOIN mover m ON m.dataset = met.by_dataset AND m.record_key = met.by_key;
CREATE OR REPLACE TABLE reached AS
SELECT DISTINCT far.window_label, far.metric_id, far.dataset, far.record_key, t.token
FROM (FROM met ANTI JOIN made USING (window_label, metric_id, dataset, record_key)) far
JOIN tie t ON t.dataset = far.by_dataset AND t.record_key = far.by_key
"""
