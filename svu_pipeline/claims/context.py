"""A number with what stands around it: its own stretch of its sentence, and all that leads into it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from svu_pipeline.claims.claim import Number
from svu_pipeline.claims.clauses import clause
from svu_pipeline.claims.places import Place
from svu_pipeline.claims.sentences import LONGEST, Sentence
from svu_pipeline.claims.windows import Mention
from svu_pipeline.clock import Window

_OF = re.compile(r"\s+(?:out\s+)?of\s+(?:the\s+|those\s+|these\s+|all\s+)?(?:[\w’']+[’']s?\s+){0,1}$", re.IGNORECASE)
_OF_WHICH = re.compile(
    r"^\s*(?:[\w’'-]+\s+){0,3}?(?:were|are|was|is|had been|have been|being)\s+(?!(?:in|at|by|on|for|from|under)\b)(?=\w)",
    re.IGNORECASE,
)
_IS = re.compile(r"\b(?:were|are|was|is|had been|have been)\b", re.IGNORECASE)
_HEADING = re.compile(r"[.!?…]\W*$")


@dataclass(frozen=True)
class Context:
    """A number with what stands around it.

    `before` and `after` are its own stretch, up to the numbers on either side (in a table, `before` is the row's label); of
    `61 of 83 weapons were knives` the first number's `after` is `knives`, and the second `is_whole`. `lead` leads into its list,
    `previous` is the sentence before it, `topic` its paragraph up to here under its heading. `windows` and `places` are those
    of the sentence and its lead, `wider` those of the topic; all by offsets into the text, as `after_from` and `after_to` are of
    `after`. `column` is the window of its column. `clause` is the part of its sentence whose verbs may govern it, by the same offsets.
    """

    number: Number
    sentence: Sentence
    before: str
    after: str
    lead: str
    previous: str
    topic: str
    windows: tuple[Mention, ...]
    places: tuple[Place, ...]
    wider_windows: tuple[Mention, ...]
    wider_places: tuple[Place, ...]
    default: Window
    column: Mention | None = None
    is_whole: bool = False
    after_from: int = 0
    clause: tuple[int, int] = (0, 0)

    @property
    def after_to(self) -> int:
        return self.after_from + len(self.after)


@dataclass(frozen=True)
class Scene:
    """A text with its sentences and all that is named in it."""

    text: str
    found: Sequence[Sentence]
    windows: Sequence[Mention]
    places: Sequence[Place]
    default: Window

    def context(self, place: int, number: Number, every: Sequence[Number]) -> Context:
        """The context of a number of a sentence; `every` are the numbers of that sentence that may be claims."""
        sentence = self.found[place]
        begin = max((n.end for n in every if n.end <= number.start), default=sentence.start)
        following = [n for n in every if n.start >= number.end]
        end = following[0].start if following else sentence.end
        before, after = self.text[begin : number.start], self.text[number.end : end]
        is_whole = begin > sentence.start and _OF.fullmatch(before) is not None
        if following and _OF.fullmatch(after):
            end = following[1].start if len(following) > 1 else sentence.end
            after = _of_which(self.text[following[0].end : end])
        after_from = end - len(after)
        if is_whole:
            after = _IS.split(after)[0]  # `Eight of the sixteen were teenagers`: the sixteen are not
        if sentence.is_row:
            before = re.split(r"\d|\||£", sentence.text.lstrip("| "))[0]
        start = max(self._topic_start(place), sentence.start - LONGEST)
        lead = self._lead(sentence)
        spans = [(n.start, n.end) for n in every]
        own = clause(self.text, sentence.start, sentence.end, spans, spans.index((number.start, number.end)))
        return Context(
            number, sentence, before, after, sentence.lead, self._previous(place),
            f"{self._heading(place)} {self.text[start : sentence.start]}",
            tuple(m for m in self.windows if _within(m, sentence) or (lead and _within(m, lead))),
            tuple(p for p in self.places if _within(p, sentence) or (lead and _within(p, lead))),
            tuple(m for m in self.windows if start <= m.start < sentence.start),
            tuple(p for p in self.places if start <= p.start < sentence.start),
            self.default, self._column(sentence, number), is_whole, after_from, own,
        )  # fmt: skip

    def _previous(self, place: int) -> str:
        """The sentence before, if it is of the same run of text."""
        if not place:
            return ""
        before, sentence = self.found[place - 1], self.found[place]
        is_question = before.text.rstrip().endswith(("?", ":")) and not sentence.is_item
        return (
            before.text
            if before.block == sentence.block or is_question or not (before.is_item or sentence.is_item)
            else ""
        )

    def _lead(self, sentence: Sentence) -> Sentence | None:
        return next((s for s in reversed(self.found) if s.start < sentence.start and s.text == sentence.lead), None)

    def _topic_start(self, place: int) -> int:
        """Where the topic of a sentence begins: with its paragraph, or with the heading over it."""
        first = place
        while first and self.found[first - 1].paragraph == self.found[place].paragraph:
            first -= 1
        over = self.found[first - 1] if first else None
        is_heading = over is not None and len(over.text) < 90 and not _HEADING.search(over.text)
        return over.start if over is not None and is_heading else self.found[first].start

    def _heading(self, place: int) -> str:
        """The heading that a sentence stands under: the nearest line above that is no sentence."""
        above = (s for s in reversed(self.found[:place]) if not (s.is_item or s.is_row))
        return next((s.text for s in above if len(s.text) < 90 and not _HEADING.search(s.text)), "")

    def _column(self, sentence: Sentence, number: Number) -> Mention | None:
        """The window of a number's column in a table, else of its brackets where the text says what stands in brackets."""
        if sentence.is_row and "|" in sentence.lead:
            index = self.text.count("|", sentence.start, number.start)
            shift = sentence.text.lstrip().startswith("|") - sentence.lead.lstrip().startswith("|")
            head = self._lead(sentence)
            cells = [m for m in self.windows if head and _within(m, head)]
            return next((m for m in cells if head and self.text.count("|", head.start, m.start) == index - shift), None)
        if not self.text[: number.start].endswith("("):
            return None
        said = [
            m
            for m in self.windows
            if m.end < number.start and re.match(r"\s+in\s+brackets", self.text[m.end :], re.IGNORECASE)
        ]
        return said[-1] if said else None


def _within(named: Mention | Place, sentence: Sentence) -> bool:
    return sentence.start <= named.start < sentence.end


def _of_which(rest: str) -> str:
    """What is said of a part: of ` weapons were knives` the knives; of ` warrants` the warrants."""
    stripped = _OF_WHICH.sub(" ", rest)
    return stripped if stripped.strip(" .,;") else rest
