"""The claim checker: a text, the figures and a window give a report (capabilities, G2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from svu_pipeline.claims.aside import Aside, aside_at, asides
from svu_pipeline.claims.bind import Bound, Of
from svu_pipeline.claims.cases import judge_case
from svu_pipeline.claims.claim import Claim, Number, Report, Said, Unit, Verdict
from svu_pipeline.claims.context import Context, Scene
from svu_pipeline.claims.figures import Figures
from svu_pipeline.claims.judge import Judgement, judge
from svu_pipeline.claims.lexicon import lexicon
from svu_pipeline.claims.missing import missing_lists
from svu_pipeline.claims.numbers import numbers
from svu_pipeline.claims.others import others_in
from svu_pipeline.claims.places import places
from svu_pipeline.claims.say import described
from svu_pipeline.claims.sentences import sentences
from svu_pipeline.claims.shares import bound_in
from svu_pipeline.claims.windows import label_of, mentions
from svu_pipeline.clock import Window
from svu_pipeline.metrics.catalogue import CATALOGUE


def check_text(text: str, figures: Figures, window: Window) -> Report:
    """Judge every figure of a text; `window` is that of a figure for which the text names none."""
    found, set_aside = sentences(text), asides(text)
    scene = Scene(text, found, mentions(text, window), places(text, figures.parts()), window)
    checker = Checker(scene, set_aside, figures)
    claims = [claim for place in range(len(found)) for claim in checker.sentence(place)]
    return Report(text, label_of(window), figures.as_at, tuple(claims), tuple(missing_lists(text, found, set_aside)))


class Checker:
    """One text while its sentences are judged in order: what a number is bound to, the next one may go on about."""

    def __init__(self, scene: Scene, set_aside: Sequence[Aside], figures: Figures) -> None:
        self.scene, self.set_aside, self.figures = scene, list(set_aside), figures
        self.previous: Bound | None = None
        self.paragraph = -1

    def sentence(self, place: int) -> Iterator[Claim]:
        """The claims of a sentence, those that are none among them."""
        sentence = self.scene.found[place]
        every = [_moved(number, sentence.start) for number in numbers(sentence.text)]
        loose = [number for number in every if not aside_at(self.set_aside, number.core, number.end)]
        for number in every:
            if (aside := aside_at(self.set_aside, number.core, number.end)) is not None:
                yield Claim(
                    number.start, number.end, number.text, (Verdict.NOT_A_CLAIM,), aside.what, numbers=(number.low,)
                )
            elif (claim := self._claim(self.scene.context(place, number, loose))) is not None:
                yield claim

    def _claim(self, context: Context) -> Claim | None:
        is_near = context.sentence.paragraph == self.paragraph
        number, bound = bound_in(context, self.previous, is_near=is_near)
        if _is_idle(number, context, bound):
            return None
        if other := others_in(f"{context.sentence.text} {context.lead}", context.previous):
            return _stated(
                number, Judgement((Verdict.NOT_OURS,), f"it is of {other}, not of the unit"), Of.FIGURE, self.figures
            )
        if bound is None or _is_other_matter(number, context):
            return _unbound(number, context)
        self.previous, self.paragraph = bound, context.sentence.paragraph
        return _stated(number, self._judgement(number, bound, context), bound.of, self.figures)

    def _judgement(self, number: Number, bound: Bound, context: Context) -> Judgement:
        if bound.of is Of.CASE:
            return self._case(number, bound, context)
        if _AVERAGE.search(context.before) or _EACH.match(context.after):
            why = "an average, or so many a month, is no figure of the catalogue"
            return Judgement((Verdict.CANNOT_BE_CHECKED,), why, bound.metric)
        judgement = judge(number, bound, self.figures, self.scene.default)
        is_one = number.text.lower() in ("one", "a", "1") and "people" in lexicon().entries[bound.metric].nouns
        if is_one and any(verdict.is_wrong for verdict in judgement.verdicts):
            return Judgement(
                (Verdict.CANNOT_BE_CHECKED,), "it is of one person, whom the text does not name as a case", bound.metric
            )
        if CATALOGUE[bound.metric].is_public_context and _UNIT.search(_said_before(context)):
            why = "these are published for the whole county: they are public context, not the unit's work"
            return replace(judgement, verdicts=(Verdict.NOT_OURS,), why=why)
        return judgement

    def _case(self, number: Number, bound: Bound, context: Context) -> Judgement:
        """A term of one court case, by all that its paragraph says of the case."""
        unit = re.match(r"[\s-]*(\w+)", context.after)
        told = f"{context.topic} {context.sentence.text}"
        operations = {p.part.label for p in self.scene.places if p.part.dimension == "operation"}
        named = [p.part.label for p in (*context.wider_places, *context.places) if p.part.dimension == "operation"]
        operation = named[-1] if named else operations.pop() if len(operations) == 1 else ""
        verdict, why = judge_case(
            number, (unit[1] if unit else "months").lower(), told, operation, self.figures.events.hearings
        )
        return Judgement((verdict,), why, bound.metric)


def _said_before(context: Context) -> str:
    return context.sentence.text[: context.number.start - context.sentence.start]


def _moved(number: Number, offset: int) -> Number:
    return replace(number, start=number.start + offset, core=number.core + offset, end=number.end + offset)


_OURS = re.compile(
    r"\b(?:unit|team|officers?|police|squad|we|our|detectives?|force|SVU|cops|raptor|posts?)\b", re.IGNORECASE
)


_UNIT = re.compile(r"\b(?:unit|team|we|our|squad|SVU|(?<!all )officers|detectives|cops)\b", re.IGNORECASE)
_MEANS = re.compile(
    r"\b(?:invest\w*|fund\w*|cost\w*|budget\w*|precept|spen[dt]\w*|grants?|overtime|salar\w+|council tax|set aside|staffing)\b",
    re.IGNORECASE,
)
"""What the unit is paid with is no figure of its work."""
_AVERAGE = re.compile(r"\b(?:average|averaging|mean|median)\s+(?:of\s+)?$", re.IGNORECASE)
_EACH = re.compile(r"^\s*(?:[\w-]+\s+){0,4}?(?:a|per|each|every)\s+(?:day|week|month|quarter)\b", re.IGNORECASE)
_TO_COME = re.compile(r"\b(?:planned|next (?:week|month)|hopes? to|aims? to|target of|will be)\b", re.IGNORECASE)


def _is_idle(number: Number, context: Context, bound: Bound | None) -> bool:
    """Whether a number word is only a pronoun or a turn of speech: `one of the busiest`, `no more`, `some people`."""
    if number.text.lower() == "one":
        return (
            bound is None
            or bool(re.match(r"\s*(?:of\b|another\b|in\b|[^\w\s]|$)", context.after, re.IGNORECASE))
            or not _noun_at(context)
        )
    return number.text.lower() in ("no", "zero", "nil") and bound is None


def _is_other_matter(number: Number, context: Context) -> bool:
    """Whether a number is of what the unit costs, or of what is yet to come."""
    is_means = number.unit is Unit.POUNDS and _MEANS.search(context.sentence.text)
    return bool(is_means or _TO_COME.search(f"{context.before}{context.after}"))


def _noun_at(context: Context) -> bool:
    """Whether the number has a noun of the lexicon directly after it."""
    return any(word.start <= 14 for word in lexicon().nouns(context.after))


def _unbound(number: Number, context: Context) -> Claim:
    """A number for which nothing in the catalogue fits: of the unit it cannot be checked, of anything else it claims nothing."""
    is_ours = _OURS.search(f"{context.sentence.text} {context.lead}") or _noun_at(context)
    if is_ours or number.unit is not Unit.COUNT or number.said is Said.VAGUE:
        verdict, why = Verdict.CANNOT_BE_CHECKED, "no metric of the catalogue fits it"
    else:
        verdict, why = Verdict.NOT_A_CLAIM, "nothing that the unit counts"
    return Claim(
        number.start,
        number.end,
        number.text,
        (verdict,),
        why,
        said=number.said,
        unit=number.unit,
        numbers=(number.low,),
    )


def _stated(number: Number, judgement: Judgement, of: Of, figures: Figures) -> Claim:
    """A judged number as a claim, in words."""
    plain = Claim(
        number.start,
        number.end,
        number.text,
        judgement.verdicts,
        judgement.why,
        judgement.metric or None,
        label_of(judgement.window),
        judgement.part.label if judgement.part else "",
        said=number.said,
        unit=number.unit,
        numbers=(number.low,) if number.high is None else (number.low, number.high),
        decimals=number.decimals,
    )
    return described(plain, judgement, of, figures)
