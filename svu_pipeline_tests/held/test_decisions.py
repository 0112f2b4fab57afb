"""The life of a held row: it is listed, corrected by its source, waived or replayed; a delivery held whole is approved."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from svu_pipeline.audit import entries
from svu_pipeline.clock import window
from svu_pipeline.contracts import decisions
from svu_pipeline.contracts.decisions import DecisionError, expired_waivers
from svu_pipeline.contracts.held import HeldRow, NotHeld, held_row, held_rows
from svu_pipeline.landing.batch import folder_of, manifests
from svu_pipeline.publication.review import review
from svu_pipeline_tests.night import FIRST_NIGHT, Force
from svu_pipeline_tests.oracle.cases.builder import ANN, Extract

pytestmark = pytest.mark.slow

LATE = date(2023, 5, 20)
"""Executed more than a month after it was issued: outside the authority of a warrant under MDA s.23."""
UNTIL = f"{FIRST_NIGHT.date() + timedelta(days=30)}"
WINDOW = "2023-11"


def register(*warrants: tuple[str, date, date]) -> Extract:
    """An extract whose warrant register has these warrants: number, issued, executed."""
    extract = Extract()
    for number, issued, executed in warrants:
        extract.warrant(issued, executed, Warrant_No=number)
    return extract


def one_late() -> Extract:
    return register(("SW0001", date(2023, 4, 1), date(2023, 4, 12)), ("SW0002", date(2023, 4, 1), LATE))


def night(force: Force, extract: Extract) -> None:
    """Deliver an extract as the next night's."""
    folder = force.root.parent / f"extract{force.nights}"
    extract.write(folder)
    force.land(folder)
    assert not force.refused


def only(force: Force) -> HeldRow:
    (row,) = held_rows(force.settings)
    return row


def executed(force: Force) -> str | None:
    return force.figures(WINDOW)["warrants_executed"]


def test_a_held_row_says_where_why_since_when_and_whose(force: Force) -> None:
    """And nothing of what it says."""
    night(force, one_late())
    row = only(force)
    assert (row.source, row.dataset, row.row) == ("warrants", "warrant", 3)
    assert row.file == "warrants/warrants_register.xlsx"
    assert row.reasons == ["executed: executed_outside_authority"]
    assert row.since == manifests(force.home, "warrants")[0].as_json()["landed_at"]
    assert row.owner == "Search warrant register: its keeper"
    assert "SW0002" not in json.dumps(row.as_json())


def test_a_corrected_redelivery_clears_it_by_itself(force: Force) -> None:
    """No one needs to do anything: the register comes corrected, and the figure moves by one."""
    night(force, one_late())
    assert executed(force) == "1"
    night(
        force,
        register(("SW0001", date(2023, 4, 1), date(2023, 4, 12)), ("SW0002", date(2023, 4, 1), date(2023, 4, 20))),
    )
    assert held_rows(force.settings) == []
    assert executed(force) == "2"


def test_a_row_that_is_held_night_after_night_is_one_row_since_the_first(force: Force) -> None:
    """The register changes elsewhere and brings the bad row again: it is listed once, since the first night."""
    night(force, one_late())
    first = only(force)
    again = one_late()
    again.warrant(date(2023, 6, 1), date(2023, 6, 2), Warrant_No="SW0003")
    night(force, again)
    row = only(force)
    assert row.batch != first.batch
    assert row.since == first.since


def test_replaying_one_corrected_warrant_moves_the_figure_by_exactly_one_and_no_other(force: Force) -> None:
    """B4: the row lands as a new version of its record; its place in the register still leads to the file."""
    night(force, one_late())
    before = force.figures(WINDOW)
    batch = decisions.replay(
        force.settings, only(force).id, "J Marsh", "clerk's slip", {"executed": "20/04/2023"}, force.now
    )
    after = force.figures(WINDOW)
    assert {name: (before[name], after[name]) for name in after if before[name] != after[name]} == {
        "warrants_executed": ("1", "2")
    }
    assert decisions.outcome(force.settings, batch) == "current"
    assert held_rows(force.settings) == []
    (file,) = batch.files
    assert file.path == "warrants/warrants_register.xlsx"
    account = force.accounts()["warrant"]
    assert account == {"landed": 3, "current": 2, "superseded": 0, "withdrawn": 0, "duplicate": 0, "held": 1}


def test_a_decision_of_one_row_of_a_long_register_withdraws_none_of_the_others(force: Force) -> None:
    """The register has more records than may be gone at once: the batch of a decision does not say what is gone."""
    good = [(f"SW01{number:02d}", date(2023, 4, 1), date(2023, 4, 12)) for number in range(20)]
    night(force, register(*good, ("SW0002", date(2023, 4, 1), LATE)))
    batch = decisions.replay(force.settings, only(force).id, "J Marsh", "slip", {"executed": "20/04/2023"}, force.now)
    assert decisions.outcome(force.settings, batch) == "current"
    assert executed(force) == "21"


def test_a_figure_as_at_before_a_decision_does_not_know_it(force: Force) -> None:
    night(force, one_late())
    before = manifests(force.home, "warrants")[-1].landed_at
    decisions.replay(force.settings, only(force).id, "J Marsh", "clerk's slip", {"executed": "20/04/2023"}, force.now)
    assert force.figures(WINDOW, as_at=before)["warrants_executed"] == "1"


def test_a_replay_that_is_still_wrong_stays_held_with_its_new_reasons(force: Force) -> None:
    night(force, one_late())
    first = only(force)
    batch = decisions.replay(force.settings, first.id, "J Marsh", "a guess", {"issued": "31/02/2023"}, force.now)
    assert decisions.outcome(force.settings, batch) == "held"
    assert only(force).reasons == ["issued: bad_date"]
    assert executed(force) == "1"


def test_what_the_source_says_later_counts_over_a_replay(force: Force) -> None:
    """The register's own correction supersedes ours; a key that leaves the register is withdrawn, replayed or not."""
    night(force, one_late())
    decisions.replay(force.settings, only(force).id, "J Marsh", "clerk's slip", {"executed": "20/04/2023"}, force.now)
    night(force, register(("SW0001", date(2023, 4, 1), date(2023, 4, 12))))
    assert executed(force) == "1"
    assert force.accounts()["warrant"]["withdrawn"] == 1


def test_a_replayed_row_stands_while_its_register_still_brings_the_bad_one(force: Force) -> None:
    """A held row changes nothing: the replayed version stands, and the bad row is on hold again until someone mends it."""
    night(force, one_late())
    decisions.replay(force.settings, only(force).id, "J Marsh", "clerk's slip", {"executed": "20/04/2023"}, force.now)
    again = one_late()
    again.warrant(date(2023, 6, 1), date(2023, 6, 2), Warrant_No="SW0003")
    night(force, again)
    assert executed(force) == "3"
    assert only(force).reasons == ["executed: executed_outside_authority"]


def test_a_waived_row_counts_and_stays_so_while_it_is_delivered_unchanged(force: Force) -> None:
    """The waiver is for what the row says: the same row of the next register is accepted, another is not."""
    night(force, one_late())
    decisions.waive(force.settings, only(force).id, "Insp Vale", "court order extended it", UNTIL, force.now)
    assert executed(force) == "2"
    told = review(force.settings, window(WINDOW, 12))["quality"]
    assert [(row["reason"], row["rows"]) for row in told["waived"]] == [("executed_outside_authority", 1)]
    again = one_late()
    again.warrant(date(2023, 6, 1), date(2023, 6, 2), Warrant_No="SW0003")
    night(force, again)
    assert executed(force) == "3"
    assert held_rows(force.settings) == []
    night(
        force,
        register(("SW0001", date(2023, 4, 1), date(2023, 4, 12)), ("SW0002", date(2023, 4, 1), date(2023, 5, 21))),
    )
    assert [row.reasons for row in held_rows(force.settings)] == [["executed: executed_outside_authority"]]


def test_a_waiver_that_has_ended_is_named_and_no_longer_applies(force: Force) -> None:
    """B4: past its last day the nightly fails until it is renewed or the record corrected; a new delivery is held again."""
    night(force, one_late())
    first = only(force).id
    decisions.waive(force.settings, first, "Insp Vale", "court order", f"{force.now().date()}", force.now)
    today, tomorrow = force.now().date(), force.now().date() + timedelta(days=1)
    assert expired_waivers(force.settings, today) == []
    assert expired_waivers(force.settings, tomorrow) == [first]
    decisions.waive(force.settings, first, "Insp Vale", "renewed", f"{tomorrow}", force.now)
    assert expired_waivers(force.settings, tomorrow) == []
    assert executed(force) == "2"
    again = one_late()
    again.warrant(date(2023, 6, 1), date(2023, 6, 2), Warrant_No="SW0003")
    force.nights += 5
    night(force, again)
    assert only(force).reasons == ["executed: executed_outside_authority"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda force, row: decisions.waive(force.settings, row, "", "because", UNTIL, force.now),
        lambda force, row: decisions.waive(force.settings, row, "Insp Vale", " ", UNTIL, force.now),
        lambda force, row: decisions.waive(force.settings, row, "Insp Vale", "because", "2020-01-01", force.now),
        lambda force, row: decisions.waive(force.settings, row, "Insp Vale", "because", "soon", force.now),
        lambda force, row: decisions.replay(force.settings, row, "Insp Vale", "because", {"colour": "red"}, force.now),
        lambda force, row: decisions.replay(force.settings, row, "", "because", {}, force.now),
    ],
)  # fmt: skip
def test_a_decision_without_owner_reason_or_sense_is_refused(force: Force, ask: Callable[[Force, str], object]) -> None:
    night(force, one_late())
    row = only(force)
    with pytest.raises(DecisionError):
        ask(force, row.id)
    assert only(force) == row


def test_a_row_that_lacks_what_a_figure_needs_cannot_be_waived(force: Force) -> None:
    """An executed warrant without the day has no window to count in."""
    extract = Extract()
    extract.warrant(date(2023, 4, 1), None)
    night(force, extract)
    with pytest.raises(DecisionError, match="replay it corrected"):
        decisions.waive(force.settings, only(force).id, "Insp Vale", "because", UNTIL, force.now)


def test_an_id_names_one_row_or_none(force: Force) -> None:
    night(force, one_late())
    assert held_row(force.settings, only(force).id[:4]) == only(force)
    for wanted in ("", "zzzz"):
        with pytest.raises(NotHeld):
            held_row(force.settings, wanted)


def test_a_hearing_held_for_one_result_is_replayed_whole(force: Force) -> None:
    """A part is corrected; its hearing and all its other results land with it."""
    extract = Extract()
    good = {"result_id": "R1", "offence_code": "MD71171", "result_code": "1002", "duration": {"value": 2, "unit": "Y"}}
    bad = {"result_id": "R2", "offence_code": "MD71171", "result_code": "1002", "qualifier": "F", "duration": None}
    extract.jailed(ANN, "2023-06-01", good, bad)
    night(force, extract)
    assert force.figures(WINDOW)["prison_years"] == "0.00"
    part = next(
        row
        for row in held_rows(force.settings)
        if "duration_value: missing_duration" in " ".join(row.reasons) or row.row == 2
    )
    corrections = {"duration_value": "1", "duration_unit": "Y"}
    decisions.replay(force.settings, part.id, "C Usher", "court log", corrections, force.now)
    assert force.figures(WINDOW)["prison_years"] == "3.00"
    assert held_rows(force.settings) == []


def test_what_a_row_says_is_shown_only_on_record(force: Force) -> None:
    """J3: the look is in the audit log with its reason, and nothing of the row is."""
    night(force, one_late())
    row = only(force)
    values = decisions.row_as_landed(force.settings, row, "call from the clerk", force.now)
    assert values["warrant_no"] == "SW0002"
    last = entries(force.home)[-1]
    assert (last.action, last.subject, last.why) == ("show_held", row.id, "call from the clerk")
    assert "SW0002" not in force.home.audit.read_text("utf-8")


def many(count: int, bad: int = 0) -> Extract:
    """A register of executed warrants, the last `bad` of which are outside their authority."""
    good, late = date(2023, 4, 12), LATE
    days = [late if place >= count - bad else good for place in range(count)]
    return register(*((f"SW{place:04d}", date(2023, 4, 1), day) for place, day in enumerate(days)))


@pytest.mark.parametrize(("gone", "is_held"), [(20, False), (21, True)])
def test_a_register_that_loses_more_than_a_share_is_held_for_approval(force: Force, gone: int, is_held: bool) -> None:
    """More than 20 % and more than 20: the figure stands until someone takes the delivery, then all its withdrawals count."""
    night(force, many(100))
    night(force, many(100 - gone))
    assert executed(force) == ("100" if is_held else str(100 - gone))
    if not is_held:
        return
    batch = manifests(force.home, "warrants")[-1].batch
    known = manifests(force.home, "warrants")[-1].landed_at
    decisions.approve(force.settings, "warrants", batch, "Insp Vale", "register was weeded", force.now)
    assert executed(force) == str(100 - gone)
    assert force.figures(WINDOW, as_at=known)["warrants_executed"] == "100"
    assert force.accounts()["warrant"]["withdrawn"] == gone


def test_the_share_is_of_the_register_that_stood(force: Force) -> None:
    """30 of 300 are less than 20 %."""
    night(force, many(300))
    night(force, many(270))
    assert executed(force) == "270"


def test_a_delivery_after_one_that_is_held_is_held_against_the_last_that_was_taken(force: Force) -> None:
    """Cutting off a little more each night does not slip through, and a whole register heals it."""
    night(force, many(100))
    night(force, many(60))
    night(force, many(59))
    assert executed(force) == "100"
    night(force, many(101))
    assert executed(force) == "101"


def test_flagged_withdrawals_are_counted_only_when_they_are_new(force: Force) -> None:
    """A pull brings hearings deleted long ago again: that withdraws nothing; thirty deleted at once are held."""

    def pull(deleted: int, extra: int = 0) -> Extract:
        extract = Extract()
        for place in range(60 + extra):
            day = "2023-06-02" if place < deleted else "2023-06-01"
            extract.hearing(
                ANN, "2023-06-01", hearing_id=f"H{place:06d}", deleted=place < deleted, updated_at=f"{day}T17:00:00Z"
            )
        return extract

    night(force, pull(0))
    night(force, pull(30))
    assert force.accounts()["hearing"]["held"] == 60
    batch = manifests(force.home, "courts")[-1].batch
    decisions.approve(force.settings, "courts", batch, "Insp Vale", "cases listed in error", force.now)
    assert force.accounts()["hearing"]["withdrawn"] == 30
    night(force, pull(30, extra=1))
    account = force.accounts()["hearing"]
    assert (account["current"], account["withdrawn"], account["held"]) == (31, 30, 0)


def test_an_approved_delivery_keeps_its_bad_rows_on_hold(force: Force) -> None:
    """Held whole for too many held rows: taken, its good rows count, its bad ones wait."""
    night(force, many(20, bad=11))
    assert executed(force) is None
    with pytest.raises(DecisionError, match="not held whole"):
        decisions.approve(force.settings, "warrants", "20200101T000000.000000Z", "Insp Vale", "because", force.now)
    batch = manifests(force.home, "warrants")[-1].batch
    decisions.approve(force.settings, "warrants", batch, "Insp Vale", "the rest is sound", force.now)
    assert executed(force) == "9"
    assert len(held_rows(force.settings)) == 11


def test_every_decision_is_on_record_and_holds_no_value(force: Force) -> None:
    """Owner and reason stay with the batch; the audit log names the row by its id."""
    night(force, one_late())
    row = only(force).id
    batch = decisions.replay(force.settings, row, "J Marsh", "clerk's slip", {"executed": "20/04/2023"}, force.now)
    manifest = json.loads((folder_of(force.home, batch) / "manifest.json").read_text("utf-8"))
    assert (manifest["decision"]["owner"], manifest["decision"]["reason"]) == ("J Marsh", "clerk's slip")
    last = entries(force.home)[-1]
    assert (last.action, last.subject, last.why) == ("replay", row, "clerk's slip")


def test_a_further_night_after_decisions_brings_nothing_new(force: Force, tmp_path: Path) -> None:
    """A decision is no delivery: the same extract again changes nothing."""
    night(force, one_late())
    decisions.replay(force.settings, only(force).id, "J Marsh", "clerk's slip", {"executed": "20/04/2023"}, force.now)
    assert not any(force.land(tmp_path / "extract0").values())
