"""A release in sentences: `text.md`, which says of every figure what may be said of it, and no more.

Each sentence about a number is a phrase of the document, true of the exact figure (`metrics/phrases.py`); what was held back,
what linking does and what was said before stand below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from svu_pipeline.clock import instant, spoken
from svu_pipeline.publication.notes import amount
from svu_pipeline.release.revisions import KINDS
from svu_pipeline.release.sheets import MEANINGS


def as_text(document: dict[str, Any]) -> str:
    """The release as Markdown."""
    return "\n".join([*_opening(document), *_sections(document), *_revisions(document), *_marks(document)]) + "\n"


def definitions_text(document: dict[str, Any]) -> str:
    """`definitions.md`: what each figure counts, what it leaves out, and under which version of its definition."""
    lines = [f"# What the figures of release {document['release']['id']} mean", ""]
    for figure in document["figures"]:
        words = figure["definition_words"]
        lines += [f"## {figure['title']} (`{figure['id']}@{figure['version']}`)", "", words["words"], ""]
        lines += [f"- {title}: {_listed(words[name])}" for name, title in _PARTS.items() if words[name]]
        lines.append("")
    return "\n".join(lines)


def definitions(document: dict[str, Any]) -> dict[str, Any]:
    """`definitions.json`: the same for a program."""
    names = ("id", "version", "title", "noun", "kind", "definition", "definition_words", "sources")
    return {
        "release": document["release"]["id"],
        "definitions": [{name: figure[name] for name in names} for figure in document["figures"]],
    }


def held_back(figure: dict[str, Any]) -> str:
    """How many records were held back that could touch a figure, and what it would be with them; '' where none could."""
    if not figure["held"]:
        return ""
    records = "1 record" if figure["held"] == 1 else f"{figure['held']:,} records"
    lowest, highest = figure["band"] or (None, None)
    if lowest is None:
        return f"{records} held back"
    low, unit = amount(lowest, figure["noun"]), figure["noun"]
    would = f"between {low} and {amount(highest, unit)}" if highest is not None else f"{low} or more"
    return f"{records} held back; figure would be {would} if released"


_PARTS = {
    "includes": "Counted",
    "excludes": "Not counted",
    "source": "Source",
    "window": "Date that counts",
    "example": "Example",
}


def _opening(document: dict[str, Any]) -> Iterator[str]:
    release = document["release"]
    yield f"# {document['force']}, {document['unit']}: {document['window_words']}"
    yield ""
    known = spoken(instant(document["as_at"]))
    yield f"Release {release['id']}. Figures from {document['start']} to {document['end']}, as known on {known}."
    if release["note"]:
        yield ""
        yield f"**{KINDS[release['note']['kind']].capitalize()}.** {release['note']['text']}"


def _sections(document: dict[str, Any]) -> Iterator[str]:
    section = ""
    for figure in document["figures"]:
        if figure["section"] != section:
            section = figure["section"]
            yield from ("", f"## {section}", "")
        yield f"- {said(figure)}{_marked(figure['marks'])}."
        yield from (f"  {line}." for line in _beside(figure))


def said(figure: dict[str, Any]) -> str:
    """A figure as it may be said; its title and the reason where it may not."""
    if figure["phrases"]:
        words = figure["phrases"][0]["text"]
        return f"{words[:1].upper()}{words[1:]}"
    return f"{figure['title']}: {figure['display']}"


def _beside(figure: dict[str, Any]) -> Iterator[str]:
    if words := held_back(figure):
        yield words
    if figure["linking"] and figure["linking"]["words"]:
        yield figure["linking"]["words"]
    if figure["note"]:
        yield figure["note"].rstrip(".")
    if before := figure["revised"]:
        yield f"Released as {before['old']} in {before['release']}"


def _revisions(document: dict[str, Any]) -> Iterator[str]:
    if document["revisions"]:
        yield from ("", "## What was released otherwise before", "")
        yield "| figure | before | now | released in | kind |"
        yield "|---|---|---|---|---|"
    for row in document["revisions"]:
        now = row["new"] if row["new"] is not None else "not shown"
        yield f"| {row['title']} | {row['old']} | {now} | {row['release']} | {row['kind'] or 'not said'} |"


def _marks(document: dict[str, Any]) -> Iterator[str]:
    used = [mark for mark in MEANINGS if any(mark in figure["marks"] for figure in document["figures"])]
    if used:
        yield from ("", "## Marks", "")
    yield from (f"- [{mark}] {MEANINGS[mark]}" for mark in used)


def _marked(marks: list[str]) -> str:
    return "".join(f" [{mark}]" for mark in marks)


def _listed(words: Any) -> str:
    return words if isinstance(words, str) else "; ".join(words)
