"""What was released otherwise before is shown, old and new, and does not go out without a note that says why."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from svu_pipeline.clock import window
from svu_pipeline.release import check
from svu_pipeline.release.folder import FIGURES, REVISIONS, ReleaseError, read
from svu_pipeline.release.gates import gates
from svu_pipeline.release.prepare import prepare, revise
from svu_pipeline.release.publish import NotReady, publish
from svu_pipeline.release.registry import released
from svu_pipeline.release.revisions import Note
from svu_pipeline_tests.release.conftest import Office

pytestmark = pytest.mark.slow

LATE = Note("planned", "Two warrants were entered late.")


@pytest.fixture
def revised(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A home with one published release, after which two warrants of March came to be known."""
    monkeypatch.setattr("svu_pipeline.release.gates.recounted_otherwise", lambda *_: [])
    monkeypatch.setattr("svu_pipeline.release.gates.broken_identities", lambda *_: [])
    office.published()
    office.later(days=30)
    figure = office.figure("warrants_executed")
    month = next(part for part in figure["monthly"] if part["month"] == "2023-03")
    for part in (figure, month):
        part["numerator"] += 2
        part["printed"] = str(part["numerator"])
    figure["phrases"] = [
        {"form": "EXACT", "number": figure["printed"], "text": f"{figure['printed']} warrants executed"}
    ]
    # The code counts as another, else there is nothing new since the release.
    monkeypatch.setattr("svu_pipeline.release.provenance.code", lambda: {"fingerprint": "later"})
    return office


def row(text: str, metric: str) -> dict[str, str]:
    return next(row for row in csv.DictReader(io.StringIO(text)) if row["metric"] == metric)


def test_a_changed_figure_does_not_go_out_without_a_note(revised: Office) -> None:
    """Signed off by two people, it stays: the gate names what changed. With the note it is another release to sign off."""
    made = revised.signed(revised.prepared())
    assert made.id == "2023-11.2"
    (gate,) = (one for one in gates(revised.settings, made.id) if one.blocks)
    assert gate.name == "revision_is_explained"
    assert [line.partition(":")[0] for line in gate.which] == ["Warrants executed", "Warrants executed, 2023-03"]
    with pytest.raises(NotReady, match="revision_is_explained"):
        publish(revised.settings, made.id, clock=revised.clock)
    again = revise(revised.settings, made.id, LATE, None, revised.clock)
    assert (again.id, again.is_changed, again.sha256 == made.sha256) == (made.id, True, False)
    found = revised.published(again)
    assert check.problems(revised.home, found.id) == []
    assert [one.id for one in released(revised.home)] == ["2023-11.1", "2023-11.2"]


def test_old_and_new_are_shown_in_every_form(revised: Office) -> None:
    """Mark and old figure in JSON, CSV, page, text and workbook; the chain of releases with their notes."""
    made = revise(revised.settings, "2023-11.1", LATE, None, revised.clock)
    document = read(made.folder, FIGURES)
    figure = next(one for one in document["figures"] if one["id"] == "warrants_executed")
    assert figure["marks"][-1] == "r"
    assert figure["revised"] == {"old": "168", "release": "2023-11.1", "kind": "planned"}
    cells = row((made.folder / "figures.csv").read_text("utf-8"), "warrants_executed")
    assert (cells["figure"], cells["previous_figure"], cells["previous_release"]) == ("170", "168", "2023-11.1")
    assert (cells["revision"], "r" in cells["marks"].split()) == ("planned", True)
    text = (made.folder / "text.md").read_text("utf-8")
    assert "170 warrants executed [r]." in text and "Released as 168 in 2023-11.1." in text and LATE.text in text
    page = (made.folder / "page.html").read_text("utf-8")
    assert 'value="170"' in page and "was 168 in 2023-11.1" in page
    found = read(made.folder, REVISIONS)
    first = found["revisions"][0]
    assert (first["title"], first["old"], first["new"]) == ("Warrants executed", "168", "170")
    assert [(link["release"], link["note"]) for link in found["chain"]] == [("2023-11.1", None)]
    assert found["note"] == {"kind": "planned", "text": LATE.text}


def test_an_error_is_told_apart_from_a_planned_revision(revised: Office) -> None:
    made = revise(revised.settings, "2023-11.1", Note("error", "A team was left out."), None, revised.clock)
    assert {line["kind"] for line in read(made.folder, REVISIONS)["revisions"]} == {"error"}
    assert "**Correction of an error.** A team was left out." in (made.folder / "text.md").read_text("utf-8")


@pytest.mark.parametrize(("kind", "text"), [("", "why"), ("mistake", "why"), ("error", "  ")])
def test_a_note_has_a_kind_and_words(kind: str, text: str) -> None:
    with pytest.raises(ReleaseError):
        Note(kind, text)


def test_a_month_that_another_window_said_otherwise_is_a_revision_too(revised: Office) -> None:
    """March 2023 stood in the release to November; in the one to December it is another number."""
    document = revised.document
    document["window"], document["start"], document["end"] = "2023-12", "2023-01-01", "2023-12-31"
    made = prepare(revised.settings, window("2023-12"), None, None, revised.clock)
    found = read(made.folder, REVISIONS)["revisions"]
    assert [(line["title"], line["start"], line["release"]) for line in found] == [
        ("Warrants executed, 2023-03", "2023-03-01", "2023-11.1")
    ]


def test_a_release_prepared_before_another_went_out_is_prepared_again(revised: Office) -> None:
    """Its list of revisions is of another day: it names numbers that were never released, or misses some."""
    document: dict[str, Any] = revised.document
    document["window"], document["start"], document["end"] = "2023-12", "2023-01-01", "2023-12-31"
    late = prepare(revised.settings, window("2023-12"), None, LATE, revised.clock)
    document["window"], document["start"], document["end"] = "2023-11", "2022-12-01", "2023-11-30"
    revised.published(revise(revised.settings, "2023-11.1", LATE, None, revised.clock))
    (gate,) = (one for one in gates(revised.settings, late.id) if one.name == "revision_is_explained")
    assert "prepare it again" in gate.which[0]


def test_nothing_new_makes_no_new_release(office: Office) -> None:
    """Prepared again from the same knowledge by the same code, the published release stands."""
    found = office.published()
    made = office.prepared()
    assert (made.id, made.sha256, made.is_changed) == (found.id, found.sha256, False)
    assert json.loads((made.folder / REVISIONS).read_text("utf-8"))["revisions"] == []
