"""What a person may decide of what is on hold: waive a row's rules, replay it corrected, take a delivery held whole.

Each decision lands as a batch of its own, so that figures as at an earlier day do not know it; each is in the audit log.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from svu_pipeline import audit
from svu_pipeline.clock import LONDON, Clock, written
from svu_pipeline.contracts.held import HeldRow, held_row, row_id
from svu_pipeline.contracts.registry import CONTRACTS, of_source
from svu_pipeline.contracts.standing import stand
from svu_pipeline.contracts.verdict import APPROVE, judge
from svu_pipeline.contracts.waivers import WAIVE, waivable
from svu_pipeline.errors import Curable
from svu_pipeline.landing.batch import Decision, Manifest, manifests
from svu_pipeline.landing.decide import land_decision
from svu_pipeline.settings import Settings
from svu_pipeline.sources.registry import SYSTEM_OF, SYSTEMS
from svu_pipeline.warehouse import Home, session

REPLAY = "replay"


class DecisionError(Curable):
    """A decision that cannot be taken as asked: says why, and what can be done instead."""


def waive(settings: Settings, row: str, owner: str, reason: str, until: str, clock: Clock) -> Manifest:
    """Accept a row on hold as it is, until a day (`YYYY-MM-DD`): its owner answers for the rules that it breaks.

    A row that stands by a waiver already is waived anew, under the same id.

    Raises DecisionError for a row that lacks what every figure needs: nothing can be counted from it.
    """
    wanted = _waived_before(settings, row) or held_row(settings, row)
    contract = CONTRACTS[wanted.dataset]
    known = {f"{rule.column}: {rule.reason}": rule.name for rule in waivable(contract)}
    fixed = [reason for reason in wanted.reasons if reason not in known]
    if fixed or contract.part_of:
        raise DecisionError(
            f"{wanted.id}: {', '.join(fixed) or 'a part of a record'} cannot be waived. "
            "Ask the owner to correct the record, or replay it corrected."
        )
    _check(owner, reason)
    if _day(until) < clock().astimezone(LONDON).date():
        raise DecisionError(f"{until} is past. A waiver ends on a day to come.")
    waived = tuple(known[reason] for reason in wanted.reasons)
    return _land(settings, wanted, {}, _about(wanted, WAIVE, owner, reason, waived, until), clock)


def replay(
    settings: Settings, row: str, owner: str, reason: str, corrections: Mapping[str, str | None], clock: Clock
) -> Manifest:
    """Judge a row on hold again, with its values corrected by column (`None` empties one); it lands as a new version.

    Raises DecisionError for a column that the dataset does not have, or a dataset whose rows have no key.
    """
    wanted = held_row(settings, row)
    columns = SYSTEM_OF[wanted.dataset].columns[wanted.dataset]
    unknown = [column for column in corrections if column not in columns or column == "part_of"]
    if unknown:
        raise DecisionError(f"{wanted.dataset} has no column {unknown[0]}. Its columns: {', '.join(columns)}.")
    if not _record(wanted).key:
        raise DecisionError(f"{wanted.dataset} has no keys: ask for the whole month again.")
    _check(owner, reason)
    return _land(settings, wanted, corrections, _about(wanted, REPLAY, owner, reason), clock)


def approve(settings: Settings, source: str, batch: str, owner: str, reason: str, clock: Clock) -> Manifest:
    """Take a delivery that is held whole: its good rows count, its withdrawals withdraw; its bad rows stay on hold."""
    home = Home(settings.home)
    if source not in SYSTEMS:
        raise DecisionError(f"there is no source of that name. Sources: {', '.join(SYSTEMS)}.")
    held = {verdict.batch for verdict in judge(home, source) if verdict.held_whole}
    if batch not in held:
        listed = ", ".join(sorted(held)) or "none"
        raise DecisionError(f"{source}: this delivery is not held whole. Held whole: {listed}.")
    _check(owner, reason)
    of = next(manifest for manifest in manifests(home, source) if manifest.batch == batch)
    audit.record(home, APPROVE, f"{source}/{batch}", reason, clock)
    return land_decision(home, of, Decision(APPROVE, batch, owner, reason), {}, None, clock)


def outcome(settings: Settings, manifest: Manifest) -> str:
    """What became of the row of a decision: its status now."""
    home, decision = Home(settings.home), manifest.decision
    dataset = decision.dataset if decision else ""
    with session(home.root) as connection:
        stand(connection, home, manifest.source)
        found = connection.execute(
            f"SELECT _status FROM standing_{dataset} WHERE _batch = ? AND _row = ?",  # noqa: S608 - a contract's name
            [manifest.batch, decision.row if decision else 0],
        ).fetchall()
    return str(found[0][0]) if found else ""


def expired_waivers(settings: Settings, today: date) -> list[str]:
    """The ids of the rows that still stand by a waiver which has ended."""
    home = Home(settings.home)
    found = []
    for source in SYSTEMS:
        waivers = [m for m in manifests(home, source) if m.decision and m.decision.kind == WAIVE]
        ended = [m for m in waivers if m.decision and _day(m.decision.until) < today]
        if not ended:
            continue
        with session(home.root) as connection:
            stand(connection, home, source)
            found += [_waived_id(m) for m in ended if _still_stands(connection, m, waivers, today)]
    return sorted(set(found))


def _waived_id(waiver: Manifest) -> str:
    """The id of the row that was waived, as it was listed when it was on hold."""
    decision = waiver.decision
    assert decision is not None
    return row_id(waiver.source, decision.dataset, decision.batch, decision.file, decision.row)


def _waived_before(settings: Settings, wanted: str) -> HeldRow | None:
    """The row of the last waiver whose id begins so, with the reasons that were waived."""
    home = Home(settings.home)
    for source in SYSTEMS:
        known = {manifest.batch: manifest for manifest in manifests(home, source)}
        for waiver in reversed(known.values()):
            decision = waiver.decision
            if decision and decision.kind == WAIVE and wanted and _waived_id(waiver).startswith(wanted):
                reasons = [": ".join(name.split("__")) for name in decision.waived]
                path = known[decision.batch].files[decision.file].path
                since, place = written(waiver.landed_at), (decision.batch, path, decision.row)
                return HeldRow(_waived_id(waiver), source, decision.dataset, *place, since, "", reasons, decision.file)
    return None


def _still_stands(connection: Any, ended: Manifest, waivers: list[Manifest], today: date) -> bool:
    """Whether the record of an ended waiver stands by it: in its waived version, and no later waiver of it is in force."""
    decision = ended.decision
    assert decision is not None
    contract = CONTRACTS[decision.dataset]
    key = ", ".join(f'"{column}"' for column in contract.key)
    name = contract.dataset
    in_force = [
        m.batch for m in waivers if m.decision and m.decision.dataset == name and _day(m.decision.until) >= today
    ]
    record = f"SELECT {key} FROM standing_{name} WHERE _batch = ?"  # noqa: S608 - names of the contract
    renewed = f"SELECT {key} FROM standing_{name} WHERE list_contains(?, _batch)"  # noqa: S608
    return bool(
        connection.execute(
            f"SELECT count(*) FROM standing_{name} JOIN reason_{name} USING (_batch, _file, _row) "  # noqa: S608
            f"WHERE _status = 'current' AND action = 'waived' AND ({key}) IN ({record}) AND ({key}) NOT IN ({renewed})",
            [ended.batch, in_force],
        ).fetchall()[0][0]
    )


def row_as_landed(settings: Settings, row: HeldRow, why: str, clock: Clock) -> dict[str, str | None]:
    """What a row on hold says, column by column, as it was delivered. Restricted, and on record in the audit log."""
    home = Home(settings.home)
    audit.record(home, "show_held", row.id, why, clock)
    found = _rows(home, row.source, row.batch, row.dataset, pc.field("_file") == row.place, row.row)
    values = found.select(SYSTEM_OF[row.dataset].columns[row.dataset]).to_pylist()
    return values[0] if values else {}


def _about(row: HeldRow, kind: str, owner: str, reason: str, waived: tuple[str, ...] = (), until: str = "") -> Decision:
    return Decision(kind, row.batch, owner, reason, row.dataset, row.place, row.row, waived, until)


def _record(row: HeldRow) -> Any:
    contract = CONTRACTS[row.dataset]
    return CONTRACTS[contract.part_of] if contract.part_of else contract


def _land(
    settings: Settings, row: HeldRow, corrections: Mapping[str, str | None], decision: Decision, clock: Clock
) -> Manifest:
    """Land the record that a row belongs to, whole with its parts, as a batch of its own."""
    home = Home(settings.home)
    of = next(manifest for manifest in manifests(home, row.source) if manifest.batch == row.batch)
    audit.record(home, decision.kind, row.id, decision.reason, clock)
    record = _record(row)
    in_file = pc.field("_file") == row.place
    number = row.row
    if record.dataset != row.dataset:
        part = _rows(home, row.source, row.batch, row.dataset, in_file, row.row)
        number = int(part["part_of"][0].as_py())
    tables = {record.dataset: _rows(home, row.source, row.batch, record.dataset, in_file, number)}
    for contract in of_source(row.source):
        if contract.part_of == record.dataset:
            tables[contract.dataset] = _parts(home, row.source, row.batch, contract.dataset, in_file, number)
    tables[row.dataset] = _corrected(tables[row.dataset], row.row, corrections)
    placed = {name: _placed(table) for name, table in tables.items()}
    return land_decision(home, of, decision, placed, of.files[row.place], clock)


def _rows(home: Home, source: str, batch: str, dataset: str, in_file: pc.Expression, number: int) -> pa.Table:
    path = home.landing(source) / batch / f"{dataset}.parquet"
    return pq.read_table(path, filters=in_file & (pc.field("_row") == number))


def _parts(home: Home, source: str, batch: str, dataset: str, in_file: pc.Expression, number: int) -> pa.Table:
    path = home.landing(source) / batch / f"{dataset}.parquet"
    return pq.read_table(path, filters=in_file & (pc.field("part_of") == str(number)))


def _corrected(table: pa.Table, number: int, corrections: Mapping[str, str | None]) -> pa.Table:
    """The table with the corrected values in the row of that number."""
    chosen = pc.equal(table["_row"], number)
    for column, value in corrections.items():
        place = table.column_names.index(column)
        table = table.set_column(place, column, pc.if_else(chosen, pa.scalar(value, pa.string()), table[column]))
    return table


def _placed(table: pa.Table) -> pa.Table:
    """The rows as those of the one file of their batch."""
    nothing = pa.chunked_array([pa.repeat(pa.scalar(0, pa.int32()), table.num_rows)])
    for name in ("_drop", "_file"):
        table = table.set_column(table.column_names.index(name), name, nothing)
    return table


def _check(owner: str, reason: str) -> None:
    if not owner.strip() or not reason.strip():
        raise DecisionError("a decision has an owner and a reason. Give both.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DecisionError("a day is written like 2026-12-31.") from None
