"""The chain kept as files: one function a layer, each from the files of the layers before it.

A table is written only when what it is made from, or the code that makes it, has changed; then only when its bytes have.
So a night that brings nothing new changes nothing. `strike.py` computes the same in one session for any instant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import Clock, Window, month_of, months_between, now, window
from svu_pipeline.contracts.held import HeldRow, held_among
from svu_pipeline.contracts.registry import CONTRACTS, of_source
from svu_pipeline.contracts.standing import Account, stand
from svu_pipeline.contracts.verdict import supplied, verdicts_version
from svu_pipeline.disk import said_plainly
from svu_pipeline.facts import build as facts
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.landing.batch import batch_names, known_at, manifests
from svu_pipeline.metrics.values import contribute, strike
from svu_pipeline.people import ledger
from svu_pipeline.people.decisions import NAMING, in_force, turns
from svu_pipeline.people.keys import key_id, key_records, person_key
from svu_pipeline.people.linking import identify, link, linked_at, nothing_known
from svu_pipeline.people.model import Model, model_of
from svu_pipeline.quality.current import restate, standing_instants
from svu_pipeline.quality.linking_band import linking_counts, strike_linking_band
from svu_pipeline.quality.states import source_states
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.strike import NothingLanded, Struck
from svu_pipeline.warehouse import (
    Home,
    fingerprint,
    locked,
    parquet_view,
    read_made,
    session,
    sha256_of,
    table_of_rows,
    text_version,
    write_json,
    write_parquet,
)

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class KeptTable:
    """A table as kept: rows, SHA-256 of its file, what it was made from, and what was found out while making it."""

    name: str
    rows: int
    sha256: str
    inputs: str
    found: dict[str, Any] = field(default_factory=dict)
    is_changed: bool = False


@dataclass(frozen=True)
class Made:
    """How a session gives a table: its query, ordered, and what was found out while making it."""

    query: str
    found: dict[str, Any] = field(default_factory=dict)


Make = Callable[["duckdb.DuckDBPyConnection"], Mapping[str, Made]]


def keep_standing(settings: Settings, source: str) -> dict[str, KeptTable]:
    """Judge a source's new batches and keep `standing_…` and `reason_…` of its datasets.

    `found` of a standing table has its `account` and, by rule, how many open rows break it (`rules`).
    """
    home = Home(settings.home)
    batches = [manifest.batch for manifest in manifests(home, source)]
    inputs = fingerprint(batches, verdicts_version(home, source))

    def make(connection: duckdb.DuckDBPyConnection) -> dict[str, Made]:
        made = {}
        for account in stand(connection, home, source):
            name = account.dataset
            found = {"account": asdict(account), "rules": _open_rules(connection, name)}
            made[f"standing_{name}"] = Made(f"SELECT * FROM standing_{name}", found)  # noqa: S608 - our own names
            made[f"reason_{name}"] = Made(f"SELECT * FROM reason_{name} ORDER BY ALL")  # noqa: S608
        return made

    return _keep(home, home.standing, source, inputs, make)


def keep_held(settings: Settings) -> list[HeldRow]:
    """Keep `held_row`, the rows on hold, in the restricted zone; gives them."""
    home = Home(settings.home)
    with session(home.root) as connection:
        _view_standing(connection, home, CONTRACTS)
        _view_reasons(connection, home)
        rows = held_among(connection, settings)
        columns = dict.fromkeys(("id", "dataset", "batch", "file", "since", "owner", "reasons"), "TEXT")
        cells = [(r.id, r.dataset, r.batch, r.file, r.since, r.owner, ", ".join(r.reasons), r.row) for r in rows]
        table_of_rows(connection, "held_row", {**columns, "row": "BIGINT"}, cells)
        write_parquet(connection, "SELECT * FROM held_row ORDER BY ALL", home.standing / "held_row.parquet")
    return rows


def keep_people(settings: Settings) -> dict[str, KeptTable]:
    """Keep who is who: `person_record`, what it was linked from, and the merges and splits. Restricted zone.

    What is new since the last time is added to the ledger. `found` of `person_record` has the id of the key that its ids
    are under; of `pair` the version of what compared it: pairs of that version are not compared again.
    """
    home = Home(settings.home)
    key, model, at = person_key(settings.person_key_file), model_of(settings.linking.model), linked_at(home)
    standing = {name: _kept_inputs(home.standing, CONTRACTS[name].source, f"standing_{name}") for name in NAMING}
    version = linking_version(model)
    inputs = fingerprint(standing, version, key_id(key), at)

    def make(connection: duckdb.DuckDBPyConnection) -> dict[str, Made]:
        _view_standing(connection, home, NAMING)
        identify(connection, home, at)
        _view_compared(connection, home, version)
        link(connection, model)
        ledger.view_assignment(connection, home, at)
        ledger.assign(connection)
        if at:
            layer, decided = layer_version("people"), in_force(home, at)
            ledger.append(connection, home, at, model=model.version, layer=layer, decisions=decided)
        ledger.events(connection, home, at, turns(home, at))
        key_records(connection, key)
        return {
            **{name: Made(f"SELECT * FROM {name} ORDER BY ALL") for name in ("identity", "node", "scored")},  # noqa: S608
            "pair": Made("SELECT * FROM pair ORDER BY ALL", {"version": version}),
            "person_event": Made("SELECT * FROM person_event ORDER BY ALL"),
            "person_record": Made("SELECT * FROM person_record ORDER BY ALL", {"key_id": key_id(key)}),
        }

    return _keep(home, home.people, "people", inputs, make)


def linking_version(model: Model) -> str:
    """What pairs were compared and weighed by: the code of the layer, and the model."""
    return fingerprint(layer_version("people"), model.version)


def _view_compared(connection: duckdb.DuckDBPyConnection, home: Home, version: str) -> None:
    """The memo `known_node` and `known_pair`: what was compared last time, where that was by the same version."""
    kept = marker_of(home.people, "people")
    memo = [kept.get("node"), kept.get("pair")]
    if (
        memo[1]
        and memo[1].found == {"version": version}
        and all(table and _is_fresh(home.people, table, table.inputs) for table in memo)
    ):
        parquet_view(connection, "known_node", [home.people / "node.parquet"])
        parquet_view(connection, "known_pair", [home.people / "pair.parquet"])
    else:
        nothing_known(connection)


def keep_facts(settings: Settings, only: Collection[str] | None = None) -> dict[str, KeptTable]:
    """Keep the fact tables (`only` those named); `found` has the failing count of each of their checks, and the id of the key
    that the ids of people are under."""
    home = Home(settings.home)
    standing = {name: _kept_inputs(home.standing, CONTRACTS[name].source, f"standing_{name}") for name in CONTRACTS}
    people = _kept_inputs(home.people, "people", "person_record")
    under = marker_of(home.people, "people")["person_record"].found
    inputs = fingerprint(standing, people, layer_version("facts"))

    def make(connection: duckdb.DuckDBPyConnection) -> dict[str, Made]:
        _view_standing(connection, home, CONTRACTS)
        parquet_view(connection, "person_record", [home.people / "person_record.parquet"])
        facts.prepare(connection)
        return {
            table.name: Made(
                f"SELECT * FROM {table.name} ORDER BY {', '.join(table.grain)}",  # noqa: S608 - our own names
                {"checks": [asdict(check) for check in facts.check(connection, table)], **under},
            )
            for table in facts.build(connection)
        }

    return _keep(home, home.facts, "facts", inputs, make, only)


def keep_metrics(settings: Settings, only: Collection[str] | None = None, clock: Clock = now) -> dict[str, KeptTable]:
    """Keep `contribution`, and `value` and `linking_band` for every twelve-month window that ends in a month with events.

    Values of metrics with a source that is not up to date are those of the instant at which they stand.
    """
    home = Home(settings.home)
    made_of = {name: _kept_inputs(home.facts, "facts", name) for name in fact_tables()}
    delivered = supplied(home)
    stands = standing_instants(settings, source_states(settings, clock=clock))
    earlier = {str(at): metrics for at, metrics in stands.items()}
    people = _kept_inputs(home.people, "people", "person_record")
    code = [layer_version("metrics"), layer_version("quality")]
    inputs = fingerprint(made_of, people, sorted(delivered), earlier, code)

    def make(connection: duckdb.DuckDBPyConnection) -> dict[str, Made]:
        _view_facts(connection, home)
        contribute(connection)
        windows = windows_with_events(connection, home)
        strike(connection, windows, delivered)
        _view_standing(connection, home, CONTRACTS)
        parquet_view(connection, "person_record", [home.people / "person_record.parquet"])
        facts.prepare(connection)
        strike_linking_band(connection)
        restate(connection, settings, windows, stands, ("value", "linking_band"))
        return {
            "contribution": Made("SELECT * FROM contribution ORDER BY ALL"),
            "value": Made("SELECT * FROM value ORDER BY ALL"),
            "linking_band": Made("SELECT * FROM linking_band ORDER BY ALL", linking_counts(connection)),
        }

    return _keep(home, home.metrics, "metrics", inputs, make, only)


@contextmanager
def opened(settings: Settings, windows: list[Window]) -> Iterator[Struck]:
    """A session over the kept tables with every metric struck in `windows`: what the review and the page are made from.

    Raises NothingLanded when a layer has not been kept yet.
    """
    home = Home(settings.home)
    known = known_at(home)
    views = {
        "contribution": home.metrics / "contribution.parquet",
        "kept_linking_band": home.metrics / "linking_band.parquet",
        "kept_person": home.people / "person_record.parquet",
        "person_event": home.people / "person_event.parquet",
    }
    if known is None or not all(file.is_file() for file in views.values()):
        raise NothingLanded(
            "nothing has landed, or the metrics have not been made yet. Run `svu nightly` on whole sources."
        )
    delivered = supplied(home)
    with said_plainly(home.metrics), session(home.root) as connection:
        _view_standing(connection, home, CONTRACTS)
        _view_reasons(connection, home)
        facts.prepare(connection)
        _view_facts(connection, home)
        for name, file in views.items():
            parquet_view(connection, name, [file])
        strike(connection, windows, delivered)
        yield Struck(connection, known, accounts(settings), delivered)


def accounts(settings: Settings) -> list[Account]:
    """The row accounting of every dataset as last kept."""
    home = Home(settings.home)
    kept = {name: table for source in SYSTEMS for name, table in marker_of(home.standing, source).items()}
    return [
        Account(**kept[f"standing_{dataset}"].found["account"])
        for dataset in CONTRACTS
        if f"standing_{dataset}" in kept
    ]


def windows_with_events(connection: duckdb.DuckDBPyConnection, home: Home) -> list[Window]:
    """Every twelve-month window that ends in a month from the first event to the last, none beyond what is known."""
    known = known_at(home)
    first, last = connection.execute("SELECT min(happened_on), max(happened_on) FROM contribution").fetchall()[0]
    if first is None or known is None:
        return []
    return [window(label) for label in months_between(month_of(first), min(month_of(last), month_of(known.date())))]


def _keep(
    home: Home, folder: Path, layer: str, inputs: str, make: Make, only: Collection[str] | None = None
) -> dict[str, KeptTable]:
    """Make the tables of a layer unless they are there, made from the same inputs; write those whose bytes changed."""
    with locked(home, layer):
        kept = marker_of(folder, layer)
        if kept and all(
            _is_fresh(folder, table, inputs) for name, table in kept.items() if only is None or name in only
        ):
            return kept
        with said_plainly(folder / layer), session(home.root) as connection:
            for name, made in make(connection).items():
                if only is None or name in only:
                    kept[name] = _written(connection, folder, name, made, inputs)
        content = {name: {**asdict(table), "is_changed": False} for name, table in kept.items()}
        write_json(folder / f"{layer}.json", content)
        return kept


def _written(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, made: Made, inputs: str) -> KeptTable:
    path = folder / f"{name}.parquet"
    rows, is_changed = write_parquet(connection, made.query, path)
    return KeptTable(name, rows, sha256_of(path), inputs, made.found, is_changed)


def _is_fresh(folder: Path, table: KeptTable, inputs: str) -> bool:
    """Whether a table was made from these inputs and its bytes are still those that were written."""
    path = folder / f"{table.name}.parquet"
    return table.inputs == inputs and path.is_file() and sha256_of(path) == table.sha256


def marker_of(folder: Path, layer: str) -> dict[str, KeptTable]:
    """The tables of a layer as last kept, by name; empty before the first night, and where the marker is damaged."""
    return {name: KeptTable(**table) for name, table in read_made(folder / f"{layer}.json").items()}


def _kept_inputs(folder: Path, layer: str, name: str) -> str:
    """The fingerprint of a kept table's bytes; a layer that has not been kept yet is an error to name, not an empty one."""
    kept = marker_of(folder, layer)
    if name not in kept:
        raise NothingLanded(
            f"{folder.name}/{name} has not been made yet. Materialise what stands before it, or run `svu nightly`."
        )
    return kept[name].sha256


def view_standing(connection: duckdb.DuckDBPyConnection, home: Home, source: str, as_at: datetime | None) -> bool:
    """View `standing_…` of a source as last kept, where that is what was known at an instant; says whether it is."""
    inputs = fingerprint(batch_names(home, source, as_at), verdicts_version(home, source))
    kept = marker_of(home.standing, source)
    names = [f"standing_{contract.dataset}" for contract in of_source(source)]
    if not all(name in kept and _is_fresh(home.standing, kept[name], inputs) for name in names):
        return False
    for name in names:
        parquet_view(connection, name, [home.standing / f"{name}.parquet"])
    return True


def _view_standing(connection: duckdb.DuckDBPyConnection, home: Home, datasets: Collection[str]) -> None:
    for dataset in datasets:
        parquet_view(connection, f"standing_{dataset}", [home.standing / f"standing_{dataset}.parquet"])
    facts.current_views(connection, datasets)


def _view_reasons(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    for dataset in CONTRACTS:
        parquet_view(connection, f"reason_{dataset}", [home.standing / f"reason_{dataset}.parquet"])


def _view_facts(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    for name in fact_tables():
        parquet_view(connection, name, [home.facts / f"{name}.parquet"])


def _open_rules(connection: duckdb.DuckDBPyConnection, dataset: str) -> dict[str, int]:
    """By rule, how many rows break it now: held rows not cleared since, values withheld and warnings of standing rows."""
    return dict(
        connection.execute(
            f"SELECT \"column\" || '__' || reason, count(*) FROM reason_{dataset} "  # noqa: S608 - our own names
            f"JOIN standing_{dataset} USING (_batch, _file, _row) "
            "WHERE (action = 'held' AND _status = 'held' AND NOT _is_cleared) "
            "OR (action <> 'held' AND _status = 'current') GROUP BY 1"
        ).fetchall()
    )


@cache
def layer_version(layer: str) -> str:
    """A fingerprint of the code of one layer."""
    return text_version(resources.files(f"svu_pipeline.{layer}"))
