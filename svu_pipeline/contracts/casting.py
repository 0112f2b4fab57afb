"""The first pass: text to values in DuckDB, and for each rule of the casting which rows break it.

One SELECT a dataset, made from its contract. Beside the values it gives one boolean column a rule, so that a bad
value in one column hides nothing in another (pandera's second pass would see only a null).
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from svu_pipeline.contracts.model import UNKNOWN, Contract, FieldTerms, Kind, fields_of, sentinels_of

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

TRACE = ("_drop", "_file", "_row", "_defect")
"""Where a row came from, and the reader's reason when it could not take it apart."""

ROWS_AT_A_TIME = 65_536
"""Rows cast and checked together: enough to be fast, few enough to bound memory."""

FLAG = "?"
"""Marks a boolean column of the cast: `?reason:column` is true where the rule is broken."""

CodeMap = tuple[tuple[str, str], ...]
"""A force's codes in upper case, each with ours."""

CodeMaps = tuple[tuple[str, CodeMap], ...]
"""By column of a dataset, its code map."""

_PARTS = {
    Kind.CODE: "upper({raw})",
    Kind.PNC_ID: "pnc_parts({raw})",
    Kind.LOCAL_TIME: "local_time({raw})",
    Kind.LOCAL_MINUTE: "local_minute({raw})",
    Kind.PENCE: "pounds({raw})",
}
"""The first of two steps from trimmed text to value: what the value and the rules need more than once."""

_VALUES = {
    Kind.TEXT: "{part}",
    Kind.KEY: "as_key({part})",
    Kind.REFERENCE: "as_reference({part})",
    Kind.OPEN_CODE: "upper({part})",
    Kind.PNC_ID: "pnc_checked({part})",
    Kind.LOCAL_TIME: "london_to_utc({part})",
    Kind.LOCAL_MINUTE: "london_to_utc({part})",
    Kind.UTC: "as_instant({part})",
    Kind.DAY: "as_day({part})",
    Kind.REGISTER_DAY: "as_register_day({part})",
    Kind.WHOLE: "as_whole({part})",
    Kind.MILLIONTHS: "as_millionths({part})",
    Kind.PENCE: "whole_pence({part})",
    Kind.YES_NO: "as_yes_no({part})",
}
"""The second step; a kind without a first takes the trimmed text."""


def define_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the casting macros in a session."""
    connection.execute(resources.files("svu_pipeline.contracts").joinpath("casting.sql").read_text("utf-8"))


def cast(connection: duckdb.DuckDBPyConnection, contract: Contract, codes: CodeMaps = ()) -> pa.RecordBatchReader:
    """The rows of the relation `landed` as values and flags, in their order: the columns of `cast_query`, streamed.

    The session must have the casting macros, and is not to be used for anything else until the last batch is out.
    """
    return connection.execute(cast_query(contract, codes)).to_arrow_reader(ROWS_AT_A_TIME)


@cache
def cast_query(contract: Contract, codes: CodeMaps = ()) -> str:
    """The SELECT that casts the relation `landed` (text as landed) by a contract, and by a force's own codes.

    Gives the trace, each field by name, the London day beside each local time (`…_on`), the text beside each code
    (`…_raw`), and one flag a rule. Each step is a SELECT of its own, so that values and flags share what it made.
    """
    terms = fields_of(contract)
    has_flag = contract.withdrawn_when
    excused = f"coalesce(as_yes_no({_raw(has_flag)}), false)" if has_flag else "false"
    needed = {*contract.key, contract.version, has_flag}
    trimmed = ", ".join([*TRACE, *(f"plain({term.name}) AS {_raw(term.name)}" for term in terms)])
    parts = ", ".join(
        [
            "*",
            *(
                f"{_PARTS[term.kind].format(raw=_raw(term.name))} AS {_part(term)}"
                for term in terms
                if term.kind in _PARTS
            ),
        ]
    )
    ours = dict(codes)
    values = ", ".join(["*", *(f'{_value(term, ours.get(term.name, ()))} AS "{term.name}"' for term in terms)])
    outputs = [*TRACE]
    for term in terms:
        outputs += [f'"{term.name}"', *_beside(term), *_flags(term, "false" if term.name in needed else excused)]
    steps = f"(SELECT {values} FROM (SELECT {parts} FROM (SELECT {trimmed} FROM landed)))"  # noqa: S608 - from the contract alone
    return f"SELECT {', '.join(outputs)} FROM {steps}"  # noqa: S608 - from the contract alone


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


def _part(term: FieldTerms) -> str:
    return f'"part {term.name}"' if term.kind in _PARTS else _raw(term.name)


def _value(term: FieldTerms, codes: CodeMap) -> str:
    part = _part(term)
    if term.kind is Kind.CODE:
        listed = ", ".join(f"'{code}'" for code in term.codes)
        code = _ours(part, codes)
        return f"CASE WHEN {code} IN ({listed}) THEN {code} WHEN {part} IS NOT NULL THEN '{UNKNOWN}' END"
    value = _VALUES[term.kind].format(part=part)
    value = _ours(value, codes) if term.kind is Kind.OPEN_CODE else value
    return f"CASE WHEN NOT {_is_sentinel(term)} THEN {value} END" if sentinels_of(term) else value


def _ours(text: str, codes: CodeMap) -> str:
    """A code in upper case as ours, where the force's settings say which it is."""
    if not codes:
        return text
    quoted = [tuple(word.replace("'", "''") for word in pair) for pair in codes]
    whens = " ".join(f"WHEN '{theirs}' THEN '{ours}'" for theirs, ours in quoted)
    return f"CASE {text} {whens} ELSE {text} END"


def _is_sentinel(term: FieldTerms) -> str:
    """Whether the text is a day that stands for none: a text itself, for its form is strict."""
    listed = ", ".join(f"'{day}'" for day in sentinels_of(term))
    return f"({_raw(term.name)} IN ({listed}))" if listed else "false"


def _beside(term: FieldTerms) -> list[str]:
    """What is kept beside a value: of a local time its London day, of a code its text."""
    if term.kind.is_local:
        return [f'CASE WHEN "{term.name}" IS NOT NULL THEN CAST({_part(term)} AS DATE) END AS {term.day_name}']
    return [f"{_part(term)} AS {term.name}_raw"] if term.kind is Kind.CODE else []


def _flags(term: FieldTerms, excused: str) -> list[str]:
    """One boolean a rule that the casting of this field implies, false for a record that could not be taken apart."""
    raw, part, value = _raw(term.name), _part(term), f'"{term.name}"'
    flags = {}
    if term.required:
        empty = f"is_no_key({raw})" if term.kind is Kind.KEY else f"{raw} IS NULL"
        flags[term.kind.missing] = f"{empty} AND NOT {excused}"
    if term.kind is Kind.CODE:
        flags["unknown_code"] = f"{value} = '{UNKNOWN}'"
    elif term.kind.is_local:
        flags[term.kind.reason] = f"{raw} IS NOT NULL AND {part} IS NULL AND NOT {excused}"
        flags["nonexistent_time"] = f"{part} IS NOT NULL AND {value} IS NULL AND NOT {excused}"
        flags["ambiguous_time"] = f"is_ambiguous({value}, {part})"
    elif term.kind in (Kind.KEY, Kind.REFERENCE):
        flags[term.kind.reason] = f"is_mangled({raw})"
    elif term.kind not in (Kind.TEXT, Kind.OPEN_CODE):
        flags[term.kind.reason] = (
            f"{raw} IS NOT NULL AND {value} IS NULL AND NOT {_is_sentinel(term)} AND NOT {excused}"
        )
    if sentinels_of(term):
        flags["sentinel_date"] = f"{_is_sentinel(term)} AND NOT {excused}"
    return [
        f'_defect IS NULL AND coalesce({test}, false) AS "{FLAG}{reason}:{term.name}"' for reason, test in flags.items()
    ]
