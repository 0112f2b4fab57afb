"""Rows of text as Arrow record batches in the one shape that every transport hands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from svu_pipeline.sources.system import ROWS_PER_BATCH

Row = Sequence[str | None]


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
