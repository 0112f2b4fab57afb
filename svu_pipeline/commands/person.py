"""`svu person`: why some records are one person. Restricted: a reason is asked for and kept in the audit log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svu_pipeline.commands.output import HomeOption, JsonOption, say, table
from svu_pipeline.settings import read

if TYPE_CHECKING:
    from svu_pipeline.people.evidence import Link, Person


def person(
    person: Annotated[
        str, typer.Argument(help="A person's id or its beginning, or a record as in custody_record:KEY.", metavar="ID")
    ],
    why: Annotated[str, typer.Option("--why", help="Why you need to see it; kept in the audit log.")],
    home: HomeOption = None,
    values: Annotated[
        bool, typer.Option("--values", help="Show what each field says, too; the audit log says that you did.")
    ] = False,
    chart: Annotated[
        Path | None, typer.Option("--chart", help="Write the evidence as a chart (.svg) or a page (.html).")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show why the records of a person are one: each link's evidence by field, what was kept apart, merges and splits."""
    from svu_pipeline.clock import now
    from svu_pipeline.people.evidence import evidence
    from svu_pipeline.people.person_page import require_kind, write

    if chart:
        require_kind(chart)
    found = evidence(read(home, None), person, why, now, with_values=values)
    if chart:
        write(found, chart)
        say(f"Written: {chart}. It is restricted: keep it where the records are kept.")
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    _print(found)


def _print(found: Person) -> None:
    table(
        f"Person {found.person_id}",
        ("dataset", "record", "details", "theirs since", "landed", "file", "row"),
        [(r.dataset, r.record_key, r.details, r.since, r.landed_at, r.file, r.row) for r in found.records],
    )
    if len({record.details for record in found.records}) < len(found.records):
        typer.echo("Records with the same number under details say the same in every field, and are one by that.")
    _print_links("What holds them together", found.links)
    _print_links("Kept apart from them, or not alike enough", found.apart)
    if len(found.apart) < found.apart_in_all:
        typer.echo(f"The likeliest {len(found.apart)} of {found.apart_in_all} pairs kept apart.")
    if found.former_ids:
        typer.echo(f"Former ids: {', '.join(found.former_ids)}")
    if found.events:
        header = ("known at", "what happened", "records", "because", "of")
        rows = [(e.known_at, e.words, e.records, e.because, ", ".join(e.causes)) for e in found.events]
        table("Merges and splits", header, rows)
    typer.echo(f"{len(found.records)} records, {len(found.links)} links.")


def _print_links(title: str, links: tuple[Link, ...]) -> None:
    """Links, each with a row a field: what it says, its bits for or against, and the bits so far."""
    from svu_pipeline.people.waterfall import share, signed

    if not links:
        return
    rows: list[tuple[object, ...]] = []
    for number, link in enumerate(links, start=1):
        likely = "" if link.probability is None else f"probability {share(link.probability)}"
        total = "" if link.weight is None else signed(link.weight)
        said = ". ".join(filter(None, (link.words, link.decided)))
        rows.append((number, f"{link.left} and {link.right}", said, "", total, likely))
        rows += [
            ("", step.field, step.words, _sides(step.values), signed(step.weight), signed(step.total))
            for step in link.steps
        ]
    table(title, ("link", "what", "evidence", "values", "bits", "so far"), rows)


def _sides(values: tuple[str | None, str | None] | None) -> str:
    """What a field says on either side; nothing where values were not asked for."""
    if values is None:
        return ""
    left, right = (value if value is not None else "not known" for value in values)
    return left if left == right else f"{left} | {right}"
