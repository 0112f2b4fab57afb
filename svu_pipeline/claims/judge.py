"""From what a number is said to be to what is thought of it: the verdicts, the exact figure, and why.

The table of forms is counting.md's, in `metrics/phrases.py`. A number that is wrong as said is tried for the other windows and
the other metrics that it is taken for: then the text has the right number with a wrong window or a wrong name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from svu_pipeline.claims.bind import Bound, Of
from svu_pipeline.claims.claim import Number, Said, Unit, Verdict
from svu_pipeline.claims.figures import Deployment, Exact, Figures, Part, year_before
from svu_pipeline.claims.lexicon import lexicon
from svu_pipeline.claims.places import UNPLACED
from svu_pipeline.clock import Window
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.metrics.phrases import Form, Truth, truth

_FORM = {Said.EXACT: Form.EXACT, Said.MORE_THAN: Form.MORE_THAN, Said.AROUND: Form.AROUND, Said.ALMOST: Form.ALMOST}
_VERDICT = {
    Truth.TRUE: Verdict.TRUE,
    Truth.LOOSE: Verdict.LOOSE,
    Truth.WRONG_ROUNDING: Verdict.WRONG_ROUNDING,
    Truth.WRONG_NUMBER: Verdict.WRONG_NUMBER,
}
_TELLING = 5
"""From which number on it is no chance that it is the figure of another window or metric."""
_WITHIN = Fraction(1, 20)


@dataclass(frozen=True)
class Judgement:
    """The verdicts on a number with the metric, window and part that they are of; `exact` is None where none was found."""

    verdicts: tuple[Verdict, ...]
    why: str
    metric: str = ""
    window: Window | None = None
    part: Part | None = None
    exact: Exact | None = None


def judge(number: Number, bound: Bound, figures: Figures, default: Window) -> Judgement:
    """What is thought of a number as what it is said to be."""
    match bound.of:
        case Of.CASE:
            return Judgement((Verdict.CANNOT_BE_CHECKED,), "no case is named", bound.metric)
        case Of.TERMS:
            return _terms(number, bound, figures, default)
        case Of.CHANGE | Of.POINTS:
            return _change(number, bound, figures, default)
        case Of.SHARE:
            return _share(number, bound, figures, default)
    if bound.mention is not None and bound.mention.window is None:
        return _occasion(number, bound, figures, default)
    return _figure(number, bound, figures, default)


def truth_of(number: Number, exact: Fraction) -> Verdict:
    """What a number, in its form, is of an exact value in the same unit."""
    exact = exact / number.factor
    if number.said in _FORM:
        if number.is_share:
            return _loosely(number, exact)
        return _VERDICT[truth(_FORM[number.said], number.low, exact, number.decimals)]
    low, high = Fraction(number.low), Fraction(number.high if number.high is not None else number.low)
    holds = {
        Said.AT_LEAST: exact >= low,
        Said.UP_TO: exact <= low,
        Said.LESS_THAN: exact < low,
        Said.BETWEEN: low <= exact <= high,
        Said.VAGUE: low <= exact <= high,
    }[number.said]
    if not holds:
        return Verdict.WRONG_NUMBER
    is_close = number.said is not Said.VAGUE and abs(exact - low) <= _WITHIN * max(low, exact)
    return Verdict.TRUE if exact == low or (is_close and number.said is not Said.BETWEEN) else Verdict.LOOSE


def _loosely(number: Number, exact: Fraction) -> Verdict:
    """A share in words: `half` is a half; near it is loosely true."""
    said = Fraction(number.low)
    if abs(said - exact) < Fraction(1, 10):
        return Verdict.TRUE if number.said in (Said.EXACT, Said.AROUND) else Verdict.LOOSE
    is_side = {Said.MORE_THAN: exact > said, Said.ALMOST: exact < said}.get(number.said, True)
    if abs(said - exact) > _WITHIN * exact:
        return Verdict.LOOSE if number.said is Said.MORE_THAN and is_side else Verdict.WRONG_NUMBER
    if not is_side:
        return Verdict.WRONG_ROUNDING
    return Verdict.TRUE if number.said is not Said.EXACT else Verdict.LOOSE


def exact_of(figures: Figures, metric: str, window: Window, part: Part | None) -> Exact | None:
    """The figure of a metric, of a part of it where one is named."""
    return figures.part(metric, window, part) if part else figures.whole(metric, window)


def _figure(number: Number, bound: Bound, figures: Figures, default: Window) -> Judgement:
    """A figure of a window and a part: as it is said, else as its paragraph may mean it, else as something else."""
    metric, part = bound.metric, bound.part
    window = (bound.mention.window if bound.mention else None) or default
    if part is not None and part.dimension == UNPLACED:
        return Judgement((Verdict.CANNOT_BE_CHECKED,), f"no figure is kept for {part.label}", metric, window, part)
    if part is not None and not figures.has_breakdown(metric, part.dimension):
        return Judgement(
            (Verdict.CANNOT_BE_CHECKED,), f"it is not broken down by {part.dimension}", metric, window, part
        )
    judged = [j for w, p in _meant(bound, window) if (j := _judged(number, metric, w, p, figures)) is not None]
    if not judged or (judged[0].window, judged[0].part) != (window, part):
        why = "the figure has not been supplied, or is of too few to be a rate"
        return Judgement((Verdict.CANNOT_BE_CHECKED,), why, metric, window, part)
    if (true := next((j for j in judged if j.verdicts == (Verdict.TRUE,)), None)) is not None:
        return _with_term(true, bound)
    for other in _elsewhere(number, judged[0], figures, default):
        return _with_term(other, bound) if other.metric == metric else other
    return _with_term(judged[0], bound)


def _judged(number: Number, metric: str, window: Window, part: Part | None, figures: Figures) -> Judgement | None:
    if part is not None and not figures.has_breakdown(metric, part.dimension):
        return None
    exact = exact_of(figures, metric, window, part)
    return Judgement((truth_of(number, exact.value),), "", metric, window, part, exact) if exact else None


_NAMESAKES = {
    "knives_and_blades_seized": Part("weapon_type", "KNIFE", "Knife"),
    "firearms_seized": Part("weapon_type", "FIREARM", "Firearm"),
}
"""A group of weapons whose word is also that of one kind among them."""


def _meant(bound: Bound, window: Window) -> Iterator[tuple[Window, Part | None]]:
    """The windows and parts that a number may be of, the one that its sentence names first."""
    windows = [window]
    if bound.mention is None and bound.wider_mention is not None and bound.wider_mention.window is not None:
        windows.append(bound.wider_mention.window)
    if bound.mention is not None and bound.mention.also is not None:
        windows.append(bound.mention.also)
    parts = [bound.part]
    if bound.part is None:
        parts += [part for part in (bound.wider_part, _NAMESAKES.get(bound.metric)) if part is not None]
    for of in windows:
        for part in parts:
            yield of, part


def _with_term(judgement: Judgement, bound: Bound) -> Judgement:
    """With the verdict on the word, where it is wrong: a true number under a wrong name is wrong."""
    if not bound.wrong:
        return judgement
    rest = tuple(verdict for verdict in judgement.verdicts if verdict.is_wrong and verdict is not Verdict.WRONG_TERM)
    why = _term_words(judgement.metric, bound.wrong)
    return replace(judgement, verdicts=(Verdict.WRONG_TERM, *rest), why="; ".join(w for w in (why, judgement.why) if w))


def _term_words(metric: str, term: str) -> str:
    """Why a term is wrong for a metric, as its wording says it."""
    terms = CATALOGUE[metric].wording.not_to_be_said
    stem = term.lower()[:6]
    reason = next((why for wrong, why in terms.items() if wrong.lower()[:6] == stem), "")
    return f"“{term}” is not the word for it" + (f": {reason}" if reason else "")


def _elsewhere(number: Number, own: Judgement, figures: Figures, default: Window) -> Iterator[Judgement]:
    """The judgements of which the number is true: of one deployment, of another window, under another name."""
    assert own.window is not None
    if number.value < _TELLING and not own.metric.startswith("bumble"):
        return
    if own.part is None and (deployment := _deployment_with(number, own, figures)):
        why = f"that is of one deployment ({deployment.place}, {deployment.started_on:%-d %B %Y}), not of the window"
        yield replace(own, verdicts=(Verdict.WRONG_WINDOW,), why=why)
    if own.verdicts[0] is Verdict.LOOSE:
        return
    if number.said is Said.EXACT:
        for window in _other_windows(own.window, default):
            exact = exact_of(figures, own.metric, window, own.part)
            if exact and truth_of(number, exact.value) is Verdict.TRUE and exact.value >= _TELLING:
                yield replace(
                    own,
                    verdicts=(Verdict.WRONG_WINDOW,),
                    why=f"that is the figure of another window, the {window.words}",
                )
    for metric in lexicon().entries[own.metric].near:
        if own.part and not figures.has_breakdown(metric, own.part.dimension):
            continue
        exact = exact_of(figures, metric, own.window, own.part)
        said = truth_of(number, exact.value) if exact else Verdict.WRONG_NUMBER
        is_rate = CATALOGUE[metric].is_rate
        if said is Verdict.TRUE or (is_rate and said is Verdict.WRONG_ROUNDING):
            why = (
                f"that is “{figures.title(metric).lower()}”, another figure than “{figures.title(own.metric).lower()}”"
            )
            rounding = (Verdict.WRONG_ROUNDING,) if said is Verdict.WRONG_ROUNDING else ()
            yield Judgement((Verdict.WRONG_TERM, *rounding), why, metric, own.window, own.part, exact)


def _other_windows(window: Window, default: Window) -> list[Window]:
    """The windows that one is taken for: the one checked against, and the year before."""
    return [other for other in (default, year_before(default)) if other != window]


def _deployment_with(number: Number, own: Judgement, figures: Figures) -> Deployment | None:
    """The deployment of which the number is true, the last first."""
    assert own.window is not None
    if not own.metric.startswith("bumble_") or own.metric == "bumble_deployments":
        return None
    return next((d for d in reversed(_within(figures, own.window)) if _holds_for(number, d, own.metric)), None)


def _within(figures: Figures, window: Window) -> list[Deployment]:
    return [d for d in figures.events.deployments if window.start <= d.started_on < window.end]


def _holds_for(number: Number, deployment: Deployment, metric: str) -> bool:
    count = deployment.counts.get(metric)
    return bool(count) and truth_of(number, Fraction(count or 0)) is Verdict.TRUE


def _occasion(number: Number, bound: Bound, figures: Figures, default: Window) -> Judgement:
    """A figure of one day or one deployment: of a deployment it is known; else of the operation that is named, if one is."""
    assert bound.mention is not None
    day, metric = bound.mention.day, bound.metric
    if metric.startswith("bumble_") and metric != "bumble_deployments":
        deployments = _within(figures, default)
        on_day = [d for d in deployments if day and d.started_on <= day <= d.ended_on] or deployments[-1:]
        for deployment in on_day:
            count = deployment.counts.get(metric)
            if count is None:
                continue
            exact = Exact(metric, count, 1)
            part = Part("deployment", "", f"{deployment.place}, {deployment.started_on:%-d %B %Y}")
            return _with_term(Judgement((truth_of(number, exact.value),), "", metric, default, part, exact), bound)
    if bound.part is not None and bound.part.dimension == "operation":
        return _figure(number, bound, figures, default)
    if metric in ("gang_injunctions", "gang_injunctions_teenagers", "stro_people"):
        return _figure(number, bound, figures, default)
    whole = figures.whole(metric, default)
    if whole and number.value >= 20 and truth_of(number, whole.value) is Verdict.TRUE:
        why = f"that is the figure of the {default.words}, not of one occasion"
        return Judgement((Verdict.WRONG_WINDOW,), why, metric, default, None, whole)
    return Judgement((Verdict.CANNOT_BE_CHECKED,), "figures are kept by month, not by the day", metric)


def _share(number: Number, bound: Bound, figures: Figures, default: Window) -> Judgement:
    """A share: the rate where the catalogue has it, else one figure of the one that it is part of."""
    entry = lexicon().entries[bound.metric]
    window = (bound.mention.window if bound.mention else None) or default
    if entry.rate:
        return _figure(number, replace(bound, metric=entry.rate, of=Of.FIGURE), figures, default)
    shares = list(_shares(figures, bound, entry.part_of or bound.metric, window))
    if not shares:
        return Judgement((Verdict.CANNOT_BE_CHECKED,), "it is not said what it is a share of", bound.metric, window)
    judged = [(truth_of(number, ratio), Exact(bound.metric, *ratio.as_integer_ratio())) for ratio in shares]
    said, exact = next((pair for pair in judged if pair[0] is Verdict.TRUE), judged[0])
    return _with_term(Judgement((said,), "", bound.metric, window, bound.part, exact), bound)


def _shares(figures: Figures, bound: Bound, upper: str, window: Window) -> Iterator[Fraction]:
    """What a share may be, in per cent: of the figure that the metric is part of; of a district, its part of either."""
    counted = exact_of(figures, bound.metric, window, bound.part)
    wholes = [(bound.metric, None), (upper, bound.part), (upper, None)] if bound.part else [(upper, None)]
    for metric, part in wholes:
        whole = exact_of(figures, metric, window, part) if (metric, part) != (bound.metric, bound.part) else None
        if counted is not None and whole is not None and whole.value:
            yield 100 * counted.value / whole.value


def _change(number: Number, bound: Bound, figures: Figures, default: Window) -> Judgement:
    """A change since the year before, in per cent, in points where a rate is meant, or in its own unit."""
    window = default
    if bound.mention and bound.mention.window and bound.mention.window != year_before(default):
        window = bound.mention.window
    now, then = (exact_of(figures, bound.metric, w, bound.part) for w in (window, year_before(window)))
    if now is None or then is None or not then.value:
        return Judgement((Verdict.CANNOT_BE_CHECKED,), "there is nothing to compare with", bound.metric, window)
    difference = now.value - then.value
    is_ratio = bound.of is Of.CHANGE and number.unit is Unit.PER_CENT
    change = abs(100 * difference / then.value if is_ratio else difference)
    exact = Exact(bound.metric, change.numerator, change.denominator)
    said = truth_of(number, change) if _is_way(bound, difference) else Verdict.WRONG_NUMBER
    return _with_term(
        Judgement((said,), "as a change since the year before", bound.metric, window, bound.part, exact), bound
    )


def _is_way(bound: Bound, difference: Fraction) -> bool:
    """Whether the figure went the way that is said."""
    return bound.way == 0 or difference * bound.way > 0 or difference == 0


def _terms(number: Number, bound: Bound, figures: Figures, default: Window) -> Judgement:
    """The terms of the orders of a window, from the shortest to the longest."""
    window = (bound.mention.window if bound.mention else None) or default
    months = [term for day, term in figures.events.order_months if window.start <= day < window.end]
    if not months:
        return Judgement((Verdict.CANNOT_BE_CHECKED,), "the terms of these orders are not known", bound.metric, window)
    said = sorted({int(number.low), int(number.high if number.high is not None else number.low)})
    holds = said == sorted({min(months), max(months)}) or (len(said) == 1 and said[0] in months)
    why = f"the terms are from {min(months)} to {max(months)} months"
    return Judgement((Verdict.TRUE if holds else Verdict.WRONG_NUMBER,), why, bound.metric, window)
