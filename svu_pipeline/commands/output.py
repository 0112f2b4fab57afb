"""How commands ask and answer: shared options, tables for a person or a program, and lines to standard error."""

from __future__ import annotations

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


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for a person in a terminal; tab-separated lines for a program."""
    if not sys.stdout.isatty():
        typer.echo("\t".join(header))
        for row in rows:
            typer.echo("\t".join("" if cell is None else str(cell) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table

    shown = Table(*header, title=title, title_justify="left", show_lines=False)
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    Console().print(shown)


def say(line: str) -> None:
    """A line to standard error."""
    typer.echo(line, err=True)
