"""The verdict on one batch: its rows cast and checked, the reasons, and whether the delivery is held whole.

A verdict is made once for a batch and a version of the contracts, and never changed: incremental work ends here. It is a
folder `<home>/restricted/contracts/<source>/<batch>.<version>/`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import instant, written
from svu_pipeline.contracts.codes import codes_version
from svu_pipeline.contracts.registry import CONTRACTS, of_source
from svu_pipeline.contracts.rows import check_rows, count_rows, hold_conflicts, hold_together
from svu_pipeline.contracts.waivers import waive_rows, waivers_in_force
from svu_pipeline.contracts.withdrawals import withdrawn
from svu_pipeline.disk import remove_folder
from svu_pipeline.errors import Curable
from svu_pipeline.landing.batch import Accepted, Manifest, deliveries, manifests, table_path
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import (
    Home,
    fingerprint,
    read_json,
    read_made,
    session,
    sha256_of,
    text_version,
    whole_folder,
    write_json,
)

if TYPE_CHECKING:
    import duckdb


HELD_SHARE, HELD_ROWS = 0.05, 10
"""A delivery with more held rows, or more unknown codes, than this share *and* this many rows is held whole."""

VERDICT = "verdict.json"

WITHDRAWN_SHARE, WITHDRAWN_ROWS = 0.2, 20
"""A delivery that would withdraw more than this share of the records *and* this many waits for approval."""

APPROVE = "approve"
"""The kind of decision by which a delivery that is held whole is taken nevertheless."""

OVERLAP = timedelta(hours=24)
"""How far behind the watermark an incremental table is read again (sources.md, Conventions)."""


class LandedDamage(Curable):
    """A landed file whose bytes are not those of its manifest: names the file, and what to do."""


@dataclass(frozen=True)
class TableVerdict:
    """One dataset of a batch: rows, rows held for reasons of their own, and how many rows break each rule."""

    rows: int
    held: int
    unknown: int
    rules: dict[str, int]
    watermark: str | None


@dataclass(frozen=True)
class Verdict:
    """The verdict on a batch. `held_whole` gives the reason when the whole delivery is held, else None.

    `withdraws` says the same of what it withdraws of the batches taken before it, by the fingerprint of those; empty text
    for nothing to hold it for.
    """

    source: str
    batch: str
    tables: dict[str, TableVerdict]
    held_whole: str | None
    withdraws: dict[str, str] = field(default_factory=dict)


@cache
def contracts_version() -> str:
    """A fingerprint of everything that decides a verdict: the text of the contracts folder."""
    return text_version(resources.files("svu_pipeline.contracts"))


def verdicts_version(home: Home, source: str) -> str:
    """What decides the verdicts of a source: the contracts, and the force's own codes."""
    return contracts_version() + codes_version(home, source)


def judge(
    home: Home,
    source: str,
    connection: duckdb.DuckDBPyConnection | None = None,
    as_at: datetime | None = None,
    *,
    is_read: bool = False,
) -> list[Verdict]:
    """The verdicts on the batches of a source known at an instant (all by default), oldest first.

    Those not yet judged are judged now: in the given session, which must reach the home and have the casting macros, else
    in one of its own; so is one whose files are not as they were written, where they are about to be read (`is_read`;
    otherwise only `verdict.json` is looked at). A delivery that is held whole is so until its approval is known.

    Raises LandedDamage when a landed file was changed since it was landed.
    """
    known = manifests(home, source, as_at)
    approved = {batch.decision.batch for batch in known if batch.decision and batch.decision.kind == APPROVE}
    # What a new delivery withdraws is told from the values of the earlier ones.
    is_read = is_read or any(not (verdict_folder(home, manifest) / VERDICT).is_file() for manifest in known)
    verdicts: list[Verdict] = []
    taken: list[Manifest] = []
    against = ""
    for manifest in known:
        verdict = _verdict(home, manifest, known, taken, against, connection, is_read=is_read)
        why = verdict.held_whole or verdict.withdraws.get(against) or None
        if against not in verdict.withdraws:
            why = why or _withdraws_too_much(home, manifest, taken, values_path)
        verdicts.append(replace(verdict, held_whole=None if manifest.batch in approved else why))
        if not verdicts[-1].held_whole:
            taken.append(manifest)
            against = fingerprint(against, manifest.batch)
    return verdicts


def _withdraws_too_much(
    home: Home, manifest: Manifest, taken: Sequence[Manifest], values: Callable[[Home, Manifest, str], Path]
) -> str | None:
    """Why a delivery is held whole for what it withdraws; `taken` are the batches accepted before it."""
    for contract in of_source(manifest.source):
        gone, standing = withdrawn(contract, manifest, taken, lambda batch, name: values(home, batch, name))
        if gone > WITHDRAWN_ROWS and gone > WITHDRAWN_SHARE * standing:
            return f"{gone} of {standing} records would be withdrawn, more than 20 % and more than 20"
    return None


def supplied(home: Home, as_at: datetime | None = None) -> frozenset[str]:
    """The sources that have delivered by an instant; a delivery that is held whole supplies nothing."""
    return frozenset(source for source in SYSTEMS if _has_supplied(home, source, as_at))


def _has_supplied(home: Home, source: str, as_at: datetime | None) -> bool:
    delivered = {manifest.batch for manifest in deliveries(home, source, as_at)}
    return bool(delivered) and any(
        verdict.batch in delivered and not verdict.held_whole for verdict in judge(home, source, as_at=as_at)
    )


def verdict_folder(home: Home, manifest: Manifest) -> Path:
    return home.verdicts(manifest.source) / f"{manifest.batch}.{verdicts_version(home, manifest.source)}"


def values_path(home: Home, manifest: Manifest, dataset: str) -> Path:
    return verdict_folder(home, manifest) / f"{dataset}.parquet"


def reasons_path(home: Home, manifest: Manifest, dataset: str) -> Path:
    return verdict_folder(home, manifest) / f"{dataset}.reasons.parquet"


def accepted(home: Home, source: str) -> Accepted:
    """What has become of a source's batches, judged now where they were not yet.

    An incremental table is to be read from 24 hours before the largest accepted `updated_at`, and never later than the
    time of an earlier reading (a record may carry an instant that has not come). Of a delivery that is held whole nothing
    is accepted: it moves no watermark.
    """
    latest: dict[str, str] = {}
    verdicts = judge(home, source)
    for manifest, verdict in zip(manifests(home, source), verdicts, strict=True):
        if manifest.decision or verdict.held_whole:
            continue
        for dataset, table in verdict.tables.items():
            if table.watermark:
                known = min(table.watermark, written(manifest.landed_at))
                latest[dataset] = max(known, latest.get(dataset, ""))
    return Accepted(
        watermarks={name: f"{instant(mark) - OVERLAP:%Y-%m-%dT%H:%M:%SZ}" for name, mark in latest.items()},
        held_whole=frozenset(verdict.batch for verdict in verdicts if verdict.held_whole),
    )


def _verdict(
    home: Home,
    manifest: Manifest,
    known: Sequence[Manifest],
    taken: Sequence[Manifest],
    against: str,
    connection: duckdb.DuckDBPyConnection | None,
    *,
    is_read: bool,
) -> Verdict:
    target = verdict_folder(home, manifest)
    content = read_made(target / VERDICT)
    if not content or (is_read and changed_files(target)):
        for outdated in home.verdicts(manifest.source).glob(f"{manifest.batch}.*"):
            remove_folder(outdated)
        with (
            whole_folder(target) as folder,
            nullcontext(connection) if connection else _casting_session(home) as judging,
        ):
            content = _judged(judging, home, manifest, waivers_in_force(known, manifest), folder)
            why = _withdraws_too_much(home, manifest, taken, partial(_values_aside, folder, manifest.batch))
            files = {path.name: sha256_of(path) for path in sorted(folder.iterdir())}
            write_json(folder / VERDICT, {**content, "withdraws": {against: why or ""}, "files": files})
        content = read_json(target / VERDICT)
    tables = {name: TableVerdict(**table) for name, table in content["tables"].items()}
    return Verdict(manifest.source, manifest.batch, tables, content["held_whole"], content["withdraws"])


def changed_files(folder: Path) -> list[str]:
    """The files of a verdict that are missing or not as they were written, `verdict.json` among them."""
    content = read_made(folder / VERDICT)
    if not content:
        return [VERDICT]
    paths = {name: folder / name for name in content["files"]}
    return [name for name, path in paths.items() if not path.is_file() or sha256_of(path) != content["files"][name]]


def _values_aside(folder: Path, batch: str, home: Home, manifest: Manifest, dataset: str) -> Path:
    """Where the values of a batch are while the verdict on `batch` is still being made in `folder`."""
    return folder / f"{dataset}.parquet" if manifest.batch == batch else values_path(home, manifest, dataset)


def _casting_session(home: Home) -> duckdb.DuckDBPyConnection:
    from svu_pipeline.contracts.casting import define_macros

    connection = session(home.root)
    define_macros(connection)
    return connection


def _judged(
    connection: duckdb.DuckDBPyConnection, home: Home, manifest: Manifest, waivers: Sequence[Manifest], folder: Path
) -> dict[str, Any]:
    """Check every dataset of a batch into `folder`; the verdict as JSON."""
    _check_bytes(home, manifest)
    contracts = of_source(manifest.source)
    for contract in contracts:
        check_rows(connection, contract, home, manifest, folder)
        waive_rows(connection, home, contract, manifest, waivers, folder)
        if contract.key:
            hold_conflicts(connection, contract, folder)
    for contract in contracts:
        if contract.part_of:
            hold_together(connection, contract, folder)
    tables = {contract.dataset: count_rows(connection, contract, folder) for contract in contracts}
    return {"tables": tables, "held_whole": _held_whole(tables)}


def _check_bytes(home: Home, manifest: Manifest) -> None:
    for dataset, table in manifest.tables.items():
        path = table_path(home, manifest, dataset)
        if not path.is_file() or sha256_of(path) != table.sha256:
            raise LandedDamage(
                f"{manifest.source}/{manifest.batch}/{dataset}.parquet is missing or not as landed. "
                f"Restore it from the backup; `svu verify` names every such file."
            )


def _held_whole(tables: dict[str, dict[str, Any]]) -> str | None:
    """Why a delivery is held whole. Shares are of the source's records; an unknown code in a part is its record's."""
    records = [table for name, table in tables.items() if not CONTRACTS[name].part_of]
    rows = sum(table["rows"] for table in records)
    held = sum(table["held"] for table in records)
    unknown = sum(table["unknown"] for table in tables.values())
    for count, words in ((held, "held rows"), (unknown, "rows with an unknown code")):
        if count > HELD_ROWS and count > HELD_SHARE * rows:
            return f"{count} {words} of {rows}, more than 5 % and more than 10"
    return None
