"""JSON as a transport: lines of objects, and pages of an API's answers; DuckDB takes the lines apart as text.

A number keeps its digits, `null` and an absent key are both null, nothing is typed. JSON is what RFC 8259 says it is and
no more: no comma at the end, no NaN, no key twice, no half of a surrogate pair.
"""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import IO, Any, NoReturn

import duckdb
import pyarrow as pa
import pyarrow.csv as arrow_csv

from svu_pipeline.sources.odd_text import Note, inspected
from svu_pipeline.sources.system import Unreadable
from svu_pipeline.sources.text_batch import defective_rows, numbers_after, whole_rows, with_defect, with_defects
from svu_pipeline.warehouse import locked_down, quoted

CURE = "Ask the owner to deliver the file again."
PULL_AGAIN = "Pull the pages again."
MAX_PAGE = 64 << 20
MAX_LINE = 16 << 20
SEPARATOR = "\x1f"
"""A control character that no valid JSON line holds: lines are read whole because nothing separates them."""

LENIENT = r"(?i),\s*[}\]]|[:\[,]\s*-?(nan|inf)"
"""Where DuckDB's parser may have taken what is no JSON: such lines are parsed again by the strict one, and are few."""

HALF_PAIR = r"(?i)\\ud[89a-f]"
"""Where a line may hold half of a surrogate pair, which DuckDB's parser refuses like any other fault."""


class DuplicateKey(ValueError):
    """A key that stands twice in one object: which of its values is meant cannot be told."""


def read_json_lines(stream: IO[bytes], names: Mapping[str, str], note: Note) -> Iterator[pa.RecordBatch]:
    """Record batches of the columns of `names` (ours to the key there), one record a line; `note` as in `inspected`.

    A line that is not a JSON object has one of the defects of JSON; blank lines are none. A day on which nothing changed
    has an empty file. Raises Unreadable where the bytes are not UTF-8, and for a line beyond all bounds.
    """
    yield from inspected(_records(stream, names), note)


def _records(stream: IO[bytes], names: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    count, separated = 0, list[int]()
    for lines in _lines(stream, separated):
        numbers = numbers_after(count, lines.num_rows, separated)
        count = numbers[-1].as_py() if lines.num_rows else count
        yield from _taken_apart(pa.table({"line": lines.column(0), "number": numbers}), names)
    if separated:
        yield defective_rows(tuple(names), separated, ["not_json"] * len(separated))


def read_page(stream: IO[bytes]) -> dict[str, Any]:
    """One page of an API as `{"items": [...], "next_cursor": str | None, "total": int}`.

    Numbers with a point or an exponent are text, as they were written. Raises Unreadable when the body is no JSON, is an
    error of the API's, is not of that shape (a login page, half a body), or has no items and yet a next page.
    """
    body = stream.read(MAX_PAGE + 1)
    if len(body) > MAX_PAGE:
        raise Unreadable("limit", "the page is larger than 64 MiB", "Ask for smaller pages.")
    try:
        page = strictly_parsed(body.decode("utf-8-sig"))
    except DuplicateKey:
        raise Unreadable("duplicate_key", "a key stands twice in an object of the page", PULL_AGAIN) from None
    except (ValueError, RecursionError):
        raise Unreadable("malformed", "the page is not JSON", PULL_AGAIN) from None
    if isinstance(page, dict) and "error" in page:
        raise Unreadable("api_error", "the page is an error of the API's", PULL_AGAIN, may_pass=True)
    if not (
        isinstance(page, dict)
        and isinstance(page.get("items"), list)
        and type(page.get("total")) is int
        and isinstance(page.get("next_cursor"), str | None)
    ):
        raise Unreadable("bad_page", "the page is not of the form {items, next_cursor, total}", PULL_AGAIN)
    return page


def strictly_parsed(text: str) -> Any:
    """The JSON value of a text; ValueError (or RecursionError) for what is none, DuplicateKey for a key that stands twice."""
    return json.loads(text, parse_constant=_refused, parse_float=str, object_pairs_hook=_object)


def is_unicode(value: Any) -> bool:
    """Whether a parsed value's text is characters throughout: half of a surrogate pair is none."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(constant: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise DuplicateKey
    return content


def json_path(key: str) -> str:
    """The JSONPath of a key, or of a key within a key (`defendant.pnc_id`). Raises Unreadable where a key is empty."""
    if not all(key.split(".")):
        raise Unreadable("schema_drift", "the settings name an empty key", "Correct `names` in the settings.")
    parts = (part.replace("\\", "\\\\").replace('"', '\\"') for part in key.split("."))
    return "$." + ".".join(f'"{part}"' for part in parts)


class _Utf8(io.RawIOBase):
    """Bytes as they are read, held to UTF-8: pyarrow overlooks what is none in a line that it does not take apart."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._stream.read(len(buffer))
        self._decoder.decode(read, final=not read)
        buffer[: len(read)] = read
        return len(read)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One database in memory for all files, which reaches none: a new one for each would cost more than a small file."""
    return locked_down(duckdb.connect(":memory:"))


def _lines(stream: IO[bytes], separated: list[int]) -> Iterator[pa.RecordBatch]:
    """Lines as batches of one column; the numbers of those that hold the separator go to `separated`."""

    def note(row: arrow_csv.InvalidRow) -> str:
        separated.append(row.number)
        return "skip"

    try:
        yield from arrow_csv.open_csv(
            _Utf8(stream),
            read_options=arrow_csv.ReadOptions(column_names=["line"], use_threads=False, block_size=MAX_LINE),
            parse_options=arrow_csv.ParseOptions(delimiter=SEPARATOR, quote_char=False, invalid_row_handler=note),
            convert_options=arrow_csv.ConvertOptions(column_types={"line": pa.string()}, strings_can_be_null=False),
        )
    except UnicodeDecodeError:
        raise Unreadable("wrong_encoding", "the file is not lines of UTF-8 text", CURE) from None
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise Unreadable("limit", "a line is beyond all bounds", CURE) from None


def _taken_apart(lines: pa.Table, names: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    values = ", ".join(f"object ->> {quoted(json_path(theirs))} AS {ours}" for ours, theirs in names.items())
    is_object = "json_valid(line) AND try(json_type(line)) = 'OBJECT'"
    keys = "json_keys(object)"
    with _engine().cursor() as connection:
        connection.register("lines", lines)
        found = connection.execute(
            f"""SELECT number, object IS NULL AS is_bad,
                CASE WHEN object IS NULL THEN regexp_matches(line, $half_pair)
                     ELSE regexp_matches(line, $lenient) OR len({keys}) <> len(list_distinct({keys})) END AS is_doubtful,
                CASE WHEN is_doubtful THEN line END AS doubtful, {values}
            FROM (SELECT number, line, CASE WHEN {is_object} THEN line END AS object FROM lines) ORDER BY number""",  # noqa: S608 - names of the settings, quoted
            {"half_pair": HALF_PAIR, "lenient": LENIENT},
        ).to_arrow_table()
    for batch in found.to_batches():
        rows = with_defects(whole_rows(tuple(names), batch.columns[4:], batch["number"]), _doubtful(batch))
        yield with_defect(rows, batch["is_bad"], "not_json")


def _doubtful(batch: pa.RecordBatch) -> dict[int, str]:
    """The strict parser's verdict on the doubtful lines: the defect of each that has one, by its number."""
    lines = batch.filter(batch["is_doubtful"])
    numbered = zip(lines["number"].to_pylist(), lines["doubtful"].to_pylist(), strict=True)
    return {number: defect for number, line in numbered if (defect := _defect(line))}


def _defect(line: str) -> str | None:
    try:
        value = strictly_parsed(line)
    except DuplicateKey:
        return "duplicate_key"
    except (ValueError, RecursionError):
        return "not_json"
    if not is_unicode(value):
        return "bad_unicode"
    return None if isinstance(value, dict) else "not_json"
