"""Why a figure changed: every cause is told from the others, names its records, and the parts sum exactly (D5, D6)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from svu_pipeline.audit import entries
from svu_pipeline.change.causes import Cause
from svu_pipeline.change.change import Change, Part, Total, parts_of_path
from svu_pipeline.change.points import PointError, explain_between, point
from svu_pipeline.change.why import explain_change, explain_changes
from svu_pipeline.cli import app
from svu_pipeline.clock import TimeError, window, written
from svu_pipeline.landing.batch import known_at
from svu_pipeline.metrics.catalogue import CATALOGUE, METRICS
from svu_pipeline.strike import NothingLanded, struck
from svu_pipeline_tests.change.planted import FIRST, FOURTH, SECOND, THIRD, Planted, planted
from svu_pipeline_tests.history.living import LivingForce
from svu_pipeline_tests.night import Force

YEAR = window("2023-11")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """The planted changes; tests only look."""
    return planted(tmp_path_factory.mktemp("planted"))


def changed(home: Planted, metric: str, name: str, label: str = "2023-11") -> Change:
    return explain_change(home.force.settings, metric, window(label), *home.instants[name])


def moving(change: Change) -> dict[Cause, tuple[int, tuple[str, ...], tuple[str, ...]]]:
    """By cause that altered anything: by how much, which records made it, which are counted otherwise."""
    return {part.cause: (part.numerator_delta, part.records, part.counted) for part in change.parts if part.counted}


@pytest.mark.parametrize(
    ("name", "metric", "cause", "delta", "made", "counted"),
    [
        ("late", "people_arrested", Cause.LATE, 1, f"custody_record:{FOURTH}", f"custody_record:{FOURTH}"),
        ("corrected", "people_arrested", Cause.CORRECTED, -1, f"custody_record:{SECOND}", f"custody_record:{SECOND}"),
        ("withdrawn", "people_safeguarded", Cause.WITHDRAWN, -1, "contact:SG000002", "contact:SG000002"),
        ("retracted", "weapons_seized", Cause.WITHDRAWN, -1, "exhibit:EX000004", "exhibit:EX000004"),
        ("charged", "people_charged", Cause.LATE, 1, "charge:CH000900", f"custody_record:{FIRST}"),
        ("held", "warrants_executed", Cause.HELD, 1, "warrant:SW0002", "warrant:SW0002"),
    ],
)  # fmt: skip
def test_a_planted_change_gets_its_cause_and_its_records(
    home: Planted, name: str, metric: str, cause: Cause, delta: int, made: str, counted: str
) -> None:
    """One change was made that night, and it alone is named; a charge through the chain of custody that it hangs on."""
    assert moving(changed(home, metric, name)) == {cause: (delta, (made,), (counted,))}


def test_a_decision_of_who_is_who_is_linking(home: Planted) -> None:
    """Two people become one; the records are those that are another person's than before."""
    (found,) = moving(changed(home, "people_arrested", "linking")).items()
    assert found[0] is Cause.LINKING
    assert found[1][0] == -1
    assert set(found[1][1]) <= {f"custody_record:{THIRD}", f"custody_record:{FOURTH}"}


def test_what_has_happened_since_is_new_and_not_late(home: Planted) -> None:
    """It lies on or after the day of the last delivery that was known."""
    assert moving(changed(home, "arrests", "new", "2026-12"))[Cause.NEW][0] == 1


def test_a_change_without_effect_is_no_part(home: Planted) -> None:
    """A corrected postcode moves no figure, and is not named."""
    change = changed(home, "people_arrested", "corrected to no effect")
    assert not change.is_moved
    assert moving(change) == {}
    assert change.words == "3 → 3: 0 definition, 0 code"


def test_over_all_nights_the_order_of_the_causes_decides(home: Planted) -> None:
    """A late record of someone who, as is known by now, is one of the known people adds no person: it is there as a nought."""
    first, last = home.instants["late"][0], home.instants["new"][1]
    change = explain_change(home.force.settings, "people_arrested", YEAR, first, last)
    records = (f"custody_record:{FOURTH}",)
    assert change.words == "3 → 2: −1 corrected (custody), 0 definition, 0 code"
    assert moving(change)[Cause.LATE] == (0, records, records)


def test_another_definition_is_a_part_with_the_records_that_it_counts_otherwise(home: Planted) -> None:
    """Weapons redefined as knives and blades: what is no blade is out, by definition and nothing else."""
    ways = {"weapons": (CATALOGUE["weapons_seized"], CATALOGUE["knives_and_blades_seized"])}
    change = explain_changes(home.force.settings, ways, [YEAR], *home.instants["late"])["2023-11", "weapons"]
    ((cause, (delta, made, _)),) = moving(change).items()
    assert (cause, delta, len(made)) == (Cause.DEFINITION, -1, 1)


def document(at: datetime, people: int) -> dict[str, Any]:
    """What a review document has on record of the people arrested, as known at an instant."""
    figure = {"id": "people_arrested", "version": 1, "numerator": people, "denominator": 1, "printed": str(people)}
    return {"window": "2023-11", "months": 12, "as_at": written(at), "figures": [figure]}


def test_what_other_code_counted_of_the_same_records_is_code(home: Planted, tmp_path: Path) -> None:
    """A review as another version of the code made it says 7: the difference to what today's makes of the same is code."""
    before, after = home.instants["late"]
    file = tmp_path / "review.json"
    file.write_text(json.dumps(document(before, 7)))
    settings = home.force.settings
    change = explain_between(
        settings, "people_arrested", YEAR, point(settings, str(file)), point(settings, written(after))
    )
    assert change.words == "7 → 4: +1 late (custody), −4 code, 0 definition"


def test_two_releases_are_compared_as_they_were_released(home: Planted) -> None:
    """By the instants that they are of, with what they say: the second has another definition on record than there is."""
    settings, ends = home.force.settings, home.instants["corrected"]
    for number, at in enumerate(ends, start=1):
        folder = home.force.home.releases / f"2023-11.{number}"
        folder.mkdir(parents=True)
        (folder / "figures.json").write_text(json.dumps(document(at, 5 - number)))
        (folder / "SHA256SUMS").write_text("")
    first, second = (point(settings, f"2023-11.{number}") for number in (1, 2))
    assert (first.at, second.at) == ends
    change = explain_between(settings, "people_arrested", YEAR, first, second)
    assert change.words == "4 → 3: −1 corrected (custody), 0 definition, 0 code"
    unknown = replace(second, figures={"people_arrested": second.figures["people_arrested"] | {"version": 9}})
    with pytest.raises(PointError, match="version 9, which this code does not know"):
        explain_between(settings, "people_arrested", YEAR, first, unknown)


def test_a_rate_moves_in_exact_points() -> None:
    """The steps of a rate are fractions: their sum is the difference, whatever is printed."""
    rate = CATALOGUE["charge_rate"]
    path = [(Cause.CORRECTED, Total(1, 3), Total(1, 2)), (Cause.LATE, Total(1, 2), Total(2, 7))]
    parts = parts_of_path(rate, path)
    assert [part.delta for part in parts] == [Fraction(50, 3), Fraction(-150, 7)]
    change = Change(rate, "2023-11", "", "", Total(1, 3), Total(2, 7), tuple(parts))
    assert change.words == "33.3 → 28.6: −21.43 points late, +16.67 points corrected"


def test_the_way_back_is_the_way_there_turned_round(home: Planted) -> None:
    """Every part has the other sign, and the figures have changed places."""
    there = changed(home, "people_arrested", "late")
    back = there.turned()
    assert (back.before, back.after) == (there.after, there.before)
    assert [part.delta for part in back.parts] == [-part.delta for part in there.parts]


def test_public_words_have_no_key_of_a_record(home: Planted) -> None:
    """What is published is counts; keys come only where they are asked for, and are then in the audit log."""
    change = changed(home, "people_arrested", "late")
    assert FOURTH not in json.dumps(change.as_json(), ensure_ascii=False)
    assert FOURTH in json.dumps(change.as_json(with_records=True), ensure_ascii=False)
    before, after = (written(at) for at in home.instants["late"])
    arguments = ["why", "people_arrested", "--window", "2023-11", "--from", before, "--to", after]
    arguments += ["--home", str(home.force.root)]
    quiet = CliRunner().invoke(app, [*arguments, "--counts"])
    seen = len(entries(home.force.home))
    assert FOURTH not in quiet.stdout
    shown = CliRunner().invoke(app, [*arguments, "--why", "asked by the press office"])
    assert FOURTH in shown.stdout
    assert "3 → 4: +1 late (custody), 0 definition, 0 code" in shown.stdout
    assert [entry.why for entry in entries(home.force.home)[seen:]] == ["asked by the press office"]


def test_what_cannot_be_compared_is_refused_in_words(home: Planted, tmp_path: Path) -> None:
    """Instants the wrong way about, one before anything landed, a file that is no review, another window's."""
    settings, (before, after) = home.force.settings, home.instants["late"]
    with pytest.raises(TimeError, match="change them about"):
        explain_change(settings, "arrests", YEAR, after, before)
    with pytest.raises(NothingLanded, match="nothing had landed"):
        explain_change(settings, "arrests", YEAR, before.replace(year=2020), after)
    (tmp_path / "other.json").write_text("[]")
    with pytest.raises(PointError, match="no review document"):
        point(settings, str(tmp_path / "other.json"))
    with pytest.raises(PointError, match="of the 12 months to 2023-11"):
        explain_between(
            settings, "arrests", window("2024-01"), replace(point(settings, written(before)), window="2023-11"), None
        )


def living(place: Path, seed: int, nights: int) -> None:
    """Nights of a living force: each change between two nights, and from the first to the last, holds in every way."""
    sources, force = LivingForce(seed), Force(place / "home")
    known, figures = [], []
    for night in range(nights):
        force.land(sources.write(place / f"night{night}"))
        at = known_at(force.home)
        assert at is not None
        known.append(at)
        with struck(force.settings, [YEAR], at) as state:
            rows = state.connection.execute("SELECT metric_id, numerator, denominator FROM value WHERE dimension = ''")
            figures.append({metric: (numerator, denominator) for metric, numerator, denominator in rows.fetchall()})
        sources.live_on()
    pairs = dict.fromkeys([*pairwise(range(nights)), (0, nights - 1)])
    for first, last in pairs:
        found = explain_changes(
            force.settings, {one.id: (one, one) for one in METRICS}, [YEAR], known[first], known[last]
        )
        for metric in METRICS:
            change = found[YEAR.label, metric.id]
            ends = [_total(figures[night][metric.id], is_rate=metric.is_rate) for night in (first, last)]
            assert [change.before, change.after] == ends
            _holds(change)


def _total(figure: tuple[int | None, int], *, is_rate: bool) -> Total | None:
    numerator, denominator = figure
    return None if numerator is None else Total(numerator // 100 if is_rate else numerator, denominator)


def _holds(change: Change) -> None:
    """The parts sum to the difference, above and below the line and as a value; who is counted otherwise has a maker."""
    before, after = (end or Total(0, 0) for end in (change.before, change.after))
    assert sum(part.numerator_delta for part in change.parts) == after.numerator - before.numerator
    if change.metric.is_rate:
        assert sum(part.denominator_delta for part in change.parts) == after.denominator - before.denominator
    values = [end.value(change.metric) or Fraction(0) for end in (before, after)]
    assert sum((part.delta for part in change.parts), Fraction(0)) == values[1] - values[0]
    assert [part.cause for part in change.parts] == list(Cause)
    assert all(part.records for part in change.parts if part.counted), change
    assert all(part.counted for part in change.parts if part != Part(part.cause)), change


@pytest.mark.slow
def test_parts_sum_to_the_difference(tmp_path: Path) -> None:
    """Random nights of every kind of change: exact sums, and each state after all causes is what is struck of the instant."""
    living(tmp_path, seed=11, nights=2)


@pytest.mark.soak
def test_parts_sum_to_the_difference_over_many_nights(tmp_path: Path) -> None:
    """The same over more nights."""
    living(tmp_path, seed=12, nights=60)
