"""A release is made of what was known and of the code, and of nothing else: the same again, whenever and wherever."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from svu_pipeline import audit
from svu_pipeline.clock import window
from svu_pipeline.contracts.decisions import waive
from svu_pipeline.contracts.held import held_rows
from svu_pipeline.landing.batch import known_at
from svu_pipeline.release import check
from svu_pipeline.release.document import release_document
from svu_pipeline.release.explained import explained
from svu_pipeline.release.folder import ReleaseError, files_in
from svu_pipeline.release.prepare import prepare
from svu_pipeline.strike import NothingLanded
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.release.conftest import MORNING, WINDOW, Office

pytestmark = pytest.mark.slow

CONTENTS = {
    "SHA256SUMS", "breakdowns.csv", "breakdowns.csv-metadata.json", "breakdowns.parquet", "checks.json", "code.json",
    "definitions.json", "definitions.md", "figures.csv", "figures.csv-metadata.json", "figures.json", "figures.parquet",
    "inputs.json", "page.html", "requirements.lock", "revisions.json", "text.md", "verify.py", "workbook.xlsx",
}  # fmt: skip


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in files_in(folder)}


def test_prepared_again_elsewhere_and_later_it_is_the_same_bytes(office: Office) -> None:
    """Another home, a year on: every file is equal, and holds no path of the machine."""
    before = bytes_of(office.draft.folder)
    assert before.keys() == CONTENTS
    shutil.rmtree(office.home.releases)
    office.later(days=365)
    made = office.prepared()
    assert made.is_changed and bytes_of(made.folder) == before
    assert not [name for name, content in before.items() if str(office.root.parents[1]).encode() in content]


def test_who_prepared_what_when_is_on_record(office: Office) -> None:
    (entry,) = (one for one in audit.entries(office.home) if one.action == "prepare_release")
    assert entry.subject == f"{office.draft.id} {office.draft.sha256}"


def test_every_figure_of_the_document_comes_with_version_and_revisions(office: Office) -> None:
    """The one document that all files are made from, as others ask for it."""
    document = release_document(office.settings, WINDOW, None, None, office.clock)
    assert document["release"] == {"id": "2023-11.1", "previous": None, "note": None}
    assert document["revisions"] == [] and document["triangle"]["releases"] == ["2023-11.1"]
    assert all(figure["version"] >= 1 and figure["revised"] is None for figure in document["figures"])


def test_a_release_of_the_future_of_a_short_window_or_of_nothing_is_refused(office: Office, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="yet to come"):
        prepare(office.settings, WINDOW, MORNING + timedelta(days=1), None, office.clock)
    with pytest.raises(ReleaseError, match="twelve months"):
        prepare(office.settings, window("2023-11", 1), None, None, office.clock)
    with pytest.raises(NothingLanded):
        prepare(Force(tmp_path / "empty").settings, WINDOW, None, None, office.clock)


def test_what_came_later_changes_nothing_of_a_release(demo_night: Force, tmp_path: Path) -> None:
    """Struck for real. A held warrant is let in after it: the release is still what the records say as at its instant.

    One figure is explained in counts, equal to what was released.
    """
    shutil.copytree(demo_night.root, tmp_path / "home")
    force = Force(tmp_path / "home", demo_night.nights)
    then = known_at(force.home)
    made = prepare(force.settings, WINDOW, None, None, force.now)
    row = next(row for row in held_rows(force.settings) if row.dataset == "warrant")
    day = f"{force.now() + timedelta(days=30):%Y-%m-%d}"
    waive(force.settings, row.id, "Registers", "seen on paper", day, lambda: force.now() + timedelta(hours=1))
    assert known_at(force.home) != then
    assert check.as_known(force.settings, made.id) == []
    figure = explained(force.settings, made.id, "charge_and_remand_rate")
    assert (figure.released, figure.is_equal) == ("69.3", True)
    assert [(part.count, part.records) for part in figure.parts] == [("305", 305), ("440", 501)]
