"""Two people sign a release off, over what they saw: every other way is refused, and every change voids it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from svu_pipeline.audit import entries
from svu_pipeline.release.folder import ReleaseError, hash_of
from svu_pipeline.release.publish import NotReady, publish
from svu_pipeline.release.revisions import Note
from svu_pipeline.release.sign_off import SignOffError, is_under_one_account, sign, unsigned
from svu_pipeline_tests.release.conftest import Office

pytestmark = pytest.mark.slow

STATISTICIAN, PRESS = "statistician", "press_officer"


def test_two_people_in_two_roles_sign_what_they_saw(office: Office) -> None:
    """Nothing is missing then; who, in which role and over which hash is in the audit log."""
    made = office.signed()
    assert unsigned(office.home, made.folder) == []
    said = [(entry.subject, entry.why) for entry in entries(office.home) if entry.action == "sign_off"]
    assert said == [
        (f"{made.id} {STATISTICIAN} {made.sha256}", "Ann Other"),
        (f"{made.id} {PRESS} {made.sha256}", "Bo Field"),
    ]
    assert is_under_one_account(office.home, made.folder)


def test_two_accounts_are_told_from_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    made = office.draft
    monkeypatch.setenv("SVU_WHO", "aother")
    office.sign(made, STATISTICIAN, "Ann Other")
    monkeypatch.setenv("SVU_WHO", "bfield")
    office.sign(made, PRESS, "Bo Field")
    assert not is_under_one_account(office.home, made.folder)


@pytest.mark.parametrize(
    ("role", "name", "words"),
    [
        ("director", "Cy Dale", "not as another"),
        (PRESS, " - ", "named person"),
        (PRESS, "ANN  other", "other role is another person's"),
        (STATISTICIAN, "Cy Dale", "signed off as statistician already"),
    ],
)
def test_a_second_sign_off_of_the_wrong_kind_is_refused(office: Office, role: str, name: str, words: str) -> None:
    """An unknown role, nobody, the same person under another spelling, a role that is taken."""
    made = office.draft
    office.sign(made, STATISTICIAN, "Ann Other")
    with pytest.raises(SignOffError, match=words):
        office.sign(made, role, name)
    assert unsigned(office.home, made.folder) == ["no valid sign-off as press officer"]


@pytest.mark.parametrize("saw", ["", "0" * 64, "abc"])
def test_another_hash_than_the_releases_is_refused(office: Office, saw: str) -> None:
    made = office.draft
    with pytest.raises(SignOffError, match="another hash"):
        sign(office.home, made.id, PRESS, "Bo Field", saw, office.clock)


def test_a_release_that_is_not_there_or_no_release_is_refused(office: Office) -> None:
    for release in ("2023-11.7", "../restricted", "2023-11"):
        with pytest.raises(ReleaseError):
            sign(office.home, release, PRESS, "Bo Field", "0" * 64, office.clock)


def test_a_release_that_was_changed_cannot_be_signed(office: Office) -> None:
    """Neither with its old hash nor with the hash of its new bytes."""
    made = office.draft
    text = made.folder / "text.md"
    text.write_text(text.read_text("utf-8") + "\n", encoding="utf-8")
    with pytest.raises(SignOffError, match="not as it was prepared"):
        office.sign(made, PRESS, "Bo Field")


def test_a_published_release_takes_no_more(office: Office) -> None:
    office.published()
    with pytest.raises(SignOffError, match="has been published"):
        sign(office.home, "2023-11.1", PRESS, "Cy Dale", hash_of(office.home.releases / "2023-11.1"), office.clock)


def test_a_change_after_a_sign_off_voids_it(office: Office) -> None:
    """Prepared again with other figures, a release has lost both; prepared again the same, it keeps them."""
    made = office.signed()
    assert not office.prepared().is_changed
    assert unsigned(office.home, made.folder) == []
    office.figure("warrants_executed")["note"] = "Two are in dispute."
    assert office.prepared().is_changed
    assert len(unsigned(office.home, made.folder)) == 2
    with pytest.raises(NotReady, match="signed_by_two"):
        publish(office.settings, made.id, clock=office.clock)


def _other_name(said: dict[str, str]) -> None:
    said["name"] = "Cy Dale"


def _other_role(said: dict[str, str]) -> None:
    said["role"] = STATISTICIAN


def _other_time(said: dict[str, str]) -> None:
    said["at"] = "2026-12-04T09:30:00.000000Z"


def _other_hash(said: dict[str, str]) -> None:
    said["saw"] = "0" * 64


def _own_entry(said: dict[str, str]) -> None:
    said["audited"] = "0" * 64


@pytest.mark.parametrize("change", [_other_name, _other_role, _other_time, _other_hash, _own_entry])
def test_a_sign_off_written_by_hand_is_none(office: Office, change: Callable[[dict[str, str]], None]) -> None:
    """Each is bound to its entry in the audit log, word by word."""
    made = office.signed()
    path = made.folder / "signoffs" / f"{PRESS}.json"
    said = json.loads(path.read_text("utf-8"))
    change(said)
    path.write_text(json.dumps(said), encoding="utf-8")
    assert unsigned(office.home, made.folder) == ["no valid sign-off as press officer"]


def test_a_sign_off_of_another_release_is_none(office: Office) -> None:
    """Copied from the release before, whose hash is another."""
    before = office.published()
    made = office.prepared(Note("planned", "A year on."))
    assert made.id == "2023-11.2"
    (made.folder / "signoffs").mkdir()
    for role in (STATISTICIAN, PRESS):
        source = office.home.releases / before.id / "signoffs" / f"{role}.json"
        (made.folder / "signoffs" / f"{role}.json").write_bytes(source.read_bytes())
    assert len(unsigned(office.home, made.folder)) == 2
