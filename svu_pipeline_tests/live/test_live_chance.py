"""F12, F13, F15, F19, F21, F23 by chance: pulls and mirrors among seeded faults end whole or refused, never in part."""

from __future__ import annotations

import hashlib
import json
import os
from io import FileIO
from pathlib import Path
from random import Random

import pytest

from svu_pipeline.demo.live.courts_server import Answer, Request, courts_server
from svu_pipeline.demo.live.done import mark_delivered
from svu_pipeline.demo.live.sftp_server import ReadOnlyFiles, SftpServer, sftp_server
from svu_pipeline.sources import patience
from svu_pipeline.sources.courts_api import pull
from svu_pipeline.sources.sftp_folder import mirror
from svu_pipeline.sources.system import Unreadable
from svu_pipeline_tests.live import misbehaving as wrong
from svu_pipeline_tests.live.peers import (
    CLIENT,
    HEARINGS,
    SECRET,
    SECRET_NAME,
    api_place,
    items_in,
    sftp_place,
    write_hearings,
)
from svu_pipeline_tests.tally import count

FEW, MANY = 12, 500


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.002)
    monkeypatch.setenv(SECRET_NAME, SECRET)


@pytest.mark.parametrize("seeds", [range(FEW), pytest.param(range(FEW, MANY), marks=pytest.mark.soak)])
def test_pulls_among_faults_end_whole_or_refused(tmp_path: Path, seeds: range) -> None:
    """Two answers in five go wrong, logins too: what a pull leaves is every hearing, or a refusal that may pass."""
    sources = write_hearings(tmp_path / "sources", range(HEARINGS))
    every = {json.dumps(item, sort_keys=True) for item in items_in(sources / "courts")}
    whole = sound = 0
    for seed in seeds:
        folder = tmp_path / str(seed)
        folder.mkdir()
        outcome = _pulled(sources, folder, Random(seed))
        whole += outcome is None
        left = {json.dumps(item, sort_keys=True) for item in items_in(folder)} if outcome is None else every
        sound += left == every and (outcome is None or outcome.may_pass or outcome.code == "login_refused")
    count("F13", sound, len(seeds), f"pulls among seeded faults, {whole} of them whole")
    assert sound == len(seeds) and whole > len(seeds) // 2


def _pulled(sources: Path, folder: Path, chance: Random) -> Unreadable | None:
    changes = (
        wrong.status(503), wrong.status(429, Retry_After="0"), wrong.reset, wrong.body(b'{"items"'), wrong.status(401),
        *(cut(percent) for cut in (wrong.half, wrong.short, wrong.cut_gzip) for percent in (1, 50, 99)),
    )  # fmt: skip

    def respond(_: Request, answer: Answer) -> Answer:
        return chance.choice(changes)(answer) if chance.random() < 0.4 else answer

    try:
        with courts_server(sources, CLIENT, SECRET, respond) as server:
            pull(api_place(server), None, folder)
    except Unreadable as refusal:
        return refusal
    return None


@pytest.mark.parametrize("seeds", [range(FEW), pytest.param(range(FEW, MANY), marks=pytest.mark.soak)])
def test_mirrors_among_faults_end_whole_or_refused(tmp_path: Path, seeds: range) -> None:
    """Connections drop, bytes are damaged, files are delivered anew underway: no file here is other than one delivered."""
    whole = sound = 0
    for seed in seeds:
        there, here = tmp_path / f"{seed}-there", tmp_path / f"{seed}-here"
        there.mkdir()
        outcome, delivered = _mirrored(there, here, Random(seed))
        whole += outcome is None
        files = [file for file in here.rglob("*") if file.is_file() and file.suffix == ".csv"]
        is_known = all(hashlib.sha256(file.read_bytes()).hexdigest() in delivered for file in files)
        sound += is_known and (outcome is None or outcome.may_pass)
    count("F23", sound, len(seeds), f"mirrors among seeded faults, {whole} of them whole")
    assert sound == len(seeds) and 0 < whole < len(seeds)


def _mirrored(there: Path, here: Path, chance: Random) -> tuple[Unreadable | None, set[str]]:
    """One mirror of four files; what it came to, and the SHA-256 of every content that was ever delivered."""
    delivered: set[str] = set()

    def deliver(name: str) -> None:
        (there / name).write_bytes(chance.randbytes(chance.randrange(1, 60_000)))
        delivered.add(hashlib.sha256((there / name).read_bytes()).hexdigest())
        mark_delivered(there)

    class Unreliable(ReadOnlyFiles):
        def read(self, file_obj: object, offset: int, size: int) -> bytes:
            assert isinstance(file_obj, FileIO)
            data = os.pread(file_obj.fileno(), size, offset)
            fate = chance.random()
            if fate < 0.06:
                self.connection.abort()
            elif fate < 0.10:
                deliver(f"property_2024010{chance.randrange(4)}.csv")
            elif fate < 0.14 and not os.fsdecode(file_obj.name).endswith(".done"):
                return bytes(len(data))
            return data

    for number in range(4):
        deliver(f"property_2024010{number}.csv")
    try:
        with sftp_server(there, SftpServer(CLIENT, SECRET), Unreliable) as server:
            mirror(sftp_place(server), here)
    except Unreadable as refusal:
        return refusal, delivered
    return None, delivered
