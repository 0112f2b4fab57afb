"""Every row of the security list that is due has a test: here, or where the thing itself is tested."""

from __future__ import annotations

import ast

import openpyxl

from svu_pipeline_tests.security.conftest import REPOSITORY
from svu_pipeline_tests.tally import count

TESTS = "svu_pipeline_tests"
DUE = [f"S{number:02d}" for number in range(1, 24) if number not in (5, 20, 21)]
"""Not due here: the UI behind its gate (S05), erasure (S20, but for the audit log's chain) and encryption at rest (S21)."""

ROWS = {
    "S01": [
        "security/test_night.py::test_s01_no_value_is_told",
        "bad_input/test_catalogue.py::test_case_meets_its_outcome",
        "faults/test_killed_at_points.py",
    ],
    "S02": [
        "security/test_guards.py::test_s02_failing_step_tells_nothing",
        "security/test_guards.py::test_s02_each_guard_is_needed",
        "security/test_guards.py::test_s02_from_none_holds_where_redaction_does_not",
    ],
    "S03": [
        "security/test_night.py::test_s03_reasons_hold_no_value",
        "contracts/test_verdict.py::test_no_value_of_a_row_leaves_the_values",
        "contracts/test_checking.py::test_rule_that_cannot_be_evaluated_is_an_error_without_a_value",
    ],
    "S04": [
        "security/test_metadata.py::test_s04_every_preview_has_been_looked_at",
        "security/test_night.py::test_s04_metadata_of_a_night_is_known",
    ],
    "S06": ["security/test_night.py::test_s06_night_opens_no_port"],
    "S07": [
        "security/test_injection.py::test_s07_what_is_typed_is_refused_in_plain_words",
        "security/test_injection.py::test_s07_partition_key_is_a_month_or_nothing",
        "security/test_night.py::test_s07_night_starts_no_program",
        "sources/test_sqlite_database.py::test_names_are_quoted",
        "live/test_postgres.py::test_names_are_quoted",
    ],
    "S08": [
        "security/test_sessions.py::test_s08_session_is_shut",
        "security/test_sessions.py::test_s08_no_session_is_opened_unlocked",
    ],
    "S09": [
        "security/test_night.py::test_s09_everything_is_for_the_owner_alone",
        "security/test_night.py::test_s09_another_account_reads_nothing",
    ],
    "S10": [
        "live/test_live_security.py::test_s10_no_secret_is_said",
        "live/test_postgres_access.py::test_password_stays_out_of_sight",
    ],
    "S11": ["bad_input/test_catalogue.py::test_case_meets_its_outcome"],
    "S12": ["security/test_injection.py::test_s12_cell_is_no_formula"],
    "S13": [
        "security/test_night.py::test_s13_page_is_what_is_meant_and_no_more",
        "security/test_night.py::test_s13_database_is_what_is_meant_and_no_more",
        "security/test_night.py::test_s13_no_identifier_is_in_the_published_bytes",
    ],
    "S14": ["bad_input/test_catalogue.py::test_case_meets_its_outcome"],
    "S15": ["live/test_live_security.py::test_s15_an_unknown_host_key_is_told_nothing"],
    "S16": [
        "live/test_live_security.py::test_s16_a_certificate_nobody_vouches_for_is_refused",
        "live/test_live_security.py::test_s16_redirects_elsewhere_are_refused",
        "live/test_live_security.py::test_s16_verification_is_nowhere_turned_off",
    ],
    "S17": ["live/test_postgres_access.py::test_reader_may_only_select_from_the_views"],
    "S18": [
        "security/test_supply.py::test_s18_every_requirement_has_its_hashes",
        "security/test_supply.py::test_s18_tampered_package_is_not_installed",
    ],
    "S19": [
        "security/test_night.py::test_s19_night_needs_no_network",
        "security/test_night.py::test_s19_telemetry_is_off",
    ],
    "S22": [
        "security/test_supply.py::test_s22_no_data_is_in_the_repository",
        "test_demo.py::test_the_same_seed_is_the_same_force",
    ],
    "S23": ["security/test_night.py::test_s23_nothing_is_pickled"],
}
"""By row the tests that prove it, of `svu_pipeline_tests`; a file alone where all of it does."""

CASES = {"S11": {"B50", "B52"}, "S14": {"B36", "B37", "B38"}}
"""Rows whose proof are cases of the catalogue of bad input."""


def test_every_row_that_is_due_names_its_tests_and_they_exist() -> None:
    """No row is without one, and none names a test that has gone."""
    assert sorted(ROWS) == DUE
    for names in ROWS.values():
        for name in names:
            file, _, function = name.partition("::")
            tree = ast.parse((REPOSITORY / TESTS / file).read_text("utf-8"))
            tests = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert function in tests if function else any(test.startswith("test_") for test in tests), name


def test_s11_s14_the_catalogue_has_their_cases() -> None:
    """Each of the rows of bad input that prove them is there, with files that are refused."""
    from svu_pipeline_tests.bad_input.case import Outcome
    from svu_pipeline_tests.bad_input.catalogue import CASES as TRIED

    refused = {case.row for case in TRIED if case.outcome is Outcome.F}
    for row, needed in CASES.items():
        count(row, int(needed <= refused), 1, f"{', '.join(sorted(needed))} of the catalogue")
        assert needed <= refused


def test_s11_workbooks_are_read_by_a_guarded_parser() -> None:
    """openpyxl has found defusedxml and uses it."""
    assert openpyxl.DEFUSEDXML is True
