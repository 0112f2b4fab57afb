"""The causes of a change, in the order in which they are applied; and which of them befell each record.

A figure as known before becomes the figure as known after when what happened to the records in between is applied cause by
cause, always in this one order; each cause then accounts for the step that it makes. So the parts sum to the difference
exactly, for distinct people and for rates too, where what one record does hangs on which others are there already.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from svu_pipeline.clock import LONDON
from svu_pipeline.contracts.casting import value_columns
from svu_pipeline.contracts.model import Contract
from svu_pipeline.landing.batch import batch_name, deliveries, manifests
from svu_pipeline.metrics.keys import record_key
from svu_pipeline.warehouse import Home, table_of_rows

if TYPE_CHECKING:
    import duckdb


class Cause(Enum):
    """Why a figure moved; the order of declaration is that in which the causes are applied."""

    CODE = "code"
    DEFINITION = "definition"
    LINKING = "linking"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"
    HELD = "held and released"
    LATE = "late"
    NEW = "new"

    @property
    def step(self) -> int:
        """The place in the order, from 1; state 0 is before all of them."""
        return list(Cause).index(self) + 1

    @classmethod
    def of(cls, step: int) -> Cause:
        """The cause of a step."""
        return list(cls)[step - 1]

    @property
    def meaning(self) -> str:
        return MEANINGS[self]


LAST = len(Cause)
"""The state after every cause: the figure as known after."""

ALWAYS = LAST + 1
"""When a row leaves that stays."""

MEANINGS = {
    Cause.CODE: "the same records and the same definition, counted otherwise by another version of the code",
    Cause.DEFINITION: "the metric has another definition",
    Cause.LINKING: "the same records are held to be other people's than before",
    Cause.WITHDRAWN: "the record was withdrawn or retracted at its source, or is no longer in its register",
    Cause.CORRECTED: "the source changed a record that was known, or brought back one that it had withdrawn",
    Cause.HELD: "the record was on hold, and has since been accepted",
    Cause.LATE: "it had happened before the source's last delivery known before, and came only after it",
    Cause.NEW: "it happened since, and came in the ordinary course",
}

HAPPENED = {
    "custody_record": "arrested_on",
    "charge": "charged_on",
    "custody_outcome": "decided_on",
    "remand_decision": "decided_on",
    "hearing": "hearing_date",
    "exhibit": "seized_on",
    "register_entry": "date",
    "warrant": "executed",
    "contact": "contacted_on",
    "civil_order": "granted_on",
    "order_breach": "breached_on",
    "operation": "closed_on",
    "deployment": "started_on",
}
"""The day of what a record tells, by dataset: it parts what is late from what is new."""

RETRACTED = {
    "custody_record": ("record_status", "CREATED_IN_ERROR"),
    "charge": ("status", "WITHDRAWN"),
    "exhibit": ("status", "CREATED_IN_ERROR"),
}
"""The status by which a source retracts a record that it keeps, by dataset."""


def find_moved(connection: duckdb.DuckDBPyConnection, home: Home, contract: Contract, before: datetime) -> None:
    """Build `moved_<dataset>`: each record that is not as it was, by its key columns, and the `step` of its cause.

    Reads `then_<dataset>` and `standing_<dataset>`, every row of which has a status: as known before, and after. Of a public
    dataset without keys the record is a month.
    """
    name = contract.dataset
    if not contract.key:
        connection.execute(_MONTHS.format(dataset=name, values=_values(contract, ""), **_STEPS))
        return
    _released(connection, home, contract.source, before)
    connection.execute(
        _RECORDS.format(
            dataset=name,
            key=", ".join(f'"{column}"' for column in contract.key),
            happened=HAPPENED.get(name, "NULL"),
            retracted=_retracted(name),
            then=_values(contract, "a."),
            now=_values(contract, "b."),
            **_STEPS,
        ),
        {"last_on": _last_delivery(home, contract, before)},
    )


def moved_records(contract: Contract) -> str:
    """The query of what moved of a dataset as (dataset, record_key, step)."""
    key = record_key(contract.dataset) if contract.key else "_dated"
    return f"SELECT '{contract.dataset}' AS dataset, CAST({key} AS TEXT) AS record_key, step FROM moved_{contract.dataset} s"  # noqa: S608


_STEPS = {cause.name.lower(): cause.step for cause in Cause}


def _retracted(dataset: str) -> str:
    """Whether the source has retracted, by its status, what it had not retracted before."""
    if dataset not in RETRACTED:
        return "false"
    column, value = RETRACTED[dataset]
    return f"b.{column} = '{value}' AND a.{column} IS DISTINCT FROM '{value}'"


def _values(contract: Contract, prefix: str) -> str:
    return ", ".join(f'{prefix}"{column}"' for column in value_columns(contract))


def _released(connection: duckdb.DuckDBPyConnection, home: Home, source: str, before: datetime) -> None:
    """The table `released`: the batches by which someone decided of what had been delivered before."""
    known = batch_name(before)
    rows = [
        (manifest.batch,)
        for manifest in manifests(home, source)
        if manifest.decision and manifest.batch > known >= manifest.decision.batch
    ]
    table_of_rows(connection, "released", {"batch": "TEXT"}, rows)


def _last_delivery(home: Home, contract: Contract, before: datetime) -> date | None:
    """The day of the last delivery of a dataset that was known before: its own where it has one, else that it landed on."""
    days = [
        date.fromisoformat(drop.dated) if drop.dated else manifest.landed_at.astimezone(LONDON).date()
        for manifest in deliveries(home, contract.source, before)
        for drop in manifest.drops
        if contract.dataset in drop.datasets
    ]
    return max(days, default=None)


# What was on hold came in when it, or a decision about it, is what stands now; so did a record of which all was on hold.
# Of a record known without its day (a warrant not yet executed) what has happened since is new, or late, and no correction.
_RECORDS = """
CREATE OR REPLACE TABLE moved_{dataset} AS
WITH a AS (FROM then_{dataset} WHERE _status = 'current'),
b AS (FROM standing_{dataset} WHERE _status = 'current'),
known AS (SELECT {key}, bool_or(_status = 'held') AS was_held FROM then_{dataset} GROUP BY ALL),
met AS (
    SELECT {key}, a._batch IS NOT NULL AS is_then, b._batch IS NOT NULL AS is_now, a.{happened} AS then_on, b.{happened} AS now_on,
           {retracted} AS is_retracted, b._batch, b._file, b._row
    FROM a FULL JOIN b USING ({key})
    WHERE a._batch IS NULL OR b._batch IS NULL OR row({then}) IS DISTINCT FROM row({now}))
SELECT {key},
       CASE WHEN NOT is_now OR (is_then AND is_retracted) THEN {withdrawn}
            WHEN h._batch IS NOT NULL OR _batch IN (FROM released) OR (NOT is_then AND was_held) THEN {held}
            WHEN (is_then AND then_on IS NOT NULL) OR (NOT is_then AND was_held IS NOT NULL) THEN {corrected}
            WHEN is_then AND now_on IS NULL THEN {corrected}
            WHEN now_on < $last_on THEN {late}
            ELSE {new} END AS step
FROM met
LEFT JOIN known USING ({key})
LEFT JOIN (SELECT _batch, _file, _row FROM then_{dataset} WHERE _status = 'held') h USING (_batch, _file, _row)
"""

# A sum of hashes tells two sets of rows apart in which rows may be equal.
_MONTHS = """
CREATE OR REPLACE TABLE moved_{dataset} AS
WITH a AS (SELECT _dated, count(*) AS rows, sum(CAST(hash({values}) AS HUGEINT)) AS content
           FROM then_{dataset} WHERE _status = 'current' GROUP BY ALL),
b AS (SELECT _dated, count(*) AS rows, sum(CAST(hash({values}) AS HUGEINT)) AS content
      FROM standing_{dataset} WHERE _status = 'current' GROUP BY ALL)
SELECT _dated,
       CASE WHEN b.rows IS NULL THEN {withdrawn}
            WHEN a.rows IS NOT NULL THEN {corrected}
            WHEN _dated IN (SELECT _dated FROM then_{dataset} WHERE _status = 'held') THEN {held}
            ELSE {new} END AS step
FROM a FULL JOIN b USING (_dated)
WHERE a.rows IS DISTINCT FROM b.rows OR a.content IS DISTINCT FROM b.content
"""
