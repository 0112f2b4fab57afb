"""The windows that a text names: `in October`, `in the last year`, `since January`, `in 2022`, one day.

A month without a year is the last such month in the window that is checked against. What a text leaves open is that window.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from svu_pipeline.claims.aside import MONTH
from svu_pipeline.claims.figures import year_before
from svu_pipeline.clock import Window, months_between
from svu_pipeline.clock import window as parse

_M = f"(?P<month>{MONTH})(?:,?\\s+(?P<year>\\d{{4}}))?"
_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "eighteen": 18,
}  # fmt: skip
_COUNT = r"(?P<count>\d{1,2}|" + "|".join(_NUMBERS) + ")"
_EARLIER = r"(?:previous|preceding|prior)"
_SINGLE = (
    r"\b(?:yesterday|this (?:morning|week|weekend)|last (?:week|night|weekend)|overnight|over the weekend|(?:in|on) (?:just )?(?:one|a single) (?:day|night|weekend|week)"
    r"|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:a|one|the) day of action|at its (?:latest|last) \w+"
    r"|(?:its|the|their|whose|our) (?:most recent|latest|last|final) (?:\w+ )?(?:deployment|outing|operation|event|appearance|one)|during (?:one|a single) (?:deployment|operation)|in one (?:deployment|operation|raid)|at (?:\w+ ){1,2}(?:airport|railway station|motorway services|docks)|on one occasion)\b"
)


@dataclass(frozen=True)
class Mention:
    """A window named at `start` to `end` of a text; None where it is a day, a week or one deployment: no figure's window.

    `day` is that day where it is named; `also` is the other window that the words may mean (`last year`).
    """

    start: int
    end: int
    window: Window | None
    day: date | None = None
    also: Window | None = None

    @property
    def is_named(self) -> bool:
        """Whether the text names it: what a number is only compared with is inferred, and not the next number's."""
        return self.end > self.start


def mentions(text: str, default: Window) -> list[Mention]:
    """Every window named in a text, in order, the longer of two that overlap."""
    found: list[Mention] = []
    for pattern, make in _RULES:
        for match in pattern.finditer(text):
            made = make(match, default)
            if made is not None and not any(m.start < made.end and made.start < m.end for m in found):
                found.append(made)
    return sorted(found, key=lambda mention: mention.start)


def label_of(window: Window | None) -> str:
    """A window as it stands in a claim: `2023-11` for twelve months, `2023-10/1` for one; '' for none."""
    if window is None:
        return ""
    return window.label if window.months == 12 else f"{window.label}/{window.months}"


def _year_to(match: re.Match[str], default: Window) -> Mention | None:
    return _mention(match, parse(_month(match["month"], match["year"], default), 12))


def _months_to(match: re.Match[str], default: Window) -> Mention:
    length = _count(match["count"])
    label = _month(match["month"], match["year"], default) if match["month"] else default.label
    return _mention(match, parse(label, length))


def _one_month(match: re.Match[str], default: Window) -> Mention | None:
    if match["month"].lower() in ("may", "march", "mar") and not match["month"][0].isupper():
        return None
    return _mention(match, parse(_month(match["month"], match["year"], default), 1))


def _since(match: re.Match[str], default: Window) -> Mention | None:
    first = _month(match["month"], match["year"], default)
    if first > default.label:
        return None
    return _mention(match, parse(default.label, len(months_between(first, default.label))))


def _from_to(match: re.Match[str], default: Window) -> Mention | None:
    last = _month(match["to_month"], match["to_year"], default)
    first = _month(match["month"], match["year"] or match["to_year"], default)
    if re.match(r"\s+next\b", match.string[match.end() :]):
        return None
    if first > last:
        first = f"{int(first[:4]) - 1}{first[4:]}"
    return _mention(match, parse(last, len(months_between(first, last))))


def _day(match: re.Match[str], default: Window) -> Mention | None:
    label = _month(match["month"], match["year"], default)
    try:
        day = date(int(label[:4]), int(label[5:]), int(match["day"]))
    except ValueError:
        return None
    return Mention(match.start(), match.end(), None, day)


def _last_year(match: re.Match[str], default: Window) -> Mention:
    return Mention(match.start(), match.end(), default, also=year_before(default))


def _named_year(match: re.Match[str], default: Window) -> Mention:
    """`2022/23`: the year of the kind that is checked against, which ends in the later of the two."""
    return _mention(match, parse(f"{match['first'][:2]}{match['year']}{default.label[4:]}", 12))


def _calendar(match: re.Match[str], _default: Window) -> Mention:
    return _mention(match, parse(f"{match['year']}-12", 12))


def _fixed(make: Callable[[Window], Window]) -> Callable[[re.Match[str], Window], Mention]:
    return lambda match, default: _mention(match, make(default))


def _single(match: re.Match[str], _default: Window) -> Mention:
    return Mention(match.start(), match.end(), None)


def _mention(match: re.Match[str], window: Window) -> Mention:
    return Mention(match.start(), match.end(), window)


def _count(word: str) -> int:
    return _NUMBERS.get(word.lower(), 0) or max(1, int(word) if word.isdigit() else 1)


def _month(name: str, year: str | None, default: Window) -> str:
    """The label of a named month; without a year, the last such month up to the end of the window."""
    number = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].index(
        name[:3].lower()
    ) + 1
    if year:
        return f"{year}-{number:02d}"
    ending = default.label
    same = f"{ending[:4]}-{number:02d}"
    return same if same <= ending else f"{int(ending[:4]) - 1}-{number:02d}"


def _rule(
    pattern: str, make: Callable[[re.Match[str], Window], Mention | None]
) -> tuple[re.Pattern[str], Callable[[re.Match[str], Window], Mention | None]]:
    return re.compile(pattern, re.IGNORECASE), make


_TO = f"(?P<to_month>{MONTH})(?:,?\\s+(?P<to_year>\\d{{4}}))?"
_DAY_OF = r"(?:\d{1,2}(?:st|nd|rd|th)?\s+)?"
_RULES = [
    _rule(rf"\b(?:12|twelve) months (?:to|ending|up to|until)(?: the end of| the)?\s+{_DAY_OF}{_M}", _year_to),
    _rule(rf"\byear (?:to|ending|ended|up to)(?: the end of| in)?\s+{_DAY_OF}{_M}", _year_to),
    _rule(rf"\b{_COUNT} months (?:to|ending|up to|until)(?: the end of| the)?\s+{_DAY_OF}{_M}", _months_to),
    _rule(rf"\b(?:between|from)\s+{_DAY_OF}{_M}\s+(?:and|to|until)\s+{_DAY_OF}{_TO}", _from_to),
    _rule(rf"\b(?:previous|prior|preceding) (?:12|twelve) months|\b(?:the|{_EARLIER}) year before(?: that)?|\b(?:the )?{_EARLIER} year\b|\ba year (?:earlier|before|ago)\b|\b12 months (?:earlier|before|ago)\b|\b(?:in|of) the year before\b", _fixed(year_before)),
    _rule(r"(?<!the )(?<!past )\blast year\b(?!['’]s)", _last_year),
    _rule(r"\b(?P<first>20\d{2})/(?P<year>\d{2})\b(?!\d)", _named_year),
    _rule(r"\b(?:last|past|the|these|those) (?:12|twelve) months\b(?! (?:before|earlier|previous))|\b(?:the|this|last|past|a|single) year\b|\byear[- ]long\b|\bthis year\b", _fixed(lambda w: w)),
    _rule(rf"\b(?:last|past|final|latest) {_COUNT} months(?P<month>)(?P<year>)", _months_to),
    _rule(r"\b(?:last|final|latest|most recent) quarter\b", _fixed(lambda w: parse(w.label, 3))),
    _rule(r"\b(?:last|past|final|latest|this) month\b", _fixed(lambda w: parse(w.label, 1))),
    _rule(rf"\bsince\s+(?:the (?:start|beginning) of\s+)?{_DAY_OF}{_M}", _since),
    _rule(r"\b(?:calendar year|in|during|for|throughout|of|across)\s+(?:calendar year\s+|the whole of\s+|all of\s+)?(?P<year>(?:19|20)\d{2})\b(?![/–-])", _calendar),
    _rule(rf"\b(?:on|of|from)\s+(?:\w+day,?\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_M}", _day),
    _rule(rf"\b(?:on|of)\s+(?:\w+day,?\s+)?(?P<month>{MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?", _day),
    _rule(rf"\b(?:in|during|for|throughout|month of|month (?:for [\w ]+? )?(?:was|is)|last|within)\s+{_M}(?!\s+\d{{1,2}}\b)(?:\s+alone)?", _one_month),
    _rule(_SINGLE, _single),
]  # fmt: skip
