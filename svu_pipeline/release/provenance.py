"""What a release was made from: the batches known at its instant, the code that struck it, the checks of its nights."""

from __future__ import annotations

import platform
from datetime import datetime, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from svu_pipeline.clock import written
from svu_pipeline.landing.batch import LINKING, MANIFEST, all_manifests, batch_names, folder_of
from svu_pipeline.quality.history import past
from svu_pipeline.warehouse import Home, sha256_of, text_version

LOCK = "requirements.lock"
MOMENT = timedelta(microseconds=1)


def inputs(home: Home, as_at: datetime) -> dict[str, Any]:
    """`inputs.json`: every batch that was known, with the SHA-256 of its manifest, its tables and its files as received.

    The manifest has the hash of each file; names of files stay in the force, for a file may be named after a person.
    """
    batches = [
        {
            "source": manifest.source,
            "batch": manifest.batch,
            "known_at": written(manifest.landed_at),
            "manifest": sha256_of(folder_of(home, manifest) / MANIFEST),
            "tables": {name: table.sha256 for name, table in manifest.tables.items()},
            "as_received": manifest.raw_sha256,
        }
        for manifest in all_manifests(home, as_at)
    ]
    decisions = [
        {"batch": name, "manifest": sha256_of(home.landing(LINKING) / name / MANIFEST)}
        for name in batch_names(home, LINKING, as_at)
    ]
    return {"as_at": written(as_at), "batches": batches, "decisions": decisions}


def code() -> dict[str, Any]:
    """`code.json`: the commit where the code is a checkout, and the fingerprint of the code as it ran."""
    return {
        "package": "svu_pipeline",
        "commit": _commit(_root() / ".git"),
        "fingerprint": text_version(_package()),
        "python": platform.python_version(),
    }


def lock() -> bytes:
    """The lock file that the code was installed from: beside the package in a checkout, within it when installed."""
    within = _package().joinpath(LOCK)
    return within.read_bytes() if within.is_file() else (_root() / LOCK).read_bytes()


def checks_on_record(home: Home, as_at: datetime) -> list[dict[str, Any]]:
    """The last outcome of every check, of nights and reviews, that was on record at an instant: counts only."""
    return [
        {
            "dataset": one.dataset,
            "check": one.check,
            "passed": one.passed,
            "severity": one.severity.value,
            "rows": one.rows,
            "since": written(one.since),
        }
        for one in past(home, as_at + MOMENT).values()
    ]


def _package() -> Traversable:
    return resources.files("svu_pipeline")


def _root() -> Path:
    return Path(str(_package())).parent


def _commit(folder: Path) -> str | None:
    """The commit that a checkout's `.git` folder is at; None where there is none."""
    head = folder / "HEAD"
    if not head.is_file():
        return None
    said = head.read_text("utf-8").strip()
    if not said.startswith("ref: "):
        return said
    name = said.removeprefix("ref: ")
    if (folder / name).is_file():
        return (folder / name).read_text("utf-8").strip()
    packed = folder / "packed-refs"
    lines = packed.read_text("utf-8").splitlines() if packed.is_file() else []
    return next((line.partition(" ")[0] for line in lines if line.endswith(f" {name}")), None)
