"""The year before beside a figure: the change rounded once, and never given where something else moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from svu_pipeline.clock import window
from svu_pipeline.landing.batch import DropEntry, FileEntry, Manifest
from svu_pipeline.metrics.catalogue import CATALOGUE
from svu_pipeline.metrics.rounding import printed
from svu_pipeline.publication import comparison
from svu_pipeline.publication.comparison import Break, Coverage, breaks_of, compare, mark_breaks, year_before
from svu_pipeline.settings import ComparisonSettings, DeclaredBreak, Settings
from svu_pipeline.settings_file import parse

YEAR = window("2023-11")
LONG_AFTER = datetime(2025, 1, 1, tzinfo=UTC)
EVER = Coverage(date(2015, 1, 1), 3)


def cell(metric: str, numerator: int | None, denominator: int | None = None) -> dict[str, Any]:
    scale = CATALOGUE[metric].scale
    under = denominator or scale.divisor
    text = None if numerator is None else printed(numerator, under, scale.decimals)
    return {"printed": text, "numerator": numerator, "denominator": under}


def breaks(
    metric: str, at: datetime = LONG_AFTER, covers: Coverage = EVER, closes: date | None = None, **said: Any
) -> list[Break]:
    """The breaks of a metric's year to November 2023, all its sources covering the same time."""
    folder = Path("home-without-anything")
    settings = Settings(folder, folder, folder, comparison=ComparisonSettings(**said))
    known = dict.fromkeys(CATALOGUE[metric].needs, covers)
    return breaks_of(settings, CATALOGUE[metric], YEAR, at, known, closes)


def test_the_year_before_ends_twelve_months_earlier() -> None:
    before = year_before(YEAR)
    assert (before.label, before.months, before.start, before.end) == (
        "2022-11",
        12,
        date(2021, 12, 1),
        date(2022, 12, 1),
    )
    assert year_before(window("2024-02", 1)) == window("2023-02", 1)


@pytest.mark.parametrize(
    ("metric", "now", "before", "change", "per_cent", "words"),
    [
        ("people_arrested", (440,), (398,), "42", "10.6", "42 more than in the 12 months to 30 November 2022 (398 people), up 10.6%."),
        ("warrants_executed", (100,), (160,), "-60", "-37.5", "60 fewer than in the 12 months to 30 November 2022 (160 warrants), down 37.5%."),
        ("people_arrested", (10,), (19,), "-9", None, "9 fewer than in the 12 months to 30 November 2022 (19 people)."),
        ("order_breaches", (9,), (9,), "0", None, "The same as in the 12 months to 30 November 2022 (9 breaches)."),
        ("criminal_profits_seized", (26_100_000,), (20_000_050,), "60999.50", "30.5", "£60,999.50 more than in the 12 months to 30 November 2022 (£200,000.50), up 30.5%."),
        ("charge_and_remand_rate", (30_500, 440), (26_200, 398), "3.5", None, "3.5 percentage points higher than in the 12 months to 30 November 2022 (65.8%)."),
        ("charge_and_remand_rate", (50_00, 100), (51_00, 100), "-1.0", None, "1.0 percentage points lower than in the 12 months to 30 November 2022 (51.0%)."),
        ("gang_injunctions", (16,), (0,), "16", None, "16 more than in the 12 months to 30 November 2022 (0 people)."),
    ],
)  # fmt: skip
def test_a_change_is_said_in_numbers_and_from_twenty_on_in_per_cent(
    metric: str, now: tuple[int, ...], before: tuple[int, ...], change: str, per_cent: str | None, words: str
) -> None:
    found = compare(CATALOGUE[metric], YEAR, cell(metric, *now), cell(metric, *before), [])
    assert (found["change"], found["per_cent"], found["words"]) == (change, per_cent, words)
    assert found["is_comparable"] and found["window"] == "2022-11"


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_change_is_that_of_the_exact_figures_rounded_once(now: int, before: int) -> None:
    """Milligrams of two years: never more than half of the last place from the exact change."""
    found = compare(
        CATALOGUE["drugs_seized_kg"], YEAR, cell("drugs_seized_kg", now), cell("drugs_seized_kg", before), []
    )
    exact = Fraction(now - before, 10**6)
    assert abs(Fraction(Decimal(found["change"])) - exact) <= Fraction(1, 2000)
    if found["per_cent"] is not None:
        assert abs(Fraction(Decimal(found["per_cent"])) - 100 * exact * 10**6 / before) <= Fraction(1, 20)


def test_a_break_suppresses_the_change_and_a_footnote_does_not() -> None:
    now, before = cell("arrests", 501), cell("arrests", 459)
    moved = Break("boundary", date(2023, 4, 1), "Another team joined.")
    found = compare(CATALOGUE["arrests"], YEAR, now, before, [moved])
    assert (found["printed"], found["change"], found["per_cent"], found["is_comparable"]) == ("459", None, None, False)
    assert found["words"] == "Not to be compared with the 12 months to 30 November 2022. Another team joined."
    assert found["breaks"] == [{"kind": "boundary", "on": "2023-04-01", "words": "Another team joined."}]
    noted = compare(CATALOGUE["arrests"], YEAR, now, before, [Break("boundary", None, "Beside it.", is_footnote=True)])
    assert noted["change"] == "42" and noted["words"].endswith("up 9.2%. Beside it.") and noted["is_comparable"]


def test_what_is_not_known_is_not_compared() -> None:
    """Not supplied now, or then; and a rate over nobody."""
    for now, before in ((None, 3), (3, None)):
        found = compare(CATALOGUE["arrests"], YEAR, cell("arrests", now), cell("arrests", before), [])
        assert found["change"] is None and not found["is_comparable"]
    nothing = {"printed": None, "numerator": 0, "denominator": 0}
    assert compare(CATALOGUE["charge_rate"], YEAR, cell("charge_rate", 5000, 100), nothing, [])["change"] is None


def test_nothing_moved_nothing_said() -> None:
    assert all(breaks(metric) == [] for metric in CATALOGUE)


@pytest.mark.parametrize(
    ("first", "gap", "is_break"),
    [
        (date(2021, 12, 30), 2, False),
        (date(2022, 2, 7), 5, True),
        (date(2022, 2, 7), 90, False),
        (date(2023, 1, 1), 300, True),
    ],
)
def test_a_source_whose_records_begin_late_is_a_break(first: date, gap: int, is_break: bool) -> None:
    """With a longer silence than it has ever had since: a register of few entries may just have had none."""
    found = breaks("prison_years", covers=Coverage(first, gap))
    assert {one.kind for one in found} == ({"source"} if is_break else set())
    assert all(one.on == first for one in found)


def test_a_source_that_comes_in_another_form_is_a_break_within_the_two_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook replaced by a CSV file, and a CSV file by a database; another file of the same kind is none."""
    forms = [
        (date(2021, 6, 1), "a.xlsx", "raw"),
        (date(2022, 6, 1), "a.csv", "raw"),
        (date(2022, 7, 1), "b.csv", "raw"),
        (date(2023, 3, 1), "c", None),
    ]
    batches = [manifest(*form) for form in forms]
    monkeypatch.setattr(comparison, "deliveries", lambda *_: batches)
    assert [(one.kind, one.on) for one in breaks("warrants_executed")] == [
        ("source", date(2022, 6, 1)),
        ("source", date(2023, 3, 1)),
    ]


def manifest(day: date, path: str, raw: str | None) -> Manifest:
    drop = DropEntry("", "", ("warrant",), "", 0, (FileEntry(path, 1, ""),))
    return Manifest("warrants", "", datetime(day.year, day.month, day.day, 12, tzinfo=UTC), (drop,), {}, raw)


def test_a_figure_that_may_still_change_is_not_compared_and_a_young_one_says_so() -> None:
    """The follow-up of a cohort, a window that goes on; and afterwards a footnote until late records have come."""
    closed = YEAR.closes_at
    soon, later = closed + timedelta(days=5), closed + timedelta(days=95)
    kinds = {
        (metric, days): [(one.kind, one.is_footnote) for one in breaks(metric, closed + timedelta(days=days))]
        for metric in ("people_charged", "arrests")
        for days in (-1, 5, 95)
    }
    assert kinds == {
        ("people_charged", -1): [("provisional", False)],
        ("people_charged", 5): [("provisional", False)],
        ("people_charged", 95): [],
        ("arrests", -1): [("provisional", False)],
        ("arrests", 5): [("maturity", True)],
        ("arrests", 95): [],
    }
    assert breaks("arrests", soon, closes=soon.date()) == [], "all its late records have come"
    assert [one.kind for one in breaks("arrests", later, closes=date(2024, 4, 1))] == ["maturity"]
    assert [one.is_footnote for one in breaks("people_charged", soon, footnoted=("provisional",))] == [True]


def test_the_unit_was_not_there_before_it_was_set_up() -> None:
    folder = Path("home-without-anything")
    settings = Settings(folder, folder, folder)
    found = breaks_of(settings, CATALOGUE["arrests"], window("2021-03"), LONG_AFTER, {"custody": EVER})
    assert [(one.kind, one.on) for one in found] == [("boundary", date(2020, 7, 1))]
    assert breaks_of(settings, CATALOGUE["stop_searches"], window("2021-03"), LONG_AFTER, {"police_uk": EVER}) == []


def test_a_declared_break_is_of_the_figures_that_it_names() -> None:
    """By metric, by source, by unit (never public context), or of all; from the day after the year before begins."""

    def touched(**said: Any) -> set[str]:
        declared = DeclaredBreak(**{"on": date(2023, 4, 1), "what": "boundary", "words": "It moved.", **said})
        return {metric for metric in CATALOGUE if breaks(metric, breaks=(declared,))}

    public = {metric for metric, one in CATALOGUE.items() if one.is_public_context}
    assert touched(metrics=("arrests",)) == {"arrests"}
    assert touched(sources=("warrants",)) == {"warrants_executed"}
    assert touched(units=("RAPTOR_WEST",)) == CATALOGUE.keys() - public
    assert touched() == set(CATALOGUE)
    assert touched(on=date(2021, 12, 1)) == touched(on=date(2023, 12, 1)) == set()
    assert touched(on=date(2021, 12, 2)) == touched(on=date(2023, 11, 30)) == set(CATALOGUE)


def test_the_settings_file_declares_breaks() -> None:
    said, problems = parse(
        {
            "comparison": {"footnoted": ["provisional"]},
            "breaks": [{"on": date(2023, 4, 1), "words": "It moved.", "sources": ["custody"], "change": "footnoted"}],
        },
        Path(),
    )
    declared = DeclaredBreak(date(2023, 4, 1), "boundary", "It moved.", sources=("custody",), is_footnoted=True)
    assert problems == [] and said["comparison"] == ComparisonSettings((declared,), ("provisional",))
    _, problems = parse({"breaks": [{"on": date(2023, 4, 1), "what": "weather", "words": "x"}]}, Path())
    assert problems and "what" in problems[0]


def test_the_month_of_a_break_is_marked_in_the_series() -> None:
    monthly = [{"month": f"2023-0{n}", "marks": ["x"] if n == 5 else []} for n in (3, 4, 5)]
    moved = [Break("boundary", date(2023, n, 9), "It moved.") for n in (4, 5)] + [Break("maturity", None, "Young.")]
    marked = mark_breaks({"monthly": monthly}, moved)["monthly"]
    assert [part["marks"] for part in marked] == [[], ["b"], ["x"]] and monthly[1]["marks"] == []
