"""S18, S22: what is installed is what was locked; what is kept in the repository is code and no one's data."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from svu_pipeline_tests.security.conftest import REPOSITORY
from svu_pipeline_tests.tally import count

LARGEST = 1_000_000
DATA = {
    ".xlsx",
    ".xlsm",
    ".xls",
    ".sqlite",
    ".db",
    ".duckdb",
    ".parquet",
    ".zip",
    ".gz",
    ".pickle",
    ".pkl",
    ".ipynb",
    ".xml",
    ".jsonl",
}
SECRETS = {".pem", ".key", ".p12", ".env", ".pfx"}
REFERENCE = (
    "svu_pipeline/facts/reference/",
    "svu_pipeline/people/reference/",
    "svu_pipeline/publication/district_tile.csv",
)


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file that git keeps, where this is a checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [REPOSITORY / name for name in listed.stdout.split("\0") if name and (REPOSITORY / name).is_file()]


def requirements() -> list[str]:
    """The requirements of the lock, each with its continuation lines as one."""
    text = (REPOSITORY / "requirements.lock").read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def test_s18_every_requirement_has_its_hashes() -> None:
    """One version each, with SHA-256 hashes and nothing else; all that the project asks for is locked."""
    names = set()
    for line in requirements():
        found = re.fullmatch(r"([a-z0-9-]+)(\[[a-z0-9,_-]+\])?==\S+( ; .*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", line)
        assert found, line[:60]
        names.add(found[1])
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    wanted = {re.split(r"[\[<>=~! ]", text)[0].lower() for text in asked}
    count("S18", int(wanted <= names), 1, f"{len(names)} requirements with hashes")
    assert len(names) > 40 and wanted <= names


def test_s18_only_wheels_with_hashes_are_installed() -> None:
    """The one command that installs refuses what has no hash, and builds nothing from source."""
    installs = [line for line in (REPOSITORY / "Makefile").read_text("utf-8").splitlines() if "pip install" in line]
    assert len(installs) == 2
    assert "--require-hashes" in installs[0] and "--only-binary :all:" in installs[0]
    assert "--no-deps" in installs[1] and "--no-build-isolation" in installs[1]


def test_s18_no_place_to_install_from_is_named() -> None:
    """Where packages come from is the machine's business: what installs, locks or builds names no address."""
    for name in ("requirements.lock", "Makefile", ".ci/run", "pyproject.toml"):
        text = (REPOSITORY / name).read_text("utf-8")
        assert "://" not in text and "index-url" not in text and "find-links" not in text, name


@pytest.mark.slow
def test_s18_tampered_package_is_not_installed(tmp_path: Path) -> None:
    """pip installs a wheel whose hash is the locked one, and refuses the same wheel with one byte more."""
    wheel = tmp_path / "svu_probe-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("svu_probe.py", "")
        archive.writestr("svu_probe-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: svu-probe\nVersion: 1.0\n")
        archive.writestr(
            "svu_probe-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("svu_probe-1.0.dist-info/RECORD", "")
    hashed = subprocess.run([sys.executable, "-m", "pip", "hash", str(wheel)], capture_output=True, text=True)
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"svu-probe==1.0 {hashed.stdout.split()[-1]}\n", "utf-8")
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--no-index",
               "--disable-pip-version-check", "--require-hashes", "--find-links", str(tmp_path), "-r", str(lock)]  # fmt: skip
    whole = subprocess.run(command, capture_output=True, text=True)
    with wheel.open("ab") as stream:
        stream.write(b"\0")
    tampered = subprocess.run(command, capture_output=True, text=True)
    refused = tampered.returncode != 0 and "DO NOT MATCH THE HASHES" in tampered.stderr
    count("S18", int(refused), 1, "a tampered wheel")
    assert whole.returncode == 0, whole.stderr
    assert refused


def test_s22_no_data_is_in_the_repository(tracked: list[Path]) -> None:
    """No file of data, no secret, nothing large; CSV is reference tables alone; the data folder is shut out."""
    of_data = [path for path in tracked if path.suffix.lower() in DATA | SECRETS]
    tables = [
        path
        for path in tracked
        if path.suffix == ".csv" and not path.relative_to(REPOSITORY).as_posix().startswith(REFERENCE)
    ]
    large = [path for path in tracked if path.stat().st_size > LARGEST]
    count("S22", int(not (of_data or tables or large)), 1, f"{len(tracked)} files")
    assert len(tracked) > 100 and not of_data and not tables and not large
    assert "data/*" in (REPOSITORY / ".gitignore").read_text("utf-8").split()


def test_s22_reference_tables_are_of_codes(tracked: list[Path]) -> None:
    """They map codes to words, or forenames to their short forms: no column of a person."""
    personal = {"surname", "forenames", "name", "date_of_birth", "pnc_id", "postcode", "address"}
    for path in tracked:
        if path.suffix == ".csv":
            header = path.read_text("utf-8").splitlines()[0].split(",")
            assert not personal & set(header), path.name


def test_s22_no_key_is_in_the_repository(tracked: list[Path]) -> None:
    """No private key, and no password in an address."""
    key = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")
    login = re.compile(rb"(postgresql|https|sftp)://[A-Za-z0-9_]+:[A-Za-z0-9]{8,}@")
    found = [path.name for path in tracked if key.search(path.read_bytes()) or login.search(path.read_bytes())]
    assert not found
