"""The history of every check, passes too: `dq_result`, append-only, counts only.

One Parquet file for each state of the home that differs from the one before: `facts/quality/000012.night.<sha256>.parquet`.
A file's bytes are told by its name: one that is not what was written is left out here, and named by `svu verify`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline.clock import LONDON
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.warehouse import Home, locked, session, sha256_of, whole_file

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

NIGHT = "night"
"""The scope of the checks of a night; the checks of a review have `review-<window>`."""

IS_CURRENT = "source_is_current"
"""The check of a source as a whole; its dataset column names the source."""

NIGHTS_SHOWN = 30
_NAME = re.compile(r"^(\d{6})\.([a-z0-9-]+)\.([0-9a-f]{16})\.parquet$")
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Result:
    """The outcome of one check: how many rows break it, and the limits it was held against, in words."""

    dataset: str
    check: str
    passed: bool
    severity: Severity
    rows: int
    threshold: str


@dataclass(frozen=True)
class Past:
    """What is on record of one check: its last outcome, since when it has been so, and its rows of the last nights."""

    dataset: str
    check: str
    passed: bool
    severity: Severity
    rows: int
    since: datetime
    nights: tuple[int, ...]

    @property
    def sparkline(self) -> str:
        """The failing rows of the last nights as bars, the oldest first: `▁▁▁▅█`."""
        top = max(self.nights, default=0)
        return "".join(_BARS[(len(_BARS) - 1) * rows // top if top else 0] for rows in self.nights)


def append(home: Home, scope: str, results: Sequence[Result], at: datetime) -> bool:
    """Add the results of a scope as of an instant, unless they are the last on record; gives whether they were added."""
    import pyarrow.parquet as pq

    table = _table(results, scope, at)
    with locked(home, "quality"):
        last = result_files(home, scope)[-1:]
        if last and pq.read_table(last[0]).equals(table):
            return False
        buffer = io.BytesIO()
        pq.write_table(table, buffer, compression="zstd")
        content = buffer.getvalue()
        name = f"{_next(home):06d}.{scope}.{sha256(content).hexdigest()[:16]}.parquet"
        with whole_file(_folder(home) / name) as aside:
            aside.write_bytes(content)
    return True


def past(home: Home, before: datetime | None = None) -> dict[tuple[str, str], Past]:
    """What is on record of every check, by dataset and check; of the time before an instant where one is given."""
    files = tuple(_files(home))
    return _past(files, before) if files else {}


def on_record(home: Home, check: str = "", *, failing: bool = False) -> list[Past]:
    """The checks on record: all or those of a name (`dataset.check` or `check`), all or those that do not pass now."""
    return [
        item
        for item in past(home).values()
        if check in ("", item.check, f"{item.dataset}.{item.check}") and not (failing and item.passed)
    ]


def last_sound_night(home: Home, sources: Collection[str], before: datetime) -> datetime | None:
    """The last night on record before an instant on which all of some sources were up to date; None where there is none."""
    files = list(_files(home))
    if not files:
        return None
    with _session(files) as connection:
        (found,) = connection.execute(
            'SELECT max(known_at) FROM (SELECT known_at FROM dq_result WHERE "check" = $check AND list_contains($sources, dataset) '
            "AND known_at < $before GROUP BY known_at HAVING bool_and(passed) AND count(DISTINCT dataset) = len($sources))",
            {"check": IS_CURRENT, "sources": list(sources), "before": _plain(before)},
        ).fetchall()[0]
    return found.replace(tzinfo=UTC) if found else None


def nights(home: Home, count: int) -> list[datetime]:
    """The instants of the last states of a night on record, oldest first, at most so many."""
    import pyarrow.parquet as pq

    known = [pq.read_table(file, columns=["known_at"])["known_at"][0].as_py() for file in result_files(home)[-count:]]
    return [at.replace(tzinfo=UTC) for at in known]


def damaged(home: Home) -> Iterator[tuple[str, str]]:
    """`(file, what)` for each file of the history whose bytes are not those that were written."""
    for path in sorted(_folder(home).glob("*.parquet")):
        if not _is_whole(path):
            yield f"facts/quality/{path.name}", "changed since it was written"


def result_files(home: Home, scope: str = NIGHT) -> list[Path]:
    """The files of one scope of the history, oldest first, those left out that are not as they were written."""
    return [path for path in _files(home) if (named := _NAME.fullmatch(path.name)) and named[2] == scope]


def count_of(files: Sequence[Path]) -> int:
    """How many results some files of the history hold."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(file).num_rows for file in files)


def copy_results(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> None:
    """A table `dq_result` of all results in a session; empty where there are no files yet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    connection.register("all_results", pa.concat_tables([schema().empty_table(), *map(pq.read_table, files)]))
    connection.execute("CREATE TABLE dq_result AS SELECT * FROM all_results")
    connection.unregister("all_results")


def schema() -> pa.Schema:
    """The columns of `dq_result`."""
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("known_at", pa.timestamp("us")),
            pa.field("night", pa.date32()),
            pa.field("scope", pa.string()),
            pa.field("dataset", pa.string()),
            pa.field("check", pa.string()),
            pa.field("passed", pa.bool_()),
            pa.field("severity", pa.string()),
            pa.field("rows", pa.int64()),
            pa.field("threshold", pa.string()),
        ]
    )


@lru_cache(maxsize=4)
def _past(files: tuple[Path, ...], before: datetime | None) -> dict[tuple[str, str], Past]:
    """One reading of the history serves the checks of all sources of a night: the files never change."""
    with _session(files) as connection:
        rows = connection.execute(
            """
            WITH known AS (
                SELECT *, row_number() OVER (PARTITION BY dataset, "check" ORDER BY filename) AS step
                FROM dq_result WHERE $before IS NULL OR known_at < $before),
            turned AS (
                SELECT dataset, "check", known_at, passed, severity, rows, step,
                       passed IS DISTINCT FROM lag(passed) OVER (PARTITION BY dataset, "check" ORDER BY step) AS is_turn
                FROM known)
            SELECT dataset, "check", arg_max(passed, step), arg_max(severity, step), arg_max(rows, step),
                   max(known_at) FILTER (is_turn), list(rows ORDER BY step)[-$shown:]
            FROM turned GROUP BY ALL ORDER BY ALL
            """,
            {"before": _plain(before) if before else None, "shown": NIGHTS_SHOWN},
        ).fetchall()
    return {
        (dataset, check): Past(
            dataset, check, passed, Severity(severity), failing, since.replace(tzinfo=UTC), tuple(nights)
        )
        for dataset, check, passed, severity, failing, since, nights in rows
    }


def _session(files: Sequence[Path]) -> duckdb.DuckDBPyConnection:
    """A session with the view `dq_result`: every column of the files, and `filename`, by which later states come later."""
    connection = session(files[0].parent)
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    connection.execute(f"CREATE VIEW dq_result AS SELECT * FROM read_parquet([{listed}], filename = true)")  # noqa: S608
    return connection


def _table(results: Sequence[Result], scope: str, at: datetime) -> pa.Table:
    import pyarrow as pa

    night = at.astimezone(LONDON).date()
    rows = [
        (_plain(at), night, scope, r.dataset, r.check, r.passed, r.severity.value, r.rows, r.threshold) for r in results
    ]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema())
    return pa.table(
        [pa.array(values, field.type) for values, field in zip(columns, schema(), strict=True)], schema=schema()
    )


def _plain(at: datetime) -> datetime:
    """An instant as the tables have it: UTC without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None)


def _folder(home: Home) -> Path:
    return home.facts / "quality"


def _files(home: Home) -> Iterator[Path]:
    return (path for path in sorted(_folder(home).glob("*.parquet")) if _is_whole(path))


def _next(home: Home) -> int:
    numbers = [int(found[1]) for path in _folder(home).glob("*.parquet") if (found := _NAME.fullmatch(path.name))]
    return max(numbers, default=0) + 1


def _is_whole(path: Path) -> bool:
    named = _NAME.fullmatch(path.name)
    return named is not None and sha256_of(path).startswith(named[3])
