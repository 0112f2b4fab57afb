"""Who is one person by exact keys, and the id under which a person leaves the restricted zone."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from pathlib import Path

import duckdb
import pytest

from svu_pipeline.people.linking import PersonKeyError, person_key, resolve
from svu_pipeline.warehouse import table_of_rows

KEY = b"k" * 64
Person = tuple[str, str | None, str | None, str | None, date | None]
BORN = date(1990, 1, 2)


def people(*records: Person, key: bytes = KEY) -> dict[str, str]:
    """Person id by record, of custody records given as (reference, PNC id, surname, forenames, date of birth)."""
    with duckdb.connect() as connection:
        columns = {
            "custody_ref": "TEXT", "pnc_id": "TEXT", "surname": "TEXT", "forenames": "TEXT", "date_of_birth": "DATE",
            "sex": "TEXT", "home_postcode": "TEXT",
        }  # fmt: skip
        table_of_rows(connection, "custody_record", columns, [(*record, None, None) for record in records])
        name = "pnc_id TEXT, surname TEXT, forenames TEXT, date_of_birth DATE, sex TEXT, postcode TEXT"
        connection.execute(f"CREATE TABLE hearing (hearing_id TEXT, urn TEXT, defendant_id TEXT, {name})")
        connection.execute(f"CREATE TABLE contact (id TEXT, {name})")
        connection.execute(f"CREATE TABLE civil_order (order_ref TEXT, {name})")
        resolve(connection, key)
        return dict(connection.execute("SELECT record_key, person_id FROM person_record").fetchall())


def test_a_pnc_id_is_one_person_whatever_the_spelling() -> None:
    """Two names under one valid PNC id are one person; two PNC ids under one name are two."""
    found = people(
        ("a", "1990/0000001A", "Okri", "Ada", BORN),
        ("b", "1990/0000001A", "Okry", "Ada", BORN),
        ("c", "1990/0000002B", "Okri", "Ada", BORN),
    )
    assert found["a"] == found["b"] != found["c"]


def test_a_record_without_pnc_id_joins_the_one_that_bears_its_name() -> None:
    """Name and date of birth lead to the PNC id; where two bear them, the record stays on its own name."""
    found = people(("a", "1990/0000001A", "Okri", "Ada", BORN), ("b", None, "Okri", "Ada", BORN))
    assert found["a"] == found["b"]
    found = people(
        ("a", "1990/0000001A", "Okri", "Ada", BORN),
        ("b", "1990/0000002B", "Okri", "Ada", BORN),
        ("c", None, "Okri", "Ada", BORN),
        ("d", None, "Okri", "Ada", BORN),
    )
    assert len({found["a"], found["b"], found["c"]}) == 3 and found["c"] == found["d"]


@pytest.mark.parametrize(
    ("surname", "forenames"),
    [("O'NEIL-SMITH", "sian"), ("O’Neil Smith", "Siân"), (" o`neil  smith ", "SIA\u0302N"), ("ONeil-Smith", "Sian")],
)
def test_spellings_that_differ_in_marks_alone_are_one_name(surname: str, forenames: str) -> None:
    """Case, accents composed or not, apostrophes, hyphens and blanks do not make another person."""
    found = people(("a", None, "O'Neil-Smith", "Siân", BORN), ("b", None, surname, forenames, BORN))
    assert found["a"] == found["b"]


def test_twins_stay_two_and_the_nameless_stand_alone() -> None:
    """Other forenames are another person; without a date of birth no two records are joined."""
    found = people(
        ("a", None, "Okri", "Ada", BORN),
        ("b", None, "Okri", "Ben", BORN),
        ("c", None, "Okri", "Ada", None),
        ("d", None, "Okri", "Ada", None),
    )
    assert len(set(found.values())) == 4


def test_the_id_is_hmac_sha256_and_nothing_without_the_key() -> None:
    """Equal to Python's own HMAC over the person's key; under another key no id is the same."""
    record: Person = ("a", "1990/0000001A", "Okri", "Ada", BORN)
    expected = hmac.new(KEY, b"pnc:1990/0000001A", hashlib.sha256).hexdigest()[:32]
    assert people(record) == {"a": expected}
    assert people(record, key=b"o" * 64)["a"] != expected


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    """Made on first use with mode 0600; read again unchanged; refused when others can read it or it is cut short."""
    path = tmp_path / "restricted" / "person.key"
    key = person_key(path)
    assert path.stat().st_mode & 0o777 == 0o600 and len(key) == 64 and person_key(path) == key
    path.chmod(0o644)
    with pytest.raises(PersonKeyError, match="chmod 600"):
        person_key(path)
    path.chmod(0o600)
    path.write_text("short")
    with pytest.raises(PersonKeyError, match="Restore"):
        person_key(path)
