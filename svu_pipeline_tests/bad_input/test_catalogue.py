"""Every row of the catalogue, B01 to B86, in real bytes: its outcome, its code, and silence about what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from svu_pipeline.contracts.casting import define_macros
from svu_pipeline.contracts.standing import stand
from svu_pipeline.contracts.verdict import Verdict, judge, values_path
from svu_pipeline.landing.batch import Manifest, manifests
from svu_pipeline.landing.take import take
from svu_pipeline.sources.system import SourceError
from svu_pipeline.warehouse import session
from svu_pipeline_tests.bad_input.case import SENTINEL, Case, Outcome, good
from svu_pipeline_tests.bad_input.catalogue import CASES, ELSEWHERE
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import SOURCES
from svu_pipeline_tests.tally import count

WITH_ANOTHER = ("record_held", "part_held")
ROWS = [f"B{number:02d}" for number in range(1, 87)]


def attempted(case: Case, tmp_path: Path) -> tuple[Force, SourceError | None]:
    """A home on which the case's source was taken, and the refusal, if it was refused. No other source is there."""
    extract = good()
    extract.missing = {*SOURCES} - {case.source}
    case.spoil(extract)
    extract.write(tmp_path / "sources")
    force = Force(tmp_path / "home")
    try:
        take(replace(force.settings, sources=tmp_path / "sources"), case.source, force.now)
    except SourceError as error:
        return force, error
    return force, None


def counted(manifest: Manifest, verdict: Verdict) -> dict[str, int]:
    """How often each code was given: by rules, whatever the column, and by notes; what is held with another is not."""
    codes: dict[str, int] = {}
    for table in verdict.tables.values():
        for rule, rows in table.rules.items():
            codes[rule.partition("__")[2]] = codes.get(rule.partition("__")[2], 0) + rows
    for _, _, code, number in manifest.notes:
        codes[code] = codes.get(code, 0) + number
    return {code: number for code, number in codes.items() if code not in WITH_ANOTHER}


def written_about(force: Force) -> str:
    """All that is written of a delivery beside its rows: refusals, manifests, verdicts, the audit log."""
    paths = [*force.home.root.rglob("*.json"), *force.home.root.rglob("*.jsonl")]
    return "\n".join(path.read_text("utf-8") for path in paths)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case_meets_its_outcome(case: Case, tmp_path: Path) -> None:
    """The outcome and the code of the catalogue; rows add up; no value is told."""
    problem = _problem(case, *attempted(case, tmp_path))
    count(case.row, int(not problem), 1)
    assert not problem


def _problem(case: Case, force: Force, error: SourceError | None) -> str:
    """What is not as it must be, in words; empty when all is."""
    if SENTINEL in written_about(force) + repr(error) + repr(error and (error.__cause__, error.args)):
        return "a value of the record is told"
    if case.outcome is not Outcome.F:
        return f"refused for {error.code}" if error else _accepted(case, force)
    refused = error.code if error else ""
    kept = manifests(force.home, case.source)
    return "" if refused == case.code and not kept else f"refused for '{refused}', not for {case.code}"


def _accepted(case: Case, force: Force) -> str:
    manifest, verdict = manifests(force.home, case.source)[-1], judge(force.home, case.source)[-1]
    codes = counted(manifest, verdict)
    expected = {case.code: case.of} if case.code else {}
    if codes != expected:
        return f"counted {codes}, not {expected}"
    held = verdict.tables[case.dataset].held if case.dataset else 0
    if not (1 <= held <= case.of if case.outcome is Outcome.R else held == 0):
        return f"{held} rows are held"
    if not _adds_up(force, case.source):
        return "the rows do not add up"
    rows = pq.read_table(values_path(force.home, manifest, case.dataset)).to_pylist() if case.values else [{}]
    if not any(case.values.items() <= row.items() for row in rows):
        return "no row has the values expected"
    return ""


def _adds_up(force: Force, source: str) -> bool:
    """Landed = current + superseded + withdrawn + duplicate + held, in every dataset of the source."""
    with session(force.home.root) as connection:
        define_macros(connection)
        return all(account.is_balanced for account in stand(connection, force.home, source))


def test_no_row_of_the_catalogue_is_without_a_case() -> None:
    """B01 to B86: each has a case here, or names the test that has it."""
    assert sorted({case.row for case in CASES} | ELSEWHERE.keys()) == ROWS
    assert {case.row for case in CASES} & ELSEWHERE.keys() == set()


def test_names_of_cases_are_theirs_alone() -> None:
    """A case that is found by its name is one case."""
    assert len({case.name for case in CASES}) == len(CASES)


def test_refused_source_stops_no_other(tmp_path: Path) -> None:
    """With every source but one refused, that one lands; each refusal is on record with its code."""
    extract = good()
    by_source: dict[str, Case] = {case.source: case for case in CASES if case.outcome is Outcome.F}
    by_source.pop("warrants")
    for case in by_source.values():
        case.spoil(extract)
    extract.write(tmp_path / "sources")
    force = Force(tmp_path / "home")
    brought = force.land(tmp_path / "sources")
    assert {error.source: error.code for error in force.refused} == {s: case.code for s, case in by_source.items()}
    assert brought == dict.fromkeys(brought, True)
    assert brought["warrants"]
    for source in by_source:
        (last,) = (force.home.landing(source) / "attempts.jsonl").read_text("utf-8").splitlines()[-1:]
        assert json.loads(last)["outcome"] == "refused"
