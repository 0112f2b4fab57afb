"""Every number in a text: digits, words, money, mass, shares, ranges, with the words that say how it is meant.

Here: what is a number, what it is in, how exact it is said. Not here: whether it is a claim (`aside.py`) and of what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache

from svu_pipeline.claims.claim import Number, Said, Unit

_GAP = r"[\s\u00a0\u202f]"
_ONES = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_SMALL = f"(?:{_TENS})(?:[-‑\\s](?:one|two|three|four|five|six|seven|eight|nine)(?!-))?|{_ONES}"
_SCALES = "hundred|thousand|million"
_WORDS = rf"(?:an?{_GAP}+(?={_SCALES}))?(?:{_SMALL}|{_SCALES})(?:(?:{_GAP}+and)?{_GAP}+(?:{_SMALL}|{_SCALES})\b){{0,9}}"  # no number that is written out has more words
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_TIMES = {"k": 3, "thousand": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9}

_MORE = r"more than|over|in excess of|upwards of|above|north of|exceeding|exceeded|passed|topped|just over|well over|in all over"
_FORMS: dict[Said, str] = {
    Said.MORE_THAN: _MORE,
    Said.AT_LEAST: r"at least|no fewer than|no less than|a minimum of|not less than",
    Said.AROUND: r"around|approximately|approx\.?|about|roughly|some|circa|c\.|ca\.|in the region of|an estimated|estimated|~",
    Said.ALMOST: r"almost|nearly|close to|just under|just short of|approaching|not quite",
    Said.UP_TO: r"up to|as many as|at most|no more than|a maximum of",
    Said.LESS_THAN: r"less than|fewer than|under|below",
}
_FORM = "|".join(f"(?P<{said.name}>{words})" for said, words in _FORMS.items())
_BEFORE = re.compile(rf"(?<![\w£])(?:{_FORM}){_GAP}*(?:(?:a|an|the|a total of){_GAP}+)?$", re.IGNORECASE)
_AFTER = re.compile(
    rf"\+(?!\d)|{_GAP}(?P<least>or more|and counting|or above)\b|{_GAP}(?P<so>or so|or thereabouts)\b|{_GAP}plus\b",
    re.IGNORECASE,
)

_MONEY = rf"£{_GAP}?(?P<pounds>{_DIGITS})(?:{_GAP}?(?P<times>k|m|mn|bn|thousand|million|billion)\b)?"
_WORDED = rf"(?P<amount>{_DIGITS}|{_WORDS})(?:{_GAP}(?P<times_word>thousand|million))?{_GAP}(?:pounds|quid)\b(?!{_GAP}(?:of|in weight))"
_MASS_WORDS = r"kgs?|kilos?|kilogram(?:me)?s?|g|gram(?:me)?s?|lbs?|pounds?(?=\s(?:of|in weight))|oz|ounces?|tonnes?"
_MASSES = {
    "k": Fraction(1),
    "g": Fraction(1, 1000),
    "l": Fraction(45359237, 100_000_000),
    "p": Fraction(45359237, 100_000_000),
    "o": Fraction(28349523125, 10**12),
    "t": Fraction(1000),
}
"""Kilograms in each unit of mass, by the first letter of its name (counting.md: an ounce is 28.349523125 g)."""
_MASS = rf"(?P<mass>{_DIGITS}|{_WORDS})(?:{_GAP}|-)?(?P<in>{_MASS_WORDS})\b"
_PER_CENT = rf"(?P<percent>{_DIGITS}|{_WORDS}){_GAP}?(?:%|per{_GAP}?cent\b|percent\b|pc\b|percentage points?\b)"
_PARTS = "half|halves|thirds?|quarters?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?"
_NAMED = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_SHARE = (
    rf"(?P<top>{_ONES}|an?)(?:{_GAP}|-)(?P<part>{_PARTS})\b(?!{_GAP}(?:time|warrant|person|man|week|day|hour|party|sector|year))"
    rf"|\b(?P<half>half)\b(?!-|{_GAP}(?:an?{_GAP}(?:dozen|hour|million)|past|term|brother|sister|way))"
    rf"|(?P<in_top>{_ONES}|\d+){_GAP}(?:in|out{_GAP}of){_GAP}(?:every{_GAP})?(?P<in_part>{_ONES}|\d+)\b(?!{_GAP}(?:{_SCALES}))"
)
_VAGUE: dict[str, tuple[int, int | None]] = {
    "half a dozen": (6, 6), "a dozen": (12, 12), "dozens": (24, 999), "scores": (40, 999), "a couple": (2, 2),
    "hundreds": (200, 9_999), "thousands": (2_000, 999_999), "a handful": (3, 9), "tens of thousands": (20_000, 999_999),
    "hundreds of thousands": (200_000, 9_999_999), "a quarter of a million pounds": (250_000, 250_000),
    "half a million pounds": (500_000, 500_000),
}  # fmt: skip
"""What a vague word covers, from least to most: of British usage, a score being twenty and a dozen twelve."""
_VAGUE_WORD = "|".join(sorted(_VAGUE, key=len, reverse=True))
_NONE = rf"\b(?P<none>no|zero|nil)\b(?={_GAP}(?:\w+{_GAP}){{0,1}}(?:arrests?|weapons?|knives|firearms|guns|breach(?:es)?|referrals?|warrants?|people|orders|injunctions?|deployments?|leaflets|vehicles|children)\b)"
_NUMBER = re.compile(
    rf"(?<![\w.,£])(?:(?:{_MONEY})|(?P<vague>{_VAGUE_WORD})\b|(?:{_WORDED})|(?:{_MASS})|(?:{_PER_CENT})|(?:{_SHARE})"
    rf"|(?P<digits>{_DIGITS})(?:(?P<k>k)\b|{_GAP}(?P<times_count>thousand|million)\b)?|\b(?P<words>{_WORDS})\b|{_NONE})",
    re.IGNORECASE,
)
_AND = re.compile(rf"^{_GAP}*(?:to|and|-|–|—|or){_GAP}*$", re.IGNORECASE)
_BETWEEN = re.compile(rf"\b(?:between|from|anywhere from){_GAP}+$", re.IGNORECASE)
_DURATION = re.compile(rf"{_GAP}(?:months?|weeks?)\b", re.IGNORECASE)
"""`Orders from 36 to 60 months` is a range; `from 402 to 804 years` a change."""


def numbers(text: str) -> list[Number]:
    """Every number in a text, in order; a range is one number with two ends."""
    found: list[Number] = []
    for number in _single(text):
        if found and (joined := _range(text, found[-1], number)):
            found[-1] = joined
        else:
            found.append(number)
    return [_formed(text, number, found[place - 1].end if place else 0) for place, number in enumerate(found)]


def _single(text: str) -> Iterator[Number]:
    position = 0
    while match := _NUMBER.search(text, position):
        number = _read(match)
        position = max(number.end if number else match.end(), position + 1)
        if number is not None:
            yield number


def _read(match: re.Match[str]) -> Number | None:
    """A number from a match: what it is in, how many decimals it states."""
    group = match.groupdict()
    plain = Number(match.start(), match.start(), match.end(), match[0], Said.EXACT, Decimal(0))
    if group["pounds"] or group["amount"]:
        times = (group["times"] or group["times_word"] or "").lower()
        return _counted(plain, group["pounds"] or group["amount"], times, Unit.POUNDS)
    if group["mass"]:
        mass = _counted(plain, group["mass"], "", Unit.KILOGRAMS)
        return replace(mass, factor=_MASSES[group["in"][0].lower()]) if mass else None
    if group["percent"]:
        return _counted(plain, group["percent"], "", Unit.PER_CENT)
    if group["part"] or group["half"] or group["in_part"]:
        return _share(plain, group)
    if group["vague"]:
        low, high = _VAGUE[group["vague"].lower()]
        if low == high:
            said = Said.AROUND if "dozen" in group["vague"].lower() else Said.EXACT
            unit = Unit.POUNDS if group["vague"].lower().endswith("pounds") else Unit.COUNT
            return replace(plain, low=Decimal(low), said=said, unit=unit)
        return replace(plain, said=Said.VAGUE, low=Decimal(low), high=None if high is None else Decimal(high))
    if group["none"]:
        return plain
    if group["digits"]:
        return _counted(plain, group["digits"], (group["k"] or group["times_count"] or "").lower(), Unit.COUNT)
    return _worded(plain, group["words"])


def _worded(number: Number, written: str) -> Number | None:
    """Number words; of those that make no one number the first up to an `and`: `five and six` are two."""
    while (counted := _counted(number, written, "", Unit.COUNT)) is None:
        written, joined, _ = written.rpartition(" and ")
        if not joined:
            return None
    return replace(counted, end=number.start + len(written), text=written)


def _counted(number: Number, written: str, times: str, unit: Unit) -> Number | None:
    """A number with its value; None of number words that make none."""
    power, value = _TIMES.get(times, 0), _value(written)
    if value is None:
        return None
    decimals = max(0, -int(value.as_tuple().exponent))
    if not written[0].isdigit() and power == 0 and value >= 1000 and written.lower().endswith(("thousand", "million")):
        power, value = (3, value / 1000) if written.lower().endswith("thousand") else (6, value / 1_000_000)
    return replace(number, low=(value * 10**power).normalize() + 0, decimals=decimals - power, unit=unit)


@cache
def _value(written: str) -> Decimal | None:
    """The value of digits or number words; None of words that make no number (`one two`)."""
    if written[0].isdigit():
        return Decimal(written.replace(",", ""))
    from text_to_num import text2num

    words = re.sub(rf"^an?{_GAP}+", "one ", written.lower()).replace("\u00a0", " ").replace("‑", "-")
    if words in ("hundred", "thousand", "million"):
        words = f"one {words}"
    try:
        return Decimal(int(text2num(words, "en")))
    except ValueError:
        return None


def _share(number: Number, group: dict[str, str | None]) -> Number | None:
    """A share in words, in per cent: `two-thirds`, `half`, `one in four`; None of nought parts."""
    top, parts = (_value((group[name] or "one").lower()) for name in ("in_top", "in_part"))
    if group["half"]:
        parts = Decimal(2)
    elif group["part"]:
        word, part = (group["top"] or "a").lower(), group["part"].lower()
        top = _value("one" if word in ("a", "an") else word)
        parts = Decimal(_NAMED.get(part.removesuffix("s"), 2))
    if top is None or not parts:
        return None
    return replace(number, low=100 * top / parts, decimals=0, unit=Unit.PER_CENT, is_share=True)


def _range(text: str, first: Number, second: Number) -> Number | None:
    """Two numbers as one range: `36–60 months`, `between 400 and 450 people`, `£200,000 to £300,000`."""
    between = text[first.end : second.start]
    if "point" in first.text or re.search(r"\bby\s+$", text[: first.start]):
        return None
    if not _AND.match(between) or first.high is not None or second.low <= first.low or first.is_share:
        return None
    starts = _BETWEEN.search(text[: first.start])
    is_change = starts and starts[0].lower().startswith("from") and not _DURATION.match(text, second.end)
    is_joined = between.strip().lower() in ("to", "-", "–", "—") and not is_change
    if not (is_joined or (starts and starts[0].lower().startswith("between") and "and" in between.lower())):
        return None
    if first.unit is not second.unit and first.unit is not Unit.COUNT:
        return None
    start = starts.start() if starts and starts[0].lower().startswith("between") else first.start
    scale = second.low / first.low if first.low else Decimal(1)
    low = first.low * 1000 if second.unit is Unit.POUNDS and second.decimals <= -3 and scale >= 500 else first.low
    return replace(
        second, start=start, core=first.core, text=text[start : second.end], said=Said.BETWEEN, low=low, high=second.low
    )


def _formed(text: str, number: Number, previous_end: int) -> Number:
    """A number with the words of its form; those of a number before it are not its own."""
    start, end, said = number.start, number.end, number.said
    if number.said is not Said.BETWEEN and (before := _BEFORE.search(text[:start], max(previous_end, start - 40))):
        said = next(Said[name] for name, words in before.groupdict().items() if words)
        start = before.start()
    if after := _AFTER.match(text, end):
        end = after.end()
        if said is Said.EXACT:
            said = Said.AT_LEAST if after["least"] else Said.AROUND if after["so"] else Said.MORE_THAN
    if number.said is Said.VAGUE and said is not Said.EXACT:
        said = Said.VAGUE
    return replace(number, start=start, end=end, said=said, text=text[start:end])
