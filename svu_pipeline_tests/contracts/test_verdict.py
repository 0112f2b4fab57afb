"""Verdicts on deliveries: parts stand and fall with their record, a bad delivery is held whole, no value leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from svu_pipeline.contracts.registry import CONTRACTS, of_source
from svu_pipeline.kept import keep_standing
from svu_pipeline.settings import read
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home
from svu_pipeline_tests.contracts.killers.case_file import SPECIMENS as CASE_FILE
from svu_pipeline_tests.contracts.killers.courts import SPECIMENS as COURTS
from svu_pipeline_tests.contracts.killers.custody import ARREST
from svu_pipeline_tests.contracts.killers.registry import SPECIMENS, specimens_of
from svu_pipeline_tests.contracts.killers.specimen import PERSONAL, Row
from svu_pipeline_tests.contracts.landed import deliver
from svu_pipeline_tests.contracts.test_killers import spoilt_by

HEARING, RESULT = COURTS[0].good, COURTS[1].good
CHARGE = CASE_FILE[0].good


def hearings(count: int) -> list[Row]:
    """Good hearings of different ids."""
    return [{**HEARING, "hearing_id": f"H{number:06d}"} for number in range(1, count + 1)]


def arrests(count: int, **changed: str | None) -> list[Row]:
    """Good custody records of different numbers, with some cells of all of them changed."""
    return [{**ARREST, **changed, "custody_ref": f"42CU/{number:06d}/23"} for number in range(1, count + 1)]


def some_spoilt(wrong: int, total: int, **changed: str | None) -> list[Row]:
    """`total` custody records, the first `wrong` of which have some cells changed."""
    return arrests(wrong, **changed) + arrests(total)[wrong:]


def reasons_in(home: Home, dataset: str) -> list[tuple[int, str]]:
    """`(row, rule)` of every reason in the verdict on a dataset."""
    (path,) = home.verdicts(CONTRACTS[dataset].source).glob(f"*/{dataset}.reasons.parquet")
    return sorted((r["_row"], f"{r['column']}__{r['reason']}") for r in pq.read_table(path).to_pylist())


def test_part_that_is_held_holds_its_record_and_all_its_parts(tmp_path: Path) -> None:
    """A hearing with one result that cannot be trusted is held whole; the hearing beside it is not touched."""
    bad = {**RESULT, "duration_value": None}
    parts = [RESULT, {**bad, "result_id": "R2"}, {**RESULT, "part_of": "2"}]
    home = Home(tmp_path / "home")
    verdict = deliver(home, "courts", {"hearing": hearings(2), "hearing_result": parts})
    assert reasons_in(home, "hearing") == [(1, "results__part_held")]
    assert reasons_in(home, "hearing_result") == [
        (1, "part_of__record_held"),
        (2, "duration_value__custodial_without_duration"),
    ]
    assert (verdict.tables["hearing"].held, verdict.tables["hearing_result"].held) == (1, 2)


def test_record_that_is_held_holds_its_parts(tmp_path: Path) -> None:
    """The results of a hearing on hold do not count either, and the hearing has no second reason for them."""
    spoilt, good = hearings(2)
    home = Home(tmp_path / "home")
    rows = {"hearing": [{**spoilt, "urn": None}, good], "hearing_result": [RESULT, {**RESULT, "part_of": "2"}]}
    deliver(home, "courts", rows)
    assert reasons_in(home, "hearing") == [(1, "urn__missing_required")]
    assert reasons_in(home, "hearing_result") == [(1, "part_of__record_held")]


def test_conflict_takes_two_rows_of_equal_order(tmp_path: Path) -> None:
    """A later version in the same delivery is a version, not a conflict; a held twin conflicts with nothing."""
    newer = {**CHARGE, "status": "WITHDRAWN", "updated_at": "2024-02-01T13:30:01Z"}
    bad_twin = {**CHARGE, "urn": None}
    verdict = deliver(Home(tmp_path / "home"), "case_file", {"charge": [CHARGE, newer, bad_twin]})
    assert verdict.tables["charge"].rules == {"urn__missing_required": 1}


@pytest.mark.parametrize(("held", "total", "is_held_whole"), [(10, 20, False), (11, 20, True), (11, 400, False)])
def test_delivery_is_held_whole_above_both_thresholds(
    held: int, total: int, is_held_whole: bool, tmp_path: Path
) -> None:
    """More than 5 % and more than 10 held rows hold the delivery; either alone does not."""
    rows = some_spoilt(held, total, surname=None)
    verdict = deliver(Home(tmp_path / "home"), "custody", {"custody_record": rows})
    assert verdict.tables["custody_record"].held == held
    assert (verdict.held_whole is not None) == is_held_whole


@pytest.mark.parametrize(("wrong", "total", "is_held_whole"), [(10, 20, False), (11, 20, True), (11, 400, False)])
def test_unknown_codes_hold_a_delivery_above_the_same_thresholds(
    wrong: int, total: int, is_held_whole: bool, tmp_path: Path
) -> None:
    """Rows with unknown codes are counted once however many such codes they have; none of them is held for it."""
    rows = some_spoilt(wrong, total, sex="X", record_status="DRAFT")
    verdict = deliver(Home(tmp_path / "home"), "custody", {"custody_record": rows})
    table = verdict.tables["custody_record"]
    assert (table.held, table.unknown) == (0, wrong)
    assert (verdict.held_whole is not None) == is_held_whole


def test_exactly_one_row_in_twenty_is_not_above_the_share(tmp_path: Path) -> None:
    """20 of 400 are 5 %, 21 are more."""
    at, above = (some_spoilt(held, 400, surname=None) for held in (20, 21))
    assert deliver(Home(tmp_path / "at"), "custody", {"custody_record": at}).held_whole is None
    assert deliver(Home(tmp_path / "above"), "custody", {"custody_record": above}).held_whole is not None


def test_rows_of_all_datasets_of_a_source_are_one_delivery(tmp_path: Path) -> None:
    """11 held charges among 400 records of the case file are not 5 % of what the source delivered."""
    charges = [{**CHARGE, "charge_id": f"CH{number}", "urn": None} for number in range(11)]
    outcomes = [{**CASE_FILE[1].good, "custody_ref": f"42CU/{number:06d}/23"} for number in range(389)]
    verdict = deliver(Home(tmp_path / "home"), "case_file", {"charge": charges, "custody_outcome": outcomes})
    assert verdict.held_whole is None


@pytest.mark.parametrize("source", SYSTEMS)
def test_no_value_of_a_row_leaves_the_values(
    source: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """All killers of a source in one night: reasons, verdicts, manifests, markers, output and log say no value of a row."""
    rows = {
        contract.dataset: [killer.row for s in specimens_of(contract.dataset) for killer in spoilt_by(s)]
        for contract in of_source(source)
    }
    home = Home(tmp_path / "home")
    verdict = deliver(home, source, rows)
    keep_standing(read(home=home.root, sources=tmp_path, environment={}), source)
    said = [*texts_beside_values(home), verdict.held_whole or "", capfd.readouterr().out, caplog.text]
    assert any("held" in text for text in said), "the reasons themselves are among what is looked through"
    for secret in secrets_of(source):
        assert not any(secret in text for text in said), "a value of a row was said"


def secrets_of(source: str) -> set[str]:
    """The personal values of the good rows of a source, and every text that spoils one and is long enough to be told."""
    datasets = {contract.dataset for contract in of_source(source)}
    killers = {text for s in SPECIMENS if s.dataset in datasets for text in s.killers.values() if text}
    return {*PERSONAL, *(text for text in killers if len(text) >= 6)}


def texts_beside_values(home: Home) -> Iterator[str]:
    """All text under a home but the tables of values in the restricted zone, which are there to hold them."""
    values = {name for dataset in CONTRACTS for name in (f"{dataset}.parquet", f"standing_{dataset}.parquet")}
    for path in home.root.rglob("*"):
        if path.suffix == ".parquet":
            if path.name not in values:
                cells = duckdb.execute("SELECT COLUMNS(*)::TEXT FROM read_parquet(?)", [str(path)]).fetchall()
                yield str(cells)
        elif path.is_file():
            yield path.read_text("utf-8")
            yield path.name
