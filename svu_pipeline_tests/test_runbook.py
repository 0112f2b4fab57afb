"""The pages written by hand against the code: the runbook knows every refusal, and every link leads somewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from svu_pipeline.sources.postgres_database import _FAILURES

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "data/README.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]  # fmt: skip


def refusal_codes() -> set[str]:
    """The code of every refusal that is written out in the package's source, where it is raised."""
    trees = (ast.parse(path.read_text("utf-8")) for path in (ROOT / "svu_pipeline").rglob("*.py"))
    return {code for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) for code in codes_in(node)}


def codes_in(call: ast.Call) -> Iterator[str]:
    place = {"Unreadable": 0, "SourceError": 2}.get(getattr(call.func, "id", ""))
    if place is not None and len(call.args) > place and isinstance(call.args[place], ast.Constant):
        yield str(ast.literal_eval(call.args[place]))


def test_the_runbook_says_what_to_do_on_every_refusal() -> None:
    codes = refusal_codes() | {code for code, *_ in _FAILURES.values()}
    assert len(codes) > 40
    page = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    assert {code for code in codes if f"`{code}`" not in page} == set()


def anchors(page: Path) -> set[str]:
    """The places in a page that a link can name, as GitHub makes them of headings; and those written out."""
    text = page.read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return made | set(re.findall(r'<a id="([^"]+)">', text))


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(name: str) -> None:
    page = ROOT / name
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if "://" in link:
            continue
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []
