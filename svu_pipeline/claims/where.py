"""Which of the named windows and parts a number is of: those nearest to it."""

from __future__ import annotations

import re

from svu_pipeline.claims.context import Context
from svu_pipeline.claims.figures import Part, year_before
from svu_pipeline.claims.places import UNPLACED, Place
from svu_pipeline.claims.windows import Mention

_COMPARED = re.compile(r"\(|\b(?:compar\w+|against|from|than|versus|vs|up|down|previous|double|twice)\b", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|against|compared (?:with|to)|on|than(?: the)?)\s*$", re.IGNORECASE)
_CHANGED = re.compile(
    r"\b(?:up|rose|risen|rise|increas\w+|grew|fell|fall|down|drop\w*|decreas\w+|doubled?|jump\w*|climb\w*)\b",
    re.IGNORECASE,
)
_AT_NOUN = {"weapon_type", "drug", "drug_class", "sex"}
_NOUN_GAP = re.compile(
    r"\s*(?:of\s+(?:this|it|that|them|these|those)\s+)?(?:was\s+|were\s+|of\s+|is\s+)?(?:\w+\s+)?", re.IGNORECASE
)


def mention_of(context: Context) -> Mention | None:
    """The window of a number: its column's; named after it in its own stretch; the last before it; the one of its sentence.

    What is only compared with (`440 (previous year: 398)`) is the next number's; a number after `up from` is of the year before.
    """
    if context.column is not None:
        return context.column
    number, sentence = context.number, context.sentence
    own = [m for m in context.windows if context.after_from <= m.start < context.after_to]
    if own and not _COMPARED.search(context.after[: own[0].start - context.after_from]):
        return own[0]
    if _FROM.search(context.before) and _CHANGED.search(sentence.text[: number.start - sentence.start]):
        return Mention(number.start, number.start, year_before(context.default))
    earlier = [m for m in context.windows if m.end <= number.start]
    if earlier and not _is_aside(context, earlier[-1]):
        return earlier[-1]
    later = [m for m in context.windows if number.end <= m.start < sentence.end]
    if len(later) == 1 and not _COMPARED.search(
        sentence.text[number.end - sentence.start : later[0].end - sentence.start]
    ):
        return later[0]
    return next((m for m in reversed(earlier) if not _is_aside(context, m)), None)


def _is_aside(context: Context, mention: Mention) -> bool:
    """Whether a window was only compared with, in brackets or by `against`, before the sentence went on."""
    sentence = context.sentence
    if not sentence.start <= mention.start:
        return False
    between = sentence.text[mention.end - sentence.start : context.number.start - sentence.start]
    leading = sentence.text[max(0, mention.start - sentence.start - 25) : mention.start - sentence.start]
    has_number_between = re.search(r"\d", between) is not None
    is_compared = ")" in between or bool(
        re.search(r"[,;]|\band\b", between) and has_number_between and _COMPARED.search(leading)
    )
    return is_compared and not re.match(r"\s*\(?$", leading)


def part_of(context: Context, metric: str, is_event: bool) -> Part | None:
    """The part of a number: the place that it stands at in brackets, a kind or a place after it, else the last before it.

    In an answer it is the part that was asked for.
    """
    if context.is_whole:
        return None
    number = context.number
    suits = [p for p in context.places if _suits(p, context, metric, is_event)]
    own = [p for p in suits if context.after_from <= p.start < context.after_to and not _leads_on(p, context)]
    earlier = [p for p in suits if p.end <= number.start]
    own_before = [p for p in earlier if p.start >= number.start - len(context.before)]
    at = [p for p in own_before if re.fullmatch(r"\s*\(\s*", context.before[p.end - number.start :])]
    near = [p for p in own if not re.search(r"[,;)]", context.after[: p.start - context.after_from])]
    before = [p for p in earlier if p not in own_before and not _is_others(p, context)]
    for found in (at, near[:1], own_before[-1:], own[:1], before[-1:]):
        known = [p for p in found if p.part.dimension != UNPLACED]
        if known:
            return known[0].part
    unknown = near[:1] or own_before[-1:]
    if unknown:
        return next((p.part for p in suits if p.part.dimension == "operation"), unknown[0].part)
    return _asked(context)


def _asked(context: Context) -> Part | None:
    """The part that the question before a sentence asks for."""
    if not context.previous.rstrip().endswith("?") or context.sentence.text.rstrip().endswith("?"):
        return None
    asked = [p.part for p in context.wider_places if p.text in context.previous and p.part.dimension in _ASKED]
    return asked[-1] if asked else None


_ASKED = {"district", "operation", "power", "closure", "unit"}


def _leads_on(place: Place, context: Context) -> bool:
    """Whether a part stands directly before the next number, whose it then is: `£261,000, of which Op Ozzy £45,096`."""
    end, between = context.after_to, context.after[: place.start - context.after_from]
    if end >= context.sentence.end or not re.search(r"[,;)]|\band\b|\bof which\b", between):
        return False
    return re.fullmatch(r"\s*[(:,–-]?\s*", context.after[place.end - context.after_from :]) is not None


def _is_others(place: Place, context: Context) -> bool:
    """Whether a part stands directly at another number, and not at the head of the sentence or of its list."""
    sentence = context.sentence
    head = sentence.text[: max(0, place.start - sentence.start)]
    return (
        place.start >= sentence.start
        and re.search(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b", head) is not None
    )


def _suits(place: Place, context: Context, metric: str, is_event: bool) -> bool:
    """Whether a place or a kind can be the part of a number of this metric."""
    dimension = place.part.dimension
    if metric.startswith("bumble") and dimension in ("operation", UNPLACED):
        return False
    if metric == "drug_plants_seized" and dimension == "drug":
        return False
    if is_event and dimension == UNPLACED:
        return False
    if dimension in _AT_NOUN:
        if place.start < context.after_from:
            return False
        offset = place.start - context.after_from
        return offset <= len(context.after) and _NOUN_GAP.fullmatch(context.after[:offset]) is not None
    return True


def wider(context: Context) -> tuple[Mention | None, Part | None]:
    """The window and the district that the paragraph has named before, which a sentence may go on about."""
    districts = [p.part for p in context.wider_places if p.part.dimension in ("district", "operation")]
    if context.sentence.is_row:
        return None, None
    windows = [m for m in context.wider_windows if m.window is not None or m.day is not None]
    return (windows[-1] if windows else None), (districts[-1] if districts else None)
