"""Our side of a load from PostgreSQL: `… land_postgres PLACE HOME`, PLACE the JSON that `postgres_source` prints.

One night of the custody source: read, landed, judged. Prints what was found and the seconds of each stage.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter

from svu_pipeline.clock import now
from svu_pipeline.contracts.verdict import judge
from svu_pipeline.landing.take import take
from svu_pipeline.settings import Settings, SourceSettings
from svu_pipeline.sources.place import PostgresPlace, Secret
from svu_pipeline.warehouse import Home


def land_postgres(said: dict[str, str], home: Path) -> dict[str, object]:
    """Land what the server has that is not here yet, as one batch, and judge it."""
    place = PostgresPlace(said["url"], said["user"], Secret(file=Path(said["password_file"])), said["schema"])
    settings = Settings(home, home, home / "person.key", {"custody": SourceSettings(place=place)})
    started = perf_counter()
    take(settings, "custody", now)
    landed = perf_counter()
    verdict = judge(Home(home), "custody")[-1]
    judged = perf_counter()
    table = verdict.tables["custody_record"]
    return {
        "found": {"rows": table.rows, "held": table.held},
        "stages": {"landing": landed - started, "contracts": judged - landed},
    }


if __name__ == "__main__":
    print(json.dumps(land_postgres(json.loads(sys.argv[1]), Path(sys.argv[2]))))
