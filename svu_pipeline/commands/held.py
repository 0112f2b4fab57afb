"""`svu held`: the rows on hold, and what a person decides of them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, say, table
from svu_pipeline.settings import read

app = typer.Typer(help="The rows on hold: list, show, waive, replay; approve a delivery that is held whole.")

IdArgument = Annotated[str, typer.Argument(help="The row's id, or its beginning (`svu held list`).")]
OwnerOption = Annotated[str, typer.Option("--owner", help="Who answers for the decision.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the decision and in the audit log.")]


@app.callback(invoke_without_command=True)
def default(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Without a command: list the rows on hold."""
    if context.invoked_subcommand is None:
        listed(home, as_json)


@app.command("list")
def listed(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the rows on hold: where each arrived, since when, every reason and who corrects it; never what it says."""
    from svu_pipeline.contracts.held import held_rows

    rows = held_rows(read(home, None))
    if as_json:
        typer.echo(json.dumps([row.as_json() for row in rows], ensure_ascii=False))
        return
    header = ("id", "dataset", "file", "row", "since", "reasons", "owner")
    cells = [(r.id, r.dataset, r.file, r.row, r.since, ", ".join(r.reasons), r.owner) for r in rows]
    table("Rows on hold", header, cells)
    typer.echo(f"{len(rows)} rows on hold")


@app.command()
def show(
    row: IdArgument,
    home: HomeOption = None,
    why: Annotated[str, typer.Option("--why", help="Show the row's values too: why you need to see them.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show one row on hold and what each reason means; with --why also what it says, which goes into the audit log."""
    from svu_pipeline.clock import now
    from svu_pipeline.contracts.decisions import row_as_landed
    from svu_pipeline.contracts.held import held_row
    from svu_pipeline.contracts.model import rules_of
    from svu_pipeline.contracts.registry import CONTRACTS

    settings = read(home, None)
    found = held_row(settings, row)
    words = {f"{rule.column}: {rule.reason}": rule.words for rule in rules_of(CONTRACTS[found.dataset])}
    values = row_as_landed(settings, found, why, now) if why else {}
    if as_json:
        typer.echo(json.dumps({**found.as_json(), **({"values": values} if why else {})}, ensure_ascii=False))
        return
    lines = [(name, str(value)) for name, value in found.as_json().items() if name != "reasons"]
    lines += [("reason", f"{reason} ({words[reason]})" if reason in words else reason) for reason in found.reasons]
    lines += [(f"value of {column}", value if value is not None else "") for column, value in values.items()]
    table(f"Row on hold {found.id}", ("what", "value"), lines)


@app.command()
def waive(
    row: IdArgument,
    owner: OwnerOption,
    reason: ReasonOption,
    until: Annotated[str, typer.Option("--until", help="The last day of the waiver, as in 2026-12-31.")],
    home: HomeOption = None,
) -> None:
    """Accept a row as it is until a day: its owner answers for the rules it breaks. When it ends, the nightly fails."""
    from svu_pipeline.clock import now
    from svu_pipeline.contracts import decisions

    settings = read(home, None)
    batch = decisions.waive(settings, row, owner, reason, until, now)
    _said(decisions.outcome(settings, batch), "waived")


@app.command()
def replay(
    row: IdArgument,
    owner: OwnerOption,
    reason: ReasonOption,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A corrected value, as in executed=14/03/2023; empty clears it.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Judge a row again with its values corrected; it lands as a new version of its record."""
    from svu_pipeline.clock import now
    from svu_pipeline.contracts import decisions

    pairs = [text.partition("=") for text in set_ or []]
    if any(not sign for _, sign, _ in pairs):
        raise decisions.DecisionError("a corrected value is given as --set column=value.")
    settings = read(home, None)
    corrections = {column.strip(): value.strip() or None for column, _, value in pairs}
    batch = decisions.replay(settings, row, owner, reason, corrections, now)
    _said(decisions.outcome(settings, batch), "replayed")


@app.command()
def approve(
    source: Annotated[str, typer.Argument(help="The source, as in warrants.")],
    batch: Annotated[str, typer.Argument(help="The delivery, as `svu nightly` names it.")],
    owner: OwnerOption,
    reason: ReasonOption,
    home: HomeOption = None,
) -> None:
    """Take a delivery that is held whole: for its withdrawals, its held rows or its unknown codes."""
    from svu_pipeline.clock import now
    from svu_pipeline.contracts import decisions

    decisions.approve(read(home, None), source, batch, owner, reason, now)
    say("Taken. `svu review` counts it at once, `svu nightly` publishes it.")


def _said(status: str, done: str) -> None:
    """What became of the row, and the exit code: 1 when it is still held."""
    if status == "held":
        say("It is still held. `svu held list` shows why.")
        raise typer.Exit(1)
    say(f"The row was {done} and is now {status}. `svu review` counts it at once, `svu nightly` publishes it.")
