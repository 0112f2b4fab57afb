"""Review documents of an invented town: people with a place, a sex and a month each, counted as the catalogue counts them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from svu_pipeline.clock import Window
from svu_pipeline.clock import window as parse

DISTRICTS = ("D1", "D2", "D3", "D4", "D5", "D6")
SEXES = ("F", "M")
MONTHS = ("2023-06", "2023-07", "2023-08", "2023-09", "2023-10", "2023-11")
WINDOW = parse("2023-11", 6)


@dataclass(frozen=True)
class Arrest:
    """One arrest: whose, where, when, and what came of it."""

    person: int
    district: str
    sex: str
    month: str
    is_charged: bool
    is_remanded: bool


def arrests(seed: int, size: int, months: Sequence[str] = MONTHS) -> list[Arrest]:
    """Some arrests: few in some districts, some people twice."""
    rng = random.Random(seed)
    weights = [rng.choice((0.3, 1, 4, 12)) for _ in DISTRICTS]
    found = []
    for person in range(size):
        (district,) = rng.choices(DISTRICTS, weights)
        sex = rng.choice(SEXES)
        for _ in range(1 if rng.random() < 0.9 else 2):
            is_charged = rng.random() < 0.7
            month = rng.choice(months)
            found.append(Arrest(person, district, sex, month, is_charged, is_charged and rng.random() < 0.8))
    return sorted(found, key=lambda arrest: (arrest.month, arrest.person))


def review(happened: Iterable[Arrest], window: Window = WINDOW, as_at: str = "2023-12-05T04:00:00Z") -> dict[str, Any]:
    """The review document of a window over arrests, as `publication.review` has it, with six of its figures."""
    months = months_of(window)
    within = [arrest for arrest in happened if arrest.month in months]
    first: dict[int, Arrest] = {}
    for arrest in within:
        first.setdefault(arrest.person, arrest)
    people = {
        "people_arrested": {arrest.person for arrest in within},
        "people_charged": {arrest.person for arrest in within if arrest.is_charged},
        "people_charged_and_remanded": {arrest.person for arrest in within if arrest.is_remanded},
    }
    by_month: dict[str, Callable[[Arrest], bool]] = {
        "people_arrested": lambda _: True,
        "people_charged": lambda arrest: arrest.is_charged,
        "people_charged_and_remanded": lambda arrest: arrest.is_remanded,
    }
    figures = [
        figure(
            "arrests",
            len(within),
            Counter(arrest.month for arrest in within),
            {
                "district": Counter(arrest.district for arrest in within),
                "sex": Counter(arrest.sex for arrest in within),
            },
            months,
            is_additive=True,
        )
    ]
    for metric, persons in people.items():
        counted = {(arrest.person, arrest.month) for arrest in within if by_month[metric](arrest)}
        parts = {
            "district": Counter(first[person].district for person in persons),
            "sex": Counter(first[person].sex for person in persons),
        }
        figures.append(figure(metric, len(persons), Counter(m for _, m in counted), parts, months, is_additive=False))
    figures += [
        rate(name, figures[place], figures[1]) for name, place in (("charge_rate", 2), ("charge_and_remand_rate", 3))
    ]
    return {
        "window": window.label,
        "months": window.months,
        "as_at": as_at,
        "metrics": {one["id"]: one["printed"] for one in figures},
        "figures": figures,
    }


def months_of(window: Window) -> list[str]:
    """The months of a window."""
    from svu_pipeline.clock import month_of, months_between

    return months_between(month_of(window.start), month_of(window.last_day))


def figure(
    metric: str,
    total: int,
    monthly: Counter[str],
    parts: dict[str, Counter[str]],
    months: Sequence[str],
    *,
    is_additive: bool,
    decimals: int = 0,
    records: Callable[[str, str], int] | None = None,
) -> dict[str, Any]:
    """A figure of a review document; `decimals` makes it a sum in hundredths."""

    def part(value: int, dimension: str, code: str) -> dict[str, Any]:
        return {
            **number(value, decimals),
            "contributions": records(dimension, code) if records else value,
            "largest": None,
            "marks": [],
        }

    return {
        "id": metric,
        "version": 1,
        "title": metric.replace("_", " "),
        "display": str(total),
        "note": "",
        "held": 0,
        "band": None,
        "linking": None,
        "phrases": [{"form": "EXACT", "number": str(total), "text": f"{total} so said"}],
        **part(total, "", ""),
        "is_additive": is_additive,
        "monthly": [{"month": month, **part(monthly[month], "month", month)} for month in months],
        "breakdowns": [
            {
                "dimension": dimension,
                "title": dimension,
                "adds_up": True,
                "rows": [
                    {"code": code, "label": code, **part(count, dimension, code)}
                    for code, count in [*sorted(counts.items(), key=lambda one: (-one[1], one[0])), ("UNKNOWN", 0)]
                ],
            }
            for dimension, counts in parts.items()
        ],
    }


def number(value: int, decimals: int = 0) -> dict[str, Any]:
    """A number as printed and as an exact ratio."""
    printed = f"{value // 100}.{value % 100:02d}" if decimals else str(value)
    return {"printed": printed, "numerator": value, "denominator": 10**decimals}


def rate(metric: str, above: dict[str, Any], below: dict[str, Any]) -> dict[str, Any]:
    """The rate of two figures, part by part: no rate is said of fewer than twenty."""

    def share(part: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
        count, of = part["numerator"], whole["numerator"]
        tenths = (2 * 1000 * count + of) // (2 * of) if of >= 20 else None
        printed = None if tenths is None else f"{tenths // 10}.{tenths % 10}"
        return {"printed": printed, "numerator": 100 * count, "denominator": of, "marks": []}

    def rows(table: dict[str, Any], whole: dict[str, Any]) -> list[dict[str, Any]]:
        counts = {row["code"]: row for row in table["rows"]}
        none = {"numerator": 0}
        return [
            {"code": row["code"], "label": row["label"], **share(counts.get(row["code"], none), row)}
            for row in whole["rows"]
        ]

    return {
        **below,
        "id": metric,
        "title": metric,
        **share(above, below),
        "phrases": [],
        "is_additive": False,
        "monthly": [
            {"month": of["month"], **share(part, of)}
            for part, of in zip(above["monthly"], below["monthly"], strict=True)
        ],
        "breakdowns": [
            {**whole, "adds_up": False, "rows": rows(table, whole)}
            for table, whole in zip(above["breakdowns"], below["breakdowns"], strict=True)
        ],
    }
