"""Which version of each record stands: duplicates, superseded and withdrawn rows told apart, none lost.

A pure function of the verdicts known at an instant. Every landed row has exactly one status:

    landed = current + superseded + withdrawn + duplicate + held
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from svu_pipeline.contracts.casting import define_macros, value_columns, values_schema
from svu_pipeline.contracts.model import Contract
from svu_pipeline.contracts.registry import CONTRACTS, of_source
from svu_pipeline.contracts.verdict import Verdict, judge, reasons_path, values_path
from svu_pipeline.landing.batch import Manifest, manifests
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import Delivery
from svu_pipeline.warehouse import Home, parquet_view, table_of_rows

if TYPE_CHECKING:
    import duckdb

STATUSES = ("current", "superseded", "withdrawn", "duplicate", "held")


@dataclass(frozen=True)
class Account:
    """Row accounting of one dataset, as integers; `is_balanced` is the identity."""

    dataset: str
    landed: int
    current: int
    superseded: int
    withdrawn: int
    duplicate: int
    held: int

    @property
    def is_balanced(self) -> bool:
        return self.landed == self.current + self.superseded + self.withdrawn + self.duplicate + self.held


def stand(
    connection: duckdb.DuckDBPyConnection, home: Home, source: str, as_at: datetime | None = None
) -> list[Account]:
    """Build `standing_<dataset>` and `reason_<dataset>` in a session for each dataset of a source.

    `standing_<dataset>` has every landed row: `_batch`, `_drop`, `_file`, `_row`, `_dated`, `_status`, `_has_held_newer` (a
    current row whose key has a later row on hold), `_is_cleared` (a held row that needs no one any more: its record has since arrived again, or its register has) and the
    cast values. `reason_<dataset>` has every reason of every row, and `held_with_delivery` where the delivery is held whole.
    """
    known = manifests(home, source, as_at)
    define_macros(connection)
    verdicts = {verdict.batch: verdict for verdict in judge(home, source, connection, as_at, is_read=True)}
    withdrawals_first = sorted(of_source(source), key=lambda contract: contract.withdrawn_by is not None)
    accounts = [_stand_dataset(connection, home, contract, known, verdicts) for contract in withdrawals_first]
    return sorted(accounts, key=lambda account: list(CONTRACTS).index(account.dataset))


def _stand_dataset(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    contract: Contract,
    known: list[Manifest],
    verdicts: dict[str, Verdict],
) -> Account:
    name = contract.dataset
    _deliveries(connection, contract, known, verdicts)
    _checked(connection, home, contract, known)
    connection.execute(f"CREATE OR REPLACE TABLE standing_{name} AS {_standing_query(contract)}")
    held_whole = (
        f"SELECT _batch, _file, _row, '' AS \"column\", 'held_with_delivery' AS reason, 'held' AS action "  # noqa: S608
        f"FROM standing_{name} JOIN delivery USING (_batch, _drop) WHERE held_whole"
    )
    reasons = f"{held_whole} UNION ALL {_reasons_of(home, known, name)}" if known else held_whole
    connection.execute(f"CREATE OR REPLACE TABLE reason_{name} AS {reasons}")
    found = dict(connection.execute(f"SELECT _status, count(*) FROM standing_{name} GROUP BY 1").fetchall())  # noqa: S608
    landed = sum(manifest.tables[name].rows for manifest in known)
    return Account(name, landed, *(found.get(status, 0) for status in STATUSES))


def _checked(connection: duckdb.DuckDBPyConnection, home: Home, contract: Contract, known: list[Manifest]) -> None:
    """The relation `checked`: the cast rows of all known batches; empty, of the same columns, before the first."""
    if known:
        parquet_view(connection, "checked", [values_path(home, manifest, contract.dataset) for manifest in known])
        return
    connection.register("no_rows", values_schema(contract).empty_table())
    connection.execute("CREATE OR REPLACE VIEW checked AS SELECT * FROM no_rows")


def _reasons_of(home: Home, known: list[Manifest], dataset: str) -> str:
    """Every reason of every known batch; which batch a file is of stands in the name of its folder."""
    paths = (str(reasons_path(home, manifest, dataset)).replace("'", "''") for manifest in known)
    listed = ", ".join(f"'{path}'" for path in paths)
    return (
        r"SELECT regexp_extract(filename, '/([0-9T]+\.[0-9]+Z)\.[^/]*/[^/]*$', 1) AS _batch, * EXCLUDE (filename) "  # noqa: S608
        f"FROM read_parquet([{listed}], filename = true)"
    )


def _deliveries(
    connection: duckdb.DuckDBPyConnection, contract: Contract, known: list[Manifest], verdicts: dict[str, Verdict]
) -> None:
    """The table `delivery`: the drops that bring this dataset in order of arrival, and which of them still speaks.

    In a full register the last delivery that is not held whole says which keys there are; of a month, its last drop.
    """
    rows: list[tuple[str, int, int, str, str, bool, bool]] = []
    for manifest in known:
        held = verdicts[manifest.batch].held_whole is not None
        for place, drop in enumerate(manifest.drops):
            if contract.dataset in drop.datasets:
                rows.append(
                    (manifest.batch, place, len(rows), drop.label, drop.dated, held, manifest.decision is not None)
                )
    columns = {
        "_batch": "TEXT",
        "_drop": "INT",
        "arrival": "INT",
        "label": "TEXT",
        "_dated": "TEXT",
        "held_whole": "BOOL",
        "is_decision": "BOOL",
    }
    table_of_rows(connection, "delivery", columns, rows)
    succession = "label" if SYSTEMS[contract.source].delivery is Delivery.BY_MONTH else "true"
    connection.execute(
        "CREATE OR REPLACE TABLE delivery AS SELECT *, "  # noqa: S608 - a constant
        f"arrival = max(arrival) FILTER (NOT held_whole AND NOT is_decision) OVER (PARTITION BY {succession}) AS is_last, "
        "max(arrival) FILTER (NOT is_decision) OVER () AS last_arrival FROM delivery"
    )


def _standing_query(contract: Contract) -> str:
    if contract.part_of:
        return _PART.format(record=contract.part_of, values=_values(contract, "r."))
    if not contract.key:
        return _KEYLESS.format(values=_values(contract, "r."))
    key = [f'"{column}"' for column in contract.key]
    return _KEYED.format(
        values=_values(contract, "r."),
        content=_values(contract, ""),
        key=", ".join(key),
        same=" AND ".join(f"r.{column} = k.{column}" for column in key),
        order=f'"{contract.version}"' if contract.version else "NULL",
        withdrawn=_withdrawn(contract),
        replaced="r.is_past" if SYSTEMS[contract.source].delivery is Delivery.FULL else "false",
    )


def _values(contract: Contract, prefix: str) -> str:
    return ", ".join(f'{prefix}"{column}"' for column in value_columns(contract))


def _withdrawn(contract: Contract) -> str:
    """What says that the standing version of a record was withdrawn."""
    if contract.withdrawn_when:
        return f'coalesce(r."{contract.withdrawn_when}", false)'
    if contract.withdrawn_by:
        (key,) = contract.key
        return f'r."{key}" IN (SELECT "{key}" FROM standing_{contract.withdrawn_by} WHERE _status = \'current\')'  # noqa: S608
    if SYSTEMS[contract.source].delivery is Delivery.FULL:
        return "NOT k.is_present"
    return "false"


# Most records have one version: only those with more are put in order, which is what costs.
_KEYED = """
WITH arrived AS (
    SELECT checked.*, arrival, _dated, is_last, arrival < last_arrival AS is_past, _held OR held_whole AS is_held
    FROM checked JOIN delivery USING (_batch, _drop)),
keys AS (
    SELECT {key}, coalesce(bool_or(is_last), false) AS is_present, count(*) FILTER (NOT is_held) AS versions,
           max(arrival) FILTER (is_held) AS last_held, max(arrival) FILTER (NOT is_held) AS last_accepted
    FROM arrived GROUP BY ALL),
versions AS (
    SELECT *, lag(row({content})) OVER earlier IS NOT DISTINCT FROM row({content}) AS is_repeat
    FROM arrived SEMI JOIN (FROM keys WHERE versions > 1) USING ({key}) WHERE NOT is_held
    WINDOW earlier AS (PARTITION BY {key} ORDER BY {order}, arrival, _file, _row)),
standing AS (
    SELECT _batch, _file, _row,
           CASE WHEN is_repeat THEN 'duplicate'
                WHEN row_number() OVER (PARTITION BY {key}, is_repeat
                                        ORDER BY {order} DESC, arrival DESC, _file DESC, _row DESC) = 1
                THEN 'current' ELSE 'superseded' END AS status
    FROM versions)
SELECT r._batch, r._drop, r._file, r._row, r._dated,
       CASE WHEN r.is_held THEN 'held'
            WHEN coalesce(s.status, 'current') = 'current' AND ({withdrawn}) THEN 'withdrawn'
            ELSE coalesce(s.status, 'current') END AS _status,
       NOT r.is_held AND coalesce(s.status, 'current') = 'current'
           AND coalesce(k.last_held >= r.arrival, false) AS _has_held_newer,
       r.is_held AND (coalesce(greatest(k.last_accepted, k.last_held) > r.arrival, false) OR {replaced}) AS _is_cleared,
       {values}
FROM arrived r
LEFT JOIN standing s USING (_batch, _file, _row)
LEFT JOIN keys k ON {same}
ORDER BY r.arrival, r._file, r._row
"""

_KEYLESS = """
SELECT r._batch, r._drop, r._file, r._row, _dated,
       CASE WHEN _held OR held_whole THEN 'held' WHEN is_last THEN 'current' ELSE 'superseded' END AS _status,
       false AS _has_held_newer, false AS _is_cleared, {values}
FROM checked r JOIN delivery USING (_batch, _drop)
ORDER BY arrival, r._file, r._row
"""

_PART = """
SELECT r._batch, r._drop, r._file, r._row, w._dated, w._status, w._has_held_newer, w._is_cleared, {values}
FROM checked r JOIN standing_{record} w ON r._batch = w._batch AND r._file = w._file AND r.part_of = w._row
ORDER BY w._batch, r._file, r._row
"""
