"""The nights that the tests of security look at: run once, by `svu`, in a process without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.warehouse import Home
from svu_pipeline_tests.security.nights import marked, spoilt, write_night

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class Watched:
    """What two nights left in a folder: the home, what was printed, what each process was seen to do."""

    folder: Path
    namespace: list[str]
    printed: list[str]
    codes: list[int]
    reports: list[dict[str, Any]]

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    def files(self) -> Iterator[Path]:
        """Every file of the home and of the temporary folders; not the deliveries, nor the reports."""
        for place in ("home", "temporary", "account"):
            yield from (path for path in sorted((self.folder / place).rglob("*")) if path.is_file())

    def events(self, name: str) -> list[str]:
        return [event for report in self.reports for event in report["events"].get(name, [])]


def without_network() -> list[str]:
    """The beginning of a command that runs in a network namespace of its own; empty where the machine does not allow it."""
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        try:
            if subprocess.run([*command, "true"], capture_output=True).returncode == 0:
                return command
        except FileNotFoundError:
            return []
    return []


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """A good night and a bad one on one home; tests only read it."""
    folder = tmp_path_factory.mktemp("security")
    folder.chmod(0o755)  # only what the home itself keeps shut is shut
    found = Watched(folder, without_network(), [], [], [])
    for name in ("temporary", "account"):
        (folder / name).mkdir()
    for name, extract in (("good", marked()), ("bad", spoilt())):
        write_night(extract, folder / name)
        report = folder / f"{name}.json"
        arguments = ["nightly", "--home", "home", "--sources", name, "--window", "2023-11"]
        done = subprocess.run(
            [*found.namespace, sys.executable, "-m", "svu_pipeline_tests.security.watched", str(report), *arguments],
            cwd=folder,
            umask=0,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(REPOSITORY),
                "TMPDIR": str(folder / "temporary"),
                "HOME": str(folder / "account"),
            },
            capture_output=True,
            text=True,
        )
        found.printed.append(done.stdout + done.stderr)
        found.codes.append(done.returncode)
        found.reports.append(
            json.loads(report.read_text("utf-8")) if report.is_file() else {"events": {}, "listeners": []}
        )
    return found
