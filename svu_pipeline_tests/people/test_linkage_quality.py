"""The page of linkage quality: its counts, held against the small force by hand; its gates; and that it names nobody."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from svu_pipeline.kept import keep_people
from svu_pipeline.people import decisions
from svu_pipeline.people.linkage_page import histogram, part, render_page
from svu_pipeline.people.linkage_quality import MARKER, PAGE, LinkageQuality, failing, keep_linkage_quality
from svu_pipeline.people.truth import WHO_IS_WHO, TruthError, agreement
from svu_pipeline.settings import LinkingSettings
from svu_pipeline.strike import NothingLanded
from svu_pipeline.warehouse import table_of_rows
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.people.small_force import (
    C1,
    C2,
    C3,
    C4,
    H1,
    H2,
    O1,
    O2,
    S1,
    S2,
    S3,
    VALUES,
    key,
)

TRUE = {
    C1: "beth",
    C2: "beth",
    S1: "beth",
    S2: "meg",
    C3: "piet",
    S3: "piet",
    O2: "piet",
    C4: "other",
    H1: "rhys",
    H2: "rhys",
}
"""Who is who in the small force, but for the record that says too little."""


@pytest.fixture(scope="module")
def quality(kept: Force) -> LinkageQuality:
    return keep_linkage_quality(kept.settings)


def truth_file(place: Path, who: dict[str, str]) -> Path:
    lines = ["dataset,record_key,person", *(f"{record.replace(':', ',', 1)},{name}" for record, name in who.items())]
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


def against(force: Force, who: dict[str, str]) -> dict[str, Any]:
    """The document with the small force held against what is said of it."""
    file = truth_file(force.root.parent / "who.csv", who)
    return keep_linkage_quality(replace(force.settings, linking=LinkingSettings(truth=(file,)))).document


def test_the_counts_are_those_of_the_small_force(quality: LinkageQuality) -> None:
    """Eleven records of six people; two of them say the same in every field."""
    found = quality.document
    assert (found["records"], found["people"], found["identities"]) == (11, 6, 10)
    sizes = {size["records"]: size["people"] for size in found["clusters"]["sizes"]}
    assert sizes == {1: 3, 2: 1, 3: 2} and found["clusters"]["largest"] == [3, 3, 2, 1, 1, 1]


def test_every_compared_pair_is_in_one_band_and_one_bar(quality: LinkageQuality) -> None:
    """Bands, histogram and the rules' new pairs each add up to the pairs; bands lie end to end."""
    found = quality.document
    assert found["pairs"] > 3
    for rows, column in ((found["bands"], "pairs"), (found["histogram"], "pairs"), (found["rules"], "new")):
        assert sum(row[column] for row in rows) == found["pairs"]
    assert all(low["to"] == high["from"] for low, high in pairwise(found["bands"]))
    assert all(rule["pairs"] >= rule["new"] >= rule["same"] for rule in found["rules"])


def test_pnc_ids_measure_what_does_not_know_them(quality: LinkageQuality) -> None:
    """Piet and Pieter, whom a PNC id joins, no rule brings together; two PNC ids under one name are alike enough."""
    own = quality.document["own"]
    assert (own["pairs"], own["compared"], own["found"]) == (1, 0, 0)
    assert (own["both_known"], own["false"]) == (1, 1)


def test_a_record_that_could_not_meet_its_own_copy_is_found(quality: LinkageQuality) -> None:
    """A civil order without a date of birth; it is said what it lacks, not whose it is."""
    assert quality.document["unlinkable"] == [
        {"dataset": "civil_order", "missing": "date of birth, sex, postcode", "records": 1, "with_pnc": 0, "of": 2}
    ]


def test_merges_and_decisions_are_counted(own: Force) -> None:
    """The merge of the second night by a record; a decision once it is in force."""
    (night,) = keep_linkage_quality(own.settings).document["nights"]
    assert (night["merges"], night["splits"], night["records"], night["record"]) == (1, 0, 1, 1)
    proposed = decisions.propose(own.settings, "not_same", C1, S1, "J Marsh", "the photographs", own.now)
    decisions.confirm(own.settings, proposed, "Insp R. Vale", own.now)
    keep_people(own.settings)
    found = keep_linkage_quality(own.settings).document
    assert found["decisions"] == {"same": 0, "not_same": 1}
    assert [(night["splits"], night["decision"]) for night in found["nights"]] == [(1, 1), (0, 0)]


def test_the_page_names_nobody(kept: Force, quality: LinkageQuality) -> None:
    """No value of a record, no key of one, no person's id, on the page, in its counts or in what the UI is told."""
    told = quality.page.read_text("utf-8") + json.dumps([quality.document, quality.metadata])
    with duckdb.connect() as connection:
        file = str(kept.home.people / "person_record.parquet")
        ids = {name for (name,) in connection.execute("SELECT person_id FROM read_parquet(?)", [file]).fetchall()}
    named = [*VALUES, *ids, *(key(record) for record in (*TRUE, O1))]
    assert not [value for value in named if value.lower() in told.lower()]
    assert "<script" not in told and not re.findall(r"(?:src|href)=\"(?!#|data:)", told)


def test_the_same_tables_are_not_measured_again(own: Force) -> None:
    """A second look changes no byte; a page that is gone is written again as it was."""
    first = keep_linkage_quality(own.settings)
    files = [own.home.people / name for name in (PAGE, MARKER)]
    bytes_of = [file.read_bytes() for file in files]
    again = keep_linkage_quality(own.settings)
    assert not again.is_changed and again.document == first.document
    files[0].unlink()
    assert keep_linkage_quality(own.settings).is_changed
    assert [file.read_bytes() for file in files] == bytes_of


def test_truth_that_agrees_passes_and_wrong_links_and_missing_ones_fail(own: Force) -> None:
    """All true: 1 and 1. One of three said to be another's: wrong links. Two people said to be one: missing ones."""
    agreed = against(own, TRUE)
    assert failing(agreed) == {"precision_against_truth": [], "recall_against_truth": []}
    headline = next(found for found in agreed["truth"][0]["at"] if found["is_headline"])
    assert (headline["records"], headline["linked"], headline["true"], headline["both"]) == (10, 7, 7, 7)

    wrong = against(own, TRUE | {S1: "someone else"})
    assert failing(wrong) == {"precision_against_truth": ["who.csv"], "recall_against_truth": []}
    assert "at least 99.9% is asked for" in (own.home.people / PAGE).read_text("utf-8")

    missing = against(own, TRUE | {S2: "beth"})
    assert failing(missing) == {"precision_against_truth": [], "recall_against_truth": ["who.csv"]}
    headline = next(found for found in missing["truth"][0]["at"] if found["is_headline"])
    assert (headline["linked"], headline["true"], headline["both"]) == (7, 10, 7)


def test_a_home_may_bring_its_own_truth(own: Force) -> None:
    """A file of that name in the home is measured without a word in the settings."""
    truth_file(own.root / WHO_IS_WHO, TRUE)
    found = keep_linkage_quality(own.settings)
    assert [truth["file"] for truth in found.document["truth"]] == [WHO_IS_WHO]
    assert found.metadata["lowest precision against truth"] == 1.0


@pytest.mark.parametrize(
    "content",
    [None, "dataset,person\nhearing,Zwartemeer\n", "dataset,record_key,person\nhearing,H1,Zwartemeer\nhearing,H1,b\n",
     "dataset,record_key,person\nhearing,H1,\n", "", '"Zwartemeer\n,,,,', b"\xff\xfeZwartemeer"],
)  # fmt: skip
def test_a_truth_set_that_cannot_be_used_is_named_and_not_quoted(own: Force, content: str | bytes | None) -> None:
    """Missing, without a column, a record twice or without a person, no CSV at all: the file, the cure, no value."""
    file = own.root.parent / "who.csv"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TruthError) as refused:
        keep_linkage_quality(replace(own.settings, linking=LinkingSettings(truth=(file,))))
    assert "who.csv" in str(refused.value) and "Zwartemeer" not in str(refused.value)


def test_a_home_without_people_says_what_to_do(force: Force) -> None:
    with pytest.raises(NothingLanded, match="svu nightly"):
        keep_linkage_quality(force.settings)


def test_precision_and_recall_are_over_pairs(tmp_path: Path) -> None:
    """Against every pair counted one by one, on labels drawn at random; where there is no pair to be wrong, none is."""
    draw = random.Random(4)
    columns = dict.fromkeys(("dataset", "record_key", "person_id", "at_80", "at_90", "at_99"), "TEXT")
    with duckdb.connect() as connection:
        for _ in range(25):
            labels = [(draw.randrange(5), draw.randrange(-1, 5)) for _ in range(draw.randrange(1, 12))]
            rows = [("hearing", str(at), f"p{us}", *["x"] * 3) for at, (us, _) in enumerate(labels)]
            table_of_rows(connection, "person_record", columns, rows)
            # A record without a person in truth is one that the truth set does not name.
            who = {f"hearing:{at}": f"t{them}" for at, (_, them) in enumerate(labels) if them >= 0}
            found = {a.threshold: a for a in agreement(connection, truth_file(tmp_path / "who.csv", who))}["0.95"]
            known = [label for label in labels if label[1] >= 0]
            pairs = [(a[0] == b[0], a[1] == b[1]) for a, b in combinations(known, 2)]
            linked, true, both = sum(us for us, _ in pairs), sum(them for _, them in pairs), pairs.count((True, True))
            assert (found.records, found.linked, found.true, found.both) == (len(known), linked, true, both)
            assert found.precision == (both / linked if linked else 1) and found.recall == (both / true if true else 1)


@pytest.mark.parametrize(
    ("count", "of", "said"),
    [
        (0, 7, "0%"),
        (7, 7, "100%"),
        (1, 2, "50.0%"),
        (9999, 10000, "99.99%"),
        (1, 10**7, "under 0.0001%"),
        (3, 0, "none"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_all(count: int, of: int, said: str) -> None:
    assert part(count, of) == said


def test_a_bar_stands_for_its_pairs_and_one_pair_is_seen() -> None:
    """Heights grow with the pairs, a single pair is seen, and nothing lies outside the drawing."""
    rows = [{"bits": bits, "pnc": "same", "pairs": pairs} for bits, pairs in ((-31, 1), (0, 10), (42, 100_000))]
    drawn = histogram(rows, 0.95)
    heights = [height for _, _, _, height in drawn.panels[0].bars]
    assert heights == sorted(heights) and heights[0] > 2
    assert all(drawn.left <= x and x + wide <= drawn.width for x, _, wide, _ in drawn.panels[0].bars)
    assert drawn.band[0] < drawn.cut < drawn.band[1] and "100,000" in drawn.words.replace("100,001", "100,000")


def test_a_home_with_one_record_has_a_page_too(quality: LinkageQuality) -> None:
    """Without a pair, a truth set, an event or a person there is still a whole page."""
    nothing = quality.document | {
        "histogram": [],
        "truth": [],
        "nights": [],
        "unlinkable": [],
        "identities": 0,
        "pairs": 0,
    }
    empty = nothing | {
        "clusters": {"sizes": [], "largest": []},
        "records": 0,
        "own": dict.fromkeys(quality.document["own"], 0),
    }
    assert "</html>" in render_page(empty)
