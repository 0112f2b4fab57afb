"""S01, S04, S06, S09, S13, S19, S23: what two nights full of sentinels left and told, who may read it, what else they did."""

from __future__ import annotations

import json
import os
import pickletools
import re
import sqlite3
import stat
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from svu_pipeline.facts.table import fact_tables
from svu_pipeline_tests.security.conftest import Watched
from svu_pipeline_tests.security.search import NAME, PNC, SENTINELS, contents, told
from svu_pipeline_tests.tally import count

pytestmark = pytest.mark.slow
NOBODY = 65_534
ACTIVE = {"script", "iframe", "object", "embed", "form", "img"}
PERSONAL = {
    "surname", "forenames", "date_of_birth", "pnc_id", "home_postcode", "postcode", "person_id", "description", "notes",
}  # fmt: skip
KEEPERS = ("landing", "contracts", "standing", "people", "inbox")

LABELS = {
    "report", "outcome", "batch", "files", "dagster/row_count", "file", "problem", "cure", "rows", "why", "since", "last nights",
    "ended", "rows on hold", "window", "as_at", "page", "figures", "references between systems", "chart", "definitions",
    "which", "count", "failing", "failing checks", "landed", "current", "superseded", "withdrawn", "duplicate", "held",
    "move with the threshold", "moved by linking", "records", "people", "identities", "pairs compared",
    "pairs alike enough to link", "pairs of one PNC id", "of these found by blocking", "of these linked on names alone",
    "records that cannot link", "decisions in force", "model", "truth sets", "lowest precision against truth",
    "lowest recall against truth", "figures that moved", "in words", "opened now",
    "windows", "cells", "different",
}  # fmt: skip
"""Every label of metadata that a night may write."""


def may_hold(path: Path, home: Path) -> bool:
    """Whether a file is one of those that hold what was delivered: tables and archives of the restricted zone."""
    parts = path.relative_to(home).parts if path.is_relative_to(home) else ()
    return parts[:1] == ("restricted",) and parts[1] in KEEPERS and path.suffix in (".parquet", ".zip")


def test_s01_nights_were_what_they_should_be(watched: Watched) -> None:
    """The first is well; the second names five refused sources and a register held whole, and yet publishes."""
    assert watched.codes == [0, 1], watched.printed
    assert watched.printed[1].count("refused: ") == 5
    assert "held whole: " in watched.printed[1] and "failed: " not in watched.printed[1]
    assert (watched.home.published / "svu.duckdb").is_file()


def test_s01_no_value_is_told(watched: Watched) -> None:
    """No log, event, database, page, verdict, manifest or attempt, nothing printed and no temporary file has a sentinel."""
    looked_at = [path for path in watched.files() if not may_hold(path, watched.home.root)]
    found = told(looked_at)
    found += [sentinel for sentinel in SENTINELS for text in watched.printed if sentinel in text]
    count("S01", int(not found), 1, f"{len(looked_at)} files of two nights")
    assert len(looked_at) > 60 and not found


def test_s01_the_search_finds_what_is_there(watched: Watched) -> None:
    """In the restricted tables, archives and what was delivered, the same search finds every kind of sentinel."""
    found = told(
        path for path in (watched.home.root / "restricted" / "landing").rglob("*") if may_hold(path, watched.home.root)
    )
    kinds = {line.rpartition(": ")[2] for line in found}
    assert kinds == set(SENTINELS) - {"23/07/1961", "19610723"}
    assert {Path(line.rpartition(": ")[0]).suffix for line in found} == {".parquet", ".zip"}


def test_s03_reasons_hold_no_value(watched: Watched) -> None:
    """What is kept of pandera's failure cases is where, which column and which rule: not even the restricted files have more."""
    restricted = watched.home.root / "restricted"
    files = [*restricted.rglob("*.reasons.parquet"), *watched.home.standing.glob("reason_*.parquet")]
    kept = {name for file in files for name in pq.read_schema(file).names}
    found = told([*files, *restricted.rglob("verdict.json")])
    rules = sum(pq.read_metadata(file).num_rows for file in files)
    count("S03", int(not found), 1, f"{rules} reasons in {len(files)} files")
    assert kept == {"_batch", "_file", "_row", "column", "reason", "action"}
    assert rules > 50 and not found


def test_s04_metadata_of_a_night_is_known(watched: Watched) -> None:
    """Every label that two nights gave Dagster with a table or a check is one of those above; none has free JSON."""
    labels: set[str] = set()
    for path in (watched.home.dagster / "history" / "runs").glob("*.db"):
        with closing(sqlite3.connect(path)) as database:
            for text, kind in database.execute("SELECT event, dagster_event_type FROM event_logs"):
                if kind in ("ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION"):
                    labels |= labels_of(json.loads(text)["dagster_event"]["event_specific_data"])
                assert "JsonMetadataEntryData" not in text and "NotebookMetadataEntryData" not in text
    unknown = labels - LABELS
    count("S04", int(not unknown), 1, f"{len(labels)} labels of metadata in two nights")
    assert len(labels) > 15 and not unknown


def labels_of(event: dict[str, Any]) -> set[str]:
    """The labels of what was said with a table or a check."""
    if "materialization" in event:
        return {entry["label"] for entry in event["materialization"]["metadata_entries"]}
    return set(event["metadata"])


def test_s06_night_opens_no_port(watched: Watched) -> None:
    """From its first line to its last no socket listened, and none was bound."""
    listened = [port for report in watched.reports for port in report["listeners"]]
    count("S06", int(not listened), 1, f"{len(watched.reports)} nights")
    assert not listened and not watched.events("socket.bind")


def test_s19_night_needs_no_network(watched: Watched) -> None:
    """Two whole nights in a network namespace that has no route and no loopback did all they had to, and called no one."""
    called = [event for name in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
              for event in watched.events(name)]  # fmt: skip
    assert not called
    if not watched.namespace:
        count("S19", 0, 1, "not proven: no network namespace of its own on this machine; no call was seen")
        pytest.skip("this machine does not let a process have a network namespace of its own")
    count("S19", int(watched.codes == [0, 1]), 1, "two nights without routes")
    assert watched.codes == [0, 1], watched.printed


def test_s19_telemetry_is_off(watched: Watched) -> None:
    """In the home's own configuration, which a night writes; and Dagster kept no telemetry beside it or in the account."""
    configured = (watched.home.dagster / "dagster.yaml").read_text("utf-8")
    assert "telemetry:\n  enabled: false\n" in configured and "nux:\n  enabled: false\n" in configured
    left = [path.name for path in watched.files() if "telemetry" in path.as_posix() or ".dagster" in path.as_posix()]
    assert not left


def test_s07_night_starts_no_program(watched: Watched) -> None:
    """But for one of Dagster's own: its copy of croniter asks `file` how wide the interpreter's integers are."""
    started = [event for name in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn")
               for event in watched.events(name) if not event.startswith("('file', ['file', '-b', ")]  # fmt: skip
    assert not started


def test_s09_everything_is_for_the_owner_alone(watched: Watched) -> None:
    """Files 0600 and folders 0700, each one, in a process that was started under any umask; nothing is a link."""
    wrong = []
    paths = [watched.home.root, *watched.home.root.rglob("*")]
    for path in paths:
        mode = path.lstat().st_mode
        expected = 0o700 if stat.S_ISDIR(mode) else 0o600
        if stat.S_ISLNK(mode) or stat.S_IMODE(mode) != expected:
            wrong.append(f"{path.relative_to(watched.home.root)}: {stat.filemode(mode)}")
    count("S09", int(not wrong), 1, f"{len(paths)} files and folders")
    assert len(paths) > 100 and not wrong


def refused_to_nobody(folder: Path, name: str) -> bool:
    """Whether another account of the machine, standing in a folder open to all, is refused a file; tried in a process of its own."""
    child = os.fork()
    if not child:
        code = 1
        try:
            os.chdir(folder)
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            Path(name).read_bytes()
        except PermissionError:
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another account")
def test_s09_another_account_reads_nothing(watched: Watched, tmp_path: Path) -> None:
    """Rows, key, facts, publications: neither through the home's folders, nor a single file laid open by a link."""
    home = watched.home
    batch = next(home.landing("custody").glob("*/custody_record.parquet"))
    key, fact = home.root / "restricted" / "person.key", home.facts / "fct_charge.parquet"
    files = [batch, key, fact, home.published / "svu.duckdb"]
    within = [refused_to_nobody(watched.folder, str(file.relative_to(watched.folder))) for file in files]
    tmp_path.chmod(0o755)
    for file in files:
        os.link(file, tmp_path / file.name)
    alone = [refused_to_nobody(tmp_path, file.name) for file in files]
    (tmp_path / "open").touch(0o644)
    (tmp_path / "open").chmod(0o644)
    assert all(within) and all(alone) and not refused_to_nobody(tmp_path, "open")


def test_s09_zones_are_three_folders(watched: Watched) -> None:
    """What a home has at its top: a zone each for rows, facts and publications, and Dagster's own; no row in a wrong one."""
    assert {path.name for path in watched.home.root.iterdir()} <= {
        "restricted", "facts", "published", "dagster", "layout.json", "sources",
    }  # fmt: skip
    names = {path.stem for path in watched.home.facts.glob("*.parquet")}
    assert names == set(fact_tables())


class Parts(HTMLParser):
    """The elements, outside addresses and hidden parts of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.hidden: list[str] = []
        self.comments: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.addresses += [value for name in ("href", "src", "action") if (value := given.get(name))]
        style = (given.get("style") or "").replace(" ", "")
        if "hidden" in given or "display:none" in style or "visibility:hidden" in style:
            self.hidden.append(tag)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def test_s13_page_is_what_is_meant_and_no_more(watched: Watched) -> None:
    """Only these files are published; the page has no script, comment, hidden part or address elsewhere."""
    published = watched.home.published
    names = {path.name for path in published.rglob("*")}
    meant = {
        "manifest.json",
        "svu.duckdb",
        "engineer.duckdb",
        "change.json",
        *(f"review-2023-11.{kind}" for kind in ("html", "json", "csv")),
    }
    page = Parts()
    page.feed((published / "review-2023-11.html").read_text("utf-8"))
    unmeant = [*names ^ meant, *page.tags & ACTIVE, *page.comments, *page.hidden]
    unmeant += [address for address in page.addresses if not address.startswith("#") and address != "data:,"]
    count("S13", int(not unmeant), 1, f"{len(names)} files, {len(page.tags)} kinds of element")
    assert not unmeant


def test_s13_database_is_what_is_meant_and_no_more(watched: Watched) -> None:
    """Only these tables, no view, no comment, and no column of a person's."""
    with duckdb.connect(str(watched.home.published / "svu.duckdb"), read_only=True) as connection:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        views = connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        comments = connection.execute("SELECT 1 FROM duckdb_tables() WHERE comment IS NOT NULL").fetchall()
        listed = "SELECT column_name FROM duckdb_columns() WHERE NOT internal"
        columns = {name for (name,) in connection.execute(listed).fetchall()}
    meant = {*fact_tables(), "contribution", "value", "linking_band", "metric", "dq_result"}
    unmeant = [*tables ^ meant, *views, *comments, *columns & PERSONAL]
    count("S13", int(not unmeant), 1, f"{len(tables)} tables, {len(columns)} names of columns")
    assert not unmeant


def test_s13_no_identifier_is_in_the_published_bytes(watched: Watched) -> None:
    """No surname or PNC id that landed, and no keyed id of a person, is in a published file (`TEST` of a test record aside)."""
    with duckdb.connect() as connection:
        landed = str(watched.home.landing("custody") / "*" / "custody_record.parquet")
        people = str(watched.home.people / "person_record.parquet")
        query = "SELECT surname, pnc_id FROM read_parquet(?)"
        words = {
            word for row in connection.execute(query, [landed]).fetchall() for word in row if word and word != "TEST"
        }
        words |= {name for (name,) in connection.execute("SELECT person_id FROM read_parquet(?)", [people]).fetchall()}
    assert {NAME, PNC} <= words
    published = [content for path in watched.home.published.iterdir() for content in contents(path)]
    found = [word for word in words if any(word.encode() in content for content in published)]
    count("S13", int(not found), 1, f"{len(words)} identifiers")
    assert len(words) > 5 and not found


def test_s23_nothing_is_pickled(watched: Watched) -> None:
    """No asset's value is stored, no file or event of Dagster's is a pickle, and a night unpickles nothing."""
    storage = [
        path for path in watched.home.dagster.rglob("*") if "storage" in path.relative_to(watched.home.dagster).parts
    ]
    pickled = [path for path in watched.files() if is_pickle(path.read_bytes())]
    for path in watched.home.dagster.rglob("*.db"):
        with closing(sqlite3.connect(path)) as database:
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                cells = (cell for row in database.execute(f'SELECT * FROM "{name}"') for cell in row)
                pickled += [path for cell in cells if isinstance(cell, bytes) and is_pickle(cell)]
    unpickled = watched.events("pickle.find_class")
    count("S23", int(not storage and not pickled and not unpickled), 1)
    assert not [path for path in storage if path.is_file()] and not pickled and not unpickled


def is_pickle(content: bytes) -> bool:
    """Whether bytes are one whole pickle of protocol 2 or later."""
    if not re.match(rb"\x80[\x02-\x05]", content):
        return False
    try:
        *_, (last, _, _) = pickletools.genops(content)
    except ValueError:
        return False
    return last.name == "STOP"


def test_s23_a_pickle_would_be_seen() -> None:
    """The search for them can fail."""
    import pickle

    assert is_pickle(pickle.dumps({"a": 1})) and not is_pickle(b"\x80\x02no") and not is_pickle(json.dumps({}).encode())
