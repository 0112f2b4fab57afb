"""The rows of one batch judged: cast and checked, conflicts and parts held together, counted.

Each function works on the files of a verdict that is still being made: `<dataset>.parquet` and `<dataset>.reasons.parquet`.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svu_pipeline.ahead import ahead
from svu_pipeline.contracts.codes import code_maps
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.landing.batch import Manifest, table_path
from svu_pipeline.warehouse import Home, parquet_view, quoted

if TYPE_CHECKING:
    import duckdb

    from svu_pipeline.contracts.model import Contract


def check_rows(
    connection: duckdb.DuckDBPyConnection, contract: Contract, home: Home, manifest: Manifest, folder: Path
) -> None:
    """Both passes over one dataset, a part at a time, into `<dataset>.parquet` and `<dataset>.reasons.parquet`.

    A part is cast while the one before it is checked and written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from svu_pipeline.contracts.casting import cast, values_schema
    from svu_pipeline.contracts.checking import REASONS_SCHEMA, check

    schema = values_schema(contract)
    parquet_view(connection, "landed", [table_path(home, manifest, contract.dataset)])
    with (
        pq.ParquetWriter(
            folder / f"{contract.dataset}.parquet", schema, compression="zstd", use_dictionary=False
        ) as values,
        pq.ParquetWriter(folder / f"{contract.dataset}.reasons.parquet", REASONS_SCHEMA) as reasons,
        closing(ahead(cast(connection, contract, code_maps(home, manifest.source, contract.dataset)))) as parts,
    ):
        for part in parts:
            checked = check(contract, pa.Table.from_batches([part]))
            name = pa.repeat(pa.scalar(manifest.batch), part.num_rows)
            values.write_table(checked.values.add_column(0, "_batch", name).cast(schema))
            if checked.reasons:
                reasons.write_table(pa.concat_tables(checked.reasons))


def hold_conflicts(connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path) -> None:
    """Hold all of two or more different rows of one key and equal order in one drop (sources.md, Key).

    Few keys come twice. Hashes find the rows worth looking at in a fraction of the memory; what they find too many of is
    told apart by the key itself.
    """
    from svu_pipeline.contracts.casting import value_columns

    order = [contract.version] if contract.version else []
    same = ", ".join(f'"{column}"' for column in ("_drop", *contract.key, *order))
    content = ", ".join(f'"{column}"' for column in value_columns(contract))
    parquet_view(connection, "checked", [folder / f"{contract.dataset}.parquet"])
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT hash({same}) AS place FROM checked "  # noqa: S608
        "WHERE NOT _held GROUP BY ALL HAVING count(*) > 1"
    )
    if not connection.execute("SELECT count(*) FROM repeated").fetchall()[0][0]:
        return
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE conflicting AS
        SELECT _file, _row FROM checked WHERE NOT _held AND hash({same}) IN (SELECT place FROM repeated)
        QUALIFY count(DISTINCT row({content})) OVER (PARTITION BY {same}) > 1"""  # noqa: S608 - contract's names
    )
    _hold(connection, contract, folder, "_".join(contract.key), "conflicting_duplicate")


def hold_together(connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path) -> None:
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
            f"TO {quoted(str(aside))} (FORMAT parquet, COMPRESSION zstd)"
        )
        aside.replace(path)


def count_rows(connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path) -> dict[str, Any]:
    """Rows, held rows, records with an unknown code, rows by rule, and the largest accepted `updated_at` of a dataset."""
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
