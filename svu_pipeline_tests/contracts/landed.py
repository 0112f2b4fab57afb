"""Rows of the tests' own, as the contracts get them: an Arrow table of landed text, or a batch landed in a home."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from svu_pipeline.contracts.casting import cast, define_macros
from svu_pipeline.contracts.checking import Checked, check
from svu_pipeline.contracts.model import Contract, fields_of
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.contracts.verdict import Verdict, judge
from svu_pipeline.landing.batch import Accepted
from svu_pipeline.landing.land import Origin, land
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import Drop, Reading, Rows, Shapes, SourceFile, System
from svu_pipeline.sources.text_batch import defective_rows, whole_rows
from svu_pipeline.warehouse import Home
from svu_pipeline_tests.contracts.killers.specimen import Row

FIRST_NIGHT = datetime(2024, 2, 2, 4, tzinfo=UTC)


@cache
def casting_session() -> duckdb.DuckDBPyConnection:
    """A session in memory that has the casting macros, one for all tests."""
    connection = duckdb.connect(":memory:")
    define_macros(connection)
    return connection


def landed_text(contract: Contract, rows: Sequence[Row | str]) -> pa.Table:
    """Rows as landed, numbered from 1: a mapping of cells, or the defect of a row that could not be taken apart."""
    trace = {
        "_drop": pa.array([0] * len(rows), pa.int32()),
        "_file": pa.array([0] * len(rows), pa.int32()),
        "_row": pa.array(range(1, len(rows) + 1), pa.int64()),
        "_defect": pa.array([row if isinstance(row, str) else None for row in rows], pa.string()),
    }
    names = [term.name for term in fields_of(contract)]
    cells = {name: pa.array([_cell(row, name) for row in rows], pa.string()) for name in names}
    return pa.table({**trace, **cells})


def checked(dataset: str, rows: Sequence[Row | str]) -> Checked:
    """Rows of a dataset after both passes."""
    return checked_by(CONTRACTS[dataset], rows)


def checked_by(contract: Contract, rows: Sequence[Row | str]) -> Checked:
    """Rows after both passes under a contract."""
    casting_session().register("landed", landed_text(contract, rows))
    return check(contract, cast(casting_session(), contract).read_all())


def reasons_by_row(result: Checked) -> dict[int, set[tuple[str, str]]]:
    """`{row: {(rule, action)}}` for each row that breaks a rule, rules by their names."""
    found: dict[int, set[tuple[str, str]]] = {}
    for table in result.reasons:
        for reason in table.to_pylist():
            rule = f"{reason['column']}__{reason['reason']}"
            found.setdefault(reason["_row"], set()).add((rule, reason["action"]))
    return found


def deliver(home: Home, source: str, rows: Mapping[str, Sequence[Row | str]], night: int = 0) -> Verdict:
    """Land rows as one source's delivery of a night and give the verdict on it.

    The rows take the path of any delivery; only the reader is the test's own, so that no file format stands between.
    """
    system = _system_of(source, home.root.parent, rows)
    at = FIRST_NIGHT + timedelta(days=night)
    landed = land(system, Origin(home.root.parent), home, lambda: at, Accepted())
    assert landed.batch is not None
    return judge(home, source)[-1]


def _system_of(source: str, folder: Path, rows: Mapping[str, Sequence[Row | str]]) -> System:
    """The source's system, but for its reader, which gives these rows; the file they come from says so."""
    system = SYSTEMS[source]
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f"{source}.json"
    written.write_text(json.dumps({name: list(map(_jsonable, given)) for name, given in rows.items()}), "utf-8")

    def read(drop: Drop, reading: Reading, shapes: Shapes) -> Iterator[Rows]:
        for dataset, given in rows.items():
            for number, row in enumerate(given, start=1):
                yield Rows(dataset, 0, _batch(system.columns[dataset], number, row))

    drop = Drop(label="rows", files=(SourceFile(written.name, written),), datasets=system.datasets)
    return replace(system, finds=lambda _root, _shapes: [drop], reads=read, keeps_bytes=False)


def _jsonable(row: Row | str) -> object:
    return row if isinstance(row, str) else dict(row)


def _batch(columns: Sequence[str], number: int, row: Row | str) -> pa.RecordBatch:
    if isinstance(row, str):
        return defective_rows(columns, [number], [row])
    values = [pa.array([row.get(name)], pa.string()) for name in columns]
    return whole_rows(columns, values, pa.array([number], pa.int64()))


def _cell(row: Row | str, name: str) -> str | None:
    return None if isinstance(row, str) else row.get(name)
