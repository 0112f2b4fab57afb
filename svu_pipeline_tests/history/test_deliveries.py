"""Deliveries that repeat, stay away, bring nothing or take back: figures stand until told otherwise (F22, F44, F45, F46)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.clock import window
from svu_pipeline.contracts.standing import Account
from svu_pipeline.kept import accounts
from svu_pipeline.landing.batch import manifests
from svu_pipeline.publication.review import review
from svu_pipeline.settings import SourceSettings
from svu_pipeline_tests import tally
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, CAT, Extract, result

pytestmark = pytest.mark.slow
WINDOW = "2023-11"
JUSTICE = ("custody", "case_file", "courts")


def test_a_file_delivered_twice(force: Force, tmp_path: Path) -> None:
    """The same file; the same content by a new name; the same name with new content: once, once, a version beside the old."""
    extract, file = Extract(), tmp_path / "sources" / "property" / "property_20240102.csv"
    extract.weapon("KNIFE", "2", exhibit_ref="EX1")
    extract.write(tmp_path / "sources")
    brought = [force.land(tmp_path / "sources", ["property"])["property"] for _ in range(2)]
    shutil.copy(file, file.with_name("property_20240109.csv"))
    brought.append(force.land(tmp_path / "sources", ["property"])["property"])
    before = counted(force, "exhibit")
    extract.exhibits["20240102"][0] |= {"quantity": "5", "revision": "2"}
    shutil.rmtree(tmp_path / "sources")
    extract.write(tmp_path / "sources")
    brought.append(force.land(tmp_path / "sources", ["property"])["property"])
    after = counted(force, "exhibit")
    as_expected = [is_new == wanted for is_new, wanted in zip(brought[1:], (False, False, True), strict=True)]
    tally.count("F22", sum(as_expected), 3, "same file, same content by a new name, same name with new content")
    assert brought == [True, False, False, True]
    assert (before.landed, before.current, before.superseded) == (1, 1, 0)
    assert (after.landed, after.current, after.superseded) == (2, 1, 1)
    assert force.figures(WINDOW)["weapons_seized"] == "5"


def counted(force: Force, dataset: str) -> Account:
    """The row accounting of a dataset as last kept."""
    return next(account for account in accounts(force.settings) if account.dataset == dataset)


@pytest.fixture(scope="module")
def silence(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """The review after a whole night, and after one in which sources were silent, empty or missing while others went on."""
    folder, extract = tmp_path_factory.mktemp("silence"), Extract()
    force = Force(folder / "home", by_source={"operations": SourceSettings(expected_every_days=1)})
    extract.arrest(ANN, "2023-03-01 10:00:00")
    extract.weapon("KNIFE", "2")
    extract.contact(ANN, "2023-06-14")
    extract.contact(BOB, "2023-06-14")
    extract.operation("DRUG_LINE", "2023-06-30")
    for _ in range(24):
        extract.warrant("01/06/2023", "02/06/2023")
        extract.money("SEIZED", 10)
    extract.write(folder / "first")
    force.night(folder / "first")
    first = review(force.settings, window(WINDOW))
    extract.arrest(BOB, "2023-03-01 10:00:00", updated_at="2024-06-02T09:00:00Z")
    extract.money("SEIZED", 10)
    extract.contacts["20240103"] = []
    extract.warrants = []
    extract.write(folder / "second")
    shutil.rmtree(folder / "second" / "property")
    force.night(folder / "second")
    return first, review(force.settings, window(WINDOW))


@pytest.mark.parametrize(
    ("source", "metric", "status", "is_stale"),
    [
        ("safeguarding", "people_safeguarded", "read", False),
        ("warrants", "warrants_executed", "held whole", True),
        ("property", "weapons_seized", "refused", True),
        ("operations", "drug_lines_closed", "silent", True),
    ],
    ids=["no rows, a heartbeat", "an empty register", "no file", "nothing for too long"],
)
def test_silence_is_not_zero(
    source: str, metric: str, status: str, is_stale: bool, silence: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    """What was published stands: as it is after a heartbeat, marked stale after anything less; never zero."""
    first, second = ({figure["id"]: figure for figure in document["figures"]} for document in silence)
    (state,) = (row for row in silence[1]["quality"]["sources"] if row["source"] == source)
    is_right = (
        second[metric]["printed"] == first[metric]["printed"] != "0" and ("s" in second[metric]["marks"]) == is_stale
    )
    tally.count("F44", int(is_right), 1, status)
    assert is_right
    assert state["status"] == status


def test_one_bad_source_holds_up_no_other(silence: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Figures of the sources that went on have moved and are not marked; the report names each that is stale."""
    first, second = ({figure["id"]: figure for figure in document["figures"]} for document in silence)
    going_on = {"people_arrested": ("1", "2"), "criminal_profits_seized": ("240.00", "250.00")}
    found = {name: (first[name]["printed"], second[name]["printed"]) for name in going_on}
    named = {row["source"] for row in silence[1]["quality"]["sources"] if row["status"] != "read"}
    tally.count("F46", int(found == going_on), 1, "three sources of ten down in one night")
    assert found == going_on
    assert not any("s" in second[name]["marks"] for name in going_on)
    assert named == {"warrants", "property", "operations"}


def test_a_deleted_hearing_falls_out_and_comes_back(force: Force, tmp_path: Path) -> None:
    """Deleted: a tombstone stands, the figure falls. Not deleted after all: it is back. Each night as it was known then."""
    extract = Extract()
    extract.jailed(ANN, "2023-06-01", result("1002", 12), hearing_id="H1", updated_at="2023-06-05T10:00:00Z")
    expected = ["1.00", "0.00", "1.00"]
    withdrawn = []
    for night, deleted in enumerate((False, True, False), start=5):
        extract.hearings[0] |= {"deleted": deleted, "updated_at": f"2023-06-0{night}T10:00:00Z"}
        extract.write(tmp_path / f"night{night}")
        force.land(tmp_path / f"night{night}", JUSTICE)
        withdrawn.append(counted(force, "hearing").withdrawn)
    instants = [manifest.landed_at for manifest in manifests(force.home, "courts")]
    told = [force.figures(WINDOW, as_at=at)["prison_years"] for at in instants]
    tally.count("F45", int(told == expected), 1, "deleted and back")
    assert told == expected
    assert withdrawn == [0, 1, 0]
    last = counted(force, "hearing")
    assert (last.landed, last.superseded) == (3, 2)


def test_two_nominals_merged_are_one_person(force: Force, tmp_path: Path) -> None:
    """A correction gives both records one PNC id: one person fewer, as many arrests; put right again: two people."""
    extract, alias = Extract(), CAT | {"surname": "Thistledown", "pnc_id": None}
    extract.arrest(BOB, "2023-03-01 10:00:00")
    extract.arrest(alias, "2023-05-01 10:00:00", custody_ref="42CU/000777/23")
    (row,) = (row for row in extract.tables["custody_record"] if row["custody_ref"] == "42CU/000777/23")
    told = []
    for night, pnc_id in enumerate((None, BOB["pnc_id"], None), start=2):
        row |= {"pnc_id": pnc_id, "updated_at": f"2024-06-0{night}T09:00:00Z"}
        extract.write(tmp_path / f"night{night}")
        force.land(tmp_path / f"night{night}", JUSTICE)
        figures = force.figures(WINDOW)
        told.append((figures["people_arrested"], figures["arrests"]))
    tally.count("F45", int(told == [("2", "2"), ("1", "2"), ("2", "2")]), 1, "merged and parted")
    assert told == [("2", "2"), ("1", "2"), ("2", "2")]


def test_too_many_deletions_are_held_for_approval(force: Force, tmp_path: Path) -> None:
    """All but one of 24 orders gone at once: the register is held, the figure stands; a register that lost one is taken."""
    extract = Extract()
    for number in range(24):
        extract.order(
            ANN | {"surname": f"Bound{number}", "pnc_id": None}, "STRO", "2023-06-01", order_ref=f"CO{number}"
        )
    nights = (extract.orders["20240102"], extract.orders["20240102"][:1], extract.orders["20240102"][:23])
    standing = []
    for day, orders in enumerate(nights, start=2):
        extract.orders = {f"2024010{day}": orders}
        extract.write(tmp_path / f"night{day}")
        force.land(tmp_path / f"night{day}", ["civil_orders"])
        account = counted(force, "civil_order")
        standing.append((account.current, account.withdrawn, account.held))
    tally.count("F45", int(standing[1] == (24, 0, 1)), 1, "23 of 24 withdrawn: held")
    assert standing == [(24, 0, 0), (24, 0, 1), (23, 1, 1)]
    assert force.figures(WINDOW)["stro_people"] == "23"
