"""The audit log: every pull, look, decision and publication is a line, chained to the one before it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from svu_pipeline.audit import broken, entries, record
from svu_pipeline.landing.batch import all_manifests
from svu_pipeline.verify import problems
from svu_pipeline.warehouse import fingerprint
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import Extract


@pytest.fixture
def pulled(force: Force, tmp_path: Path) -> Force:
    """A home after one night."""
    Extract().write(tmp_path / "extract")
    force.land(tmp_path / "extract")
    return force


def test_every_pull_is_on_record_and_every_batch_names_its_own(pulled: Force) -> None:
    """Ten sources, ten entries; a batch carries the hash of the entry under which it came."""
    found = entries(pulled.home)
    assert [(entry.number, entry.action) for entry in found] == [(place, "pull") for place in range(1, 11)]
    by_hash = {entry.sha256: entry.subject for entry in found}
    assert {manifest.source: by_hash[manifest.pulled] for manifest in all_manifests(pulled.home)} == {
        source: source for source in by_hash.values()
    }
    assert list(problems(pulled.settings)) == []


def _edit(lines: list[str]) -> list[str]:
    entry = json.loads(lines[3])
    return [*lines[:3], json.dumps({**entry, "who": "someone else"}), *lines[4:]]


def _forge(lines: list[str]) -> list[str]:
    """An entry changed with its own hash made to fit: the next one still names the old."""
    entry = {**json.loads(lines[3]), "why": "another reason"}
    sha256 = entry.pop("sha256")
    assert sha256 == fingerprint({**entry, "why": "nightly"})
    return [*lines[:3], json.dumps({**entry, "sha256": fingerprint(entry)}), *lines[4:]]


TAMPERING: dict[str, Callable[[list[str]], list[str]]] = {
    "edited": _edit,
    "forged": _forge,
    "one taken out": lambda lines: [*lines[:5], *lines[6:]],
    "two exchanged": lambda lines: [*lines[:5], lines[6], lines[5], *lines[7:]],
    "the first cut off": lambda lines: lines[1:],
    "the last cut off": lambda lines: lines[:-1],
    "emptied": lambda _: [],
    "one put in": lambda lines: [*lines[:2], lines[1], *lines[2:]],
    "not a log": lambda lines: [*lines[:2], "nonsense", *lines[3:]],
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found(pulled: Force, how: str) -> None:
    """S20, J3: a line edited, forged, taken out, put in, moved or cut off is named by `svu verify`."""
    lines = pulled.home.audit.read_text("utf-8").splitlines()
    pulled.home.audit.write_text("".join(f"{line}\n" for line in TAMPERING[how](lines)), "utf-8")
    assert any("audit.jsonl" in line for line in problems(pulled.settings))


def test_an_unknown_action_is_no_entry(force: Force) -> None:
    with pytest.raises(ValueError, match="shred"):
        record(force.home, "shred", "warrants", "", force.now)
    assert entries(force.home) == []
    assert list(broken(force.home, iter(()))) == []


def test_a_front_end_says_who_was_logged_in(force: Force, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a reverse proxy the account is everyone's: SVU_WHO names the person."""
    monkeypatch.setenv("SVU_WHO", "a.analyst")
    record(force.home, "drill_down", "people_arrested 2023-11", "question of the press office", force.now)
    (entry,) = entries(force.home)
    assert (entry.who, entry.subject, entry.why) == (
        "a.analyst", "people_arrested 2023-11", "question of the press office"
    )  # fmt: skip
