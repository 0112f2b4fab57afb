"""How one value is read: dates, times, numbers and identifiers as `sources.md` writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
PIVOT_YEAR = 26  # two-digit years above it are 19xx


class BadValueError(ValueError):
    """A value that cannot be read; `reason` is the code to hold or withhold it under."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, order=True)
class LocalTime:
    """A London wall-clock time: the instant in UTC, and the wall clock itself."""

    utc: datetime
    wall: datetime
    is_ambiguous: bool

    @property
    def on(self) -> date:
        return self.wall.date()


def iso_day(text: str) -> date:
    """`YYYY-MM-DD`."""
    return _day(text, r"(\d{4})-(\d{2})-(\d{2})", (1, 2, 3))


def british_day(text: str) -> date:
    """`DD/MM/YYYY`."""
    return _day(text, r"(\d{2})/(\d{2})/(\d{4})", (3, 2, 1))


def _day(text: str, pattern: str, year_month_day: tuple[int, int, int]) -> date:
    match = re.fullmatch(pattern, str(text), re.ASCII)
    if not match:
        raise BadValueError("bad_date")
    year, month, day = (int(match[group]) for group in year_month_day)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValueError("bad_date") from None


def cell_day(cell: object) -> date:
    """A real date cell, or text `DD/MM/YYYY`; a serial number or anything else is no date."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        return british_day(cell)
    raise BadValueError("bad_date")


def utc_instant(text: str) -> datetime:
    """`YYYY-MM-DDTHH:MM:SSZ`."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", str(text), re.ASCII):
        raise BadValueError("bad_date")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise BadValueError("bad_date") from None


def iso_local_time(text: str) -> LocalTime:
    """`YYYY-MM-DD HH:MM:SS` on the London wall clock."""
    return _local_time(text, r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", "%Y-%m-%d %H:%M:%S")


def british_local_time(text: str) -> LocalTime:
    """`DD/MM/YYYY HH:MM` on the London wall clock."""
    return _local_time(text, r"\d{2}/\d{2}/\d{4} \d{2}:\d{2}", "%d/%m/%Y %H:%M")


def _local_time(text: str, pattern: str, layout: str) -> LocalTime:
    if not re.fullmatch(pattern, str(text), re.ASCII):
        raise BadValueError("bad_date")
    try:
        wall = datetime.strptime(text, layout)
    except ValueError:
        raise BadValueError("bad_date") from None
    utc = wall.replace(tzinfo=LONDON, fold=0).astimezone(UTC)
    if utc.astimezone(LONDON).replace(tzinfo=None) != wall:
        raise BadValueError("nonexistent_time")
    is_ambiguous = wall.replace(tzinfo=LONDON, fold=1).astimezone(UTC) != utc
    return LocalTime(utc, wall, is_ambiguous)


def whole(raw: object) -> int:
    """A whole number, from JSON or from digits."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and re.fullmatch(r"-?\d+", raw, re.ASCII):
        return int(raw)
    raise BadValueError("bad_number")


def flag(raw: object) -> bool:
    """A JSON boolean."""
    if isinstance(raw, bool):
        return raw
    raise BadValueError("bad_format")


def decimal(text: str) -> Decimal:
    """A plain decimal number: no exponent, no thousands separator."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", str(text), re.ASCII):
        raise BadValueError("bad_number")
    return Decimal(text)


def pounds(cell: object) -> Decimal:
    """A number ≥ 0, or text with `£` and thousands commas."""
    if isinstance(cell, bool):
        raise BadValueError("bad_number")
    if isinstance(cell, (int, float)):
        amount = Decimal(str(cell))
    elif isinstance(cell, str) and re.fullmatch(r"-?£?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", cell, re.ASCII):
        amount = Decimal(cell.replace("£", "").replace(",", ""))
    else:
        raise BadValueError("bad_number")
    if amount < 0:
        raise BadValueError("out_of_range")
    return amount


def pnc_id(text: str) -> str:
    """The canonical form `YYYY/NNNNNNNX` of a full or short PNC id whose check letter holds."""
    match = re.fullmatch(r"(\d{4})/(\d{7})([A-Z])|(\d{2})/(\d{1,7})([A-Z])", text, re.ASCII)
    if not match:
        raise BadValueError("bad_identifier")
    year, serial, letter = match.groups()[:3] if match[1] else match.groups()[3:]
    serial = serial.zfill(7)
    if letter != pnc_check_letter(int(year) % 100, serial):
        raise BadValueError("bad_identifier")
    if len(year) == 2:
        year = ("19" if int(year) > PIVOT_YEAR else "20") + year
    return f"{year}/{serial}{letter}"


def pnc_check_letter(two_digit_year: int, padded_serial: str) -> str:
    """The letter at n mod 23, n = the two-digit year and the seven-digit serial written together."""
    return CHECK_LETTERS[int(f"{two_digit_year:02d}{padded_serial}") % 23]


def matching(pattern: str, text: str) -> str:
    """The text itself where it has the form asked for."""
    if not re.fullmatch(pattern, str(text), re.ASCII):
        raise BadValueError("bad_identifier")
    return text


def age_on(born_on: date, on: date) -> int:
    """Completed years; who was born on 29 February has the birthday on 1 March of a common year."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of that month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))
