"""CSV as a transport: what is accepted, what is refused, and that each record keeps its number and its own cells."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from svu_pipeline.sources.csv_file import Layout, read_csv
from svu_pipeline.sources.odd_text import Note
from svu_pipeline.sources.system import Unreadable

COLUMNS = ("ref", "name", "note")
PLAIN = Layout({name: name for name in COLUMNS})
WITH_TRAILER = Layout(PLAIN.names, encoding="cp1252", trailer="TRAILER")
SURNAME = "Quillfeather"


def unnoted(code: str, count: int) -> None:
    """For tests that look at the records alone."""


def rows_of(content: bytes, *layouts: Layout, note: Note = unnoted) -> list[tuple[Any, ...]]:
    """`(row, ref, name, note, defect)` of each record, in the order of their numbers."""
    batches = read_csv(BytesIO(content), COLUMNS, layouts or (PLAIN,), note)
    found = [row for batch in batches for row in batch.to_pylist()]
    return sorted((row["_row"], row["ref"], row["name"], row["note"], row["_defect"]) for row in found)


def refused(content: bytes, *layouts: Layout) -> str:
    """The problem for which a file is refused, which never says what is in the file."""
    with pytest.raises(Unreadable) as raised:
        rows_of(content, *layouts)
    assert SURNAME not in str(raised.value)
    assert raised.value.__cause__ is None
    return raised.value.problem


def test_cells_are_text_as_they_stand() -> None:
    """Nothing is typed or guessed: leading noughts, NA, blanks and an empty cell stay what they are."""
    content = b"ref,name,note\r\n007,NA, x \r\n1e3,,null\r\n"
    assert rows_of(content) == [(1, "007", "NA", " x ", None), (2, "1e3", "", "null", None)]


def test_byte_order_mark_is_no_part_of_the_header() -> None:
    """A UTF-8 file that begins with one reads like one that does not."""
    assert rows_of(b"\xef\xbb\xbfref,name,note\r\n1,\xc3\xa9,c\r\n") == [(1, "1", "é", "c", None)]


def test_windows_text_is_read_by_its_declared_encoding() -> None:
    """Pound sign, dash and curled quotes of Windows-1252 arrive as themselves."""
    content = b"ref,name,note\r\n1,\xa320 \x96 \x93big\x94,c\r\nTRAILER,1\r\n"
    assert rows_of(content, WITH_TRAILER) == [(1, "1", "£20 – “big”", "c", None)]


def test_newline_within_quotes_is_no_end_of_a_record() -> None:
    """Neither in the numbers of the records after it nor in the trailer's count; doubled quotes are one."""
    content = b'ref,name,note\r\n1,"two\r\nlines","say ""no"""\r\n2,b,c\r\nTRAILER,2\r\n'
    expected = [(1, "1", "two\r\nlines", 'say "no"', None), (2, "2", "b", "c", None)]
    assert rows_of(content, WITH_TRAILER) == expected


def test_ragged_records_are_handed_on_with_their_defect_and_number() -> None:
    """A record of the wrong length has no cells; those after it are not shifted and keep their own numbers."""
    content = b"ref,name,note\n1,b\n2,b,c\n3,b,c,d\n4\n5,b,c\n"
    assert rows_of(content) == [
        (1, None, None, None, "too_few_fields"),
        (2, "2", "b", "c", None),
        (3, None, None, None, "too_many_fields"),
        (4, None, None, None, "too_few_fields"),
        (5, "5", "b", "c", None),
    ]


def test_ragged_records_are_counted_by_the_trailer() -> None:
    """A ragged line is a record: the trailer counts it."""
    content = b"ref,name,note\r\n1,b\r\n2,b,c\r\nTRAILER,2\r\n"
    assert [(row[0], row[-1]) for row in rows_of(content, WITH_TRAILER)] == [(1, "too_few_fields"), (2, None)]


@pytest.mark.parametrize("records", [0, 1, 3])
def test_right_trailer_is_no_record(records: int) -> None:
    """The last line says how many records there are, and is none; an empty week says 0."""
    lines = b"".join(b"%d,b,c\r\n" % number for number in range(records))
    content = b"ref,name,note\r\n" + lines + b"TRAILER,%d\r\n" % records
    assert len(rows_of(content, WITH_TRAILER)) == records


@pytest.mark.parametrize(
    "end", [b"", b"TRAILER,2\r\n", b"TRAILER,\r\n", b"TRAILER\r\n", b"TRAILER,1\r\n9,b,c\r\n", b"TRAILER,one\r\n"]
)
def test_missing_or_wrong_trailer_refuses_the_file(end: bytes) -> None:
    """A file cut short, or continued after its end, says nothing that can be trusted."""
    assert "trailer" in refused(b"ref,name,note\r\n1,Quillfeather,c\r\n" + end, WITH_TRAILER)


def test_columns_are_found_by_their_names() -> None:
    """Reordered, in other case, and with blanks around: the same columns; an added one is not read."""
    content = b"Note,extra,REF, name \r\nc,x,1,b\r\n"
    assert rows_of(content) == [(1, "1", "b", "c", None)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\r\n", "empty"),
        (b"ref,name\r\n1,Quillfeather\r\n", "no column note"),
        (b"1,Quillfeather,2001-01-01\r\n2,b,c\r\n", "none of the expected columns"),
        (b"ref;name;note\r\n1;Quillfeather;c\r\n", "none of the expected columns"),
        (b"ref,name,note,ref\r\n1,Quillfeather,c,d\r\n", "twice"),
        (b"<!DOCTYPE html>\n<html><body>Quillfeather, sign in</body></html>\n", "none of the expected columns"),
        ("ref,name,note\r\n1,Quillfeather,c\r\n".encode("utf-16"), "UTF-16"),
        (b"ref,name,note\r\n1,Quillfeather \xa3,c\r\n", "not utf-8 text"),
    ],
)
def test_file_of_another_layout_is_refused(content: bytes, problem: str) -> None:
    """An empty file, a lost or foreign header, another delimiter or encoding, a page of a web server: no empty table."""
    assert problem in refused(content)


def test_bytes_outside_windows_text_refuse_the_file() -> None:
    """0x81 stands for nothing in Windows-1252; it is not dropped or replaced."""
    assert "cp1252" in refused(b"ref,name,note\r\n1,Quillfeather \x81,c\r\nTRAILER,1\r\n", WITH_TRAILER)


def test_header_alone_is_a_file_without_records() -> None:
    """A register with nothing in it, with or without the end of the line."""
    assert rows_of(b"ref,name,note\r\n") == []
    assert rows_of(b"ref,name,note") == []


def test_record_numbers_hold_over_the_borders_of_blocks() -> None:
    """Of 120,000 records in several megabytes, ragged ones and quoted newlines among them, each has its own number."""
    lines, ragged = [], set()
    for number in range(1, 120_001):
        if number % 9_973 in (0, 1):
            ragged.add(number)
            lines.append(f"{number},short")
        else:
            lines.append(f'{number},"{"x" * (number % 37)}\n",end')
    found = rows_of(("ref,name,note\n" + "\n".join(lines) + "\n").encode())
    assert [row[0] for row in found] == list(range(1, 120_001))
    assert {row[0] for row in found if row[-1]} == ragged
    assert all(row[1] == str(row[0]) for row in found if row[0] not in ragged)


def test_large_file_is_streamed(tmp_path: Path) -> None:
    """300,000 records come in many batches, and never is more than a part of the file in memory.

    pyarrow reads some 32 blocks of a megabyte ahead, however large the file: it must be well above that to tell.
    """
    path, note = tmp_path / "large.csv", "t" * 300
    with path.open("w", encoding="utf-8") as target:
        target.write("ref,name,note\n")
        target.writelines(f"{number},name,{note}\n" for number in range(300_000))
    before, highest, batches, rows = pa.total_allocated_bytes(), 0, 0, 0
    tracemalloc.start()
    with path.open("rb") as stream:
        for batch in read_csv(stream, COLUMNS, [PLAIN], unnoted):
            highest = max(highest, pa.total_allocated_bytes() - before)
            batches, rows = batches + 1, rows + batch.num_rows
    _, python_peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    size = path.stat().st_size
    assert (rows, batches > 50) == (300_000, True)
    assert highest < size / 8
    assert python_peak < size / 2


@pytest.mark.parametrize("place", [b'"a,b,c', b'1,"b,c', b'1,b,"c'])
def test_quote_that_is_never_closed_refuses_the_file(place: bytes) -> None:
    """In whichever column it is opened it would swallow the records after it as one."""
    rest = b"".join(b"%d,x,y\r\n" % number for number in range(2, 40))
    assert "never closed" in refused(b"ref,name,note\r\n" + place + b"\r\n" + rest)


@pytest.mark.parametrize("field", [b"5'6\"", b'"abc"def', b'a"b', b'"a"b"'])
def test_stray_quote_holds_its_record_and_no_other(field: bytes) -> None:
    """A height in inches is not escaped as it must be: where the field ends is anyone's guess, and is not ours."""
    content = b"ref,name,note\r\n1," + field + b',c\r\n2,"b ""q"" b",c\r\nTRAILER,2\r\n'
    assert rows_of(content, WITH_TRAILER) == [(1, None, None, None, "bad_quote"), (2, "2", 'b "q" b', "c", None)]


def test_quotes_hold_over_the_borders_of_chunks() -> None:
    """Of a megabyte of records, many with line breaks in quotes, each stray quote holds its own record and no other."""
    lines, stray = [], set()
    for number in range(1, 20_001):
        if number % 997 == 0:
            stray.add(number)
            lines.append(f'{number},a "b" c,end')
        else:
            lines.append(f'{number},"{"x" * (number % 37)}, ""y""\n\nz",end')
    found = rows_of(("ref,name,note\n" + "\n".join(lines) + "\n").encode())
    assert [row[0] for row in found] == list(range(1, 20_001))
    assert {row[0] for row in found if row[-1] == "bad_quote"} == stray
    assert all(row[1] == str(row[0]) for row in found if row[0] not in stray)


def test_old_line_ends_are_read_and_noted() -> None:
    """A file with carriage returns alone says the same as one of line feeds, and is told apart by a note."""
    notes: dict[str, int] = {}
    assert rows_of(b"ref,name,note\r1,b,c\r", note=notes.__setitem__) == [(1, "1", "b", "c", None)]
    assert notes["old_line_ends"] == 1


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_mixed_line_ends_refuse_the_file(end: bytes) -> None:
    """Where a record ends is then a matter of opinion."""
    others = [other for other in (b"\n", b"\r", b"\r\n") if other != end]
    for other in others:
        content = b"ref,name,note" + end + b"1,Quillfeather,c" + other + b"2,b,c" + end
        assert "end in different ways" in refused(content)
