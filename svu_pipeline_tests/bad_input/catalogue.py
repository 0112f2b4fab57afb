"""The whole catalogue: the cases of every format, and the rows that have a test of their own."""

from __future__ import annotations

from svu_pipeline_tests.bad_input import (
    any_cases,
    archive_cases,
    csv_cases,
    database_cases,
    json_cases,
    workbook_cases,
    xml_cases,
)
from svu_pipeline_tests.bad_input.case import Case

CASES: tuple[Case, ...] = tuple(
    case
    for module in (csv_cases, archive_cases, workbook_cases, xml_cases, json_cases, database_cases, any_cases)
    for case in module.CASES
)

ELSEWHERE = {
    "B34": "test_more_nights.py: a delivery many times the usual",
    "B78": "test_more_nights.py: a charge without its arrest counts once that arrives",
}
"""Rows that take more than one night, by the test that has them."""
