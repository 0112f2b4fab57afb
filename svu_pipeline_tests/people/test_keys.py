"""The key of the person ids: who has it, what its ids give away without it (J2), and how it is changed."""

from __future__ import annotations

import hashlib
import hmac
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from svu_pipeline import audit, disk
from svu_pipeline.kept import keep_facts, keep_people, marker_of
from svu_pipeline.people import keys, ledger
from svu_pipeline.settings import Settings
from svu_pipeline.verify import problems
from svu_pipeline.warehouse import Busy, Damaged, Home, lease, session, table_of_rows
from svu_pipeline_tests.faults import child
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.security.search import contents

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
GUESSES = ("", "key", "secret", "password", "svu", "svu_pipeline", "person", "person.key")
"""Keys that an attacker would try."""


def now() -> datetime:
    return NOW


def keyed(key: bytes, person: str) -> str:
    return hmac.new(key, person.encode(), hashlib.sha256).hexdigest()[:32]


def test_the_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    """Made on first use with mode 0600; read again unchanged; refused when others can read it or it is cut short."""
    path = tmp_path / "restricted" / "person.key"
    key = keys.person_key(path)
    assert path.stat().st_mode & 0o777 == 0o600 and len(key) == 64 and keys.person_key(path) == key
    path.chmod(0o644)
    with pytest.raises(keys.PersonKeyError, match="chmod 600"):
        keys.person_key(path)
    path.chmod(0o600)
    path.write_text("short")
    with pytest.raises(keys.PersonKeyError, match="Restore"):
        keys.person_key(path)


def test_the_id_of_a_key_is_nothing_that_a_person_id_could_be() -> None:
    """Eight digits, of a text that is no person's key: neither the key's hash nor an id under it begins so."""
    key = b"k" * 64
    found = keys.key_id(key)
    assert re.fullmatch("[0-9a-f]{8}", found) and found != keys.key_id(b"o" * 64)
    assert not hashlib.sha256(key).hexdigest().startswith(found)


# A night's facts, in an attacker's hands.


@dataclass(frozen=True)
class Loot:
    """What an attacker has of a home, and what they would need: the ids of the facts, and the people behind them."""

    ids: frozenset[str]
    connection: duckdb.DuckDBPyConnection
    force: Force


@pytest.fixture(scope="module")
def loot(demo_night: Force) -> Iterator[Loot]:
    with duckdb.connect() as connection:
        found = _ids(demo_night)
        table_of_rows(connection, "id", {"person_id": "TEXT"}, [(person,) for person in sorted(found)])
        restricted = demo_night.home.people
        for name in ("identity", "ledger/*/assignment"):
            table = name.rpartition("/")[2]
            connection.execute(f"CREATE TABLE {table} AS SELECT * FROM read_parquet('{restricted}/{name}.parquet')")
        connection.execute("CREATE TABLE word AS SELECT DISTINCT person_key AS word FROM assignment UNION "
                           "SELECT node_id FROM identity UNION SELECT dataset || ':' || record_key FROM identity UNION "
                           "SELECT record_key FROM identity UNION SELECT pnc_id FROM identity UNION "
                           "SELECT 'pnc:' || pnc_id FROM identity")  # fmt: skip
        yield Loot(frozenset(found), connection, demo_night)


def hits(loot: Loot, words: str, keys_tried: tuple[str, ...] = GUESSES) -> int:
    """How many ids of the facts are a hash of a `word` of a query: plain, or an HMAC under each key tried."""
    hashes = ["md5(word)", "sha256(word)"]
    for key in keys_tried:
        padded = key.encode().ljust(64, b"\0")
        inner, outer = (bytes(byte ^ pad for byte in padded).hex() for pad in (0x36, 0x5C))
        hashes.append(f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || encode(word))))")
    tried = ", ".join(f"{each}[1:32]" for each in hashes)
    query = (
        f"SELECT count(DISTINCT hash) FROM (SELECT unnest([{tried}]) AS hash FROM ({words}) WHERE word IS NOT NULL) "
    )
    return int(loot.connection.execute(query + "SEMI JOIN id ON id.person_id = hash").fetchall()[0][0])


def test_j2_no_id_is_found_from_references_without_the_key(loot: Loot) -> None:
    """Every record's key, PNC id, identity and even person key, hashed as is and under keys one would guess: not one id.
    With the key, every id: the attack is one that could succeed."""
    assert len(loot.ids) > 800
    assert hits(loot, "SELECT word FROM word") == 0
    key = loot.force.settings.person_key_file.read_text("ascii").strip()
    assert hits(loot, "SELECT word FROM word", (key,)) == len(loot.ids)


FORMS = (
    "'name:' || surname || '|' || forenames || '|' || date_of_birth",
    "surname || '|' || forenames || '|' || date_of_birth",
    "upper(surname) || forenames || strftime(date_of_birth, '%Y%m%d')",
)
"""How a link key would be made of a name and a date."""


def names_and_dates(loot: Loot, every: int) -> int:
    """Make the table `guess`: every name of the force as its own records have it, and with every nth date of birth in it."""
    loot.connection.execute(f"""
        CREATE OR REPLACE TABLE guess AS
        WITH day AS (SELECT date_of_birth, row_number() OVER (ORDER BY date_of_birth) AS number
                     FROM (SELECT DISTINCT date_of_birth FROM identity)),
        name AS (SELECT DISTINCT surname, forenames FROM identity)
        FROM (SELECT surname, forenames, date_of_birth FROM name, day WHERE number % {every} = 0
              UNION SELECT surname, forenames, date_of_birth FROM identity)
        WHERE (surname, forenames, date_of_birth) IS NOT NULL
    """)
    return int(loot.connection.execute("SELECT count(*) FROM guess").fetchall()[0][0])


def test_j2_no_id_is_found_from_anyone_s_name_and_date_without_the_key(loot: Loot) -> None:
    """Everyone's own name and date of birth, and every name with a sample of the others' dates: not one id."""
    assert names_and_dates(loot, 50) > 100_000
    for form in FORMS:
        assert hits(loot, f"SELECT {form} AS word FROM guess", ("", "secret")) == 0


@pytest.mark.soak
def test_j2_no_id_is_found_from_any_name_and_date_without_the_key(loot: Loot) -> None:
    """Every name with every date of birth, some ten million, under every key one would guess: not one id."""
    assert names_and_dates(loot, 1) > 5_000_000
    for form in FORMS:
        for key in GUESSES:
            assert hits(loot, f"SELECT {form} AS word FROM guess", (key,)) == 0


def test_j2_no_person_key_and_no_identity_leaves_the_restricted_zone(loot: Loot) -> None:
    """In the facts, the metrics and all else outside: neither a person's key in the ledger nor an unkeyed hash of who they are."""
    secret = {word for (word,) in loot.connection.execute(
        "SELECT person_key FROM assignment UNION SELECT node_id FROM identity").fetchall()}  # fmt: skip
    shape = re.compile(rb"(?:custody_record|hearing|contact|civil_order)(?:~\d+)?:[\w/-]+|[0-9a-f]{32}")
    told, looked = set(), 0
    for zone in (loot.force.home.facts, loot.force.home.published):
        for path in zone.rglob("*"):
            looked += path.is_file()
            for content in contents(path) if path.is_file() else ():
                told |= {found.decode() for found in shape.findall(content)} & secret
    assert looked > 20 and not told


# The key changed.


def test_a_new_key_changes_every_id_and_no_figure(demo_night: Force, tmp_path: Path) -> None:
    """Figures are equal to the last digit; every id is another; each old one leads to the new one, over two changes too."""
    shutil.copytree(demo_night.root, tmp_path / "home")
    force = Force(tmp_path / "home", demo_night.nights)
    old, figures = _ids(force), force.figures("2023-11")
    first = keys.key_id(keys.person_key(force.settings.person_key_file))
    for time in (1, 2):
        rotation = keys.rotate(force.settings, "A. Keeper", "a former member had it", now)
        assert rotation.people >= len(old) and rotation.number == time
    assert force.figures("2023-11") == figures
    keep_people(force.settings)
    keep_facts(force.settings)
    new = _ids(force)
    assert len(new) == len(old) and not old & new
    assert {keys.current_id(force.settings, one) for one in sorted(old)[::97]} <= new
    assert keys.current_id(force.settings, "0" * 32) == "0" * 32
    kept = marker_of(force.home.people, "people")["person_record"].found
    assert kept["key_id"] == rotation.to_key != first
    assert force.settings.person_key_file.with_name(f"person.key.{first}").stat().st_mode & 0o777 == 0o600
    assert [(e.action, e.subject, e.why) for e in audit.entries(force.home)][-2:] == [
        ("rotate_key", first, "a former member had it"),
        ("rotate_key", rotation.from_key, "a former member had it"),
    ]
    assert len(ledger.entries(force.home)) == 1
    secret = force.settings.person_key_file.read_bytes().strip()
    assert not [path for path in force.home.people.rglob("*") if path.is_file() and secret in path.read_bytes()]


def _ids(force: Force) -> set[str]:
    """Every person id in the facts as kept."""
    found: set[str] = set()
    with duckdb.connect() as connection:
        for path in sorted(force.home.facts.glob("fct_*.parquet")):
            columns = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            if "person_id" in {name for name, *_ in columns}:
                query = "SELECT DISTINCT person_id FROM read_parquet(?) WHERE person_id IS NOT NULL"
                found |= {person for (person,) in connection.execute(query, [str(path)]).fetchall()}
    return found


@pytest.fixture
def few(tmp_path: Path) -> Settings:
    """A home with a key and a ledger of three people, one of whom is no more."""
    settings = Force(tmp_path / "home").settings
    keys.person_key(settings.person_key_file)
    home = Home(settings.home)
    with session(home.root) as connection:
        for day, records in ((1, "abc"), (2, "ab")):
            known = datetime(2026, 11, day, 4, tzinfo=UTC)
            columns = dict.fromkeys(
                ("dataset", "record_key", "content_id", "cluster", "at_80", "at_90", "at_99"), "TEXT"
            )
            table_of_rows(connection, "record_cluster", columns, [("contact", *letter * 6) for letter in records])
            ledger.view_assignment(connection, home, known)
            ledger.assign(connection)
            ledger.append(connection, home, known, model="1", layer="a", decisions={})
    return settings


def test_a_change_of_the_key_has_a_name_a_reason_and_no_night_beside_it(few: Settings) -> None:
    """Refused without, and while a night is running; the key stands."""
    key = keys.person_key(few.person_key_file)
    for by, reason in ((" ", "why"), ("A. Keeper", "")):
        with pytest.raises(keys.PersonKeyError, match="Give both"):
            keys.rotate(few, by, reason, now)
    assert keys.person_key(few.person_key_file) == key and not keys.rotations(Home(few.home))


def test_a_change_of_the_key_waits_for_no_night(few: Settings) -> None:
    """A running night has the lease: said at once."""
    output = few.home / "output"
    process = child.start(hold_the_night, output, few.home)
    try:
        while not (few.home / "held").exists():
            assert process.is_alive(), output.read_text("utf-8")
        with pytest.raises(Busy):
            keys.rotate(few, "A. Keeper", "due", now)
    finally:
        (few.home / "done").touch()
        process.join()


def hold_the_night(home: Path) -> None:
    """Hold the lease of the night until told."""
    with lease(Home(home), "night"):
        (home / "held").touch()
        while not (home / "done").exists():
            pass


def test_everyone_ever_issued_is_led_over(few: Settings) -> None:
    """The one whose records are gone, too; a former id is followed over any number of changes."""
    old = keys.person_key(few.person_key_file)
    for _ in range(3):
        assert keys.rotate(few, "A. Keeper", "due", now).people == 3
    new = keys.person_key(few.person_key_file)
    for person in ("contact:a", "contact:b", "contact:c"):
        assert keys.current_id(few, keyed(old, person)) == keyed(new, person)


def test_damage_to_what_was_written_down_of_a_change_is_said(few: Settings) -> None:
    """The ids of a change are checked before they are used, and named."""
    old = keys.person_key(few.person_key_file)
    rotation = keys.rotate(few, "A. Keeper", "due", now)
    path = Home(few.home).people / "rotations" / rotation.name / keys.IDS
    assert not list(problems(few))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged, match="Restore it from the backup"):
        keys.current_id(few, keyed(old, "contact:a"))
    assert [line.partition(":")[0] for line in problems(few)] == [path.relative_to(few.home).as_posix()]


def rotate_killed_at(root: Path, nth: int) -> None:
    """A change of the key in a process that is killed at the `nth` point it reaches."""
    child.kill_at(nth)
    keys.rotate(Force(root).settings, "A. Keeper", "due", now)


def _points(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many points an undisturbed change reaches."""
    shutil.copytree(settings.home, folder)
    reached: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(disk, "reached", reached.append)
        keys.rotate(Force(folder).settings, "A. Keeper", "due", now)
    return len(reached)


@pytest.mark.parametrize("share", [0.5, 1, pytest.param(None, marks=pytest.mark.soak)], ids=["half way", "last", "all"])
def test_a_change_killed_anywhere_has_the_old_key_or_the_new(
    share: float | None, few: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each point: one whole key is in place, every former id leads to its id under it, and the next change goes on."""
    old = keys.person_key(few.person_key_file)
    last = _points(few, tmp_path / "noted", monkeypatch)
    people = ("contact:a", "contact:b", "contact:c")
    for nth in range(1, last + 1) if share is None else [int(last * share)]:
        settings = Force(tmp_path / f"killed{nth}").settings
        shutil.copytree(few.home, settings.home)
        assert child.run(rotate_killed_at, tmp_path / "output", settings.home, nth) == child.KILLED
        in_place = keys.person_key(settings.person_key_file)
        assert in_place == old or settings.person_key_file.with_name(f"person.key.{keys.key_id(old)}").exists()
        assert all(keys.current_id(settings, keyed(old, one)) == keyed(in_place, one) for one in people)
        disk.sweep(settings.home)
        keys.rotate(settings, "A. Keeper", "due", now)
        new = keys.person_key(settings.person_key_file)
        assert new != in_place
        assert all(
            keys.current_id(settings, keyed(key, one)) == keyed(new, one) for one in people for key in (old, in_place)
        )
        assert not [path for path in settings.home.rglob("*") if path.name.startswith(".")]
