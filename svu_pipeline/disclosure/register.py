"""The register of everything ever published: one line an output, each with the hash of the one before it.

It tells which hidden numbers are small, so it lies in the restricted zone and not beside the releases. That lines were cut
off its end is seen from the releases: each that was published is on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from svu_pipeline.clock import Clock, now, written
from svu_pipeline.disclosure.statements import Output, Statement
from svu_pipeline.disk import PIECE, append_line, whole_lines
from svu_pipeline.errors import Curable
from svu_pipeline.warehouse import Home, fingerprint, locked

START = "0" * 64


class RegisterError(Curable):
    """A register that is not as it was written, or a name that stands in it already."""


def record(home: Home, output: Output, clock: Clock = now) -> str:
    """Append an output and give the hash of its line. The same once more changes nothing.

    Raises RegisterError when another output stands under its name, or the register is not as it was written.
    """
    with locked(home, "register"):
        lines = list(_lines(home))
        content = {
            "output": output.name,
            "as_at": output.as_at,
            "is_tabular": output.is_tabular,
            "statements": [statement.row for statement in output.statements],
        }
        for known in lines:
            if known["output"] == output.name:
                if {name: known[name] for name in content} == content:
                    return str(known["sha256"])
                raise RegisterError(f"{output.name} is in the register with other numbers. Publish under another name.")
        previous = lines[-1]["sha256"] if lines else START
        content |= {"number": len(lines) + 1, "at": written(clock()), "previous": previous}
        sha256 = fingerprint(content)
        line = json.dumps({**content, "sha256": sha256}, ensure_ascii=False)
        if len(line.encode()) >= PIECE:
            raise RegisterError(f"{output.name} says too much for one line of the register. Publish it in parts.")
        append_line(_file(home), line)
    return sha256


def outputs(home: Home) -> list[Output]:
    """Everything ever published, oldest first. Raises RegisterError when it is not as it was written."""
    return [
        Output(line["output"], line["as_at"], line["is_tabular"], tuple(map(Statement.of_row, line["statements"])))
        for line in _lines(home)
    ]


def problems(home: Home) -> Iterator[str]:
    """What of the register is not as it was written, in one line."""
    try:
        for _ in _lines(home):
            pass
    except RegisterError as error:
        yield str(error)


def _lines(home: Home) -> Iterator[dict[str, Any]]:
    previous = START
    for number, text in enumerate(whole_lines(_file(home)), start=1):
        try:
            line: dict[str, Any] = json.loads(text)
            sha256 = line.pop("sha256")
        except (ValueError, KeyError, AttributeError):
            raise _broken(home, number) from None
        if sha256 != fingerprint(line) or line["previous"] != previous or line["number"] != number:
            raise _broken(home, number)
        previous = sha256
        yield {**line, "sha256": sha256}


def _broken(home: Home, number: int) -> RegisterError:
    where = f"{_file(home)}: line {number} is not as it was written, or one before it is gone."
    return RegisterError(
        f"{where} Restore it from the backup: without it no output can be checked against the earlier ones."
    )


def _file(home: Home) -> Path:
    return home.root / "restricted" / "disclosed.jsonl"
