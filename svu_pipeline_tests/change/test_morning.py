"""The morning report says what the night brought, held, changed and why, and nothing of any record."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from svu_pipeline.change.morning import Brought, Morning, as_markdown, morning
from svu_pipeline.kept import keep_held
from svu_pipeline.quality.history import Past
from svu_pipeline.quality.states import SILENT, SourceState
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline_tests.night import Force

KNOWN, BEFORE = datetime(2026, 11, 21, 4, 5, tzinfo=UTC), datetime(2026, 11, 20, 4, 5, tzinfo=UTC)
WORDS = "440 → 443: +4 late (custody), −1 linking, 0 definition, 0 code"
CHECK = Past("warrant", "row__too_few_fields", False, Severity.ERROR, 3, KNOWN, (0, 3))
SILENCE = SourceState(
    "courts", "Court results", SILENT, BEFORE, BEFORE.date(), KNOWN, "No delivery.", "Ask its keeper."
)
NIGHT = Morning(
    known_at=KNOWN,
    since=BEFORE,
    brought=(Brought("Custody system", {"custody_record": 1200}, 2),),
    states=(SILENCE,),
    held={("custody_record", "A|B keeper"): 4},
    held_since=1,
    turned=(CHECK,),
    failing=5,
    changes=({"title": "People arrested", "window": "2023-11", "words": WORDS},),
    landed=20000,
    counted=19900,
)


def test_what_needs_a_hand_stands_first_with_its_cure() -> None:
    said = as_markdown(NIGHT)
    assert said.index("**Court results** is silent. No delivery. Ask its keeper.") < said.index(
        "## Figures that changed"
    )
    assert "**warrant.row__too_few_fields** fails; rows that break it: 3." in said


def test_each_changed_figure_stands_with_its_reasons() -> None:
    assert f"| People arrested | 2023-11 | {WORDS} |" in as_markdown(NIGHT)
    assert "No figure changed." in as_markdown(replace(NIGHT, changes=()))


def test_what_came_and_what_is_held_add_up_in_words() -> None:
    said = as_markdown(NIGHT)
    assert (
        "| Custody system | custody record | 1,200 |" in said and "| Custody system | decisions of people | 2 |" in said
    )
    assert "4 rows are on hold, 1 of them new." in said and "20,000 rows have landed, of which 19,900 count now" in said
    quiet = as_markdown(replace(NIGHT, brought=(), held={}, turned=(), states=()))
    assert "Nothing new came." in quiet and "No row is on hold." in quiet and "Nothing: every source" in quiet


def test_a_bar_in_a_name_does_not_end_its_cell() -> None:
    """Owners' names come from settings: the table stays a table."""
    assert "| custody record | A&#124;B keeper | 4 |" in as_markdown(NIGHT)


@pytest.mark.slow
def test_the_report_of_a_night_counts_what_the_manifests_and_accounts_have(demo_night: Force) -> None:
    keep_held(demo_night.settings)
    report = morning(demo_night.settings, [], demo_night.now)
    assert report is not None and report.since is None and not report.turned, "the first night on record turns nothing"
    assert sum(sum(one.rows.values()) for one in report.brought) == report.landed > report.counted > 0
    assert sum(report.held.values()) > 0 and report.failing > 0


def test_before_the_first_night_there_is_no_report(force: Force) -> None:
    assert morning(force.settings, [], force.now) is None
