"""Fuzz of the readers: good files of every format, spoilt by a seeded hand, read as a night would read them.

A file that is no longer good is refused with a code, or gives rows that are all accounted for. Nothing else may happen:
no other exception, no end that never comes, no memory beyond bounds.
"""

from __future__ import annotations

import gzip
import io
import random
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import Drop, Reading, SourceFile, Unreadable
from svu_pipeline_tests.bad_input.case import good
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, Extract, result

SECONDS = 20
"""Far more than any of these small files takes, on the busiest machine."""


class NeverEnds(Exception):
    """A case took longer than it may."""


@dataclass(frozen=True)
class Target:
    """A good file and the system that reads it; `tokens` are what its format is made of."""

    name: str
    source: str
    path: str
    datasets: tuple[str, ...]
    content: bytes
    tokens: tuple[bytes, ...]


CSV_TOKENS = (
    b'"',
    b'""',
    b",",
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"TRAILER,3",
    b";",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b",,,,",
)
JSON_TOKENS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"\\ud800",
    b"NaN",
    b"null",
    b"1e999",
    b"\n",
    b"\0",
    b"[" * 5_000,
)
XML_TOKENS = (
    b"<", b">", b"/>", b"&amp;", b"&x;", b"<!--", b"]]>", b"<![CDATA[", b"<!DOCTYPE r>", b"</contact>", b"<a>" * 60,
    b'encoding="utf-16"', b"\0", b"xsi:nil",
)  # fmt: skip
SHEET_TOKENS = (
    b"<row>", b"</row>", b't="e"', b't="s"', b"<f>1</f>", b"<v>", b'r="A9999999"', b'r="1048577"', b"<c/>", b"<!DOCTYPE r>",
    b"1e999", b"-1", b"</sheetData>",
)  # fmt: skip


def targets(folder: Path) -> list[Target]:
    """A good file for each reader, from one small extract written under `folder`."""
    extract = _filled()
    extract.write(folder)

    def of(name: str, source: str, path: str, datasets: tuple[str, ...], tokens: tuple[bytes, ...]) -> Target:
        return Target(name, source, path, datasets, (folder / path).read_bytes(), tokens)

    exhibits = of("csv_cp1252", "property", "property/property_20240102.csv", ("exhibit",), CSV_TOKENS)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("property_20240102.csv", exhibits.content)
    return [
        exhibits,
        of("csv_utf8", "civil_orders", "civil_orders/civil_orders_20240102.csv", ("civil_order",), CSV_TOKENS),
        of("json_lines", "operations", "operations/deployments_20240102.jsonl", ("deployment",), JSON_TOKENS),
        of("json_page", "courts", "courts/hearings-0001.json", ("hearing", "hearing_result"), JSON_TOKENS),
        of(
            "xml",
            "safeguarding",
            "safeguarding/safeguarding_20240102.xml",
            ("contact", "contact_withdrawal"),
            XML_TOKENS,
        ),
        of("xlsx", "warrants", "warrants/warrants_register.xlsx", ("warrant",), SHEET_TOKENS),
        of("sqlite", "custody", "custody.sqlite", ("custody_record",), (b"\0" * 64, b"\xff" * 16)),
        Target(
            "gz", "property", f"{exhibits.path}.gz", ("exhibit",), gzip.compress(exhibits.content, mtime=0), CSV_TOKENS
        ),
        Target("zip", "property", f"{exhibits.path}.zip", ("exhibit",), packed.getvalue(), CSV_TOKENS),
    ]


def _filled() -> Extract:
    extract = good()
    for number in range(3):
        extract.arrest(BOB, f"2023-04-0{number + 1} 10:00:00")
        extract.drug(f"{number + 1}.5", "G", description='ten "wraps", and\r\na scale')
        extract.order(ANN, "STRO", "2023-05-01", forenames="Zo\u00eb")
        extract.deployment("BUMBLE", f"2023-06-0{number + 1}", place="Stansted \u2013 north")
        extract.contact(BOB, "2023-06-01")
        extract.warrant("01/06/2023", "02/06/2023")
    extract.hearings = [*extract.hearings, {**extract.hearings[0], "hearing_id": "H2", "results": [result("1510", 1)]}]
    return extract


def mutated(target: Target, seed: int) -> bytes:
    """The target's content, spoilt once or a few times as the seed says."""
    rng = random.Random(f"{target.name}-{seed}")
    content = target.content
    if target.name in ("xlsx", "zip") and rng.random() < 0.7:
        return _within(content, rng, target.tokens)
    if target.name == "gz" and rng.random() < 0.5:
        return gzip.compress(_spoilt(gzip.decompress(content), rng, target.tokens), mtime=0)
    return _spoilt(content, rng, target.tokens)


def _spoilt(content: bytes, rng: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        content = rng.choice(MUTATIONS)(content, rng, tokens)
    return content


def _within(content: bytes, rng: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    """An archive whose members are sound, but for one that is spoilt before it is packed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        names = source.namelist()
        chosen = rng.choice([name for name in names if "sheet1" in name or rng.random() < 0.3] or names)
        for name in names:
            part = source.read(name)
            copy.writestr(name, _spoilt(part, rng, tokens) if name == chosen else part)
    return target.getvalue()


Mutation = Callable[[bytes, random.Random, tuple[bytes, ...]], bytes]


def _flip(content: bytes, rng: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    if not content:
        return content
    spoilt = bytearray(content)
    for _ in range(rng.choice((1, 1, 4, 32))):
        spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    return bytes(spoilt)


def _truncate(content: bytes, rng: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _splice(content: bytes, rng: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    """A stretch taken out, or put in the place of another."""
    start, end, to = sorted(rng.randrange(len(content) + 1) for _ in range(3))
    return content[:start] + content[end:] if rng.random() < 0.5 else content[:start] + content[end:to] + content[end:]


def _repeat(content: bytes, rng: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    start, end = sorted(rng.randrange(len(content) + 1) for _ in range(2))
    return content[:end] + content[start:end] * rng.choice((1, 2, 50)) + content[end:]


def _insert(content: bytes, rng: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    place = rng.randrange(len(content) + 1)
    return content[:place] + rng.choice(tokens) + content[place:]


MUTATIONS: tuple[Mutation, ...] = (_flip, _truncate, _splice, _repeat, _insert, _insert)


def outcome(target: Target, content: bytes, folder: Path) -> str:
    """`refused:<code>` or `rows`; raises whatever is neither, AssertionError for rows that are not accounted for."""
    path = folder / "mutated"
    path.write_bytes(content)
    drop = Drop("mutated", (SourceFile(target.path, path),), target.datasets, dated="20240102")
    reading = Reading(open=lambda _: path.open("rb"), location=lambda _: path)
    seen: dict[str, list[int]] = {}
    with _within_time():
        try:
            for rows in SYSTEMS[target.source].read(drop, reading):
                numbers = rows.batch["_row"].to_pylist()
                defects = set(rows.batch["_defect"].to_pylist()) - {None}
                assert defects <= set(CONTRACTS[rows.dataset].defects), defects
                assert rows.batch.schema.names[:-2] == list(SYSTEMS[target.source].columns[rows.dataset])
                seen.setdefault(rows.dataset, []).extend(numbers)
        except Unreadable as error:
            assert error.code, "a refusal has a code"
            return f"refused:{error.code}"
    for numbers in seen.values():
        assert len(set(numbers)) == len(numbers), "two records of one number"
        assert all(number >= 1 for number in numbers)
    if target.name.startswith(("csv", "json_lines", "gz", "zip")):
        for numbers in seen.values():
            assert sorted(numbers) == list(range(1, len(numbers) + 1)), "a record that is neither row nor defect"
    return "rows"


@contextmanager
def _within_time() -> Iterator[None]:
    def never_ends(number: int, frame: FrameType | None) -> None:
        raise NeverEnds

    before = signal.signal(signal.SIGALRM, never_ends)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
