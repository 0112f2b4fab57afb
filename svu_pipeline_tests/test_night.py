"""Nights one after another: nothing twice, nothing lost, one broken source stops no other, every past figure again."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from svu_pipeline.clock import window
from svu_pipeline.contracts import verdict
from svu_pipeline.contracts.verdict import LandedDamage, accepted
from svu_pipeline.kept import keep_facts, keep_metrics, keep_people, keep_standing, opened
from svu_pipeline.landing.batch import known_at, manifests, table_path
from svu_pipeline.publication.comparison import year_before
from svu_pipeline.publication.publish import publish_review
from svu_pipeline.publication.review import document, review
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.verify import problems
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.extract import write_extract
from svu_pipeline_tests.oracle.next_night import write_next_night

pytestmark = pytest.mark.slow


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A small extract folder that all can be read from."""
    write_extract(tmp_path / "sources", seed=1, size=40)
    return tmp_path / "sources"


def test_two_nights_with_nothing_new_change_nothing(force: Force, sources: Path) -> None:
    """Run twice = run once, to the byte, of every file of the home; the second night says that it brought nothing."""
    force.night(sources)
    publish_review(force.settings, window("2023-11"))
    once = force.bytes_of_everything()
    brought = force.night(sources)
    published = publish_review(force.settings, window("2023-11"))
    assert not any(brought.values()) and not published.is_changed
    assert force.bytes_of_everything() == once


@pytest.mark.soak
def test_two_homes_give_the_same_tables(tmp_path: Path, sources: Path) -> None:
    """The same sources and key give the same bytes of facts, metrics and page in another home."""
    first, second = Force(tmp_path / "a"), Force(tmp_path / "b")
    first.night(sources)
    second.root.joinpath("restricted").mkdir(parents=True)
    shutil.copy(first.settings.person_key_file, second.settings.person_key_file)
    second.night(sources)
    for force in (first, second):
        publish_review(force.settings, window("2023-11"))
    ours = {name: content for name, content in first.bytes_of_everything().items() if not name.startswith("restricted")}
    theirs = second.bytes_of_everything()
    markers = {name for name in ours if name.endswith("metrics/review-2023-11.json")}
    assert {name: theirs.get(name) for name in ours.keys() - markers} == {
        name: ours[name] for name in ours.keys() - markers
    }


def test_the_kept_tables_and_one_session_say_the_same(force: Force, sources: Path) -> None:
    """The review made from kept files equals the one struck in a single session."""
    force.night(sources)
    asked = window("2023-11")
    with opened(force.settings, [asked, year_before(asked)]) as state:
        kept = document(force.settings, state, window("2023-11"))
    assert kept == review(force.settings, window("2023-11"))


@pytest.mark.soak
def test_a_past_figure_comes_out_as_it_was_known(force: Force, sources: Path, tmp_path: Path) -> None:
    """After later nights with corrections, withdrawals and late rows, each earlier instant gives its figures again."""
    known, current = [], sources
    for night in range(3):
        force.land(current)
        known.append((known_at(force.home), force.figures("2023-11")))
        following = tmp_path / f"night{night}"
        write_next_night(current, following, seed=night)
        current = following
    assert len({tuple(sorted(figures.items(), key=str)) for _, figures in known}) == 3, "the nights must differ"
    for instant, figures in known:
        assert instant is not None
        assert force.figures("2023-11", as_at=instant) == figures
        assert force.figures("2023-11", as_at=instant + timedelta(hours=1)) == figures


def _missing_folder(sources: Path) -> None:
    shutil.rmtree(sources / "property")


def _empty_file(sources: Path) -> None:
    _newest(sources).write_bytes(b"")


def _web_page(sources: Path) -> None:
    _newest(sources).write_text("<html><body>Sign in, ZZSENTINEL</body></html>\r\n", encoding="utf-8")


def _wrong_header(sources: Path) -> None:
    file = _newest(sources)
    file.write_bytes(file.read_bytes().replace(b"exhibit_ref,", b"ref,", 1))


def _lost_column(sources: Path) -> None:
    file = _newest(sources)
    file.write_bytes(file.read_bytes().replace(b",drug,", b",substance,", 1))


def _no_trailer(sources: Path) -> None:
    file = _newest(sources)
    file.write_bytes(file.read_bytes().rsplit(b"TRAILER", 1)[0])


def _unreadable(sources: Path) -> None:
    file = _newest(sources)
    file.unlink()
    file.symlink_to(sources / "nowhere.csv")


def _newest(sources: Path) -> Path:
    return max((sources / "property").glob("*.csv"))


@pytest.mark.soak
@pytest.mark.parametrize(
    "breaks", [_web_page, _missing_folder, _no_trailer, _empty_file, _wrong_header, _lost_column, _unreadable]
)
def test_one_broken_source_stops_no_other(
    breaks: Callable[[Path], None], force: Force, sources: Path, tmp_path: Path
) -> None:
    """One clear error with source, file and cure; the others go on; what was published stays and is marked stale."""
    force.night(sources)
    before = force.figures("2023-11")
    write_next_night(sources, tmp_path / "next", seed=5)
    breaks(tmp_path / "next")
    brought = force.night(tmp_path / "next")
    (error,) = force.refused
    assert error.source == "property" and error.file and error.cure and "ZZSENTINEL" not in str(error)
    assert brought.keys() == SYSTEMS.keys() - {"property"} and any(brought.values())
    after = review(force.settings, window("2023-11"))
    for figure in after["figures"]:
        is_touched = "property" in figure["sources"]
        assert ("s" in figure["marks"]) is is_touched
        if is_touched:
            assert figure["printed"] == before[figure["id"]] and "Property store" in figure["note"]
    (state,) = (row for row in after["quality"]["sources"] if row["source"] == "property")
    assert state["status"] == "refused" and state["cure"]


def test_a_mended_source_is_read_again(force: Force, sources: Path, tmp_path: Path) -> None:
    """When the delivery is whole again it lands, and nothing is stale any more."""
    force.night(sources)
    write_next_night(sources, tmp_path / "next", seed=5)
    good = _newest(tmp_path / "next").read_bytes()
    _empty_file(tmp_path / "next")
    force.night(tmp_path / "next")
    _newest(tmp_path / "next").write_bytes(good)
    assert force.night(tmp_path / "next")["property"]
    assert all(row["status"] == "read" for row in review(force.settings, window("2023-11"))["quality"]["sources"])


def test_a_source_that_never_delivered_is_not_zero(force: Force, sources: Path) -> None:
    """Its figures are null and marked, the others stand."""
    shutil.rmtree(sources / "warrants")
    force.night(sources)
    figures = {figure["id"]: figure for figure in review(force.settings, window("2023-11"))["figures"]}
    assert figures["warrants_executed"]["printed"] is None and "x" in figures["warrants_executed"]["marks"]
    assert figures["people_arrested"]["printed"] is not None


def test_a_refused_delivery_leaves_nothing_behind(force: Force, sources: Path) -> None:
    """One bad file of many: no batch, no half folder; the next good delivery brings all."""
    _no_trailer(sources)
    force.night(sources)
    assert not manifests(force.home, "property")
    left = {path.name for path in force.home.landing("property").iterdir()}
    assert left == {"attempts.jsonl"}


def test_a_database_is_read_from_the_watermark_on(force: Force, sources: Path) -> None:
    """A changed row lands once; rows of the overlap that were there before make no batch of their own."""
    force.night(sources)
    with sqlite3.connect(sources / "custody.sqlite") as database:
        database.execute("CREATE TABLE unrelated (x TEXT)")
    assert not force.night(sources)["custody"], "the file's bytes changed, its rows did not"
    with sqlite3.connect(sources / "custody.sqlite") as database:
        latest = database.execute("SELECT max(updated_at) FROM custody_record").fetchone()[0]
        reference = database.execute(
            "SELECT custody_ref FROM custody_record WHERE updated_at = ?", (latest,)
        ).fetchone()
        database.execute("UPDATE custody_record SET sex = 'U' WHERE custody_ref = ?", reference)
    assert force.night(sources)["custody"], "a row changed at the watermark itself"
    first, second = manifests(force.home, "custody")
    assert second.tables["custody_record"].rows < first.tables["custody_record"].rows
    assert second.read_from["custody_record"] < latest


def test_a_flipped_bit_is_named_and_stops_the_source(force: Force, sources: Path) -> None:
    """`verify` names the damaged batch; what is made from it is not made again from damaged bytes."""
    force.land(sources)
    (batch,) = manifests(force.home, "warrants")
    path = table_path(force.home, batch, "warrant")
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    assert [line for line in problems(force.settings) if "warrant.parquet" in line]
    shutil.rmtree(force.home.verdicts("warrants"))
    shutil.rmtree(force.home.standing)
    with pytest.raises(LandedDamage, match="warrants/"):
        keep_standing(force.settings, "warrants")


def test_a_damaged_table_is_made_again(force: Force, sources: Path) -> None:
    """A kept table whose bytes changed is not trusted: the next night makes it again, the same."""
    force.night(sources)
    path = force.home.facts / "fct_warrant.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + b"x")
    assert any("fct_warrant" in line for line in problems(force.settings))
    keep_facts(force.settings)
    assert path.read_bytes() == whole
    assert not list(problems(force.settings))


def test_one_table_can_be_made_by_itself(force: Force, sources: Path, tmp_path: Path) -> None:
    """Making one fact from new rows writes that one and leaves the rest as it was."""
    force.night(sources)
    write_next_night(sources, tmp_path / "next", seed=2)
    force.land(tmp_path / "next")
    keep_people(force.settings)
    before = force.bytes_of_everything()
    keep_facts(force.settings, {"fct_exhibit"})
    after = force.bytes_of_everything()
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"facts/fct_exhibit.parquet", "facts/facts.json"}
    keep_facts(force.settings)
    keep_metrics(force.settings)
    assert not list(problems(force.settings))


def test_a_delivery_held_whole_moves_no_watermark(force: Force, sources: Path) -> None:
    """Good rows of a delivery that is held whole are read again when the bad ones are gone, however far apart they are."""
    force.land(sources)
    before = force.accounts()["custody_record"]["current"]

    def insert(number: int, arrested_at: str, updated_at: str) -> None:
        with sqlite3.connect(sources / "custody.sqlite") as database:
            columns = "custody_ref, surname, forenames, arrested_at, arrest_reason, arresting_unit, lead_offence_code"
            database.execute(
                f"INSERT INTO custody_record ({columns}, record_status, updated_at) "
                "VALUES (?, 'A', 'B', ?, 'NEW_OFFENCE', 'RAPTOR_WEST', 'MD71171', 'LIVE', ?)",
                (f"42ZZ/{number:06d}/25", arrested_at, updated_at),
            )

    insert(1, "2025-01-01 10:00:00", "2025-01-01T11:00:00Z")
    insert(2, "2025-06-01 10:00:00", "2025-06-01T11:00:00Z")
    for number in range(3, 14):
        insert(number, "not a time", "2025-03-01T11:00:00Z")
    force.land(sources)
    assert force.accounts()["custody_record"]["current"] == before
    with sqlite3.connect(sources / "custody.sqlite") as database:
        database.execute("DELETE FROM custody_record WHERE arrested_at = 'not a time'")
    force.land(sources)
    assert force.accounts()["custody_record"]["current"] == before + 2


def test_a_change_of_contracts_reads_no_database_anew(
    force: Force, sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under another version of the contracts old batches are judged again, and the watermark is where it was."""
    force.land(sources)
    mark = accepted(force.home, "custody")
    monkeypatch.setattr(verdict, "contracts_version", lambda: "another")
    assert accepted(force.home, "custody") == mark
    assert force.land(sources)["custody"] is False
