"""`svu plan`: what would change, before anything is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, SourcesOption, say, table
from svu_pipeline.settings import read

if TYPE_CHECKING:
    from svu_pipeline.change.plan import Act

HEADER = ("window", "figure", "now", "would be", "why")


def plan(
    home: HomeOption = None,
    sources: SourcesOption = None,
    window: Annotated[
        list[str] | None, typer.Option("--window", help="A window to look at; those published by default.")
    ] = None,
    confirm: Annotated[
        str, typer.Option("--confirm", help="Try this pending decision of who is who instead of tonight's deliveries.")
    ] = "",
    approve: Annotated[
        str, typer.Option("--approve", help="Try to take this delivery that is held whole instead: SOURCE/BATCH.")
    ] = "",
    why: Annotated[str, typer.Option("--why", help="Why you try it; kept in the audit log.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Say which figures would move, by how much and why, if tonight's deliveries were landed; nothing is written."""
    from svu_pipeline.change.plan import plan as try_it
    from svu_pipeline.publication.publish import windows_to_look_at

    settings = read(home, sources)
    found = try_it(settings, windows_to_look_at(settings, window or []), _act(confirm, approve), why)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        rows = [(change.window, change.metric.title, *change.figures, change.words) for change in found.changes]
        table("Figures that would move", HEADER, rows)
        typer.echo(f"{len(rows)} figures would move.")
    for line in found.refused:
        say(f"would be refused: {line}")
    for line in found.held_whole:
        say(f"would be held whole: {line}")
    raise typer.Exit(bool(found.refused or found.held_whole))


def _act(decision: str, delivery: str) -> Act | None:
    from svu_pipeline.clock import now
    from svu_pipeline.contracts.decisions import approve
    from svu_pipeline.people.decisions import confirm

    if decision:
        return lambda tried: confirm(tried, decision, "whoever confirms it", now)
    if delivery:
        source, _, batch = delivery.partition("/")
        return lambda tried: approve(tried, source, batch, "whoever approves it", "tried, not done", now)
    return None
