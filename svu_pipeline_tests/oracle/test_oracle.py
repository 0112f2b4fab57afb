"""The oracle against itself: hand-written cases, row accounts that add up, and the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from .cases import CASES, NIGHT_CASES, Case, NightCase
from .count import METRICS, accounts, count
from .extract import write_extract
from .next_night import write_next_night


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_count_gives_what_was_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    case.write(tmp_path)
    counted = count([tmp_path], case.window, case.months)
    assert {metric: counted[metric] for metric in case.expected} == case.expected, case.proves


@pytest.mark.parametrize("case", NIGHT_CASES, ids=lambda case: case.name)
def test_count_of_two_nights_gives_what_was_worked_out_by_hand(case: NightCase, tmp_path: Path) -> None:
    case.write(tmp_path / "first", tmp_path / "second")
    counted = count([tmp_path / "first", tmp_path / "second"], case.window, case.months)
    assert {metric: counted[metric] for metric in case.expected} == case.expected, case.proves


@pytest.mark.parametrize("seed", [1, 3, 7])
def test_every_row_of_a_strangers_nights_has_one_fate(seed: int, tmp_path: Path) -> None:
    write_extract(tmp_path / "first", seed)
    write_next_night(tmp_path / "first", tmp_path / "second", seed)
    nights = [tmp_path / "first", tmp_path / "second"]
    assert set(count(nights, "2023-11")) == set(METRICS)
    for dataset, account in accounts(nights).items():
        assert account["landed"] == sum(account.values()) - account["landed"], dataset
        assert min(account.values()) >= 0, dataset


def test_one_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_extract(tmp_path / name / "first", 5, size=20)
        write_next_night(tmp_path / name / "first", tmp_path / name / "second", 5)
    assert _contents(tmp_path / "one") == _contents(tmp_path / "other")


def test_the_same_folder_again_changes_no_figure(tmp_path: Path) -> None:
    write_extract(tmp_path, 2)
    assert count([tmp_path, tmp_path], "2023-11") == count([tmp_path], "2023-11")


def _contents(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
