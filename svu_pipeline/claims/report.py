"""A report for a terminal, a program and a reader: rows, JSON, and the text itself with each figure marked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from svu_pipeline.claims.claim import Claim, Report, Verdict

if TYPE_CHECKING:
    from jinja2 import Template

HEADER = ("figure", "metric", "window", "part", "verdict", "exact", "why", "what would be true")


def rows(report: Report) -> list[tuple[str, ...]]:
    """Each claim, and each missing list, as a row of HEADER; numbers that claim nothing are left out."""
    claims = [
        (c.text, c.metric or "", c.window, c.part, verdict_words(c), c.exact, c.why, c.phrase)
        for c in report.claims
        if c.is_claim
    ]
    lists = [(m.text[:60], "", "", "", "missing list", "", _MISSING, "") for m in report.missing_lists]
    return [*claims, *lists]


def brief(report: Report) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """HEADER and rows for a terminal: a window only where it is another than the one asked for, no column that is empty."""
    place = HEADER.index("window")
    shown = [
        (*row[:place], row[place] if row[place] != report.window else "", *row[place + 1 :]) for row in rows(report)
    ]
    kept = [at for at in range(len(HEADER)) if any(row[at] for row in shown)]
    return tuple(HEADER[at] for at in kept), [tuple(row[at] for at in kept) for row in shown]


_MISSING = "The text announces a list, and there is none."


def verdict_words(claim: Claim) -> str:
    return ", ".join(verdict.words for verdict in claim.verdicts)


def summary(report: Report) -> str:
    """How many figures there are, and what is thought of them."""
    claims = [claim for claim in report.claims if claim.is_claim]
    wrong = sum(claim.is_wrong for claim in claims)
    true = sum(claim.verdicts == (Verdict.TRUE,) for claim in claims)
    lists = f", {len(report.missing_lists)} missing lists" if len(report.missing_lists) > 1 else ""
    lists = ", one missing list" if len(report.missing_lists) == 1 else lists
    return f"{len(claims)} figures: {true} true, {wrong} wrong, {len(claims) - true - wrong} to be looked at{lists}"


def as_json(report: Report) -> dict[str, Any]:
    """The report as JSON; numbers are texts, offsets are in characters."""
    return {
        "window": report.window,
        "as_at": report.as_at,
        "is_wrong": report.is_wrong,
        "claims": [_claim(claim) for claim in report.claims],
        "missing_lists": [{"start": m.start, "end": m.end, "text": m.text} for m in report.missing_lists],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "start": claim.start,
        "end": claim.end,
        "text": claim.text,
        "numbers": [f"{number:f}" for number in claim.numbers],
        "form": claim.said.value,
        "unit": claim.unit.value,
        "decimals": claim.decimals,
        "metric": claim.metric,
        "window": claim.window,
        "part": claim.part,
        "verdicts": [verdict.value for verdict in claim.verdicts],
        "exact": claim.exact,
        "definition": claim.definition,
        "phrase": claim.phrase,
        "why": claim.why,
    }


@dataclass(frozen=True)
class _Piece:
    """A stretch of the text; `number` counts the figures from 1, 0 for plain text; `kind` is right, wrong or open."""

    text: str
    number: int = 0
    kind: str = ""
    words: str = ""


def as_html(report: Report, name: str) -> str:
    """The text with its figures marked and numbered, and below it what is thought of each; one file, no script."""
    found = sorted([*(c for c in report.claims if c.is_claim)], key=lambda claim: claim.start)
    return _template().render(
        name=name, report=report, claims=list(enumerate(found, 1)), pieces=list(_pieces(report, found)), summary=summary(report),
        verdict_words=verdict_words, kind=_kind, missing=_MISSING,
    )  # fmt: skip


def _pieces(report: Report, found: list[Claim]) -> list[_Piece]:
    pieces, at = [], 0
    marks = [(c.start, c.end, number, _kind(c), verdict_words(c)) for number, c in enumerate(found, 1)]
    marks += [(m.end, m.end, -1, "wrong", "missing list") for m in report.missing_lists]
    for start, end, number, kind, words in sorted(marks):
        if start < at:
            continue
        pieces += [_Piece(report.text[at:start]), _Piece(report.text[start:end], number, kind, words)]
        at = end
    return [*pieces, _Piece(report.text[at:])]


def _kind(claim: Claim) -> str:
    if claim.is_wrong:
        return "wrong"
    return "right" if claim.verdicts == (Verdict.TRUE,) else "open"


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("svu_pipeline.claims"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")
