"""JSON as a transport: lines of objects, and pages of an API's answers; DuckDB takes the objects apart as text.

A number keeps its digits, `null` and an absent key are both null, nothing is typed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import IO, Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from svu_pipeline.sources.system import Unreadable
from svu_pipeline.sources.text_batch import defective_rows, numbers_after, whole_rows

CURE = "Ask the owner to deliver the file again."
MAX_PAGE = 64 << 20
MAX_LINE = 16 << 20
SEPARATOR = "\x1f"
"""A control character that no valid JSON line holds: lines are read whole because nothing separates them."""


def read_json_lines(stream: IO[bytes], names: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    """Record batches of the columns of `names` (ours to the key there), one record a line; a line that is not a JSON object has the defect `not_json`.

    Blank lines are none. Raises Unreadable where the bytes are not UTF-8.
    """
    count, separated = 0, list[int]()
    for lines in _lines(stream, separated):
        numbers = numbers_after(count, lines.num_rows, separated)
        count = numbers[-1].as_py() if lines.num_rows else count
        yield from _taken_apart(pa.table({"line": lines.column(0), "number": numbers}), names)
    if separated:
        yield defective_rows(tuple(names), separated, ["not_json"] * len(separated))


def read_page(stream: IO[bytes]) -> dict[str, Any]:
    """One page of an API as `{"items": [...], "next_cursor": str | None, "total": int}`.

    Raises Unreadable when the body is no JSON, or not of that shape (an error page, a login page, half a body).
    """
    body = stream.read(MAX_PAGE + 1)
    if len(body) > MAX_PAGE:
        raise Unreadable("limit", "the page is larger than 64 MiB", "Ask for smaller pages.")
    try:
        page = json.loads(body)
        if b"\\ud" in body.lower():
            json.dumps(page, ensure_ascii=False).encode()  # half of a surrogate pair is no character
    except (ValueError, RecursionError):
        raise Unreadable("malformed", "the page is not JSON", "Pull the pages again.") from None
    if not (
        isinstance(page, dict)
        and isinstance(page.get("items"), list)
        and isinstance(page.get("total"), int)
        and isinstance(page.get("next_cursor"), str | None)
    ):
        raise Unreadable("bad_page", "the page is not of the form {items, next_cursor, total}", "Pull the pages again.")
    return page


def json_path(key: str) -> str:
    """The JSONPath of a key, or of a key within a key (`defendant.pnc_id`)."""
    return "$." + ".".join(f'"{part}"' for part in key.split("."))


def _quoted(path: str) -> str:
    return path.replace("'", "''")


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One database in memory for all files: a new one for each would cost more than a small file."""
    return duckdb.connect(":memory:")


def _lines(stream: IO[bytes], separated: list[int]) -> Iterator[pa.RecordBatch]:
    """Lines as batches of one column; the numbers of those that hold the separator go to `separated`."""

    def note(row: arrow_csv.InvalidRow) -> str:
        separated.append(row.number)
        return "skip"

    try:
        yield from arrow_csv.open_csv(
            stream,
            read_options=arrow_csv.ReadOptions(column_names=["line"], use_threads=False, block_size=MAX_LINE),
            parse_options=arrow_csv.ParseOptions(delimiter=SEPARATOR, quote_char=False, invalid_row_handler=note),
            convert_options=arrow_csv.ConvertOptions(column_types={"line": pa.string()}, strings_can_be_null=False),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise Unreadable("wrong_encoding", "the file is not lines of UTF-8 text", CURE) from None


def _taken_apart(lines: pa.Table, names: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    values = ", ".join(f"object ->> '{_quoted(json_path(theirs))}' AS {ours}" for ours, theirs in names.items())
    good = "CASE WHEN json_valid(line) AND try(json_type(line)) = 'OBJECT' THEN line END"
    with _engine().cursor() as connection:
        connection.register("lines", lines)
        found = connection.execute(
            f"SELECT number, object IS NULL AS is_bad, {values} FROM (SELECT number, {good} AS object FROM lines) "  # noqa: S608
            "ORDER BY number"
        ).to_arrow_table()
    whole = found.filter(pc.invert(found["is_bad"]))
    for batch in whole.to_batches():
        yield whole_rows(tuple(names), batch.columns[2:], batch.column(0))
    bad = found.filter(found["is_bad"])["number"].to_pylist()
    if bad:
        yield defective_rows(tuple(names), bad, ["not_json"] * len(bad))
