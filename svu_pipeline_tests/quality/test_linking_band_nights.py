"""The band after whole nights: people near the threshold, and people whom a new record shows to be one."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.clock import window
from svu_pipeline.kept import keep_metrics
from svu_pipeline.people.kept_links import opened
from svu_pipeline.publication.assets import failing_checks
from svu_pipeline.publication.publish import Published, publish_review
from svu_pipeline.publication.review import review
from svu_pipeline.quality.linking_band import CHECK
from svu_pipeline.warehouse import parquet_view, session
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import Extract, person, pnc

pytestmark = pytest.mark.slow

YEAR = window("2023-11")
HERE, THERE = "IG1 1AA", "SS1 2AB"
NAMES = (
    ("Hargreaves", "Elizabeth"), ("Oxenham", "Rhys"), ("Tremayne", "Jocasta"), ("Ashdown", "Imran"),
    ("Lindqvist", "Saskia"), ("Okoro", "Chidi"), ("Petrov", "Anatoly"), ("Marsden", "Gwendolyn"),
    ("Quillfeather", "Ottoline"), ("Brannigan", "Fergus"), ("Castellano", "Lucia"), ("Dubrovsky", "Dmitri"),
    ("Gallowglass", "Keziah"), ("Jankowski", "Leopold"), ("Nightingale", "Percival"), ("Wolstenholme", "Yolanda"),
)  # fmt: skip
ALIKE = tuple(itertools.product(((1, 0), (0, 9)), (False, True), (True, False), ("M", "U")))
"""How the second of two is told from the first: born so many years and months later, surname and forename swapped or not,
with a home of its own or none, of the same sex or of one that is not known."""


def near_the_threshold() -> Extract:
    """Pairs of arrests that may be one person's, likely to many degrees: some of them between .80 and .95, by any model."""
    extract = Extract()
    for place, (names, ((years, months), is_swapped, has_home, sex)) in enumerate(zip(NAMES, ALIKE, strict=True)):
        year, (surname, forenames) = 1951 + 3 * place, names[::-1] if is_swapped else names
        one, two = person(*names, f"{year}-02-07"), person(surname, forenames, f"{year + years}-{2 + months:02d}-07")
        extract.arrest(one, "2023-01-10 08:00:00", home_postcode=f"IG{1 + place} 1AA")
        home = f"SS{1 + place} 2AB" if has_home else None
        extract.arrest(two, "2023-03-10 08:00:00", home_postcode=home, sex=sex)
    return extract


def night(force: Force, folder: Path, extract: Extract, broken: str = "") -> Published:
    """A whole night on an extract, of which a file cannot be read, and the review of the year after it."""
    extract.write(folder)
    if broken:
        (folder / broken).write_bytes(b"none")
    force.night(folder)
    metrics = force.home.metrics
    with session(metrics) as connection:
        parquet_view(connection, "value", [metrics / "value.parquet"])
        parquet_view(connection, "linking_band", [metrics / "linking_band.parquet"])
        apart = connection.execute(
            "SELECT * FROM linking_band JOIN value USING (window_label, metric_id) "
            "WHERE dimension = '' AND at_95 IS DISTINCT FROM printed"
        ).fetchall()
    assert apart == [], "the headline of a band is the figure, that of a source that is not up to date too"
    return publish_review(force.settings, YEAR, force.now)


def figure_of(document: dict[str, Any], metric: str) -> dict[str, Any]:
    (found,) = (figure for figure in document["figures"] if figure["id"] == metric)
    return dict(found)


def likelihoods(force: Force) -> Sequence[float]:
    """How likely each pair that was compared is one person's."""
    with opened(force.settings) as connection:
        return [likely for (likely,) in connection.execute("SELECT match_probability FROM scored").fetchall()]


def test_people_near_the_threshold_make_the_band(force: Force, tmp_path: Path) -> None:
    """As many fewer people at each threshold as there are pairs as likely as that; in JSON, CSV, page, check and as at."""
    published = night(force, tmp_path / "one", near_the_threshold())
    likely, everyone = likelihoods(force), int(figure_of(published.document, "arrests")["printed"])
    people = {at: str(everyone - sum(one >= float(at) for one in likely)) for at in ("0.80", "0.90", "0.95", "0.99")}
    assert people["0.80"] != people["0.95"], "a pair is likely to .80 and not to .95"
    found = figure_of(published.document, "people_arrested")
    assert found["printed"] == people["0.95"] and found["linking"]["readings"] == people
    lowest, highest = people["0.80"], people["0.99"]
    words = f"{lowest}–{highest} as the linking threshold moves from .80 to .99"
    assert found["linking"]["words"] == words
    assert f"people_arrested {lowest} to {highest}" in failing_checks(published.document)[CHECK]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", published.page.read_text("utf-8")))
    assert text.count(words) == 3, "beside the headline, beside the figure, and where it says how sure it is"
    with published.page.with_suffix(".csv").open(newline="", encoding="utf-8") as stream:
        (row,) = (row for row in csv.DictReader(stream) if row["metric"] == "people_arrested" and not row["dimension"])
    assert (row["linking_lowest"], row["linking_highest"], row["moved_by_linking"]) == (lowest, highest, "0")
    assert figure_of(review(force.settings, YEAR), "people_arrested")["linking"] == found["linking"]
    month = figure_of(review(force.settings, window("2023-01", 1)), "people_arrested")["linking"]
    assert month["lowest"] == month["highest"] == str(len(NAMES)), "one of each two in the month"


def test_people_who_turn_out_to_be_one_are_moved_by_linking(force: Force, tmp_path: Path) -> None:
    """A new record bears the name of one and the PNC id of the other: one person fewer, and nothing else has changed."""
    extract = Extract()
    him, other_name = (
        person("Zwartemeer", "Piet", "1980-07-08", pnc(2008, 4511)),
        person("Oxenham", "Rhys", "1981-09-18"),
    )
    extract.arrest(him, "2023-02-10 08:00:00", home_postcode=HERE)
    extract.arrest(other_name, "2023-04-10 08:00:00", home_postcode=THERE)
    first = night(force, tmp_path / "one", extract)
    assert figure_of(first.document, "people_arrested")["printed"] == "2"
    assert first.document["linking"]["events"] == []
    extract.contact(other_name | {"pnc_id": him["pnc_id"]}, "2023-05-10", postcode=THERE)
    second = night(force, tmp_path / "two", extract)
    arrested, safeguarded = (figure_of(second.document, name) for name in ("people_arrested", "people_safeguarded"))
    assert (arrested["printed"], arrested["linking"]["moved"]) == ("1", "-1")
    assert (safeguarded["printed"], safeguarded["linking"]["moved"]) == ("1", "0"), "a new record is no linking"
    assert second.document["linking"]["events"] == [{"kind": "merge", "because": "record", "count": 1}]
    assert keep_metrics(force.settings)["linking_band"].found["moved by linking"] > 0
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", second.page.read_text("utf-8")))
    assert "Moved by linking −1" in text and "People merged into another, because of new or changed records: 1" in text
    third = night(force, tmp_path / "three", extract, broken="case_file.sqlite")
    assert figure_of(third.document, "people_arrested")["linking"] == arrested["linking"], "nothing came, nothing moved"
    assert figure_of(review(force.settings, YEAR), "people_arrested")["linking"] == arrested["linking"]
