"""A review document with what is protected taken out: the same shape, null and [c] in the place of a hidden number.

A hidden part leaves no trace of itself: no numerator, no place in an order by size, no rate that is made of it, and no zero
that is listed in one table and not in another.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from svu_pipeline.disclosure.cells import MONTH, Key, grid_of, parts_of, tables_of
from svu_pipeline.disclosure.policy import Policy
from svu_pipeline.disclosure.suppress import Suppression, suppressed, to_nearest
from svu_pipeline.metrics.catalogue import CATALOGUE

HIDDEN = "c"
"""The mark of a hidden number, as the Government Statistical Service writes it."""

NO_NUMBER = "[c]"
UNTOLD = ("contributions", "largest")
"""What a part knows of the records behind it: needed to protect it, and never told."""


@dataclass(frozen=True)
class Protected:
    """A document that may leave, and what was hidden of it: `small` for its own sake."""

    document: dict[str, Any]
    hidden: frozenset[Key]
    small: frozenset[Key]


def protect(document: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """A review document as it may leave the force: parts that the policy protects have no number and the mark `c`.

    Raises Unsolved when the solver gives up; then nothing may leave.
    """
    return protection(document, policy).document


def protection(
    document: Mapping[str, Any], policy: Policy, also: Iterable[Key] = (), kept: Iterable[Key] = ()
) -> Protected:
    """As `protect`, with the keys of what was hidden.

    `also` are parts that are to be protected although they are not small, `kept` such as stay hidden to shield others.
    """
    whole, kept = copy.deepcopy(dict(document)), set(kept)
    _complete(whole, policy, kept)
    outcome = suppressed(grid_of(whole, policy), policy, also, kept)
    hidden = outcome.hidden | _rates_of(whole, outcome)
    listed = {key for figure in document["figures"] for key, _ in parts_of(figure)}
    for figure in whole["figures"]:
        _round(figure, policy)
    _round_rates(whole, policy)
    for figure in whole["figures"]:
        _hide(whole, figure, hidden)
        _tidy(figure, hidden, listed, policy)
    return Protected(whole, hidden, outcome.small)


def _complete(document: dict[str, Any], policy: Policy, kept: Iterable[Key]) -> None:
    """List every code of a dimension in each protected table of it: what is only listed when it is not zero tells that.

    A code that only an earlier edition had, and hid, is listed too, by its code: that it is gone would tell what it was.
    """
    labels: dict[str, dict[str, str]] = {}
    for key in kept:
        labels.setdefault(key.dimension, {})[key.code] = key.code
    for figure in document["figures"]:
        for breakdown in figure["breakdowns"]:
            labels.setdefault(breakdown["dimension"], {}).update(
                {row["code"]: row["label"] for row in breakdown["rows"]}
            )
    never = {(rule.metric, rule.dimension, code) for rule in policy.never for code in rule.codes}
    for figure in document["figures"]:
        if not policy.is_protected(figure["id"]) or figure["printed"] is None:
            continue
        for breakdown in figure["breakdowns"]:
            name, rows = breakdown["dimension"], breakdown["rows"]
            if name in policy.completed:
                missing = labels[name].keys() - {row["code"] for row in rows}
                rows += [
                    _nothing(figure, code, labels[name][code])
                    for code in sorted(missing)
                    if (figure["id"], name, code) not in never
                ]


def _nothing(figure: Mapping[str, Any], code: str, label: str) -> dict[str, Any]:
    """A row of a figure where there is none."""
    decimals = len(figure["printed"].partition(".")[2])
    printed = f"0.{'0' * decimals}" if decimals else "0"
    numbers = {"numerator": 0, "denominator": figure.get("denominator"), "contributions": 0, "largest": 0}
    return {"code": code, "label": label, "printed": printed, **numbers, "marks": []}


def _rates_of(document: Mapping[str, Any], outcome: Suppression) -> frozenset[Key]:
    """The rates of hidden numbers: with one of the two that it is made of, a rate gives the other."""
    hidden = set[Key]()
    for figure in document["figures"]:
        metric = CATALOGUE.get(figure["id"])
        if metric is not None and metric.is_rate:
            for key, _ in parts_of(figure):
                made_of = {Key(name, key.dimension, key.code) for name in (metric.numerator, metric.denominator)}
                if made_of & outcome.hidden:
                    hidden.add(key)
    return frozenset(hidden)


def _round(figure: dict[str, Any], policy: Policy) -> None:
    """Give the parts of a count of people to the nearest so many; then they do not add up to the whole to the digit."""
    if policy.rounding == 1 or not policy.is_protected(figure["id"]) or not policy.is_people(figure["id"]):
        return
    for key, part in parts_of(figure):
        if not key.is_whole and part["printed"] is not None:
            rounded = to_nearest(int(part["printed"]), policy.rounding)
            part["printed"] = str(rounded)
            part["numerator"] = rounded
    for breakdown in figure["breakdowns"]:
        breakdown["adds_up"] = False


def _round_rates(document: dict[str, Any], policy: Policy) -> None:
    """A rate of rounded numbers is the rate of those, so that it says no more than they do."""
    if policy.rounding == 1:
        return
    from svu_pipeline.metrics.phrases import PERCENTAGE_FLOOR
    from svu_pipeline.metrics.rounding import printed

    parts = {key: part for figure in document["figures"] for key, part in parts_of(figure)}
    for key, part in parts.items():
        metric = CATALOGUE.get(key.metric)
        if metric is None or not metric.is_rate or key.is_whole or part["numerator"] is None:
            continue
        above, below = (
            parts.get(Key(name, key.dimension, key.code)) for name in (metric.numerator, metric.denominator)
        )
        count = int(below["numerator"] or 0) if below else 0
        share = 100 * int(above["numerator"] or 0) if above else 0
        is_said = count >= PERCENTAGE_FLOOR
        part.update(
            printed=printed(share, count, metric.scale.decimals) if is_said else None,
            numerator=share,
            denominator=count,
        )


def _hide(document: dict[str, Any], figure: dict[str, Any], hidden: frozenset[Key]) -> None:
    """Take the numbers of the hidden cells of a figure out, and all that is said of them."""
    for key, part in parts_of(figure):
        if key in hidden:
            part.update(printed=None, numerator=None, denominator=None, marks=[*part["marks"], HIDDEN])
        if not key.is_whole:
            for name in UNTOLD:
                part.pop(name, None)
    figure.pop("largest", None)
    if Key(figure["id"]) in hidden:
        figure.update({name: empty() for name, empty in _UNSAID.items() if name in figure})
        document["metrics"][figure["id"]] = None
        credit = document.get("quality", {}).get("credit", {})
        if "figures" in credit:
            credit["figures"] = [one for one in credit["figures"] if one["id"] != figure["id"]]
        if "sentences" in document:
            document["sentences"] = [one for one in document["sentences"] if one.get("id") != figure["id"]]


_UNSAID: dict[str, Callable[[], Any]] = {
    "display": lambda: NO_NUMBER,
    "band": lambda: None,
    "held": lambda: 0,
    "linking": lambda: None,
    "contributions": lambda: None,
    "comparison": lambda: None,
    "phrases": list,
    "versions": list,
}
"""What else a figure says of its number, and what it says when that is hidden."""


def _tidy(figure: dict[str, Any], hidden: frozenset[Key], listed: set[Key], policy: Policy) -> None:
    """Take rows out again that a table without a hidden part does not need; a table with one is not in order of size."""
    for dimension, _, rows in tables_of(figure):
        if dimension == MONTH:
            continue
        keys = {row["code"]: Key(figure["id"], dimension, row["code"]) for row in rows}
        if hidden.isdisjoint(keys.values()):
            rows[:] = [row for row in rows if keys[row["code"]] in listed]
        else:
            rows.sort(key=lambda row: (row["code"] in policy.stands, row["code"]))


def hidden_of(document: Mapping[str, Any]) -> Iterator[Key]:
    """The keys of what a protected document hides."""
    for figure in document["figures"]:
        yield from (key for key, part in parts_of(figure) if HIDDEN in part["marks"])
