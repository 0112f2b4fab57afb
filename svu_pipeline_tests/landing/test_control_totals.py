"""What a sender vouches for is compared with what arrived before anything of the delivery is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.landing.batch import manifests
from svu_pipeline.warehouse import sha256_of
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import BOB, Extract

PROPERTY, MONEY = "property/property_20240102.csv", "asset_recovery/asset_recovery_register.xlsx"
RETURN, LOG = "safeguarding/safeguarding_20240102.xml", "operations/operations_20240102.jsonl"
ORDERS = "civil_orders/civil_orders_20240102.csv"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """An extract with something in each file."""
    extract = Extract()
    extract.drug("1.5", "G")
    extract.drug("20", "G")
    extract.money("SEIZED", 1250.5)
    extract.money("SEIZED", "£2,000.25", on=date(2023, 7, 1))
    extract.contact(BOB, "2023-06-01")
    extract.order(BOB, "CBO", "2023-06-01")
    extract.operation("OTHER", None)
    extract.write(tmp_path / "sources")
    return tmp_path / "sources"


def vouch(sources: Path, path: str, **totals: Any) -> None:
    """The marker beside a file."""
    (sources / f"{path}.done").write_text(json.dumps(totals), "utf-8")


def refused(force: Force, sources: Path) -> dict[str, str]:
    """By source, the code with which it was refused; nothing of it may have landed."""
    force.land(sources)
    assert all(not manifests(force.home, error.source) for error in force.refused)
    return {error.source: error.code for error in force.refused}


def test_right_totals_of_every_format_are_taken(force: Force, sources: Path) -> None:
    """Size, SHA-256, records and exact sums, of text and workbook cells alike; an empty marker promises nothing."""
    size, sha256 = (sources / PROPERTY).stat().st_size, sha256_of(sources / PROPERTY)
    vouch(sources, PROPERTY, size=size, sha256=sha256.upper(), rows=2, sums={"quantity": "21.5"})
    vouch(sources, MONEY, rows=2, sums={"Amount": 3250.75})
    vouch(sources, RETURN, rows=1)
    vouch(sources, LOG, rows=1)
    (sources / f"{ORDERS}.done").write_bytes(b"")
    assert refused(force, sources) == {}


@pytest.mark.parametrize(
    ("path", "source", "totals"),
    [
        (PROPERTY, "property", {"rows": 3}),
        (PROPERTY, "property", {"size": 17}),
        (PROPERTY, "property", {"sha256": "0" * 64}),
        (PROPERTY, "property", {"sums": {"quantity": "21.4"}}),
        (PROPERTY, "property", {"sums": {"weight": "1"}}),
        (MONEY, "asset_recovery", {"sums": {"Amount": "3250.74"}}),
        (RETURN, "safeguarding", {"rows": 0}),
        (LOG, "operations", {"rows": 2}),
        (ORDERS, "civil_orders", {"rows": 2}),
    ],
)
def test_a_total_that_differs_refuses_the_source_and_no_other(
    force: Force, sources: Path, path: str, source: str, totals: dict[str, Any]
) -> None:
    vouch(sources, path, **totals)
    assert refused(force, sources) == {source: "control_totals"}


def cut_csv(file: Path) -> None:
    """Take the last exhibit out and mend the trailer: only the sender's own count still knows it."""
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:-2], b"TRAILER,1\r\n"]))


def cut_lines(file: Path) -> None:
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]) or b"\n")


@pytest.mark.parametrize(
    ("path", "source", "rows", "cut"),
    [(PROPERTY, "property", 2, cut_csv), (LOG, "operations", 1, cut_lines), (ORDERS, "civil_orders", 1, cut_lines)],
)
def test_an_extract_that_is_short_of_one_row_is_refused_before_any_fact(
    force: Force, sources: Path, path: str, source: str, rows: int, cut: Callable[[Path], None]
) -> None:
    """A3: a file cut by a record that no format notices."""
    vouch(sources, path, rows=rows)
    cut(sources / path)
    assert refused(force, sources) == {source: "control_totals"}


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"rows": -1}', '{"rows": "2"}', '{"sha256": "x"}', '{"sums": {"a": "NaN"}}']
)
def test_a_marker_that_cannot_be_read_refuses_the_source(force: Force, sources: Path, text: str) -> None:
    (sources / f"{PROPERTY}.done").write_text(text, "utf-8")
    assert refused(force, sources) == {"property": "bad_marker"}


def test_the_same_bytes_under_another_name_are_named_and_not_read_twice(force: Force, sources: Path) -> None:
    """F22: once, and said so."""
    from svu_pipeline.landing.take import take

    force.land(sources)
    again = sources / "property" / "property_20240109.csv"
    again.write_bytes((sources / PROPERTY).read_bytes())
    force.nights += 1
    settings = force.settings.__class__(force.root, sources, force.settings.person_key_file)
    landed = take(settings, "property", force.now)
    assert landed.batch is None
    assert landed.again == ("property/property_20240109.csv",)
