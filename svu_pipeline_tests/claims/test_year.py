"""The published year as a release, with its errors and without: each error is found and named, and the rewrite passes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from svu_pipeline.claims.check import check_text
from svu_pipeline.claims.claim import Claim, Report, Verdict
from svu_pipeline.claims.figures import Figures
from svu_pipeline.cli import app
from svu_pipeline.clock import window
from svu_pipeline.publication.publish import publish_review
from svu_pipeline_tests.night import Force

WITH_ERRORS = """Twelve months of pressure on county lines

Our Serious Violence Unit has closed another hard year against those who run drugs into Essex.

In the 12 months to the end of November 2023, officers arrested 440 people and achieved a 70 % charge rate. They recovered 83 weapons, among them knives and blades, seized about 6kg of drugs and took £261,000 of criminal profits. Officers executed 168 warrants.

Over the year Op Bumble stopped 250 vehicles and checked more than 300 passengers. It delivered 50 training sessions.

Offenders were sentenced to a combined 804 years in prison. More than 400 vulnerable people were safeguarded.

In October, injunctions were granted against 16 gang members in Thurrock. Eight of them are children.

The achievements of the Prepare, Prevent and Protect team this year include:

Anyone with information can call 101.
"""

REWRITTEN = """Twelve months of pressure on county lines

Our Serious Violence Unit has closed another hard year against those who run drugs into Essex.

In the 12 months to the end of November 2023, officers arrested 440 people. Of these, 305 were charged and remanded: a charge and remand rate of 69.3%. They seized 83 weapons, 61 of them knives and blades, about 6kg of drugs and £261,000 of criminal profits. Officers executed 168 warrants.

Op Bumble was deployed 25 times over the year. It handed out about 2,700 leaflets, made seven referrals and offered 50 training sessions. At its last deployment, at Stansted Airport, 250 vehicles were stopped, more than 300 passengers checked and one arrest made.

Offenders were sentenced to a combined 804 years in prison. More than 400 vulnerable people were safeguarded.

In October, injunctions were granted against 16 gang members in Thurrock. Eight of them are teenagers. In November, slavery and trafficking risk orders were made on six people, for between 36 and 60 months.

Under Operation Kash, officers executed warrants at six addresses in Chingford and Waltham Abbey on 12 April. A 22-year-old man was jailed for 31 months at Chelmsford Crown Court.

Supplying Class A drugs carries up to life imprisonment under section 4 of the Misuse of Drugs Act 1971. Anyone with information can call 101.
"""

ERRORS = {
    "70 %": ("charge_and_remand_rate", {Verdict.WRONG_TERM, Verdict.WRONG_ROUNDING}),
    "83": ("weapons_seized", {Verdict.WRONG_TERM}),
    "250": ("bumble_vehicles_stopped", {Verdict.WRONG_WINDOW}),
    "more than 300": ("bumble_passengers_checked", {Verdict.WRONG_WINDOW}),
    "50": ("bumble_training_sessions_offered", {Verdict.WRONG_TERM}),
    "Eight": ("gang_injunctions_teenagers", {Verdict.WRONG_TERM}),
}


@pytest.fixture(scope="module")
def wrong(year: Figures) -> Report:
    return check_text(WITH_ERRORS, year, window("2023-11"))


def _said(report: Report, text: str) -> Claim:
    return next(claim for claim in report.claims if claim.text == text)


def test_every_error_of_the_published_year_is_found_and_no_other(wrong: Report) -> None:
    found = {claim.text: (claim.metric, set(claim.verdicts)) for claim in wrong.claims if claim.is_wrong}
    assert found == ERRORS


def test_the_list_that_is_announced_and_missing_is_noticed(wrong: Report) -> None:
    assert [one.text for one in wrong.missing_lists] == [
        "The achievements of the Prepare, Prevent and Protect team this year include:"
    ]


def test_each_error_is_named_with_the_figure_and_a_phrase_that_would_be_true(wrong: Report, year: Figures) -> None:
    rate = _said(wrong, "70 %")
    assert rate.exact == "69.3%" and "charge rate" in rate.why and rate.phrase.startswith("69.3%")
    assert "recovered" in _said(wrong, "83").why
    assert "Stansted Airport, 24 November 2023" in _said(wrong, "250").why
    for text in ERRORS:
        claim = _said(wrong, text)
        assert claim.definition == year.definition(claim.metric or "")
        assert claim.why and claim.exact and claim.phrase


def test_a_phrase_that_the_checker_offers_is_true_when_it_is_said(wrong: Report, year: Figures) -> None:
    for text in ERRORS:
        phrase = _said(wrong, text).phrase
        again = check_text(f"In the year: {phrase}.", year, window("2023-11"))
        assert not again.is_wrong, phrase


def test_the_rewrite_is_true_throughout(year: Figures) -> None:
    report = check_text(REWRITTEN, year, window("2023-11"))
    assert not report.missing_lists
    assert {c.text: c.verdicts for c in report.claims if c.is_claim and c.verdicts != (Verdict.TRUE,)} == {}
    assert sum(claim.is_claim for claim in report.claims) >= 20


OF_PARTS = [
    ("Of the 440 people arrested, 69.3% were charged and remanded.", "69.3%", "charge_and_remand_rate", Verdict.TRUE),
    ("73% of weapons seized were knives.", "73%", "knives_and_blades_seized", Verdict.TRUE),
    ("Six of the county's nine breaches of orders were in Thurrock.", "Six", "order_breaches", Verdict.TRUE),
    ("The unit made 501 arrests. Ten people were arrested every week.", "Ten", "people_arrested", Verdict.CANNOT_BE_CHECKED),
    ("A man was jailed for 32 months under Operation Kash.", "32", "prison_years", Verdict.WRONG_NUMBER),
    ("The unit arrested 398 people.", "398", "people_arrested", Verdict.WRONG_WINDOW),
    ("We seized 83 weapons, including 40 knives.", "40", "knives_and_blades_seized", Verdict.WRONG_NUMBER),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said", "metric", "verdict"), OF_PARTS, ids=[text for text, *_ in OF_PARTS])
def test_a_part_a_share_a_case_and_another_window_are_told_apart(
    year: Figures, text: str, said: str, metric: str, verdict: Verdict
) -> None:
    claim = _said(check_text(text, year, window("2023-11")), said)
    assert (claim.metric, claim.verdicts) == (metric, (verdict,))


GOVERNED = [
    ("The unit arrested 440 people and charged and remanded 305 of them.", {}),
    ("As well as arresting 440 people, officers charged and remanded 305 of them.", {}),
    ("We arrested 440 people, charged and remanded 305 of them, and seized 83 weapons.", {}),
    ("We arrested 440 people. 305 of them we charged and remanded.", {}),
    ("The 440 people arrested, 305 of whom the unit charged and remanded, were mostly from Essex.", {}),
    ("Of the 440 people the unit arrested, it charged and remanded 305.", {}),
    ("The unit arrested 440 people; it charged and remanded 305, and seized about 6kg of drugs and £261,000 in criminal profits.", {}),
    ("The unit arrested 440 people and safeguarded more than 400 vulnerable people.", {}),
    ("Officers arrested 440 people and jailed offenders for a combined 804 years.", {}),
    ("Officers executed 168 warrants, while more than 400 vulnerable people were safeguarded.", {}),
    ("The team seized 83 weapons and £261,000 in criminal profits, and charged and remanded 305 people.", {}),
    ("Officers seized 83 weapons, 61 of which were knives or blades, as well as about 6kg of drugs.", {}),
    ("440 people were arrested.", {}),
    ("440 people were arrested and 305 of them charged and remanded.", {}),
    ("83 weapons, about 6kg of drugs and £261,000 in criminal profits were seized.", {}),
    (
        "Officers seized 83 weapons and about 6 kg of drugs, and recovered £261,000 in criminal profits.",
        {"£261,000": "criminal_profits_seized"},
    ),
    ("Officers recovered 83 weapons and seized about 6kg of drugs.", {"83": "weapons_seized"}),
    ("83 weapons and 6 kg of drugs were recovered.", {"83": "weapons_seized", "6 kg": "drugs_seized_kg"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wrong"), GOVERNED, ids=[text for text, _ in GOVERNED])
def test_a_verb_governs_its_own_number_and_after_a_list_the_whole_list(
    year: Figures, text: str, wrong: dict[str, str]
) -> None:
    """A verb with a number of its own does not reach back; only the terms in `wrong` are wrong, all else is true."""
    claims = check_text(text, year, window("2023-11")).claims
    assert {c.text: c.metric for c in claims if c.verdicts == (Verdict.WRONG_TERM,)} == wrong
    assert {c.text: c.verdicts for c in claims if c.text not in wrong and c.verdicts != (Verdict.TRUE,)} == {}


@pytest.fixture
def home(demo_night: Force, tmp_path: Path) -> Path:
    """A home in which the review of the year is published, so that the command need not strike it each time it is run."""
    copy = Force(shutil.copytree(demo_night.root, tmp_path / "home", ignore=shutil.ignore_patterns("sources")))
    publish_review(copy.settings, window("2023-11"))
    return copy.root


def _run(home: Path, file: Path, *options: str) -> Any:
    return CliRunner().invoke(app, ["claims", str(file), "--window", "2023-11", "--home", str(home), *options])


def test_the_command_is_a_gate(home: Path, tmp_path: Path) -> None:
    """0 where nothing is wrong, 1 where something is, and with --strict where it is true only loosely."""
    for name, text in (
        ("wrong.txt", WITH_ERRORS),
        ("right.txt", REWRITTEN),
        ("loose.txt", "More than 100 people were arrested."),
    ):
        (tmp_path / name).write_text(text, "utf-8")
    assert _run(home, tmp_path / "right.txt", "--strict").exit_code == 0
    assert _run(home, tmp_path / "loose.txt").exit_code == 0
    assert _run(home, tmp_path / "loose.txt", "--strict").exit_code == 1
    result = _run(home, tmp_path / "wrong.txt", "--json", "--html", str(tmp_path / "out.html"))
    assert result.exit_code == 1
    content = json.loads(result.stdout)
    rate = next(claim for claim in content["claims"] if claim["text"] == "70 %")
    assert WITH_ERRORS[rate["start"] : rate["end"]] == "70 %" and rate["verdicts"] == ["wrong_term", "wrong_rounding"]
    assert len(content["missing_lists"]) == 1
    assert "wrong term, wrong rounding" in (tmp_path / "out.html").read_text("utf-8")
