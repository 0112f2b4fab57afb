"""The command line as a person and a program use it: in another process, on a home of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline_tests.oracle.extract import write_extract

pytestmark = pytest.mark.slow


def svu(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `svu` in a folder, with no variable but the given ones."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[1]), **variables}
    command = [sys.executable, "-m", "svu_pipeline.cli", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose default home `data/` has had one night."""
    folder = tmp_path_factory.mktemp("place")
    write_extract(folder / "data" / "sources", seed=1, size=40)
    done = svu("nightly", "--window", "2023-11", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "New:" in done.stderr and "review-2023-11.html" in done.stderr
    return folder


def figures(place: Path, *arguments: str) -> dict[str, Any]:
    done = svu("review", "--window", "2023-11", "--json", *arguments, cwd=place)
    assert done.returncode == 0, done.stderr
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def test_the_review_as_json_has_every_metric_in_its_agreed_form(place: Path) -> None:
    """Window, as-at and every catalogue id; whole counts, two decimals of pounds and years, three of kg, one of per cent."""
    content = figures(place)
    assert content.keys() == {"window", "as_at", "metrics"} and content["window"] == "2023-11"
    assert content["metrics"].keys() == CATALOGUE.keys()
    for name, text in content["metrics"].items():
        decimals = len(text.partition(".")[2]) if text is not None else None
        assert decimals in (None, CATALOGUE[name].scale.decimals), name


def test_as_at_gives_the_figures_known_then(place: Path) -> None:
    """The printed as-at is an instant that can be asked for again; before the first night there was nothing."""
    content = figures(place)
    assert figures(place, "--as-at", content["as_at"]) == content
    nothing = svu("review", "--window", "2023-11", "--as-at", "2001-01-01", cwd=place)
    assert nothing.returncode == 2 and "svu nightly" in nothing.stderr and len(nothing.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "metric",
    ["people_arrested", "prison_years", "drugs_seized_kg", "criminal_profits_seized", "drug_seizures", "stop_searches"],
)
def test_a_figure_is_explained_to_its_records(place: Path, metric: str) -> None:
    """The records counted again give the figure, and each names batch, file, row and the file's hash."""
    done = svu("explain", metric, "--window", "2023-11", "--json", cwd=place)
    content = json.loads(done.stdout)
    assert content["count"] == content["value"] == figures(place)["metrics"][metric]
    for record in content["records"]:
        assert record["batch"] and record["file"] and record["row"] >= 1 and len(record["sha256"]) == 64


def test_plain_output_is_lines_for_a_program(place: Path) -> None:
    """Without a terminal a table is tab-separated lines."""
    done = svu("held", cwd=place)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and lines[0].split("\t") == [
        "id",
        "dataset",
        "file",
        "row",
        "since",
        "reasons",
        "owner",
    ]
    assert lines[-1] == f"{len(lines) - 2} rows on hold"


def test_verify_names_a_flipped_byte(place: Path) -> None:
    """All well: 0; one byte changed in the raw archive: 1 and its name; put back: 0 again."""
    assert svu("verify", cwd=place).returncode == 0
    raw = next((place / "data" / "restricted" / "landing" / "warrants").rglob("raw.zip"))
    whole = raw.read_bytes()
    raw.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    found = svu("verify", cwd=place)
    assert found.returncode == 1 and "warrants/" in found.stdout and "raw.zip" in found.stdout
    raw.write_bytes(whole)
    assert svu("verify", cwd=place).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("review", "--window", "November"),
        ("review", "--window", "2023-13"),
        ("review", "--window", "2023-11", "--as-at", "yesterday"),
        ("explain", "people_arested", "--window", "2023-11"),
        ("review", "--window", "2023-11", "--home", "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(place: Path, arguments: tuple[str, ...]) -> None:
    """Exit code 2, one line, what to do instead, no traceback."""
    done = svu(*arguments, cwd=place)
    assert done.returncode == 2 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("svu: ")


def test_a_second_night_says_that_nothing_changed(place: Path) -> None:
    """And a home or sources named by variables are used."""
    done = svu("nightly", "--window", "2023-11", cwd=place.parent, SVU_HOME=str(place / "data"))
    assert done.returncode == 0 and "Nothing new: nothing changed." in done.stderr


def test_a_missing_source_is_one_clear_line_and_exit_code_one(tmp_path: Path) -> None:
    """The night is done without it; the line names source, file and cure."""
    write_extract(tmp_path / "in", seed=1, size=20)
    (tmp_path / "in" / "custody.sqlite").unlink()
    done = svu("nightly", "--sources", "in", "--home", "out", "--window", "2023-11", cwd=tmp_path)
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("refused: "))
    assert done.returncode == 1 and "custody: custody.sqlite: the file is missing" in line and "run again" in line
    content = json.loads(svu("review", "--window", "2023-11", "--json", "--home", "out", cwd=tmp_path).stdout)
    assert content["metrics"]["people_arrested"] is None and content["metrics"]["warrants_executed"] is not None


def test_everything_written_is_for_the_owner_alone(place: Path) -> None:
    """No file or folder of the home can be read by others; the person key is 0600."""
    for path in (place / "data").rglob("*"):
        if "sources" not in path.relative_to(place / "data").parts[:1] and not path.is_symlink():
            assert path.stat().st_mode & 0o077 == 0, path
    assert (place / "data" / "restricted" / "person.key").stat().st_mode & 0o777 == 0o600
