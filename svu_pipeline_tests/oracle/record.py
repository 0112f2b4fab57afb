"""One delivered row being read: what it says, and every reason why it is held, withheld or warned."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, TypeVar

from . import codes
from .values import BadValueError, LocalTime, pnc_id

Value = TypeVar("Value")
Raw = Mapping[str, object]


class Record:
    """A row with its cast `values`, its `key`, the `order` of its version, and notes (column, reason)."""

    def __init__(self, dataset: str, raw: Raw) -> None:
        self.dataset = dataset
        self.raw = {name: _trimmed(value) for name, value in raw.items()}
        self.values: dict[str, Any] = {}
        self.key: tuple[object, ...] | None = None
        self.order: object = None
        self.is_withdrawal = False
        self.held: list[tuple[str, str]] = []
        self.withheld: list[tuple[str, str]] = []
        self.warned: list[tuple[str, str]] = []
        self.parts: list[Record] = []

    def __getitem__(self, column: str) -> Any:
        return self.values[column]

    @property
    def is_held(self) -> bool:
        return bool(self.held)

    @property
    def has_unknown_code(self) -> bool:
        return any(reason == "unknown_code" for _, reason in self.warned)

    def same_as(self, other: Record) -> bool:
        """Whether both rows say the same, the parts (results of a hearing) included."""
        if self.values != other.values or self.is_withdrawal != other.is_withdrawal:
            return False
        return [part.values for part in self.parts] == [part.values for part in other.parts]

    def hold(self, column: str, reason: str) -> None:
        self.held.append((column, reason))

    def warn(self, column: str, reason: str) -> None:
        self.warned.append((column, reason))

    def read(self, column: str, cast: Callable[[Any], Value], *, required: bool = False) -> Value | None:
        """The cast value, or None: a required column that is empty or uncastable holds the row."""
        value = None
        raw = self.raw.get(column)
        if raw is None:
            if required:
                self.hold(column, "missing_required")
        else:
            try:
                value = cast(raw)
            except BadValueError as bad:
                (self.held if required else self.withheld).append((column, bad.reason))
        self.values[column] = value
        if isinstance(value, LocalTime) and value.is_ambiguous:
            self.warn(column, "ambiguous_time")
        return value

    def text(self, column: str, *, required: bool = False) -> str | None:
        return self.read(column, str, required=required)

    def open_code(self, column: str, *, required: bool = False) -> str | None:
        """A code of an open list: case-folded, never unknown."""
        return self.read(column, lambda raw: str(raw).upper(), required=required)

    def code(self, column: str, known: Collection[str], *, required: bool = False) -> str | None:
        """A code of a closed list; any other is read as UNKNOWN, the raw one beside it."""
        value = self.open_code(column, required=required)
        if value is None or value in known:
            return value
        self.warn(column, "unknown_code")
        self.values[column] = "UNKNOWN"
        self.values[f"{column}_raw"] = value
        return "UNKNOWN"

    def pnc_id(self) -> str | None:
        return self.read("pnc_id", lambda raw: pnc_id(str(raw)))

    def district(self) -> None:
        district = self.open_code("district_code")
        if district is not None and district not in codes.ESSEX_DISTRICTS:
            self.warn("district_code", "out_of_area")

    def unit(self, column: str, dated: str, on: date | None) -> None:
        """The unit, and whether the row is the unit's counted work (`is_svu`) given its date."""
        unit = self.open_code(column, required=True)
        is_svu = unit in codes.SVU_UNITS
        if is_svu and on is not None and on < codes.SVU_SET_UP_ON:
            self.warn(dated, "before_unit_launch")
            is_svu = False
        self.values["is_svu"] = is_svu


def _trimmed(value: object) -> object:
    """Surrounding blanks off; empty text is null."""
    if isinstance(value, str):
        return value.strip() or None
    return value
