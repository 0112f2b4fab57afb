"""The real public files through source 10: every row accounted for, none dropped, oddities counted."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from svu_pipeline.kept import KeptTable, keep_standing
from svu_pipeline.landing.batch import Accepted, manifests
from svu_pipeline.landing.land import Origin, land
from svu_pipeline.settings import Settings, read
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home
from svu_pipeline_tests.sources.written import NIGHT

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "police_uk"
PLACES = {
    "essex_2018_snake_case/2018-01-essex-street.csv": "2018-01/2018-01-essex-street.csv",
    "essex_2018_snake_case/2018-02-essex-street.csv": "2018-02/2018-02-essex-street.csv",
    "essex_2018_snake_case/2018-03-essex-street.csv": "2018-03/2018-03-essex-street.csv",
    "avon_and_somerset_api_flattened/avon-and-somerset_stop_search_data.csv": "2023-01/2023-01-essex-stop-and-search.csv",
    "essex_stop_and_search_2023_06/2023-06-essex-stop-and-search.first58.csv": "2023-06/2023-06-essex-stop-and-search.csv",
}
"""Where each real file stands in the extract folder; the other force's file, in the dialect of the API, as one of ours."""

CRIMES, SEARCHES = 44_552, 507 + 58


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home in which the real months were landed and judged."""
    if not REAL.is_dir():
        pytest.skip("the real public files are not at hand: they are expected in ../shared/data/police_uk")
    folder = tmp_path_factory.mktemp("real")
    for path, place in PLACES.items():
        target = folder / "sources" / "police_uk" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REAL / path, target)
    settings = read(home=folder / "home", sources=folder / "sources", environment={})
    land(SYSTEMS["police_uk"], Origin(settings.sources), Home(settings.home), lambda: NIGHT, Accepted())
    keep_standing(settings, "police_uk")
    return settings


def kept(settings: Settings) -> dict[str, KeptTable]:
    """The tables kept of the source, found as they were left."""
    return keep_standing(settings, "police_uk")


def standing(settings: Settings, dataset: str, query: str) -> list[tuple[Any, ...]]:
    """A query over the standing rows of a dataset, as the relation `standing`."""
    path = Home(settings.home).standing / f"standing_{dataset}.parquet"
    with duckdb.connect() as connection:
        connection.read_parquet(str(path)).create_view("standing")
        return connection.execute(query).fetchall()


@pytest.mark.parametrize(("dataset", "rows"), [("street_crime", CRIMES), ("stop_and_search", SEARCHES)])
def test_every_real_row_stands(dataset: str, rows: int, real: Settings) -> None:
    """Landed = current: none held, none dropped, none taken for a duplicate."""
    account = kept(real)[f"standing_{dataset}"].found["account"]
    assert account == {
        "dataset": dataset, "landed": rows, "current": rows, "superseded": 0, "withdrawn": 0, "duplicate": 0, "held": 0,
    }  # fmt: skip


def test_identical_rows_are_kept_as_often_as_they_were_published(real: Settings) -> None:
    """Anti-social behaviour has no id: rows equal in every cell are incidents of their own."""
    published: Counter[str] = Counter()
    for path, place in PLACES.items():
        if place.endswith("street.csv"):
            published.update((REAL / path).read_text("utf-8").splitlines()[1:])
    repeated = sum(count for count in published.values() if count > 1)
    columns = ", ".join(SYSTEMS["police_uk"].columns["street_crime"])
    query = f"SELECT sum(n) FROM (SELECT count(*) AS n FROM standing GROUP BY {columns} HAVING count(*) > 1)"
    assert standing(real, "street_crime", query) == [(repeated,)]
    assert repeated > 4_000


def test_rows_of_each_month_are_those_of_its_file(real: Settings) -> None:
    """Each row knows its month, and its number in its file runs from 1 without a gap."""
    query = "SELECT month, count(*), min(_row), max(_row) FROM standing GROUP BY month ORDER BY month"
    assert standing(real, "street_crime", query) == [
        ("2018-01", 14_786, 1, 14_786),
        ("2018-02", 13_752, 1, 13_752),
        ("2018-03", 16_014, 1, 16_014),
    ]


def test_rows_outside_essex_and_without_a_place_are_counted(real: Settings) -> None:
    """Kept, counted and warned of: 130 crimes in other districts, 19 without a location."""
    assert kept(real)["standing_street_crime"].found["rules"] == {
        "lsoa_name__out_of_area": 130,
        "latitude__no_location": 19,
    }


def test_the_same_months_again_are_no_new_batch(real: Settings) -> None:
    """The bytes have not changed: nothing is landed, and nothing that is kept is written again."""
    home = Home(real.home)
    assert land(SYSTEMS["police_uk"], Origin(real.sources), home, lambda: NIGHT, Accepted()).batch is None
    assert len(manifests(home, "police_uk")) == 1
    assert not any(table.is_changed for table in kept(real).values())
