"""A code list grows: the row is kept, the code read as unknown, counted and warned of; too many hold the delivery (F42)."""

from __future__ import annotations

from pathlib import Path

import duckdb

from svu_pipeline.kept import keep_standing
from svu_pipeline.quality.results import NOT_HELD, results_of_source
from svu_pipeline.quality.tolerance import Severity
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home
from svu_pipeline_tests.contracts.killers.custody import ARREST
from svu_pipeline_tests.contracts.killers.specimen import Row
from svu_pipeline_tests.contracts.landed import deliver
from svu_pipeline_tests.tally import count

CHECK = "sex__unknown_code"


def records(new: int, total: int) -> list[Row]:
    """Custody records, some of which have a code that no one has told us of."""
    return [
        {**ARREST, "custody_ref": f"42CU/{number:06d}/23", "sex": "X" if number < new else "M"}
        for number in range(total)
    ]


def test_a_new_code_is_kept_counted_and_warned_of(tmp_path: Path) -> None:
    """One of forty: a warning, the row stands with the raw code beside; eleven of twenty: held whole, nothing of it counts."""
    place = Settings(tmp_path / "home", tmp_path, tmp_path / "key")
    found = []
    for night, (new, total) in enumerate(((1, 40), (11, 20))):
        deliver(Home(place.home), "custody", {"custody_record": records(new, total)}, night=night)
        keep_standing(place, "custody")
        results = {result.check: result for result in results_of_source(place, "custody")}
        found.append((results[CHECK].rows, results[CHECK].severity, results[NOT_HELD].passed))
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT sex, sex_raw, count(*) FROM read_parquet(?) WHERE _status = 'current' GROUP BY ALL ORDER BY ALL",
            [str(place.home / "restricted" / "standing" / "standing_custody_record.parquet")],
        ).fetchall()
    is_right = found == [(1, Severity.WARN, True), (1, Severity.WARN, False)]
    count("F42", int(is_right), 1)
    assert is_right
    assert rows == [("M", "M", 39), ("UNKNOWN", "X", 1)]
