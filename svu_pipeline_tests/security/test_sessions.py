"""S08: every DuckDB session that the package opens is shut: five ways out of each, and none other is opened."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import svu_pipeline
from svu_pipeline.sources import json_text
from svu_pipeline.warehouse import locked_down, session
from svu_pipeline_tests.tally import count

PROBES = (
    "SELECT * FROM read_text('/etc/passwd')",
    "COPY (SELECT 1) TO '{outside}/probe.csv'",
    "ATTACH '{outside}/probe.duckdb'",
    "INSTALL httpfs",
    "SET enable_external_access = true",
    "LOAD httpfs",
    "SET allowed_directories = ['/']",
    "SET lock_configuration = false",
    "RESET enable_external_access",
    "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')",
    "SELECT * FROM glob('{outside}/*')",
    "EXPORT DATABASE '{outside}/export'",
    "CREATE SECRET (TYPE s3)",
    "SELECT * FROM read_text('{inside}/../secret.txt')",
)
"""The five of the catalogue, and other words for them."""


def _published(path: Path) -> duckdb.DuckDBPyConnection:
    """A session as the analysts' database is written in."""
    return locked_down(duckdb.connect(str(path / "svu.duckdb")), path)


SESSIONS: dict[str, Callable[[Path], duckdb.DuckDBPyConnection]] = {
    "tables": session,
    "JSON": lambda _: json_text._engine().cursor(),
    "database": _published,
    "reading the database": lambda path: locked_down(duckdb.connect(str(path / "svu.duckdb"))),
}

OPENED = {
    "warehouse.py": 1,
    "change/diff.py": 1,
    "sources/json_text.py": 1,
    "publication/database.py": 2,
    "publication/roles.py": 1,
    "people/train.py": 1,
}
"""How often each file of the package opens DuckDB."""


@pytest.mark.parametrize("opened", SESSIONS.values(), ids=SESSIONS)
def test_s08_session_is_shut(opened: Callable[[Path], duckdb.DuckDBPyConnection], tmp_path: Path) -> None:
    """Reading, writing, attaching, installing and unlocking are all refused; nothing is written outside."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    refused = 0
    with opened(inside) as connection:
        for probe in PROBES:
            try:
                connection.execute(probe.format(inside=inside, outside=outside))
            except duckdb.Error:
                refused += 1
    count("S08", refused, len(PROBES))
    assert refused == len(PROBES) and not list(outside.iterdir())


def test_s08_no_session_is_opened_unlocked() -> None:
    """Each `duckdb.connect` of the package stands in a call that shuts it; the module's own connection is never used."""
    package = Path(svu_pipeline.__file__).parent
    opened: dict[str, int] = {}
    for path in package.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        named = [ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]
        shut = [
            ast.unparse(node.args[0].func)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) == "locked_down"
            and isinstance(node.args[0], ast.Call)
        ]
        if number := named.count("duckdb.connect"):
            opened[path.relative_to(package).as_posix()] = number
            assert shut.count("duckdb.connect") == number, path
        assert not {"duckdb.sql", "duckdb.execute", "duckdb.query", "duckdb.read_csv"} & set(named), path
    assert opened == OPENED
