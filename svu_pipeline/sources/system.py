"""What a source system is to the pipeline: which files it delivers, and how one delivery is read as text.

Here: the few types that every system and transport shares.
Not here: any one system's files or columns (`custody.py`, `property.py`, …) nor how a format is read (`csv_file.py`, …).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from svu_pipeline.errors import Curable

if TYPE_CHECKING:
    import pyarrow as pa

    from svu_pipeline.sources.place import PostgresPlace

ROWS_PER_BATCH = 65_536
"""Readers hand on record batches of about this many rows: enough to be fast, few enough to bound memory."""


class SourceError(Curable):
    """A delivery that cannot be read: names source, file, problem and cure, and never a value of a record.

    `code` is the reason code of the catalogue of bad input (`empty_file`, `bad_header`, …). `may_pass` says that waiting
    may help (the file is being written); everything else needs a person.
    """

    def __init__(self, source: str, file: str, code: str, problem: str, cure: str, *, may_pass: bool = False) -> None:
        super().__init__(f"{source}: {file}: {problem}. {cure}")
        self.source, self.file, self.code, self.problem, self.cure = source, file, code, problem, cure
        self.may_pass = may_pass


class ShapeError(Curable):
    """A shape of a dataset or column that there is not: names the setting."""


class Unreadable(Exception):
    """What a transport found wrong with the file in its hands; landing adds the source and the file."""

    def __init__(self, code: str, problem: str, cure: str, *, may_pass: bool = False) -> None:
        super().__init__(f"{problem}. {cure}")
        self.code, self.problem, self.cure, self.may_pass = code, problem, cure, may_pass


class Delivery(Enum):
    """How a source's deliveries relate to one another (sources.md, Conventions)."""

    FULL = "each delivery is the whole register: a key that is gone was withdrawn"
    INCREMENTAL = "each delivery brings new and changed records"
    BY_MONTH = "each delivery replaces one month"


@dataclass(frozen=True)
class Shape:
    """How one dataset is delivered, as sources.md has it or as a force's settings say instead.

    `names` maps each of our columns to what it is called there: a column, a header, a key or path within a record.
    `files` is the path in the extract folder, in which `{date}` stands for YYYYMMDD; `table` the table, sheet or record
    element. The rest is how the file is written.
    """

    names: Mapping[str, str]
    files: str = ""
    table: str = ""
    header_row: int = 1
    encoding: str = "utf-8"
    delimiter: str = ","
    trailer: str = ""


Shapes = Mapping[str, Shape]


@dataclass(frozen=True)
class SourceFile:
    """One file of an extract folder; `path` is relative to it, with forward slashes."""

    path: str
    location: Path


@dataclass(frozen=True)
class Drop:
    """What stands or falls together on arrival: usually one file; all pages of one pull; one database.

    `label` tells drops of a source apart: the one that arrives under the same label replaces or adds to the earlier.
    `dated` orders drops in time (`YYYYMMDD`, `YYYY-MM` or empty).
    """

    label: str
    files: tuple[SourceFile, ...]
    datasets: tuple[str, ...]
    dated: str = ""


@dataclass(frozen=True)
class Rows:
    """Rows as read: a record batch of text columns, and beside them

    `_row` (int64, the record's number in its file, from 1), `_defect` (a reason code when the record could not be
    taken apart, else null) and, for parts of a record, `part_of` (the `_row` of the record they belong to).
    """

    dataset: str
    file: int
    batch: pa.RecordBatch


@dataclass
class Reading:
    """What a reader is given besides the drop, and where it notes what is odd about a file as a whole.

    `open` gives a file's bytes as received; `location` the path of a database file, `database` the server instead where
    there is one; `watermarks` the instant from which an incremental database table is read (`YYYY-MM-DDTHH:MM:SSZ`),
    absent on the first night.
    """

    open: Callable[[int], IO[bytes]]
    location: Callable[[int], Path]
    database: PostgresPlace | None = None
    watermarks: dict[str, str] = field(default_factory=dict)
    notes: list[tuple[int, str, str, int]] = field(default_factory=list)

    def note(self, file: int, dataset: str, code: str, count: int) -> None:
        """Record that `count` things of kind `code` were seen in a file, without holding any row for it."""
        if count:
            self.notes.append((file, dataset, code, count))


@dataclass(frozen=True)
class System:
    """One source system: its name, its datasets and how each is delivered, and how it is found and read.

    `keeps_bytes` is False for a database, whose rows as read are the raw extract.
    """

    name: str
    title: str
    delivery: Delivery
    shapes: Shapes
    finds: Callable[[Path, Shapes], list[Drop]]
    reads: Callable[[Drop, Reading, Shapes], Iterator[Rows]]
    keeps_bytes: bool = True

    @cached_property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The text columns of each dataset, in order."""
        return {dataset: tuple(shape.names) for dataset, shape in self.shapes.items()}

    @property
    def datasets(self) -> tuple[str, ...]:
        return tuple(self.shapes)

    @property
    def folders(self) -> list[str]:
        """The folders of the extract that its files stand in; empty text for the extract folder itself."""
        return sorted(
            {Path(shape.files).parts[0] if "/" in shape.files else "" for shape in self.shapes.values() if shape.files}
        )

    def find(self, root: Path) -> list[Drop]:
        """What is delivered in an extract folder, oldest first; SourceError when there is nothing."""
        return self.finds(root, self.shapes)

    def read(self, drop: Drop, reading: Reading) -> Iterator[Rows]:
        """The rows of one drop as text; Unreadable when it cannot be read whole."""
        return self.reads(drop, reading, self.shapes)

    def shaped(self, changes: Mapping[str, Mapping[str, Any]]) -> System:
        """The system as a force delivers it: `changes` by dataset, in the words of Shape; `names` only those that differ."""
        if unknown := set(changes) - set(self.shapes):
            listed = ", ".join(self.shapes)
            raise ShapeError(
                f"sources.{self.name}.shapes.{min(unknown)}: there is no such dataset. Datasets: {listed}."
            )
        shapes = {}
        for dataset, shape in self.shapes.items():
            other = dict(changes.get(dataset, {}))
            if odd := set(other.get("names", {})) - set(shape.names):
                listed = ", ".join(shape.names)
                raise ShapeError(
                    f"sources.{self.name}.shapes.{dataset}.names.{min(odd)}: no such column. Columns: {listed}."
                )
            names = {**shape.names, **other.pop("names", {})}
            shapes[dataset] = replace(shape, names=names, **other)
        return replace(self, shapes=shapes)


def inverted(header: Mapping[str, str]) -> dict[str, str]:
    """`{ours: theirs}` from a header written as it is delivered, `{theirs: ours}`."""
    return {ours: theirs for theirs, ours in header.items()}


COMPRESSED = ("", ".gz", ".zip")
"""A file of text may come compressed, under its own name and one of these."""


def dated_files(system: str, root: Path, files: str, datasets: Iterable[str]) -> list[Drop]:
    """Drops from files named like `files` (`property/property_{date}.csv`), oldest first; each may be compressed.

    Raises SourceError when the folder is missing or holds none: a source that is silent is not a source with nothing.
    """
    folder, _, name = files.rpartition("/")
    place = existing_folder(system, root, folder)
    before, after = (re.escape(part) for part in name.split("{date}"))
    pattern = re.compile(f"(?P<label>{before}(?P<date>[0-9]{{8}})){after}(?:{'|'.join(map(re.escape, COMPRESSED))})")
    found = [(match, place / match[0]) for entry in place.iterdir() if (match := pattern.fullmatch(entry.name))]
    if not found:
        shown = name.replace("{date}", "YYYYMMDD")
        raise SourceError(
            system, folder, "no_delivery", f"no file is named {shown}", "Ask the owner to deliver, then run again."
        )
    drops: dict[str, Drop] = {}
    for match, location in sorted(found, key=lambda pair: pair[0][0]):
        file = SourceFile(f"{folder}/{match[0]}" if folder else match[0], location)
        if match["label"] in drops:
            cure = "Leave the one that is meant and run again."
            raise SourceError(system, file.path, "duplicate_delivery", "the file stands twice, once compressed", cure)
        drops[match["label"]] = Drop(match["label"], (file,), tuple(datasets), match["date"])
    return list(drops.values())


def one_file(system: str, root: Path, path: str, datasets: Iterable[str]) -> list[Drop]:
    """The single drop of a system that delivers one file under a fixed name; SourceError when it is not there."""
    location = root / path
    if not location.is_file():
        cure = "Ask the owner to deliver it, or point SVU_SOURCES at the folder that holds it, then run again."
        raise SourceError(system, path, "no_delivery", "the file is missing", cure)
    return [Drop(label=path, files=(SourceFile(path, location),), datasets=tuple(datasets))]


def existing_folder(system: str, root: Path, folder: str) -> Path:
    """A folder of the extract, or SourceError naming it."""
    place = root / folder
    if not place.is_dir():
        cure = "Ask the owner to deliver it, or point SVU_SOURCES at the extract that holds it, then run again."
        raise SourceError(system, f"{folder}/", "no_delivery", "the folder is missing", cure)
    return place
