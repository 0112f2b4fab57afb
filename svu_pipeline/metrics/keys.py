"""How the key of a record is written as one text: what leads from a contribution back to the standing row."""

from __future__ import annotations

from svu_pipeline.contracts.registry import CONTRACTS

RECORD_KEYS = {
    "register_entry": "ref || ' ' || stage_raw || ' ' || strftime(date, '%Y-%m-%d')",
    "stop_and_search": "_batch || ':' || _file || ':' || _row",
    "street_crime": "_batch || ':' || _file || ':' || _row",
}
"""How a record's key is made of its columns where it is not one column of its own."""


def record_key(dataset: str) -> str:
    """The key of a record as an SQL expression over a standing row `s` of its dataset."""
    if dataset in RECORD_KEYS:
        return RECORD_KEYS[dataset]
    (column,) = CONTRACTS[dataset].key
    return f's."{column}"'
