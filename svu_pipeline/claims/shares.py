"""Numbers that are no figure of their own: shares and rates, changes since the year before, terms of prison and of orders."""

from __future__ import annotations

import re
from dataclasses import replace

from svu_pipeline.claims.bind import Bound, Of, bind, placed, verbs_of
from svu_pipeline.claims.claim import Number, Unit
from svu_pipeline.claims.context import Context
from svu_pipeline.claims.lexicon import lexicon

_UP = r"up|rose|risen|rise|rises|increas\w+|grew|growth|fell|fall\w*|down|drop\w*|decreas\w+|reduc\w+|jump\w*|climb\w*|surg\w+|soar\w+"
_CHANGED = re.compile(
    rf"(?:\b(?:{_UP})\b(?:[^.;\d]{{0,60}}\b(?:of|by))?\s*(?:an?\s+|some\s+|just\s+)?|\([+−–-]|[+−]\s*)$", re.IGNORECASE
)
_CHANGE = re.compile(
    rf"^\s*(?:percentage points?\s*)?(?:{_UP}|more|fewer|higher|lower)\b(?!\s+than\s+\d)", re.IGNORECASE
)
_DOWN = re.compile(r"fell|fall|down|drop|decreas|reduc|fewer|lower", re.IGNORECASE)
_OF_ARRESTED = re.compile(
    r"^\s*(?:of\s+)?(?:all\s+)?(?:the\s+)?(?:those|people|persons|suspects|them)?\s*(?:we\s+|who were\s+|it\s+)?(?:arrested|safeguarded)\b,?",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"\b(?:jail\w*|sentenc\w*|imprison\w*|locked up|caged|behind bars|custody|prison|sent down|handed|court|got|inside)\b",
    re.IGNORECASE,
)
_TOGETHER = re.compile(
    r"\b(?:total\w*|combin\w*|between them|altogether|collective\w*|cumulative\w*|adding up|added up|in all|amount\w*|crooks|offenders|criminals"
    r"|dealers|those|courts|judges|members|defendants|people)\b", re.IGNORECASE
)  # fmt: skip
_MANY_YEARS, _MANY_MONTHS = 60, 480
"""No term of one hearing of the unit's is as long: such a number is the sum of many."""


def bound_in(context: Context, previous: Bound | None, *, is_near: bool) -> tuple[Number, Bound | None]:
    """What any number is said to be, with its window and part; None when nothing in the catalogue fits.

    The number is given back in the metric's unit: `804 months` of prison as a twelfth of so many years.
    """
    number = context.number
    if (term := _term(context)) is not None:
        number, bound = term
    elif number.unit is Unit.PER_CENT:
        found = _rate(context, previous, is_near=is_near)
        if found is None:
            return number, None
        bound = found
    elif _is_change(context) and not _has_noun(context):
        found = bind(context, previous, is_near=is_near) or previous
        if found is None:
            return number, None
        bound = replace(found, of=Of.CHANGE, mention=None, way=_way(context))
    else:
        plain = bind(context, previous, is_near=is_near)
        if plain is None:
            return number, None
        bound = plain
    return number, placed(bound, context)


def _is_change(context: Context) -> bool:
    """Whether a number is a change: `up 12%`, `a rise of 7`, `…; warrants by 20%` after a rise."""
    if _CHANGED.search(context.before) or _CHANGE.match(context.after):
        return True
    told = context.sentence.text[: context.number.start - context.sentence.start]
    return bool(re.search(r"\bby\s*$", context.before) and re.search(rf"\b(?:{_UP})\b", told, re.IGNORECASE))


def _way(context: Context) -> int:
    """Which way a change is said to have gone: 1 up, -1 down, 0 not said."""
    told = context.sentence.text[: context.number.start - context.sentence.start]
    if ahead := _CHANGE.match(context.after):
        told += ahead[0]
    ways = [
        -1 if _DOWN.match(word[0]) else 1
        for word in re.finditer(rf"\b(?:{_UP}|fewer|more|higher|lower)\b", told, re.IGNORECASE)
    ]
    if re.search(r"[−–-]\s*$", context.before):
        return -1
    return ways[-1] if ways else 0


def _has_noun(context: Context) -> bool:
    return any(word.start <= 20 for word in lexicon().nouns(context.after))


def _term(context: Context) -> tuple[Number, Bound] | None:
    """A term of prison or of an order, in months or years; the sum of many terms is `prison_years`."""
    unit = re.match(r"[\s-]*(months?|years?)\b", context.after, re.IGNORECASE)
    if not unit:
        return None
    number, told = context.number, f"{context.topic} {context.lead} {context.sentence.text}"
    is_months = unit[1].lower().startswith("month")
    if is_months and number.value < _MANY_MONTHS:
        if re.search(r"\border|STRO", f"{context.lead} {context.sentence.text}"):
            return number, Bound("stro_people", Of.TERMS)
        return (number, Bound("prison_years", Of.CASE)) if _CASE.search(told) else None
    if not _CASE.search(told):
        return None
    if is_months:
        return replace(number, factor=number.factor / 12), Bound("prison_years")
    is_many = number.value >= _MANY_YEARS or _TOGETHER.search(context.sentence.text)
    return None if is_many else (number, Bound("prison_years", Of.CASE))


def _rate(context: Context, previous: Bound | None, *, is_near: bool) -> Bound | None:
    """What a percentage or a share is of: a rate by name, a change, a share of the people arrested, of another figure."""
    of = Of.SHARE
    if _is_change(context):
        of = Of.POINTS if "point" in context.number.text + context.after[:20] else Of.CHANGE
    if named := _named(context):
        return Bound(named, Of.FIGURE if of is Of.SHARE else of, way=0 if of is Of.SHARE else _way(context))
    count = replace(context, number=replace(context.number, unit=Unit.COUNT))
    if of is not Of.SHARE:
        before = replace(count, after="")  # `the fall in drug seizures of 5.8% should …`: what changed stands before it
        found = bind(count, previous, is_near=is_near) or bind(before, previous if is_near else None, is_near=is_near)
        return replace(found, of=of, mention=None, way=_way(context)) if found else None
    arrested = _OF_ARRESTED.sub("", context.after)
    verbs = verbs_of(lexicon(), replace(count, after=arrested))
    charged = [
        (verbs[kind][0], metric)
        for kind, metric in _CHARGED.items()
        if verbs.get(kind, (0.0, ""))[0] >= (1.4 if arrested == context.after else 0.9)
    ]
    if charged:
        return Bound(max(charged)[1])
    if previous is not None and is_near and lexicon().entries[previous.metric].phrase:
        return replace(previous, of=Of.FIGURE)
    share = replace(count, after=_of_them(context.after) if arrested == context.after else _WERE.sub(" ", arrested))
    found = bind(share, previous, is_near=is_near)
    return replace(found, of=of) if found else None


def _of_them(after: str) -> str:
    """What the share is of: of ` of them were knives` and ` of weapons were knives` the knives."""
    part = _OF_WHOLE.sub(" ", after)
    return part if lexicon().nouns(part[:25]) else _OF_THEM.sub(" ", after)


_WERE = re.compile(r"^\s*(?:were|are)\s+")
_OF_THEM = re.compile(r"^\s*(?:%\s*)?of (?:them|those|these|whom|all)\s*(?:were\s+|are\s+)?")
_OF_WHOLE = re.compile(
    r"^\s*of\s+(?:all\s+|the\s+|its\s+|our\s+)*(?:[\w-]+\s+){1,3}?(?:were|are|was|is)\s+(?!(?:in|at|by|on|for|from|under)\b)"
)
_CHARGED = {"charge": "charge_rate", "remand": "charge_and_remand_rate"}


def _named(context: Context) -> str | None:
    """The rate that is named: directly after the number, else last before it, else anywhere near."""
    rates = [entry for entry in lexicon().entries.values() if entry.phrase]
    for text, is_last in (
        (context.after[:45].split(",")[0].split(" and a ")[0], False), (context.before, True), (context.sentence.text, False),
        (context.lead, True), (context.previous if context.previous.rstrip().endswith("?") else "", True),
    ):  # fmt: skip
        found = [(m.start(), -len(m[0]), e.id) for e in rates if e.phrase for m in e.phrase.finditer(text)]
        if found:
            return max(found, key=lambda one: (one[0], one[1]))[2] if is_last else min(found)[2]
    return None
