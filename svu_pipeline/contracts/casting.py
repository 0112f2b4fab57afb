"""The first pass: text to values in DuckDB, and for each rule of the casting which rows break it.

One SELECT a dataset, made from its contract. Beside the values it gives one boolean column a rule, so that a bad
value in one column hides nothing in another (pandera's second pass would see only a null).
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from svu_pipeline.contracts.model import UNKNOWN, Contract, FieldTerms, Kind, fields_of

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

TRACE = ("_drop", "_file", "_row", "_defect")
"""Where a row came from, and the reader's reason when it could not take it apart."""

FLAG = "?"
"""Marks a boolean column of the cast: `?reason:column` is true where the rule is broken."""

_EXPRESSIONS = {
    Kind.TEXT: "{r}",
    Kind.OPEN_CODE: "upper({r})",
    Kind.PNC_ID: "as_pnc_id({r})",
    Kind.LOCAL_TIME: "london_to_utc(local_time({r}))",
    Kind.LOCAL_MINUTE: "london_to_utc(local_minute({r}))",
    Kind.UTC: "as_instant({r})",
    Kind.DAY: "as_day({r})",
    Kind.REGISTER_DAY: "as_register_day({r})",
    Kind.WHOLE: "as_whole({r})",
    Kind.MILLIONTHS: "as_millionths({r})",
    Kind.PENCE: "as_pence({r})",
    Kind.YES_NO: "as_yes_no({r})",
}
_WALL_CLOCK = {Kind.LOCAL_TIME: "local_time({r})", Kind.LOCAL_MINUTE: "local_minute({r})"}


def define_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the casting macros in a session."""
    connection.execute(resources.files("svu_pipeline.contracts").joinpath("casting.sql").read_text("utf-8"))


@cache
def cast_query(contract: Contract) -> str:
    """The SELECT that casts the relation `landed` (text as landed) by a contract.

    Gives the trace, each field by name, the London day beside each local time (`…_on`), the text beside each code
    (`…_raw`), and one flag a rule.
    """
    terms = fields_of(contract)
    has_flag = contract.withdrawn_when
    excused = f"coalesce(as_yes_no({_raw(has_flag)}), false)" if has_flag else "false"
    needed = {*contract.key, contract.version, has_flag}
    outputs = [*TRACE]
    for term in terms:
        outputs += _values(term)
        outputs += _flags(term, "false" if term.name in needed else excused)
    inputs = ", ".join([*TRACE, *(f"plain({term.name}) AS {_raw(term.name)}" for term in terms)])
    return f"SELECT {', '.join(outputs)} FROM (SELECT {inputs} FROM landed)"  # noqa: S608 - from the contract alone


def value_columns(contract: Contract) -> list[str]:
    """The names of the cast values in order: fields, days beside local times, raw text beside codes."""
    names = []
    for term in fields_of(contract):
        names.append(term.name)
        if term.kind.is_local:
            names.append(term.day_name)
        if term.kind is Kind.CODE:
            names.append(f"{term.name}_raw")
    return names


def values_schema(contract: Contract) -> pa.Schema:
    """The schema of a dataset's checked values: `_batch`, the trace, the values, `_held`."""
    import pyarrow as pa

    types = {
        **dict.fromkeys((Kind.LOCAL_TIME, Kind.LOCAL_MINUTE, Kind.UTC), pa.timestamp("us")),
        **dict.fromkeys((Kind.DAY, Kind.REGISTER_DAY), pa.date32()),
        **dict.fromkeys((Kind.WHOLE, Kind.MILLIONTHS, Kind.PENCE), pa.int64()),
        Kind.YES_NO: pa.bool_(),
    }
    fields = [("_batch", pa.string()), ("_drop", pa.int32()), ("_file", pa.int32()), ("_row", pa.int64())]
    for term in fields_of(contract):
        fields.append((term.name, types.get(term.kind, pa.string())))
        if term.kind.is_local:
            fields.append((term.day_name, pa.date32()))
        if term.kind is Kind.CODE:
            fields.append((f"{term.name}_raw", pa.string()))
    return pa.schema([*fields, ("_held", pa.bool_())])


def _raw(name: str | None) -> str:
    return f'"raw {name}"'


def _typed(term: FieldTerms) -> str:
    raw = _raw(term.name)
    if term.kind is Kind.CODE:
        listed = ", ".join(f"'{code}'" for code in term.codes)
        return f"CASE WHEN upper({raw}) IN ({listed}) THEN upper({raw}) WHEN {raw} IS NOT NULL THEN '{UNKNOWN}' END"
    return _EXPRESSIONS[term.kind].format(r=raw)


def _values(term: FieldTerms) -> list[str]:
    raw = _raw(term.name)
    values = [f'{_typed(term)} AS "{term.name}"']
    if term.kind.is_local:
        wall = _WALL_CLOCK[term.kind].format(r=raw)
        values.append(f"CASE WHEN {_typed(term)} IS NOT NULL THEN CAST({wall} AS DATE) END AS {term.day_name}")
    if term.kind is Kind.CODE:
        values.append(f"upper({raw}) AS {term.name}_raw")
    return values


def _flags(term: FieldTerms, excused: str) -> list[str]:
    """One boolean a rule that the casting of this field implies, false for a record that could not be taken apart."""
    raw, typed = _raw(term.name), _typed(term)
    flags = {}
    if term.required:
        flags["missing_required"] = f"{raw} IS NULL AND NOT {excused}"
    if term.kind is Kind.CODE:
        flags["unknown_code"] = f"{typed} = '{UNKNOWN}'"
    elif term.kind.is_local:
        wall = _WALL_CLOCK[term.kind].format(r=raw)
        flags["bad_time"] = f"{raw} IS NOT NULL AND {wall} IS NULL AND NOT {excused}"
        flags["nonexistent_time"] = f"{wall} IS NOT NULL AND {typed} IS NULL AND NOT {excused}"
        flags["ambiguous_time"] = f"coalesce(is_ambiguous({wall}), false)"
    elif term.kind not in (Kind.TEXT, Kind.OPEN_CODE):
        flags[term.kind.reason] = f"{raw} IS NOT NULL AND {typed} IS NULL AND NOT {excused}"
    return [
        f'_defect IS NULL AND coalesce({test}, false) AS "{FLAG}{reason}:{term.name}"' for reason, test in flags.items()
    ]
