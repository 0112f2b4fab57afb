"""Counts of what a run of the tests tried and what survived, so that `docs/reliability.md` is made from that run.

One JSON object a line, appended to the file that the environment variable `SVU_TALLY` names; nothing when it names none.
"""

from __future__ import annotations

import json
import os
from pathlib import Path


def count(row: str, survived: int, of: int, note: str = "") -> None:
    """Record for a row of the catalogue (`F01`, `B22`, `S08`) that `survived` of `of` cases ended as they must.

    Call it before asserting, so that a failure is counted too; `note` says how, when it is not plain (which file system,
    what is missing on this machine). Lines are short and appended whole: processes may write at once.
    """
    target = os.environ.get("SVU_TALLY")
    if not target:
        return
    line = json.dumps({"row": row, "survived": survived, "of": of, "note": note}, ensure_ascii=False)
    with Path(target).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
