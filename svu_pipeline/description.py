"""How assets describe themselves in Dagster: groups, owners, kinds, and columns with their unit and personal class.

Made from the contracts, the facts' headers and the catalogue, so that the UI says what the code does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

import dagster as dg

from svu_pipeline.contracts.model import Contract, FieldTerms, Kind, Personal, fields_of
from svu_pipeline.facts.table import FactTable
from svu_pipeline.sources.system import System

OWNER = "team:svu-data"
DELIVERED_BY = dg.FreshnessPolicy.cron(
    deadline_cron="0 6 * * *",
    lower_bound_delta=timedelta(hours=3),
    timezone="Europe/London",
)
"""Every night's tables are there by six in the morning."""

_UNITS = {Kind.PENCE: "pence", Kind.MILLIONTHS: "millionths", Kind.UTC: "UTC", Kind.WHOLE: "count"}
_SUFFIX_UNITS = {
    "_mg": "milligrams", "_pence": "pence", "_48ths": "48ths of a day", "_years": "years", "_months": "months",
    "_at": "UTC", "_on": "London day", "_count": "count",
}  # fmt: skip
_SUFFIX_TYPES = {
    "_at": "timestamp", "_on": "date", "_count": "bigint", "_mg": "bigint", "_pence": "bigint", "_48ths": "bigint",
    "_years": "bigint", "_months": "bigint", "_value": "bigint", "_no": "bigint",
}  # fmt: skip
_PERSONAL = {Personal.DIRECT: "direct", Personal.INDIRECT: "indirect", Personal.NONE: "none"}


def key(group: str, name: str) -> dg.AssetKey:
    return dg.AssetKey([group, name])


def spec(
    group: str,
    name: str,
    description: str,
    deps: Iterable[dg.AssetKey],
    columns: Sequence[dg.TableColumn] = (),
    *,
    kinds: Iterable[str] = ("duckdb", "parquet"),
    zone: str = "restricted",
    version: str | None = None,
) -> dg.AssetSpec:
    """An asset of a folder's group, with everything that the UI shows of it."""
    metadata = {"dagster/column_schema": dg.TableSchema(columns=list(columns))} if columns else {}
    return dg.AssetSpec(
        key=key(group, name),
        deps=list(deps),
        description=description,
        group_name=group,
        owners=[OWNER],
        kinds=set(kinds),
        tags={"zone": zone},
        metadata=metadata,
        code_version=version,
        freshness_policy=DELIVERED_BY,
    )


def source_spec(system: System) -> dg.AssetSpec:
    """A source system as it stands outside: what the graph begins with."""
    return dg.AssetSpec(
        key=key("sources", system.name),
        description=f"{system.title}. {system.delivery.value.capitalize()}.",
        group_name="sources",
        owners=[OWNER],
        tags={"zone": "outside"},
    )


def landed_columns(names: Sequence[str], contract: Contract) -> list[dg.TableColumn]:
    """The text columns of a landed dataset, each with its personal class, and the trace."""
    personal = {term.name: _PERSONAL[term.personal] for term in fields_of(contract)}
    trace = [
        _column("_drop", "int32", "Place of the drop in the manifest"),
        _column("_file", "int32", "Place of the file in the manifest"),
        _column("_row", "int64", "Number of the record in its file, from 1"),
        _column("_defect", "string", "Why the record could not be taken apart"),
    ]
    return [_column(name, "string", "As received", personal.get(name, "none")) for name in names] + trace


def contract_columns(contract: Contract) -> list[dg.TableColumn]:
    """The typed columns of a dataset: kind, codes, unit, personal class."""
    return [_contract_column(term) for term in fields_of(contract)]


def fact_columns(table: FactTable) -> list[dg.TableColumn]:
    """The columns of a fact as its header says."""
    return [_column(column.name, _type_of(column.name), column.meaning, column.personal) for column in table.columns]


def _contract_column(term: FieldTerms) -> dg.TableColumn:
    codes = [f"one of {', '.join(term.codes)}"] if term.codes else []
    return dg.TableColumn(
        name=term.name,
        type=term.kind.name.lower(),
        description=f"{term.title}: {term.kind.words}",
        constraints=dg.TableColumnConstraints(nullable=not term.required, other=codes),
        tags=_tags(term.name, _PERSONAL[term.personal], _UNITS.get(term.kind)),
    )


def _column(name: str, type: str, meaning: str, personal: str = "none") -> dg.TableColumn:
    return dg.TableColumn(name=name, type=type, description=meaning, tags=_tags(name, personal, None))


def _type_of(name: str) -> str:
    """The type of a fact's column, which its name tells: `is_…` is a boolean, `…_on` a day."""
    if name.startswith(("is_", "has_", "was_")):
        return "boolean"
    return next((kind for suffix, kind in _SUFFIX_TYPES.items() if name.endswith(suffix)), "varchar")


def _tags(name: str, personal: str, unit: str | None) -> dict[str, str]:
    by_suffix = next((words for suffix, words in _SUFFIX_UNITS.items() if name.endswith(suffix)), None)
    found = unit or by_suffix
    return {"personal_data": personal} | ({"unit": found.replace(" ", "_")} if found else {})
