"""Every check but the contracts' rules (which have their own killers) is shown to fire: no killer, no check.

What is checked is asked of the graph, of the reasons for holding and of the identities themselves, so that a new check, set
rule or identity without a killer here fails `test_nothing_is_without_a_killer`.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from svu_pipeline.clock import window
from svu_pipeline.contracts.decisions import expired_waivers, waive
from svu_pipeline.contracts.held import held_rows
from svu_pipeline.contracts.held_assets import IN_FORCE
from svu_pipeline.contracts.model import rules_of
from svu_pipeline.contracts.registry import CONTRACTS
from svu_pipeline.contracts.standing import Account
from svu_pipeline.definitions import build_defs
from svu_pipeline.facts import build
from svu_pipeline.facts.build import CREDIT
from svu_pipeline.facts.table import fact_tables
from svu_pipeline.kept import KeptTable, keep_standing
from svu_pipeline.landing.attempt import record_refusal
from svu_pipeline.metrics.catalogue import CATALOGUE, METRICS
from svu_pipeline.metrics.rounding import printed
from svu_pipeline.metrics.values import contribute, strike
from svu_pipeline.people.linkage_quality import CHECKS, failing
from svu_pipeline.publication.assets import failing_checks, severity_of
from svu_pipeline.publication.figures import figure as figure_of
from svu_pipeline.publication.figures import nothing_known
from svu_pipeline.publication.identities import AT_MOST, TOGETHER_AT_MOST, broken_identities
from svu_pipeline.publication.quality import SET_REASONS
from svu_pipeline.quality.history import IS_CURRENT
from svu_pipeline.quality.linking_band import CHECK as LINKING_BAND
from svu_pipeline.quality.linking_band import THRESHOLDS, LinkingBand
from svu_pipeline.quality.results import (
    BALANCED,
    NOT_HELD,
    VOLUME,
    WAS_READ,
    of_accounting,
    of_landing,
    of_state,
    results_of_facts,
    results_of_source,
)
from svu_pipeline.quality.states import source_states
from svu_pipeline.quality.tolerance import Measure, Severity, Tolerance
from svu_pipeline.quality.volume import IMPLAUSIBLE, UNUSUAL, ZERO_ROWS, volume_of
from svu_pipeline.recount.compare import EQUALS as EQUALS_RECOUNT
from svu_pipeline.recount.compare import differences
from svu_pipeline.recount.current import in_session
from svu_pipeline.recount.figures import recount
from svu_pipeline.release.gates import CONTENT, LIVE
from svu_pipeline.settings import Settings
from svu_pipeline.sources.system import SourceError
from svu_pipeline.warehouse import Home, write_json
from svu_pipeline_tests.contracts.killers.courts import SPECIMENS as COURTS
from svu_pipeline_tests.contracts.killers.custody import ARREST
from svu_pipeline_tests.contracts.killers.warrants import SPECIMENS as WARRANTS
from svu_pipeline_tests.contracts.landed import FIRST_NIGHT, deliver
from svu_pipeline_tests.facts.records import records
from svu_pipeline_tests.quality.test_volume import STEADY, deliveries

WARRANT = WARRANTS[0].good

Killer = Callable[[Path], bool]
"""Breaks what a check guards, and says whether the check fired; a sound state must leave it silent."""


def settings(folder: Path) -> Settings:
    return Settings(folder / "home", folder / "sources", folder / "home" / "restricted" / "person.key")


def accounting(_: Path) -> bool:
    """One row that is nowhere, then one that is nowhere twice."""
    sound: dict[str, Any] = {
        "dataset": "warrant",
        "landed": 10,
        "current": 6,
        "superseded": 1,
        "withdrawn": 1,
        "duplicate": 1,
        "held": 1,
    }
    assert of_accounting("warrant", sound).passed and Account(**sound).is_balanced
    return not any(
        of_accounting("warrant", {**sound, name: sound[name] - 1}).passed for name in sound if name != "dataset"
    )


def held_whole(folder: Path) -> bool:
    """Eleven of twenty rows are held."""
    place = settings(folder)
    rows = [{**ARREST, "custody_ref": f"42CU/{n:06d}/23", **({"surname": None} if n < 11 else {})} for n in range(20)]
    deliver(home_of(place), "custody", {"custody_record": rows[11:]})
    keep_standing(place, "custody")
    assert outcome(place, "custody", NOT_HELD)
    deliver(home_of(place), "custody", {"custody_record": rows}, night=1)
    keep_standing(place, "custody")
    reasons = place.home / "restricted" / "standing" / "reason_custody_record.parquet"
    with duckdb.connect() as connection:
        held = connection.execute(
            "SELECT count(*) FROM read_parquet(?) WHERE reason = 'held_with_delivery'", [str(reasons)]
        )
        assert held.fetchall() == [(20,)]
    return not outcome(place, "custody", NOT_HELD)


def refused(folder: Path) -> bool:
    """A delivery that could not be read."""
    place = settings(folder)
    deliver(home_of(place), "custody", {"custody_record": [ARREST]})

    def passed() -> tuple[bool, bool]:
        (state,) = (s for s in source_states(place) if s.source == "custody")
        return of_state(state).passed, all(result.passed for result in of_landing(state))

    assert passed() == (True, True)
    record_refusal(home_of(place), SourceError("custody", "a", "empty_file", "b", "c"), datetime.now(UTC))
    return passed() == (False, False)


def waiver_ended(folder: Path) -> bool:
    """A row that stands by a waiver whose last day was yesterday."""
    place, at = settings(folder), FIRST_NIGHT + timedelta(days=1)
    late: dict[str, str | None] = {**WARRANT, "executed": "20/05/2023", "issued": "01/04/2023"}
    deliver(home_of(place), "warrants", {"warrant": [late]})
    (row,) = held_rows(place)
    waive(place, row.id, "Insp Vale", "court order", f"{at.date()}", lambda: at)
    assert expired_waivers(place, at.date()) == []
    return expired_waivers(place, at.date() + timedelta(days=1)) != []


def volume(problem: str, *counts: int) -> Killer:
    """A last delivery of that many rows, after steady ones."""

    def fires(_: Path) -> bool:
        assert not volume_of("warrant", deliveries([*STEADY, 101])).problem
        return volume_of("warrant", deliveries([*STEADY, *counts])).problem == problem

    return fires


def any_volume(folder: Path) -> bool:
    return volume(UNUSUAL, 300)(folder) and volume(ZERO_ROWS, 0)(folder) and volume(IMPLAUSIBLE, 9999)(folder)


def fact(name: str, rows: str) -> Killer:
    """A fact table with a row too many, a row too few, or a floating-point column."""

    def fires(_: Path) -> bool:
        table = fact_tables()["fct_custody_outcome"]
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE custody_outcome AS SELECT unnest(['c', 'd']) AS custody_ref")
            connection.execute(f"CREATE TABLE {table.name} AS SELECT unnest(['c', 'd']) AS custody_ref, 1 AS x")
            assert not any(found.failing for found in build.check(connection, table))
            connection.execute(f"CREATE OR REPLACE TABLE {table.name} AS {rows}")
            return [found.name for found in build.check(connection, table) if found.failing] == [name]

    return fires


def disputed(folder: Path) -> bool:
    """Of a hundred records two are disputed, then three: a warning, and no more than that."""
    found = []
    for count in (2, 3):
        table = fact_tables()["fct_unit_attribution"]
        with duckdb.connect() as connection:
            connection.execute(
                f"CREATE TABLE {table.name} AS SELECT 'warrant' AS dataset, n AS record_key, "
                f"CASE WHEN n > 50 THEN n > 50 + {count} END AS is_agreed FROM range(1, 101) r(n)"
            )
            checks = [asdict(check) for check in build.check(connection, table)]
        kept = KeptTable(table.name, 100, "", "", {"checks": checks})
        write_json(folder / "home" / "facts" / "facts.json", {table.name: asdict(kept)})
        found.append(next(result for result in results_of_facts(settings(folder)) if result.check == CREDIT))
    assert found[0].passed and found[0].rows == 2
    return not found[1].passed and found[1].severity is Severity.WARN


def hearing_reason(reason: str) -> Killer:
    """A hearing with a result that cannot be trusted, and a good result beside it."""

    def fires(folder: Path) -> bool:
        place, bad = settings(folder), {**COURTS[1].good, "result_id": "R2", "duration_value": None}
        rows = {"hearing": [COURTS[0].good], "hearing_result": [COURTS[1].good, bad]}
        found = deliver(home_of(place), "courts", rows)
        return any(rule.endswith(f"__{reason}") for table in found.tables.values() for rule in table.rules)

    return fires


def figure(metric: str, printed: str | None = "10", **more: Any) -> dict[str, Any]:
    return {
        "id": metric, "printed": printed, "as_at": "now", "marks": [], "is_additive": False, "monthly": [],
        "breakdowns": [], "linking": None, **more,
    }  # fmt: skip


def a_document(**changed: dict[str, Any]) -> dict[str, Any]:
    """A document in which every source is read and every figure is ten, of parts that exclude one another five; some changed."""
    halves = {part for parts, _ in TOGETHER_AT_MOST for part in parts}
    figures = [
        figure(metric.id, **{"printed": "5" if metric.id in halves else "10", **changed.get(metric.id, {})})
        for metric in METRICS
    ]
    return {"figures": figures, "quality": {"sources": [{"source": "custody", "status": "read"}]}}


def at_most(part: str, whole: str) -> Killer:
    """The part is one more than the whole."""

    def fires(_: Path) -> bool:
        assert broken_identities(a_document()) == []
        return f"{part} <= {whole}" in broken_identities(a_document(**{part: {"printed": "11"}}))

    return fires


def adds_up(where: str) -> Killer:
    """Parts that make eleven of a whole of ten."""

    def fires(_: Path) -> bool:
        parts = [{"month": "2023-10", "code": "a", "printed": "4"}, {"month": "2023-11", "code": "b", "printed": "6"}]
        ways: dict[str, dict[str, Any]] = {
            "months": {"is_additive": True, "monthly": parts},
            "parts": {"breakdowns": [breakdown(parts)]},
        }
        by = ways[where]
        assert broken_identities(a_document(weapons_seized=by)) == []
        parts[0]["printed"] = "5"
        return len(broken_identities(a_document(weapons_seized=deepcopy(by)))) == 1

    return fires


def together(parts: tuple[str, ...], whole: str) -> Killer:
    """Parts that exclude one another, and together are one more than the whole."""

    def fires(_: Path) -> bool:
        return broken_identities(a_document(**{parts[0]: {"printed": "6"}})) == [f"{' + '.join(parts)} <= {whole}"]

    return fires


def covers(_: Path) -> bool:
    """People of two months who are fewer than those of the year, or more in one month; hidden months can be any number."""
    found = []
    for months in (("4", "7"), ("4", "5"), ("4", "11"), ("4", None)):
        monthly = [
            {"month": f"2023-1{n}", "printed": said, "marks": [] if said else ["c"]} for n, said in enumerate(months)
        ]
        found.append(broken_identities(a_document(people_arrested={"monthly": monthly})))
    return found == [[], ["people_arrested by month"], ["people_arrested by month"], []]


def rate_of_parts(_: Path) -> bool:
    """A rate over another number of people than were arrested, as a whole and in one part."""
    counts = {key: {"numerator": 10, "denominator": 1} for key in ("people_charged", "people_arrested")}
    name, found = "charge_rate = people_charged / people_arrested", []
    for over, under in ((1000, 10), (1000, 11), (900, 10)):
        rate = {"printed": printed(over, under, 1), "numerator": over, "denominator": under}
        least = {"charge_and_remand_rate": {"printed": "0.0"}}
        found.append(broken_identities(a_document(charge_rate=rate, **counts, **least)))
    return found == [[], [name], [name]]


def rounded_once(_: Path) -> bool:
    """305 of 440 printed as 69.4."""
    found = []
    for said in ("69.3", "69.4"):
        rate = {"printed": said, "numerator": 30500, "denominator": 440}
        found.append(broken_identities(a_document(charge_rate={"printed": "75.0"}, charge_and_remand_rate=rate)))
    return found == [[], ["charge_and_remand_rate as rounded"]]


def breakdown(parts: list[dict[str, str]]) -> dict[str, Any]:
    return {"dimension": "district", "adds_up": True, "rows": parts}


def publication(check: str, document: dict[str, Any]) -> Killer:
    """A document that one check of the review must not pass."""

    def fires(_: Path) -> bool:
        assert failing_checks(a_document()) == {name: [] for name in failing_checks(a_document())}
        return [name for name, which in failing_checks(document).items() if which] == [check]

    return fires


STALE = a_document() | {"quality": {"sources": [{"source": "custody", "status": "refused"}]}}
MISSING = a_document(arrests={"printed": None, "marks": ["x"]})


def linking_band(lowest: str, highest: str, tolerance: Tolerance | None = None) -> dict[str, Any]:
    """A review in which 440 people were arrested, or so many as the linking threshold moves."""
    metric = CATALOGUE["people_arrested"]
    readings: dict[str, str | None] = dict.fromkeys(THRESHOLDS, "440")
    sat = replace(nothing_known(datetime.now(UTC)), supplied=frozenset(metric.needs))
    sat.cells[metric.id, "", ""].update(printed="440", numerator=440, denominator=1)
    sat.linking[metric.id] = LinkingBand(lowest, highest, readings, "0")
    said = figure_of(metric, window("2023-11"), sat, sat.as_at, [], tolerance)
    return a_document(people_arrested={"linking": said["linking"]})


def crosses(folder: Path) -> bool:
    """One person fewer at a threshold is one too many, unless the force lets it; its tolerance says how bad it is."""
    two, half = Tolerance(Measure.ROWS, fail=Decimal(2)), Tolerance(Measure.SHARE, warn=Decimal("0.5"))
    within = [linking_band("440", "440"), linking_band("438", "441", two), linking_band("438", "440", half)]
    assert all(failing_checks(document)[LINKING_BAND] == [] for document in within)
    one, far, warned = linking_band("439", "440"), linking_band("437", "441", two), linking_band("437", "441", half)
    assert [severity_of(document, LINKING_BAND).value for document in (one, far, warned)] == ["error", "error", "warn"]
    assert failing_checks(far)[LINKING_BAND] == ["people_arrested 437 to 441"]
    return all(publication(LINKING_BAND, document)(folder) for document in (one, far, warned))


def truth(check: str, precision: float, recall: float) -> Killer:
    """A truth set that the linking agrees with at the headline's threshold just well enough, and one that it does not."""

    def fires(_: Path) -> bool:
        found = {"precision": precision, "recall": recall, "is_headline": True}
        other = {"precision": 0.1, "recall": 0.1, "is_headline": False}
        sound = {"file": "sound.csv", "at": [other, {**found, "precision": 0.999, "recall": 0.99}]}
        assert not any(failing({"truth": [sound]}).values())
        return failing({"truth": [sound, {"file": "poor.csv", "at": [other, found]}]}) == {
            **{name: [] for name in CHECKS},
            check: ["poor.csv"],
        }

    return fires


def recounted(_: Path) -> bool:
    """Warrants of another unit that are counted: the second count has one where the first has two."""
    windows = [window("2023-11")]
    with records() as made:
        for unit in ("RAPTOR_WEST", "OTHER"):
            made.warrant(unit)
        made.build()
        again, found = recount(in_session(made.connection), windows), []
        for where in ("is_executed", "status = 'EXECUTED'"):
            metric = replace(CATALOGUE["warrants_executed"], where=where)
            contribute(made.connection, [metric])
            strike(made.connection, windows, frozenset(metric.needs), [metric])
            struck = {
                (label, name, by, code): (over, under)
                for label, name, by, code, over, under in made.connection.execute(
                    "SELECT window_label, metric_id, dimension, code, numerator, denominator FROM value"
                ).fetchall()
            }
            found.append(differences(struck, {key: exact for key, exact in again.items() if key[1] == metric.id}))
    assert found[0] == []
    return "warrants_executed 2023-11" in found[1]


KILLERS: dict[str, Killer] = {
    EQUALS_RECOUNT: recounted,
    BALANCED: accounting,
    NOT_HELD: held_whole,
    WAS_READ: refused,
    IS_CURRENT: refused,
    VOLUME: any_volume,
    IN_FORCE: waiver_ended,
    "grain_is_unique": fact("grain_is_unique", "SELECT unnest(['d', 'd']) AS custody_ref, 1 AS x"),
    "no_float": fact("no_float", "SELECT unnest(['c', 'd']) AS custody_ref, 1.5::DOUBLE AS x"),
    CREDIT: disputed,
    "rows_are_kept": fact("rows_are_kept", "SELECT unnest(['c', 'd', 'e']) AS custody_ref, 1 AS x"),
    "identities_hold": publication("identities_hold", a_document(people_charged={"printed": "11"})),
    "every_source_is_current": publication("every_source_is_current", STALE),
    "every_figure_is_supplied": publication("every_figure_is_supplied", MISSING),
    LINKING_BAND: crosses,
    "precision_against_truth": truth("precision_against_truth", 0.9989, 1.0),
    "recall_against_truth": truth("recall_against_truth", 1.0, 0.9899),
    "held_with_delivery": held_whole,
    "part_held": hearing_reason("part_held"),
    "record_held": hearing_reason("record_held"),
    "adds up by month": adds_up("months"),
    "adds up by part": adds_up("parts"),
    "covers the whole": covers,
    "a rate is that of its parts": rate_of_parts,
    "is rounded once": rounded_once,
    **{f"{part} <= {whole}": at_most(part, whole) for part, whole in AT_MOST},
    **{" + ".join(parts): together(parts, whole) for parts, whole in TOGETHER_AT_MOST},
    **{problem: volume(problem, count) for problem, count in ((ZERO_ROWS, 0), (UNUSUAL, 300), (IMPLAUSIBLE, 9999))},
}
BY_RULE = "conflicting_duplicate"
"""The set rule of every keyed dataset: a rule of its contract, with a killer of two rows (contracts/killers)."""


def home_of(place: Settings) -> Home:
    return Home(place.home)


def outcome(place: Settings, source: str, check: str) -> bool:
    """Whether a check of all of a source's datasets passed."""
    return all(result.passed for result in results_of_source(place, source) if result.check == check)


def test_nothing_is_without_a_killer() -> None:
    """Every check in the graph that is no contract rule and no gate, every reason over sets, every identity; and no killer of nothing."""
    graph = build_defs().resolve_asset_graph()
    rules = {(dataset, rule.name) for dataset, contract in CONTRACTS.items() for rule in rules_of(contract)}
    own = rules | {("release", gate) for gate in (*CONTENT, *LIVE)}  # the gates' killers: release/test_publish.py
    checks = {key.name for key in graph.asset_check_keys if (key.asset_key.path[-1], key.name) not in own}
    identities = {f"{part} <= {whole}" for part, whole in AT_MOST} | {"adds up by month", "adds up by part"}
    identities |= {"covers the whole", "a rate is that of its parts", "is rounded once"}
    identities |= {" + ".join(parts) for parts, _ in TOGETHER_AT_MOST}
    expected = checks | set(SET_REASONS) | identities | {IS_CURRENT, ZERO_ROWS, UNUSUAL, IMPLAUSIBLE}
    assert KILLERS.keys() == expected
    assert any(rule.endswith(f"__{BY_RULE}") for _, rule in rules)


@pytest.mark.parametrize("name", KILLERS)
def test_the_check_fires_on_its_killer(name: str, tmp_path: Path) -> None:
    """Silent on what is sound, and not on what was broken."""
    assert KILLERS[name](tmp_path)
