"""The revision triangle puts what releases said of one period side by side, and sees which were revised."""

from __future__ import annotations

from typing import Any

from svu_pipeline.release.triangle import MOST, columns, triangle


def document(id: str, months: dict[str, str | None], whole: str) -> dict[str, Any]:
    monthly: list[dict[str, Any]] = [
        {"month": month, "printed": printed, "marks": []} for month, printed in months.items()
    ]
    figure = {"id": "arrests", "title": "Arrests", "printed": whole, "marks": [], "monthly": monthly}
    words = f"12 months to {max(months)}"
    return {"release": {"id": id}, "months": 12, "window_words": words, "figures": [figure]}


FIRST = document("2023-10.1", {"2023-09": "40", "2023-10": "41"}, "81")
SECOND = document("2023-11.1", {"2023-10": "43", "2023-11": "47"}, "90")
THIRD = document("2023-11.2", {"2023-10": "43", "2023-11": None}, "91")


def test_each_period_has_what_each_release_said_of_it() -> None:
    rows = {row.period: row for row in triangle([FIRST, SECOND, THIRD])}
    said = {period: [cell and cell["printed"] for cell in row.cells] for period, row in rows.items()}
    assert columns([FIRST, SECOND, THIRD]) == ["2023-10.1", "2023-11.1", "2023-11.2"]
    assert said == {
        "2023-09": ["40", None, None],
        "2023-10": ["41", "43", "43"],
        "2023-11": [None, "47", None],
        "12 months to 2023-10": ["81", None, None],
        "12 months to 2023-11": [None, "90", "91"],
    }


def test_a_hidden_cell_is_no_revision_and_another_number_is() -> None:
    revised = {row.period for row in triangle([FIRST, SECOND, THIRD]) if row.is_revised}
    assert revised == {"2023-10", "12 months to 2023-11"}


def test_only_the_latest_releases_stand_side_by_side() -> None:
    many = [document(f"2023-11.{number}", {"2023-11": "47"}, "47") for number in range(1, MOST + 4)]
    assert columns(many)[0] == "2023-11.4" and all(len(row.cells) == MOST for row in triangle(many))
