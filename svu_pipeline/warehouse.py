"""Tables as Parquet written aside and renamed; DuckDB sessions over them.

Here: where each kind of file lives under the home, how a file becomes whole at once, and a locked-down DuckDB.
Not here: what the tables mean. No file of the warehouse is ever written in place (architecture, decision 2).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

CHUNK = 1 << 20


@dataclass(frozen=True)
class Home:
    """The data folder and its three zones: `restricted/` (personal data), `facts/` (keyed ids), `published/`."""

    root: Path

    def landing(self, source: str) -> Path:
        return self.root / "restricted" / "landing" / source

    def verdicts(self, source: str) -> Path:
        return self.root / "restricted" / "contracts" / source

    @property
    def standing(self) -> Path:
        return self.root / "restricted" / "standing"

    @property
    def people(self) -> Path:
        return self.root / "restricted" / "people"

    @property
    def facts(self) -> Path:
        return self.root / "facts"

    @property
    def metrics(self) -> Path:
        return self.root / "facts" / "metrics"

    @property
    def published(self) -> Path:
        return self.root / "published"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def locks(self) -> Path:
        return self.root / "restricted" / "locks"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes as lower-case hexadecimal, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def fingerprint(*parts: object) -> str:
    """SHA-256 over the canonical JSON of `parts`: the identity of a set of inputs."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def text_version(folder: Traversable) -> str:
    """A fingerprint of the code and reference tables in a folder of the package: what is made by it changes with it."""

    def texts(place: Traversable, path: str) -> Iterator[tuple[str, str]]:
        for entry in sorted(place.iterdir(), key=lambda entry: entry.name):
            if entry.is_dir() and not entry.name.startswith("__"):
                yield from texts(entry, f"{path}{entry.name}/")
            elif entry.name.endswith((".py", ".sql", ".csv", ".j2")):
                yield path + entry.name, entry.read_text("utf-8")

    return fingerprint(dict(texts(folder, "")))[:12]


def sync(path: Path) -> None:
    """Flush a file's or folder's bytes to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A path to write to; on leaving without an error it is synced and renamed to `target`: whole or absent.

    A body that thinks better of it unlinks the path: then the standing file stays.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.aside")
    try:
        yield aside
        if aside.exists():
            sync(aside)
            aside.replace(target)
            sync(target.parent)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder to fill; on leaving without an error it is renamed to `target`, which must not exist: whole or absent."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.aside")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    try:
        yield aside
        for file in aside.iterdir():
            sync(file)
        aside.rename(target)
        sync(target.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_json(target: Path, content: object) -> None:
    """Write JSON as a whole file."""
    with whole_file(target) as aside:
        aside.write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def session(*folders: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB session in memory that can reach only `folders`, in UTC, and can install or load nothing.

    Decision 11: external access off beyond the folders, no extension from outside, configuration locked.
    """
    import duckdb

    connection = duckdb.connect(":memory:")
    allowed = ", ".join(_quoted(f"{folder.absolute()}/") for folder in folders)
    for statement in (
        "SET TimeZone = 'UTC'",
        f"SET allowed_directories = [{allowed}]",
        "SET enable_external_access = false",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        "SET allow_community_extensions = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)
    return connection


def parquet_view(connection: duckdb.DuckDBPyConnection, name: str, files: list[Path]) -> None:
    """A view `name` over Parquet files of one schema."""
    listed = ", ".join(_quoted(str(file)) for file in files)
    connection.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608


def table_of_rows(
    connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """A table `name` of a few rows from Python; `columns` are names and DuckDB types.

    The rows go in by Arrow: `executemany` takes milliseconds a row here (it looks for pandas at every value).
    """
    import pyarrow as pa

    gathered = list(rows)
    values = [[row[place] for row in gathered] for place in range(len(columns))]
    connection.execute(f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{k} {v}' for k, v in columns.items())})")
    if gathered:
        connection.register("few_rows", pa.table(dict(zip(columns, values, strict=True))))
        connection.execute(f"INSERT INTO {name} SELECT * FROM few_rows")  # noqa: S608 - a constant name
        connection.unregister("few_rows")


def write_parquet(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> tuple[int, bool]:
    """Write a query's rows as a whole Parquet file; the query must order its rows. Gives the rows, and whether it changed.

    The standing file is left untouched when the bytes would be the same.
    """
    with whole_file(target) as aside:
        written = f"COPY ({query}) TO {_quoted(str(aside))} (FORMAT parquet, COMPRESSION zstd)"
        rows = int(connection.execute(written).fetchall()[0][0])
        changed = not target.exists() or sha256_of(aside) != sha256_of(target)
        if not changed:
            aside.unlink()
    return rows, changed


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
