"""Preparing a release: one folder with everything that leaves the force, the same bytes for the same knowledge and code.

A draft is made anew until it is published; then its number is taken and the next one is a revision. A draft that comes out
the same keeps its sign-offs.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from svu_pipeline import audit
from svu_pipeline.clock import Clock, Window, instant, now, written
from svu_pipeline.clock import window as parse
from svu_pipeline.publication.page import render_page
from svu_pipeline.release import provenance, sentences
from svu_pipeline.release.disclosed import keep_hidden
from svu_pipeline.release.document import instant_of, numbered, struck
from svu_pipeline.release.folder import (
    CHECKS,
    CODE,
    FIGURES,
    INPUTS,
    REVISIONS,
    ReleaseError,
    as_json,
    folder_of,
    hash_of,
    parted,
    read,
    write_contents,
)
from svu_pipeline.release.gates import Gate, content_gates
from svu_pipeline.release.registry import find, latest
from svu_pipeline.release.revisions import Note, content
from svu_pipeline.release.tables import as_csv, as_csvw, as_parquet, tables
from svu_pipeline.release.workbook import workbook
from svu_pipeline.settings import Settings
from svu_pipeline.warehouse import Home, locked


@dataclass(frozen=True)
class Prepared:
    """A prepared release: its id, its folder, the hash that is to be seen and signed off, whether it is new."""

    id: str
    folder: Path
    sha256: str
    is_changed: bool


def prepare(
    settings: Settings, window: Window, as_at: datetime | None = None, note: Note | None = None, clock: Clock = now
) -> Prepared:
    """Prepare the next release of a window as known at an instant (all that is known by default).

    Raises NothingLanded when nothing had landed, ReleaseError for an instant yet to come or a window of another length.
    """
    if window.months != 12:
        raise ReleaseError("a release is of twelve months: name its last one, as in 2023-11.")
    home = Home(settings.home)
    with locked(home, "releases"):
        at = instant_of(settings, as_at, clock)
        if stands := _standing(home, window, at, note):
            return stands
        found = struck(settings, window, at)
        document = numbered(home, found, note)
        folder = home.releases / document["release"]["id"]
        is_changed = write_contents(folder, _contents(home, document, content_gates(settings, found), at))
        keep_hidden(home, folder.name, found.protected.small)
        if is_changed:
            audit.record(home, "prepare_release", f"{folder.name} {hash_of(folder)}", note.text if note else "", clock)
    return Prepared(folder.name, folder, hash_of(folder), is_changed)


def _standing(home: Home, window: Window, at: datetime, note: Note | None) -> Prepared | None:
    """The last published release of a window, where another would be the same: no note, the same instant and code."""
    before = latest(home, window.label)
    if before is None or note:
        return None
    folder = folder_of(home, before.id)
    is_same = read(folder, FIGURES)["as_at"] == written(at) and read(folder, CODE) == provenance.code()
    return Prepared(before.id, folder, before.sha256, is_changed=False) if is_same else None


def revise(settings: Settings, release: str, note: Note, as_at: datetime | None = None, clock: Clock = now) -> Prepared:
    """Prepare a revision: of a published release the next one of its window; a draft anew, at its instant, with the note."""
    home = Home(settings.home)
    folder = folder_of(home, release)
    window = parse(parted(release)[0])
    at = as_at if find(home, release) or as_at else instant(read(folder, FIGURES)["as_at"])
    return prepare(settings, window, at, note, clock)


def _contents(home: Home, document: dict[str, Any], judged: list[Gate], as_at: datetime) -> dict[str, bytes]:
    """Every file of a release by its name, all made from its document."""
    figures = as_json(document).encode()
    made = {
        FIGURES: figures,
        "page.html": render_page(document, hashlib.sha256(figures).hexdigest()).encode(),
        "text.md": sentences.as_text(document).encode(),
        "workbook.xlsx": workbook(document),
        "definitions.json": as_json(sentences.definitions(document)).encode(),
        "definitions.md": sentences.definitions_text(document).encode(),
        REVISIONS: as_json(content(document, home)).encode(),
        CHECKS: as_json(_checks(home, document, judged, as_at)).encode(),
        INPUTS: as_json(provenance.inputs(home, as_at)).encode(),
        CODE: as_json(provenance.code()).encode(),
        provenance.LOCK: provenance.lock(),
        "verify.py": resources.files("svu_pipeline.release").joinpath("offline.py").read_bytes(),
    }
    for table in tables(document):
        made[f"{table.name}.csv"] = as_csv(table)
        made[f"{table.name}.parquet"] = as_parquet(table)
        made[f"{table.name}.csv-metadata.json"] = as_json(as_csvw(table)).encode()
    return made


def _checks(home: Home, document: dict[str, Any], judged: list[Gate], as_at: datetime) -> dict[str, Any]:
    return {
        "release": document["release"]["id"],
        "gates": [gate.as_json() for gate in judged],
        "checks": provenance.checks_on_record(home, as_at),
    }
