"""`svu checks` answers "since when?"; what the UI says beside a check is the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from svu_pipeline.commands.checks import checks
from svu_pipeline.quality.history import NIGHT, Result, append, past
from svu_pipeline.quality.results import since_words
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.warehouse import Home

FIRST = datetime(2026, 11, 20, 4, tzinfo=UTC)


def outcome(check: str, rows: int) -> Result:
    return Result("warrant", check, rows == 0, Severity.ERROR, rows, "fails above 0 rows")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three nights of two checks, one of which fails since the second."""
    for night, rows in enumerate((0, 1, 3)):
        results = [outcome("issued__bad_date", rows), outcome("power__missing_required", 0)]
        append(Home(tmp_path), NIGHT, results, FIRST + timedelta(days=night))
    return tmp_path


def said(*arguments: str) -> list[str]:
    app = typer.Typer()
    app.command()(checks)
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_every_check_is_listed_with_since_when(home: Path) -> None:
    """One line a check, then how many there are and how many do not pass."""
    assert said("--home", str(home)) == [
        "dataset\tcheck\tnow\tsince\trows\tlast nights",
        "warrant\tissued__bad_date\terror\t2026-11-21 04:00Z\t3\t▁▃█",
        "warrant\tpower__missing_required\tpass\t2026-11-20 04:00Z\t0\t▁▁▁",
        "2 checks, 1 of them not passed",
    ]


def test_checks_are_picked_by_name_and_by_failing(home: Path) -> None:
    """By the name of the check, or with its dataset; those that fail alone."""
    assert said("--home", str(home), "--failing")[-1] == "1 checks, 1 of them not passed"
    assert said("--home", str(home), "--check", "power__missing_required")[-1] == "1 checks, 0 of them not passed"
    assert said("--home", str(home), "--check", "warrant.issued__bad_date")[-1] == "1 checks, 1 of them not passed"
    assert said("--home", str(home), "--check", "charge.issued__bad_date")[-1] == "0 checks, 0 of them not passed"
    (only,) = json.loads("".join(said("--home", str(home), "--failing", "--json")))
    assert only == {
        "dataset": "warrant", "check": "issued__bad_date", "now": "error", "since": "2026-11-21T04:00:00Z", "rows": 3,
        "nights": [0, 1, 3],
    }  # fmt: skip


def test_beside_a_check_stands_since_when_it_is_so(home: Path) -> None:
    """As on record where it still is; from now on where it has just turned; nothing known at first."""
    known, now = past(Home(home))["warrant", "issued__bad_date"], FIRST + timedelta(days=3)
    assert since_words(outcome("issued__bad_date", 4), known, now)["since"] == "fails since 2026-11-21"
    assert since_words(outcome("issued__bad_date", 0), known, now)["since"] == "passes since 2026-11-23"
    assert since_words(outcome("issued__bad_date", 1), None, now) == {
        "since": "fails since 2026-11-23",
        "last nights": "no history yet",
    }
