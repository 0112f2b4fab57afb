"""The analysts' database `published/svu.duckdb`: built aside, closed, opened again and checked, then swapped in.

Readers keep the whole version that they opened. No person is in it: not even under a keyed id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from svu_pipeline.errors import Curable
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.kept import KeptTable, marker_of
from svu_pipeline.metrics.catalogue import COUNTED
from svu_pipeline.metrics.metric import PEOPLE_FACTS, Noun
from svu_pipeline.quality.history import copy_results, count_of, result_files
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import (
    Home,
    fingerprint,
    locked_down,
    quoted,
    read_made,
    sha256_of,
    table_of_rows,
    whole_file,
    write_json,
)

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

CATALOGUE = {
    "metric_id": "TEXT", "title": "TEXT", "noun": "TEXT", "kind": "TEXT", "section": "TEXT", "definition": "TEXT",
    "sources": "TEXT", "divisor": "BIGINT", "decimals": "INT", "version": "INT", "effective_on": "TEXT",
}  # fmt: skip


class PublicationError(Curable):
    """A database that does not hold what it should: it was not published, and the one before it stands."""


def publish_database(settings: Settings) -> tuple[dict[str, int], bool]:
    """Publish facts, contributions, values, catalogue and check history; gives rows by table, and whether anything was new.

    Raises PublicationError when the file, opened again, does not have the rows it was given.
    """
    home = Home(settings.home)
    tables = {**marker_of(home.facts, "facts"), **marker_of(home.metrics, "metrics")}
    results = result_files(home)
    made_of = {name: table.sha256 for name, table in tables.items()}
    inputs = fingerprint(made_of, [file.name for file in results], _catalogue_rows())
    manifest, target = home.published / "manifest.json", home.published / "svu.duckdb"
    standing = read_made(manifest)
    if standing.get("inputs") == inputs and target.is_file() and sha256_of(target) == standing["sha256"]:
        return standing["rows"], False
    expected = {name: table.rows for name, table in tables.items()}
    expected |= {"metric": len(COUNTED), "dq_result": count_of(results)}
    with whole_file(target) as aside:
        _fill(aside, home, tables, results)
        rows = _rows(aside)
        if rows != expected:
            raise PublicationError(
                "published/svu.duckdb does not hold the rows it was given; the one before it stands."
            )
    write_json(manifest, {"inputs": inputs, "rows": rows, "made_of": made_of, "sha256": sha256_of(target)})
    return rows, True


def _fill(path: Path, home: Home, tables: dict[str, KeptTable], results: list[Path]) -> None:
    import duckdb

    folders = {name: home.facts if name in fact_tables() else home.metrics for name in tables}
    with locked_down(duckdb.connect(str(path)), home.facts) as connection:
        for name in sorted(tables):
            file = quoted(str(folders[name] / f"{name}.parquet"))
            columns = "* EXCLUDE (person_id)" if _knows_person(name) else "*"
            if name == "contribution":
                columns = "* REPLACE (CASE WHEN metric_id NOT IN (SELECT unnest($people)) THEN subject END AS subject)"
            people = {"people": [metric.id for metric in COUNTED if metric.noun is Noun.PEOPLE]}
            connection.execute(
                f"CREATE TABLE {name} AS SELECT {columns} FROM read_parquet({file})",  # noqa: S608 - our own names
                people if name == "contribution" else {},
            )
        table_of_rows(connection, "metric", CATALOGUE, _catalogue_rows())
        copy_results(connection, results)
        # Closing would do this and say nothing when the disk does not take it.
        connection.execute("CHECKPOINT")


def _knows_person(name: str) -> bool:
    return name in PEOPLE_FACTS or name == "fct_charge"


def _rows(path: Path) -> dict[str, int]:
    import duckdb

    with locked_down(duckdb.connect(str(path), read_only=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {name: _count(connection, name) for name in names}


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])  # noqa: S608 - a table of ours


def _catalogue_rows() -> list[tuple[str | int | None, ...]]:
    return [
        (
            metric.id,
            metric.title,
            metric.noun.value,
            metric.kind.value,
            metric.section,
            metric.definition,
            ", ".join(metric.needs),
            metric.scale.divisor,
            metric.scale.decimals,
            metric.version,
            metric.effective_on.isoformat() if metric.effective_on else None,
        )
        for metric in COUNTED
    ]
