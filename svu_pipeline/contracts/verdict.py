"""The verdict on one batch: its rows cast and checked, the reasons, and whether the delivery is held whole.

A verdict is made once for a batch and a version of the contracts, and never changed: incremental work ends here. It is a
folder `<home>/restricted/contracts/<source>/<batch>.<version>/`.
"""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import instant, written
from svu_pipeline.contracts.registry import CONTRACTS, of_source
from svu_pipeline.errors import Curable
from svu_pipeline.landing.batch import Manifest, manifests, table_path
from svu_pipeline.landing.land import Accepted
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import (
    Home,
    parquet_view,
    read_json,
    session,
    sha256_of,
    text_version,
    whole_folder,
    write_json,
)

if TYPE_CHECKING:
    import duckdb

    from svu_pipeline.contracts.model import Contract

HELD_SHARE, HELD_ROWS = 0.05, 10
"""A delivery with more held rows, or more unknown codes, than this share *and* this many rows is held whole."""

OVERLAP = timedelta(hours=24)
"""How far behind the watermark an incremental table is read again (sources.md, Conventions)."""

ROWS_AT_A_TIME = 131_072


class LandedDamage(Curable):
    """A landed file whose bytes are not those of its manifest: names the file, and what to do."""


@dataclass(frozen=True)
class TableVerdict:
    """One dataset of a batch: rows, rows held for reasons of their own, and how many rows break each rule."""

    rows: int
    held: int
    unknown: int
    rules: dict[str, int]
    watermark: str | None


@dataclass(frozen=True)
class Verdict:
    """The verdict on a batch. `held_whole` gives the reason when the whole delivery is held, else None."""

    source: str
    batch: str
    tables: dict[str, TableVerdict]
    held_whole: str | None


@cache
def contracts_version() -> str:
    """A fingerprint of everything that decides a verdict: the text of the contracts folder."""
    return text_version(resources.files("svu_pipeline.contracts"))


def judge(home: Home, source: str, connection: duckdb.DuckDBPyConnection | None = None) -> list[Verdict]:
    """The verdicts on all batches of a source, oldest first; those not yet judged are judged now.

    In the given session, which must reach the home and have the casting macros, else in one of its own.

    Raises LandedDamage when a landed file was changed since it was landed.
    """
    return [_verdict(home, manifest, connection) for manifest in manifests(home, source)]


def supplied(home: Home, as_at: datetime | None = None) -> frozenset[str]:
    """The sources that have delivered by an instant; a delivery that is held whole supplies nothing."""
    known = {source: {manifest.batch for manifest in manifests(home, source, as_at)} for source in SYSTEMS}
    return frozenset(
        source
        for source, batches in known.items()
        if any(
            verdict.batch in batches and not verdict.held_whole for verdict in (judge(home, source) if batches else [])
        )
    )


def verdict_folder(home: Home, manifest: Manifest) -> Path:
    return home.verdicts(manifest.source) / f"{manifest.batch}.{contracts_version()}"


def values_path(home: Home, manifest: Manifest, dataset: str) -> Path:
    return verdict_folder(home, manifest) / f"{dataset}.parquet"


def reasons_path(home: Home, manifest: Manifest, dataset: str) -> Path:
    return verdict_folder(home, manifest) / f"{dataset}.reasons.parquet"


def accepted(home: Home, source: str) -> Accepted:
    """What has become of a source's batches, judged now where they were not yet.

    An incremental table is to be read from 24 hours before the largest accepted `updated_at`, and never later than the
    time of an earlier reading (a record may carry an instant that has not come). Of a delivery that is held whole nothing
    is accepted: it moves no watermark.
    """
    latest: dict[str, str] = {}
    verdicts = judge(home, source)
    for manifest, verdict in zip(manifests(home, source), verdicts, strict=True):
        for dataset, table in verdict.tables.items() if verdict.held_whole is None else ():
            if table.watermark:
                known = min(table.watermark, written(manifest.landed_at))
                latest[dataset] = max(known, latest.get(dataset, ""))
    return Accepted(
        watermarks={name: f"{instant(mark) - OVERLAP:%Y-%m-%dT%H:%M:%SZ}" for name, mark in latest.items()},
        held_whole=frozenset(verdict.batch for verdict in verdicts if verdict.held_whole),
    )


def _verdict(home: Home, manifest: Manifest, connection: duckdb.DuckDBPyConnection | None) -> Verdict:
    target = verdict_folder(home, manifest)
    if not target.is_dir():
        for outdated in home.verdicts(manifest.source).glob(f"{manifest.batch}.*"):
            shutil.rmtree(outdated)
        with (
            whole_folder(target) as folder,
            nullcontext(connection) if connection else _casting_session(home) as judging,
        ):
            write_json(folder / "verdict.json", _judged(judging, home, manifest, folder))
    content = read_json(target / "verdict.json")
    tables = {name: TableVerdict(**table) for name, table in content["tables"].items()}
    return Verdict(manifest.source, manifest.batch, tables, content["held_whole"])


def _casting_session(home: Home) -> duckdb.DuckDBPyConnection:
    from svu_pipeline.contracts.casting import define_macros

    connection = session(home.root)
    define_macros(connection)
    return connection


def _judged(connection: duckdb.DuckDBPyConnection, home: Home, manifest: Manifest, folder: Path) -> dict[str, Any]:
    """Check every dataset of a batch into `folder`; the verdict as JSON."""
    _check_bytes(home, manifest)
    contracts = of_source(manifest.source)
    for contract in contracts:
        _check_rows(connection, contract, home, manifest, folder)
        if contract.key:
            _hold_conflicts(connection, contract, folder)
    for contract in contracts:
        if contract.part_of:
            _hold_together(connection, contract, folder)
    tables = {contract.dataset: _count(connection, contract, folder) for contract in contracts}
    return {"tables": tables, "held_whole": _held_whole(tables)}


def _check_bytes(home: Home, manifest: Manifest) -> None:
    for dataset, table in manifest.tables.items():
        path = table_path(home, manifest, dataset)
        if not path.is_file() or sha256_of(path) != table.sha256:
            raise LandedDamage(
                f"{manifest.source}/{manifest.batch}/{dataset}.parquet is missing or not as landed. "
                f"Restore it from the backup; `svu verify` names every such file."
            )


def _check_rows(
    connection: duckdb.DuckDBPyConnection, contract: Contract, home: Home, manifest: Manifest, folder: Path
) -> None:
    """Both passes over one dataset, a part at a time, into `<dataset>.parquet` and `<dataset>.reasons.parquet`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from svu_pipeline.contracts.casting import values_schema
    from svu_pipeline.contracts.checking import REASONS_SCHEMA, check

    schema = values_schema(contract)
    landed = pq.ParquetFile(table_path(home, manifest, contract.dataset))
    with (
        pq.ParquetWriter(folder / f"{contract.dataset}.parquet", schema, compression="zstd") as values,
        pq.ParquetWriter(folder / f"{contract.dataset}.reasons.parquet", REASONS_SCHEMA) as reasons,
    ):
        for batch in landed.iter_batches(ROWS_AT_A_TIME):
            checked = check(connection, contract, pa.Table.from_batches([batch]))
            name = pa.repeat(pa.scalar(manifest.batch), batch.num_rows)
            values.write_table(checked.values.add_column(0, "_batch", name).cast(schema))
            if checked.reasons:
                reasons.write_table(pa.concat_tables(checked.reasons))


def _hold_conflicts(connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path) -> None:
    """Hold all of two or more different rows of one key and equal order in one drop (sources.md, Key)."""
    from svu_pipeline.contracts.casting import value_columns

    key = ", ".join(f'"{column}"' for column in contract.key)
    order = f'checked."{contract.version}"' if contract.version else "NULL"
    content = ", ".join(f'checked."{column}"' for column in value_columns(contract))
    parquet_view(connection, "checked", [folder / f"{contract.dataset}.parquet"])
    repeated_key = ", ".join(f'repeated."{column}"' for column in contract.key)
    same = " AND ".join(f'checked."{column}" = repeated."{column}"' for column in contract.key)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT _drop, {key}, {order} AS _order FROM checked "  # noqa: S608
        "WHERE NOT _held GROUP BY ALL HAVING count(*) > 1"
    )
    if not connection.execute("SELECT count(*) FROM repeated").fetchall()[0][0]:
        return
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE conflicting AS
        SELECT _file, _row FROM checked JOIN repeated
            ON checked._drop = repeated._drop AND {same} AND {order} IS NOT DISTINCT FROM _order
        WHERE NOT _held
        QUALIFY count(DISTINCT row({content})) OVER (PARTITION BY repeated._drop, {repeated_key}, _order) > 1"""  # noqa: S608 - contract's names
    )
    _hold(connection, contract, folder, "_".join(contract.key), "conflicting_duplicate")


def _hold_together(connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path) -> None:
    """A record is held when a part of it is, and then all its parts are."""
    whole = CONTRACTS[str(contract.part_of)]
    parquet_view(connection, "parts", [folder / f"{contract.dataset}.parquet"])
    parquet_view(connection, "checked", [folder / f"{whole.dataset}.parquet"])
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE conflicting AS SELECT _file, _row FROM checked WHERE NOT _held "
        "AND (_file, _row) IN (SELECT (_file, part_of) FROM parts WHERE _held)"
    )
    _hold(connection, whole, folder, "results", "part_held")
    parquet_view(connection, "checked", [folder / f"{whole.dataset}.parquet"])
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE conflicting AS SELECT _file, _row FROM parts WHERE NOT _held "
        "AND (_file, part_of) IN (SELECT (_file, _row) FROM checked WHERE _held)"
    )
    _hold(connection, contract, folder, "part_of", "record_held")


def _hold(connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path, column: str, reason: str) -> None:
    """Mark the rows of the table `conflicting` as held, with a reason; both files are written anew."""
    if not connection.execute("SELECT count(*) FROM conflicting").fetchall()[0][0]:
        return
    values, reasons = folder / f"{contract.dataset}.parquet", folder / f"{contract.dataset}.reasons.parquet"
    anew = (
        (values, "* REPLACE (_held OR (_file, _row) IN (SELECT (_file, _row) FROM conflicting) AS _held)", ""),
        (reasons, "*", f"UNION ALL SELECT _file, _row, '{column}', '{reason}', 'held' FROM conflicting"),  # noqa: S608
    )
    for path, listed, more in anew:
        aside = path.with_suffix(".anew")
        parquet_view(connection, "standing_file", [path])
        connection.execute(
            f"COPY (SELECT {listed} FROM standing_file {more}) "  # noqa: S608 - names of the contract
            f"TO '{aside}' (FORMAT parquet, COMPRESSION zstd)"
        )
        aside.replace(path)


def _count(connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path) -> dict[str, Any]:
    parquet_view(connection, "checked", [folder / f"{contract.dataset}.parquet"])
    parquet_view(connection, "reasons", [folder / f"{contract.dataset}.reasons.parquet"])
    version = f'max("{contract.version}") FILTER (NOT _held)' if contract.version == "updated_at" else "NULL"
    rows, held, watermark = connection.execute(
        f"SELECT count(*), count(*) FILTER (_held), {version} FROM checked"  # noqa: S608 - a name of the contract
    ).fetchall()[0]
    rules = connection.execute(
        "SELECT \"column\" || '__' || reason, count(*) FROM reasons GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    record = "part_of" if contract.part_of else "_row"
    unknown = connection.execute(
        f"SELECT count(DISTINCT (_file, {record})) FROM checked JOIN reasons USING (_file, _row) "  # noqa: S608
        "WHERE reason = 'unknown_code'"
    ).fetchall()[0][0]
    mark = f"{watermark:%Y-%m-%dT%H:%M:%SZ}" if watermark else None
    return {"rows": rows, "held": held, "unknown": unknown, "rules": dict(rules), "watermark": mark}


def _held_whole(tables: dict[str, dict[str, Any]]) -> str | None:
    """Why a delivery is held whole. Shares are of the source's records; an unknown code in a part is its record's."""
    records = [table for name, table in tables.items() if not CONTRACTS[name].part_of]
    rows = sum(table["rows"] for table in records)
    held = sum(table["held"] for table in records)
    unknown = sum(table["unknown"] for table in tables.values())
    for count, words in ((held, "held rows"), (unknown, "rows with an unknown code")):
        if count > HELD_ROWS and count > HELD_SHARE * rows:
            return f"{count} {words} of {rows}, more than 5 % and more than 10"
    return None
