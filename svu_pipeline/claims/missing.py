"""Lists that a text announces and does not have (`The achievements of the team include:` and nothing after it)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from svu_pipeline.claims.aside import Aside, aside_at
from svu_pipeline.claims.claim import MissingList
from svu_pipeline.claims.numbers import numbers
from svu_pipeline.claims.sentences import Sentence

_COLON = re.compile(
    r"\b(?:includ\w+|following|achievements?|results?|highlights?|figures?|as follows|below|these (?:are|were)|are|were|have|has|we|have seen|successes|outcomes|seen|numbers|headlines|totals?|statistics|breakdown|list|lot)\b[^.:]*:\s*$",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:the following (?:figures|results|achievements|outcomes|totals|successes|numbers)|(?:figures|results|achievements|outcomes|numbers|successes) (?:are|were) as follows|(?:are|is) (?:listed|set out|shown) below|as follows)\b[^.:]*[.:]?\s*$",
    re.IGNORECASE,
)


def missing_lists(text: str, found: Sequence[Sentence], set_aside: Sequence[Aside]) -> Iterator[MissingList]:
    """Every announcement of a list after which there is none: no item, no row, no line with a figure."""
    for place, sentence in enumerate(found):
        if sentence.is_row or not (_COLON.search(sentence.text) or _OPEN.search(sentence.text)):
            continue
        following = found[place + 1] if place + 1 < len(found) else None
        if following is None or not _is_list(following, sentence, set_aside):
            yield MissingList(sentence.start, sentence.end, text[sentence.start : sentence.end])


def _is_list(following: Sentence, announced: Sentence, set_aside: Sequence[Aside]) -> bool:
    """Whether what follows is what was announced: an item, a row, a line of its own in the same paragraph, a figure first."""
    if following.is_item or following.is_row or following.paragraph == announced.paragraph:
        return True
    first = next(iter(numbers(following.text)), None)
    if first is None or first.start > 3:
        return following.text[:1] in '“"‘'
    return aside_at(list(set_aside), following.start + first.core, following.start + first.end) is None
