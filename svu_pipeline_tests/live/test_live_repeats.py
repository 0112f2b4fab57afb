"""F15, F22: what a live source sends again is loaded once, to the figures; and what its markers promise is what is read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.demo.live.courts_server import courts_server
from svu_pipeline.demo.live.done import mark_delivered
from svu_pipeline.demo.live.sftp_server import SftpServer, sftp_server
from svu_pipeline.landing.batch import manifests
from svu_pipeline.settings import SourceSettings
from svu_pipeline.sources.delivered import promise_of
from svu_pipeline.warehouse import sha256_of
from svu_pipeline_tests.live import misbehaving as wrong
from svu_pipeline_tests.live.peers import CLIENT, SECRET, SECRET_NAME, api_place, sftp_place
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.extract import write_extract
from svu_pipeline_tests.sources.written import read
from svu_pipeline_tests.tally import count

MONTH = "2023-12"
OVER_SFTP = ("property", "safeguarding", "operations", "civil_orders")


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_NAME, SECRET)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    write_extract(tmp_path / "sources", seed=11, size=40)
    mark_delivered(tmp_path / "sources")
    return tmp_path / "sources"


@pytest.mark.slow
def test_f15_repeated_pages_change_no_figure(sources: Path, tmp_path: Path) -> None:
    """F15: pages repeated and overlapping, files over SFTP: every figure, and what stands, as from the files."""
    files, live = Force(tmp_path / "files"), Force(tmp_path / "live")
    files.night(sources)
    earlier: list[Any] = []

    def repeated(page: dict[str, Any]) -> None:
        page["items"] = earlier[-3:] + page["items"] + page["items"]
        earlier.extend(page["items"])

    with (
        courts_server(sources, CLIENT, SECRET, wrong.on_every_page(wrong.edited(repeated))) as api,
        sftp_server(sources, SftpServer(CLIENT, SECRET)) as sftp,
    ):
        live.by_source["courts"] = SourceSettings(api_place(api))
        live.by_source |= dict.fromkeys(OVER_SFTP, SourceSettings(sftp_place(sftp)))
        live.night(sources)
    assert live.refused == []
    is_same = live.figures(MONTH) == files.figures(MONTH)
    count("F15", int(is_same), 1, "to the figures")
    assert is_same
    assert _standing(live) == _standing(files)


def _standing(force: Force) -> dict[str, tuple[int, ...]]:
    """By dataset the versions that stand, stood and were withdrawn; every landed row is accounted for."""
    accounts = force.accounts()
    for account in accounts.values():
        assert account["landed"] == sum(number for name, number in account.items() if name != "landed")
    return {name: (of["current"], of["superseded"], of["withdrawn"]) for name, of in accounts.items()}


def test_f22_a_file_that_comes_again_is_loaded_once(sources: Path, tmp_path: Path) -> None:
    """F22: the same file again, its content under a new name, and its name with new content, over SFTP."""
    force = Force(tmp_path / "home")
    with sftp_server(sources, SftpServer(CLIENT, SECRET)) as sftp:
        force.by_source["property"] = SourceSettings(sftp_place(sftp))
        assert force.land(sources, ["property"]) == {"property": True}
        newest = max((sources / "property").glob("*.csv"))
        content = newest.read_bytes()

        newest.write_bytes(content)
        again = force.land(sources, ["property"])
        (sources / "property" / "property_20991231.csv").write_bytes(content)
        mark_delivered(sources / "property")
        renamed = force.land(sources, ["property"])
        first_line = content.splitlines(keepends=True)[0]
        newest.write_bytes(first_line + b"TRAILER,0\r\n")
        mark_delivered(sources / "property")
        changed = force.land(sources, ["property"])
    outcomes = [again["property"], renamed["property"], changed["property"]]
    count("F22", int(outcomes == [False, False, True]), 1, "same file; same content, new name; same name, new content")
    assert outcomes == [False, False, True]
    assert [file.path for file in manifests(force.home, "property")[-1].files] == [f"property/{newest.name}"]


def test_markers_promise_what_is_read(sources: Path) -> None:
    """The rows that markers vouch for are those that the readers find, for every file of which a count is known."""
    promised: Counter[str] = Counter()
    for marker in sources.rglob("*.done"):
        promise = promise_of(marker.read_bytes())
        file = marker.with_suffix("")
        assert (promise.size, promise.sha256) == (file.stat().st_size, sha256_of(file))
        promised[file.parent.name] += promise.rows or 0
    for system, datasets in (
        ("property", ["exhibit"]),
        ("safeguarding", ["contact"]),
        ("operations", ["operation", "deployment"]),
    ):
        found = read(system, sources)
        assert promised[system] == sum(len(found.rows[dataset]) for dataset in datasets) > 0
