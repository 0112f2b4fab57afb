"""A schema of its own in the demonstration's PostgreSQL, for one test: tables by SQL, read as the pipeline reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from adbc_driver_postgresql import StatementOptions

from svu_pipeline.demo.live.postgres_server import READER, PostgresServer
from svu_pipeline.sources.place import PostgresPlace, Secret
from svu_pipeline.sources.postgres_database import read_tables
from svu_pipeline.sources.system import Shape, Unreadable

RECORD = {"record": Shape({"ref": "ref", "updated_at": "updated_at"}, table="record")}
"""The least that an incremental table has."""


@dataclass
class Sandbox:
    """A schema whose tables the reader may select from. `notes` has what the last reading noted: dataset, code, count."""

    server: PostgresServer
    schema: str
    notes: list[tuple[str, str, int]] = field(default_factory=list)

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements as the owner with this schema in front, commit, and give the rows of the last."""
        with self.server.owner("custody") as connection, connection.cursor() as cursor:
            # COPY, by which the driver reads, is not for every statement.
            cursor.adbc_statement.set_options(**{StatementOptions.USE_COPY.value: "false"})
            cursor.execute(f'SET search_path = "{self.schema}"')
            for statement in statements:
                cursor.execute(statement)
            rows: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
            connection.commit()
        return rows

    def place(self, **changes: Any) -> PostgresPlace:
        """Where the pipeline reads: as the reader, in this schema; `changes` are of PostgresPlace."""
        said = {
            "url": f"{self.server.url}/custody",
            "user": READER,
            "password": Secret(file=self.server.password_file),
            "schema": self.schema,
        }
        return PostgresPlace(**{**said, **changes})

    def read(
        self,
        shapes: Mapping[str, Shape] = RECORD,
        since: str | None = None,
        place: PostgresPlace | None = None,
    ) -> list[dict[str, Any]]:
        """The rows of all tables as read, without the trace; `since` is the watermark of each."""
        self.notes = []
        watermarks = dict.fromkeys(shapes, since) if since else {}
        read = read_tables(place or self.place(), shapes, watermarks, lambda *note: self.notes.append(note))
        return [
            {name: text for name, text in row.items() if not name.startswith("_")}
            for _, batch in read
            for row in batch.to_pylist()
        ]

    def refusal(self, shapes: Mapping[str, Shape] = RECORD, place: PostgresPlace | None = None) -> Unreadable:
        """How a reading is refused."""
        with pytest.raises(Unreadable) as caught:
            self.read(shapes, place=place)
        return caught.value
