"""Identities between figures: what can never be otherwise, whatever the data (counting.md, Nouns).

Checked on the printed figures of a review document, which are what a reader can add up.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from svu_pipeline.metrics.catalogue import CATALOGUE

AT_MOST = (
    ("people_arrested", "arrests"),
    ("people_charged", "people_arrested"),
    ("people_charged_and_remanded", "people_charged"),
    ("charge_and_remand_rate", "charge_rate"),
    ("knives_and_blades_seized", "weapons_seized"),
    ("firearms_seized", "weapons_seized"),
    ("children_safeguarded", "people_safeguarded"),
    ("adults_safeguarded", "people_safeguarded"),
    ("gang_injunctions_teenagers", "gang_injunctions"),
)
"""Pairs of which the first is never more than the second."""


def broken_identities(document: dict[str, Any]) -> list[str]:
    """Names of the identities that do not hold in a review document; empty when all do."""
    figures = {figure["id"]: figure for figure in document["figures"]}
    broken = [f"{part} <= {whole}" for part, whole in AT_MOST if _exceeds(figures[part], figures[whole])]
    for figure in figures.values():
        if figure["printed"] is None:
            continue
        broken += [
            f"{figure['id']} by {breakdown['dimension']}"
            for breakdown in figure["breakdowns"]
            if breakdown["adds_up"]
            and not _adds_up(figure["id"], [row["printed"] for row in breakdown["rows"]], figure["printed"])
        ]
        if figure["is_additive"] and not _adds_up(
            figure["id"], [month["printed"] for month in figure["monthly"]], figure["printed"]
        ):
            broken.append(f"{figure['id']} by month")
    return broken


def _exceeds(part: dict[str, Any], whole: dict[str, Any]) -> bool:
    if part["printed"] is None or whole["printed"] is None or part["as_at"] != whole["as_at"]:
        return False  # what was known at two instants need not agree
    return Decimal(part["printed"]) > Decimal(whole["printed"])


def _adds_up(id: str, parts: list[str | None], whole: str) -> bool:
    """Whether printed parts add up to the printed whole: to the digit where printing rounds nothing (pounds, counts),

    else to within half of the last place for each part (mass, years).
    """
    scale = CATALOGUE[id].scale
    known = [Decimal(part) for part in parts if part is not None]
    is_exact = scale.divisor == 10**scale.decimals
    room = Decimal(0) if is_exact else Decimal(len(known) + 1).scaleb(-scale.decimals) / 2
    return abs(sum(known) - Decimal(whole)) <= room
