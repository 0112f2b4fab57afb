"""Analysts who read the published database while it is published again and again: no error, no mixture of versions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep

from benchmarks.measure import cold
from benchmarks.nights import demo_sources, nightly
from benchmarks.report import Line

READERS = 8
PAUSE_SECONDS = 0.05


def readers(publishes: int) -> list[Line]:
    """Eight processes read in a loop while another publishes `publishes` versions, one after the other."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        home, signs = folder / "home", folder / "signs"
        signs.mkdir()
        nightly(demo_sources(folder), home)
        database = str(home / "published" / "svu.duckdb")
        with ThreadPoolExecutor(READERS) as pool:
            program = ("-m", "benchmarks.processes.read_published", database, str(signs))
            running = [pool.submit(cold, *program, str(number)) for number in range(READERS)]
            try:
                while len(list(signs.iterdir())) < READERS and not any(reader.done() for reader in running):
                    sleep(PAUSE_SECONDS)
                published = cold("-m", "benchmarks.processes.republish", str(home), str(publishes))
            finally:
                (signs / "stop").touch()
            found = [json.loads(reader.result().output) for reader in running]
    failed, mixed = sum(sum(one["errors"].values()) for one in found), sum(one["mixed"] for one in found)
    readings, fewest = sum(one["readings"] for one in found), min(one["versions"] for one in found)
    return [
        Line(
            what=f"{READERS} readers during {publishes} publishes",
            ours=f"{failed} errors, {mixed} mixed in {readings} readings",
            rival=f"publishing took {published.seconds:.0f} s; each reader saw {fewest} versions or more",
            bar="0 errors, 0 mixed",
            is_met=not failed and not mixed and fewest > 1,
        )
    ]
