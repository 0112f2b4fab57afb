"""PostgreSQL as a transport: who may read what, where the password is, and what each failure is called."""

from __future__ import annotations

import os
import socket
import traceback
from contextlib import suppress
from pathlib import Path
from time import monotonic

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pytest

from svu_pipeline.demo.live.postgres_server import READER, VIEW_SCHEMA, PostgresServer
from svu_pipeline.sources import postgres_database
from svu_pipeline.sources.place import Secret, SecretMissing
from svu_pipeline.sources.postgres_database import read_tables
from svu_pipeline_tests.live.postgres import RECORD, Sandbox

SENTINEL = "ZZSENTINEL p@ss/w:o?r#d%&'\""
SURNAME = "ZZSENTINEL_Quillfeather"


def test_reader_may_only_select_from_the_views(postgres: PostgresServer) -> None:
    """S17: the demonstration's reader cannot write, nor see the tables behind the views, nor the other database's."""
    login = f"postgresql://{READER}:{postgres.reader_password}@127.0.0.1:{postgres.port}"
    for statement in (
        f"INSERT INTO {VIEW_SCHEMA}.custody_record (custody_ref) VALUES ('x')",
        f"DELETE FROM {VIEW_SCHEMA}.custody_record",
        "SELECT * FROM records.custody_record",
        "CREATE TABLE public.mine (a text)",
        "SELECT rolpassword FROM pg_catalog.pg_authid",
    ):
        with adbc.connect(f"{login}/custody") as connection, connection.cursor() as cursor:
            with pytest.raises(adbc.Error, match="permission denied") as caught:
                cursor.execute(statement)
            assert caught.value.sqlstate == "42501"


def test_session_cannot_write(sandbox: Sandbox) -> None:
    """S17: even with the right to write, as by a view that writes when it is read, the transaction does not."""
    sandbox.run(
        "CREATE TABLE trace (at timestamptz)",
        f"""CREATE FUNCTION left_trace() RETURNS text LANGUAGE sql SECURITY DEFINER AS
            $$ INSERT INTO {sandbox.schema}.trace VALUES (now()) RETURNING 'a' $$""",
        "CREATE VIEW record AS SELECT left_trace() AS ref, NULL::text AS updated_at",
    )
    assert sandbox.refusal().code == "permission_denied"
    assert sandbox.run("SELECT count(*) FROM trace") == [(0,)]


def test_other_table_is_refused(sandbox: Sandbox) -> None:
    """S17: a table without the right to it is told apart from one that is not there."""
    sandbox.run("CREATE TABLE record (ref text, updated_at text)", f"REVOKE ALL ON record FROM {READER}")
    refused = sandbox.refusal()
    assert refused.code == "permission_denied"
    assert "SELECT" in refused.cure


def command_lines() -> str:
    """What `ps` shows to everyone: the arguments of every process."""
    shown = b""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            shown += process.read_bytes()
    return shown.decode(errors="replace")


def test_password_stays_out_of_sight(sandbox: Sandbox, tmp_path: Path) -> None:
    """S10: any characters log in; while a reading runs, and when it is refused, the password is nowhere to be seen."""
    sandbox.run(
        f"CREATE ROLE {sandbox.schema}_login LOGIN PASSWORD '{SENTINEL.replace(chr(39), chr(39) * 2)}' IN ROLE {READER}",
        "CREATE TABLE record (ref text, updated_at text)",
        "INSERT INTO record SELECT n::text FROM generate_series(1, 3) n",
    )
    sandbox.run(f"GRANT CONNECT ON DATABASE custody TO {sandbox.schema}_login")
    secret = tmp_path / "password"
    secret.write_text(SENTINEL + "\n", "utf-8")
    place = sandbox.place(user=f"{sandbox.schema}_login", password=Secret(file=secret))
    reading = postgres_database.read_tables(place, RECORD, {}, lambda *_: None)
    assert next(reading)[1].num_rows == 3
    assert "pytest" in command_lines()
    assert "ZZSENTINEL" not in command_lines()
    assert "ZZSENTINEL" not in str(os.environ)
    assert "ZZSENTINEL" not in str(sandbox.run("SELECT * FROM pg_stat_activity"))
    reading.close()
    secret.write_text(SENTINEL + "x\n", "utf-8")
    refused = sandbox.refusal(place=place)
    assert refused.code == "permission_denied"
    assert not refused.may_pass
    assert "ZZSENTINEL" not in "".join(traceback.format_exception(refused)) + repr(place)
    assert "ZZSENTINEL" not in repr(refused.__context__)


def test_missing_password_is_named_by_its_place(sandbox: Sandbox, tmp_path: Path) -> None:
    """S10: a secret that is not there names the file that should hold it."""
    with pytest.raises(SecretMissing, match="password"):
        sandbox.read(place=sandbox.place(password=Secret(file=tmp_path / "password")))


def test_server_that_is_not_there(sandbox: Sandbox) -> None:
    """Nobody listens: refused, and it may pass."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        refused = sandbox.refusal(place=sandbox.place(url=f"postgresql://127.0.0.1:{taken.getsockname()[1]}/custody"))
    assert refused.code == "database_unreachable"
    assert refused.may_pass


def test_server_elsewhere_must_prove_itself(sandbox: Sandbox) -> None:
    """S16: what is not on this machine is reached over verified TLS, whatever its address asks for."""
    url = "postgresql://db.force.invalid:5433/custody?sslmode=disable&sslrootcert=/etc/force.pem"
    address = postgres_database._uri(sandbox.place(url=url))
    assert "@db.force.invalid:5433/custody?" in address
    assert "sslmode=verify-full" in address
    assert "sslmode=disable" not in address
    assert "sslrootcert=%2Fetc%2Fforce.pem" in address


def test_reading_that_hangs_is_ended(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """F08: a table that stops giving rows is given up after the time limit; it may pass."""
    monkeypatch.setattr(postgres_database, "BATCH_BYTES", 1_000)
    sandbox.run(
        """CREATE VIEW record AS SELECT CASE WHEN n > 5000 THEN pg_sleep(60)::text ELSE n::text END AS ref,
           NULL::text AS updated_at FROM generate_series(1, 10000) n"""
    )
    started = monotonic()
    refused = sandbox.refusal(place=sandbox.place(statement_timeout_seconds=1))
    assert refused.code == "timeout"
    assert refused.may_pass
    assert monotonic() - started < 10


def test_rows_are_counted_in_the_same_snapshot(sandbox: Sandbox) -> None:
    """What came must be what the server counted: a view that gives other rows each time is refused."""
    sandbox.run(
        """CREATE VIEW record AS SELECT n::text AS ref, NULL::text AS updated_at FROM generate_series(1, 10000) n
           WHERE random() < 0.5"""
    )
    assert sandbox.refusal().code == "count_mismatch"


def test_value_of_a_row_is_in_no_message(sandbox: Sandbox) -> None:
    """What the server says of a row it cannot read quotes the row; what we say does not."""
    sandbox.run(f"CREATE VIEW record AS SELECT '{SURNAME}'::text AS ref, ('{SURNAME}'::text)::int::text AS updated_at")
    refused = sandbox.refusal()
    assert refused.code == "bad_database"
    assert "ZZSENTINEL" not in "".join(traceback.format_exception(refused))


def test_text_that_is_not_utf8(sandbox: Sandbox) -> None:
    """A database that keeps bytes without an encoding may hold what is no text: refused."""
    name = f"{sandbox.schema}_ascii"
    with sandbox.server.owner("postgres") as connection, connection.cursor() as cursor:
        connection.adbc_connection.set_autocommit(True)
        cursor.execute(f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    with sandbox.server.owner(name) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE VIEW record AS SELECT E'caf\\xe9'::text AS ref, NULL::text AS updated_at")
        cursor.execute(f"GRANT SELECT ON record TO {READER}")
        connection.commit()
    place = sandbox.place(url=f"{sandbox.server.url}/{name}", schema="public")
    assert sandbox.refusal(place=place).code == "wrong_encoding"


def test_rows_are_streamed(sandbox: Sandbox) -> None:
    """Of a table of 60 MB only a few megabytes are held at a time."""
    sandbox.run(
        "CREATE TABLE record AS SELECT repeat(md5(n::text), 9) AS ref, '2023-09-14T16:05:11Z'::text AS updated_at "
        "FROM generate_series(1, 200000) n"
    )
    before, rows, most = pa.total_allocated_bytes(), 0, 0
    for _, batch in read_tables(sandbox.place(), RECORD, {}, lambda *_: None):
        rows += batch.num_rows
        most = max(most, batch.nbytes, pa.total_allocated_bytes() - before)
    assert rows == 200_000
    assert most < 3 * postgres_database.BATCH_BYTES


def test_reading_given_up_leaves_no_session(sandbox: Sandbox) -> None:
    """A reader that stops half way hangs up: no session and no snapshot stays open on the server."""
    sandbox.run(
        "CREATE TABLE record AS SELECT n::text AS ref, NULL::text AS updated_at FROM generate_series(1, 300000) n"
    )
    reading = read_tables(sandbox.place(), RECORD, {}, lambda *_: None)
    next(reading)
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'svu_pipeline'"
    assert sandbox.run(sessions) == [(1,)]
    reading.close()
    deadline = monotonic() + 10
    while sandbox.run(sessions) != [(0,)]:
        assert monotonic() < deadline
