"""The generated calendar: seasons, windows, London time. No clock is read anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
FIRST_DAY = date(2021, 12, 1)
LAST_DAY = date(2024, 11, 30)
UNIT_LAUNCH = date(2020, 7, 1)


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True)
class Season:
    """A stretch of work whose end completes the twelve-month window ending with month `window`."""

    window: str
    span: Span

    @property
    def year_share(self) -> float:
        """Length of the season in years, to scale volumes that have no published figure."""
        return len(self.span.days()) / 365


# The window 2024-05 overlaps 2023-11 by half: its season is only the half year that is new.
SEASONS = (
    Season("2022-11", Span(date(2021, 12, 1), date(2022, 11, 30))),
    Season("2023-11", Span(date(2022, 12, 1), date(2023, 11, 30))),
    Season("2024-05", Span(date(2023, 12, 1), date(2024, 5, 31))),
    Season("2024-11", Span(date(2024, 6, 1), LAST_DAY)),
)


def month_span(month: str) -> Span:
    """The days of one calendar month `YYYY-MM`."""
    first = date.fromisoformat(f"{month}-01")
    return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def window_span(month: str) -> Span:
    """The twelve months that end with `month`."""
    last = month_span(month).last
    first = date(last.year - 1, last.month, 1) + timedelta(days=31)
    return Span(first.replace(day=1), last)


def months() -> Iterator[str]:
    """Every month of the generated years, oldest first."""
    for year in range(FIRST_DAY.year, LAST_DAY.year + 1):
        for month in range(1, 13):
            if FIRST_DAY <= date(year, month, 1) <= LAST_DAY:
                yield f"{year}-{month:02d}"


def add_months(day: date, count: int) -> date:
    """The same day `count` months on, or that month's last day where it has no such day."""
    month = day.month - 1 + count
    span = month_span(f"{day.year + month // 12}-{month % 12 + 1:02d}")
    return min(span.first.replace(day=1) + timedelta(days=day.day - 1), span.last)


def random_day(rng: Random, span: Span) -> date:
    return span.first + timedelta(days=rng.randrange((span.last - span.first).days + 1))


def random_instant(rng: Random, span: Span) -> datetime:
    """A local time in the span. Never 01:xx, the hour that clocks skip or repeat: only planted ones may."""
    hour = rng.choice((0, *range(2, 24)))
    return datetime.combine(random_day(rng, span), time(hour, rng.randrange(60), rng.randrange(60)))


def day_after(rng: Random, moment: datetime, least: int, most: int) -> datetime:
    """An office-hours local time `least` to `most` days later."""
    day = moment.date() + timedelta(days=rng.randint(least, most))
    return datetime.combine(day, time(rng.randint(8, 20), rng.randrange(60), rng.randrange(60)))


def utc_text(local: datetime) -> str:
    """A local time as the UTC text that source systems write, `YYYY-MM-DDTHH:MM:SSZ`."""
    return local.replace(tzinfo=LONDON).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_text(local: datetime) -> str:
    return local.strftime("%Y-%m-%d %H:%M:%S")


def age_on(born: date, day: date) -> int:
    """Whole years; a person born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
