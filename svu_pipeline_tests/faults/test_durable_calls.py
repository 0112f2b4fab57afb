"""Every durable call of the package stands in `disk.py` between two points, or is on the list with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import svu_pipeline

PACKAGE = Path(svu_pipeline.__file__).parent
ASIDE = "within a file or folder that is still aside"
ALLOWED = {
    "warehouse.py whole_folder mkdir": "the folder aside itself, between two points",
    "warehouse.py write_json write_text": ASIDE,
    "warehouse.py write_parquet COPY": ASIDE,
    "instance.py dagster_home write_bytes": ASIDE,
    "preflight.py _seal write_bytes": ASIDE,
    "people/keys.py _write open": ASIDE,
    "people/keys.py _write fdopen": ASIDE,
    "landing/fetch.py _pulled mkdir": ASIDE,
    "sources/courts_api.py _pages write_bytes": ASIDE,
    "sources/sftp_folder.py _copy open": ASIDE,
    "sources/sftp_folder.py _bring_file write_bytes": ASIDE,
    "warehouse.py scratch_folder mkdir": "the folder aside itself, between two points",
    "landing/land.py _copy ZipFile": ASIDE,
    "landing/land.py _copy_file open": ASIDE,
    "landing/land.py __enter__ ParquetWriter": ASIDE,
    "contracts/rows.py check_rows ParquetWriter": ASIDE,
    "contracts/rows.py _hold COPY": ASIDE,
    "contracts/waivers.py waive_rows COPY": ASIDE,
    "contracts/waivers.py waive_rows replace": ASIDE,
    "landing/decide.py land_decision write_table": ASIDE,
    "quality/history.py append write_table": "into memory",
    "quality/history.py append write_bytes": ASIDE,
    "contracts/rows.py _hold replace": ASIDE,
    "publication/publish.py publish_review write_text": ASIDE,
    "release/folder.py write_contents write_bytes": ASIDE,
    "release/folder.py write_contents write_text": ASIDE,
    "release/folder.py write_beside write_bytes": ASIDE,
    "release/publish.py _place mkdir": ASIDE,
    "release/publish.py _place write_bytes": ASIDE,
    "release/publish.py _place write_text": ASIDE,
    "release/signing.py new_key open": ASIDE,
    "release/signing.py new_key fdopen": ASIDE,
    "release/tables.py as_parquet write_table": "into memory",
    "change/nights.py _publish write_text": ASIDE,
    "change/rehearsal.py rehearsal copytree": ASIDE,
    "change/rehearsal.py _second_name copy2": ASIDE,
    "change/rehearsal.py _second_name link": ASIDE,
    "people/linkage_quality.py keep_linkage_quality write_text": ASIDE,
    "people/person_page.py write write_text": ASIDE,
    "people/train.py main TemporaryDirectory": "a demonstration force to train on, gone when it is done",
    "people/train.py main write_text": ASIDE,
    "people/train.py training_session connect": "in memory",
    "publication/database.py _fill connect": ASIDE,
    "publication/roles.py _fill connect": ASIDE,
    "release/foi_answer.py _write write_bytes": ASIDE,
    "commands/claims.py claims write_text": ASIDE,
}
"""Calls outside `disk.py`, as `file function call`, with the reason why a kill there changes nothing that stands."""

NOT_OURS = ("demo/",)
"""Folders that write no home: the demonstration force writes the sources, which are another's."""

METHODS = {
    "rename", "unlink", "rmdir", "mkdir", "touch", "write_text", "write_bytes", "symlink_to", "hardlink_to", "chmod",
    "truncate", "fsync", "fdatasync", "removedirs", "makedirs", "rmtree", "move", "copyfile", "copy2", "copytree",
    "symlink", "fdopen", "extractall", "extract",
}  # fmt: skip
FUNCTIONS = {"ParquetWriter", "mkdtemp", "mkstemp", "NamedTemporaryFile", "TemporaryDirectory"}
OWNED = {("os", "replace"), ("os", "remove"), ("os", "link"), ("pq", "write_table")}
STATEMENTS = ("COPY (", "ATTACH ", "EXPORT ")


def durable(node: ast.AST) -> str | None:
    """The name of what a piece of source does to the disk, if it does."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lstrip().startswith(STATEMENTS):
        return node.value.split()[0]
    return _call(node) if isinstance(node, ast.Call) else None


def _call(call: ast.Call) -> str | None:
    is_method = isinstance(call.func, ast.Attribute)
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    modes = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    opens = any(set(mode) & set("wax+") for mode in modes if set(mode) <= set("rwaxbt+")) or _creates(call)
    of_path = is_method and name == "replace" and len(call.args) == 1 and not call.keywords  # a string's takes two
    if (
        (is_method and name in METHODS)
        or name in FUNCTIONS
        or (_owner(call), name) in OWNED
        or (name in ("open", "ZipFile") and opens)
        or (name == "connect" and not _is_harmless_connection(call))
        or of_path
    ):
        return name
    return None


def _owner(call: ast.Call) -> str:
    """The name before the dot."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return owner.id if isinstance(owner, ast.Name) else ""


def _creates(call: ast.Call) -> bool:
    """Whether an `os.open` asks for more than reading."""
    return any(
        isinstance(node, ast.Attribute) and node.attr in ("O_CREAT", "O_WRONLY", "O_RDWR") for node in ast.walk(call)
    )


def _is_harmless_connection(call: ast.Call) -> bool:
    """In memory, read-only, or not DuckDB's."""
    in_memory = any(isinstance(argument, ast.Constant) and argument.value == ":memory:" for argument in call.args)
    return _owner(call) != "duckdb" or in_memory or any(keyword.arg == "read_only" for keyword in call.keywords)


def calls(path: Path) -> Iterator[tuple[str, str, bool]]:
    """`(function, call, is_between_points)` for each durable call of a module."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for node in ast.walk(tree):
        if name := durable(node):
            above = list(_above(node, parents))
            function = next((one.name for one in above if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)), "")
            yield function, name, any(_is_effect(one) for one in above)


def _above(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while node in parents:
        node = parents[node]
        yield node


def _is_effect(node: ast.AST) -> bool:
    """Whether a node is `with effect(…)`."""
    return isinstance(node, ast.With) and any(
        isinstance(item.context_expr, ast.Call) and getattr(item.context_expr.func, "id", "") == "effect"
        for item in node.items
    )


def found_in(path: Path) -> set[str]:
    name = path.relative_to(PACKAGE).as_posix()
    return {f"{name} {function} {call}" for function, call, between in calls(path) if name != "disk.py" or not between}


def test_every_durable_call_stands_between_points_or_on_the_list() -> None:
    """A new write, rename or removal anywhere in the package has to go through `disk.py`, or be given a reason here."""
    modules = [path for path in PACKAGE.rglob("*.py") if not path.relative_to(PACKAGE).as_posix().startswith(NOT_OURS)]
    found = {line for path in modules for line in found_in(path)}
    assert found - ALLOWED.keys() - APPENDS == set()
    assert ALLOWED.keys() - found == set(), "no longer there"


APPENDS = {"disk.py append_line open"}
"""Opening a log to append creates it empty at most; what is appended stands between points."""


@pytest.mark.parametrize(
    "line",
    [
        "os.replace(a, b)", "path.unlink()", "path.replace(target)", "open(name, 'w')", "path.open('ab')", "os.fsync(3)",
        "shutil.rmtree(path)", "os.open(path, os.O_CREAT | os.O_WRONLY)", "duckdb.connect(str(path))",
        "connection.execute(f\"COPY ({query}) TO 'x'\")", "zipfile.ZipFile(path, 'w')", "pq.ParquetWriter(path, schema)",
    ],
)  # fmt: skip
def test_a_durable_call_is_seen(line: str) -> None:
    """The reader of the source sees each way of changing the disk."""
    assert [node for node in ast.walk(ast.parse(line)) if durable(node)]


@pytest.mark.parametrize(
    "line",
    ["text.replace('a', 'b')", "day.replace(day=1)", "path.open('rb')", "open(name)", "duckdb.connect(':memory:')",
     "duckdb.connect(str(path), read_only=True)", "connection.execute('SELECT 1')"],
)  # fmt: skip
def test_a_harmless_call_is_let_pass(line: str) -> None:
    """What only reads, or is a string's or a date's, is none."""
    assert not [node for node in ast.walk(ast.parse(line)) if durable(node)]
