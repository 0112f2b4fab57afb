"""The pages of a whole API pull, each a file of the body that the API would send."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from svu_pipeline.demo.records import Record


def write_pages(folder: Path, pages: Sequence[Sequence[Record]], total: int) -> None:
    """`hearings-0001.json` and on; `next_cursor` is null on the last page."""
    folder.mkdir()
    for number, page in enumerate(pages, start=1):
        body = {
            "items": [record.values for record in page],
            "next_cursor": f"p{number + 1:04d}" if number < len(pages) else None,
            "total": total,
        }
        text = json.dumps(body, ensure_ascii=False, indent=1)
        (folder / f"hearings-{number:04d}.json").write_bytes(text.encode("utf-8"))
