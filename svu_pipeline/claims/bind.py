"""From a number in its context to what it is said to be: a metric, its window and its part.

Every noun and verb of the lexicon near the number speaks for the metrics that they make; the metric for which most speaks is
taken. A number without a noun of its own (`305 of them`) is of the noun before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from svu_pipeline.claims.claim import Unit
from svu_pipeline.claims.context import Context
from svu_pipeline.claims.figures import Part
from svu_pipeline.claims.lexicon import Entry, Lexicon, Word, lexicon
from svu_pipeline.claims.where import mention_of, part_of, wider
from svu_pipeline.claims.windows import Mention


class Of(Enum):
    """What a number says of its metric: the figure, a share of another figure, a change since the year before, a term."""

    FIGURE = "figure"
    SHARE = "share"
    CHANGE = "change"
    POINTS = "points"
    CASE = "case"
    TERMS = "terms"


@dataclass(frozen=True)
class Bound:
    """What a number is said to be. `wrong` is the term that is wrong for the metric; `mention` the window that is named.

    `way` is 1 of a rise, -1 of a fall. `wider_mention` and `wider_part` are those that its paragraph has named before it: it may be of them.
    """

    metric: str
    of: Of = Of.FIGURE
    wrong: str = ""
    mention: Mention | None = None
    part: Part | None = None
    wider_mention: Mention | None = None
    way: int = 0
    wider_part: Part | None = None


Verbs = dict[str, tuple[float, str]]
"""By class of verb: how much it speaks, and the word."""

_ENOUGH = 1.2
_DIRECT = 2.5
"""From which score on a verb follows its number or its noun directly."""
_CUT = re.compile(
    r"[;()|]|\.\s|:\s|\s[–—]\s|,\s(?:which|while|after|as|up|down)\b|,?\s(?:while|whereas|compared|after)\b|,\s(?:and\s)?(?=\w+ed\s(?!and|in))"
)
_SMALL_WORDS = (
    "who|that|which|were|was|are|is|being|been|be|have|has|had|also|all|later|then|since|subsequently|successfully|safely|now"
    "|already|each|to|got|in|with|by|subject|made|the|of|hit|said|officers|its|and|or|drug|drugs|court|search|county|on|for|them"
    "|those|these|whom|unit|team|we|they|detectives|people|put|under|handed|given|either|both|came|had|cash|criminal|gang|by"
)
_GAP = re.compile(rf"[\s,&]*(?:(?:{_SMALL_WORDS})\b[\s,&]*){{0,7}}$", re.IGNORECASE)
_NO_NOUN_PAST = re.compile(
    r"\b(?:on|in|for|by|with|from|to|at|were|was|are|is|and|which|who|that|as|than|has|had|have|be|under|against|a|an|the|when)\b|,",
    re.IGNORECASE,
)
_NOUNLESS = re.compile(
    r"^\s*(?:$|[.,;:)(\]|–—-]|(?:of (?:them|those|these|whom|which|the|this|it)|were|was|being|are|had|have|later|under|in|at|by|for|went|against"
    r"|to|and|or|on|each|more|when|the|from|came|got|with|aged|proper|others?|granted|charged|arrested|remanded|jailed|safeguarded|through)\b)",
    re.IGNORECASE,
)
_IS_A = re.compile(
    r"^\s*(?:of (?:them|those|these|whom|which)(?:\s+(?!were|are)\w+)?\s+)?(?:are|were|was|is|being)\s+(?:just\s+|only\s+|all\s+)?(?=\w)",
    re.IGNORECASE,
)
"""`Eight of those named are teenagers`: what they are is their noun."""
_ANAPHORA = re.compile(r"^\s*of (?:them|those|these|whom)\b", re.IGNORECASE)


def bind(context: Context, previous: Bound | None, *, is_near: bool) -> Bound | None:
    """What a count or an amount is said to be; None when nothing in the catalogue fits.

    `previous` is what the number before it was, `is_near` whether that was in the same paragraph.
    """
    lex = lexicon()
    nouns, verbs = _nouns(lex, context), verbs_of(lex, context)
    scored = [found for entry in lex.entries.values() if (found := _score(entry, context, nouns, verbs))]
    best = max(scored, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= _ENOUGH:
        return best[1]
    return _nounless(context, previous, verbs, is_near=is_near)


def placed(bound: Bound, context: Context) -> Bound:
    """With the window and the part that are named nearest to the number, and those that its paragraph has named before."""
    is_event = bound.of in (Of.CASE, Of.TERMS)
    wider_mention, wider_part = wider(context)
    carried = bound.mention if bound.mention and bound.mention.is_named else None
    if carried is not None and carried.start < context.sentence.start:
        carried, wider_mention = None, wider_mention or carried
    return replace(
        bound,
        mention=mention_of(context) or carried,
        part=part_of(context, bound.metric, is_event) or bound.part,
        wider_mention=wider_mention,
        wider_part=None if context.is_whole else wider_part,
    )


def _score(entry: Entry, context: Context, nouns: dict[str, float], verbs: Verbs) -> tuple[float, Bound] | None:
    """How much speaks for a metric, and the number as one of it; None where its noun, verb or context is wanting."""
    unit = {Unit.POUNDS: "£", Unit.KILOGRAMS: "kg"}.get(context.number.unit, "count")
    if entry.phrase or entry.unit != unit:
        return None
    scope = " ".join((context.topic, context.sentence.text, context.lead))
    if entry.context and not entry.context.search(scope):
        return None
    noun = max((nouns.get(kind, 0.0) for kind in entry.nouns), default=0.0)
    wrong_noun = max((nouns.get(kind, 0.0) for kind in entry.wrong_nouns), default=0.0)
    right = max((verbs.get(kind, (0.0, ""))[0] for kind in entry.verbs), default=0.0)
    wrong, term = max((verbs.get(kind, (0.0, "")) for kind in entry.wrong), default=(0.0, ""))
    verb = max(right, wrong)
    if unit != "count" and verb >= 1.0:
        noun = max(noun, 1.0)
    if not max(noun, wrong_noun) or (not verb and not entry.is_bare):
        return None
    reason = "children" if wrong_noun > noun else term if wrong > right else ""
    score = max(noun, wrong_noun) + verb + (1.0 if entry.context else 0.0)
    return score, Bound(entry.id, wrong=reason)


def _nouns(lex: Lexicon, context: Context) -> dict[str, float]:
    """How near each class of noun stands to the number: at it best; else before it, as its label, its list's or its question's."""
    after = _IS_A.sub(" ", _CUT.split(context.after)[0])
    found: dict[str, float] = {}
    words = lex.nouns(after)
    for word in words:
        gap = after[: word.start]
        if len(gap) <= 45 and not _NO_NOUN_PAST.search(gap):
            rank = sum(other.end <= word.start for other in words)
            found[word.kind] = max(found.get(word.kind, 0.0), 4.0 - word.start / 15 - 0.5 * rank)
    if found or not (context.sentence.is_row or _NOUNLESS.match(context.after)):
        return found
    for text, weight in ((context.before, 2.4), (_question(context), 1.8), (context.lead, 1.6)):
        for word in lex.nouns(text):
            found[word.kind] = max(found.get(word.kind, 0.0), weight - min(weight - 0.5, (len(text) - word.end) / 60))
        if found:
            return found
    return found


def _question(context: Context) -> str:
    """The question or the heading that a sentence answers."""
    return context.previous if context.previous.rstrip().endswith(("?", ":")) else ""


def verbs_of(lex: Lexicon, context: Context) -> Verbs:
    """How much each verb speaks: what follows the number or its noun directly, then what stands before, then what leads in."""
    found: Verbs = {}

    def speak(word: Word, score: float) -> None:
        if score > found.get(word.kind, (0.0, ""))[0]:
            found[word.kind] = (score, word.text.lower())

    start, end = context.clause
    after = _CUT.split(context.after[: max(0, end - context.after_from)])[0]
    nouns = lex.nouns(after)
    for word in lex.verbs(after):
        starts = [0, *(noun.end for noun in nouns if noun.end <= word.start)]
        is_next = any(_GAP.match(after[start : word.start]) for start in starts)
        speak(word, 3.0 - word.start / 200 if is_next else 1.6 - word.start / 100)
    for word in lex.verbs(context.before):
        speak(word, 2.4 - min(1.0, (len(context.before) - word.end) / 100))
    sentence, offset = context.sentence.text, context.sentence.start
    for text, weight in (
        (sentence[start - offset : end - offset], 1.1), (sentence, 0.9), (context.lead, 1.9), (_question(context), 1.9), (context.previous, 0.4), (context.topic, 0.2),
    ):  # fmt: skip
        for word in lex.verbs(text):
            speak(word, weight - 0.1 + 0.1 * word.end / max(1, len(text)))
    return found


def _nounless(context: Context, previous: Bound | None, verbs: Verbs, *, is_near: bool) -> Bound | None:
    """A number without a noun: of the people that its own verb names, else of what the number before it was of."""
    if context.number.unit in (Unit.POUNDS, Unit.KILOGRAMS):
        return _same_unit(context, previous)
    if not (context.sentence.is_row or _NOUNLESS.match(context.after)):
        return None
    if context.is_whole and previous is not None:
        return replace(
            previous,
            metric=lexicon().entries[previous.metric].part_of or previous.metric,
            part=None,
            of=Of.FIGURE,
            wrong="",
        )
    people = _people(verbs)
    if people is not None and not (previous and not _is_of_people(previous.metric)):
        return replace(previous, metric=people, wrong="", of=Of.FIGURE) if previous and is_near else Bound(people)
    if previous is None or not (is_near or _ANAPHORA.match(context.after)):
        return Bound(people) if people else None
    return replace(previous, of=Of.FIGURE) if previous.of in (Of.FIGURE, Of.CHANGE, Of.POINTS) else None


def _people(verbs: Verbs) -> str | None:
    """The metric of people that a verb makes which follows the number directly: `440 arrested`, `305 charged and remanded`."""
    direct = [
        (verbs[kind][0], entry.id)
        for entry in lexicon().entries.values()
        if "people" in entry.nouns
        for kind in entry.verbs
        if verbs.get(kind, (0.0, ""))[0] >= _DIRECT
    ]
    return max(direct)[1] if direct else None


def _is_of_people(metric: str) -> bool:
    nouns = lexicon().entries[metric].nouns
    is_rate = lexicon().entries[metric].phrase is not None
    return is_rate or "people" in nouns or "arrests" in nouns or metric == "prison_years"


def _same_unit(context: Context, previous: Bound | None) -> Bound | None:
    """An amount without noun and verb: of the amount before it, or of drugs where they are spoken of and it is a mass."""
    unit = "£" if context.number.unit is Unit.POUNDS else "kg"
    if previous is not None and lexicon().entries[previous.metric].unit == unit and previous.of is Of.FIGURE:
        return previous
    told = f"{context.topic} {context.sentence.text}"
    if unit == "kg" and re.search(r"\b(?:drugs?|cannabis|heroin|cocaine)\b", told, re.IGNORECASE):
        return Bound("drugs_seized_kg")
    return None
