"""A text as sentences with their offsets; a list item knows the words that lead into its list.

Plain text is the one form that every reader gives (`read.py`): a blank line ends a paragraph, a bullet begins an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 2_000
BULLET = re.compile(r"[ \t]*(?:[•‣▪●○◦·*➡✅👉✔️]|[-–—](?=\s)|\(?[a-z0-9]{1,2}[.)](?=\s))\s*", re.IGNORECASE)
_ENDS = re.compile(r"""(?<=[.!?…])["'”’)\]]*\s+(?=["'“‘(\[]*[A-Z0-9£#@])""")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|St|No|Nos|Sgt|Insp|Det|Supt|Op|approx|c|ca|s|ss|para|paras|p|pp|v|cf|e\.g|i\.e|incl|vs|Ch|Cllr|Rev|ref)"
    r"|\b[A-Z])\.$"
)
_ROW = re.compile(r"\||\t|\S {3,}\S")
_GOES_ON = re.compile(
    r"(?:[,;(–—-]|\b(?:and|or|of|the|a|an|to|in|with|by|for|than|from|at|on|including|under))$", re.IGNORECASE
)


@dataclass(frozen=True)
class Sentence:
    """A sentence, heading, list item or table row: `text` is the checked text from `start` to `end`.

    `lead` is what leads into it where it is an item of a list (or the headings of its table), '' else. `paragraph` counts up
    with each paragraph or list, `block` with each item and row too.
    """

    start: int
    end: int
    text: str
    paragraph: int
    block: int = 0
    lead: str = ""
    is_item: bool = False
    is_row: bool = False


def sentences(text: str) -> list[Sentence]:
    """Every sentence of a text in order; together they hold every character that is not white space or a bullet."""
    found: list[Sentence] = []
    lead, paragraph = "", 0
    for block, (start, end, is_item, is_row, after_blank) in enumerate(_blocks(text)):
        if after_blank and not (is_item and found and found[-1].is_item):
            paragraph += 1
        if not (is_item or is_row) or (is_row and after_blank):
            lead = ""
        for from_, to in _split(text, start, end):
            said = (_asked(text, start) or lead) if is_item or is_row else ""
            found.append(Sentence(from_, to, text[from_:to], paragraph, block, said, is_item, is_row))
        if not is_item and found and (found[-1].text.rstrip().endswith((":", "–", "—")) or (is_row and not lead)):
            lead = found[-1].text
    return found


def _asked(text: str, start: int) -> str:
    """What an item (a) answers: what stands behind (a) further up."""
    label = re.search(r"\(([a-z])\)\s*$", text[max(0, start - 6) : start])
    asked = re.search(rf"\({label[1]}\)\s+([^()?;\n]+)", text[: start - 4]) if label else None
    return asked[1] if asked else ""


def _blocks(text: str) -> list[tuple[int, int, bool, bool, bool]]:
    """Runs of lines that belong together: offsets, whether an item of a list, whether a table row, whether a blank line came before."""
    blocks: list[tuple[int, int, bool, bool, bool]] = []
    after_blank = True
    for match in re.finditer(r"[^\n]*(?:\n|$)", text):
        line = match[0].rstrip()
        if not line.strip():
            after_blank = after_blank or bool(match[0])
            continue
        bullet = BULLET.match(line)
        start = match.start() + (bullet.end() if bullet else len(line) - len(line.lstrip()))
        end, is_row = match.start() + len(line), _ROW.search(line.strip()) is not None
        goes_on = blocks and not (after_blank or bullet or is_row or blocks[-1][3])
        if goes_on and _joins(text[blocks[-1][0] : blocks[-1][1]].rpartition("\n")[2], line.lstrip()):
            blocks[-1] = (blocks[-1][0], end, *blocks[-1][2:])
        elif start < end:
            blocks.append((start, end, bullet is not None, is_row, after_blank))
        after_blank = False
    return blocks


def _joins(line: str, following: str) -> bool:
    """Whether a line goes on in the one below it: a wrapped line does, a short line of its own (a heading, a post) does not."""
    if _GOES_ON.search(line) or following[:1].islower():
        return True
    return len(line) >= 60 and not line.endswith(":")


def _split(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentences of a block, as offsets."""
    cuts, begin = [], start
    for match in _ENDS.finditer(text, start, end):
        if _ABBREVIATED.search(text[begin : match.start() + 1].rstrip()):
            continue
        cuts.append((begin, match.start()))
        begin = match.end()
    return [part for cut in (*cuts, (begin, end)) for part in _bounded(text, *cut)]


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence in parts of LONGEST characters at most: what is done for a number takes longer the longer its sentence is."""
    while end - start > LONGEST:
        cut = max(text.rfind(" ", start + 1, start + LONGEST), text.rfind("\n", start + 1, start + LONGEST))
        cut = cut if cut > start else start + LONGEST
        yield start, cut
        start = cut
    yield start, end
