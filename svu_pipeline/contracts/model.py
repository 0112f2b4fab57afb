"""The words a contract is written in: kinds of field, what a broken rule does, what identifies a record.

A contract is a `pandera.pyarrow` model whose fields also say how their text is cast (`kind`) and whose frame rules say what
breaking them does (`Action`). Not here: the casting itself (`casting.py`), the checking (`checking.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

import pandera.pyarrow as pandera
import pyarrow as pa

if TYPE_CHECKING:
    from datetime import date, datetime

    import narwhals.stable.v1 as nw

    Instant = datetime
    Day = date
else:
    Instant = pa.timestamp("us")
    Day = pa.date32()

UNKNOWN = "UNKNOWN"
"""What a code outside its list is read as; it satisfies no filter that names the codes it wants."""


class Action(Enum):
    """What a broken rule does to the row: keep it out, keep the value out, or only be counted."""

    HOLD = "held"
    WITHHOLD = "withheld"
    WARN = "warned"


class Kind(Enum):
    """How the text of a field becomes a value; the second word is the reason where it cannot."""

    TEXT = ("a text", "bad_format")
    CODE = ("a code of a closed list, read without regard to case", "unknown_code")
    KEY = (
        "the record's own reference, not TBC, UNKNOWN or 0; compared in composed letters, without what cannot be seen",
        "excel_mangled_id",
    )
    REFERENCE = (
        "the reference of another record, compared as that one's is",
        "excel_mangled_id",
    )
    OPEN_CODE = ("code of an open list, read without regard to case", "bad_format")
    PNC_ID = ("a PNC id in canonical form", "bad_identifier")
    LOCAL_TIME = (
        "a Europe/London wall clock time YYYY-MM-DD HH:MM:SS, kept as UTC with the London day beside",
        "bad_date",
    )
    LOCAL_MINUTE = (
        "a Europe/London wall clock time DD/MM/YYYY HH:MM, kept as UTC with the London day beside",
        "bad_date",
    )
    UTC = ("an instant YYYY-MM-DDTHH:MM:SSZ", "bad_date")
    DAY = ("a day YYYY-MM-DD", "bad_date")
    REGISTER_DAY = ("a day DD/MM/YYYY, as a workbook's real date or text", "bad_date")
    WHOLE = ("a whole number", "bad_number")
    MILLIONTHS = ("a decimal number, kept as whole millionths", "bad_number")
    PENCE = ("an amount in pounds, with or without sign and thousands commas, kept as whole pence", "bad_number")
    YES_NO = ("true or false", "bad_format")

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def reason(self) -> str:
        return self.value[1]

    @property
    def missing(self) -> str:
        """The reason where a required field is empty."""
        return "missing_key" if self is Kind.KEY else "missing_required"

    @property
    def is_local(self) -> bool:
        return self in (Kind.LOCAL_TIME, Kind.LOCAL_MINUTE)


class Personal(Enum):
    """How close a field is to a person: governs which zone it may enter."""

    DIRECT = "direct identifier"
    INDIRECT = "about a person"
    NONE = "none"


@dataclass(frozen=True)
class Rule:
    """One rule of a contract: the column it speaks of, the reason it gives, what breaking it does, in words."""

    dataset: str
    column: str
    reason: str
    action: Action
    words: str

    @property
    def name(self) -> str:
        """A name that is unique within the dataset and fit for an asset check."""
        return f"{self.column}__{self.reason}"


@dataclass(frozen=True)
class Contract:
    """A dataset's contract: its pandera model, what one row is, and how versions of a record follow one another.

    `key` are the columns that make a record the same record; empty for public rows, which have none. `version` orders
    versions (None: delivery does). `withdrawn_when` names a flag that withdraws the record: such a row needs no more
    than key and version. `withdrawn_by` names the dataset whose keys withdraw for ever. `part_of` names the dataset whose
    record this is a part of (through the column `part_of`): it stands or falls with it. `defects` are the reasons for
    which a reader can hand on a record that it could not take apart.
    """

    dataset: str
    source: str
    model: type[pandera.DataFrameModel]
    grain: str
    key: tuple[str, ...] = ()
    version: str | None = None
    withdrawn_when: str | None = None
    withdrawn_by: str | None = None
    part_of: str | None = None
    defects: tuple[str, ...] = ()


def field(
    kind: Kind,
    title: str,
    *,
    required: bool = False,
    codes: tuple[str, ...] = (),
    personal: Personal = Personal.NONE,
    **checks: Any,
) -> Any:
    """A field of a contract: how it is cast, in words, and pandera's own checks (`str_matches`, `gt`, …).

    Whether it is given is judged by the casting, which still knows an empty cell from one that could not be cast; pandera
    would only see a null, and list every one of them.
    """
    metadata = {"kind": kind, "required": required, "codes": codes, "personal": personal}
    return pandera.Field(nullable=True, title=title, metadata=metadata, **checks)


def rule(reason: str, column: str, action: Action = Action.HOLD) -> Callable[[Any], Any]:
    """A rule over several columns, as a pandera frame check: the method gives a narwhals expression true where kept.

    The reason becomes the check's `name`, the action its `title`, the column its `error`, the docstring its description.
    """

    def as_check(method: Callable[..., nw.Expr]) -> Any:
        return pandera.dataframe_check(
            native=False,
            name=reason,
            title=action.value,
            error=column,
            description=" ".join((method.__doc__ or "").split()),
        )(method)

    return as_check


@dataclass(frozen=True)
class FieldTerms:
    """What a contract says of one field, read back from its pandera column."""

    name: str
    kind: Kind
    title: str
    required: bool
    codes: tuple[str, ...]
    personal: Personal

    @property
    def day_name(self) -> str:
        """The name of the London day beside a local time: `arrested_at` has `arrested_on`."""
        return self.name.removesuffix("_at") + "_on"


@cache
def fields_of(contract: Contract) -> list[FieldTerms]:
    """The fields of a contract in order."""
    columns = contract.model.to_schema().columns
    return [FieldTerms(name=name, title=column.title, **column.metadata) for name, column in columns.items()]


_NO_DAY = ("0001-01-01", "1900-01-01", "1970-01-01", "9999-12-31")


def sentinels_of(term: FieldTerms) -> tuple[str, ...]:
    """Days that systems write where they have none, as the field would write them; read as null.

    The first of January 1970 is a birthday like any other, and no day on which the unit did anything.
    """
    if term.kind not in (Kind.DAY, Kind.REGISTER_DAY):
        return ()
    days = [day for day in _NO_DAY if not (day.startswith("1970") and term.personal is not Personal.NONE)]
    return tuple(days if term.kind is Kind.DAY else ("/".join(reversed(day.split("-"))) for day in days))


BUILT_IN_REASONS = {"str_matches": "bad_identifier"}
"""The reason a pandera built-in gives when it fails; every other one is about a range."""


BUILT_IN_WORDS = {"bad_identifier": "is of the agreed form", "out_of_range": "is within its range"}


def reason_of(check_name: str) -> str:
    return BUILT_IN_REASONS.get(check_name, "out_of_range")


@cache
def rules_of(contract: Contract) -> list[Rule]:
    """Every rule of a contract in the order in which it is checked; each is an asset check and has a killer row."""
    dataset = contract.dataset
    rules = [
        Rule(dataset, "row", defect, Action.HOLD, f"the record can be taken apart ({defect})")
        for defect in contract.defects
    ]
    for term in fields_of(contract):
        rules += _cast_rules(dataset, term)
    schema = contract.model.to_schema()
    for name, column in schema.columns.items():
        action = Action.HOLD if column.metadata["required"] else Action.WITHHOLD
        for check in column.checks:
            reason = reason_of(check.name)
            rules.append(Rule(dataset, name, reason, action, f"{column.title}: {BUILT_IN_WORDS[reason]}"))
    for check in schema.checks:
        rules.append(Rule(dataset, check.error, check.name, Action(check.title), check.description))
    if contract.key and len(fields_of(contract)) > len(contract.key):
        words = "no two different rows of one key and equal order in one delivery"
        rules.append(Rule(dataset, "_".join(contract.key), "conflicting_duplicate", Action.HOLD, words))
    return rules


def _cast_rules(dataset: str, term: FieldTerms) -> list[Rule]:
    """The rules that the casting of one field implies."""
    severity = Action.HOLD if term.required else Action.WITHHOLD
    rules = []
    if term.required:
        rules.append(Rule(dataset, term.name, term.kind.missing, Action.HOLD, f"{term.title}: is given"))
    if term.kind is Kind.CODE:
        listed = ", ".join(term.codes)
        rules.append(Rule(dataset, term.name, "unknown_code", Action.WARN, f"{term.title}: is one of {listed}"))
    elif term.kind not in (Kind.TEXT, Kind.OPEN_CODE):
        action = Action.WITHHOLD if term.kind is Kind.PNC_ID else severity
        rules.append(Rule(dataset, term.name, term.kind.reason, action, f"{term.title}: is {term.kind.words}"))
    if sentinels_of(term):
        words = f"{term.title}: is not a day that stands for no day ({', '.join(sentinels_of(term))})"
        rules.append(Rule(dataset, term.name, "sentinel_date", severity, words))
    if term.kind.is_local:
        words = f"{term.title}: is a time that the London clock showed"
        rules.append(Rule(dataset, term.name, "nonexistent_time", severity, words))
        words = f"{term.title}: is a time that the London clock showed once"
        rules.append(Rule(dataset, term.name, "ambiguous_time", Action.WARN, words))
    return rules
