"""A judged claim in words: the exact figure, what it counts, why it is judged so and a phrase that would be true."""

from __future__ import annotations

from dataclasses import replace

from svu_pipeline.claims.bind import Of
from svu_pipeline.claims.claim import Claim, Said, Unit, Verdict
from svu_pipeline.claims.figures import Exact, Figures
from svu_pipeline.claims.judge import Judgement
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.metrics.phrases import Form, phrases
from svu_pipeline.metrics.rounding import rounded

_FORM = {Said.MORE_THAN: Form.MORE_THAN, Said.AROUND: Form.AROUND, Said.ALMOST: Form.ALMOST}
_WORDS = {
    Verdict.TRUE: "It is so.",
    Verdict.LOOSE: "True, but not by the rules for saying a number: too far from the figure.",
    Verdict.WRONG_NUMBER: "It is another number.",
    Verdict.WRONG_ROUNDING: "It is near, and not what rounding gives.",
    Verdict.CANNOT_BE_CHECKED: "It cannot be checked.",
}


def described(claim: Claim, judgement: Judgement, of: Of, figures: Figures) -> Claim:
    """A claim with the figure, its definition, a phrase that would be true, and why."""
    why = _why(judgement)
    if not judgement.metric:
        return replace(claim, why=why)
    definition = figures.definition(judgement.metric)
    if judgement.exact is None:
        return replace(claim, why=why, definition=definition)
    exact = _amount(judgement.exact, of, claim)
    is_good = judgement.verdicts == (Verdict.TRUE,) or of is not Of.FIGURE
    phrase = "" if is_good else _phrase(claim, judgement)
    return replace(claim, why=why, definition=definition, exact=exact, phrase=phrase)


def _why(judgement: Judgement) -> str:
    words = " ".join(_WORDS[verdict] for verdict in judgement.verdicts if verdict in _WORDS)
    said = judgement.why[:1].upper() + judgement.why[1:] + "." if judgement.why else ""
    return " ".join(text for text in (words, said) if text)


def _amount(exact: Exact, of: Of, claim: Claim) -> str:
    """The exact figure with its unit."""
    metric = CATALOGUE[exact.metric]
    if of in (Of.SHARE, Of.CHANGE) and claim.unit is Unit.PER_CENT:
        return f"{rounded(exact.value, 1):f}%"
    if of is Of.POINTS:
        return f"{rounded(exact.value, 1):f} points"
    if metric.is_rate:
        return f"{rounded(exact.value, metric.scale.decimals):f}%"
    number = metric.wording.amount(rounded(exact.value, metric.scale.decimals))
    return f"at least {number}" if "a" in exact.marks else number


def _phrase(claim: Claim, judgement: Judgement) -> str:
    """A phrase that is true of the figure, in the form that the text chose where the figure offers it."""
    exact = judgement.exact
    assert exact is not None
    offered = phrases(CATALOGUE[exact.metric], exact.numerator, exact.denominator, marks=exact.marks)
    wanted = _FORM.get(claim.said, Form.EXACT)
    chosen = next((phrase for phrase in offered if phrase.form is wanted), offered[0] if offered else None)
    return chosen.text if chosen else ""
