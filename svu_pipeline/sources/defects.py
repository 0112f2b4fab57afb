"""Reasons for which a reader hands on a record that it could not take apart, by format: one list, which contracts repeat.

A record that has a defect has no cells; it is held under the defect's name (`faults.md`, Bad input).
"""

from __future__ import annotations

TEXT = ("nul_byte", "too_long")
"""Of any file: byte zero within a field, a field beyond all bounds."""

CSV = ("too_few_fields", "too_many_fields", "bad_quote", "repeated_header", *TEXT)
JSON = ("not_json", "duplicate_key", "bad_unicode", *TEXT)
SHEET = ("not_a_record", "excel_error", "formula_without_value", "precision_lost", *TEXT)
XML = ("multiple_values", *TEXT)
DATABASE = ("length_at_limit",)
