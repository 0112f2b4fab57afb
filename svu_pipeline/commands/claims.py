"""`svu claims`: every figure of a draft or an article, judged; the gate before a release."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, say, table
from svu_pipeline.settings import read

if TYPE_CHECKING:
    from svu_pipeline.claims.figures import Figures
    from svu_pipeline.clock import Window
    from svu_pipeline.settings import Settings


def claims(
    file: Annotated[Path, typer.Argument(help="The text: .txt, .md, .html, .docx or .pdf.")],
    window: Annotated[str, typer.Option("--window", help="The window of figures for which the text names none.")],
    home: HomeOption = None,
    months: Annotated[int, typer.Option("--months", help="Length of the window in months.")] = 12,
    as_at: Annotated[str, typer.Option("--as-at", help="Figures as known then: 2024-01-31T04:00:00Z or a day.")] = "",
    release: Annotated[str, typer.Option("--release", help="Check against this release, as in 2023-11.1.")] = "",
    strict: Annotated[bool, typer.Option("--strict", help="What is true only loosely is wrong too.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write the text with its figures marked here.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check every figure of a text against the catalogue: exit code 0 nothing wrong, 1 something is, 2 it cannot be read."""
    from svu_pipeline.claims.check import check_text
    from svu_pipeline.claims.read import read_text
    from svu_pipeline.claims.report import HEADER, as_html, brief, rows, summary
    from svu_pipeline.claims.report import as_json as content
    from svu_pipeline.clock import window as parse

    text = read_text(file)
    asked = parse(window, months)
    report = check_text(text, _figures(read(home, None), asked, as_at, release), asked)
    if html is not None:
        from svu_pipeline.warehouse import whole_file

        with whole_file(html.absolute()) as aside:
            aside.write_text(as_html(report, file.name), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(content(report), ensure_ascii=False))
    else:
        title = f"Figures of {file.name}, window {report.window}, as known at {report.as_at}"
        header, body = brief(report) if sys.stdout.isatty() else (HEADER, rows(report))
        table(title, header, body, unbroken=("metric",))
        say(summary(report))
    raise typer.Exit(report.is_wrong or (strict and report.is_loose))


def _figures(settings: Settings, window: Window, as_at: str, release: str) -> Figures:
    """The figures of a release, else of the home, now or as known at an instant."""
    from svu_pipeline.claims.figures import figures_of, figures_of_release
    from svu_pipeline.clock import instant

    if release:
        return figures_of_release(settings, release)
    return figures_of(settings, window, instant(as_at) if as_at else None)
