"""Markers beside the files of an extract folder, as a sender writes them once a file is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path

from svu_pipeline.warehouse import sha256_of, whole_file


def mark_delivered(folder: Path) -> None:
    """Write `<file>.done` beside every file of a folder and of its subfolders: size, SHA-256 and, where known, records."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".done"):
        promise: dict[str, int | str] = {"size": file.stat().st_size, "sha256": sha256_of(file)}
        if (rows := _rows(file)) is not None:
            promise["rows"] = rows
        with whole_file(file.with_name(f"{file.name}.done")) as aside:
            aside.write_text(json.dumps(promise), "utf-8")


def _rows(file: Path) -> int | None:
    """How many records a file holds, where it is plain: lines of JSON, a trailer's or a return's own count."""
    match file.suffix:
        case ".jsonl":
            return sum(1 for line in file.read_bytes().split(b"\n") if line.strip())
        case ".csv":
            found = re.search(rb"^TRAILER,(\d+)\s*\Z", file.read_bytes(), re.MULTILINE)
        case ".xml":
            found = re.search(rb'<safeguarding-return\b[^>]*\bcount="(\d+)"', file.read_bytes())
        case _:
            found = None
    return int(found[1]) if found else None
