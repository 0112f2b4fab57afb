"""The forms of a freedom-of-information pack: a letter as DOCX, a page as HTML, and JSON, all from one dictionary."""

from __future__ import annotations

import io
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from svu_pipeline.clock import instant

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from jinja2 import Template

SOURCE_HEADER = ("Source", "Status", "Landed", "Counted", "Held")
REVISION_HEADER = ("Release", "As known", "Figure", "Kind of revision", "Note")


def as_json(pack: dict[str, Any]) -> bytes:
    """The pack as JSON."""
    return (json.dumps(pack, indent=1, ensure_ascii=False) + "\n").encode()


def as_html(pack: dict[str, Any]) -> bytes:
    """The pack as one page without script that asks nothing of any server."""
    return _template().render(pack=pack, sources=source_rows(pack), revisions=revision_rows(pack)).encode()


def as_docx(pack: dict[str, Any]) -> bytes:
    """The pack as a Word document: headings in order, header rows of tables marked as such, language British English."""
    import docx

    made = docx.Document()
    made.core_properties.title = pack["title"]
    made.core_properties.author = pack["force"]
    made.core_properties.language = "en-GB"
    made.core_properties.created = made.core_properties.modified = instant(pack["as_at"])
    made.add_heading(pack["title"], level=0)
    made.add_paragraph(f"{pack['force']}, {pack['unit']}. Release {pack['release']}, measure {pack['metric']}.")
    _figure(made, pack)
    _definition(made, pack)
    _listed(made, "What to know of this figure", pack["caveats"] or ["Nothing beyond its definition."])
    _tables(made, pack)
    made.add_heading("How it is counted", level=1)
    for query in pack["query"]:
        made.add_paragraph(query, style="No Spacing")
    if pack["minutes"] is not None:
        made.add_paragraph(f"Time spent on this answer: {pack['minutes']} minutes.")
    aside = io.BytesIO()
    made.save(aside)
    return aside.getvalue()


def source_rows(pack: dict[str, Any]) -> list[tuple[str, ...]]:
    """The rows of the table of sources, in the order of SOURCE_HEADER."""
    return [
        (source["title"], source["status"], *(f"{source[name]:,}" for name in ("landed", "current", "held")))
        for source in pack["quality"]["sources"]
    ]


def revision_rows(pack: dict[str, Any]) -> list[tuple[str, ...]]:
    """The rows of the table of revisions, in the order of REVISION_HEADER."""
    return [
        (row["release"], row["as_known"], row["figure"], row["kind"] or "none", row["note"] or "none")
        for row in pack["revisions"]
    ]


def _figure(made: Document, pack: dict[str, Any]) -> None:
    made.add_heading("The figure", level=1)
    made.add_paragraph().add_run(pack["figure"]).bold = True
    made.add_paragraph(f"Window: {pack['window']} ({pack['start']} to {pack['end']}), as known on {pack['as_known']}.")
    if pack["phrases"]:
        made.add_paragraph("It may be said as: " + "; ".join(pack["phrases"]) + ".")


def _definition(made: Document, pack: dict[str, Any]) -> None:
    made.add_heading("What it means", level=1)
    made.add_paragraph(pack["definition"])
    for title, name in (("Counted are", "includes"), ("Not counted are", "excludes")):
        if words := pack["definition_words"][name]:
            _listed(made, title, words, level=2)


def _listed(made: Document, title: str, lines: list[str], level: int = 1) -> None:
    made.add_heading(title, level=level)
    for line in lines:
        made.add_paragraph(line, style="List Bullet")


def _tables(made: Document, pack: dict[str, Any]) -> None:
    made.add_heading("What was released of it before", level=1)
    _table(made, REVISION_HEADER, revision_rows(pack))
    made.add_heading("Parts of the figure", level=1)
    for part in pack["breakdowns"]:
        made.add_heading(part["title"], level=2)
        _table(made, (part["title"], "Figure"), [(row["label"], row["figure"]) for row in part["rows"]])
    made.add_heading("Where it comes from", level=1)
    _table(made, SOURCE_HEADER, source_rows(pack))
    for row in (*pack["quality"]["held"], *pack["quality"]["withheld"]):
        made.add_paragraph(f"{row['dataset'].replace('_', ' ')}: {row['words']}, {row['rows']:,}", style="List Bullet")


def _table(made: Document, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = made.add_table(rows=1, cols=len(header), style="Table Grid")
    for cell, words in zip(table.rows[0].cells, header, strict=True):
        cell.text = words
    for row in rows:
        for cell, words in zip(table.add_row().cells, row, strict=True):
            cell.text = words
    _mark_header(table)


def _mark_header(table: Table) -> None:
    """The first row as the table's header, for those who hear the document read out."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("svu_pipeline.release", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals = {"source_header": SOURCE_HEADER, "revision_header": REVISION_HEADER}
    return environment.get_template("foi.html.j2")
