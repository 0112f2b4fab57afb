"""A PostgreSQL database as a transport: one read-only snapshot for all tables of a system, read as text, streamed as Arrow.

Here: the login, the transaction, the text form of each type, the count of rows. Not here: which tables a system has.

The session can only read, and asks little of the server: no parallel workers, a time limit on every statement. What a
driver says quotes values and addresses, so none of its words leaves this file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import adbc_driver_postgresql
import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa

from svu_pipeline.sources.database import ASK_THE_OWNER, CHANGED_AT, Note, Table, check_columns, quoted
from svu_pipeline.sources.place import PostgresPlace
from svu_pipeline.sources.system import Unreadable
from svu_pipeline.sources.text_batch import whole_rows

BATCH_BYTES = 8 << 20
"""About this many bytes of rows come at a time, however large the table."""

CONNECT_SECONDS = 10
RUN_AGAIN = "Run again; if it stays, ask the database's administrator."
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
_SINCE = "(SELECT current_setting('svu.changed_from'))"


def read_tables(
    where: PostgresPlace, tables: Mapping[str, Table], changed_from: Mapping[str, str], note: Note
) -> Iterator[tuple[str, pa.RecordBatch]]:
    """`(dataset, batch)` for each table of `{dataset: table}`, all from one repeatable-read, read-only transaction.

    Where `changed_from` has a dataset, only rows with `updated_at` at or after that instant are read, and those whose
    `updated_at` is no instant of the agreed form (they are held, and must not be overlooked).
    Raises Unreadable when the server cannot be reached, refuses the login or a table, is too slow, closes the connection,
    when a table is not as agreed, or when other rows came than it counted; SecretMissing when there is no password.
    """
    with _connected(where) as connection, connection.cursor() as cursor:
        for dataset, table in tables.items():
            with _said(table.name):
                types = _types(cursor, where.schema, table)
                check_columns(table, types, dataset, note)
                rows = _rows_query(where.schema, table, types, changed_from.get(dataset))
                _set(cursor, "svu.changed_from", changed_from.get(dataset, ""))
                cursor.execute(f"SELECT count(*) FROM {rows}")  # noqa: S608 - names of the database itself
                expected = cursor.fetchall()[0][0]
                cursor.execute(f"SELECT {_listed(table, types)} FROM {rows}")  # noqa: S608
                count = 0
                for batch in cursor.fetch_record_batch():
                    batch.validate(full=True)
                    numbers = pa.arange(count + 1, count + 1 + batch.num_rows)
                    count += batch.num_rows
                    yield dataset, whole_rows(list(table.columns), batch.columns, numbers)
                if count != expected:
                    problem = f"table {table.name} gave {count} rows where it counted {expected}"
                    raise Unreadable("count_mismatch", problem, RUN_AGAIN)


@contextmanager
def _connected(where: PostgresPlace) -> Iterator[adbc.Connection]:
    try:
        connection = adbc.connect(_uri(where), autocommit=False)
    except adbc.Error as error:
        # The server's answer has no code of its own; in another language it is taken for a server that is not there.
        if "authentication failed" in str(error):
            cure = "Check the user and where its password is kept."
            raise Unreadable("permission_denied", "the database refuses the login", cure) from None
        cure = "Check that the server is up and that its address is right, then run again."
        raise Unreadable("database_unreachable", "the database cannot be reached", cure, may_pass=True) from None
    with connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(
            **{adbc_driver_postgresql.StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(BATCH_BYTES)}
        )
        yield connection


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
        **dict(parse_qsl(parts.query)),
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
    }
    if parts.hostname not in LOCAL_HOSTS:
        said = {"sslrootcert": "system", **said, "sslmode": "verify-full"}
    login = f"{quote(where.user, safe='')}{password}"
    return f"postgresql://{login}@{at}{port}{parts.path}?{urlencode(said, quote_via=quote)}"


@contextmanager
def _said(table: str) -> Iterator[None]:
    """What went wrong on the server in our own words, by SQLSTATE (PostgreSQL, appendix A)."""
    try:
        yield
    except pa.ArrowInvalid:
        raise Unreadable("wrong_encoding", f"table {table} holds text that is not UTF-8", ASK_THE_OWNER) from None
    except adbc.Error as error:
        state = error.sqlstate or ""
        if state == "57014":
            raise Unreadable("timeout", f"table {table} took too long to read", RUN_AGAIN, may_pass=True) from None
        if state == "42501":
            cure = "Ask the database's administrator to grant SELECT on it, and nothing more."
            raise Unreadable("permission_denied", f"table {table} may not be read", cure) from None
        if state.startswith("42"):
            raise Unreadable("schema_drift", f"table {table} is not as agreed", ASK_THE_OWNER) from None
        problem = f"the connection was lost while table {table} was read"
        raise Unreadable("connection_lost", problem, RUN_AGAIN, may_pass=True) from None


def _types(cursor: adbc.Cursor, schema: str, table: Table) -> dict[str, str]:
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
           WHERE nspname = $1 AND relname = $2 AND attnum > 0 AND NOT attisdropped""",
        parameters=(schema, table.name),
    )
    return dict(cursor.fetchall())


def _set(cursor: adbc.Cursor, name: str, value: str) -> None:
    """A setting of this transaction. COPY, which streams, takes no parameters: a query reads its bound from here."""
    cursor.execute("SELECT set_config($1, $2, true)", parameters=(name, value))
    cursor.fetchall()


def _rows_query(schema: str, table: Table, types: Mapping[str, str], changed_from: str | None) -> str:
    """The rows to read of a table whose names have been checked, as what follows FROM."""
    rows = f"{quoted(schema)}.{quoted(table.name)}"
    return rows if changed_from is None else f"{rows} WHERE {_changed_since(table, types)}"


def _listed(table: Table, types: Mapping[str, str]) -> str:
    return ", ".join(f"{_text(table, ours, types)} AS {quoted(ours)}" for ours in table.columns)


def _text(table: Table, ours: str, types: Mapping[str, str]) -> str:
    """A column as the text that sources.md agrees; Unreadable when its type is another."""
    theirs = table.columns[ours]
    column, kind = quoted(theirs), types[theirs]
    if kind == "text":
        return f"{column}::text"
    if ours == CHANGED_AT and kind in _AS_UTC:
        return f"replace(date_trunc('second', {_AS_UTC[kind].format(c=column)})::text, ' ', 'T') || 'Z'"
    if ours == CHANGED_AT or kind not in _AS_TEXT:
        problem = f"column {theirs} of table {table.name} is of type {kind}"
        raise Unreadable("schema_drift", problem, ASK_THE_OWNER)
    return _AS_TEXT[kind].format(c=column)


def _changed_since(table: Table, types: Mapping[str, str]) -> str:
    """At or after the bound, or no instant of the agreed form. Text is compared by its bytes, whatever the collation."""
    theirs = table.columns[CHANGED_AT]
    column, kind = quoted(theirs), types[theirs]
    if kind in _AS_UTC:
        instant = _AS_UTC[kind].format(c=column)
        bound = f"{_SINCE}::timestamptz AT TIME ZONE 'UTC'"
        return f"coalesce({instant} >= {bound} OR {column} = '-infinity', true)"
    is_instant = f"translate({column}, '0123456789', '9999999999') = '9999-99-99T99:99:99Z'"
    return f'coalesce({column} >= {_SINCE} COLLATE "C" OR NOT {is_instant}, true)'
