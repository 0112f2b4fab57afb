"""Dagster's own storage for a home: where it lives, and an event log that stays open.

Stock SQLite storage opens a new engine for every event: a night with two hundred asset checks took 15 s of it, and 2 s
with the connection kept (30 empty assets: 5 s). Same files, same schema; a stock instance reads what this one wrote.
Drop `KeptOpenEventLog` when Dagster keeps its connections; it overrides private methods, so the pin and a test guard it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster import DagsterInstance, RunsFilter
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, _event_logs_directory
from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool

from svu_pipeline.disk import is_running
from svu_pipeline.pipeline import REDACT
from svu_pipeline.warehouse import Home, whole_file

if TYPE_CHECKING:
    from dagster._serdes import ConfigurableClassData
    from sqlalchemy.engine import Connection, Engine

CONFIGURATION = "dagster.yaml"
PROCESS = "svu/process"
"""The tag that says which process a run is in (`disk.process_mark`)."""


class KeptOpenEventLog(SqliteEventLogStorage):
    """SQLite event storage that keeps the index and the one run in progress open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._known_tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    def has_table(self, table_name: str) -> bool:
        if table_name not in self._known_tables and super().has_table(table_name):
            self._known_tables.add(table_name)
        return table_name in self._known_tables

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            for other in [name for name in self._engines if INDEX_SHARD_NAME not in (name, shard)]:
                self._engines.pop(other).dispose()
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": 30, "check_same_thread": False},
            )
            event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=NORMAL"))
            self._initdb(engine)
            self._engines[shard] = engine
        return self._engines[shard]

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


class KeptOpenStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage with the event log that stays open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = KeptOpenEventLog(_event_logs_directory(base_dir))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> KeptOpenStorage:
        return cls(inst_data=inst_data, base_dir=config_value["base_dir"])


def dagster_home(home: Home) -> Path:
    """The Dagster folder of a home, made and configured; this process and its children then use it."""
    configuration, target = _configuration().read_bytes(), home.dagster / CONFIGURATION
    if not target.is_file() or target.read_bytes() != configuration:
        with whole_file(target) as aside:
            aside.write_bytes(configuration)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ[REDACT] = "1"
    return home.dagster


def instance(home: Home) -> DagsterInstance:
    """The Dagster instance of a home: run history that the UI shows as well."""
    return DagsterInstance.from_config(str(dagster_home(home)))


def end_dead_runs(history: DagsterInstance) -> int:
    """Mark as failed the runs of processes that died in them; gives how many. Such a run would hold up the queue for ever.

    A run that a code server started is not marked: the server, or Dagster's run monitoring, ends it (dagster.yaml).
    """
    going = history.get_runs(RunsFilter(statuses=list(IN_PROGRESS_RUN_STATUSES)))
    dead = [run for run in going if PROCESS in run.tags and not is_running(run.tags[PROCESS])]
    for run in dead:
        history.report_run_failed(run, "The process of this run ended before the run did.")
    return len(dead)


def _configuration() -> Path:
    """The project's dagster.yaml: beside the package in a checkout, within it when installed from a wheel."""
    package = Path(str(resources.files("svu_pipeline")))
    return next(place for place in (package.parent / CONFIGURATION, package / CONFIGURATION) if place.is_file())
