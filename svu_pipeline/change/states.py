"""The states between two instants: the chain struck with the causes of change applied up to a step.

One session holds the records as known before and after; each row knows from which step on it is there and from which it is
not. State 0 is what was known before, state `LAST` what is known after.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from svu_pipeline.change.causes import ALWAYS, LAST, Cause, find_moved, moved_records
from svu_pipeline.clock import Window
from svu_pipeline.contracts.model import Contract
from svu_pipeline.contracts.registry import CONTRACTS, of_source
from svu_pipeline.contracts.standing import stand
from svu_pipeline.facts import build as facts
from svu_pipeline.facts.table import FactTable, fact_tables
from svu_pipeline.kept import view_standing
from svu_pipeline.landing.batch import batch_names
from svu_pipeline.metrics.catalogue import ENTRIES
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.values import contribute, strike
from svu_pipeline.people.decisions import NAMING
from svu_pipeline.people.linking import linked_at, resolve
from svu_pipeline.preflight import require_known_layout
from svu_pipeline.quality.bands import closure
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, session

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Between:
    """A session with what two instants know of what some metrics are made of.

    `steps` are those that change anything, in order. `moved(dataset, record_key, step)` is what happened to each record;
    `relinked(dataset, record_key)` are the records that both know and that are another person's now.
    """

    connection: duckdb.DuckDBPyConnection
    metrics: tuple[Metric, ...]
    windows: tuple[Window, ...]
    datasets: tuple[str, ...]
    names_people: bool
    steps: tuple[int, ...]


@contextmanager
def between(
    settings: Settings, metrics: Collection[Metric], windows: Sequence[Window], before: datetime, after: datetime | None
) -> Iterator[Between]:
    """Open what was known before and after of the records that some metrics are made of. Restricted."""
    home = Home(settings.home)
    require_known_layout(home)
    counted = _counted(metrics)
    tables = _tables(counted)
    names_people = any("person_record" in table.query for table in tables)
    used = {name for table in tables for name in table.datasets} | set(NAMING if names_people else ())
    datasets = tuple(name for name in CONTRACTS if name in used)
    with session(home.root) as connection:
        for source in dict.fromkeys(CONTRACTS[name].source for name in datasets):
            contracts = [contract for contract in of_source(source) if contract.dataset in used]
            _both(connection, home, contracts, before, after)
        moved = [moved_records(CONTRACTS[name]) for name in datasets if not CONTRACTS[name].part_of]
        connection.execute(f"CREATE OR REPLACE TABLE moved AS {' UNION ALL '.join(moved)}")
        facts.prepare(connection)
        connection.execute("CREATE OR REPLACE TABLE relinked (dataset TEXT, record_key TEXT)")
        if names_people:
            _people(connection, settings, before, after)
        yield Between(connection, counted, tuple(windows), datasets, names_people, _steps(connection))


def strike_states(found: Between) -> tuple[int, ...]:
    """Strike the state before and that after each step, 0 first: the contributions of each are in `counted_<step>`.

    A contribution is (window_label, metric_id, record_dataset, record_key, subject, quantity); of a public row, which has no
    key, the record is its month.
    """
    connection, tables = found.connection, _tables(found.metrics)
    states = (0, *found.steps)
    for step in states:
        _show(connection, found.datasets, step)
        if found.names_people:
            connection.execute(_PEOPLE, {"step": step, "is_relinked": step >= Cause.LINKING.step})
        facts.build(connection, [table.name for table in tables if step == 0 or _is_touched(found, table, step)])
        contribute(connection, found.metrics)
        strike(connection, found.windows, ())
        connection.execute(
            f"CREATE OR REPLACE TABLE counted_{step} AS SELECT window_label, metric_id, record_dataset, "  # noqa: S608
            f'CASE WHEN record_dataset IN ({_PUBLIC}) THEN "month" ELSE record_key END AS record_key, '
            f'CASE WHEN record_dataset IN ({_PUBLIC}) THEN "month" ELSE subject END AS subject, quantity FROM counted'
        )
    return states


def _is_touched(found: Between, table: FactTable, step: int) -> bool:
    """Whether a fact can differ from the state before: what it is built from has moved at this step, or whose it is."""
    rows = found.connection.execute("SELECT DISTINCT dataset FROM moved WHERE step = ?", [step]).fetchall()
    moved = {dataset for (dataset,) in rows}
    moved |= {name for name in found.datasets if CONTRACTS[name].part_of in moved}
    is_people = step == Cause.LINKING.step or bool(moved & set(NAMING))
    return any(
        moved & set(part.datasets) or (is_people and "person_record" in part.query) for part in closure(table.name)
    )


def rows_of(metric: Metric) -> tuple[Metric, ...]:
    """The entries whose contributions make a figure: a rate's two, else the metric itself."""
    return (ENTRIES[metric.numerator], ENTRIES[metric.denominator]) if metric.is_rate else (metric,)


def _counted(metrics: Collection[Metric]) -> tuple[Metric, ...]:
    """All that has to be counted for some metrics: also those by whose first contribution they go."""
    own = [part for metric in metrics for part in rows_of(metric)]
    return tuple({one.id: one for one in [*own, *(ENTRIES[part.first_of] for part in own if part.first_of)]}.values())


def _tables(metrics: Collection[Metric]) -> tuple[FactTable, ...]:
    """The facts that some metrics are made of, each after those it is built from."""
    named = {name for metric in metrics for name in metric.fact.split() if name in fact_tables()}
    wanted = {table.name for name in named for table in closure(name)}
    return tuple(table for table in fact_tables().values() if table.name in wanted)


def _both(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    contracts: Sequence[Contract],
    before: datetime,
    after: datetime | None,
) -> None:
    """The tables `mixed_<dataset>` and `moved_<dataset>` of a source; where nothing of it became known, none has moved."""
    source = contracts[0].source
    is_same = batch_names(home, source, before) == batch_names(home, source, after)
    if not is_same:
        stand(connection, home, source, before)
        for contract in of_source(source):
            connection.execute(f"ALTER TABLE standing_{contract.dataset} RENAME TO then_{contract.dataset}")
    if not view_standing(connection, home, source, after):
        stand(connection, home, source, after)
    for contract in sorted(contracts, key=lambda contract: contract.part_of is not None):
        mixed = _UNMOVED if is_same else _MIXED_PARTS if contract.part_of else _MIXED
        if not is_same and not contract.part_of:
            find_moved(connection, home, contract, before)
        key = ", ".join(f'"{column}"' for column in contract.key) or "_dated"
        connection.execute(mixed.format(dataset=contract.dataset, whole=contract.part_of, key=key, always=ALWAYS))


def _show(connection: duckdb.DuckDBPyConnection, datasets: Collection[str], step: int) -> None:
    """The views of the current rows, and `person_record`, as they are in one state."""
    for name in datasets:
        connection.execute(
            f"CREATE OR REPLACE VIEW {name} AS SELECT * EXCLUDE (_enters, _leaves) FROM mixed_{name} "  # noqa: S608
            f"WHERE _enters <= {step} AND {step} < _leaves"
        )


def _people(
    connection: duckdb.DuckDBPyConnection, settings: Settings, before: datetime, after: datetime | None
) -> None:
    """Who is who before and after: `then_person`, `now_person` (dataset, record_key, person_id, date_of_birth), `relinked`.

    The date of birth is what the record itself says: which one is the person's hangs on the records of the state.
    """
    home = Home(settings.home)
    _show(connection, NAMING, 0)
    resolve(connection, settings, before)
    connection.execute(f"CREATE OR REPLACE TABLE then_person AS {_RESOLVED}")
    if linked_at(home, before) == linked_at(home, after):
        connection.execute("CREATE OR REPLACE TABLE now_person AS FROM then_person")
    else:
        _show(connection, NAMING, LAST)
        resolve(connection, settings, after)
        connection.execute(f"CREATE OR REPLACE TABLE now_person AS {_RESOLVED}")
    connection.execute(
        "CREATE OR REPLACE TABLE relinked AS SELECT dataset, record_key FROM then_person t "
        "JOIN now_person n USING (dataset, record_key) WHERE t.person_id <> n.person_id"
    )


def _steps(connection: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    steps = [step for (step,) in connection.execute("SELECT DISTINCT step FROM moved ORDER BY step").fetchall()]
    is_relinked = connection.execute("SELECT count(*) > 0 FROM relinked").fetchall()[0][0]
    return tuple(sorted({*steps, *([Cause.LINKING.step] if is_relinked else [])}))


_RESOLVED = "SELECT dataset, record_key, p.person_id, i.date_of_birth FROM person_record p JOIN identity i USING (dataset, record_key)"
_PUBLIC = ", ".join(
    f"'{contract.dataset}'" for contract in CONTRACTS.values() if not (contract.key or contract.part_of)
)

_UNMOVED = """
CREATE OR REPLACE VIEW mixed_{dataset} AS
SELECT *, 0 AS _enters, {always} AS _leaves FROM standing_{dataset} WHERE _status = 'current';
CREATE OR REPLACE VIEW moved_{dataset} AS SELECT {key}, 0 AS step FROM standing_{dataset} WHERE false
"""

_MIXED = """
CREATE OR REPLACE TABLE mixed_{dataset} AS
SELECT t.*, 0 AS _enters, coalesce(m.step, {always}) AS _leaves
FROM then_{dataset} t LEFT JOIN moved_{dataset} m USING ({key}) WHERE _status = 'current'
UNION ALL
SELECT n.*, m.step, {always}
FROM standing_{dataset} n JOIN moved_{dataset} m USING ({key}) WHERE _status = 'current'
"""

# A part is there while its record is; the row of one that stayed is the same before and after.
_MIXED_PARTS = """
CREATE OR REPLACE TABLE mixed_{dataset} AS
SELECT p.*, w._enters, w._leaves
FROM (FROM then_{dataset}
      UNION ALL
      FROM standing_{dataset} n ANTI JOIN then_{dataset} t USING (_batch, _file, _row)) p
JOIN mixed_{whole} w ON p._batch = w._batch AND p._file = w._file AND p.part_of = w._row
"""

# Whom a record is about goes by the linking of its time; whose date of birth is whose, by the records that are there.
_PEOPLE = """
CREATE OR REPLACE TABLE person_record AS
WITH there AS (
    SELECT t.dataset, t.record_key, t.date_of_birth, CASE WHEN $is_relinked THEN n.person_id END AS now_id, t.person_id
    FROM then_person t
    LEFT JOIN now_person n USING (dataset, record_key)
    LEFT JOIN moved m USING (dataset, record_key)
    WHERE m.step IS NULL OR m.step > $step
    UNION ALL
    SELECT n.dataset, n.record_key, n.date_of_birth, n.person_id, n.person_id
    FROM now_person n JOIN moved m USING (dataset, record_key)
    WHERE m.step <= $step),
who AS (SELECT dataset, record_key, date_of_birth, coalesce(now_id, person_id) AS person_id FROM there),
born AS (
    SELECT person_id, date_of_birth
    FROM who
    WHERE date_of_birth IS NOT NULL
    GROUP BY person_id, date_of_birth
    QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY count(*) DESC, date_of_birth) = 1)
SELECT who.dataset, who.record_key, who.person_id, born.date_of_birth
FROM who LEFT JOIN born USING (person_id)
"""
