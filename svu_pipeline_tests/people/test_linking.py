"""Who is one person, record by record: PNC ids, names however written, twins, and who cannot be told."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from pathlib import Path

import pytest

from svu_pipeline.people import ledger
from svu_pipeline.people.keys import key_records
from svu_pipeline.people.linking import identify, link, nothing_known
from svu_pipeline.people.model import shipped
from svu_pipeline.warehouse import Home, session, table_of_rows

KEY = b"k" * 64
Person = tuple[str, str | None, str | None, str | None, date | None]
BORN = date(1990, 1, 2)
TABLES = {
    "custody_record": ("custody_ref", "sex", "home_postcode"),
    "hearing": ("hearing_id", "urn", "defendant_id"),
    "contact": ("id", "sex", "postcode"),
    "civil_order": ("order_ref",),
}


def linked(folder: Path, *records: Person, key: bytes = KEY) -> list[tuple[str, str, date | None]]:
    """Record, person id and date of birth of custody records given as (reference, PNC id, surname, forenames, date of birth)."""
    with session(folder) as connection:
        for dataset, names in TABLES.items():
            texts = dict.fromkeys((names[0], "pnc_id", "surname", "forenames"), "TEXT")
            columns = {**texts, "date_of_birth": "DATE", **dict.fromkeys(names[1:], "TEXT")}
            rows = [(*record, None, None) for record in records] if dataset == "custody_record" else []
            table_of_rows(connection, dataset, columns, rows)
        home = Home(folder)
        identify(connection, home)
        nothing_known(connection)
        link(connection, shipped())
        ledger.view_assignment(connection, home)
        ledger.assign(connection)
        key_records(connection, key)
        query = "SELECT record_key, person_id, date_of_birth FROM person_record ORDER BY ALL"
        return connection.execute(query).fetchall()


def people(folder: Path, *records: Person, key: bytes = KEY) -> dict[str, str]:
    """Person id by record."""
    return {record: person for record, person, _ in linked(folder, *records, key=key)}


def test_a_pnc_id_is_one_person_whatever_the_spelling(tmp_path: Path) -> None:
    """Two names under one valid PNC id are one person; two PNC ids under one name are two."""
    found = people(
        tmp_path,
        ("a", "1990/0000001A", "Okri", "Ada", BORN),
        ("b", "1990/0000001A", "Okry", "Ada", BORN),
        ("c", "1990/0000002B", "Okri", "Ada", BORN),
    )
    assert found["a"] == found["b"] != found["c"]


def test_a_record_without_pnc_id_joins_the_one_that_bears_its_name(tmp_path: Path) -> None:
    """An uncommon name and a date of birth lead to the PNC id."""
    found = people(tmp_path, ("a", "1990/0000001A", "Okri", "Ada", BORN), ("b", None, "Okri", "Ada", BORN))
    assert found["a"] == found["b"]


@pytest.mark.parametrize(
    ("surname", "forenames"),
    [("O'NEIL-SMITH", "sian"), ("O’Neil Smith", "Siân"), (" o`neil  smith ", "SIA\u0302N"), ("ONeil-Smith", "Sian")],
)
def test_spellings_that_differ_in_marks_alone_are_one_name(surname: str, forenames: str, tmp_path: Path) -> None:
    """Case, accents composed or not, apostrophes, hyphens and blanks do not make another person."""
    found = people(tmp_path, ("a", None, "O'Neil-Smith", "Siân", BORN), ("b", None, surname, forenames, BORN))
    assert found["a"] == found["b"]


def test_twins_stay_two_and_the_nameless_stand_alone(tmp_path: Path) -> None:
    """Other forenames are another person; without a name, or a date of birth, no two records are joined."""
    found = people(
        tmp_path,
        ("a", None, "Okri", "Ada", BORN),
        ("b", None, "Okri", "Ben", BORN),
        ("c", None, "Okri", "Ada", None),
        ("d", None, "Okri", "Ada", None),
        ("e", None, None, None, BORN),
        ("f", None, None, None, BORN),
    )
    assert len(set(found.values())) == 6


def test_the_date_of_birth_is_the_most_frequent_and_of_equals_the_earliest(tmp_path: Path) -> None:
    """A slip in one record of three does not count; of two that differ, the earlier one does (counting.md)."""
    pnc, slip = "1990/0000001A", date(1991, 1, 2)
    rows = linked(
        tmp_path, ("a", pnc, "Okri", "Ada", slip), ("b", pnc, "Okri", "Ada", slip), ("c", pnc, "Okri", "Ada", BORN)
    )
    assert {born for _, _, born in rows} == {slip}
    rows = linked(
        tmp_path, ("a", pnc, "Okri", "Ada", slip), ("b", pnc, "Okri", "Ada", BORN), ("c", pnc, "Okri", "A", None)
    )
    assert {born for _, _, born in rows} == {BORN}


def test_the_id_is_hmac_sha256_and_nothing_without_the_key(tmp_path: Path) -> None:
    """Equal to Python's own HMAC over the person's key in the ledger; under another key no id is the same."""
    record: Person = ("a", "1990/0000001A", "Okri", "Ada", BORN)
    expected = hmac.new(KEY, b"custody_record:a", hashlib.sha256).hexdigest()[:32]
    assert people(tmp_path, record) == {"a": expected}
    assert people(tmp_path, record, key=b"o" * 64)["a"] != expected
