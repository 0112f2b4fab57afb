"""`svu people`: what people decide of who is who, the pairs that are most worth deciding, and what moved."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, say, table
from svu_pipeline.settings import read

app = typer.Typer(
    help="Who is who: decide by two people that two records are the same person, or are not; list what is worth deciding.",
    no_args_is_help=True,
)

RecordArgument = Annotated[str, typer.Argument(help="A record, as in custody_record:42CU/000123/23.")]
IdArgument = Annotated[str, typer.Argument(help="The decision's id, or its beginning (`svu people decisions`).")]
ByOption = Annotated[
    str,
    typer.Option("--by", help="Who decides. The name is kept as given, beside the account, which alone is proven."),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the decision and in the audit log.")]


@app.command()
def same(
    first: RecordArgument, second: RecordArgument, by: ByOption, reason: ReasonOption, home: HomeOption = None
) -> None:
    """Propose that two records are the same person's; someone else confirms it."""
    _propose("same", first, second, by, reason, home)


@app.command("not-same")
def not_same(
    first: RecordArgument, second: RecordArgument, by: ByOption, reason: ReasonOption, home: HomeOption = None
) -> None:
    """Propose that two records are two people's; someone else confirms it."""
    _propose("not_same", first, second, by, reason, home)


@app.command()
def confirm(decision: IdArgument, by: ByOption, home: HomeOption = None) -> None:
    """Put a proposal in force, or a decision whose reversal was asked for out of it; never by who asked for it."""
    from svu_pipeline.clock import now
    from svu_pipeline.people import decisions

    found = decisions.confirm(read(home, None), decision, by, now)
    say(f"{found.id} is {found.state}. `svu review` counts it at once, `svu nightly` publishes it.")
    if found.has_one_account:
        say("Both steps were taken under one account: that two people decided is what was typed, not what is proven.")


@app.command()
def reverse(decision: IdArgument, by: ByOption, reason: ReasonOption, home: HomeOption = None) -> None:
    """Ask for the reversal of a decision in force, which someone else confirms; or take a proposal back."""
    from svu_pipeline.clock import now
    from svu_pipeline.people import decisions

    found = decisions.withdraw(read(home, None), decision, by, reason, now)
    if found.state == decisions.IN_FORCE:
        say(f"{found.id} stays in force until someone else confirms its reversal: `svu people confirm {found.id}`.")
    else:
        say(f"{found.id} is {found.state}; it was never in force.")


@app.command("decisions")
def listed(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List every decision: its records, its state, and who took each step under which account."""
    from svu_pipeline.people import decisions
    from svu_pipeline.warehouse import Home

    found = decisions.decisions(Home(read(home, None).home))
    if as_json:
        _print_json(found)
        return
    header = (
        "id",
        "kind",
        "first",
        "second",
        "state",
        "proposed",
        "confirmed",
        "reversal asked for",
        "reversed",
        "reason",
    )
    rows = [
        (
            decision.id,
            decision.kind.replace("_", " "),
            *decision.records,
            decision.state,
            *(
                _step(step)
                for step in (decision.proposal, decision.confirmation, decision.withdrawal, decision.reversal)
            ),
            decision.proposal.reason,
        )
        for decision in found
    ]
    table("Decisions of who is who", header, rows)
    standing = sum(decision.state == decisions.IN_FORCE for decision in found)
    typer.echo(f"{len(found)} decisions, {standing} in force")


@app.command()
def pairs(
    home: HomeOption = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many pairs.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """List the pairs of records most worth deciding: by what the figures under review would move, and how unsure it is."""
    from svu_pipeline.people.worklist import worklist

    found = worklist(read(home, None), top)
    if as_json:
        _print_json(found)
        return
    header = ("pair", "first", "second", "now", "probability", "if decided otherwise", "worth", "decision")
    rows = [
        (pair.id, *pair.records, pair.now, pair.probability_words, pair.words, f"{pair.worth:.3f}", pair.decision)
        for pair in found
    ]
    table("Pairs most worth deciding", header, rows)
    typer.echo(f"{len(found)} pairs. `svu person RECORD --why REASON` shows the evidence.")


@app.command()
def events(
    home: HomeOption = None,
    since: Annotated[
        str | None, typer.Option("--since", help="From an instant or day on, as in 2024-01-31T04:00:00Z.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the merges and splits of people, each with the records, the decision or the model that caused it."""
    from svu_pipeline.clock import instant, written
    from svu_pipeline.people.moves import moves

    found = moves(read(home, None), instant(since) if since else None)
    if as_json:
        _print_json(found)
        return
    header = ("known at", "event", "person", "other", "records", "because", "of")
    rows = [
        (written(m.known_at), m.kind, m.person_id, m.other_id, m.records, m.because, ", ".join(m.causes)) for m in found
    ]
    table("Merges and splits", header, rows)
    typer.echo(f"{len(found)} merges and splits")


@app.command("rotate-key")
def rotate_key(by: ByOption, reason: ReasonOption, home: HomeOption = None) -> None:
    """Change the key of the person ids; every id given out so far is led over to its new one, and no figure changes."""
    from svu_pipeline.clock import now
    from svu_pipeline.people import keys

    rotation = keys.rotate(read(home, None), by, reason, now)
    say(
        f"Key {rotation.from_key} has given way to {rotation.to_key}: {rotation.people} ids are led over. Run `svu nightly`."
    )


class _Told(Protocol):
    """What can say itself as JSON."""

    def as_json(self) -> dict[str, Any]: ...


class _Taken(Protocol):
    """A step of a decision: by whom, under which account."""

    @property
    def by(self) -> str: ...

    @property
    def account(self) -> str: ...


def _propose(kind: str, first: str, second: str, by: str, reason: str, home: Path | None) -> None:
    from svu_pipeline.clock import now
    from svu_pipeline.people import decisions

    decision = decisions.propose(read(home, None), kind, first, second, by, reason, now)
    typer.echo(decision)
    say(f"Proposed. It counts once someone else confirms it: `svu people confirm {decision} --by NAME`.")


def _step(step: _Taken | None) -> str:
    return f"{step.by} ({step.account})" if step else ""


def _print_json(found: Iterable[_Told]) -> None:
    typer.echo(json.dumps([item.as_json() for item in found], ensure_ascii=False))
