"""`svu foi`: the answer to a freedom-of-information request about one released figure."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from svu_pipeline.commands.output import HomeOption, say
from svu_pipeline.settings import read


class Form(Enum):
    """The forms in which a pack can be had."""

    DOCX = "docx"
    HTML = "html"
    JSON = "json"


def foi(
    metric: Annotated[str, typer.Argument(help="A metric id, as in people_arrested.")],
    release: Annotated[str, typer.Option("--release", help="A published release, as in 2023-11.1.")],
    home: HomeOption = None,
    form: Annotated[list[Form] | None, typer.Option("--form", help="docx, html or json; else all three.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the files; else releases/foi/ in the home.")
    ] = None,
    minutes: Annotated[
        int | None, typer.Option("--minutes", min=0, help="Time spent on the answer, in minutes.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="Reference of the request; kept in the audit log.")] = "",
) -> None:
    """Write the answer to a request about a figure: definition, caveats, history and safe parts, as released."""
    from svu_pipeline.clock import now
    from svu_pipeline.release.foi_answer import answer
    from svu_pipeline.warehouse import Home

    place = Home(read(home, None).home)
    forms = [one.value for one in form or Form]
    for path in answer(place, metric, release, forms, out or place.releases / "foi", minutes, why, now):
        say(f"Written: {path}")
