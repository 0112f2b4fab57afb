"""A full night on the demo year, and a night that brings nothing new, against thirty empty Dagster assets."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Run, cold, side_by_side
from benchmarks.report import Line, ratio_line

WINDOW = "2023-11"
RIVAL = "import Dagster, 30 empty in-process assets"


def night(pairs: int) -> list[Line]:
    """A cold process from the ten sources to the published file, in a home of its own each time."""
    with TemporaryDirectory() as folder:
        sources = demo_sources(Path(folder))
        compared = side_by_side(lambda: _first_night(sources), _empty_assets, pairs)
    return [ratio_line("night on the demo year", RIVAL, compared, at_most=2.0)]


def no_change_night(pairs: int) -> list[Line]:
    """The same command on a home that already had the night."""
    with TemporaryDirectory() as folder:
        sources, home = demo_sources(Path(folder)), Path(folder) / "home"
        nightly(sources, home)
        compared = side_by_side(lambda: nightly(sources, home), _empty_assets, pairs)
        unchanged = all("Nothing new" in run.said for run in compared.ours)
    if not unchanged:
        raise AssertionError("the night that should bring nothing new brought something")
    return [ratio_line("night that brings nothing new", RIVAL, compared, at_most=1.3)]


def demo_sources(folder: Path) -> Path:
    """Write the demonstration year into `folder`; gives its extract folder."""
    cold("-m", "benchmarks.processes.demo_sources", str(folder / "sources"))
    return folder / "sources"


def _first_night(sources: Path) -> Run:
    with TemporaryDirectory() as folder:
        copied = Path(folder) / "sources"
        shutil.copytree(sources, copied)
        return nightly(copied, Path(folder) / "home")


def nightly(sources: Path, home: Path) -> Run:
    """One cold `svu nightly`."""
    paths = ("--home", str(home), "--sources", str(sources))
    return cold("-m", "svu_pipeline.cli", "nightly", *paths, "--window", WINDOW)


def _empty_assets() -> Run:
    with TemporaryDirectory() as folder:
        return cold("-m", "benchmarks.processes.empty_assets", variables={"DAGSTER_HOME": folder})
