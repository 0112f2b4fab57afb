"""How commands ask and answer: shared options, tables for a person or a program, and lines to standard error."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[Path | None, typer.Option("--home", help="Data folder (SVU_HOME, else data/).")]
SourcesOption = Annotated[
    Path | None, typer.Option("--sources", help="Extract folder (SVU_SOURCES, else sources/ in the home).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


_UNSEEN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]")
"""Characters that command a terminal, end a line or turn its direction: a file's name or a reason may hold them."""


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]], unbroken: Sequence[str] = ()) -> None:
    """A table for a person in a terminal, its `unbroken` columns on one line each; tab-separated lines for a program."""
    if not sys.stdout.isatty():
        typer.echo("\t".join(header))
        for row in rows:
            typer.echo("\t".join(_plain(cell) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=title, title_justify="left", show_lines=False)
    for name in header:
        shown.add_column(name, no_wrap=name in unbroken, overflow="fold")  # in a narrow terminal nothing is cut off
    for row in rows:
        shown.add_row(*(_plain(cell) for cell in row))
    Console(markup=False, emoji=False).print(shown)


def say(line: str) -> None:
    """A line to standard error."""
    typer.echo(_plain(line), err=True)


def _plain(cell: object) -> str:
    """A cell as one line of text in which every character is seen."""
    return "" if cell is None else _UNSEEN.sub("\ufffd", str(cell))
