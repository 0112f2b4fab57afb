"""What differs between two sides: figures, tables by count of rows, and records by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from svu_pipeline.change.sides import Side, side
from svu_pipeline.change.why import explain_changes
from svu_pipeline.clock import Window
from svu_pipeline.facts.table import FactTable, fact_tables
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.metrics.versions import in_force
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import locked_down

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class FigureDifference:
    """A figure that is not the same on both sides; null where a side does not have it. `why` where both are of one home."""

    window: str
    metric: str
    before: str | None
    after: str | None
    why: str = ""


@dataclass(frozen=True)
class TableDifference:
    """The rows of a fact that only the second side has, only the first, or both but not alike.

    `records` are their grains as text (`added 42CU/000123/23`): restricted.
    """

    table: str
    added: int
    removed: int
    changed: int
    records: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Every figure and table that differs. `notes` say what could not be compared."""

    figures: tuple[FigureDifference, ...]
    tables: tuple[TableDifference, ...]
    notes: tuple[str, ...]

    @property
    def is_none(self) -> bool:
        return not (self.figures or self.tables)

    def as_json(self, *, with_records: bool = False) -> dict[str, Any]:
        """Counts alone; `with_records` the keys too, which are restricted."""
        tables = [asdict(table) for table in self.tables]
        for table in tables:
            table["records"] = list(table["records"]) if with_records else []
        return {"figures": [asdict(figure) for figure in self.figures], "tables": tables, "notes": list(self.notes)}


def diff(settings: Settings, before: str, after: str, windows: Sequence[Window]) -> Difference:
    """What differs between two instants, releases or data folders, by their names.

    Raises what naming them raises: TimeError, PointError, ReleaseError, NothingLanded.
    """
    import duckdb

    sides = side(settings, before, windows), side(settings, after, windows)
    notes = []
    ignored: frozenset[str] = frozenset()
    if len({one.key_id for one in sides if one.key_id}) > 1:
        ignored = frozenset({"person_id"})
        notes.append("The two homes have their own keys: the ids of people are left out, who is who is not compared.")
    with locked_down(duckdb.connect(":memory:")) as connection:
        for prefix, one in zip(("a", "b"), sides, strict=True):
            for name, rows in one.tables.items():
                connection.register(f"{prefix}_{name}", rows)
        common = [name for name in fact_tables() if all(name in one.tables for one in sides)]
        notes += [f"{name}: on one side only." for name in fact_tables() if name not in common]
        figures = _figures(connection, settings, sides, windows)
        tables = [_table(connection, fact_tables()[name], ignored) for name in common]
    differing = tuple(table for table in tables if table.added or table.removed or table.changed)
    return Difference(tuple(figures), differing, tuple(notes))


def _figures(
    connection: duckdb.DuckDBPyConnection, settings: Settings, sides: tuple[Side, Side], windows: Sequence[Window]
) -> list[FigureDifference]:
    rows = connection.execute(
        "SELECT window_label, metric_id, a.printed, b.printed "
        "FROM (FROM a_value WHERE dimension = '') a FULL JOIN (FROM b_value WHERE dimension = '') b "
        "USING (window_label, metric_id) "
        "WHERE (a.numerator, a.denominator) IS DISTINCT FROM (b.numerator, b.denominator) ORDER BY ALL"
    ).fetchall()
    words = _words(settings, sides, windows, [(label, metric) for label, metric, *_ in rows])
    return [
        FigureDifference(label, metric, before, after, words.get((label, metric), ""))
        for label, metric, before, after in rows
    ]


def _words(
    settings: Settings, sides: tuple[Side, Side], windows: Sequence[Window], moved: list[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Why figures moved; of two points of one home only, the first the earlier."""
    first, last = (one.at for one in sides)
    if first is None or last is None or last < first:
        return {}
    named = {window.label: window for window in windows}
    found: dict[tuple[str, str], str] = {}
    for label in dict.fromkeys(label for label, _ in moved):
        metrics = [
            in_force(CATALOGUE[metric], named[label]) for of, metric in moved if of == label and metric in CATALOGUE
        ]
        changes = explain_changes(settings, {one.id: (one, one) for one in metrics}, [named[label]], first, last)
        found |= {key: change.words for key, change in changes.items()}
    return found


def _table(connection: duckdb.DuckDBPyConnection, table: FactTable, ignored: frozenset[str]) -> TableDifference:
    """How a fact differs, row by row on its grain."""
    columns = [
        name for name in _columns(connection, f"a_{table.name}") if name in _columns(connection, f"b_{table.name}")
    ]
    content = [f'"{name}"' for name in columns if name not in ignored]
    grain = ", ".join(table.grain)
    rows = connection.execute(
        f"""
        SELECT CASE WHEN a.there IS NULL THEN 'added' WHEN b.there IS NULL THEN 'removed' ELSE 'changed' END AS how,
               concat_ws(' ', {grain}) AS record
        FROM (SELECT {grain}, row({", ".join(content)}) AS content, true AS there FROM a_{table.name}) a
        FULL JOIN (SELECT {grain}, row({", ".join(content)}) AS content, true AS there FROM b_{table.name}) b
        USING ({grain})
        WHERE a.there IS NULL OR b.there IS NULL OR a.content IS DISTINCT FROM b.content
        ORDER BY ALL
        """  # noqa: S608 - names of our own facts
    ).fetchall()
    counts = {how: sum(found == how for found, _ in rows) for how in ("added", "removed", "changed")}
    return TableDifference(table.name, **counts, records=tuple(f"{how} {record}" for how, record in rows))


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    return [column for column, *_ in connection.execute(f"DESCRIBE {name}").fetchall()]
