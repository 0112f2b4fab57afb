"""`svu attribution`: the records whose recorded unit and other evidence say different things."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, table
from svu_pipeline.settings import read

if TYPE_CHECKING:
    from svu_pipeline.publication.attribution import Disputed, Queue

HEADER = ("dataset", "record", "on", "unit recorded", "credited", "evidence says", "evidence", "rests on", "counts in")


def attribution(
    home: HomeOption = None,
    window: Annotated[
        str, typer.Option("--window", help="Last month of a window, or a year; else all since the unit was set up.")
    ] = "",
    months: Annotated[int, typer.Option("--months", help="Length of the window in months.")] = 12,
    as_at: Annotated[str, typer.Option("--as-at", help="As known then: 2024-01-31T04:00:00Z or a day.")] = "",
    why: Annotated[str, typer.Option("--why", help="Why you look; kept in the audit log.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List the records credited to the unit against the other evidence, and those not credited in spite of it."""
    from svu_pipeline import audit
    from svu_pipeline.clock import instant, now
    from svu_pipeline.clock import window as parse
    from svu_pipeline.publication.attribution import queue
    from svu_pipeline.warehouse import Home

    settings = read(home, None)
    asked = parse(window, months) if window else None
    found = queue(settings, asked, instant(as_at) if as_at else None)
    audit.record(Home(settings.home), "drill_down", f"attribution {window}".strip(), why, now)
    if as_json:
        typer.echo(json.dumps(_as_json(found), ensure_ascii=False))
        return
    table(f"Disputed credit, {_when(found)}, as known at {found.as_at}", HEADER, [_row(item) for item in found.records])
    credited = sum(item.is_credited for item in found.records)
    typer.echo(
        f"{len(found.records)} records disputed: {credited} credited to the unit, {len(found.records) - credited} not; "
        f"{len(found.figures)} figures count some of them"
    )
    for metric, count in found.figures.items():
        typer.echo(f"{metric}: {count}")


def _when(found: Queue) -> str:
    return f"{found.window.start:%Y-%m-%d} to {found.window.last_day:%Y-%m-%d}"


def _row(item: Disputed) -> tuple[object, ...]:
    credited = "yes" if item.is_credited else "no"
    figures = ", ".join(item.figures)
    return (
        item.dataset, item.record, item.on, item.unit, credited, item.opinion, item.evidence, item.witness, figures,
    )  # fmt: skip


def _as_json(found: Queue) -> dict[str, object]:
    return {
        "start": found.window.start.isoformat(),
        "end": found.window.last_day.isoformat(),
        "as_at": found.as_at,
        "figures": found.figures,
        "records": [item.as_json() for item in found.records],
    }
