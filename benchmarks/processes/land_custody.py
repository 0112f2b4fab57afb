"""Our side of landing and contracts: `… land_custody SOURCES HOME`; prints what was found and the seconds of each stage."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter

from svu_pipeline.clock import now
from svu_pipeline.contracts.verdict import accepted, judge
from svu_pipeline.landing.land import Origin, land
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home


def land_custody(sources: Path, home: Home) -> dict[str, object]:
    """Land the custody database as one batch and judge it, as the night does."""
    started = perf_counter()
    land(SYSTEMS["custody"], Origin(sources), home, now, accepted(home, "custody"))
    landed = perf_counter()
    (verdict,) = judge(home, "custody")
    judged = perf_counter()
    table = verdict.tables["custody_record"]
    return {
        "found": {"rows": table.rows, "held": table.held, "rules": table.rules},
        "stages": {"landing": landed - started, "contracts": judged - landed},
    }


if __name__ == "__main__":
    print(json.dumps(land_custody(Path(sys.argv[1]), Home(Path(sys.argv[2])))))
