"""Bytes against what was written down of them: batches against their manifests, kept tables and published files against their markers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from svu_pipeline.audit import broken
from svu_pipeline.change import nights
from svu_pipeline.contracts.verdict import changed_files
from svu_pipeline.disclosure import register
from svu_pipeline.kept import marker_of
from svu_pipeline.landing.batch import MANIFEST, all_manifests, damaged
from svu_pipeline.people import decisions, keys, ledger
from svu_pipeline.publication.roles import ENGINEER, PRESS, marker_of_role
from svu_pipeline.quality import history
from svu_pipeline.recount import compare as recount
from svu_pipeline.release.check import problems as as_it_was
from svu_pipeline.release.folder import releases
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.warehouse import Home, read_made, sha256_of

_AGAIN = "`svu nightly` makes it again."


def problems(settings: Settings) -> Iterator[str]:
    """One line for each file that is missing or changed, with what to do; nothing when all is as it was written.

    Where a batch's own manifest is changed, or a decision is gone, nothing else can be told from it: then that is all that is named.
    """
    home = Home(settings.home)
    manifests = [path for path in home.root.glob(f"restricted/landing/*/*/{MANIFEST}") if not read_made(path)]
    yield from (
        f"{path.relative_to(home.root)}: not as it was written. Restore it from the backup." for path in manifests
    )
    if manifests:
        return
    if gaps := list(decisions.damaged(home)):
        yield from gaps
        return
    yield from broken(home, _claimed(home))
    for name, what in damaged(home):
        yield f"restricted/landing/{name}: {what}. Restore it from the backup."
    for name, what in history.damaged(home):
        yield f"{name}: {what}. Restore it from the backup; the checks of that night are left out until then."
    for name, what in (*ledger.damaged(home), *keys.damaged(home)):
        yield f"{name}: {what}. Restore it from the backup."
    layers = [(home.standing, source) for source in SYSTEMS]
    layers += [(home.people, "people"), (home.facts, "facts"), (home.metrics, "metrics")]
    markers = [folder / f"{layer}.json" for folder, layer in layers]
    markers += [
        home.published / "manifest.json",
        home.metrics / nights.MEMORY,
        *sorted(home.metrics.glob("review-*.json")),
    ]
    markers += [home.metrics / recount.KEPT]
    for path in markers:
        if path.is_file() and not read_made(path):
            yield f"{path.relative_to(home.root)}: not as it was written. {_AGAIN}"
    for folder, layer in layers:
        yield from _changed(home, folder, layer)
    for folder in sorted(home.root.glob("restricted/contracts/*/*")):
        for name in changed_files(folder):
            yield f"{(folder / name).relative_to(home.root)}: missing, or changed since it was made. It is made again before it is next read."
    yield from _published(home)
    yield from nights.problems(home)
    yield from register.problems(home)
    for release in releases(home):
        yield from (f"releases/{release}: {line}. Restore it from the backup." for line in as_it_was(home, release))


def _claimed(home: Home) -> Iterator[tuple[str, str]]:
    """The audit entries that the batches, and the decisions of who is who, say they came under."""
    for manifest in all_manifests(home):
        if manifest.pulled:
            yield f"{manifest.source}/{manifest.batch}", manifest.pulled
    yield from decisions.audited(home)
    yield from keys.audited(home)


def _published(home: Home) -> Iterator[str]:
    expected = {}
    if manifest := read_made(home.published / "manifest.json"):
        expected["svu.duckdb"] = manifest["sha256"]
    for name in (ENGINEER, PRESS):
        if kept := read_made(marker_of_role(home, name)):
            expected[name] = kept["sha256"]
    for marker in sorted(home.metrics.glob("review-*.json")):
        expected |= read_made(marker).get("files", {})
    for name, sha256 in expected.items():
        path = home.published / name
        if not path.is_file() or sha256_of(path) != sha256:
            yield f"published/{name}: missing, or changed since it was published. `svu nightly` publishes it again."


def _changed(home: Home, folder: Path, layer: str) -> Iterator[str]:
    for name, table in marker_of(folder, layer).items():
        path = folder / f"{name}.parquet"
        if not path.is_file() or sha256_of(path) != table.sha256:
            yield f"{path.relative_to(home.root)}: missing, or changed since it was made. `svu nightly` makes it again."
