"""S04: what the package tells Dagster, a log or a terminal is counts, paths, instants and names of ours; no rows.

Counts below five are not suppressed there: they are of records that break a rule, by rule, and say nothing of who; the
row accounting must add up to the integer (counting.md). No step tells a count by a person's attribute.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import svu_pipeline

PACKAGE = Path(svu_pipeline.__file__).parent

PREVIEWS = {
    ("contracts/held_assets.py", "_table", "table"): "where held rows are and why, never what they say",
    ("people/assets.py", "measure_linkage", "path"): "the page's path",
    ("quality/assets.py", "_table", "table"): "names of checks and counts",
    ("change/assets.py", "explain_the_night", "path"): "the file's path",
    ("change/assets.py", "figures_moved", "table"): "figures that moved, by how much and why; counts",
    ("change/assets.py", "_words", "md"): "the same in sentences",
    (
        "change/assets.py",
        "report_the_night",
        "md",
    ): "counts, names of checks, owners by their settings, and the same sentences",
    ("release/assets.py", "release_month", "path"): "the folder's path",
    ("publication/assets.py", "publish_month", "path"): "the page's path",
    ("publication/assets.py", "figures_table", "table"): "the published figures",
    ("publication/assets.py", "_references", "table"): "counts of references by pair of systems",
    ("publication/assets.py", "_definitions", "md"): "definitions of the catalogue",
    ("publication/assets.py", "_chart", "md"): "the published figures as a drawing",
}
"""Every value that is more than a number or a word, by file, function and kind, and what is in it."""

LOGS = {
    ("contracts/decision_jobs.py", "_say", "info"): "a batch's name and a status",
    ("people/decision_jobs.py", "_say", "info"): "a decision's id and its state",
    ("release/assets.py", "sign", "info"): "a release's id and a role",
}


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each call of a file with the name of the function it stands in."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            within = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
            yield max(within, key=lambda f: f.lineno).name if within else "", node


def sources() -> list[Path]:
    """The package's files but the demonstration's, which knows no record of anyone's."""
    return [path for path in PACKAGE.rglob("*.py") if "demo" not in path.relative_to(PACKAGE).parts]


def found(is_meant: Any) -> set[tuple[str, str, str]]:
    """`(file, function, method)` of the calls of methods that are meant."""
    return {
        (path.relative_to(PACKAGE).as_posix(), function, call.func.attr)
        for path in sources()
        for function, call in calls(path)
        if isinstance(call.func, ast.Attribute) and is_meant(ast.unparse(call.func))
    }


def test_s04_every_preview_has_been_looked_at() -> None:
    """A new call of `MetadataValue` fails here until someone has written down what is in it."""
    assert found(lambda name: "MetadataValue." in name) == set(PREVIEWS)


def test_s04_every_line_of_a_log_has_been_looked_at() -> None:
    """The package logs one kind of line; nothing prints but the command line and the script in a release, whose purpose it is."""
    levels = r"\.(debug|info|warning|error|exception|critical|log)$"
    assert found(lambda name: bool(re.search(r"\blog(ger|ging)?" + levels, name))) == set(LOGS)
    names = {"print", "say", "table", "typer.echo", "sys.stdout.write", "sys.stderr.write", "warnings.warn"}
    printing = {
        name if name.startswith("release/") else name.partition("/")[0]
        for path in sources()
        for name in [path.relative_to(PACKAGE).as_posix()]
        for _, call in calls(path)
        if ast.unparse(call.func) in names
    }
    assert printing == {"cli.py", "commands", "release/offline.py"}


def test_s04_no_step_returns_a_value() -> None:
    """Steps yield or return results without a value: nothing for Dagster to keep, print or pickle."""
    for path in sources():
        for _, call in calls(path):
            name = ast.unparse(call.func)
            assert not name.endswith(("dg.Output", "dg.DynamicOutput")), path
            if name.endswith("MaterializeResult"):
                assert "value" not in {keyword.arg for keyword in call.keywords}, path
