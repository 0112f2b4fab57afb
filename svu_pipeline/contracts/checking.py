"""The second pass: pandera over the cast values, one record batch at a time, every reason of every row.

pandera's own messages hold values, so none of them leaves this file; what is kept is which row broke which rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import narwhals.stable.v1 as nw
import pyarrow as pa
import pyarrow.compute as pc
from pandera.errors import SchemaError, SchemaErrorReason, SchemaErrors
from pandera.pyarrow import DataFrameSchema

from svu_pipeline.contracts.casting import FLAG, TRACE, value_columns
from svu_pipeline.contracts.model import Action, Contract, Rule, reason_of, rules_of

REASONS_SCHEMA = pa.schema(
    [
        ("_file", pa.int32()),
        ("_row", pa.int64()),
        ("column", pa.string()),
        ("reason", pa.string()),
        ("action", pa.string()),
    ]
)


class ContractError(Exception):
    """A contract that cannot be evaluated: a fault of the project's, never of the data."""


@dataclass
class Checked:
    """One record batch after both passes: its values with `_held`, and its reasons, one row each."""

    values: pa.Table
    reasons: list[pa.Table] = field(default_factory=list)


def check(contract: Contract, cast: pa.Table) -> Checked:
    """Check rows as cast (`casting.cast`).

    Gives the cast values with a boolean `_held`, values withheld where a rule says so, and for each broken rule the rows
    that break it.
    """
    rules = {(rule.column, rule.reason): rule for rule in rules_of(contract)}
    broken = [*_defects(contract, cast, rules), *_cast_flags(cast, rules), *_pandera(contract, cast, rules)]
    held = pa.chunked_array([pa.repeat(pa.scalar(False), cast.num_rows)])
    values = cast.select([*TRACE[:3], *value_columns(contract)])
    reasons = []
    for rule, mask in broken:
        if rule.action is Action.HOLD:
            held = pc.or_(held, mask)
        elif rule.action is Action.WITHHOLD and rule.column in values.column_names:
            values = _withhold(values, rule.column, mask)
        reasons.append(_reasons(cast.filter(mask), rule))
    return Checked(values.append_column("_held", held), reasons)


Broken = tuple[Rule, pa.ChunkedArray]


def _defects(contract: Contract, cast: pa.Table, rules: dict[tuple[str, str], Rule]) -> Iterator[Broken]:
    """Records that the reader could not take apart; a defect that the contract does not foresee is a fault of ours."""
    found = set(pc.unique(cast["_defect"]).to_pylist()) - {None}
    if not found <= set(contract.defects):
        raise ContractError(f"{contract.dataset}: a reader gave a defect that the contract does not list")
    for defect in sorted(found):
        yield rules["row", defect], _filled(pc.equal(cast["_defect"], defect))


def _cast_flags(cast: pa.Table, rules: dict[tuple[str, str], Rule]) -> Iterator[Broken]:
    for name in cast.column_names:
        if name.startswith(FLAG) and pc.any(cast[name]).as_py():
            reason, column = name.removeprefix(FLAG).split(":")
            yield rules[column, reason], cast[name]


def _pandera(contract: Contract, cast: pa.Table, rules: dict[tuple[str, str], Rule]) -> Iterator[Broken]:
    """The rules of the pandera model."""
    whole = _filled(pc.is_null(cast["_defect"]))
    table = cast.select(value_columns(contract))
    if not table.num_rows:
        return
    try:
        _ruled(contract).validate(table, lazy=True)
        return
    except SchemaErrors as errors:
        found = [_named(contract, error) for error in errors.schema_errors]
    for column, reason, expression in found:
        kept = nw.from_native(table).select(kept=expression).to_native()["kept"]
        mask = pc.and_(pc.invert(pc.fill_null(kept, True)), whole)
        if pc.any(mask).as_py():
            yield rules[column, reason], mask


@cache
def _ruled(contract: Contract) -> DataFrameSchema:
    """The contract's pandera schema without the columns that no check speaks of: pandera takes 4 ms to look at each.

    Their types are those of the cast, which is held to the contract when the batch is written.
    """
    schema = contract.model.to_schema()
    return schema.remove_columns([name for name, column in schema.columns.items() if not column.checks])


def _named(contract: Contract, error: SchemaError) -> tuple[str, str, nw.Expr]:
    """Column, reason and expression of a failed pandera check."""
    if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK or not isinstance(error.check_output, nw.Expr):
        raise ContractError(f"{contract.dataset}: a rule could not be evaluated ({error.reason_code})") from None
    name = str(error.schema.name)
    if name == contract.model.__name__:
        return str(error.check.error), str(error.check.name), error.check_output
    return name, reason_of(str(error.check.name)), error.check_output


def _filled(mask: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(mask, False)


def _withhold(values: pa.Table, column: str, mask: pa.ChunkedArray) -> pa.Table:
    place = values.column_names.index(column)
    nothing = pa.scalar(None, values.schema.field(column).type)
    return values.set_column(place, column, pc.if_else(mask, nothing, values[column]))


def _reasons(rows: pa.Table, rule: Rule) -> pa.Table:
    constant = [pa.repeat(pa.scalar(text), rows.num_rows) for text in (rule.column, rule.reason, rule.action.value)]
    return pa.table([rows["_file"], rows["_row"], *constant], schema=REASONS_SCHEMA)
