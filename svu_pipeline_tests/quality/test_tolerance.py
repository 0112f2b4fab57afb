"""Limits of checks: any row, a count, a share, a rise since the last delivery."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from svu_pipeline.facts.build import CREDIT
from svu_pipeline.kept import KeptTable
from svu_pipeline.quality.history import NIGHT, Result, append
from svu_pipeline.quality.results import results_of_facts
from svu_pipeline.quality.tolerance import ANY_FAILS, ANY_WARNS, Measure, Severity, Tolerance
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, write_json

COUNT = Tolerance(Measure.ROWS, warn=Decimal(2), fail=Decimal(5))
SHARE = Tolerance(Measure.SHARE, warn=Decimal("0.5"), fail=Decimal(2))
RISE = Tolerance(Measure.RISE, warn=Decimal(0), fail=Decimal(3))
ONLY_WARNS = Tolerance(Measure.ROWS, warn=Decimal(100))
PASS, WARN, ERROR = (True, None), (False, Severity.WARN), (False, Severity.ERROR)

CASES = [
    # rows that break the check, rows of the dataset, rows that broke it before; then what each tuning makes of them
    (0, 1000, 0, PASS, PASS, PASS, PASS),
    (1, 1000, 0, ERROR, PASS, PASS, WARN),
    (2, 1000, 2, ERROR, PASS, PASS, PASS),
    (3, 1000, 0, ERROR, WARN, PASS, WARN),
    (5, 1000, 1, ERROR, WARN, PASS, ERROR),
    (6, 1000, 9, ERROR, ERROR, WARN, PASS),
    (21, 1000, 20, ERROR, ERROR, ERROR, WARN),
    (1, 10, 1, ERROR, PASS, ERROR, PASS),
    (1, 0, 1, ERROR, PASS, PASS, PASS),
]


@pytest.mark.parametrize(("failing", "rows", "before", "any_row", "count", "share", "rise"), CASES)
def test_one_check_tuned_four_ways(
    failing: int,
    rows: int,
    before: int,
    any_row: tuple[bool, Severity | None],
    count: tuple[bool, Severity | None],
    share: tuple[bool, Severity | None],
    rise: tuple[bool, Severity | None],
) -> None:
    """The same rows pass, warn or fail as the check is tuned; a limit is passed when it is met."""
    for tolerance, expected in ((ANY_FAILS, any_row), (COUNT, count), (SHARE, share), (RISE, rise)):
        judged = tolerance.judge(failing, rows, before)
        assert (judged.passed, None if judged.passed else judged.severity) == expected, tolerance


def test_without_a_tuning_one_row_is_enough() -> None:
    """A rule that holds fails on its first row, any other warns; one that only warns is never an error."""
    assert not ANY_FAILS.judge(1, 10**6, 0).passed
    assert ANY_WARNS.judge(1, 10**6, 0).severity is Severity.WARN
    assert ONLY_WARNS.judge(10**6, 10**6, 0).severity is Severity.WARN


def test_limits_are_said_in_words() -> None:
    """What a result was held against is kept beside it."""
    assert COUNT.judge(0, 1, 0).threshold == "warns above 2 rows, fails above 5 rows"
    assert SHARE.words == "warns above 0.5 per cent of the rows, fails above 2 per cent of the rows"


def of_credit(folder: Path, by: Tolerance | None, failing: int = 3) -> Result:
    """The check on disputed records, of which there are so many of a hundred, under a tolerance."""
    found = {
        "checks": [{"name": CREDIT, "failing": failing, "words": ""}, {"name": "no_float", "failing": 1, "words": ""}]
    }
    kept = KeptTable("fct_unit_attribution", 100, "", "", found)
    write_json(folder / "facts" / "facts.json", {kept.name: asdict(kept)})
    tuned = {f"{kept.name}.{name}": by for name in (CREDIT, "no_float")} if by else {}
    credit, promise = results_of_facts(Settings(folder, folder, folder, tolerances=tuned))
    assert (promise.passed, promise.severity) == (False, Severity.ERROR)
    return credit


def test_the_check_on_disputed_credit_is_tuned_as_any_other(tmp_path: Path) -> None:
    """By itself it warns above 2 per cent; by count it can fail; by rise it looks at the night before. No promise can be tuned."""
    assert of_credit(tmp_path, None, 2).passed
    default = of_credit(tmp_path, None)
    assert (default.passed, default.severity, default.threshold) == (
        False,
        Severity.WARN,
        "warns above 2 per cent of the rows",
    )
    assert of_credit(tmp_path, COUNT).severity is Severity.WARN
    assert of_credit(tmp_path, COUNT, 6).severity is Severity.ERROR
    assert of_credit(tmp_path, RISE).severity is Severity.WARN
    append(Home(tmp_path), NIGHT, [of_credit(tmp_path, None)], datetime(2026, 11, 20, 4, tzinfo=UTC))
    assert of_credit(tmp_path, RISE).passed
    assert of_credit(tmp_path, RISE, 7).severity is Severity.ERROR
