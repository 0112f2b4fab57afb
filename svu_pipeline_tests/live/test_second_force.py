"""A second force: other names, other codes, another file layout, and no line of Python changed; only its settings file.

The demonstration force's own extract is rewritten as the second force would deliver it; the figures must not move.
"""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from svu_pipeline.contracts.codes import CodesError
from svu_pipeline.errors import Curable
from svu_pipeline.settings import SourceSettings, read
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, Extract
from svu_pipeline_tests.oracle.folder import write_warrants

SETTINGS = """
[sources.custody]
owner = "Detention systems"
[sources.custody.shapes.custody_record]
files = "detentions.db"
table = "Detention Log"
names = { custody_ref = "Detention No", arrested_at = "Time In", arrest_reason = "Why", arresting_unit = "Team" }
[sources.custody.codes.custody_record]
arrest_reason = { "new" = "NEW_OFFENCE", "rtn" = "ANSWER_BAIL" }
arresting_unit = { "SVT-1" = "RAPTOR_NORTH", "O'Brien's team" = "SVU_HQ" }

[sources.property.shapes.exhibit]
files = "exhibits/week_{date}.txt"
encoding = "utf-8"
delimiter = "|"
trailer = "END"
names = { exhibit_ref = "Item No", category = "Group" }
[sources.property.codes.exhibit]
category = { BLADED = "WEAPON" }
unit_code = { SVT-2 = "RAPTOR_SOUTH" }

[sources.warrants.shapes.warrant]
table = "Search log"
names = { warrant_no = "Reference", status = "State" }
[sources.warrants.codes.warrant]
status = { DONE = "EXECUTED" }
unit = { SVT-3 = "RAPTOR_WEST" }

[sources.operations.shapes.operation]
names = { operation_ref = "id", closed_on = "end.date" }

[sources.courts.shapes.hearing]
names = { hearing_id = "ref", surname = "accused.family_name" }

[sources.safeguarding.shapes.contact]
table = "returns/visit"
names = { id = "no", outcome = "result" }
[sources.safeguarding.codes.contact]
outcome = { MADE_SAFE = "SAFEGUARDED" }
"""


def one_force() -> Extract:
    """A small extract of every kind of record, as sources.md has it."""
    extract = Extract()
    first = extract.arrest(ANN, "2023-03-01 10:00:00")
    extract.charge(first)
    extract.remand(first, "PB")
    extract.arrest(ANN, "2023-03-20 10:00:00", arrest_reason="ANSWER_BAIL")
    extract.arrest(BOB, "2023-04-01 10:00:00", arresting_unit="SVU_HQ")
    extract.weapon("MACHETE", "3")
    extract.warrant(date(2023, 4, 1), date(2023, 4, 12))
    extract.operation("DRUG_LINE", "2023-05-05", closure="TYPE_1")
    extract.contact(BOB, "2023-06-01")
    term = {"result_id": "R1", "offence_code": "MD71171", "result_code": "1002", "duration": {"value": 31, "unit": "M"}}
    extract.jailed(ANN, "2023-09-14", term, urn="42CY0000999")
    return extract


def as_second_force(folder: Path) -> None:
    """Rewrite an extract folder in the second force's own words."""
    _custody(folder)
    _property(folder)
    _warrants(folder)
    _operations(folder)
    _courts(folder)
    (file,) = (folder / "safeguarding").glob("*.xml")
    text = file.read_text("utf-8")
    for ours, theirs in (
        ("safeguarding-return", "returns"), ("<contact ", "<visit "), ("</contact>", "</visit>"), (' id="', ' no="'),
        ("outcome>", "result>"), ("SAFEGUARDED", "made_safe"),
    ):  # fmt: skip
        text = text.replace(ours, theirs)
    file.write_text(text, "utf-8")


def _custody(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "custody.sqlite")) as database, database:
        database.execute('ALTER TABLE custody_record RENAME TO "Detention Log"')
        for ours, theirs in (
            ("custody_ref", "Detention No"), ("arrested_at", "Time In"), ("arrest_reason", "Why"),
            ("arresting_unit", "Team"),
        ):  # fmt: skip
            database.execute(f'ALTER TABLE "Detention Log" RENAME COLUMN {ours} TO "{theirs}"')
        for column, ours, theirs in (
            ("Why", "NEW_OFFENCE", "New"), ("Why", "ANSWER_BAIL", "RTN"), ("Team", "RAPTOR_NORTH", "svt-1"),
            ("Team", "SVU_HQ", "O'Brien's team"),
        ):  # fmt: skip
            database.execute(f'UPDATE "Detention Log" SET "{column}" = ? WHERE "{column}" = ?', (theirs, ours))
    (folder / "custody.sqlite").rename(folder / "detentions.db")


def _property(folder: Path) -> None:
    (file,) = (folder / "property").glob("*.csv")
    rows = list(csv.reader(io.StringIO(file.read_text("cp1252"), newline="")))
    named = {
        "exhibit_ref": "Item No",
        "category": "Group",
        "TRAILER": "END",
        "WEAPON": "Bladed",
        "RAPTOR_SOUTH": "SVT-2",
    }
    text = io.StringIO()
    csv.writer(text, delimiter="|").writerows([[named.get(cell, cell) for cell in row] for row in rows])
    (folder / "exhibits").mkdir()
    (folder / "exhibits" / "week_20240102.txt").write_text(text.getvalue(), "utf-8", newline="")
    file.unlink()


def _warrants(folder: Path) -> None:
    import openpyxl

    path = folder / "warrants" / "warrants_register.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Warrants"]
    sheet.title = "Search log"
    named = {"Warrant No": "Reference", "Status": "State", "EXECUTED": "Done", "RAPTOR_WEST": "SVT-3"}
    for row in sheet.iter_rows():
        for cell in row:
            cell.value = named.get(str(cell.value), cell.value)
    book.save(path)


def _operations(folder: Path) -> None:
    (file,) = (folder / "operations").glob("operations_*.jsonl")
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for line in lines:
        line["id"] = line.pop("operation_ref")
        line["end"] = {"date": line.pop("closed_on")}
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def _courts(folder: Path) -> None:
    for page in (folder / "courts").glob("*.json"):
        content = json.loads(page.read_bytes())
        for item in content["items"]:
            item["ref"] = item.pop("hearing_id")
            item["accused"] = {"family_name": item["defendant"].pop("surname")}
        page.write_text(json.dumps(content), "utf-8")


@pytest.fixture
def said(tmp_path: Path) -> dict[str, SourceSettings]:
    """The second force's settings, from its file."""
    (tmp_path / "svu.toml").write_text(SETTINGS, "utf-8")
    settings = read(tmp_path / "home", tmp_path, {"SVU_SETTINGS": str(tmp_path / "svu.toml")})
    return dict(settings.by_source)


def test_a_second_force_needs_its_settings_and_nothing_else(tmp_path: Path, said: dict[str, SourceSettings]) -> None:
    """Every figure and every account equals that of the same records delivered as sources.md has them."""
    one_force().write(tmp_path / "one")
    one_force().write(tmp_path / "other")
    as_second_force(tmp_path / "other")
    first, second = Force(tmp_path / "home1"), Force(tmp_path / "home2", by_source=said)
    first.land(tmp_path / "one")
    second.land(tmp_path / "other")
    assert [str(error) for error in second.refused] == []
    assert second.figures("2023-11") == first.figures("2023-11")
    assert second.accounts() == first.accounts()
    assert first.figures("2023-11")["people_charged_and_remanded"] == "1"
    assert first.figures("2023-11")["weapons_seized"] == "3"


def test_the_code_as_delivered_stays_beside_ours(tmp_path: Path, said: dict[str, SourceSettings]) -> None:
    """A7: the raw twin; and a code that no mapping knows is UNKNOWN, counted, never something else in silence."""
    extract = one_force()
    extract.write(tmp_path / "other")
    as_second_force(tmp_path / "other")
    with closing(sqlite3.connect(tmp_path / "other" / "detentions.db")) as database, database:
        database.execute("""UPDATE "Detention Log" SET "Why" = 'odd' WHERE "Why" = 'RTN'""")
    force = Force(tmp_path / "home", by_source=said)
    force.land(tmp_path / "other")
    import pyarrow.parquet as pq

    table = pq.read_table(force.home.standing / "standing_custody_record.parquet")
    pairs = set(zip(table["arrest_reason"].to_pylist(), table["arrest_reason_raw"].to_pylist(), strict=True))
    assert pairs == {("NEW_OFFENCE", "NEW"), ("UNKNOWN", "ODD"), ("NEW_OFFENCE", "NEW_OFFENCE")} or pairs == {
        ("NEW_OFFENCE", "NEW"), ("UNKNOWN", "ODD")
    }  # fmt: skip


def test_a_mapping_that_is_corrected_judges_the_earlier_batches_anew(tmp_path: Path) -> None:
    """The mapping is part of the verdict: what was UNKNOWN last night is read by the new mapping, without a new delivery."""
    extract = Extract()
    extract.warrant(date(2023, 4, 1), date(2023, 4, 12), status="DONE")
    extract.write(tmp_path / "extract")
    force = Force(tmp_path / "home")
    force.land(tmp_path / "extract")
    assert force.figures("2023-11")["warrants_executed"] == "0"
    force.by_source["warrants"] = SourceSettings(codes={"warrant": {"status": {"done": "EXECUTED"}}})
    assert not any(force.land(tmp_path / "extract").values())
    assert force.figures("2023-11")["warrants_executed"] == "1"


@pytest.mark.parametrize(
    "codes",
    [
        {"warrants": {"status": {"DONE": "EXECUTED"}}},
        {"warrant": {"executed": {"DONE": "EXECUTED"}}},
        {"warrant": {"status": {"DONE": "FINISHED"}}},
    ],
)
def test_a_mapping_to_what_is_not_is_refused(tmp_path: Path, codes: dict[str, dict[str, dict[str, str]]]) -> None:
    """A dataset, a column or a code that the contract does not have."""
    Extract().write(tmp_path / "extract")
    force = Force(tmp_path / "home", by_source={"warrants": SourceSettings(codes=codes)})
    with pytest.raises(CodesError, match=r"sources\.warrants\.codes"):
        force.land(tmp_path / "extract", ["warrants"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[sources.custody", "not TOML"),
        ("[sources.custodian]\nowner = 'x'", "sources.custodian"),
        ("[sources.custody]\ncolour = 'red'", "sources.custody.colour"),
        ("[sources.custody]\nplace = { url = 'ftp://x' }", "a place is a path, or a postgresql://"),
        (
            "[sources.courts]\nplace = { url = 'http://courts.example', client_id = 'x', client_secret = { env = 'X' } }",
            "url",
        ),
        ("[sources.custody]\nplace = { url = 'postgresql://me:hunter2@db/x', user = 'me' }", "url"),
        ("[sources.property]\nplace = { url = 'sftp://x', user = 'me' }", "host_keys"),
        ("[sources.custody]\nexpected_every_days = 0", "expected_every_days"),
        ("[tolerances.'warrant.x']\nby = 'luck'", "by"),
    ],
)
def test_a_bad_setting_is_named_and_no_secret_repeated(tmp_path: Path, text: str, said: str) -> None:
    """One line: the file, the setting, what it must be; a password that stands where none may is not printed."""
    (tmp_path / "svu.toml").write_text(text, "utf-8")
    with pytest.raises(Curable) as raised:
        read(tmp_path / "home", tmp_path, {"SVU_SETTINGS": str(tmp_path / "svu.toml")})
    assert said in str(raised.value)
    assert "hunter2" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_settings_of_the_home_are_found_by_themselves(tmp_path: Path) -> None:
    """`svu.toml` in the home needs no variable; a relative path is taken from the file's own folder."""
    (tmp_path / "svu.toml").write_text('[sources.warrants]\nplace = { path = "drops" }\n', "utf-8")
    place = read(tmp_path, tmp_path, {}).place_of("warrants")
    assert str(place.path) == str(tmp_path / "drops")  # type: ignore[union-attr]


def test_a_source_may_have_a_folder_of_its_own(tmp_path: Path) -> None:
    """Nine sources from the extract, one from another place: configuration alone."""
    Extract().write(tmp_path / "extract")
    write_warrants(tmp_path / "drops" / "warrants" / "warrants_register.xlsx", [])
    (tmp_path / "extract" / "warrants" / "warrants_register.xlsx").unlink()
    from svu_pipeline.sources.place import FolderPlace

    force = Force(tmp_path / "home", by_source={"warrants": SourceSettings(place=FolderPlace(tmp_path / "drops"))})
    assert all(force.land(tmp_path / "extract").values())
