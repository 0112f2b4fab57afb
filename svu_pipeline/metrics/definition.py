"""The definition of a metric in words, generated from what it is made of: its fact, the rows that count, and how.

Every condition of a metric's filter has its words in `definition.toml`, and every fact the fingerprint of the SQL that the
words were written for. A condition without words, a fact that has changed since, or a metric whose specification has, is
an error (`unread`): so no rule changes while its words stay as they were.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, partial
from importlib import resources
from typing import Any

from svu_pipeline.clock import FOLLOW_UP, Window
from svu_pipeline.errors import Curable
from svu_pipeline.facts.table import FactTable, fact_tables
from svu_pipeline.metrics.metric import Kind, Metric
from svu_pipeline.metrics.phrases import PERCENTAGE_FLOOR
from svu_pipeline.metrics.worked import example

OLDEST = 120
"""An upper bound of age above it bounds nothing."""


class DefinitionError(Curable):
    """A part of a metric that has no words: says which, and where they belong."""


@cache
def words_of_rules() -> Mapping[str, Any]:
    """`definition.toml`: `subjects`, `quantities`, `facts` (by name) and `seen` (fingerprints by metric id)."""
    return tomllib.loads(resources.files("svu_pipeline.metrics").joinpath("definition.toml").read_text("utf-8"))


def in_words(metric: Metric, window: Window | None = None) -> dict[str, Any]:
    """What a metric counts: words, includes, excludes, source, window (as given, or in general) and a worked example.

    Raises DefinitionError where a part of its specification has no words.
    """
    from svu_pipeline.sources.registry import SYSTEMS

    return {
        "words": _words(metric),
        "includes": list(dict.fromkeys(_rules(metric, "includes"))),
        "excludes": list(dict.fromkeys(_rules(metric, "excludes"))),
        "source": [SYSTEMS[name].title for name in metric.needs],
        "window": _window(metric, window),
        "example": example(metric, _datasets(metric)),
    }


def conditions(metric: Metric) -> list[str]:
    """The atomic conditions of a metric's filter, in its order."""
    found = re.split(r" AND (?!\d)", metric.where)
    return [condition for condition in found if condition != "true"]


def facts_of(metric: Metric) -> list[str]:
    """The fact tables that a metric is made of."""
    return re.findall(r"fct_\w+", metric.fact)


def unread(metric: Metric) -> list[str]:
    """What has changed under a metric since its words were written: each a sentence with the cure; none where all is read."""
    found = [
        f"{name} has changed: read the words of [facts.{name}] in definition.toml, put them right, and set its fingerprint "
        f'to "{fingerprint_of_fact(name)}"'
        for name in facts_of(metric)
        if _fact(name)["fingerprint"] != fingerprint_of_fact(name)
    ]
    if words_of_rules()["seen"].get(metric.id) != (now := fingerprint(metric)):
        found.append(
            f"{metric.id} has changed: read its definition in the catalogue and its words in wording.toml, put them right, "
            f'and set {metric.id} = "{now}" under [seen] of definition.toml'
        )
    return found


def fingerprint(metric: Metric) -> str:
    """The fingerprint of what a metric is made of: everything that changes what is counted, its facts apart."""
    parts = (
        metric.fact, metric.where, metric.on, metric.subject, metric.quantity, metric.is_estimate, metric.age,
        metric.first_of, metric.first_age, metric.numerator, metric.denominator, metric.kind.value, metric.scale,
    )  # fmt: skip
    return _hash(repr(parts))


def fingerprint_of_fact(name: str, tables: Mapping[str, FactTable] | None = None) -> str:
    """The fingerprint of a fact: of its SQL without comments, of the facts and reference tables under it, and the macros."""
    folder = resources.files("svu_pipeline.facts")
    queries = [table.query for table in _under(name, tables or fact_tables())]
    named = {word for query in queries for word in re.findall(r"\b(?:FROM|JOIN)\s+(\w+)", query)}
    reference = [folder.joinpath("reference", f"{word}.csv") for word in sorted(named)]
    macros = folder.joinpath("macros.sql").read_text("utf-8")
    texts = [_bare(text) for text in (*queries, macros)]
    return _hash("\n".join([*texts, *(file.read_text("utf-8") for file in reference if file.is_file())]))


def _under(name: str, tables: Mapping[str, FactTable]) -> list[FactTable]:
    """A fact and all the facts that it is built from, by name."""
    found = {name}
    for table in reversed(list(tables.values())):
        if table.name in found:
            found |= set(table.facts)
    return [tables[under] for under in sorted(found)]


def _datasets(metric: Metric) -> set[str]:
    """The datasets of which a record can change a metric."""
    if metric.is_rate:
        return set().union(*map(_datasets, _parts(metric)))
    under = [table for name in facts_of(metric) for table in _under(name, fact_tables())]
    return {dataset for table in under for dataset in table.datasets}


def _bare(query: str) -> str:
    return " ".join(re.sub(r"--[^\n]*", "", query).split())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _words(metric: Metric) -> str:
    """One or two sentences: what is counted of what, by which day, and how far it is followed."""
    if metric.is_rate:
        above, below = _parts(metric)
        return (
            f"{above.title} as a share of {below.title.lower()}, in per cent, rounded once. Of fewer than "
            f"{PERCENTAGE_FLOOR} it is said in numbers."
        )
    how = _subject(metric) if metric.subject else _quantity(metric)
    counted = how.format(of=_called(metric))
    dated = next(
        (_fact(name)["dated"][metric.on] for name in facts_of(metric) if metric.on in _fact(name)["dated"]), None
    )
    if dated is None:
        raise DefinitionError(f"{metric.id}: definition.toml has no words for {metric.on} under the fact's [dated]")
    aged = f", {_age(metric.first_age)} at the first in the window" if metric.first_age else ""
    return f"{counted[0].upper()}{counted[1:]}, by {_dated(metric)}{aged}."


def _dated(metric: Metric) -> str:
    """The day that puts a record in a window: of a rate, that of the people it is a share of."""
    if metric.is_rate:
        return _dated(_parts(metric)[1])
    for name in facts_of(metric):
        if metric.on in _fact(name)["dated"]:
            return str(_fact(name)["dated"][metric.on])
    raise DefinitionError(f"{metric.id}: definition.toml has no words for {metric.on} under the fact's [dated]")


def _called(metric: Metric) -> str:
    """What is counted, as the last condition that gives it a name of its own calls it."""
    names = [words["of"] for words in map(partial(_of_condition, metric), conditions(metric)) if "of" in words]
    return str(names[-1] if names else _fact(facts_of(metric)[0])["of"])


def _age(bounds: tuple[int, int]) -> str:
    youngest, oldest = bounds
    if not youngest:
        return f"of people under {oldest + 1}"
    return f"of people of {youngest} or over" if oldest > OLDEST else f"of people aged {youngest} to {oldest}"


def _subject(metric: Metric) -> str:
    if metric.subject not in words_of_rules()["subjects"]:
        raise DefinitionError(f"{metric.id}: definition.toml has no words for {metric.subject} under [subjects]")
    return str(words_of_rules()["subjects"][metric.subject])


def _quantity(metric: Metric) -> str:
    if metric.quantity not in words_of_rules()["quantities"]:
        raise DefinitionError(f"{metric.id}: definition.toml has no words for {metric.quantity} under [quantities]")
    return str(words_of_rules()["quantities"][metric.quantity])


def _rules(metric: Metric, side: str) -> Iterator[str]:
    """What a metric includes, or excludes: of its facts as such, of each condition, and of what it asks of age."""
    if metric.is_rate:
        for part in _parts(metric):
            yield from _rules(part, side)
        return
    for name in facts_of(metric):
        yield from _fact(name).get(side, ())
    for condition in conditions(metric):
        yield from _of_condition(metric, condition).get(side, ())
    if metric.first_age and side == "includes":
        yield f"records {_age(metric.first_age)} at the first such record in the window"
    if metric.first_age and side == "excludes":
        yield "people of another age then, and those whose date of birth is not known"


def _of_condition(metric: Metric, condition: str) -> Mapping[str, Any]:
    for name in facts_of(metric):
        if condition in _fact(name).get("where", {}):
            words: Mapping[str, Any] = _fact(name)["where"][condition]
            return words
    raise DefinitionError(
        f"{metric.id}: no words for the condition {condition!r}: add them under where of one of its facts "
        f"({', '.join(facts_of(metric))}) in definition.toml"
    )


def _fact(name: str) -> Mapping[str, Any]:
    if name not in words_of_rules()["facts"]:
        raise DefinitionError(f"definition.toml has no words for the fact {name}: add [facts.{name}]")
    words: Mapping[str, Any] = words_of_rules()["facts"][name]
    return words


def _parts(metric: Metric) -> tuple[Metric, Metric]:
    from svu_pipeline.metrics.catalogue import metric_of

    return metric_of(metric.numerator), metric_of(metric.denominator)


def _window(metric: Metric, window: Window | None) -> str:
    days = (
        f"{window.start.day} {window.start:%B %Y} to {window.last_day.day} {window.last_day:%B %Y}, both days included"
        if window
        else "whole months, of which the standard is twelve"
    )
    followed = (
        f"; people arrested in it are followed to the day of the figure, which is provisional until {FOLLOW_UP.days} days "
        "after its end"
    )
    return f"{_dated(metric)}, London time: {days}" + (followed if metric.kind is Kind.COHORT else "")
