"""The evidence for one person as a file: a chart (SVG), or a page (HTML). Restricted, for who asked for it."""

from __future__ import annotations

from pathlib import Path

from svu_pipeline.errors import Curable
from svu_pipeline.people.evidence import Person
from svu_pipeline.people.waterfall import figure, pages, svg
from svu_pipeline.warehouse import whole_file

KINDS = (".svg", ".html")
CHARTS = 12
"""Links drawn in one SVG; the page has them all."""


class NoChart(Curable):
    """A file that cannot hold a chart, or a person without a link to draw: says what can be done."""


def require_kind(file: Path) -> None:
    """Raise NoChart unless a file's name says which kind it is to be."""
    if file.suffix.lower() not in KINDS:
        raise NoChart(f"a chart is written as one of {', '.join(KINDS)}. Name the file so.")


def write(person: Person, file: Path) -> None:
    """Write a person's evidence to a file, as its name says: whole or not at all."""
    require_kind(file)
    text = chart(person) if file.suffix.lower() == ".svg" else page(person)
    with whole_file(file.absolute()) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


def chart(person: Person) -> str:
    """The links that rest on compared details, drawn below each other. Raises NoChart where there is none."""
    drawn = [link for link in (*person.links, *person.apart) if link.steps][:CHARTS]
    if not drawn:
        raise NoChart("no details of this person's records were compared, so there is nothing to draw. Write a page.")
    return svg(drawn, "Why these records are one person", f"Person {person.person_id}. Restricted.", person.threshold)


def page(person: Person) -> str:
    """Everything about a person's links as one page without a script."""
    return (
        pages()
        .get_template("person.html.j2")
        .render(person=person, figure=lambda link, number: figure(link, person.threshold, number))
    )
