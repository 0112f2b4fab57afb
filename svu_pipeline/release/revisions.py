"""Revisions: what a release says otherwise than one before it, and the note without which it cannot go out.

A number once released stands until another is released of the same metric and the same time, in a later release of its window
or as a month or the year before in that of another window. Both are shown. An error and a planned revision are told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from svu_pipeline.release.cells import Cell, Key, cells
from svu_pipeline.release.folder import REVISIONS, ReleaseError, read
from svu_pipeline.release.registry import released
from svu_pipeline.warehouse import Home

ERROR, PLANNED = "error", "planned"
KINDS = {
    ERROR: "correction of an error",
    PLANNED: "planned revision: later deliveries, or a definition that changed on a date made known beforehand",
}
REVISED = "r"
"""The mark of a number that was released otherwise before."""


@dataclass(frozen=True)
class Note:
    """Why a release says something otherwise: `kind` is error or planned."""

    kind: str
    text: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ReleaseError("a revision is an error or planned. Give one of the two as its kind.")
        if not self.text.strip():
            raise ReleaseError("a revision has a note that says why. Give one.")


@dataclass(frozen=True)
class Standing:
    """A number as last released: by which release, under which version of its definition."""

    printed: str | None
    version: int
    release: str


def standing(documents: Iterable[dict[str, Any]]) -> dict[Key, Standing]:
    """Every number of released documents, as last released; they come in the order of publication."""
    return {
        cell.key: Standing(cell.printed, cell.version, document["release"]["id"])
        for document in documents
        for cell in cells(document)
    }


def revisions(document: dict[str, Any], stands: Mapping[Key, Standing]) -> list[tuple[Cell, Standing]]:
    """The numbers of a document that stand otherwise; one that was never shown is no revision."""
    return [
        (cell, before)
        for cell in cells(document)
        if (before := stands.get(cell.key)) and before.printed is not None and before.printed != cell.printed
    ]


def marked(document: dict[str, Any], found: Sequence[tuple[Cell, Standing]], note: Note | None) -> None:
    """Put revisions into a document: `revisions`, and mark and old number beside each new one (`revised`)."""
    rows = [_row(cell, before, note) for cell, before in found]
    for cell in cells(document):
        cell.part["revised"] = None
    for row, (cell, _) in zip(rows, found, strict=True):
        cell.part["revised"] = {name: row[name] for name in ("old", "release", "kind")}
        if "marks" in cell.part:
            cell.part["marks"] = [*cell.part["marks"], REVISED]
    document["revisions"] = rows


def content(document: dict[str, Any], home: Home) -> dict[str, Any]:
    """`revisions.json`: the note, each number old and new, and the releases of the window so far."""
    release = document["release"]
    chain = [
        {
            "release": one.id,
            "sha256": one.sha256,
            "published_at": one.published_at.isoformat(),
            "note": read(home.releases / one.id, REVISIONS)["note"],
        }
        for one in released(home)
        if one.window == document["window"]
    ]
    return {"release": release["id"], "note": release["note"], "revisions": document["revisions"], "chain": chain}


def as_note(note: Note | None) -> dict[str, str] | None:
    return asdict(note) if note else None


def _row(cell: Cell, before: Standing, note: Note | None) -> dict[str, Any]:
    return {
        "metric": cell.metric,
        "version": cell.version,
        "title": cell.title,
        "start": cell.start,
        "end": cell.end,
        "dimension": cell.dimension,
        "code": cell.code,
        "old": before.printed,
        "old_version": before.version,
        "new": cell.printed,
        "release": before.release,
        "kind": note.kind if note else "",
        "note": note.text if note else "",
    }
