"""What differencing would tell is refused: between windows, between releases, between a table and a text. The rest may leave."""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from svu_pipeline.clock import window
from svu_pipeline.disclosure.cells import Key
from svu_pipeline.disclosure.guard import Guard
from svu_pipeline.disclosure.inquiry import Pinned
from svu_pipeline.disclosure.policy import Policy, policy_of
from svu_pipeline.disclosure.protect import Protected, protection
from svu_pipeline.disclosure.statements import Output, Place, Statement, output_of, said, text_output
from svu_pipeline_tests.disclosure import town
from svu_pipeline_tests.night import Force

POLICY = policy_of({})
LABEL, LENGTH = town.WINDOW.label, town.WINDOW.months


def table(
    name: str,
    counts: dict[str, int | None],
    total: int,
    label: str = LABEL,
    months: int = LENGTH,
    small: Sequence[str] = (),
) -> Output:
    """An output with one table: arrests by district, None where hidden."""
    whole = Place("arrests", 1, label, months)
    parts = [
        Statement(Place("arrests", 1, label, months, "district", code), number(count), number(count), code in small)
        for code, count in counts.items()
    ]
    return Output(name, "2023-12-05T04:00:00Z", True, (Statement(whole, number(total), number(total)), *parts))


def number(count: int | None) -> Decimal | None:
    return None if count is None else Decimal(count)


def text(name: str, code: str, low: int | None, high: int | None) -> Output:
    place = {"months": LENGTH, "dimension": "district", "code": code}
    return text_output(name, "", [said("arrests", LABEL, number(low), number(high), **place)])


SAFE = table("release 1", {"D1": None, "D2": None, "D3": 40}, 70, small=["D1"])


def found(force: Force, older: Sequence[Output], output: Output, policy: Policy = POLICY) -> tuple[Pinned, ...]:
    guard = Guard(force.settings, policy)
    for one in older:
        guard.record(one)
    return guard.check(output)


def codes(pinned: Sequence[Pinned]) -> set[str]:
    return {one.place.code for one in pinned}


def test_a_table_alone_may_leave(force: Force) -> None:
    assert found(force, [], SAFE) == ()
    assert found(force, [SAFE], SAFE) == ()


def test_a_part_that_shields_another_is_not_said_in_a_later_table(force: Force) -> None:
    """30 are hidden in D1 and D2; a later table that shows D2 tells D1."""
    later = table("a later one", {"D1": None, "D2": 28, "D3": None}, 70, small=["D1"])
    (pinned,) = found(force, [SAFE], later)
    assert (pinned.place.code, int(pinned.low), int(pinned.high), pinned.older) == ("D1", 2, 2, "release 1")
    assert pinned.words.startswith("a later one together with release 1 would tell arrests@1 by district D1, 2023-11")
    assert "Hide" in pinned.words and "28" not in pinned.words


def test_a_text_does_not_fill_the_gap_of_a_table(force: Force) -> None:
    """ "28 arrests in D2" tells the two of D1; "more than 20" leaves nine, and "between 26 and 28" tells as good as all."""
    assert codes(found(force, [SAFE], text("press", "D2", 28, 28))) == {"D1"}
    assert codes(found(force, [SAFE], text("press", "D2", 27, 28))) == {"D1"}
    assert found(force, [SAFE], text("press", "D2", 21, None)) == ()


def test_a_table_does_not_fill_the_gap_that_a_text_left(force: Force) -> None:
    """The text was first, and harmless by itself."""
    assert codes(found(force, [text("press", "D2", 28, 28)], SAFE)) == {"D1"}


def test_a_small_number_is_not_said_outright(force: Force) -> None:
    """A press text goes past `protect`: one arrest in a district is refused, one of the whole force from three on is not."""
    assert codes(found(force, [], text("press", "D1", 2, 2))) == {"D1"}
    assert found(force, [], text("press", "D1", 12, 12)) == ()
    assert found(force, [], text("press", "UNKNOWN", 2, 2)) == ()
    assert found(force, [], text_output("press", "", [said("arrests", LABEL, Decimal(3), Decimal(3))])) == ()
    assert found(force, [], text_output("press", "", [said("arrests", LABEL, Decimal(2), Decimal(2))])) != ()


def test_a_shorter_window_within_a_longer_one_does_not_tell_the_rest(force: Force) -> None:
    """12 arrests in D2 in six months and 10 in the last five: two in June. 3 are too few to be told, 7 are not."""
    six = table("six", {"D1": 50, "D2": 12}, 62)
    assert codes(found(force, [six], table("five", {"D1": 40, "D2": 10}, 50, months=5))) == {"D2"}
    assert found(force, [six], table("other five", {"D1": 40, "D2": 5}, 45, months=5)) == ()


def test_windows_that_roll_on_do_not_tell_the_new_month(force: Force) -> None:
    """No arrest in D2 in June (said by the windows to May and June), 6 in the half year to November, 8 in that to December."""
    before = table("June", {"D1": 50, "D2": 0}, 50, label="2023-06", months=1)
    first = table("to November", {"D1": 50, "D2": 6}, 56)
    later = table("to December", {"D1": 52, "D2": 8}, 60, label="2023-12")
    assert codes(found(force, [before, first], later)) == {"D2"}


def test_windows_that_roll_on_are_harmless_while_what_fell_out_is_open(force: Force) -> None:
    first = table("to November", {"D1": 50, "D2": 26}, 76)
    assert found(force, [first], table("to December", {"D1": 52, "D2": 28}, 80, label="2023-12")) == ()


def test_a_revision_does_not_tell_what_its_first_edition_hid(force: Force) -> None:
    """One arrest more in D3 and in all: D2, hidden before, is shown now; a reader takes it for unchanged."""
    later = table("release 2", {"D1": None, "D2": 28, "D3": 41, "D4": None}, 72, small=["D1"])
    first = table("release 1", {"D1": None, "D2": None, "D3": 40, "D4": 1}, 71, small=["D1"])
    assert "D1" in codes(found(force, [first], later))


def test_a_revision_of_what_is_shown_may_leave_unless_the_policy_says_otherwise(force: Force) -> None:
    later = table("release 2", {"D1": None, "D2": None, "D3": 41}, 71, small=["D1"])
    assert found(force, [SAFE], later) == ()
    assert codes(found(force, [], later, policy_of({"revision_from": 5}))) == {"D3"}


def test_a_rate_in_a_text_does_not_tell_a_hidden_number(force: Force) -> None:
    """40 arrested, the charged hidden: "a charge rate of 7.5 % in D1" is three people."""
    counts: dict[str, list[int | None]] = {"people_arrested": [40, 60], "people_charged": [None, None]}
    wholes = {"people_arrested": 100, "people_charged": 50}
    statements = [
        Statement(
            Place(metric, 1, LABEL, LENGTH, "district", f"D{place + 1}"),
            number(count),
            number(count),
            count is None and place == 0,
        )
        for metric, row in counts.items()
        for place, count in enumerate(row)
    ] + [Statement(Place(metric, 1, LABEL, LENGTH), number(whole), number(whole)) for metric, whole in wholes.items()]
    release = Output("release 1", "", True, tuple(statements))
    place: dict[str, Any] = {"months": LENGTH, "dimension": "district", "code": "D1"}
    press = text_output("press", "", [said("charge_rate", LABEL, Decimal("7.45"), Decimal("7.55"), **place)])
    assert codes(found(force, [release], press)) == {"D1"}


def test_what_one_window_hides_stays_hidden_in_its_next_edition(force: Force) -> None:
    """A second edition is protected with the gaps of the first in mind, and may then leave."""
    happened = town.arrests(5, 120)
    guard = Guard(force.settings)
    first = guard.protected("release 1", town.review(happened))
    guard.record(output_of("release 1", first, guard.policy))
    late = town.Arrest(9_000, "D5", "F", town.MONTHS[-1], True, False)
    second = guard.protected("release 2", town.review([*happened, late]))
    assert first.hidden - {key for key in first.hidden if key.metric.endswith("rate")} <= second.hidden
    assert guard.check(output_of("release 2", second, guard.policy)) == ()


def test_a_hidden_part_that_is_gone_from_the_next_edition_stays_listed_and_hidden(force: Force) -> None:
    """Both of D9's arrests are withdrawn: a table without it would tell that the hidden number was two."""
    happened = town.arrests(5, 120)
    gone = [town.Arrest(person, "D9", "F", town.MONTHS[-1], True, False) for person in (9_000, 9_001)]
    guard = Guard(force.settings)
    first = guard.protected("release 1", town.review([*happened, *gone]))
    guard.record(output_of("release 1", first, guard.policy))
    second = guard.protected("release 2", town.review(happened))
    key = Key("arrests", "district", "D9")
    assert key in first.small and key in second.hidden
    assert {row["code"]: row["printed"] for row in _districts(second, "arrests")}["D9"] is None
    assert guard.check(output_of("release 2", second, guard.policy)) == ()


def _districts(outcome: Protected, metric: str) -> list[dict[str, Any]]:
    figure = next(figure for figure in outcome.document["figures"] if figure["id"] == metric)
    return next(table["rows"] for table in figure["breakdowns"] if table["dimension"] == "district")


def series(force: Force, nights: int) -> float:
    """So many editions of three windows, each with a late record more: all may leave. The slowest check in seconds."""
    happened = town.arrests(8, 200, [*town.MONTHS, "2023-12", "2024-01"])
    slowest = 0.0
    for night in range(nights):
        guard = Guard(force.settings)
        happened.append(town.Arrest(1_000 + night, town.DISTRICTS[night % 6], "M", town.MONTHS[night % 6], True, True))
        label = ("2023-11", "2023-12", "2024-01")[3 * night // nights]
        document = town.review(sorted(happened, key=lambda arrest: arrest.month), window(label, 6))
        name = f"release {label}.{night}"
        output = output_of(name, guard.protected(name, document), guard.policy)
        began = time.process_time()
        assert guard.check(output) == (), name
        slowest = max(slowest, time.process_time() - began)
        guard.record(output)
    return slowest


def test_a_series_of_editions_and_windows_stays_possible(force: Force) -> None:
    assert series(force, 6) < 2


@pytest.mark.soak
def test_thirty_editions_of_three_windows_stay_possible_and_quick(force: Force) -> None:
    assert series(force, 30) < 2


def test_a_strict_force_refuses_what_its_own_figures_tell_of_a_month(force: Force) -> None:
    """41 in the half year to November, 33 in that to December, nine of June fall out of it: so one came.

    By the project's policy the force's own figures stand, and with them what one tells of another.
    """
    strict = policy_of({"force_totals": "refuse"})
    counts = dict(zip((*town.MONTHS, "2023-12"), (9, 2, 3, 9, 9, 9, 1), strict=True))
    months = [month for month, count in counts.items() for _ in range(count)]
    happened = [town.Arrest(person, "D1", "F", month, False, False) for person, month in enumerate(months)]
    first, later = (town.review(happened, window(label, 6)) for label in ("2023-11", "2023-12"))
    for document in (first, later):
        document["figures"] = [{**figure, "breakdowns": []} for figure in document["figures"]]
    guard = Guard(force.settings, strict)
    guard.record(output_of("first", protection(first, strict), strict))
    output = output_of("later", protection(later, strict), strict)
    assert {one.place.metric for one in guard.check(output)} >= {"arrests"}
    assert Guard(force.settings).check(output) == ()


@pytest.mark.parametrize("name", ["release 1", "release 2"])
def test_an_output_is_not_held_against_itself(force: Force, name: str) -> None:
    output = table(name, {"D1": None, "D2": None, "D3": 40}, 70, small=["D1"])
    assert found(force, [output], output) == ()
