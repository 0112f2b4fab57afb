"""Text that is odd whatever it says: what holds a record is marked as its defect, what does not is counted.

Here: byte zero, fields beyond all bounds, characters that cannot be seen, letters in parts, text decoded twice. Not here:
what a cell should say (contracts). Text is handed on as it was received; keys are compared without what cannot be seen
(`as_reference` in casting.sql).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from svu_pipeline.sources.text_batch import with_defect

Note = Callable[[str, int], None]
"""Is told of `count` things of kind `code` in a file."""

MAX_FIELD = 1 << 16
_CONTROLS = bytes(set(range(32)) - set(b"\t\r\n")) + b"\x7f"
_COUNTED = {
    "invisible_characters": r"[\x{1}-\x{8}\x{b}\x{c}\x{e}-\x{1f}\x{7f}\x{ad}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{2064}\x{2066}-\x{2069}\x{feff}]",
    "decomposed_text": r"\p{Mn}",
    "mojibake": r"[\x{c2}\x{c3}][\x{80}-\x{bf}]|\x{e2}\x{20ac}|\x{fffd}",
}
"""What is counted and left as it is: `Ã©` and `â€™` are UTF-8 that was read as Windows-1252 before it came to us."""


def inspected(batches: Iterable[pa.RecordBatch], note: Note) -> Iterator[pa.RecordBatch]:
    """The same batches, records of byte zero or of a field of 64 KiB marked; at the end what is odd besides is noted."""
    counts = dict.fromkeys(_COUNTED, 0)
    for batch in batches:
        marked = batch
        for column in batch.columns[:-2]:
            if _is_plain(column):
                continue
            marked = with_defect(marked, pc.greater(pc.binary_length(column), MAX_FIELD), "too_long")
            marked = with_defect(marked, pc.match_substring(column, "\0"), "nul_byte")
            for code, pattern in _COUNTED.items():
                counts[code] += pc.sum(pc.match_substring_regex(column, pattern)).as_py() or 0
        yield marked
    for code, count in counts.items():
        note(code, count)


def _is_plain(column: pa.Array) -> bool:
    """Whether a column is short fields of printable ASCII, as most are: told from its bytes at once, not cell by cell."""
    text = column.buffers()[2]
    if text is None:
        return True
    content = text.to_pybytes()
    is_printable = content.isascii() and len(content.translate(None, _CONTROLS)) == len(content)
    return is_printable and (pc.max(pc.binary_length(column)).as_py() or 0) <= MAX_FIELD
