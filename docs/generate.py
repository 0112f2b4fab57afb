"""Writes `docs/sources.md` and `docs/catalogue.md` from the contracts, the fact tables and the catalogue.

    python docs/generate.py            write both pages
    python docs/generate.py --check    exit 1 when a page is not what the code says, and write nothing

What is here besides: where each source's files stand, which the readers know only as code. Not here: any rule.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from svu_pipeline.contracts.model import Contract, FieldTerms, Kind, Personal, fields_of, rules_of
from svu_pipeline.contracts.registry import of_source
from svu_pipeline.facts.table import FactTable, fact_tables
from svu_pipeline.metrics.catalogue import METRICS
from svu_pipeline.metrics.definition import in_words
from svu_pipeline.metrics.metric import Metric
from svu_pipeline.metrics.values import breakdowns_of
from svu_pipeline.metrics.worked import case_of, columns_of
from svu_pipeline.sources import asset_recovery, courts, police_uk, safeguarding, warrants
from svu_pipeline.sources.registry import SYSTEMS
from svu_pipeline.sources.system import System

DOCS = Path(__file__).resolve().parent

FILES = {
    "custody": ("`custody.sqlite`", "SQLite database, table `custody_record`"),
    "case_file": (
        "`case_file.sqlite`",
        "SQLite database, tables `charge`, `custody_outcome`, `remand_decision`",
    ),
    "courts": (
        "`courts/hearings-0001.json` …",
        'pages of one pull, each `{"items": [...], "next_cursor": text or null, "total": distinct hearings in all}`',
    ),
    "property": (
        "`property/property_YYYYMMDD.csv`",
        "CSV, Windows-1252, comma, quotes, header line, last line `TRAILER,<records>`",
    ),
    "asset_recovery": (
        "`asset_recovery/asset_recovery_register.xlsx`",
        "workbook, sheet `Register`, header in row 3; a row whose Ref is `TOTAL` is no record",
    ),
    "warrants": ("`warrants/warrants_register.xlsx`", "workbook, sheet `Warrants`, header in row 1"),
    "safeguarding": (
        "`safeguarding/safeguarding_YYYYMMDD.xml`",
        "XML, root `safeguarding-return` with `count`, elements `contact` and `withdrawn`; no document type",
    ),
    "civil_orders": (
        "`civil_orders/civil_orders_YYYYMMDD.csv`, `civil_orders/order_breaches_YYYYMMDD.csv`",
        "CSV, UTF-8 with or without byte order mark, header line; both are needed",
    ),
    "operations": (
        "`operations/operations_YYYYMMDD.jsonl`, `operations/deployments_YYYYMMDD.jsonl`",
        "JSON Lines, UTF-8, one object a line; both are needed",
    ),
    "police_uk": (
        "`police_uk/YYYY-MM/YYYY-MM-essex-stop-and-search.csv`, `…-essex-street.csv`",
        "CSV as published, in snake_case, or the API's JSON flattened",
    ),
}
"""Where each source's files stand in the extract folder, and what they are."""

DELIVERED_AS: dict[str, Mapping[str, str]] = {
    "register_entry": {column: header for header, column in asset_recovery.HEADER.items()},
    "warrant": {column: header for header, column in warrants.HEADER.items()},
    "hearing": courts.HEARING,
    "hearing_result": courts.RESULT | {"part_of": "(place of its hearing in the page)"},
    "contact": {"id": "id (attribute)", "version": "version (attribute)", **safeguarding.CONTACT},
    "contact_withdrawal": {"id": "id (attribute)"},
    "stop_and_search": {column: header for header, column in police_uk.STOP_AND_SEARCH.items()},
    "street_crime": {column: header for header, column in police_uk.STREET.items()},
}
"""What a column is called in the delivery, where that is not its own name."""

CONVENTIONS = """\
- Everything is read as text; blanks around it are trimmed. Codes are read without regard to case.
- A **required** field (●) that is empty or cannot be read *holds* the row. In any other field empty is null, and a
  value that cannot be read is *withheld*: the row stays.
- A code that is not in its list is read as `UNKNOWN`, with the text as received beside it, and *warned* of.
- **Held**: the row is kept out, with every reason; the last accepted version of the record stands. **Withheld**: the
  value is kept out. **Warned**: counted, nothing else.
- More than 5 % *and* more than 10 rows of one source's delivery of one night on hold, or with an unknown code: the
  delivery is held whole.
- The **key** says which record it is. An equal row is a duplicate, a different one a new version; versions follow the
  column named, else the order of delivery, and an older one that comes late changes nothing.
- Columns may stand in any order, and further columns are left alone. A missing column refuses the source.
- A person's data is *direct* (names them) or *indirect* (about them). No direct identifier leaves `restricted/`.
"""
LOCAL_TIMES = """\
A local time that the London clock never showed gives `nonexistent_time`; one that it showed twice is read as the
earlier and gives `ambiguous_time`.
"""

PERSONAL = {Personal.DIRECT: "direct", Personal.INDIRECT: "indirect", Personal.NONE: ""}
NOTE = "<!-- Made by docs/generate.py from the code: change the code, then run it. -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or compare them; the exit code."""
    parser = argparse.ArgumentParser(description="Write docs/sources.md and docs/catalogue.md from the code.")
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 when a page is stale")
    check_only = parser.parse_args(arguments).check
    pages = {DOCS / "sources.md": sources_page(), DOCS / "catalogue.md": catalogue_page()}
    stale = [path for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
    for path in stale:
        if check_only:
            sys.stderr.write(f"docs/{path.name} is not what the code says. Run python docs/generate.py.\n")
        else:
            path.write_text(pages[path], encoding="utf-8", newline="\n")
    return int(check_only and bool(stale))


def sources_page() -> str:
    """The interface of the ten sources: files, columns, kinds, codes and rules of every dataset."""
    if FILES.keys() != SYSTEMS.keys():
        raise SystemExit("docs/generate.py: FILES must name every source once")
    lines = [NOTE, "# Sources: what arrives, and what is asked of it", "", *_sources_opening(), ""]
    for number, system in enumerate(SYSTEMS.values(), start=1):
        lines += _source(number, system)
    return _page(lines)


def catalogue_page() -> str:
    """Every figure and every fact table."""
    lines = [NOTE, "# Catalogue: figures and fact tables", "", *_catalogue_opening(), ""]
    for section in dict.fromkeys(metric.section for metric in METRICS):
        lines += [f"## {section}", ""]
        for metric in METRICS:
            if metric.section == section:
                lines += _metric(metric)
    lines += ["## Fact tables", "", *_facts_opening(), ""]
    for table in sorted(fact_tables().values(), key=lambda table: table.name):
        lines += _fact(table)
    return _page(lines)


def _sources_opening() -> Iterator[str]:
    yield (
        "An extract folder (`SVU_SOURCES`) holds what ten systems deliver. Anything laid out like this loads; nothing "
        "else is asked of who makes it. How a row is counted is in [counting.md](counting.md)."
    )
    yield ""
    yield from _table(
        ("source", "where", "what", "delivery"),
        ((f"[`{name}`](#{name})", *FILES[name], system.delivery.value) for name, system in SYSTEMS.items()),
    )
    yield from ("", "## Conventions", "", CONVENTIONS)
    yield from ("## Kinds of field", "")
    yield from _table(
        ("kind", "what it is", "reason when it is not"),
        ((kind.name, kind.words, f"`{kind.reason}`") for kind in Kind),
    )
    yield from ("", LOCAL_TIMES)


def _source(number: int, system: System) -> Iterator[str]:
    where, what = FILES[system.name]
    yield from (f'<a id="{system.name}"></a>', "", f"## {number}. {system.title} (`{system.name}`)", "")
    yield from (f"{where}: {what}. {system.delivery.value.capitalize()}.", "")
    for contract in of_source(system.name):
        yield from _dataset(contract)


def _dataset(contract: Contract) -> Iterator[str]:
    yield from (f"### `{contract.dataset}`", "", " ".join(_terms(contract)), "")
    names = DELIVERED_AS.get(contract.dataset, {})
    header = ("column", "in the delivery", "meaning", "kind", "", "codes", "person")
    yield from _table(header, (_column(term, names.get(term.name, term.name)) for term in fields_of(contract)))
    yield from ("", f"<details><summary>Rules of <code>{contract.dataset}</code></summary>", "")
    rows = ((f"`{rule.column}`", f"`{rule.reason}`", rule.action.value, rule.words) for rule in rules_of(contract))
    yield from _table(("column", "reason", "the row or value is", "what is asked"), rows)
    yield from ("", "</details>", "")


def _terms(contract: Contract) -> Iterator[str]:
    """What a row is, what its key is, and how versions and withdrawals are told, in sentences."""
    yield f"{contract.grain.capitalize()}."
    if contract.key:
        yield f"Key: {', '.join(f'`{column}`' for column in contract.key)}."
    if contract.version:
        yield f"Versions follow `{contract.version}`."
    if contract.withdrawn_when:
        yield f"`{contract.withdrawn_when}` withdraws it, and then only key and version are needed."
    if contract.withdrawn_by:
        yield f"A row of `{contract.withdrawn_by}` with its key withdraws it for ever."
    if contract.part_of:
        yield f"Part of a `{contract.part_of}`: one that is held holds it, and it is held with it."
    if not contract.key and not contract.part_of:
        yield "No key: identical rows are real and stay."


def _column(term: FieldTerms, delivered: str) -> tuple[str, ...]:
    codes = " ".join(f"`{code}`" for code in term.codes)
    required = "●" if term.required else ""
    same = "" if delivered == term.name else delivered
    return f"`{term.name}`", same, term.title, term.kind.name, required, codes, PERSONAL[term.personal]


def _catalogue_opening() -> Iterator[str]:
    yield (
        f"{len(METRICS)} figures, each with its noun, its day and what it counts; the rules they share are in "
        "[counting.md](counting.md). `svu explain ID --window 2023-11` lists the records behind any of them."
    )
    yield ""
    yield (
        "A figure whose parts do not add up counts something once (a person, a premises, a seizure) that can stand in "
        "several months or districts."
    )


def _metric(metric: Metric) -> Iterator[str]:
    sources = ", ".join(f"[`{name}`](sources.md#{name})" for name in metric.needs)
    made_of = (
        f"`{metric.numerator}` ÷ `{metric.denominator}`"
        if metric.is_rate
        else f"`{metric.fact}` by `{metric.on}`, where `{metric.where}`"
    )
    parts = ", ".join(breakdowns_of(metric))
    adds_up = "months add up" if metric.is_additive else "months do not add up"
    yield from (f"### {metric.title} (`{metric.id}`)", "", metric.definition, "")
    yield from _table(
        ("unit", "kind", "made of", "sources", "by"),
        [(metric.noun.value, metric.kind.value, made_of, sources, f"{parts}; {adds_up}")],
    )
    yield from ("", *_in_words(metric), *_case(metric))


def _in_words(metric: Metric) -> Iterator[str]:
    """The definition as it follows from the rules, and how the figure is said and is not."""
    words = in_words(metric)
    yield from (words["words"], "")
    yield f"- Counted: {'; '.join(words['includes'])}."
    yield f"- Not counted: {'; '.join(words['excludes'])}."
    yield f"- Said: “{metric.wording.phrase('N')}”; right verbs: {', '.join(metric.wording.verbs)}."
    yield from (f"- Not “{term}”: {why}." for term, why in metric.wording.not_to_be_said.items())
    yield ""


def _case(metric: Metric) -> Iterator[str]:
    """The worked example, as its file has it."""
    case = case_of(metric.id)
    yield from (f"<details><summary>Example: {case.shows}</summary>", "")
    rows = (
        (
            record["dataset"],
            "; ".join(f"{name} {_cell(value)}" for name, value in columns_of(record).items()),
            record["so"],
        )
        for record in case.records
    )
    yield from _table(("record", "columns that matter", "and so it"), rows)
    yield from ("", f"Figure: **{case.expect[metric.id]}** (`cases/{case.file}`, {case.window}).", "", "</details>", "")


def _cell(value: object) -> str:
    """A value of a case's record; the results of a hearing one after another."""
    if isinstance(value, list):
        return " and ".join(" ".join(str(part) for part in result.values()) for result in value)
    return f"`{value}`" if value != "" else "empty"


def _facts_opening() -> Iterator[str]:
    yield (
        "One `.sql` file a table in `svu_pipeline/facts/`, whole numbers only. In `published/svu.duckdb` every column stands "
        "but `person_id`. *Rows*: exactly one row for each standing row of that dataset."
    )


def _fact(table: FactTable) -> Iterator[str]:
    rows = f" Rows: `{table.rows}`." if table.rows else ""
    grain = ", ".join(f"`{name}`" for name in table.grain)
    yield from (f"### `{table.name}`", "", f"{table.description} Grain: {grain}.{rows}", "")
    personal = {"none": "", "indirect": "indirect", "direct": "direct"}
    columns = ((f"`{column.name}`", column.meaning, personal[column.personal]) for column in table.columns)
    yield from _table(("column", "meaning", "person"), columns)
    yield ""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(header)
    yield _row(["---"] * len(header))
    yield from (_row(row) for row in rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    sys.exit(main())
