"""A force's own codes read as ours: a mapping from the settings, kept with the verdicts that it decides.

The text as delivered stays beside the code it was read as (`…_raw`), and in the landed batch. A code that no mapping and
no list knows is `UNKNOWN`, counted and warned, as ever: nothing is mapped to "other" in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from svu_pipeline.contracts.casting import CodeMaps
from svu_pipeline.contracts.model import Contract, Kind, fields_of
from svu_pipeline.contracts.registry import of_source
from svu_pipeline.errors import Curable
from svu_pipeline.warehouse import Home, fingerprint, read_json, write_json

Codes = Mapping[str, Mapping[str, Mapping[str, str]]]
"""By dataset and column, the force's code (without regard to case) to ours."""


class CodesError(Curable):
    """A mapping to a code that is none, or of a column that is none: names the setting."""


def adopt(home: Home, source: str, codes: Codes) -> None:
    """Make a mapping the standing one of a source: from now on its batches are judged by it, the earlier ones anew.

    Raises CodesError when it speaks of a dataset, column or code that the contract does not have.
    """
    contracts = {contract.dataset: contract for contract in of_source(source)}
    for dataset, columns in codes.items():
        if dataset not in contracts:
            raise CodesError(f"sources.{source}.codes.{dataset}: there is no such dataset. Correct the settings.")
        _check(f"sources.{source}.codes.{dataset}", contracts[dataset], columns)
    content = {
        dataset: {
            column: {theirs.upper(): ours for theirs, ours in listed.items()} for column, listed in columns.items()
        }
        for dataset, columns in codes.items()
    }
    if content != codes_of(home, source):
        write_json(_path(home, source), content)


def codes_of(home: Home, source: str) -> dict[str, dict[str, dict[str, str]]]:
    """The standing mapping of a source; empty where it speaks our codes."""
    path = _path(home, source)
    return read_json(path) if path.is_file() else {}


def code_maps(home: Home, source: str, dataset: str) -> CodeMaps:
    """The standing mapping of one dataset, as the casting takes it."""
    columns = codes_of(home, source).get(dataset, {})
    return tuple((column, tuple(listed.items())) for column, listed in columns.items())


def codes_version(home: Home, source: str) -> str:
    """A fingerprint of the standing mapping; empty where there is none."""
    found = codes_of(home, source)
    return f"-{fingerprint(found)[:8]}" if found else ""


def _path(home: Home, source: str) -> Path:
    return home.verdicts(source) / "codes.json"


def _check(setting: str, contract: Contract, columns: Mapping[str, Mapping[str, str]]) -> None:
    terms = {term.name: term for term in fields_of(contract) if term.kind in (Kind.CODE, Kind.OPEN_CODE)}
    for column, listed in columns.items():
        if column not in terms:
            raise CodesError(f"{setting}.{column}: there is no such code column. Correct the settings.")
        unknown = [ours for ours in listed.values() if terms[column].codes and ours not in terms[column].codes]
        if unknown:
            known = ", ".join(terms[column].codes)
            raise CodesError(f"{setting}.{column}: {unknown[0]} is none of {known}. Correct the settings.")
