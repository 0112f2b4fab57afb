"""`svu sources`: the demonstration force's systems live on this machine, for a night against real protocols."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from svu_pipeline.commands.output import HomeOption, SourcesOption, say
from svu_pipeline.settings import read

app = typer.Typer(help="The demonstration force's source systems, live on 127.0.0.1.", no_args_is_help=True)


@app.command()
def serve(
    home: HomeOption = None,
    sources: SourcesOption = None,
    write: Annotated[
        Path | None, typer.Option("--settings", help="Where to write the settings file that points at them.")
    ] = None,
) -> None:
    """Serve an extract folder as the live systems: two PostgreSQL databases, the courts' API, SFTP; until interrupted."""
    from svu_pipeline.demo.live.force import live_force
    from svu_pipeline.settings import SETTINGS_FILE

    settings = read(home, sources, {})
    file = write or settings.home / SETTINGS_FILE
    with live_force(settings.sources, file):
        say(f"Serving {settings.sources} on 127.0.0.1; the settings are in {file}. End with Ctrl-C.")
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        ended.wait()
    say("Ended.")
