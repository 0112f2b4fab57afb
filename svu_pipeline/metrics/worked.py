"""Worked examples: small cases with invented records, the figures they give, and the rule that each shows.

The cases stand in `cases/*.toml`, where an analyst can read them and add one. A test lands them all as one extract through
the whole pipeline; the catalogue page and the definitions show the same ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from svu_pipeline.errors import Curable

if TYPE_CHECKING:
    from svu_pipeline.metrics.metric import Metric

SHOWN_APART = ("dataset", "so")


class CaseError(Curable):
    """A case that cannot be read: says which file, and what a case needs."""


@dataclass(frozen=True)
class WorkedCase:
    """A few invented records of one month, and the figures of that month.

    `shows` is the rule; `records` are in the columns of the delivery, each with `dataset` and, in `so`, whether it counts and
    why; `expect` maps metric ids to figures as printed. `person = "A"` stands for an invented person of the case.
    """

    file: str
    window: str
    shows: str
    expect: Mapping[str, str]
    records: tuple[Mapping[str, Any], ...]


@cache
def worked_cases() -> tuple[WorkedCase, ...]:
    """Every case of `cases/*.toml`, by file and in its order."""
    folder = resources.files("svu_pipeline.metrics").joinpath("cases")
    files = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda entry: entry.name)
    return tuple(
        _case(file.name, entry) for file in files for entry in tomllib.loads(file.read_text("utf-8")).get("case", [])
    )


def case_of(id: str) -> WorkedCase:
    """The first case that says what a metric comes to; CaseError where none does."""
    name = id.partition("@")[0]
    found = next((case for case in worked_cases() if name in case.expect), None)
    if found is None:
        raise CaseError(f"no case shows {name}: add one to svu_pipeline/metrics/cases/")
    return found


def example(metric: Metric, datasets: Collection[str]) -> str:
    """The worked example of a metric in words: the rule, what each record of its datasets counts for, and the figure."""
    case = case_of(metric.id)
    records = [record for record in case.records if record["dataset"] in datasets]
    lines = [f"({number}) {_named(record)}: {record['so']}" for number, record in enumerate(records, start=1)]
    figure = metric.wording.phrase(_amount(metric, case.expect[metric.id.partition("@")[0]]))
    return f"{case.shows} {'; '.join(lines)}. The figure: {figure}."


def columns_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a case's record, without what is said about it."""
    return {name: value for name, value in record.items() if name not in SHOWN_APART}


def _case(file: str, entry: Mapping[str, Any]) -> WorkedCase:
    try:
        case = WorkedCase(file, entry["window"], entry["shows"], entry["expect"], tuple(entry["record"]))
    except KeyError as error:
        raise CaseError(f"cases/{file}: a case has window, shows, expect and records; {error} is missing") from None
    if any("dataset" not in record or "so" not in record for record in case.records):
        raise CaseError(f"cases/{file}, {case.window}: every record says its dataset, and in `so` whether it counts")
    return case


def _named(record: Mapping[str, Any]) -> str:
    person = f" of {record['person']}" if "person" in record else ""
    return f"{record['dataset'].replace('_', ' ')}{person}"


def _amount(metric: Metric, printed: str) -> str:
    return metric.wording.amount(Decimal(printed))
