"""The history of the checks: appended, never written twice, asked since when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from svu_pipeline.quality.history import (
    IS_CURRENT,
    NIGHT,
    Result,
    append,
    damaged,
    last_sound_night,
    past,
    result_files,
    schema,
)
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.warehouse import Home

FIRST = datetime(2026, 11, 20, 4, tzinfo=UTC)


def outcome(rows: int, check: str = "power__unknown_code", dataset: str = "warrant") -> Result:
    return Result(dataset, check, rows == 0, Severity.WARN, rows, "warns above 0 rows")


def nights(home: Home, *rows: int) -> None:
    """A night for each number: how many rows broke the check then."""
    for number, count in enumerate(rows):
        append(home, NIGHT, [outcome(count)], FIRST + timedelta(days=number))


def test_the_same_state_is_written_once(tmp_path: Path) -> None:
    """A night that brings nothing adds no file; a new instant, a new outcome or another scope does."""
    home = Home(tmp_path)
    assert append(home, NIGHT, [outcome(0)], FIRST)
    assert not append(home, NIGHT, [outcome(0)], FIRST)
    assert append(home, NIGHT, [outcome(1)], FIRST)
    assert append(home, "review-2023-11", [outcome(1)], FIRST)
    assert not append(home, NIGHT, [outcome(1)], FIRST)
    assert [path.name[:6] for path in result_files(home)] == ["000001", "000002"]
    assert [path.name[:6] for path in result_files(home, "review-2023-11")] == ["000003"]


def test_since_when_a_check_fails(tmp_path: Path) -> None:
    """Since the first night of the failing nights that last until now, not since the first failure ever."""
    home = Home(tmp_path)
    nights(home, 0, 2, 0, 1, 4)
    (found,) = past(home).values()
    assert (found.passed, found.rows, found.since) == (False, 4, FIRST + timedelta(days=3))
    assert found.nights == (0, 2, 0, 1, 4) and found.sparkline == "▁▄▁▂█"
    (before,) = past(home, FIRST + timedelta(days=3)).values()
    assert (before.passed, before.rows, before.since) == (True, 0, FIRST + timedelta(days=2))


def test_passes_are_on_record_too(tmp_path: Path) -> None:
    """A check that never failed has passed since its first night; of the nights, the last thirty are shown."""
    home = Home(tmp_path)
    nights(home, *[0] * 33)
    (found,) = past(home).values()
    assert found.passed and found.since == FIRST and len(found.nights) == 30


def test_the_history_holds_counts_and_names_only(tmp_path: Path) -> None:
    """No column could hold a value of a record."""
    home = Home(tmp_path)
    nights(home, 3)
    assert pq.read_table(result_files(home)[0]).schema.equals(schema())
    assert set(schema().names) == {
        "known_at", "night", "scope", "dataset", "check", "passed", "severity", "rows", "threshold",
    }  # fmt: skip


def test_a_damaged_file_is_named_and_left_out(tmp_path: Path) -> None:
    """One changed byte: the file is not believed, the rest of the history stands."""
    home = Home(tmp_path)
    nights(home, 0, 5)
    path = result_files(home)[-1]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert [name for name, _ in damaged(home)] == [f"facts/quality/{path.name}"]
    assert [item.rows for item in past(home).values()] == [0]
    assert append(home, NIGHT, [outcome(5)], FIRST + timedelta(days=2))


def test_the_last_night_on_which_all_sources_were_up_to_date(tmp_path: Path) -> None:
    """Of two sources, the last night before an instant with neither wrong; none where there was no such night."""
    home = Home(tmp_path)
    for number, (custody, courts) in enumerate([(0, 0), (0, 0), (1, 0), (0, 1), (1, 1)]):
        results = [outcome(custody, IS_CURRENT, "custody"), outcome(courts, IS_CURRENT, "courts")]
        append(home, NIGHT, results, FIRST + timedelta(days=number))
    later = FIRST + timedelta(days=9)
    assert last_sound_night(home, ["custody", "courts"], later) == FIRST + timedelta(days=1)
    assert last_sound_night(home, ["custody"], later) == FIRST + timedelta(days=3)
    assert last_sound_night(home, ["custody", "courts"], FIRST) is None
    assert last_sound_night(home, ["custody", "warrants"], later) is None
