"""Files that tell who is who, and how far the linking agrees with them: precision and recall over pairs of records.

A truth set is a CSV of `dataset, record_key, person`, where `person` is any text that is the same for the records of one
person and for no others. It comes from people who looked, or from a demonstration force. Records that do not stand are
left out; so are standing records that it does not name. Only counts of pairs are made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from svu_pipeline.errors import Curable
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import quoted

if TYPE_CHECKING:
    import duckdb

WHO_IS_WHO = "who_is_who.csv"
"""A truth set of this name in the home need not be named in the settings."""

COLUMNS = ("dataset", "record_key", "person")
LABELS = {"0.80": "at_80", "0.90": "at_90", "0.95": "person_id", "0.99": "at_99"}
"""The column of `person_record` that has a record's person at each threshold."""


class TruthError(Curable):
    """A truth set that cannot be used: names the file, the problem and the cure, and no value of it."""


@dataclass(frozen=True)
class Agreement:
    """Pairs of records: `linked` by us, `true` ones of the truth set, `both`; at a threshold, over the `records` of both."""

    threshold: str
    records: int
    linked: int
    true: int
    both: int

    @property
    def precision(self) -> float:
        """The share of the linked pairs that are true; 1 where none is linked."""
        return self.both / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        """The share of the true pairs that are linked; 1 where there is none."""
        return self.both / self.true if self.true else 1.0


def truth_files(settings: Settings) -> list[Path]:
    """The truth sets at hand: those of the settings, and the home's own if there is one."""
    own = settings.home / WHO_IS_WHO
    return [*settings.linking.truth, *([own] if own.is_file() else [])]


def agreement(connection: duckdb.DuckDBPyConnection, file: Path) -> list[Agreement]:
    """How far `person_record` agrees with a truth set, at each threshold from the lowest on.

    Raises TruthError for a file that cannot be read, lacks a column or names a record twice.
    """
    _read(connection, file)
    return [_at(connection, threshold, label) for threshold, label in LABELS.items()]


def _read(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    import duckdb

    columns = ", ".join(f"trim({name}) AS {name}" for name in COLUMNS)
    query = f"SELECT {columns} FROM read_csv({quoted(str(file))}, header = true, all_varchar = true, delim = ',')"  # noqa: S608
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE truth AS {query}")
    except duckdb.Error:
        # Its own words quote lines of the file.
        problem = "is not there" if not file.is_file() else f"is not a CSV with the columns {', '.join(COLUMNS)}"
        raise TruthError(f"{file} {problem}. Correct it, or take it out of [linking] truth.") from None
    unclear = connection.execute(
        "SELECT count(*) FROM (SELECT count(*) FROM truth GROUP BY dataset, record_key HAVING count(*) > 1 "
        "UNION ALL SELECT 1 FROM truth WHERE dataset IS NULL OR record_key IS NULL OR person IS NULL)"
    ).fetchall()[0][0]
    if unclear:
        raise TruthError(f"{file}: {unclear} records are named twice or lack a value. Name each record once.")


def _at(connection: duckdb.DuckDBPyConnection, threshold: str, column: str) -> Agreement:
    counts = connection.execute(
        f"WITH named AS (SELECT p.{column} AS us, t.person AS truth "  # noqa: S608 - our own names
        "FROM person_record p JOIN truth t USING (dataset, record_key)), "
        "sizes AS (SELECT grouping_id(us, truth) AS kind, count(*) AS n FROM named "
        "GROUP BY GROUPING SETS ((us), (truth), (us, truth))) "
        "SELECT (SELECT count(*) FROM named), "
        "coalesce(sum(n * (n - 1) / 2) FILTER (kind = 1), 0)::BIGINT, "
        "coalesce(sum(n * (n - 1) / 2) FILTER (kind = 2), 0)::BIGINT, "
        "coalesce(sum(n * (n - 1) / 2) FILTER (kind = 0), 0)::BIGINT FROM sizes"
    ).fetchall()[0]
    return Agreement(threshold, *counts)
