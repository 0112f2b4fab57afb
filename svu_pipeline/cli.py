"""`svu`: what the Dagster UI does, from a terminal.

Figures and listings go to standard output, progress and errors to standard error. Exit codes: 0 all well, 1 the work was
done and something is wrong (a source refused, a file changed), 2 it could not be done as asked.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

import svu_pipeline.without_pandas  # noqa: F401 - before what would import it
from svu_pipeline.commands import (
    attribution,
    checks,
    claims,
    diff,
    foi,
    held,
    people,
    person,
    plan,
    release,
    sources,
    why,
)
from svu_pipeline.commands.output import HomeOption, JsonOption, SourcesOption, say, table
from svu_pipeline.settings import SETTINGS_FILE, Settings, read

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Serious Violence Unit pipeline: from ten source systems to figures that can be defended.",
)

app.command("checks")(checks.checks)
app.command("attribution")(attribution.attribution)
app.command("claims")(claims.claims)
app.command("foi")(foi.foi)
app.command("person")(person.person)
app.command("diff")(diff.diff)
app.command("plan")(plan.plan)
app.command("why")(why.why)
app.add_typer(people.app, name="people")
app.add_typer(held.app, name="held")
app.add_typer(sources.app, name="sources")
app.add_typer(release.app, name="release")

WindowOption = Annotated[str, typer.Option("--window", help="Last month of the window, as in 2023-11; or a year.")]
MonthsOption = Annotated[int, typer.Option("--months", help="Length of the window in months.")]
AsAtOption = Annotated[
    str | None, typer.Option("--as-at", help="Figures as known then: 2024-01-31T04:00:00Z or a day.")
]

DEMO_WINDOW = "2023-11"


@app.command()
def demo(
    home: HomeOption = None,
    live: Annotated[
        bool, typer.Option("--live", help="Pull from the ten systems live on 127.0.0.1, not from files.")
    ] = False,
) -> None:
    """Make a demonstration force, run a full night on it and print its year in review."""
    settings = read(home, None)
    from svu_pipeline.demo.generate import generate

    sources = settings.home / "sources"
    say("Making ten demonstration sources…")
    generate(sources, settings.home / "demo_truth.json")
    with _live(settings, sources) if live else nullcontext():
        settings = read(settings.home, sources)
        failed = _nightly(settings, [DEMO_WINDOW])
    _print_review(settings, DEMO_WINDOW, 12, None)
    raise typer.Exit(failed)


def _live(settings: Settings, sources: Path) -> AbstractContextManager[object]:
    """The demonstration force's systems, live, and the settings file in the home that points at them."""
    from svu_pipeline.demo.live.force import live_force

    say("Starting its systems on 127.0.0.1: PostgreSQL, the courts' API, SFTP…")
    return live_force(sources, settings.home / SETTINGS_FILE)


@app.command()
def nightly(
    sources: SourcesOption = None,
    home: HomeOption = None,
    window: Annotated[
        list[str] | None, typer.Option("--window", help="Publish this window's review; else the last complete month's.")
    ] = None,
) -> None:
    """Run a night: land what is new, check it, strike the figures, publish."""
    from svu_pipeline.clock import window as parse

    labels = [parse(text).label for text in window or []]
    raise typer.Exit(_nightly(read(home, sources), labels))


@app.command()
def review(
    window: WindowOption,
    home: HomeOption = None,
    months: MonthsOption = 12,
    as_at: AsAtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the figures of a window, now or as known at an instant."""
    settings = read(home, None)
    if as_json:
        from svu_pipeline.publication.review import as_json as figures

        typer.echo(json.dumps(figures(_document(settings, window, months, as_at)), ensure_ascii=False))
    else:
        _print_review(settings, window, months, as_at)


@app.command()
def explain(
    metric: Annotated[str, typer.Argument(help="A metric id, as in people_arrested.")],
    window: Annotated[str, typer.Option("--window", help="Last month of the window, as in 2023-11; or a year.")] = "",
    home: HomeOption = None,
    months: MonthsOption = 12,
    as_at: AsAtOption = None,
    of_release: Annotated[
        str, typer.Option("--release", help="Of a release: the figure as released, and counts only of its records.")
    ] = "",
    why: Annotated[str, typer.Option("--why", help="Why you look; kept in the audit log.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List the records behind a figure, down to batch, file and row; who looked is in the audit log."""
    from svu_pipeline import audit
    from svu_pipeline.clock import now
    from svu_pipeline.clock import window as parse
    from svu_pipeline.publication.explain import explain as behind
    from svu_pipeline.warehouse import Home

    settings = read(home, None)
    if of_release:
        release.explain(settings, of_release, metric, as_json)
        return
    parts = behind(settings, metric, parse(window, months), _instant(as_at))
    audit.record(Home(settings.home), "drill_down", f"{metric} {window}", why, now)
    if as_json:
        content = [part.as_json() for part in parts]
        typer.echo(json.dumps(content[0] if len(content) == 1 else content, ensure_ascii=False))
        return
    for part in parts:
        header = ("record", "subject", "on", "quantity", "dataset", "batch", "file", "row")
        rows = [
            (r.record, r.subject, r.on.isoformat(), r.quantity, r.dataset, r.batch, r.file, r.row) for r in part.records
        ]
        table(f"{part.metric}, window {part.window}", header, rows)
        stated = part.value if part.value is not None else "not supplied"
        typer.echo(f"{part.metric}: {stated}; counted again over {len(part.records)} records: {part.count}")


@app.command("audit")
def audit_log(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Print the audit log: who pulled, looked, waived, replayed, approved or published what, when and why."""
    from dataclasses import asdict

    from svu_pipeline.audit import entries
    from svu_pipeline.warehouse import Home

    found = entries(Home(read(home, None).home))
    if as_json:
        typer.echo(json.dumps([asdict(entry) for entry in found], ensure_ascii=False))
        return
    rows = [(entry.number, entry.at, entry.who, entry.action, entry.subject, entry.why) for entry in found]
    table("Audit log", ("number", "at", "who", "action", "what", "why"), rows)


@app.command()
def verify(home: HomeOption = None) -> None:
    """Compare every landed file, kept table and published file with what was written down of it."""
    from svu_pipeline.verify import problems

    found = list(problems(read(home, None)))
    for line in found:
        typer.echo(line)
    typer.echo(f"{len(found)} files differ" if found else "Every file is as it was written.")
    raise typer.Exit(bool(found))


@app.command()
def ui(
    home: HomeOption = None,
    sources: SourcesOption = None,
    port: Annotated[int, typer.Option("--port", help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Start the Dagster UI and its schedules on 127.0.0.1, on the same data."""
    settings = read(home, sources)
    from svu_pipeline.instance import dagster_home
    from svu_pipeline.warehouse import Home

    os.environ |= {"SVU_HOME": str(settings.home), "SVU_SOURCES": str(settings.sources)}
    os.environ["SVU_PERSON_KEY_FILE"] = str(settings.person_key_file)
    dagster_home(Home(settings.home))
    command = ["-m", "dagster", "dev", "-m", "svu_pipeline.definitions", "-h", "127.0.0.1", "-p", str(port)]
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606 - our own interpreter, fixed arguments


def main() -> None:
    """The entry point: one clear line for an error that has a cure, and never a value of a record."""
    os.umask(0o077)
    from svu_pipeline.errors import Curable, fault_of

    try:
        app(standalone_mode=True)
    except Curable as error:
        say(f"svu: {error}")
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - the last place to keep what it says, which may be a value, from the terminal
        say(f"svu: {fault_of(error)}")
        sys.exit(2)
    finally:
        # The interpreter would look through every object once more on its way out: 0.8 s after a night.
        gc.freeze()


def _nightly(settings: Settings, windows: list[str]) -> int:
    """Run a night and say what it brought; the exit code."""
    from svu_pipeline.warehouse import Home, lease

    # A night makes millions of small objects that live to its end: looking through them less often saves a twentieth.
    gc.set_threshold(100_000, 50, 50)

    # The night takes the lease itself; held from here on, a second night is refused before it has loaded Dagster.
    with lease(Home(settings.home), "night"):
        from svu_pipeline.pipeline import Pipeline
        from svu_pipeline.run import run_night, step_count

        with _progress(lambda: step_count() + max(1, len(windows))) as advance:
            night = run_night(Pipeline(lambda: settings), windows, advance)
    for line in night.refused:
        say(f"refused: {line}")
    for line in night.held_whole:
        say(f"held whole: {line}")
    for line in night.ended_waivers:
        say(f"waivers that have ended: {line}. Waive the rows anew under these ids, or have the records corrected.")
    for line in night.failures:
        say(f"failed: {line}")
    news = [name for name in night.changed if name.startswith("raw_")]
    if news:
        say(f"New: {', '.join(name.removeprefix('raw_') for name in news)}.")
    elif not night.changed and not night.failures:
        say("Nothing new: nothing changed.")
    for month, page in night.pages.items():
        say(f"Review {month}: {page}")
    is_well = night.succeeded and not (night.refused or night.held_whole or night.ended_waivers)
    return 0 if is_well else 1


def _document(settings: Settings, window: str, months: int, as_at: str | None) -> dict[str, Any]:
    from svu_pipeline.clock import window as parse
    from svu_pipeline.publication.review import review as strike

    return strike(settings, parse(window, months), _instant(as_at))


def _print_review(settings: Settings, window: str, months: int, as_at: str | None) -> None:
    from svu_pipeline.publication.labels import said

    document = _document(settings, window, months, as_at)
    title = f"{document['force']}, {document['unit']}: {document['window_words']}, as known at {document['as_at']}"
    rows = [
        (f["title"], said(f), " ".join(f"[{mark}]" for mark in f["marks"]), f["definition"])
        for f in document["figures"]
    ]
    table(title, ("figure", "value", "marks", "what it counts"), rows)
    typer.echo("[p] provisional  [x] not supplied  [s] stale  [e] estimate  [a] at least")
    page = settings.home / "published" / f"review-{document['window']}.html"
    if months == 12 and as_at is None and page.is_file():
        typer.echo(f"Page: {page}")


def _instant(text: str | None) -> datetime | None:
    from svu_pipeline.clock import instant

    return instant(text) if text else None


@contextmanager
def _progress(total: Callable[[], int]) -> Iterator[Callable[[str], None]]:
    """A progress bar in a terminal, one line a step elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("night", total=total())

        def advance(step: str) -> None:
            bar.update(task, description=step.replace("_", " "), advance=1)

        yield advance


if __name__ == "__main__":
    main()
