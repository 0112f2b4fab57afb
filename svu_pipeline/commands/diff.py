"""`svu diff`: what differs between two instants, releases or data folders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, say, table
from svu_pipeline.settings import read

if TYPE_CHECKING:
    from svu_pipeline.change.diff import Difference

_SIDE = "An instant, a day, a release as in 2023-11.1, or another data folder."


def diff(
    before: Annotated[str, typer.Argument(help=_SIDE, metavar="A")],
    after: Annotated[str, typer.Argument(help=_SIDE, metavar="B")],
    window: Annotated[
        list[str] | None, typer.Option("--window", help="A window to compare; those published by default.")
    ] = None,
    home: HomeOption = None,
    records: Annotated[bool, typer.Option("--records", help="List the records too, by key.")] = False,
    why: Annotated[str, typer.Option("--why", help="Why you look at records; kept in the audit log.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Compare figures, tables and records; exit code 0 when both are the same, 1 when they differ."""
    from svu_pipeline import audit
    from svu_pipeline.change.diff import diff as compare
    from svu_pipeline.clock import now
    from svu_pipeline.publication.publish import windows_to_look_at
    from svu_pipeline.warehouse import Home

    settings = read(home, None)
    found = compare(settings, before, after, windows_to_look_at(settings, window or [], now))
    if records:
        audit.record(Home(settings.home), "drill_down", f"diff of {before} and {after}", why, now)
    if as_json:
        typer.echo(json.dumps(found.as_json(with_records=records), ensure_ascii=False))
    else:
        _print(found, with_records=records)
    raise typer.Exit(not found.is_none)


def _print(found: Difference, *, with_records: bool) -> None:
    table(
        "Figures",
        ("window", "metric", "A", "B", "why"),
        [(f.window, f.metric, f.before, f.after, f.why) for f in found.figures],
    )
    table(
        "Tables",
        ("table", "added", "removed", "changed"),
        [(t.table, t.added, t.removed, t.changed) for t in found.tables],
    )
    if with_records:
        rows = [(t.table, *record.split(" ", 1)) for t in found.tables for record in t.records]
        table("Records", ("table", "how", "record"), rows)
    for note in found.notes:
        say(note)
    typer.echo("The same." if found.is_none else f"{len(found.figures)} figures and {len(found.tables)} tables differ.")
