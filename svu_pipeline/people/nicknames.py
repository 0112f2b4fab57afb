"""Forenames: which are known ones, and which are short or other forms of each other.

From the word list of the package `nicknames`, and two lists of our own for names that it lacks: `nickname_forms.csv`
(formal name and its other forms) and `nickname_known.csv` (forenames with no other form). A fixed lexicon: what two names
are to each other does not depend on the people at hand.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def make_lexicon(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `forename` (name TEXT, formal TEXT, equivalents TEXT[], is_known BOOLEAN), one row a name."""
    connection.register("lexicon", _lexicon())
    connection.execute("CREATE OR REPLACE TABLE forename AS SELECT *, true AS is_known FROM lexicon")
    connection.unregister("lexicon")


@cache
def _lexicon() -> pa.Table:
    """Each known name with the formal names it may stand for, itself among them, and the one that stands for them all.

    Two names are forms of each other when they share one of these.
    """
    import pyarrow as pa

    formal = _formal_names()
    names = sorted(formal)
    return pa.table(
        {
            "name": names,
            "formal": [name if name in formal[name] else min(formal[name]) for name in names],
            "equivalents": [sorted({name, *formal[name]}) for name in names],
        }
    )


def _formal_names() -> dict[str, set[str]]:
    """By name, the formal names it is a form of; a name that is a form of none stands for itself."""
    forms: dict[str, set[str]] = defaultdict(set)
    for full, short in _pairs():
        forms[short].add(full)
        forms[full].add(full)
    for name in _column("nickname_known.csv"):
        forms.setdefault(name, set())
    return {name: full or {name} for name, full in forms.items()}


def _pairs() -> list[tuple[str, str]]:
    from nicknames import name_triplets

    of_package = [
        (name1.lower(), name2.lower()) for name1, relation, name2 in name_triplets() if relation == "has_nickname"
    ]
    own = [(row[0], form) for row in _rows("nickname_forms.csv") for form in row[1].split()]
    return of_package + own


def _column(name: str) -> list[str]:
    return [row[0] for row in _rows(name)]


def _rows(name: str) -> list[list[str]]:
    text = resources.files("svu_pipeline.people").joinpath("reference", name).read_text("utf-8")
    return list(csv.reader(text.splitlines()))[1:]
