"""A release goes out through its gates, signed, at its time: each gate blocks, and nobody reads early unrecorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from svu_pipeline import audit
from svu_pipeline.clock import TimeError
from svu_pipeline.release import check, offline
from svu_pipeline.release.embargo import Embargoed, embargo, read
from svu_pipeline.release.folder import ReleaseError
from svu_pipeline.release.gates import CONTENT, LIVE, gates
from svu_pipeline.release.publish import ACCESS_LIST, NotReady, place_due, placed, publish
from svu_pipeline.release.registry import find
from svu_pipeline.release.show import summary
from svu_pipeline.release.signing import SigningKeyError, key_place, new_key
from svu_pipeline.verify import problems
from svu_pipeline.warehouse import Damaged
from svu_pipeline_tests.release.conftest import MORNING, Office

pytestmark = pytest.mark.slow

NOON = datetime(2026, 12, 5, 12, tzinfo=UTC)


def test_a_release_that_is_signed_and_sound_goes_out_at_once(office: Office) -> None:
    """It lies where everyone reads it, verified there and at home; all is as it was written; the log has it."""
    found = office.published()
    place = placed(office.home, found.id)
    assert found.open_at == found.published_at == MORNING
    assert list(check.as_anyone(place)) == check.problems(office.home, found.id) == []
    assert list(problems(office.settings)) == []
    assert [e.action for e in audit.entries(office.home)][-2:] == ["release", "place_release"]
    assert summary(office.settings, found.id).state == "open"
    assert read(office.settings, found.id, "Anyone", office.clock) == place / "page.html"
    assert "Nobody could read it before." in (place / ACCESS_LIST).read_text("utf-8")


def test_a_release_goes_out_once(office: Office) -> None:
    office.published()
    with pytest.raises(ReleaseError, match="has been published"):
        publish(office.settings, "2023-11.1", clock=office.clock)


def _false_phrase(office: Office) -> None:
    office.figure("people_arrested")["phrases"][0] |= {"form": "MORE_THAN", "number": "more than 440"}


def _parts_above_the_whole(office: Office) -> None:
    office.figure("weapons_seized").update(printed="60", numerator=60)


def _another_count(office: Office) -> None:
    office.figure("warrants_executed").update(printed="169", numerator=169)


def _crossing_band(office: Office) -> None:
    office.figure("people_arrested")["linking"]["crosses"] = "error"


CONTENT_KILLERS: dict[str, Callable[[Office], None]] = {
    "phrases_are_true": _false_phrase,
    "identities_hold": _parts_above_the_whole,
    "recount_is_equal": _another_count,
    "within_linking_precision": _crossing_band,
}


def test_each_content_gate_blocks(office: Office) -> None:
    """Signed by two people or not: what breaks a gate does not go out, and each gate that it breaks is named."""
    assert [gate.name for gate in gates(office.settings, office.signed().id) if not gate.passed] == []
    for change in CONTENT_KILLERS.values():
        change(office)
    made = office.signed(office.prepared())
    assert {gate.name for gate in gates(office.settings, made.id) if gate.blocks} == set(CONTENT_KILLERS)
    with pytest.raises(NotReady, match=r"phrases_are_true.*identities_hold"):
        publish(office.settings, made.id, clock=office.clock)
    assert find(office.home, made.id) is None
    assert not placed(office.home, made.id).exists()


def test_a_stale_or_missing_figure_warns_the_reader_and_blocks_nothing(office: Office) -> None:
    office.document["quality"]["sources"][0]["status"] = "refused"
    office.figure("stop_searches")["marks"].append("x")
    found = [gate for gate in gates(office.settings, office.prepared().id) if not gate.passed]
    assert [gate.name for gate in found if not gate.blocks] == ["every_source_is_current", "every_figure_is_supplied"]


def test_changed_bytes_block(office: Office) -> None:
    """A file that was changed or added after it was prepared: seen, though the sign-offs are there."""
    made = office.signed()
    for change in (lambda: (made.folder / "more.txt").write_text("x"), lambda: _rewrite(made.folder / "text.md")):
        change()
        with pytest.raises(NotReady, match="bundle_is_as_prepared"):
            publish(office.settings, made.id, clock=office.clock)
        (made.folder / "more.txt").unlink()


def _rewrite(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")
    (path.parent / "more.txt").write_text("x")


def test_a_workbook_that_says_another_number_blocks(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made from another document than the rest: told by reading it back."""
    from svu_pipeline.release import prepare, workbook

    def other(document: dict[str, object]) -> bytes:
        figures = [dict(figure) for figure in office.document["figures"]]
        figures[0]["printed"] = "441"
        first = {**document["figures"][0], "printed": "441"}  # type: ignore[index]
        return workbook.workbook({**document, "figures": [first, *document["figures"][1:]]})  # type: ignore[index]

    monkeypatch.setattr(prepare, "workbook", other)
    office.document["quality"]["notes"] = []
    made = office.prepared()
    blocked = {gate.name: gate.which for gate in gates(office.settings, made.id) if gate.blocks}
    assert blocked["every_file_says_the_same"] == ("workbook.xlsx: People arrested is not as in figures.json",)


def test_an_unsigned_release_and_one_without_a_key_do_not_go_out(office: Office) -> None:
    with pytest.raises(NotReady, match="signed_by_two"):
        publish(office.settings, "2023-11.1", clock=office.clock)
    made = office.signed()
    key = key_place(office.settings).file
    assert key is not None
    with pytest.raises(SigningKeyError, match="there is a signing key"):
        new_key(office.settings, "again", office.clock)
    key.chmod(0o644)
    with pytest.raises(SigningKeyError, match="read by others"):
        publish(office.settings, made.id, clock=office.clock)
    key.unlink()
    with pytest.raises(SigningKeyError, match="no signing key"):
        publish(office.settings, made.id, clock=office.clock)
    assert find(office.home, made.id) is None


def test_every_gate_is_one_that_a_test_shuts() -> None:
    """The list of gates is whole; those not above have tests of their own."""
    assert set(CONTENT) == {*CONTENT_KILLERS, "every_source_is_current", "every_figure_is_supplied"}
    assert set(LIVE) == {
        "bundle_is_as_prepared", "every_file_says_the_same", "revision_is_explained", "disclosure_is_safe", "signed_by_two",
    }  # fmt: skip


def test_before_its_time_only_named_readers_read_and_each_reading_is_on_record(office: Office) -> None:
    """Locked until the minute; whoever is not named is refused, whatever they ask; the list is published with the release."""
    office.readers = ("Cy Dale, Mayor's office",)
    found = office.published(open_at=NOON, readers=("Di Eames",))
    place = placed(office.home, found.id)
    assert not place.exists() and place_due(office.settings, office.clock) == []
    for name in ("Eve Fox", "", "Cy Dale"):
        with pytest.raises(Embargoed, match="locked until 5 December 2026, 12:00 GMT"):
            read(office.settings, found.id, name, office.clock)
    office.later(hours=1)
    assert read(office.settings, found.id, "di eames", office.clock).is_file()
    office.at = datetime(2026, 12, 5, 11, 59, 59, 999_999, tzinfo=UTC)
    with pytest.raises(Embargoed):
        read(office.settings, found.id, "Eve Fox", office.clock)
    office.at = NOON
    assert read(office.settings, found.id, "Eve Fox", office.clock) == place / "page.html"
    said = (place / ACCESS_LIST).read_text("utf-8")
    assert "- could read it before: Cy Dale, Mayor's office\n- could read it before: Di Eames\n" in said
    assert said.count("read it on") == 1 and "- read it on 5 December 2026, 10:30 GMT: Di Eames\n" in said
    early = [(e.subject, e.why) for e in audit.entries(office.home) if e.action == "read_early"]
    assert early == [(found.id, "Di Eames")]
    assert list(check.as_anyone(place)) == check.problems(office.home, found.id) == []


def test_the_list_of_early_readings_is_signed_too(office: Office) -> None:
    found = office.published(open_at=NOON, readers=("Di Eames",))
    read(office.settings, found.id, "Di Eames", office.clock)
    office.at = NOON
    assert place_due(office.settings, office.clock) == [found.id]
    path = placed(office.home, found.id) / ACCESS_LIST
    path.write_text(path.read_text("utf-8").replace("Di Eames", "Jo Good"), encoding="utf-8")
    assert check.problems(office.home, found.id) == [f"published/releases/{found.id}/{ACCESS_LIST}: changed"]


def test_a_release_is_locked_by_londons_clock_in_summer_and_winter() -> None:
    """Half past nine in June is half past eight in UTC."""
    assert embargo("2023-12-05 09:30") == datetime(2023, 12, 5, 9, 30, tzinfo=UTC)
    assert embargo("2024-06-05 09:30") == datetime(2024, 6, 5, 8, 30, tzinfo=UTC)
    assert embargo("2024-03-31 02:00") == datetime(2024, 3, 31, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-31 01:30",
        "2024-10-27 01:30",
        "2024-02-30 09:30",
        "2024-06-05",
        "2024-06-05T09:30",
        "09:30",
        "2024-06-05 9:30",
    ],
)
def test_a_time_that_is_none_or_two_is_refused(text: str) -> None:
    """The hour that the clocks leave out, the hour they show twice, and what is no time."""
    with pytest.raises(TimeError):
        embargo(text)


def test_an_embargo_that_is_past_and_readers_without_one_are_refused(office: Office) -> None:
    made = office.signed()
    with pytest.raises(ReleaseError, match="is past"):
        publish(office.settings, made.id, MORNING, clock=office.clock)
    with pytest.raises(ReleaseError, match="with an embargo"):
        publish(office.settings, made.id, None, ("Di Eames",), office.clock)


def test_a_draft_is_read_by_nobody(office: Office) -> None:
    with pytest.raises(ReleaseError, match="has not been published"):
        read(office.settings, "2023-11.1", "Di Eames", office.clock)


def test_what_was_published_stays_what_it_was(office: Office) -> None:
    """Changed at home or where everyone reads it: named, and nothing new is made from it."""
    found = office.published()
    path = office.home.releases / found.id / offline.SUMS
    path.write_text(path.read_text("utf-8")[:-1] + " \n", encoding="utf-8")
    assert check.problems(office.home, found.id)
    assert [line for line in problems(office.settings) if line.startswith(f"releases/{found.id}")]
    with pytest.raises(Damaged):
        find(office.home, found.id)
