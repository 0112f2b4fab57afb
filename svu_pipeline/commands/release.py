"""`svu release`: prepare, sign off, publish, revise, check and read a release."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, say, table
from svu_pipeline.settings import read as read_settings

if TYPE_CHECKING:
    from svu_pipeline.release.prepare import Prepared
    from svu_pipeline.settings import Settings

app = typer.Typer(
    help="Releases: prepared as one folder, signed off by two people, published under the force's signature, checked by anyone.",
    no_args_is_help=True,
)

ReleaseArgument = Annotated[str, typer.Argument(help="The release, as in 2023-11.1 (`svu release list`).")]
AsAtOption = Annotated[
    str | None,
    typer.Option("--as-at", help="Figures as known then: 2024-01-31T04:00:00Z or a day; else all that is known."),
]


@app.command()
def prepare(
    window: Annotated[str, typer.Argument(help="Last month of the twelve, as in 2023-11.")],
    as_at: AsAtOption = None,
    home: HomeOption = None,
) -> None:
    """Make the next release of a window: everything that is to leave the force, in one folder."""
    from svu_pipeline.clock import instant
    from svu_pipeline.clock import window as parse
    from svu_pipeline.release import prepare as making

    settings = read_settings(home, None)
    made = making.prepare(settings, parse(window), instant(as_at) if as_at else None)
    _said(made)


@app.command()
def revise(
    release: ReleaseArgument,
    note: Annotated[
        str, typer.Option("--note", help="Why figures are otherwise than released before; it is published.")
    ],
    kind: Annotated[str, typer.Option("--kind", help="error or planned.")],
    as_at: AsAtOption = None,
    home: HomeOption = None,
) -> None:
    """Prepare the revision of a published release; or a draft again, with the note that it needs."""
    from svu_pipeline.clock import instant
    from svu_pipeline.release import prepare as making
    from svu_pipeline.release.revisions import Note

    said = Note(kind, note.strip())
    made = making.revise(read_settings(home, None), release, said, instant(as_at) if as_at else None)
    _said(made)


@app.command()
def sign(
    release: ReleaseArgument,
    role: Annotated[str, typer.Option("--as", help="statistician or press_officer.")],
    name: Annotated[str, typer.Option("--name", help="Who signs off; the name is published.")],
    saw: Annotated[str, typer.Option("--saw", help="The hash of what you saw, as `svu release show` prints it.")],
    home: HomeOption = None,
) -> None:
    """Sign a release off, over the hash that you saw. Two people do: one as statistician, one as press officer."""
    from svu_pipeline.clock import now
    from svu_pipeline.release import sign_off
    from svu_pipeline.release.folder import folder_of
    from svu_pipeline.warehouse import Home

    of = Home(read_settings(home, None).home)
    made = sign_off.sign(of, release, role, name, saw, now)
    say(f"{made.name} has signed {release} off as {role.replace('_', ' ')}.")
    missing = sign_off.unsigned(of, folder_of(of, release))
    say(f"Still to come: {', '.join(missing)}." if missing else f"`svu release publish {release}` publishes it.")
    if sign_off.is_under_one_account(of, folder_of(of, release)):
        say("Both were given under one account: that two people signed is what was typed, not what is proven.")


@app.command()
def publish(
    release: ReleaseArgument,
    embargo: Annotated[
        str | None, typer.Option("--embargo", help="Locked until then, London time: 2023-12-05 09:30.")
    ] = None,
    reader: Annotated[
        list[str] | None, typer.Option("--reader", help="Who may read it before its time; each reading is published.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Publish a release that has passed its gates: signed, and open at once or at its time."""
    from svu_pipeline.clock import spoken
    from svu_pipeline.release.embargo import embargo as instant_of
    from svu_pipeline.release.publish import placed
    from svu_pipeline.release.publish import publish as publishing
    from svu_pipeline.warehouse import Home

    settings = read_settings(home, None)
    found = publishing(settings, release, instant_of(embargo) if embargo else None, reader or ())
    place = placed(Home(settings.home), release)
    say(f"Release {release} is published, and open from {spoken(found.open_at)}.")
    typer.echo(place if place.exists() else settings.home / "releases" / release)


@app.command()
def verify(
    release: ReleaseArgument,
    as_known: Annotated[
        bool, typer.Option("--as-known", help="Also strike the figures again as known at the release's instant.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Check a release: each file, sign-offs, signature, numbers; with --as-known also against the records."""
    from svu_pipeline.release import check
    from svu_pipeline.warehouse import Home

    settings = read_settings(home, None)
    found = check.problems(Home(settings.home), release)
    found += check.as_known(settings, release) if as_known else []
    for line in found:
        typer.echo(line)
    typer.echo(
        f"{len(found)} differences"
        if len(found) > 1
        else "1 difference"
        if found
        else f"Release {release} is as it was made."
    )
    raise typer.Exit(bool(found))


@app.command("list")
def listed(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List every release: draft, locked until its time, or open; with the hash that is seen and signed off."""
    from svu_pipeline.release.show import summaries

    found = summaries(read_settings(home, None))
    if as_json:
        typer.echo(json.dumps([one.as_json() for one in found], ensure_ascii=False))
        return
    header = ("release", "state", "as known at", "open from", "revisions", "signed off as", "hash")
    rows = [
        (one.id, one.state, one.as_at, one.open_at, one.revisions, ", ".join(one.signed_off), one.sha256)
        for one in found
    ]
    table("Releases", header, rows)


@app.command()
def show(release: ReleaseArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show a release's hash, its gates and its revisions; exit code 1 while a gate keeps it from going out."""
    from svu_pipeline.release.gates import CONTENT, LIVE, gates
    from svu_pipeline.release.show import summary

    settings = read_settings(home, None)
    about, found = summary(settings, release), gates(settings, release)
    if as_json:
        typer.echo(json.dumps({**about.as_json(), "gates": [gate.as_json() for gate in found]}, ensure_ascii=False))
    else:
        words = CONTENT | LIVE
        rows = [
            ("passes" if gate.passed else "blocks" if gate.blocks else "warns", gate.name, words[gate.name], gate.words)
            for gate in found
        ]
        table(f"Release {release}, {about.state}", ("", "gate", "what it asks", "what stands in its way"), rows)
        typer.echo(f"Revisions: {about.revisions}")
        typer.echo(f"Folder: {about.folder}")
        typer.echo(f"Hash to be seen and signed off: {about.sha256}")
    raise typer.Exit(any(gate.blocks for gate in found))


@app.command()
def read(
    release: ReleaseArgument,
    name: Annotated[
        str, typer.Option("--as", help="Who reads; before its time the reading is recorded and published.")
    ],
    home: HomeOption = None,
) -> None:
    """Give the page of a release: to everyone once it is open, before that to its named early readers."""
    from svu_pipeline.release.embargo import read as reading

    typer.echo(reading(read_settings(home, None), release, name))


@app.command("new-key")
def new_key(
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.")], home: HomeOption = None
) -> None:
    """Make the key that releases are signed with; prints what the force makes known of it."""
    from svu_pipeline.clock import now
    from svu_pipeline.release import signing

    made = signing.new_key(read_settings(home, None), reason, now)
    say("Make this known where people will look for it: it tells the force's public key from any other.")
    typer.echo(made)


def explain(settings: Settings, release: str, metric: str, as_json: bool) -> None:
    """Print a figure as released and how many records it was counted over, none of them; exit code 1 where they differ."""
    from svu_pipeline.release.explained import explained

    found = explained(settings, release, metric)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        rows = [(part.metric, part.count, part.records, part.files, part.batches) for part in found.parts]
        table(f"{found.metric} in release {release}", ("counted", "count", "records", "files", "batches"), rows)
        stated = found.released if found.released is not None else "not shown"
        typer.echo(f"Released: {stated}; counted again as known at {found.as_at}: {found.counted}")
    raise typer.Exit(not found.is_equal)


def _said(made: Prepared) -> None:
    say(f"Release {made.id} {'is prepared' if made.is_changed else 'was made before, and is the same'}: {made.folder}")
    say(f"`svu release show {made.id}` lists its gates.")
    typer.echo(made.sha256)
