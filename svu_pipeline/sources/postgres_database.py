"""A PostgreSQL database as a transport: one read-only snapshot for all tables of a system, read as text, streamed as Arrow.

Here: the login, the transaction, the text form of each type, the count of rows. Not here: which tables a system has.

The session can only read, and asks little of the server: no parallel workers, a time limit on every statement. What a
driver says quotes values and addresses, so none of its words leaves this file.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
from adbc_driver_postgresql import StatementOptions

from svu_pipeline.clock import instant
from svu_pipeline.sources.database import ASK_THE_OWNER, CHANGED_AT, Note, check_columns, quoted, stream
from svu_pipeline.sources.place import PostgresPlace
from svu_pipeline.sources.system import Shape, Shapes, Unreadable
from svu_pipeline.sources.text_batch import whole_rows

BATCH_BYTES = 2 << 20
"""About this many bytes of rows come at a time, however large the table."""

CONNECT_SECONDS = 10
KEEPALIVE = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3", "tcp_user_timeout": "60000"}
"""A server, or the way to it, that is gone without a word is noticed after a minute (libpq, connection parameters)."""

RUN_AGAIN = "Run again; if it stays, ask the database's administrator."
ASK_FOR_SELECT = "Ask the database's administrator to grant SELECT on it, and nothing more."
LOCAL_HOSTS = (None, "", "localhost", "127.0.0.1", "::1")

# `{c}` is the column. London's wall clock, without a fraction, is the form of a local time; a type with a zone is an
# instant and is shown on that clock. What is out of the calendar (infinity, BC) keeps the database's own words and is
# held by the contract.
_AS_TEXT = {
    "date": "{c}::text",
    "timestamp without time zone": "date_trunc('second', {c})::text",
    "timestamp with time zone": "date_trunc('second', {c} AT TIME ZONE 'Europe/London')::text",
}
_AS_UTC = {
    "timestamp without time zone": "{c}",
    "timestamp with time zone": "{c} AT TIME ZONE 'UTC'",
}
# By the beginning of the SQLSTATE (PostgreSQL, appendix A), the first that fits: code, problem, cure, and whether it may
# pass. A connection that breaks has none.
_FAILURES = {
    "57014": ("timeout", "table {table} took too long to read", RUN_AGAIN, True),
    "25006": ("permission_denied", "reading table {table} would change the database", ASK_FOR_SELECT, False),
    "42501": ("permission_denied", "table {table} may not be read", ASK_FOR_SELECT, False),
    "42": ("schema_drift", "table {table} is not as agreed", ASK_THE_OWNER, False),
    "22021": ("wrong_encoding", "table {table} holds text that is not UTF-8", ASK_THE_OWNER, False),
    "22": ("bad_database", "table {table} holds what the database itself cannot read", ASK_THE_OWNER, False),
    "": ("connection_lost", "the connection or the server failed while table {table} was read", RUN_AGAIN, True),
}


def read_tables(
    where: PostgresPlace, shapes: Shapes, changed_from: Mapping[str, str], note: Note
) -> Generator[tuple[str, pa.RecordBatch]]:
    """`(dataset, batch)` for each table, all from one repeatable-read, read-only transaction.

    Where `changed_from` has a dataset, only rows with `updated_at` at or after that instant are read, and those whose
    `updated_at` is no instant of the agreed form (they are held, and must not be overlooked).
    Raises Unreadable when the server cannot be reached, refuses the login or a table, is too slow, closes the connection,
    when a table is not as agreed, or when other rows came than it counted; SecretMissing when there is no password.
    """
    with _reading(where) as cursor:
        for dataset, shape in shapes.items():
            with _said(shape.table):
                types = _types(cursor, where.schema, shape)
                check_columns(shape, types, dataset, note)
                values, rows = _values(shape, types), _rows(where.schema, shape, types, changed_from.get(dataset))
                cursor.execute(f"SELECT count(*) FROM {rows}")  # noqa: S608 - names of the database itself
                expected = cursor.fetchall()[0][0]
                cursor.execute(f"SELECT {values} FROM {rows}")  # noqa: S608
                count = 0
                for batch in stream(cursor):
                    numbers = pa.arange(count + 1, count + 1 + batch.num_rows)
                    count += batch.num_rows
                    yield dataset, whole_rows(list(shape.names), batch.columns, numbers)
                if count != expected:
                    problem = f"table {shape.table} gave {count} rows where it counted {expected}"
                    raise Unreadable("count_mismatch", problem, RUN_AGAIN)


@contextmanager
def _reading(where: PostgresPlace) -> Iterator[adbc.Cursor]:
    """A cursor in a transaction that only reads, and sees one snapshot."""
    try:
        connection = adbc.connect(_uri(where), autocommit=False)
    except adbc.Error as error:
        # The server's answer has no code of its own; in another language it is taken for a server that is not there.
        if any(words in str(error) for words in ("authentication failed", "permission denied")):
            cure = "Check the user and where its password is kept."
            raise Unreadable("permission_denied", "the database refuses the login", cure) from None
        cure = "Check that the server is up and that its address is right, then run again."
        raise Unreadable("database_unreachable", "the database cannot be reached", cure, may_pass=True) from None
    with connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(BATCH_BYTES)})
        yield cursor


def _uri(where: PostgresPlace) -> str:
    """The address with the login in it: it stays in this process's memory, in no argument and no environment.

    A server that is not on this machine must prove who it is.
    """
    parts = urlsplit(where.url)
    password = f":{quote(where.password.read(), safe='')}" if where.password else ""
    at = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    limit = f"{where.statement_timeout_seconds}s"
    settings = {
        "default_transaction_isolation": r"repeatable\ read",
        "default_transaction_read_only": "on",
        "statement_timeout": limit,
        "idle_in_transaction_session_timeout": limit,
        "max_parallel_workers_per_gather": "0",
        "synchronize_seqscans": "off",
        "DateStyle": "ISO",
    }
    said = {
        "application_name": "svu_pipeline",
        "client_encoding": "UTF8",
        "connect_timeout": str(CONNECT_SECONDS),
        **KEEPALIVE,
        **dict(parse_qsl(parts.query)),
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    if parts.hostname not in LOCAL_HOSTS:
        said = {"sslrootcert": "system", **said, "sslmode": "verify-full"}
    login = f"{quote(where.user, safe='')}{password}"
    return f"postgresql://{login}@{at}{port}{parts.path}?{urlencode(said, quote_via=quote)}"


@contextmanager
def _said(table: str) -> Iterator[None]:
    """What went wrong while a table was read, in our own words."""
    try:
        yield
    except pa.ArrowInvalid:
        raise _failure("22021", table) from None
    except (adbc.Error, OSError) as error:
        raise _failure(getattr(error, "sqlstate", None) or "", table) from None


def _failure(state: str, table: str) -> Unreadable:
    code, problem, cure, may_pass = next(words for start, words in _FAILURES.items() if state.startswith(start))
    return Unreadable(code, problem.format(table=table), cure, may_pass=may_pass)


def _types(cursor: adbc.Cursor, schema: str, shape: Shape) -> dict[str, str]:
    """The columns that the database says the table has, each with its type; none when there is no such table.

    Every kind of character type, and an enumeration, is `text`; a domain is what it is over.
    """
    cursor.execute(
        """SELECT attname::text,
                  CASE WHEN typcategory IN ('S', 'E') THEN 'text'
                       ELSE format_type(CASE typtype WHEN 'd' THEN typbasetype ELSE pg_type.oid END, NULL) END
           FROM pg_catalog.pg_attribute
           JOIN pg_catalog.pg_class ON pg_class.oid = attrelid
           JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
           JOIN pg_catalog.pg_type ON pg_type.oid = atttypid
           WHERE nspname = $1 AND relname = $2 AND relkind IN ('r', 'p', 'v', 'm', 'f')
                 AND attnum > 0 AND NOT attisdropped""",
        parameters=(schema, shape.table),
    )
    return dict(cursor.fetchall())


def _rows(schema: str, shape: Shape, types: Mapping[str, str], changed_from: str | None) -> str:
    """The rows to read of a table whose names have been checked, as what follows FROM."""
    rows = f"{quoted(schema)}.{quoted(shape.table)}"
    return rows if changed_from is None else f"{rows} WHERE {_changed_since(shape, types, instant(changed_from))}"


def _values(shape: Shape, types: Mapping[str, str]) -> str:
    return ", ".join(f"{_text(shape, ours, types)} AS {quoted(ours)}" for ours in shape.names)


def _text(shape: Shape, ours: str, types: Mapping[str, str]) -> str:
    """A column as the text that sources.md agrees; Unreadable when its type is another."""
    theirs = shape.names[ours]
    column, kind = quoted(theirs), types[theirs]
    if kind == "text":
        return f"{column}::text"
    if ours == CHANGED_AT and kind in _AS_UTC:
        return f"replace(date_trunc('second', {_AS_UTC[kind].format(c=column)})::text, ' ', 'T') || 'Z'"
    if ours == CHANGED_AT or kind not in _AS_TEXT:
        problem = f"column {theirs} of table {shape.table} is of type {kind}"
        raise Unreadable("schema_drift", problem, ASK_THE_OWNER)
    return _AS_TEXT[kind].format(c=column)


def _changed_since(shape: Shape, types: Mapping[str, str], since: datetime) -> str:
    """At or after an instant, or no instant of the agreed form. Text is compared by its bytes, whatever the collation.

    The bound stands in the query: COPY, which streams, takes no parameters, and the planner must know it to use an index
    on a column of instants. Of text the shape is looked at and not each digit, which would cost the server ten times as
    much; what hides in that is found when the source is next read whole.
    """
    theirs = shape.names[CHANGED_AT]
    column, kind = quoted(theirs), types[theirs]
    bound = f"'{since:%Y-%m-%dT%H:%M:%SZ}'"
    if kind in _AS_UTC:
        return f"{column} >= {kind} {bound} OR {column} = '-infinity' OR {column} IS NULL"
    text = f'{column}::text COLLATE "C"'
    return f"{text} >= {bound} OR {text} NOT LIKE '____-__-__T__:__:__Z' OR {column} IS NULL"
