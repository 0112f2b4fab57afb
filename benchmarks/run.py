"""Run the benchmarks, print what they found as a table and write it to `benchmarks/results.md`.

`python -m benchmarks.run [NAME …] [--pairs 5] [--rows 1000000] [--publishes 30] [--cores N] [--json]`; each benchmark's
lines also go to standard error as it ends. Nothing here is a test: a busy machine may miss a bar.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.landing import landing
from benchmarks.linkage import linkage
from benchmarks.nights import night, no_change_night
from benchmarks.postgres_load import postgres_load
from benchmarks.publication import claims, release
from benchmarks.readers import readers
from benchmarks.report import Line, machine, table
from benchmarks.startup import code_location, command_line_help

NAMES = (
    "night",
    "no-change",
    "code-location",
    "help",
    "landing",
    "postgres",
    "readers",
    "linkage",
    "release",
    "claims",
)
RESULTS = Path(__file__).with_name("results.md")
OPENING = """# Benchmarks

Written by `python -m benchmarks.run`. Each side is a cold process; both run in turn, after one uncounted run of each. A
ratio is ours ÷ rival, pair by pair; seconds are medians. CPU seconds are user and system together: other work on the
machine disturbs them least.
"""


def main() -> None:
    """Run what was asked for; the results file is written only by a run of everything."""
    options = _options()
    if options.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    benchmarks = _benchmarks(options)
    lines: list[Line] = []
    for name in options.names or NAMES:
        print(f"{name} …", file=sys.stderr)
        found = benchmarks[name]()
        print(table(found), file=sys.stderr)
        lines += found
    if options.json:
        print(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1))
    else:
        print(table(lines))
    if not options.names:
        RESULTS.write_text(_document(lines, options), encoding="utf-8", newline="\n")


def _benchmarks(options: argparse.Namespace) -> dict[str, Callable[[], list[Line]]]:
    return {
        "night": lambda: night(options.pairs),
        "no-change": lambda: no_change_night(options.pairs),
        "code-location": lambda: code_location(options.pairs),
        "help": lambda: command_line_help(options.pairs),
        "landing": lambda: landing(options.landing_pairs, options.rows),
        "postgres": lambda: postgres_load(options.landing_pairs, options.rows),
        "readers": lambda: readers(options.publishes),
        "release": lambda: release(options.pairs),
        "claims": lambda: claims(options.pairs),
        "linkage": lambda: [line for records in (100_000, 1_000_000) for line in linkage(records)],
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; all when none is named")
    parser.add_argument("--pairs", type=int, default=5, help="pairs of runs of each comparison")
    parser.add_argument(
        "--landing-pairs", type=int, default=2, help="pairs of runs of `landing` and `postgres`, which take long"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="custody rows of `landing` and `postgres`")
    parser.add_argument("--publishes", type=int, default=30, help="versions that `readers` see published")
    parser.add_argument("--cores", type=int, default=0, help="cores both sides may use; all when not given")
    parser.add_argument("--json", action="store_true", help="JSON on standard output instead of the table")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return options


def _document(lines: list[Line], options: argparse.Namespace) -> str:
    pairs = f"Pairs of runs: {options.pairs}, of landing {options.landing_pairs}."
    return f"{OPENING}\n{machine()} {pairs}\n\n{table(lines)}\n"


if __name__ == "__main__":
    main()
