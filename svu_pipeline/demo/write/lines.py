"""JSON Lines files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from svu_pipeline.demo.records import Record


def write_lines(path: Path, records: Sequence[Record], broken: Sequence[str] = ()) -> None:
    """A JSON object a line, then lines that are none."""
    lines = [json.dumps(record.values, ensure_ascii=False) for record in records]
    path.write_bytes("".join(f"{line}\n" for line in [*lines, *broken]).encode("utf-8"))
