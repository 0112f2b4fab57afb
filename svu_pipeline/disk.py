"""Every durable side effect of the pipeline, each between two points at which a test can end the process.

Here: making, syncing, renaming, removing and appending, what is left aside by processes that died, and the words for what
a disk refuses. Not here: what is written (`warehouse.py` has whole files and folders). No other module makes a durable
call but within a file or folder that is still aside; a test reads the package's source for it.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from svu_pipeline.errors import Curable

PIECE = 1 << 20

_MEND = {
    errno.ENOSPC: ("the disk is full", "Free some space, then run again."),
    errno.EDQUOT: ("the quota of the disk is used up", "Free some space, then run again."),
    errno.EROFS: ("the disk is read-only", "Mount it for writing, or point SVU_HOME elsewhere, then run again."),
    errno.EACCES: ("there is no permission to write", "Give it to the pipeline's account, then run again."),
    errno.EPERM: ("there is no permission to write", "Give it to the pipeline's account, then run again."),
    errno.EIO: ("the disk failed to read or write", "Look into the disk before running again."),
    errno.EMFILE: ("too many files are open", "Raise the limit (`ulimit -n`), then run again."),
    errno.ENOMEM: ("there is not enough memory", "Free some, or run on a larger machine."),
}


class Unwritable(Curable):
    """What the disk, or the memory, refused: names the file, the problem and the cure. Nothing of the file was kept."""


def reached(point: str, /) -> None:
    """Called before and after each durable side effect, as in `rename:before`; does nothing.

    Tests of faults put a function in its place that ends the process there.
    """


@contextmanager
def effect(name: str) -> Iterator[None]:
    """One durable side effect, between the point before it and the point after it."""
    reached(f"{name}:before")
    yield
    reached(f"{name}:after")


def sync(path: Path) -> None:
    """Flush a file's or folder's bytes to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        with effect("sync"):
            os.fsync(handle)
    finally:
        os.close(handle)


def rename(path: Path, target: Path) -> None:
    """Give a synced file or folder its name, in place of a file that had it: the commit."""
    with effect("rename"):
        path.replace(target)
    sync(target.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, unless it is there. Raises Unwritable."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    if missing:
        with said_plainly(path):
            with effect("make_folder"):
                path.mkdir(parents=True, exist_ok=True)
            for folder in missing:
                sync(folder.parent)


def remove_folder(path: Path) -> None:
    """Remove a folder: it is whole until a rename, then gone. Raises Unwritable."""
    aside = aside_of(path)
    with said_plainly(path):
        rename(path, aside)
        drop(aside)


def drop(aside: Path) -> None:
    """Remove a file or folder that is aside, and the log that DuckDB keeps beside a database file."""
    for path in (aside, aside.with_name(aside.name + ".wal")):
        if path.is_dir():
            with effect("drop"):
                shutil.rmtree(path)
        elif path.exists():
            with effect("drop"):
                path.unlink()


def append_line(path: Path, line: str) -> None:
    """Append one line of text to a log and sync it; what an interrupted append left behind is cut off first.

    A caller with rivals holds a lock. Raises Unwritable.
    """
    make_folder(path.parent)
    with said_plainly(path), path.open("a+b") as log:
        end = _end_of_whole_lines(log)
        with effect("append"):
            log.truncate(end)
            log.write(line.encode() + b"\n")
            log.flush()
        with effect("sync"):
            os.fsync(log.fileno())


def whole_lines(path: Path) -> list[str]:
    """The lines of a log: none before the first, and without the last one where its append was interrupted."""
    if not path.is_file():
        return []
    with path.open("rb") as log:
        end = _end_of_whole_lines(log)
        log.seek(0)
        # A line ends at a newline only: a name or a reason may hold what Unicode takes for a line end as well.
        return log.read(end).decode().split("\n")[:-1]


def _end_of_whole_lines(log: IO[bytes]) -> int:
    """Where the last line that has an end ends; a line is shorter than a piece."""
    start = max(0, log.seek(0, os.SEEK_END) - PIECE)
    log.seek(start)
    return start + log.read().rfind(b"\n") + 1


def aside_of(target: Path) -> Path:
    """Where this process makes what is to become `target`: beside it, under a name that tells which process it was."""
    return target.with_name(f".{target.name}.{process_mark()}.aside")


def sweep(root: Path) -> int:
    """Remove what processes that are no more left aside in a home, down to where batches lie; gives how many there were."""
    left = [path for depth in range(4) for path in root.glob("*/" * depth + ".*.aside*") if not _is_written(path)]
    with said_plainly(root):
        for path in left:
            drop(path)
    return len(left)


def _is_written(aside: Path) -> bool:
    """Whether the process that writes this is still there."""
    found = re.search(r"\.(\d+-\d+)\.aside", aside.name)
    return found is not None and is_running(found[1])


def process_mark() -> str:
    """This process as its number and the clock tick it started at: numbers are given out again, the pair is not."""
    return _mark(os.getpid())


def is_running(mark: str) -> bool:
    """Whether the process of a `process_mark` is still there, and not another under its number."""
    try:
        return _mark(int(mark.partition("-")[0])) == mark
    except (FileNotFoundError, ProcessLookupError):
        return False


def _mark(process: int) -> str:
    status = Path(f"/proc/{process}/stat").read_text("utf-8")
    started = status.rpartition(")")[2].split()[19]
    return f"{process}-{started}"


@contextmanager
def said_plainly(target: Path) -> Iterator[None]:
    """What the disk or the memory refuses within becomes an Unwritable; a driver's own words could quote a value."""
    try:
        yield
    except _refusals() as error:
        raise _unwritable(target, error) from None


def _refusals() -> tuple[type[Exception], ...]:
    """The errors in question. DuckDB is loaded only when something went wrong: most commands never open it."""
    import duckdb

    return OSError, MemoryError, duckdb.IOException, duckdb.FatalException, duckdb.OutOfMemoryException


def _unwritable(target: Path, error: Exception) -> Exception:
    number = error.errno if isinstance(error, OSError) else _number(error)
    if number not in _MEND:
        return error
    problem, cure = _MEND[number]
    return Unwritable(f"{target}: {problem}. {cure} What stood before stands.")


def _number(error: Exception) -> int:
    """The system's error number of what DuckDB or Python raised without one; 0 when it is about something else."""
    kind, words = type(error).__name__, str(error)
    if kind in ("MemoryError", "OutOfMemoryException"):
        return errno.ENOMEM
    otherwise = errno.EIO if kind == "IOException" else 0
    return next((number for number in _MEND if os.strerror(number) in words), otherwise)
