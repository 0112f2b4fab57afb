"""Which number a verb governs: in `arrested 440 people and charged 305 of them` the `charged` is of the 305 alone.

A verb that stands after a number and has a number of its own directly after it begins a clause of its own, whose verb does not
reach back. One that ends a list, `83 weapons and 6 kg of drugs were seized`, has none after it, and governs the whole list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from svu_pipeline.claims.lexicon import lexicon

_JOINS = re.compile(
    r"(?:[;,–—]|\b(?:and|but|while|whilst|plus|before|after|when|as well as)\b|&)(?P<subject>(?:[\s,]+[\w’'-]+){0,4}?)\s+$",
    re.IGNORECASE,
)
"""What joins a clause to the one before it, with the subject and the adverbs before its verb."""
_REACHES = re.compile(
    r"(?:\s+and\s+(?:\w+ly\s+)?\w+(?:ed|ing))?"
    r"(?:\s+(?!(?:in|on|by|with|at|for|to|from|under|and|or|after)\b)(?:[\w’'-]+\s+){1,2}(?:for|to|of|worth|totalling))?"
    r"\s+(?:(?:a|an|the|another|further|other|total|combined|some|all|of|also|just|only)\s+)*$",
    re.IGNORECASE,
)
"""What may stand between a verb and the number that is its object, or is said of it: `jailed offenders for 804 years`."""
_PASSIVE = re.compile(r"\b(?:were|was|are|is|been|being|be|got)\b", re.IGNORECASE)
_ADVERBS = re.compile(r"(?:[\s,]+(?:and|then|later|also|subsequently|since|\w+ly))*", re.IGNORECASE)


def clause(text: str, start: int, end: int, spans: Sequence[tuple[int, int]], own: int) -> tuple[int, int]:
    """The clause of a sentence, as offsets into the text, in which the number at place `own` of `spans` stands.

    `start` and `end` are those of the sentence, `spans` those of its numbers in order.
    """
    starts = [
        begin + cut if (cut := own_verb(text[begin:number])) is not None else None
        for begin, number in zip([start, *(span[1] for span in spans)], [span[0] for span in spans], strict=False)
    ]
    before = [cut for cut in starts[1 : own + 1] if cut is not None]
    after = [cut for cut in starts[own + 1 :] if cut is not None]
    return before[-1] if before else start, after[0] if after else end


@lru_cache(maxsize=1024)  # each number of a sentence asks of every gap in it
def own_verb(stretch: str) -> int | None:
    """Where, between two numbers, the clause begins whose verb has the second number as its object; None where there is none.

    After a passive a verb without a subject of its own goes on with it: `440 people were arrested and jailed 12 months later`.
    """
    for verb in lexicon().verbs(stretch):
        joined = _JOINS.search(stretch[: verb.start])
        if joined is None or not _REACHES.fullmatch(stretch[verb.end :]):
            continue
        goes_on = _ADVERBS.fullmatch(joined["subject"]) and _PASSIVE.search(stretch[: joined.start()])
        if not goes_on and not _PASSIVE.search(joined["subject"]):
            return joined.start()
    return None
