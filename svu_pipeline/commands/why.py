"""`svu why`: why a figure is not what it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, table
from svu_pipeline.settings import read

if TYPE_CHECKING:
    from svu_pipeline.change.change import Change

HEADER = ("cause", "figure", "numerator", "denominator", "records", "what it means")
_POINTS = "an instant, a day, a release as in 2023-11.1, or the JSON of a published review"


def why(
    metric: Annotated[str, typer.Argument(help="A metric id, as in people_arrested.")],
    window: Annotated[str, typer.Option("--window", help="Last month of the window, as in 2023-11; or a year.")],
    before: Annotated[str, typer.Option("--from", help=f"What to compare with: {_POINTS}.")],
    after: Annotated[str, typer.Option("--to", help=f"Until when: {_POINTS}; now by default.")] = "",
    home: HomeOption = None,
    months: Annotated[int, typer.Option("--months", help="Length of the window in months.")] = 12,
    reason: Annotated[str, typer.Option("--why", help="Why you look; kept in the audit log.")] = "",
    counts: Annotated[bool, typer.Option("--counts", help="Counts only: no record's key, nothing to audit.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say why a figure changed: late, corrected, withdrawn, linked, released, redefined; the parts sum exactly."""
    from svu_pipeline import audit
    from svu_pipeline.change.points import explain_between, point
    from svu_pipeline.clock import now
    from svu_pipeline.clock import window as parse
    from svu_pipeline.warehouse import Home

    settings = read(home, None)
    ends = point(settings, before), point(settings, after) if after else None
    found = explain_between(settings, metric, parse(window, months), *ends)
    if not counts:
        audit.record(Home(settings.home), "drill_down", f"{metric} {window}: why it changed", reason, now)
    if as_json:
        typer.echo(json.dumps(found.as_json(with_records=not counts), ensure_ascii=False))
        return
    _print(found, with_records=not counts)


def _print(found: Change, *, with_records: bool) -> None:
    parts = [part for part in found.parts if part.is_moving or part.counted]
    rows = [
        (p.cause.value, str(p.delta), p.numerator_delta, p.denominator_delta, len(p.records), p.cause.meaning)
        for p in parts
    ]
    table(f"{found.metric.id}, window {found.window}, {found.from_at} to {found.to_at}", HEADER, rows)
    if with_records:
        made = [(part.cause.value, record, "made it") for part in parts for record in part.records]
        counted = [
            (part.cause.value, record, "is counted otherwise")
            for part in parts
            for record in part.counted
            if record not in part.records
        ]
        table("Records", ("cause", "record", "which"), sorted(made + counted))
    typer.echo(f"{found.metric.id}: {found.words}")
