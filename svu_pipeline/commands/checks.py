"""`svu checks`: every check as last kept, and since when it has been so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, table
from svu_pipeline.settings import read

if TYPE_CHECKING:
    from svu_pipeline.quality.history import Past

HEADER = ("dataset", "check", "now", "since", "rows", "last nights")


def checks(
    home: HomeOption = None,
    failing: Annotated[bool, typer.Option("--failing", help="Only the checks that fail or warn now.")] = False,
    check: Annotated[str, typer.Option("--check", help="Only this check, by its name or as dataset.check.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List every check: how it stands, since when, on how many rows, and how it was on the last nights."""
    from svu_pipeline.quality.history import on_record
    from svu_pipeline.warehouse import Home

    found = on_record(Home(read(home, None).home), check, failing=failing)
    if as_json:
        typer.echo(json.dumps([_as_json(item) for item in found], ensure_ascii=False))
        return
    table("Checks", HEADER, [_row(item) for item in found])
    failed = sum(not item.passed for item in found)
    typer.echo(f"{len(found)} checks, {failed} of them not passed")


def _word(item: Past) -> str:
    return "pass" if item.passed else item.severity.value


def _row(item: Past) -> tuple[str, str, str, str, int, str]:
    return item.dataset, item.check, _word(item), f"{item.since:%Y-%m-%d %H:%M}Z", item.rows, item.sparkline


def _as_json(item: Past) -> dict[str, object]:
    return {
        "dataset": item.dataset,
        "check": item.check,
        "now": _word(item),
        "since": f"{item.since:%Y-%m-%dT%H:%M:%SZ}",
        "rows": item.rows,
        "nights": list(item.nights),
    }
