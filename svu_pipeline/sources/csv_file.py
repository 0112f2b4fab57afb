"""CSV as a transport: header compared, encoding and delimiter declared, nothing sniffed, nothing typed.

pyarrow takes the records apart in blocks; one that is no record of this layout is handed on with its defect, never
shifted or dropped.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from svu_pipeline.sources.csv_records import REDELIVER, Records
from svu_pipeline.sources.odd_text import Note, inspected
from svu_pipeline.sources.system import Unreadable
from svu_pipeline.sources.text_batch import defective_rows, numbers_after, whole_rows, with_defect

MAX_HEADER = 1 << 16
BLOCK = 2 << 20
"""pyarrow needs a record to lie within a block; `Records` lets through none of half this size."""

LINE_END = re.compile(rb"\r\n|\n|\r")
WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Layout:
    """How a CSV file is laid out. `names` maps each header as delivered to the column it fills.

    `encoding` is Python's name of it, `utf-8-sig` where a byte order mark is agreed. `trailer` is the word with which the
    last record begins, `TRAILER,<records>`; empty where there is none. `unread` are headers that are agreed and not ours.
    """

    names: Mapping[str, str]
    encoding: str = "utf-8"
    delimiter: str = ","
    trailer: str = ""
    unread: frozenset[str] = frozenset()


@dataclass
class _Ragged:
    """Records of the wrong length, noted while pyarrow parses: number, defect, and the count of what may be a trailer."""

    records: Records
    layout: Layout
    numbers: list[int] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    trailers: dict[int, str] = field(default_factory=dict)

    def note(self, row: arrow_csv.InvalidRow) -> str:
        length = "too_many_fields" if row.actual_columns > row.expected_columns else "too_few_fields"
        self.numbers.append(row.number)
        self.defects.append(self.records.defects.get(row.number, length))
        word, _, count = row.text.partition(self.layout.delimiter)
        if row.actual_columns == 2 and word and word == self.layout.trailer:
            self.trailers[row.number] = count.strip()
        return "skip"


def read_csv(
    stream: IO[bytes], columns: Sequence[str], layouts: Sequence[Layout], note: Note
) -> Iterator[pa.RecordBatch]:
    """Record batches of `columns` from one CSV file whose header is that of one of `layouts`.

    The layouts share encoding, delimiter and trailer. `note(code, count)` is told what is odd about the file.
    Raises Unreadable for an empty file, a header of none of the layouts, bytes outside the declared encoding, a quote that
    is never closed, mixed line ends, a last line that was cut, and a trailer that is missing or counts otherwise.
    """
    line, line_end, begun = _first_line(stream)
    layout, header = _layout_of(_header(line, layouts[0], note), layouts, note)
    if line_end == b"\r":
        note("old_line_ends", 1)
    try:
        records = Records(
            stream,
            begun,
            delimiter=layout.delimiter,
            columns=len(header),
            line_end=line_end,
            encoding=layout.encoding.removesuffix("-sig"),
        )
        ragged = _Ragged(records, layout)
        rows = yield from _counted(inspected(_batches(records, header, layout, columns, ragged), note))
    except (UnicodeDecodeError, pa.ArrowInvalid) as error:
        raise _unreadable(error, layout.encoding) from None
    last = max([rows, *ragged.numbers], default=0)
    if layout.trailer:
        _check_trailer(ragged, last)
    else:
        _check_end(ragged, last, note)
    if ragged.numbers:
        yield defective_rows(columns, ragged.numbers, ragged.defects)


def _first_line(stream: IO[bytes]) -> tuple[bytes, bytes, bytes]:
    """The header, how its line ends, and what was read of the file beyond it."""
    begun = stream.read(MAX_HEADER)
    if not begun.strip():
        raise Unreadable("empty_file", "the file is empty", REDELIVER)
    if begun.startswith(WIDE_MARKS):
        raise Unreadable("wrong_encoding", "the file is UTF-16, which is not agreed", REDELIVER)
    end = LINE_END.search(begun)
    if not end:
        return begun, b"\n", b""
    line_end = b"\r\n" if end.group() == b"\r" and end.end() == len(begun) else end.group()
    return begun[: end.start()], line_end, begun[end.end() :]


def _header(line: bytes, layout: Layout, note: Note) -> list[str]:
    if layout.encoding == "utf-8":
        note("byte_order_mark", int(line.startswith(codecs.BOM_UTF8)))
    try:
        text = line.removeprefix(codecs.BOM_UTF8).decode(layout.encoding)
    except UnicodeDecodeError:
        raise Unreadable("wrong_encoding", f"the header is not {layout.encoding} text", REDELIVER) from None
    try:
        return next(csv.reader([text], delimiter=layout.delimiter, strict=True), [])
    except csv.Error:
        raise Unreadable("bad_header", "the header is not one line of CSV", REDELIVER) from None


def plain_name(name: str) -> str:
    """A column name as it is compared: without regard to case and to blanks around and between its words."""
    return " ".join(name.replace("\N{NO-BREAK SPACE}", " ").split()).casefold()


def _layout_of(header: list[str], layouts: Sequence[Layout], note: Note) -> tuple[Layout, list[str]]:
    """The layout whose every name stands in the header, and the header, both in plain names; extra columns are not read.

    What the header says is not repeated in the message: a file without one starts with a record.
    """
    plain = [plain_name(name) for name in header]
    if len(set(plain)) != len(plain):
        raise Unreadable("duplicate_column", "a column name stands twice in the header", REDELIVER)
    folded = [replace(lay, names={plain_name(name): column for name, column in lay.names.items()}) for lay in layouts]
    for original, layout in zip(layouts, folded, strict=True):
        if layout.names.keys() <= set(plain):
            note("new_column", len(set(plain) - layout.names.keys() - layout.unread))
            note("header_differs", len(layout.names) - len(original.names.keys() & set(header)))
            return layout, plain
    nearest = min(folded, key=lambda lay: len(lay.names.keys() - set(plain)))
    missing = [name for name in nearest.names if name not in plain]
    found = "none of the expected columns" if len(missing) == len(nearest.names) else f"no column {', '.join(missing)}"
    code = "bad_header" if len(missing) == len(nearest.names) else "schema_drift"
    raise Unreadable(code, f"the header has {found}", "Check that it is the right file and its layout has not changed.")


def _batches(
    records: Records, header: list[str], layout: Layout, columns: Sequence[str], ragged: _Ragged
) -> Iterator[pa.RecordBatch]:
    """The records of the right length under the dataset's own column names, numbered; repeated headers are marked."""
    wanted = [name for name in header if name in layout.names]
    encoding = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding
    try:
        parsed = arrow_csv.open_csv(
            records,
            read_options=arrow_csv.ReadOptions(
                column_names=header, use_threads=False, encoding=encoding, block_size=BLOCK
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter, newlines_in_values=True, invalid_row_handler=ragged.note
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in header}, strings_can_be_null=False, include_columns=wanted
            ),
        )
    except pa.ArrowInvalid as error:
        if "Empty CSV" in str(error):
            return
        raise
    count = 0
    for batch in parsed:
        numbers = numbers_after(count, batch.num_rows, ragged.numbers)
        count = numbers[-1].as_py() if batch.num_rows else count
        by_column = {layout.names[name]: batch.column(name) for name in wanted}
        values = [by_column.get(column, pa.nulls(batch.num_rows, pa.string())) for column in columns]
        yield with_defect(whole_rows(columns, values, numbers), _is_header(batch, wanted), "repeated_header")


def _counted(batches: Iterator[pa.RecordBatch]) -> Generator[pa.RecordBatch, None, int]:
    """The same batches; the number of the last record, 0 when there is none."""
    last = 0
    for batch in batches:
        if batch.num_rows:
            last = batch["_row"][-1].as_py()
        yield batch
    return last


def _is_header(batch: pa.RecordBatch, wanted: list[str]) -> pa.Array:
    """Which records say the names of the columns again: files that were put together."""
    repeated = pc.equal(_plain_cells(batch.column(wanted[0])), wanted[0])
    if not pc.any(repeated).as_py():
        return repeated
    for name in wanted[1:]:
        repeated = pc.and_(repeated, pc.equal(_plain_cells(batch.column(name)), name))
    return repeated


def _plain_cells(cells: pa.Array) -> pa.Array:
    return pc.utf8_lower(pc.utf8_trim_whitespace(cells))


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


def _check_end(ragged: _Ragged, last: int, note: Note) -> None:
    """Without a trailer a last line that has no end and too few fields was cut; what may only look so is noted."""
    note("zero_rows", int(not last))
    if ragged.records.ends_whole:
        return
    if last in ragged.numbers and ragged.defects[ragged.numbers.index(last)] == "too_few_fields":
        raise Unreadable("truncated", "the last line has neither its fields nor its end: it was cut", REDELIVER)
    note("no_line_end", 1)


def _unreadable(error: Exception, encoding: str) -> Unreadable:
    """The parser's own message may quote the file: only its kind is handed on."""
    if isinstance(error, UnicodeDecodeError) or "UTF8" in str(error):
        return Unreadable("wrong_encoding", f"the file is not {encoding} text", REDELIVER)
    return Unreadable("malformed", "the file is not CSV of this layout", REDELIVER)
