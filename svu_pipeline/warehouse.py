"""Tables as Parquet written aside and renamed; DuckDB sessions over them.

Here: where each kind of file lives under the home, how a file becomes whole at once, and a locked-down DuckDB.
Not here: what the tables mean. No file of the warehouse is ever written in place (architecture, decision 2).
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from svu_pipeline.disk import PIECE, aside_of, drop, effect, make_folder, rename, said_plainly, sync
from svu_pipeline.errors import Curable

if TYPE_CHECKING:
    import duckdb

CHUNK = PIECE
SEAL = "seal"
_sessions = itertools.count()


class Damaged(Curable):
    """A file of ours whose bytes are not those that were written: names it, and what to do."""


class Busy(Curable):
    """Another process does this on the same home: says to wait."""


@dataclass(frozen=True)
class Home:
    """The data folder and its zones: `restricted/` (personal data), `facts/` (keyed ids), `published/` (for the force's own
    analysts) and `releases/` (what leaves the force)."""

    root: Path

    def landing(self, source: str) -> Path:
        return self.root / "restricted" / "landing" / source

    def inbox(self, source: str) -> Path:
        return self.root / "restricted" / "inbox" / source

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
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def audit(self) -> Path:
        return self.root / "restricted" / "audit.jsonl"

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
            elif entry.name.endswith((".py", ".sql", ".csv", ".json", ".j2")):
                yield path + entry.name, entry.read_text("utf-8")

    return fingerprint(dict(texts(folder, "")))[:12]


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A path to write to; on leaving without an error it is synced and renamed to `target`: whole or absent.

    A body that thinks better of it unlinks the path: then the standing file stays. After a failed sync nothing is tried
    again with that file: it is dropped. Raises Unwritable when the disk does not take it.
    """
    make_folder(target.parent)
    aside = aside_of(target)
    try:
        with said_plainly(target):
            with effect("write_file"):
                yield aside
            if aside.exists():
                sync(aside)
                rename(aside, target)
    finally:
        drop(aside)


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """A folder to fill; on leaving without an error it is synced and renamed to `target`: whole or absent.

    Where `target` has come to be meanwhile, another process made the same: that one stands and this one is dropped.
    Raises Unwritable when the disk does not take it.
    """
    make_folder(target.parent)
    aside = aside_of(target)
    try:
        with said_plainly(target):
            with effect("make_folder"):
                aside.mkdir()
            with effect("fill_folder"):
                yield aside
            for path in (*aside.iterdir(), aside):
                sync(path)
            if not target.exists():
                rename(aside, target)
    finally:
        drop(aside)


@contextmanager
def scratch_folder(place: Path) -> Iterator[Path]:
    """A folder aside within `place`, gone when left; one that a dead process left is swept. Raises Unwritable."""
    make_folder(place)
    aside = aside_of(place / "scratch")
    try:
        with said_plainly(place):
            with effect("make_folder"):
                aside.mkdir()
            yield aside
    finally:
        drop(aside)


def write_json(target: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON object as a whole file, with its own fingerprint as `seal`: a changed bit of it is noticed."""
    sealed = {**content, SEAL: fingerprint(content)}
    with whole_file(target) as aside:
        aside.write_text(json.dumps(sealed, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote, without the seal. Raises Damaged when it is not that any more."""
    content = _unsealed(path)
    if content is None:
        cure = "Restore it from the backup; a home of an earlier version is brought up to date by `svu nightly`."
        raise Damaged(f"{path}: not as it was written. {cure}")
    return content


def read_made(path: Path) -> dict[str, Any]:
    """What `write_json` wrote about something that can be made again: empty when it is absent or damaged."""
    return (_unsealed(path) if path.is_file() else None) or {}


def _unsealed(path: Path) -> dict[str, Any] | None:
    """What a sealed file says, read once as long as it is the same file: a night asks for manifests many times."""
    stat = path.stat()
    return _read_unsealed(path, stat.st_mtime_ns, stat.st_size, stat.st_ino)


@lru_cache(maxsize=1 << 15)
def _read_unsealed(path: Path, *_stamp: int) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        return None
    if not isinstance(content, dict):
        return None
    seal = content.pop(SEAL, None)
    return content if seal == fingerprint(content) else None


@contextmanager
def locked(home: Home, name: str) -> Iterator[None]:
    """Hold one of the home's locks, waiting for it. The system lets go of it when the process ends, however it ends."""
    make_folder(home.locks)
    with FileLock(home.locks / f"{name}.lock"):
        yield


@contextmanager
def lease(home: Home, name: str) -> Iterator[None]:
    """Hold one of the home's locks; Busy at once when another process, or thread, holds it. Who holds it may ask again."""
    make_folder(home.locks)
    try:
        taken = FileLock(home.locks / f"{name}.lock", is_singleton=True).acquire(blocking=False)
    except Timeout:
        raise Busy(f"{home.root}: another {name} is running on this home. Wait until it is done.") from None
    with taken:
        yield


def session(*folders: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB session in memory that can reach only `folders`, in UTC, and can install or load nothing.

    Decision 11: external access off beyond the folders, no extension from outside, configuration locked. What does not
    fit in memory is laid aside in the first of the folders, not in the working directory, where DuckDB would.
    """
    import duckdb

    return locked_down(duckdb.connect(":memory:"), *folders)


def locked_down(connection: duckdb.DuckDBPyConnection, *folders: Path) -> duckdb.DuckDBPyConnection:
    """Shut a session in `folders`, as `session` does; with none it reaches no file but the database it has open."""
    allowed = ", ".join(quoted(f"{folder.absolute()}/") for folder in folders)
    spill = str(aside_of(folders[0].absolute() / f"spill-{next(_sessions)}")) if folders else ""
    for statement in (
        "SET TimeZone = 'UTC'",
        f"SET temp_directory = {quoted(spill)}",
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
    listed = ", ".join(quoted(str(file)) for file in files)
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
        written = f"COPY ({query}) TO {quoted(str(aside))} (FORMAT parquet, COMPRESSION zstd)"
        rows = int(connection.execute(written).fetchall()[0][0])
        changed = not target.exists() or sha256_of(aside) != sha256_of(target)
        if not changed:
            drop(aside)
    return rows, changed


def quoted(text: str) -> str:
    """A text as an SQL literal, for the places where a statement takes no parameter."""
    return "'" + text.replace("'", "''") + "'"
