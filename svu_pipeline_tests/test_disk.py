"""Durable effects one by one: logs that are cut off, what dead processes left, words for what a disk refuses."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import duckdb
import pytest

from svu_pipeline.disk import (
    PIECE,
    Unwritable,
    append_line,
    aside_of,
    is_running,
    process_mark,
    remove_folder,
    said_plainly,
    sweep,
    whole_lines,
)
from svu_pipeline.warehouse import Damaged, read_json, read_made, scratch_folder, session, whole_folder, write_json


def test_lines_come_back_in_order(tmp_path: Path) -> None:
    """A log that is not there has no lines; one that is keeps them all, whatever their letters."""
    log = tmp_path / "deep" / "log"
    assert whole_lines(log) == []
    for line in ("one", "zwölf", "x" * 5_000):
        append_line(log, line)
    assert whole_lines(log) == ["one", "zwölf", "x" * 5_000]


@pytest.mark.parametrize("torn", [b"hal", b"\xc3", b"x" * (PIECE // 2)])
def test_an_interrupted_append_is_cut_off(torn: bytes, tmp_path: Path) -> None:
    """Half a line, even within a letter, is neither read nor run together with the next."""
    log = tmp_path / "log"
    append_line(log, "one")
    with log.open("ab") as stream:
        stream.write(torn)
    assert whole_lines(log) == ["one"]
    append_line(log, "two")
    assert whole_lines(log) == ["one", "two"]


def test_a_log_that_is_only_half_a_line_begins_anew(tmp_path: Path) -> None:
    """The very first append was interrupted."""
    log = tmp_path / "log"
    log.write_bytes(b'{"at":')
    assert whole_lines(log) == []
    append_line(log, "one")
    assert log.read_bytes() == b"one\n"


def test_what_dead_processes_left_is_swept(tmp_path: Path) -> None:
    """Files, folders, DuckDB's log beside one; not what a living process writes, nor a number that was given out again."""
    place = tmp_path / "restricted" / "landing" / "custody"
    place.mkdir(parents=True)
    started = process_mark().partition("-")[2]
    dead = [place / ".batch.999999999-1.aside", tmp_path / f".svu.duckdb.{os.getpid()}-1{started}.aside.wal"]
    dead[0].mkdir()
    (dead[0] / "rows.parquet").write_bytes(b"half")
    dead[1].write_bytes(b"half")
    own = aside_of(place / "other")
    own.write_bytes(b"half")
    assert is_running(process_mark())
    assert sweep(tmp_path) == 2
    assert not any(path.exists() for path in dead) and own.exists()


def test_a_scratch_folder_is_gone_when_left(tmp_path: Path) -> None:
    """Also by an error, with all that is in it."""
    with pytest.raises(RuntimeError), scratch_folder(tmp_path / "inbox") as folder:
        (folder / "page.json").write_text("{}")
        raise RuntimeError
    assert list((tmp_path / "inbox").iterdir()) == []


def test_a_folder_made_twice_stands_once(tmp_path: Path) -> None:
    """Two processes that make the same: the first stands, the second is dropped."""
    target = tmp_path / "verdict"
    with whole_folder(target) as aside:
        (aside / "which").write_text("second")
        target.mkdir()
        (target / "which").write_text("first")
    assert (target / "which").read_text() == "first"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_removed_with_all_in_it(tmp_path: Path) -> None:
    (tmp_path / "old" / "deep").mkdir(parents=True)
    remove_folder(tmp_path / "old")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "x"), "the disk is full"),
        (OSError(errno.EROFS, "x"), "the disk is read-only"),
        (OSError(errno.EACCES, "x"), "no permission to write"),
        (OSError(errno.EIO, "x"), "the disk failed"),
        (MemoryError(), "not enough memory"),
        (duckdb.OutOfMemoryException("ZZSENTINEL"), "not enough memory"),
        (duckdb.IOException("ZZSENTINEL: No space left on device"), "the disk is full"),
        (duckdb.FatalException("ZZSENTINEL: No space left on device"), "the disk is full"),
        (duckdb.IOException("ZZSENTINEL"), "the disk failed"),
    ],
)
def test_what_a_disk_refuses_is_said_with_its_cure(error: Exception, words: str, tmp_path: Path) -> None:
    """In our words, with the file and never with the driver's own, which could quote a value."""
    with pytest.raises(Unwritable, match=words) as raised, said_plainly(tmp_path / "table"):
        raise error
    assert str(tmp_path / "table") in str(raised.value) and "ZZSENTINEL" not in str(raised.value)
    assert raised.value.__cause__ is None and raised.value.__suppress_context__


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "x"), duckdb.FatalException("x"), ValueError("x")])
def test_another_error_is_left_alone(error: Exception, tmp_path: Path) -> None:
    """A fault of the project's is not passed off as one of the disk."""
    with pytest.raises(type(error)), said_plainly(tmp_path):
        raise error


def test_a_changed_bit_of_our_json_is_noticed(tmp_path: Path) -> None:
    """Every bit of a small file, one after another; what can be made again then counts as absent."""
    path = tmp_path / "marker.json"
    write_json(path, {"rows": 12, "name": "zwölf", "of": [1, None]})
    whole = path.read_bytes()
    assert read_json(path) == {"rows": 12, "name": "zwölf", "of": [1, None]}
    for bit in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        assert read_made(path) == {}, bit
        with pytest.raises(Damaged, match=r"marker\.json"):
            read_json(path)


def test_what_does_not_fit_in_memory_is_laid_aside_in_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the working directory, and gone when the session is; two sessions at once do not share the place."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    seen = set()
    with session(tmp_path / "home") as one, session(tmp_path / "home") as other:
        for connection in (one, other):
            ((place,),) = connection.execute("SELECT current_setting('temp_directory')").fetchall()
            seen.add(Path(place).parent)
            assert place not in seen
    assert (
        seen == {tmp_path / "home"} and list((tmp_path / "home").iterdir()) == [] and len(list(tmp_path.iterdir())) == 1
    )
