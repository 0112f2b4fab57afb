"""F40, F48, F50: an old state put back, a lost run history, a home of another version: nothing twice, or refused plainly."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

from svu_pipeline.preflight import LAYOUT, NewerHome
from svu_pipeline.warehouse import read_json, write_json
from svu_pipeline_tests import tally
from svu_pipeline_tests.faults import child, invariants
from svu_pipeline_tests.faults.mini import Mini
from svu_pipeline_tests.faults.survival import failures, recovers

ZONES = ("restricted/landing", "restricted/contracts", "restricted/standing", "restricted/people", "facts", "published")


def _mixed(zones: tuple[str, ...], first: Mini, second: Mini, folder: Path) -> None:
    """After the second night put some zones back to the first, run the second again."""
    mini = second.copy(folder / "mini")
    for zone in zones:
        shutil.rmtree(mini.home / zone)
        shutil.copytree(first.home / zone, mini.home / zone)
    recovers(mini, 2, second, folder / "output")


@pytest.mark.slow
@pytest.mark.parametrize(
    "zones", [ZONES[:1], pytest.param(ZONES, marks=pytest.mark.soak)], ids=["landing alone", "everything"]
)
def test_an_old_state_put_back_is_carried_on_from(
    zones: tuple[str, ...], first: Mini, second: Mini, tmp_path: Path
) -> None:
    """F40: batches, or the whole home, from last week's backup: what is missing lands again, once, to the same bytes."""
    assert not failures("F40", [("+".join(zones), partial(_mixed, zones, first, second))], tmp_path, "+".join(zones))


@pytest.mark.soak
@pytest.mark.parametrize("zone", ZONES[1:])
def test_one_old_zone_beside_new_ones_is_noticed(zone: str, first: Mini, second: Mini, tmp_path: Path) -> None:
    """F40: every zone alone."""
    assert not failures("F40", [(zone, partial(_mixed, (zone,), first, second))], tmp_path, zone)


def as_layout_1(mini: Mini) -> None:
    """Make a home what a version before seals left; the ledger of who is who, which that did not have, stays as it is."""
    for path in set(mini.home.rglob("*.json")) - set(mini.home.glob("restricted/people/*/*/*.json")):
        if path.parent != mini.home / "published" or path.name == "manifest.json":
            path.write_text(
                json.dumps({k: v for k, v in json.loads(path.read_bytes()).items() if k != "seal"}), "utf-8"
            )
    (mini.home / "layout.json").unlink()


def _upgraded(kill: int, first: Mini, second: Mini, folder: Path) -> None:
    mini, output = first.copy(folder / "mini"), folder / "output"
    as_layout_1(mini)
    before = {path.parent.name: path.read_bytes() for path in mini.home.glob("restricted/landing/*/*/manifest.json")}
    if kill:
        assert child.run(child.night_killed_at, output, mini.root, 2, kill) == child.KILLED
    assert child.run(child.night, output, mini.root, 2) == 0, output.read_text("utf-8")
    copies = list(mini.home.glob("restricted/landing/*/*/manifest.layout-1.json"))
    assert {path.parent.name: path.read_bytes() for path in copies} == before
    for path in copies:
        path.unlink()
    invariants.hold(mini, second.files(), output)


@pytest.mark.slow
@pytest.mark.parametrize("kills", [(7,), pytest.param(range(0, 20, 2), marks=pytest.mark.soak)], ids=["some", "all"])
def test_an_older_home_is_brought_up_to_date(kills: tuple[int, ...], first: Mini, second: Mini, tmp_path: Path) -> None:
    """F48: also when the upgrade is killed half way; the manifests are kept as they were beside the sealed ones."""
    cases = [(f"killed at {kill}", partial(_upgraded, kill, first, second)) for kill in kills]
    assert not failures("F48", cases, tmp_path, "upgrade of the layout, killed half way")


@pytest.mark.slow
def test_a_newer_home_is_refused(first: Mini, tmp_path: Path) -> None:
    """F48: an older version says what wrote the home and touches nothing."""
    mini = first.copy(tmp_path / "mini")
    write_json(mini.home / "layout.json", {"layout": LAYOUT + 1})
    before = mini.files()
    with pytest.raises(NewerHome, match=f"layout {LAYOUT + 1}, and this version knows {LAYOUT}"):
        mini.night(2)
    tally.count("F48", int(mini.files() == before), 1, "a newer home is refused")
    assert mini.files() == before


@pytest.mark.slow
def test_a_lost_lock_folder_and_layout_come_back(second: Mini, tmp_path: Path) -> None:
    """What the home needs besides its data is made by the next night."""
    mini = second.copy(tmp_path / "mini")
    shutil.rmtree(mini.home / "restricted" / "locks")
    (mini.home / "layout.json").unlink()
    mini.night(2)
    assert read_json(mini.home / "layout.json") == {"layout": LAYOUT}
    assert mini.files() == second.files()
