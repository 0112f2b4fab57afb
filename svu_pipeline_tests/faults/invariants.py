"""What must hold after every fault and the night that follows it (I1 to I8): one function, used by every test of faults."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

from svu_pipeline.clock import window
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.contracts.standing import STATUSES
from svu_pipeline.contracts.verdict import OVERLAP, accepted
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.kept import marker_of
from svu_pipeline.landing.batch import all_manifests
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.strike import struck
from svu_pipeline.verify import problems
from svu_pipeline_tests.faults.mini import SENTINEL, Mini

RESTRICTED = ("restricted/landing", "restricted/contracts", "restricted/standing", "restricted/people")


KEYED = ("restricted/person.key", "restricted/people/", "facts/", "published/manifest.json")
"""What depends on the key of the person ids."""


def hold(mini: Mini, undisturbed: dict[str, bytes], said: Path | None = None, but: tuple[str, ...] = ()) -> None:
    """Assert every invariant on a home after its retry; `said` is all that the processes printed.

    Files whose path begins with one of `but` are not compared with the undisturbed ones.

    I8, that no hand is needed, is that the caller did nothing but run the night again.
    """
    _rows_add_up(mini)
    _grains_are_unique(mini)
    _all_is_as_undisturbed(mini, undisturbed, but)
    _no_watermark_passes_the_rows(mini)
    no_name_is_told(mini, said)
    tidy(mini)
    assert not list(problems(mini.force(0).settings))


def stands_whole(mini: Mini, *versions: dict[str, bytes]) -> None:
    """I4 at the moment of a fault: every published file is, whole, one of the versions it may be (absent before the first)."""
    published = {name: content for name, content in mini.files().items() if name.startswith("published/")}
    for name, content in published.items():
        if "/." not in name:
            assert content in [version.get(name) for version in versions], name


def _rows_add_up(mini: Mini) -> None:
    """I1: read = current + superseded + withdrawn + duplicate + held, by dataset and over all manifests."""
    home = mini.force(0).home
    for dataset, contract in CONTRACTS.items():
        found = marker_of(home.standing, contract.source)[f"standing_{dataset}"].found["account"]
        landed = sum(manifest.tables[dataset].rows for manifest in all_manifests(home) if dataset in manifest.tables)
        assert found["landed"] == landed == sum(found[status] for status in STATUSES), dataset


def _grains_are_unique(mini: Mini) -> None:
    """I2: every fact table has one row for each value of its grain, counted on the file itself."""
    facts = mini.force(0).home.facts
    with duckdb.connect() as connection:
        for table in fact_tables().values():
            grain = ", ".join(table.grain)
            query = f"SELECT count(*), count(DISTINCT ({grain})) FROM read_parquet(?)"
            rows, distinct = connection.execute(query, [str(facts / f"{table.name}.parquet")]).fetchall()[0]
            assert rows == distinct, table.name


def _all_is_as_undisturbed(mini: Mini, undisturbed: dict[str, bytes], but: tuple[str, ...]) -> None:
    """I3: every file of the home is that of a home on which nothing went wrong (`Mini.files`)."""
    found = mini.files()
    missing_or_more = sorted(found.keys() ^ undisturbed.keys())
    assert not missing_or_more, missing_or_more
    different = [name for name in undisturbed if found[name] != undisturbed[name] and not name.startswith(but)]
    assert not different, different


def _no_watermark_passes_the_rows(mini: Mini) -> None:
    """I5: no table is read again from later than its last accepted row."""
    force = mini.force(0)
    with struck(force.settings, [window("2023-11")]) as state:
        for source in SYSTEMS:
            for dataset, since in accepted(force.home, source).watermarks.items():
                last = state.connection.execute(
                    f"SELECT max(updated_at) FROM standing_{dataset} WHERE _status <> 'held'"
                ).fetchall()[0][0]
                assert datetime.fromisoformat(since).replace(tzinfo=None) + OVERLAP <= last.replace(tzinfo=None)


def no_name_is_told(mini: Mini, said: Path | None) -> None:
    """I6: the names of the sources are in no file beyond the restricted tables, and in nothing that was printed."""
    for path in mini.home.rglob("*"):
        name = path.relative_to(mini.home).as_posix()
        if path.is_file() and not name.startswith(RESTRICTED):
            assert SENTINEL.encode() not in path.read_bytes(), name
    if said is not None and said.exists():
        assert SENTINEL.encode() not in said.read_bytes()


def tidy(mini: Mini) -> None:
    """I7: nothing hidden, half made or spilt; one verdict a batch."""
    left = [
        path for path in mini.home.rglob("*") if path.name.startswith(".") or path.suffix in (".wal", ".tmp", ".anew")
    ]
    assert not left, left
    for source in SYSTEMS:
        verdicts = mini.force(0).home.verdicts(source)
        judged = [folder.name.rpartition(".")[0] for folder in verdicts.iterdir()] if verdicts.is_dir() else []
        assert len(judged) == len(set(judged)), source
