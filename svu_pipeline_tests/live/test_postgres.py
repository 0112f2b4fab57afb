"""PostgreSQL as a transport: the text of each type, the watermark, names and drift."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from svu_pipeline.demo.live.postgres_server import READER, VIEW_SCHEMA, PostgresServer
from svu_pipeline.sources import postgres_database, sqlite_database
from svu_pipeline.sources.place import PostgresPlace, Secret
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import Shape, Unreadable
from svu_pipeline_tests.live.postgres import RECORD, Sandbox

SINCE = "2023-09-14T16:05:11Z"
HOSTILE_NAMES = (
    'record"; DROP TABLE record; --', "record; DROP TABLE record", "record' OR '1'='1", "record --", "record/**/", "",
    "record UNION SELECT rolname, rolpassword FROM pg_authid", "pg_catalog.pg_authid", "pg_authid", "$$record$$",
    'record" WHERE pg_sleep(60) IS NULL --', "record\nDROP TABLE record", "record\\", "E'\\x72'", "record WHERE true",
    "COPY record TO PROGRAM 'id'", "(SELECT 1)", "record, record", '""', "RECORD",
)  # fmt: skip


@pytest.mark.parametrize("system", ["custody", "case_file"])
@pytest.mark.parametrize("since", [None, "2023-06-01T00:00:00Z"])
def test_same_rows_as_from_the_file(
    system: str, since: str | None, postgres: PostgresServer, demo_sources: Path
) -> None:
    """The demonstration's year comes from the server as it comes from SQLite, row for row and in the same order."""
    shapes = SYSTEMS[system].shapes
    place = PostgresPlace(f"{postgres.url}/{system}", READER, Secret(file=postgres.password_file), VIEW_SCHEMA)
    watermarks = dict.fromkeys(shapes, since) if since else {}
    notes: list[tuple[str, str, int]] = []
    live = list(postgres_database.read_tables(place, shapes, watermarks, lambda *note: notes.append(note)))
    file = demo_sources / f"{system}.sqlite"
    filed = list(sqlite_database.read_tables(file, shapes, watermarks, lambda *note: notes.append(note)))
    for dataset in shapes:
        from_server = pa.Table.from_batches([batch for name, batch in live if name == dataset])
        assert from_server.num_rows > 500
        assert from_server.equals(pa.Table.from_batches([batch for name, batch in filed if name == dataset]))
    assert not any(count for _, _, count in notes)


def test_text_of_each_type(sandbox: Sandbox) -> None:
    """Typed columns come in the form of sources.md, whatever the session of the reader is set to; text as it stands."""
    sandbox.run(
        "CREATE TYPE sex AS ENUM ('M', 'F')",
        "CREATE DOMAIN moment AS timestamp",
        """CREATE TABLE record (ref varchar(20), born date, sex sex, arrested moment, decided timestamptz(3), suite char(8),
           updated_at timestamptz)""",
        """INSERT INTO record VALUES
           (' a ', '2001-04-03', 'F', '2023-09-14 16:05:11.999', '2023-07-01 12:00:00.5+00', 'CU', '2023-09-14 18:05:11.9+02'),
           ('', NULL, NULL, NULL, NULL, NULL, NULL),
           ('b', 'infinity', 'M', '0044-03-15 10:00 BC', '2023-01-01 12:00+00', '', 'infinity')""",
        f"ALTER ROLE {READER} SET DateStyle = 'German'",
        f"ALTER ROLE {READER} SET TimeZone = 'Asia/Tokyo'",
    )
    names = ("ref", "born", "sex", "arrested", "decided", "suite", "updated_at")
    try:
        found = sandbox.read({"record": Shape({name: name for name in names}, table="record")})
    finally:
        sandbox.run(f"ALTER ROLE {READER} RESET ALL")
    assert [tuple(row.values()) for row in found] == [
        (" a ", "2001-04-03", "F", "2023-09-14 16:05:11", "2023-07-01 13:00:00", "CU", "2023-09-14T16:05:11Z"),
        ("", None, None, None, None, None, None),
        ("b", "infinity", "M", "0044-03-15 10:00:00 BC", "2023-01-01 12:00:00", "", "infinityZ"),
    ]


@pytest.mark.parametrize("kind", ["text", "char(24)", "timestamp", "timestamptz"])
def test_read_from_the_watermark(kind: str, sandbox: Sandbox) -> None:
    """At and after the watermark, whatever the type; a row whose last change cannot be told must not be overlooked."""
    rows = {
        "before": "'2023-09-14T16:05:10Z'",
        "at": "'2023-09-14T16:05:11Z'",
        "after": "'2023-09-15T00:00:00Z'",
        "none": "NULL",
    }
    odd = {"other form": "'14/09/2023'", "empty": "''"} if "char" in kind or kind == "text" else {"ever": "'-infinity'"}
    values = ", ".join(f"('{ref}', {instant})" for ref, instant in {**rows, **odd}.items())
    sandbox.run(f"CREATE TABLE record (ref text, updated_at {kind})", f"INSERT INTO record VALUES {values}")
    assert [row["ref"] for row in sandbox.read(since=SINCE)] == ["at", "after", "none", *odd]


@pytest.mark.parametrize(
    "kind", ["integer", "numeric(9, 2)", "double precision", "boolean", "uuid", "jsonb", "bytea", "text[]", "time"]
)
def test_changed_type_is_drift(kind: str, sandbox: Sandbox) -> None:
    """B66: a column of a type that no text was agreed for refuses the source, and is named with its type."""
    sandbox.run(f"CREATE TABLE record (ref {kind}, updated_at text)")
    refused = sandbox.refusal()
    assert refused.code == "schema_drift"
    assert not refused.may_pass
    assert f"column ref of table record is of type {kind.partition('(')[0]}" in refused.problem


@pytest.mark.parametrize("kind", ["date", "bigint"])
def test_last_change_must_be_an_instant(kind: str, sandbox: Sandbox) -> None:
    """B66 for the watermark's own column: a day or a number is no instant, on the first night or a later one."""
    sandbox.run(f"CREATE TABLE record (ref text, updated_at {kind})")
    assert sandbox.refusal().code == "schema_drift"
    with pytest.raises(Unreadable, match="updated_at"):
        sandbox.read(since=SINCE)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE record RENAME COLUMN ref TO reference", "has no column ref"),
        ('ALTER TABLE record RENAME COLUMN ref TO "REF"', "has no column ref"),
        ("ALTER TABLE record DROP COLUMN updated_at", "has no column updated_at"),
        ("ALTER TABLE record RENAME TO records", "no table record"),
    ],
)
def test_lost_column_is_drift(change: str, said: str, sandbox: Sandbox) -> None:
    """F41: a column renamed, in another case or gone, or the table gone, refuses the source and is named."""
    sandbox.run("CREATE TABLE record (ref text, updated_at text)", change)
    refused = sandbox.refusal()
    assert refused.code == "schema_drift"
    assert said in refused.problem


def test_columns_are_read_by_name(sandbox: Sandbox) -> None:
    """F41: another order changes nothing; a column that was added is not read, and is noted. None can be there twice."""
    sandbox.run("CREATE TABLE record (updated_at text, ref text)", f"INSERT INTO record VALUES ('{SINCE}', 'a')")
    assert sandbox.read() == [{"ref": "a", "updated_at": SINCE}]
    assert sandbox.notes == [("record", "new_column", 0)]
    sandbox.run("ALTER TABLE record ADD COLUMN added text DEFAULT 'x'")
    assert sandbox.read() == [{"ref": "a", "updated_at": SINCE}]
    assert sandbox.notes == [("record", "new_column", 1)]


def test_names_are_quoted(sandbox: Sandbox) -> None:
    """S07: a real name is read whatever characters it has."""
    sandbox.run(
        'CREATE TABLE "Detained ""persons""; --" ("weird ""name" text, "SELECT" text)',
        f'INSERT INTO "Detained ""persons""; --" VALUES (\'a\', \'{SINCE}\')',
    )
    shape = Shape({"ref": 'weird "name', "updated_at": "SELECT"}, table='Detained "persons"; --')
    assert sandbox.read({"record": shape}, SINCE) == [{"ref": "a", "updated_at": SINCE}]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_reach_nothing(name: str, sandbox: Sandbox) -> None:
    """S07: configuration that names what is no schema, table or column is refused, and nothing of it is run."""
    sandbox.run("CREATE TABLE record (ref text, updated_at text)")
    column = Shape({"ref": name, "updated_at": "updated_at"}, table="record")
    table = Shape(RECORD["record"].names, table=name)
    assert sandbox.refusal({"record": column}).code == "schema_drift"
    assert sandbox.refusal({"record": table}, sandbox.place(schema=name)).code == "schema_drift"
    assert sandbox.run("SELECT count(*) FROM record") == [(0,)]


@pytest.mark.parametrize("kind", ["timestamp", "timestamptz"])
def test_index_serves(kind: str, sandbox: Sandbox) -> None:
    """Where the system keeps an index on its column of instants, a later night reads only what it finds in it."""
    sandbox.run(
        f"""CREATE TABLE record AS SELECT n::text AS ref, ('2023-01-01'::{kind} + n * interval '1 minute') AS updated_at
            FROM generate_series(1, 20000) n""",
        "CREATE INDEX ON record (updated_at)",
        "ANALYZE record",
    )
    types = {"ref": "text", "updated_at": f"timestamp with{'' if 'tz' in kind else 'out'} time zone"}
    rows = postgres_database._rows(sandbox.schema, RECORD["record"], types, "2023-01-14T20:00:00Z")
    plan = str(sandbox.run(f"EXPLAIN SELECT * FROM {rows}"))
    assert "Index" in plan
    assert "Seq Scan" not in plan
