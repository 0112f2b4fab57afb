"""Databases by role: each role reads what its work needs, and nothing finer.

The analyst has facts without people (`svu.duckdb`, `database.py`). Here are the two that need no fact: the engineer's
(`engineer.duckdb`: deliveries, row accounts, checks) and the press office's (`press.duckdb`: what has been released, and no
row of any record). Not here: who may open which file; that is the file system's, see the runbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from svu_pipeline.kept import accounts
from svu_pipeline.landing.batch import all_manifests
from svu_pipeline.quality.history import copy_results, result_files
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import (
    Home,
    fingerprint,
    locked_down,
    read_made,
    sha256_of,
    table_of_rows,
    whole_file,
    write_json,
)

ENGINEER, PRESS = "engineer.duckdb", "press.duckdb"


@dataclass(frozen=True)
class Table:
    """A table of a few rows: `columns` are names and DuckDB types."""

    name: str
    columns: Mapping[str, str]
    rows: Sequence[tuple[Any, ...]]


def publish_for_engineers(settings: Settings) -> bool:
    """Publish deliveries, accounts and check history, without any value of a record; gives whether anything was new."""
    home = Home(settings.home)
    results = result_files(home)
    return _publish(home, ENGINEER, [_deliveries(home), _accounts(settings)], results)


def publish_for_press(home: Home, documents: Sequence[Mapping[str, Any]]) -> bool:
    """Publish what release documents say: figures, their parts and definitions; gives whether anything was new.

    `documents` are those that everyone may read, in the order of their publication.
    """
    return _publish(home, PRESS, [_releases(documents), _figures(documents), _parts(documents)], [])


def marker_of_role(home: Home, name: str) -> Path:
    """Where it is written down what a role's database is made of, and its hash."""
    return home.metrics / f"{Path(name).stem}.json"


def _publish(home: Home, name: str, tables: Sequence[Table], results: list[Path]) -> bool:
    """Write a database aside and swap it in, unless it stands and is made of the same."""
    target, marker = home.published / name, marker_of_role(home, name)
    inputs = fingerprint(
        [(table.name, dict(table.columns), table.rows) for table in tables], [file.name for file in results]
    )
    standing = read_made(marker)
    if standing.get("inputs") == inputs and target.is_file() and sha256_of(target) == standing["sha256"]:
        return False
    with whole_file(target) as aside:
        _fill(aside, tables, results)
    write_json(marker, {"inputs": inputs, "sha256": sha256_of(target)})
    return True


def _fill(path: Path, tables: Sequence[Table], results: list[Path]) -> None:
    import duckdb

    with locked_down(duckdb.connect(str(path)), *{file.parent for file in results}) as connection:
        for table in tables:
            table_of_rows(connection, table.name, dict(table.columns), table.rows)
        if results:
            copy_results(connection, results)
        connection.execute("CHECKPOINT")


def _deliveries(home: Home) -> Table:
    columns = {
        "source": "TEXT",
        "batch": "TEXT",
        "landed_at": "TIMESTAMPTZ",
        "dataset": "TEXT",
        "rows": "BIGINT",
        "sha256": "TEXT",
    }
    rows = [
        (manifest.source, manifest.batch, manifest.landed_at, dataset, table.rows, table.sha256)
        for manifest in all_manifests(home)
        for dataset, table in manifest.tables.items()
    ]
    return Table("delivery", columns, rows)


def _accounts(settings: Settings) -> Table:
    counts = ("landed", "current", "superseded", "withdrawn", "duplicate", "held")
    rows = [(one.dataset, *(getattr(one, name) for name in counts)) for one in accounts(settings)]
    return Table("account", {"dataset": "TEXT", **dict.fromkeys(counts, "BIGINT")}, rows)


def _releases(documents: Sequence[Mapping[str, Any]]) -> Table:
    columns = {"release": "TEXT", "window_label": "TEXT", "start_on": "DATE", "end_on": "DATE", "as_at": "TEXT"}
    rows = [(one["release"]["id"], one["window"], one["start"], one["end"], one["as_at"]) for one in documents]
    return Table("release", columns, rows)


def _figures(documents: Sequence[Mapping[str, Any]]) -> Table:
    columns = dict.fromkeys(("release", "metric_id"), "TEXT") | {"version": "INT"}
    columns |= dict.fromkeys(("title", "noun", "printed", "marks", "phrase", "definition"), "TEXT")
    rows = [
        (
            one["release"]["id"],
            figure["id"],
            figure["version"],
            figure["title"],
            figure["noun"],
            figure["printed"],
            " ".join(figure["marks"]),
            figure["phrases"][0]["text"] if figure["phrases"] else None,
            figure["definition"],
        )
        for one in documents
        for figure in one["figures"]
    ]
    return Table("figure", columns, rows)


def _parts(documents: Sequence[Mapping[str, Any]]) -> Table:
    columns = dict.fromkeys(("release", "metric_id", "dimension", "code", "label", "printed", "marks"), "TEXT")
    rows = [
        (one["release"]["id"], figure["id"], dimension, code, label, part["printed"], " ".join(part["marks"]))
        for one in documents
        for figure in one["figures"]
        for dimension, code, label, part in _cells(figure)
    ]
    return Table("part", columns, rows)


def _cells(figure: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    yield from (("month", part["month"], part["month"], part) for part in figure["monthly"])
    for breakdown in figure["breakdowns"]:
        yield from ((breakdown["dimension"], row["code"], row["label"], row) for row in breakdown["rows"])
