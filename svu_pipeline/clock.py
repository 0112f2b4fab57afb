"""Windows, London time and instants.

Here: what a window of months is, how an instant is written and read, the wall clock of the pipeline.
Not here: which metric uses which date (`metrics/catalogue.py`) and the casting of source times (`contracts/casting.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from svu_pipeline.errors import Curable

LONDON = ZoneInfo("Europe/London")
UNIT_LAUNCHED_ON = date(2020, 7, 1)
"""The day the unit was set up: earlier work under one of its codes is kept and not counted (sources.md)."""

FOLLOW_UP = timedelta(days=91)
"""How long after its window's end a cohort measure stays provisional (counting.md, Window)."""


class TimeError(Curable, ValueError):
    """A window or an instant that cannot be read: says how one is written."""


Clock = Callable[[], datetime]


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Window:
    """A half-open run of whole months in Europe/London: `start` is its first day, `end` the day after its last.

    `label` is the last month (`2023-11`), `months` the length; the standard window is twelve months long.
    """

    label: str
    months: int
    start: date
    end: date

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def words(self) -> str:
        """The window as it is printed with every figure."""
        length = "month" if self.months == 1 else f"{self.months} months"
        verb = "of" if self.months == 1 else "to"
        if self.months == 1:
            return f"{length} {verb} {self.start:%B %Y}"
        return f"{length} {verb} {self.last_day.day} {self.last_day:%B %Y}"

    @property
    def closes_at(self) -> datetime:
        """The first instant after the window, in UTC."""
        return datetime(self.end.year, self.end.month, self.end.day, tzinfo=LONDON).astimezone(UTC)

    def is_provisional(self, as_at: datetime) -> bool:
        """Whether a cohort measure of this window is still open at `as_at`: 91 days have not passed since its end."""
        return as_at < self.closes_at + FOLLOW_UP


def window(text: str, months: int = 12) -> Window:
    """The window that ends with a month (`2023-11`), or a calendar year (`2023`, the same as `2023-12`).

    Raises TimeError with the cure when `text` names no month or `months` is not positive.
    """
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?", text)
    year, month = (int(match[1]), int(match[2] or 12)) if match else (0, 0)
    if not (1900 < year < 9998 and 1 <= month <= 12):
        raise TimeError("a window is named by its last month, as in 2023-11, or by a calendar year, as in 2023")
    if not 1 <= months <= 120:
        raise TimeError("a window is 1 to 120 months long")
    return Window(f"{year:04d}-{month:02d}", months, _first_day(year, month - months + 1), _first_day(year, month + 1))


def month_of(day: date) -> str:
    """The month of a day as a window label, `YYYY-MM`."""
    return f"{day:%Y-%m}"


def previous_month(instant: datetime) -> str:
    """The last complete month in London at an instant, as a window label."""
    return month_of(instant.astimezone(LONDON).date().replace(day=1) - timedelta(days=1))


def months_between(first: str, last: str) -> list[str]:
    """Window labels from `first` to `last`, both included."""
    start, end = window(first, 1).start, window(last, 1).start
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    return [month_of(_first_day(start.year, start.month + step)) for step in range(count)]


def instant(text: str) -> datetime:
    """An instant from ISO 8601 text (`2024-01-31T04:00:00Z`); a bare day means its last moment in London.

    Raises TimeError with the cure when the text is neither, or has no offset.
    """
    cure = "an instant is written like 2024-01-31T04:00:00Z, or 2024-01-31 for the end of that day"
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            day = date.fromisoformat(text) + timedelta(days=1)
            midnight = datetime(day.year, day.month, day.day, tzinfo=LONDON)
            return midnight.astimezone(UTC) - timedelta(microseconds=1)
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise TimeError(cure) from None
    if parsed.tzinfo is None:
        raise TimeError(cure)
    return parsed.astimezone(UTC)


def written(moment: datetime) -> str:
    """An instant as ISO 8601 in UTC to the microsecond: equal text for equal instants, and in time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def spoken(moment: datetime) -> str:
    """An instant as London's clock had it, in words: `22 November 2026, 04:03 GMT`."""
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y}, {local:%H:%M} {local.tzname()}"


def _first_day(year: int, month: int) -> date:
    """The first day of a month counted from January of `year`; months below 1 and above 12 carry over."""
    months = year * 12 + month - 1
    return date(months // 12, months % 12 + 1, 1)
