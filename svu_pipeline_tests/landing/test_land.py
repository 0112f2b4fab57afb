"""Landing: what makes a batch, what is left out, what is kept byte for byte."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from svu_pipeline.landing.batch import RAW, all_manifests, folder_of, known_at, manifests
from svu_pipeline_tests.night import FIRST_NIGHT, Force
from svu_pipeline_tests.oracle.extract import write_extract


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    write_extract(tmp_path / "sources", seed=1, size=20)
    return tmp_path / "sources"


def test_every_file_is_kept_as_it_was_received(force: Force, sources: Path) -> None:
    """The archive of a batch gives each file back byte for byte, under its path, with the SHA-256 of its manifest."""
    force.land(sources, ["property", "safeguarding", "courts"])
    batches = all_manifests(force.home)
    assert {batch.source for batch in batches} == {"property", "safeguarding", "courts"}
    for batch in batches:
        with zipfile.ZipFile(folder_of(force.home, batch) / RAW) as archive:
            assert archive.namelist() == [file.path for file in batch.files]
            for file in batch.files:
                content = archive.read(file.path)
                assert content == (sources / file.path).read_bytes() and len(content) == file.bytes
                assert hashlib.sha256(content).hexdigest() == file.sha256


def test_a_night_of_a_source_is_one_batch(force: Force, sources: Path) -> None:
    """However many files it brings; the next new file is a batch of its own, and the same bytes again are none."""
    force.land(sources, ["property"])
    newest = max((sources / "property").glob("*.csv"))
    (sources / "property" / "property_20991231.csv").write_bytes(newest.read_bytes())
    assert force.land(sources, ["property"]) == {"property": False}, "the same bytes under a new name are no new batch"
    header = newest.read_bytes().splitlines(keepends=True)[0]
    (sources / "property" / "property_20991230.csv").write_bytes(header + b"TRAILER,0\r\n")
    assert force.land(sources, ["property"]) == {"property": True}
    first, second = manifests(force.home, "property")
    assert len(first.files) > 1 and [file.path for file in second.files] == ["property/property_20991230.csv"]
    assert second.tables["exhibit"].rows == 0


def test_a_register_that_goes_back_to_older_bytes_is_news(force: Force, sources: Path) -> None:
    """Of a full register the last delivery counts: A, B, A are three batches."""
    path = sources / "warrants" / "warrants_register.xlsx"
    first = path.read_bytes()
    write_extract(sources.parent / "other", seed=2, size=20)
    second = (sources.parent / "other" / "warrants" / "warrants_register.xlsx").read_bytes()
    for content in (first, second, first):
        path.write_bytes(content)
        assert force.land(sources, ["warrants"]) == {"warrants": True}
    assert force.land(sources, ["warrants"]) == {"warrants": False}


def test_only_the_latest_dated_file_of_a_register_is_read(force: Force, sources: Path) -> None:
    """An earlier dated file that arrives later changes nothing."""
    force.land(sources, ["civil_orders"])
    (batch,) = manifests(force.home, "civil_orders")
    latest = {path.name for path in (sources / "civil_orders").glob("*")}
    newest = {max(name for name in latest if name.startswith(prefix)) for prefix in ("civil_orders", "order_breaches")}
    assert {Path(file.path).name for file in batch.files} == newest
    header = (sources / "civil_orders" / max(newest)).read_bytes().splitlines(keepends=True)[0]
    (sources / "civil_orders" / "order_breaches_20010101.csv").write_bytes(header)
    assert force.land(sources, ["civil_orders"]) == {"civil_orders": False}


def test_batches_are_known_in_order_even_when_the_clock_stands_still(force: Force, sources: Path) -> None:
    """Two batches never share an instant, and none is older than the one before it."""
    force.land(sources)
    instants = [batch.landed_at for batch in all_manifests(force.home)]
    assert instants == sorted(instants) and len(set(instants)) == 10
    assert known_at(force.home) == instants[-1] < FIRST_NIGHT + timedelta(days=1, seconds=1)
    assert known_at(force.home, instants[3]) == instants[3]
    assert known_at(force.home, instants[0] - timedelta(microseconds=1)) is None


def test_a_manifest_holds_no_value_of_a_record(force: Force, sources: Path) -> None:
    """It says what arrived: paths, sizes, hashes, counts."""
    force.land(sources, ["custody"])
    (batch,) = manifests(force.home, "custody")
    content = json.loads((folder_of(force.home, batch) / "manifest.json").read_text("utf-8"))
    assert content.keys() == {
        "source", "batch", "landed_at", "drops", "tables", "raw_sha256", "notes", "read_from", "pulled", "decision", "seal",
    }  # fmt: skip
    assert content["tables"]["custody_record"].keys() == {"rows", "sha256"} and content["raw_sha256"] is None
