"""What must come out the same whichever way it went in (faults.md, metamorphic checks)."""

from __future__ import annotations

from pathlib import Path

import pytest

from svu_pipeline_tests import tally
from svu_pipeline_tests.history.slices import write_slice
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.extract import write_extract

WINDOWS = ("2023-11", "2022-12")


@pytest.mark.parametrize("parts", [pytest.param(2, marks=pytest.mark.slow), pytest.param(12, marks=pytest.mark.soak)])
def test_many_nights_bring_what_one_load_brings(parts: int, tmp_path: Path) -> None:
    """An extract that grew over some nights, and the whole of it at once: every figure, and every record that stands."""
    write_extract(tmp_path / "whole", seed=2, size=20 * min(parts, 3))
    bulk, nightly = Force(tmp_path / "bulk"), Force(tmp_path / "nightly")
    bulk.land(tmp_path / "whole")
    for part in range(1, parts + 1):
        folder = tmp_path / f"part{part}"
        write_slice(tmp_path / "whole", folder, part, parts)
        nightly.land(folder)
        assert not nightly.refused
    ours, theirs = ({label: force.figures(label) for label in WINDOWS} for force in (nightly, bulk))
    standing = [{name: account["current"] for name, account in force.accounts().items()} for force in (nightly, bulk)]
    tally.count("nightly = bulk", int(ours == theirs and standing[0] == standing[1]), 1, f"{parts} nights, one load")
    assert ours == theirs
    assert standing[0] == standing[1]
