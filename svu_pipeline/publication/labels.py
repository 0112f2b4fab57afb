"""Words for codes and figures: how a value of a dimension is called, and how a figure is written with its unit."""

from __future__ import annotations

from svu_pipeline.contracts.model import UNKNOWN
from svu_pipeline.metrics.metric import Metric, Noun

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


def displayed(metric: Metric, printed: str | None) -> str:
    """A figure with its unit: `440 people`, `£261,000.00`, `6.012 kg`; `not supplied` where there is none."""
    if printed is None:
        return NOT_SUPPLIED if not metric.is_rate else "no figure"
    whole, _, decimals = printed.partition(".")
    number = f"{int(whole):,}" + (f".{decimals}" if decimals else "")
    match metric.noun:
        case Noun.POUNDS:
            return f"£{number}"
        case Noun.PER_CENT:
            return f"{number}%"
        case noun:
            return f"{number} {noun.value}"
