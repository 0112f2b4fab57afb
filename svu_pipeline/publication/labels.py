"""Words for codes and figures: how a value of a dimension is called, and how a figure is written with its unit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from svu_pipeline.contracts.model import UNKNOWN
from svu_pipeline.metrics.metric import Metric, Noun
from svu_pipeline.quality.linking_band import THRESHOLDS, LinkingBand

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

DIMENSION_TITLES = {
    "month": "Month",
    "district": "District",
    "unit": "Unit",
    "operation": "Operation or drug line",
    "sex": "Sex",
    "age_band": "Age",
    "weapon_type": "Type of weapon",
    "drug": "Drug",
    "drug_class": "Class of drug",
    "power": "Power",
    "partner": "Partner",
    "closure": "How it was closed",
}

NOT_SUPPLIED = "not supplied"
"""What is said of a figure whose sources have not delivered; in a cell that is not a sentence it is NO_SUPPLY."""

NO_SUPPLY = "[x]"
"""The mark for "not supplied" in a table's cell, as the Government Statistical Service writes it."""

_CODES = {
    "M": "Male",
    "F": "Female",
    "U": "Not recorded",
    "MDA_S23": "Misuse of Drugs Act 1971, s.23",
    "PACE_S8": "Police and Criminal Evidence Act 1984, s.8",
    "FIREARMS_S46": "Firearms Act 1968, s.46",
    "POCA_S352": "Proceeds of Crime Act 2002, s.352",
    "THEFT_S26": "Theft Act 1968, s.26",
    "POCA_S294": "Proceeds of Crime Act 2002, s.294",
    "PACE_S19": "Police and Criminal Evidence Act 1984, s.19",
    "POCA_S6": "Proceeds of Crime Act 2002, s.6",
    "AFO": "Account freezing order",
    "TYPE_1": "Line and holder stopped (type 1)",
    "TYPE_2": "Line stopped (type 2)",
    "TASER_OR_CS": "Taser or CS",
    "MDMA": "MDMA",
    "OTHER_A": "Other class A",
    "OTHER_B": "Other class B",
    "OTHER_C": "Other class C",
    UNKNOWN: "Unknown",
}


def label_of(dimension: str, code: str, names: dict[tuple[str, str], str]) -> str:
    """What a value of a dimension is called; `names` has those that reference tables and facts give."""
    if (dimension, code) == ("operation", UNKNOWN):
        return "No operation recorded"
    if (dimension, code) in names:
        return names[dimension, code]
    if code in _CODES:
        return _CODES[code]
    if dimension == "district":
        return f"Outside Essex ({code})"
    if dimension in ("weapon_type", "drug", "partner"):
        return code.replace("_", " ").capitalize()
    return code


def day_words(day: date) -> str:
    """`1 December 2022`: the month's name is ours, strftime would take it from the machine's locale."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def days_words(first: date, last: date) -> str:
    """`on 12 April 2023`, or `from 3 March 2023 to 12 April 2023`."""
    return f"on {day_words(first)}" if first == last else f"from {day_words(first)} to {day_words(last)}"


def displayed(metric: Metric, printed: str | None) -> str:
    """A figure with its unit: `440 people`, `£261,000.00`, `6.012 kg`; `not supplied` where there is none."""
    if printed is None:
        return NOT_SUPPLIED if not metric.is_rate else "no figure"
    number = _parted(printed)
    match metric.noun:
        case Noun.POUNDS:
            return f"£{number}"
        case Noun.PER_CENT:
            return f"{number}%"
        case noun:
            return f"{number} {noun.value}"


def linking_words(metric: Metric, band: LinkingBand) -> str:
    """How far a figure moves with the linking threshold: `436–447 as the linking threshold moves from .80 to .99`.

    '' where it does not: a figure that is the same at every threshold is said alone.
    """
    if band.lowest is None or band.highest is None or band.is_one_value:
        return ""
    sign = "%" if metric.noun is Noun.PER_CENT else ""
    thresholds = f"from {THRESHOLDS[0].lstrip('0')} to {THRESHOLDS[-1].lstrip('0')}"
    return f"{_parted(band.lowest)}–{_parted(band.highest)}{sign} as the linking threshold moves {thresholds}"


def moved_words(metric: Metric, moved: str | None) -> str:
    """By how much linking alone moved a figure: `−1`, `+2.50`, in points where it is a rate; '' where it did not."""
    if moved is None or not Decimal(moved):
        return ""
    sign = "−" if moved.startswith("-") else "+"
    return f"{sign}{_parted(moved.removeprefix('-'))}" + (" points" if metric.noun is Noun.PER_CENT else "")


def said(figure: dict[str, Any]) -> str:
    """A figure of a review as it is said in one line: `440 people (436–447 as the linking threshold moves …)`."""
    linking = figure["linking"] or {"words": "", "moved_words": ""}
    moved = f"moved by the last linking: {linking['moved_words']}" if linking["moved_words"] else ""
    beside = "; ".join(words for words in (linking["words"], moved) if words)
    return f"{figure['display']} ({beside})" if beside else str(figure["display"])


def _parted(printed: str) -> str:
    """A printed number with its thousands parted."""
    whole, _, decimals = printed.partition(".")
    return f"{int(whole):,}" + (f".{decimals}" if decimals else "")
