"""The lexicon: how each metric is spoken of (`lexicon.toml`), ready to be searched for."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Entry:
    """How one metric is spoken of; the fields are those of `lexicon.toml`."""

    id: str
    nouns: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    wrong_nouns: tuple[str, ...] = ()
    unit: str = "count"
    is_bare: bool = False
    context: re.Pattern[str] | None = None
    phrase: re.Pattern[str] | None = None
    near: tuple[str, ...] = ()
    part_of: str = ""
    rate: str = ""


@dataclass(frozen=True)
class Word:
    """A noun or a verb found at `start` to `end` of a text: its class in the lexicon."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Lexicon:
    """Every metric's entry, and the patterns of the classes of nouns and verbs."""

    entries: dict[str, Entry]
    noun: dict[str, re.Pattern[str]]
    verb: dict[str, re.Pattern[str]]

    def nouns(self, text: str) -> list[Word]:
        """Every noun of the lexicon in a text, in order; a word may be of two classes."""
        return _words(self.noun, text)

    def verbs(self, text: str) -> list[Word]:
        """Every verb of the lexicon in a text, in order."""
        return _words(self.verb, text)


@cache
def lexicon() -> Lexicon:
    """The lexicon as the file has it."""
    content = tomllib.loads(resources.files("svu_pipeline.claims").joinpath("lexicon.toml").read_text("utf-8"))
    nouns, verbs = content.pop("noun"), content.pop("verb")
    entries = {metric: _entry(metric, terms) for metric, terms in content.items()}
    return Lexicon(entries, {k: _whole(v) for k, v in nouns.items()}, {k: _whole(v) for k, v in verbs.items()})


def _entry(id: str, terms: dict[str, object]) -> Entry:
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in terms.items()}
    plain["is_bare"] = plain.pop("bare", False)
    if "context" in plain:
        plain["context"] = re.compile(str(plain["context"]), re.IGNORECASE)
    if "phrase" in plain:
        plain["phrase"] = _whole(str(plain["phrase"]))
    return Entry(id, **plain)  # type: ignore[arg-type]  # a wrong type fails where it is used, in every test


def _whole(pattern: str) -> re.Pattern[str]:
    """A pattern of whole words."""
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def _words(patterns: dict[str, re.Pattern[str]], text: str) -> list[Word]:
    found = [
        Word(kind, match.start(), match.end(), match[0])
        for kind, pattern in patterns.items()
        for match in pattern.finditer(text)
    ]
    # A longer word swallows the shorter ones in it: `zombie knives` is one noun, `cannabis plants` are plants.
    return sorted(
        (
            w
            for w in found
            if not any(o.start <= w.start and w.end <= o.end and o.end - o.start > w.end - w.start for o in found)
        ),
        key=lambda word: word.start,
    )
