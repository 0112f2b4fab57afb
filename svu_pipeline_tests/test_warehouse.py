"""Files that are whole or absent, and a DuckDB that reaches nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from svu_pipeline.settings import read
from svu_pipeline.warehouse import session, whole_file, whole_folder, write_parquet


def test_a_failure_while_writing_leaves_the_standing_file(tmp_path: Path) -> None:
    """An error within leaves the file as it was and nothing beside it."""
    target = tmp_path / "table"
    target.write_text("standing")
    with pytest.raises(RuntimeError), whole_file(target) as aside:
        aside.write_text("half")
        raise RuntimeError
    assert target.read_text() == "standing" and list(tmp_path.iterdir()) == [target]


def test_a_failure_while_filling_leaves_no_folder(tmp_path: Path) -> None:
    """A batch's folder is there whole or not at all."""
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "batch") as aside:
        (aside / "rows").write_text("half")
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_equal_rows_leave_the_file_untouched(tmp_path: Path) -> None:
    """Writing the same rows again says that nothing changed, and does not touch the file."""
    with session(tmp_path) as connection:
        assert write_parquet(connection, "SELECT 1 AS x", tmp_path / "t.parquet") == (1, True)
        before = (tmp_path / "t.parquet").stat().st_mtime_ns
        assert write_parquet(connection, "SELECT 1 AS x", tmp_path / "t.parquet") == (1, False)
        assert (tmp_path / "t.parquet").stat().st_mtime_ns == before
        assert write_parquet(connection, "SELECT 2 AS x", tmp_path / "t.parquet") == (1, True)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/svu_probe.csv'",
        "ATTACH '/tmp/svu_probe.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
def test_a_session_reaches_nothing_but_its_folders(statement: str, tmp_path: Path) -> None:
    """Five ways out of the sandbox, all shut."""
    with session(tmp_path) as connection, pytest.raises(duckdb.Error):
        connection.execute(statement)


def test_settings_come_from_arguments_then_variables_then_defaults(tmp_path: Path) -> None:
    """The home's own sources are preferred to the default ones, which are there for a home without any."""
    assert read(environment={}).home == Path("data").absolute()
    assert read(environment={"SVU_HOME": str(tmp_path)}).home == tmp_path
    assert read(home=tmp_path / "b", environment={"SVU_HOME": str(tmp_path)}).home == tmp_path / "b"
    assert read(home=tmp_path, environment={}).sources == Path("data/sources").absolute()
    (tmp_path / "sources").mkdir()
    assert read(home=tmp_path, environment={}).sources == tmp_path / "sources"
    assert read(home=tmp_path, environment={"SVU_SOURCES": "/in"}).sources == Path("/in")
    assert read(home=tmp_path, environment={"SVU_PERSON_KEY_FILE": "/key"}).person_key_file == Path("/key")
