"""Credit to the unit as it is said: shares by evidence in the review, and the queue of what is disputed."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from svu_pipeline.audit import entries
from svu_pipeline.clock import window
from svu_pipeline.commands.attribution import attribution
from svu_pipeline.facts.build import CREDIT
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.values import contribute, strike
from svu_pipeline.publication.attribution import CREDITS, credit, since_launch
from svu_pipeline.publication.publish import publish_review
from svu_pipeline.quality.history import past
from svu_pipeline.quality.results import results_of_facts
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline_tests.facts.records import Records, records
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import ANN, BOB, Extract

YEAR, NEXT = window("2023-11"), window("2024-11")
OURS, THEIRS = "RAPTOR_NORTH", "LPT_BASILDON"


def shares(night: Records) -> dict[str, dict[str, Any]]:
    """The figures of the part on credit of 2023-11's review, by metric."""
    night.build()
    contribute(night.connection)
    strike(night.connection, [YEAR, NEXT], set(SYSTEMS))
    return {figure["id"]: figure for figure in credit(night.connection, YEAR)["figures"]}


def test_each_figure_s_records_are_shared_out_by_what_credits_them() -> None:
    """Arrests of all four kinds, in exact numbers and in words; one of another window is not among them."""
    with records() as night:
        night.operation("OP1")
        for _ in range(3):
            night.arrest(OURS, operation_ref="OP1")
        for _ in range(2):
            night.arrest(OURS)
        divided, disputed = night.arrest(OURS, operation_ref="OP1"), night.arrest(OURS)
        night.exhibit(THEIRS, custody_ref=divided)
        night.exhibit(THEIRS, custody_ref=disputed)
        both = night.arrest(OURS, operation_ref="OP1")
        night.exhibit(OURS, custody_ref=both)
        night.arrest(OURS, date(2024, 6, 1))
        night.arrest(THEIRS, operation_ref="OP1")
        found = shares(night)["arrests"]
        part = credit(night.connection, YEAR)
    assert {name: found[name] for name in ("records", *CREDITS)} == {
        "records": 8, "corroborated": 4, "alone": 2, "divided": 1, "disputed": 1,
    }  # fmt: skip
    assert found["by_evidence"] == [
        {"evidence": ["operation"], "records": 3},
        {"evidence": ["custody", "operation"], "records": 1},
    ]
    assert found["words"] == (
        "8 arrests: 3 unit code and operation; 1 unit code, custody record and operation; 2 unit code alone; "
        "1 unit code, other evidence both ways; 1 disputed"
    )
    # Credited against the evidence: one arrest. Not credited: an arrest of the operation, and two exhibits of the unit's arrests.
    assert (part["credited"], part["not_credited"]) == (1, 3)


def test_a_record_counts_once_however_many_contributions_it_brings() -> None:
    """A hearing with two life sentences is one hearing, in the figure of sentences too; one alone is said in the singular."""
    with records() as night:
        night.charge(night.arrest(OURS, person="p"), "U1")
        hearing = night.hearing("U1", "p", code="4064")
        night.connection.execute("INSERT INTO hearing_result BY NAME (FROM hearing_result)")
        found = shares(night)
        sentences = night.rows(
            f"SELECT * FROM counted WHERE metric_id = 'indeterminate_sentences' AND record_key = '{hearing}'"
        )
    assert len(sentences) == 2
    assert found["indeterminate_sentences"]["words"] == "1 hearing: 1 unit code alone"


def test_what_has_no_unit_has_no_share() -> None:
    """Drug lines and public context are credited to no one; a figure without records is not listed."""
    with records() as night:
        night.operation("OP1", closed_on=date(2023, 7, 1))
        night.warrant(OURS)
        assert shares(night).keys() == {"warrants_executed"}


def test_all_time_begins_when_the_unit_was_set_up() -> None:
    """To the end of the London month of an instant."""
    found = since_launch(datetime.fromisoformat("2023-06-30T23:30:00+00:00"))
    assert (found.start, found.last_day, found.months) == (date(2020, 7, 1), date(2023, 7, 31), 37)


def asked(force: Force, *arguments: str) -> str:
    app = typer.Typer()
    app.command()(attribution)
    done = CliRunner().invoke(app, ["--home", str(force.root), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.slow
def test_the_queue_lists_both_ways_of_disagreeing(force: Force, tmp_path: Path) -> None:
    """Credited against the evidence first, with the figures that count it; keys only; who looked is in the audit log."""
    extract = Extract()
    ours = extract.arrest(ANN, "2023-03-01 10:00:00")
    extract.weapon("KNIFE", custody_ref=ours, unit_code=THEIRS)
    extract.operation("DRUG_LINE", None, operation_ref="OP77", opened_on="2023-01-01")
    extract.warrant(datetime(2023, 6, 1), datetime(2023, 6, 2), Unit=THEIRS, Operation="OP77")
    extract.arrest(BOB, "2022-03-01 10:00:00", arresting_unit=THEIRS, operation_ref="OP77")
    extract.write(tmp_path / "one")
    force.land(tmp_path / "one")
    header, *rows = asked(force, "--window", "2023-11", "--why", "monthly look").splitlines()
    assert header.split("\t")[:5] == ["dataset", "record", "on", "unit recorded", "credited"]
    figures = "arrests, people_arrested"
    assert rows[0].split("\t")[0:9:2] == ["custody_record", "2023-03-01", "yes", "custody", figures]
    assert [row.split("\t")[0:5:4] for row in rows[1:3]] == [["exhibit", "no"], ["warrant", "no"]]
    assert rows[3:] == [
        "3 records disputed: 1 credited to the unit, 2 not; 2 figures count some of them",
        "people_arrested: 1",
        "arrests: 1",
    ]
    content = json.loads(asked(force, "--json"))
    assert (content["start"], content["figures"]) == ("2020-07-01", {"people_arrested": 1, "arrests": 1})
    first, *others = content["records"]
    assert first == {
        "dataset": "custody_record", "record": ours, "on": "2023-03-01", "unit": "RAPTOR_NORTH", "is_credited": True,
        "opinion": "other", "evidence": "custody", "witness": f"custody {ours}", "figures": ["arrests", "people_arrested"],
    }  # fmt: skip
    assert len(others) == 2 and not any(record["figures"] for record in others)
    said = json.dumps(content).casefold()
    assert not any(str(value).casefold() in said for who in (ANN, BOB) for value in who.values() if value)
    assert [entry.subject for entry in entries(force.home)][-2:] == ["attribution 2023-11", "attribution"]
    # As known before anything but the first landing, the same; before it, nothing had landed.
    assert json.loads(asked(force, "--json", "--as-at", "2026-12-01"))["records"] == content["records"]


@pytest.mark.slow
def test_the_demonstration_s_credit(demo_night: Force) -> None:
    """Its shares add up to the records that each figure counts, the check is silent, and other units' share of its
    operations is found: what is credited is hardly disputed, what is not is."""
    document = publish_review(demo_night.settings, YEAR).document
    part = document["quality"]["credit"]
    contributions = {figure["id"]: figure["contributions"] for figure in document["figures"]}
    assert {figure["id"] for figure in part["figures"]} == {
        metric.id for metric in METRICS
        if contributions[metric.id] and not metric.is_rate and not metric.is_public_context and metric.id != "drug_lines_closed"
    }  # fmt: skip
    for figure in part["figures"]:
        assert sum(figure[name] for name in CREDITS) == figure["records"]
        assert sum(row["records"] for row in figure["by_evidence"]) == figure["corroborated"]
        assert figure["records"] == contributions[figure["id"]] or figure["id"] == "indeterminate_sentences"
        assert figure["disputed"] <= figure["records"] / 50
    assert part["not_credited"] > part["credited"]
    arrests = next(figure for figure in part["figures"] if figure["id"] == "arrests")
    assert 0.3 < arrests["corroborated"] / arrests["records"] < 0.6
    result = next(result for result in results_of_facts(demo_night.settings) if result.check == CREDIT)
    assert result.passed and result.rows > 0
    assert past(demo_night.home)["fct_unit_attribution", CREDIT].rows == result.rows
