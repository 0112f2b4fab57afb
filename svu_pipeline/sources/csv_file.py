"""CSV as a transport: header compared, encoding and delimiter declared, nothing sniffed, nothing typed.

pyarrow reads it in blocks; a ragged record is handed on with its defect, never shifted or dropped.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

import pyarrow as pa
import pyarrow.csv as arrow_csv

from svu_pipeline.sources.system import Unreadable
from svu_pipeline.sources.text_batch import defective_rows, numbers_after, whole_rows

REDELIVER = "Ask the owner to deliver the file again."
MAX_HEADER = 1 << 16


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out. `names` maps each header as delivered to the column it fills.

    `trailer` is the word with which the last record begins: `TRAILER,<records>`; empty where there is none.
    """

    names: Mapping[str, str]
    encoding: str = "utf-8"
    delimiter: str = ","
    trailer: str = ""


class _Quotes(io.RawIOBase):
    """A stream that counts the quotes that are read from it: an odd number means that one was never closed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._stream.read(len(buffer))
        buffer[: len(read)] = read
        self.count += read.count(b'"')
        return len(read)


@dataclass
class _Ragged:
    """Records of the wrong length, noted while pyarrow parses: number, whether too long, and a trailer's count.

    `broken` is the number of the last of them that has a line break within.
    """

    ending: str
    numbers: list[int] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    trailers: dict[int, str] = field(default_factory=dict)
    broken: int = 0

    def note(self, row: arrow_csv.InvalidRow) -> str:
        self.numbers.append(row.number)
        self.defects.append("too_many_fields" if row.actual_columns > row.expected_columns else "too_few_fields")
        if row.actual_columns == 2 and self.ending and row.text.startswith(self.ending):
            self.trailers[row.number] = row.text.removeprefix(self.ending).strip()
        if "\n" in row.text:
            self.broken = row.number
        return "skip"


def read_csv(stream: IO[bytes], columns: Sequence[str], layouts: Sequence[Layout]) -> Iterator[pa.RecordBatch]:
    """Record batches of `columns` from one CSV file whose header is that of one of `layouts` (one encoding for all).

    Raises Unreadable for an empty file, a header of none of the layouts, bytes outside the declared encoding, a quote
    that swallows the rest of the file, a missing trailer, or a trailer that counts other than the records that are there.
    """
    encoding = layouts[0].encoding
    header = _header(stream, encoding, layouts[0].delimiter)
    layout = _layout_of(header, layouts)
    ending = layout.trailer + layout.delimiter if layout.trailer else ""
    ragged, quotes, broken = _Ragged(ending), _Quotes(stream), 0
    wanted = [name for name in header if name in layout.names]
    count = 0
    try:
        for batch in _records(quotes, header, wanted, layout, ragged) if _has_more(stream) else ():
            numbers = numbers_after(count, batch.num_rows, ragged.numbers)
            if batch.num_rows:
                count = numbers[-1].as_py()
                broken = count if _has_line_break(batch.slice(batch.num_rows - 1)) else broken
            yield _in_order(batch, wanted, layout, columns, numbers)
    except (UnicodeDecodeError, pa.ArrowInvalid) as error:
        raise _unreadable(error, encoding) from None
    last = max([count, *ragged.numbers], default=0)
    if quotes.count % 2 and last and last in (broken, ragged.broken):
        raise Unreadable("unbalanced_quote", "a quote is opened and never closed", REDELIVER)
    if layout.trailer:
        _check_trailer(ragged, last)
    if ragged.numbers:
        yield defective_rows(columns, ragged.numbers, ragged.defects)


def _header(stream: IO[bytes], encoding: str, delimiter: str) -> list[str]:
    line = stream.readline(MAX_HEADER)
    if not line.strip():
        raise Unreadable("empty_file", "the file is empty", REDELIVER)
    try:
        text = line.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable("wrong_encoding", f"the header is not {encoding} text", REDELIVER) from None
    try:
        return [_plain(name) for name in next(csv.reader([text], delimiter=delimiter))]
    except csv.Error:
        raise Unreadable("bad_header", "the header is not one line of CSV", REDELIVER) from None


def _plain(name: str) -> str:
    return " ".join(name.replace("\N{NO-BREAK SPACE}", " ").split()).casefold()


def _layout_of(header: list[str], layouts: Sequence[Layout]) -> Layout:
    """The layout whose every name stands in the header, names read without regard to case; extra columns are not read.

    What the header says is not repeated in the message: a file without one starts with a record.
    """
    if len(set(header)) != len(header):
        raise Unreadable("duplicate_column", "a column name stands twice in the header", REDELIVER)
    folded = [replace(lay, names={_plain(theirs): ours for theirs, ours in lay.names.items()}) for lay in layouts]
    for layout in folded:
        if layout.names.keys() <= set(header):
            return layout
    nearest = min(folded, key=lambda lay: len(lay.names.keys() - set(header)))
    missing = [name for name in nearest.names if name not in header]
    found = "none of the expected columns" if len(missing) == len(nearest.names) else f"no column {', '.join(missing)}"
    code = "bad_header" if len(missing) == len(nearest.names) else "schema_drift"
    raise Unreadable(code, f"the header has {found}", "Check that it is the right file and its layout has not changed.")


def _records(
    stream: io.RawIOBase, header: list[str], wanted: list[str], layout: Layout, ragged: _Ragged
) -> Iterator[pa.RecordBatch]:
    reader = arrow_csv.open_csv(
        stream,
        read_options=arrow_csv.ReadOptions(column_names=header, use_threads=False, encoding=layout.encoding),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=ragged.note
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in header}, strings_can_be_null=False, include_columns=wanted
        ),
    )
    yield from reader


def _has_more(stream: IO[bytes]) -> bool:
    place = stream.tell()
    more = bool(stream.read(1))
    stream.seek(place)
    return more


def _has_line_break(row: pa.RecordBatch) -> bool:
    return any("\n" in (column[0].as_py() or "") for column in row.columns)


def _in_order(
    batch: pa.RecordBatch, wanted: list[str], layout: Layout, columns: Sequence[str], numbers: pa.Array
) -> pa.RecordBatch:
    """The batch under the dataset's own column names; a column that this dialect lacks is null."""
    by_column = {layout.names[name]: batch.column(name) for name in wanted}
    values = [by_column.get(column, pa.nulls(batch.num_rows, pa.string())) for column in columns]
    return whole_rows(columns, values, numbers)


def _check_trailer(ragged: _Ragged, last: int) -> None:
    """The last record must be a trailer that counts the records before it; it is then no longer one of the ragged."""
    if last not in ragged.trailers:
        raise Unreadable("truncated", "the last line is not a trailer: the file was cut short", REDELIVER)
    if ragged.trailers[last] != str(last - 1):
        raise Unreadable(
            "count_mismatch", f"the trailer does not count the {last - 1} records that are there", REDELIVER
        )
    place = ragged.numbers.index(last)
    del ragged.numbers[place], ragged.defects[place]


def _unreadable(error: Exception, encoding: str) -> Unreadable:
    """The parser's own message may quote the file: only its kind is handed on."""
    if isinstance(error, UnicodeDecodeError) or "UTF8" in str(error):
        return Unreadable("wrong_encoding", f"the file is not {encoding} text", REDELIVER)
    return Unreadable(
        "unbalanced_quote",
        "the file is not CSV of this layout (an unclosed quote, or a line beyond all bounds)",
        REDELIVER,
    )
