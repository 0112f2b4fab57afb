"""The demonstration year: the published figures, the generator's truth, and every planted defect."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from svu_pipeline.clock import window
from svu_pipeline.demo.generate import generate
from svu_pipeline.publication.review import review
from svu_pipeline.strike import struck
from svu_pipeline_tests.night import Force

pytestmark = pytest.mark.slow

PUBLISHED = {
    "people_arrested": "440",
    "people_charged_and_remanded": "305",
    "weapons_seized": "83",
    "warrants_executed": "168",
    "prison_years": "804.00",
    "criminal_profits_seized": "261000.00",
    "gang_injunctions": "16",
    "gang_injunctions_teenagers": "8",
    "stro_people": "6",
    "bumble_deployments": "25",
    "bumble_partner_referrals": "7",
    "bumble_training_sessions_offered": "50",
    "charge_and_remand_rate": "69.3",
}


def test_the_published_year_comes_out_exactly(demo_night: Force) -> None:
    """The twelve months to November 2023 are the published ones, digit for digit."""
    found = demo_night.figures("2023-11")
    assert {name: found[name] for name in PUBLISHED} == PUBLISHED
    assert abs(float(found["drugs_seized_kg"] or 0) - 6) <= 0.05
    assert 400 < int(found["people_safeguarded"] or 0) < 500
    assert 2650 <= int(found["bumble_leaflets"] or 0) <= 2749


def test_every_window_equals_the_generators_truth(demo_night: Force, truth: dict[str, Any]) -> None:
    """Other windows are right too: nothing is fitted to one year."""
    for label, expected in truth["windows"].items():
        assert demo_night.figures(label) == expected, label


def test_single_months_are_windows_like_any_other(demo_night: Force, truth: dict[str, Any]) -> None:
    """Sixteen injunctions, eight of them against teenagers, in October; six STROs in November."""
    for label, expected in truth["months"].items():
        found = demo_night.figures(label, months=1)
        assert {name: found[name] for name in expected} == expected


def test_every_row_is_accounted_for(demo_night: Force, truth: dict[str, Any]) -> None:
    """Landed rows are current, superseded, withdrawn, duplicate or held, as planted, and nothing else."""
    found = demo_night.accounts()
    assert {dataset: found[dataset] for dataset in truth["rows"]} == truth["rows"]
    for account in found.values():
        assert account["landed"] == sum(number for name, number in account.items() if name != "landed")


def test_every_planted_defect_meets_its_outcome(demo_night: Force, truth: dict[str, Any]) -> None:
    """Each kind of planted defect is found as often as it was planted, with the outcome that was foretold."""
    expected: Counter[tuple[str, str, str]] = Counter()
    for line in truth["defects"]:
        if line["outcome"] in ("held", "withheld", "warned"):
            expected[line["dataset"], line["outcome"], line["reason"]] += line["count"]
    assert _found(demo_night) == expected


def _found(force: Force) -> Counter[tuple[str, str, str]]:
    """Rows by dataset, outcome and reason, from reasons, notes and facts; a part held with its record is not a defect."""
    found: Counter[tuple[str, str, str]] = Counter()
    with struck(force.settings, [window("2023-11")]) as state:
        for account in state.accounts:
            rows = state.connection.execute(
                f"SELECT action, reason, count(*) FROM reason_{account.dataset} "
                "WHERE reason NOT IN ('part_held', 'record_held') GROUP BY ALL"
            ).fetchall()
            found.update({(account.dataset, action, reason): count for action, reason, count in rows})
        for table, dataset in (("fct_stop_and_search", "stop_and_search"), ("fct_street_crime", "street_crime")):
            rows = state.connection.execute(f"SELECT count(*) FROM {table} WHERE is_repeat").fetchall()
            found[dataset, "warned", "exact_repeat"] = rows[0][0]
        cut = state.connection.execute("SELECT count(*) FROM custody_chain WHERE is_cut_off").fetchall()
        found["custody_record", "warned", "missing_predecessor"] = cut[0][0]
    for note in review(force.settings, window("2023-11"))["quality"]["notes"]:
        found[note["dataset"], "warned", note["code"]] += note["count"]
    return +found


def test_the_kash_case_is_in_it(demo_night: Force) -> None:
    """Six addresses on 12 April 2023, one man of 22 jailed for 31 months at Chelmsford, one cuckooed home."""
    with struck(demo_night.settings, [window("2023-11")]) as state:
        (line,) = state.connection.execute(
            "SELECT operation_ref FROM fct_operation WHERE line_name = 'KASH'"
        ).fetchall()
        warrants = state.connection.execute(
            "SELECT count(DISTINCT premises_ref), min(executed_on)::TEXT, max(executed_on)::TEXT FROM fct_warrant "
            "WHERE operation_ref = ? AND is_executed",
            line,
        ).fetchall()
        jailed = state.connection.execute(
            "SELECT h.court, h.term_day_48ths / 1461, a.age_years FROM fct_hearing h JOIN fct_custody_arrest a "
            "USING (arrest_ref) WHERE a.operation_ref = ? AND h.is_counted",
            line,
        ).fetchall()
        cuckooed = state.connection.execute(
            "SELECT count(DISTINCT premises_ref) FROM fct_safeguarding_contact "
            "WHERE operation_ref = ? AND kind = 'CUCKOOING_VISIT'",
            line,
        ).fetchall()
    assert warrants == [(6, "2023-04-12", "2023-04-12")]
    assert jailed == [("Chelmsford Crown Court", 31.0, 22)]
    assert cuckooed == [(1,)]


def test_the_same_seed_is_the_same_force(demo_sources: Path, tmp_path: Path) -> None:
    """Two makings are equal byte for byte, the truth about them too; another seed is another force."""
    generate(tmp_path / "again", tmp_path / "truth.json")
    for name in ("truth.json", "who_is_who.csv"):
        assert (tmp_path / name).read_bytes() == (demo_sources.parent / name).read_bytes()
    files = sorted(path.relative_to(demo_sources) for path in demo_sources.rglob("*") if path.is_file())
    assert files == sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    assert all((demo_sources / file).read_bytes() == (tmp_path / "again" / file).read_bytes() for file in files)
    generate(tmp_path / "other", tmp_path / "other.json", seed=7)
    assert (tmp_path / "other" / "custody.sqlite").read_bytes() != (demo_sources / "custody.sqlite").read_bytes()
    other = json.loads((tmp_path / "other.json").read_text("utf-8"))
    assert other["windows"]["2023-11"]["people_arrested"] == "440"
