"""Numbers that are no claims: law, ages, dates, times, addresses, references (`aside.toml`)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
_NUM = (
    r"(?:\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty(?:[-\s]\w+)?|thirty(?:[-\s]\w+)?|forty)"
)
_SHORT = {"NUM": _NUM, "MONTH": MONTH, "DURATION": r"(?:minutes?|hours?|days?|weeks?|months?|years?|decades?)"}


@dataclass(frozen=True)
class Aside:
    """A stretch of a text whose numbers claim nothing, and what it is."""

    start: int
    end: int
    what: str


def asides(text: str) -> list[Aside]:
    """Every stretch of a text whose numbers are set aside; they may overlap."""
    return [
        Aside(match.start(), match.end(), what) for what, pattern in _patterns() for match in pattern.finditer(text)
    ]


def aside_at(found: list[Aside], start: int, end: int) -> Aside | None:
    """What touches a number, if anything does."""
    return next((aside for aside in found if aside.start < end and start < aside.end), None)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    content = tomllib.loads(resources.files("svu_pipeline.claims").joinpath("aside.toml").read_text("utf-8"))
    return tuple(
        (entry["what"], re.compile(_spelled(pattern), re.IGNORECASE | re.MULTILINE))
        for entry in content["aside"]
        for pattern in entry["patterns"]
    )


def _spelled(pattern: str) -> str:
    """A pattern with its short words written out."""
    return re.sub(r"(?<![A-Z])(NUM|MONTH|DURATION)(?![A-Z])", lambda word: _SHORT[word[0]], pattern)
