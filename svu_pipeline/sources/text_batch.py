"""Rows of text as Arrow record batches in the one shape that every transport hands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from svu_pipeline.sources.system import ROWS_PER_BATCH

Row = Sequence[str | None]

PART_OF = "part_of"
"""The column in which a part of a record names its row."""

TEXT_LIMIT = 4_000
"""Where a column of text ends in the databases that such systems are built on (Oracle's VARCHAR2)."""


def schema_of(columns: Sequence[str]) -> pa.Schema:
    """The text columns of a dataset, then `_row` and `_defect`."""
    fields = [pa.field(name, pa.string()) for name in columns]
    return pa.schema([*fields, pa.field("_row", pa.int64()), pa.field("_defect", pa.string())])


def whole_rows(columns: Sequence[str], values: Sequence[pa.Array], numbers: pa.Array) -> pa.RecordBatch:
    """A batch of records without a defect: `values` in the order of `columns`, `numbers` their places in the file."""
    defects = pa.nulls(len(numbers), pa.string())
    return pa.record_batch([*values, numbers, defects], schema=schema_of(columns))


def defective_rows(columns: Sequence[str], numbers: Sequence[int], defects: Sequence[str]) -> pa.RecordBatch:
    """A batch of records that could not be taken apart: every column null, the reason code in `_defect`."""
    empty = [pa.nulls(len(numbers), pa.string()) for _ in columns]
    arrays = [*empty, pa.array(numbers, pa.int64()), pa.array(defects, pa.string())]
    return pa.record_batch(arrays, schema=schema_of(columns))


def with_defect(batch: pa.RecordBatch, where: pa.Array, defect: str) -> pa.RecordBatch:
    """The same batch, the records of `where` with a defect and without cells; one that has a defect keeps its first.

    A part of a record still says of which, for that is held with it.
    """
    spoilt = pc.and_(pc.fill_null(where, False), pc.is_null(batch["_defect"]))
    if not pc.any(spoilt).as_py():
        return batch
    nothing = pa.scalar(None, pa.string())
    cells = [
        column if name == PART_OF else pc.if_else(spoilt, nothing, column)
        for name, column in zip(batch.schema.names[:-2], batch.columns, strict=False)
    ]
    defects = pc.if_else(spoilt, pa.scalar(defect), batch["_defect"])
    return pa.record_batch([*cells, batch["_row"], defects], schema=batch.schema)


def with_defects(batch: pa.RecordBatch, defects: Mapping[int, str]) -> pa.RecordBatch:
    """The same batch, each record whose number is in `defects` with its defect and without cells."""
    for defect in dict.fromkeys(defects.values()):
        numbers = pa.array([number for number, code in defects.items() if code == defect], pa.int64())
        batch = with_defect(batch, pc.is_in(batch["_row"], value_set=numbers), defect)
    return batch


def held_at_limit(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same batch, each record with a text of exactly 4,000 bytes or characters marked: databases cut there in silence."""
    for column in batch.columns[:-2]:
        if (pc.max(pc.binary_length(column)).as_py() or 0) >= TEXT_LIMIT:
            for length in (pc.binary_length(column), pc.utf8_length(column)):
                batch = with_defect(batch, pc.equal(length, TEXT_LIMIT), "length_at_limit")
    return batch


def numbers_after(before: int, rows: int, left_out: Sequence[int]) -> pa.Array:
    """The numbers of the next `rows` whole records after record `before`, stepping over those left out."""
    pieces, start, left = [], before + 1, rows
    for number in sorted(skip for skip in left_out if skip > before):
        run = min(number - start, left)
        pieces.append(pa.arange(start, start + run))
        start, left = number + 1, left - run
        if not left:
            break
    pieces.append(pa.arange(start, start + left))
    return pa.concat_arrays(pieces)


def batches(columns: Sequence[str], rows: Iterator[tuple[int, Row]]) -> Iterator[pa.RecordBatch]:
    """Gather `(record number, values)` from a streaming parser into batches of bounded size."""
    numbers: list[int] = []
    gathered: list[Row] = []
    for number, row in rows:
        numbers.append(number)
        gathered.append(row)
        if len(numbers) == ROWS_PER_BATCH:
            yield _gathered(columns, numbers, gathered)
            numbers, gathered = [], []
    if numbers:
        yield _gathered(columns, numbers, gathered)


def _gathered(columns: Sequence[str], numbers: list[int], rows: list[Row]) -> pa.RecordBatch:
    values = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return whole_rows(columns, values, pa.array(numbers, pa.int64()))
