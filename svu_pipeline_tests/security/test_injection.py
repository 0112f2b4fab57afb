"""S07, S12: text that would be code somewhere else is refused in plain words, or kept as the text that it is."""

from __future__ import annotations

import ast
import csv
import io
import json
import sqlite3
import sys
import tomllib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

import svu_pipeline
from svu_pipeline import audit
from svu_pipeline.clock import instant, window
from svu_pipeline.commands import output
from svu_pipeline.contracts import decisions, held
from svu_pipeline.contracts.held import HeldRow, held_row
from svu_pipeline.definitions import build_defs
from svu_pipeline.errors import Curable
from svu_pipeline.instance import instance
from svu_pipeline.kept import keep_standing
from svu_pipeline.metrics.catalogue import metric_of
from svu_pipeline.pipeline import Pipeline
from svu_pipeline.publication.publish import FORMULA_STARTS, as_csv
from svu_pipeline.settings_file import parse
from svu_pipeline.sources.json_text import read_json_lines
from svu_pipeline.sources.sqlite_database import read_tables
from svu_pipeline.sources.system import Shape, Unreadable
from svu_pipeline.warehouse import parquet_view, session, write_parquet
from svu_pipeline_tests.bad_input.case import good
from svu_pipeline_tests.bad_input.catalogue import CASES
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.oracle.cases.builder import SOURCES
from svu_pipeline_tests.security.conftest import REPOSITORY
from svu_pipeline_tests.tally import count

PAYLOADS = (
    "'", '"', "''", "';--", "' OR '1'='1", "1; DROP TABLE value", "'; DROP TABLE standing_warrant; --",
    "2023-11' OR 1=1 --", "2023-11'; ATTACH '/tmp/x' AS x; --", "2023-11' UNION SELECT * FROM read_text('/etc/passwd') --",
    "x') TO '/tmp/x'; --", "x\"; DROP TABLE value; --", "\\'; DROP TABLE value; --", "0x27204f52", "%27%20OR%201=1",
    "/* */", "--", "#", "$$; DROP TABLE value; $$", "${jndi:ldap://127.0.0.1/a}", "{{7*7}}", "{0.__class__}", "%s%s%n",
    "$(touch /tmp/svu_probe)", "`touch /tmp/svu_probe`", "| touch /tmp/svu_probe", "; touch /tmp/svu_probe", "&& id",
    "../../../etc/passwd", "..\\..\\windows", "file:///etc/passwd", "a\nb: c", "a\r\nb", "a\u2028b", "a\x85b", "a\u202eb",
    "<script>alert(1)</script>", "=CMD|'/C calc'!A0", "ＤＲＯＰ ＴＡＢＬＥ", "\ufeff2023-11",
)  # fmt: skip
assert len(set(PAYLOADS)) == 40


def refused(act: Any) -> bool:
    """Whether an act is refused in our own words."""
    try:
        act()
    except Curable:
        return True
    return False


def test_s07_what_is_typed_is_refused_in_plain_words(force: Force, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows, instants, metrics, row ids, deliveries, sources and days: each payload is no such thing, and is said so."""
    row = HeldRow("0a1b2c3d4e", "custody", "custody_record", "b", "f", 1, "s", "o", ["arrested_at: bad_date"])
    monkeypatch.setattr(held, "held_rows", lambda _: [row])
    settings = force.settings
    good_reason = {"owner": "Custody team", "reason": "seen"}
    acts: list[Callable[[str], object]] = [
        lambda text: window(text),
        lambda text: instant(text),
        lambda text: metric_of(text),
        lambda text: held_row(settings, text),
        lambda text: decisions.approve(settings, "custody", text, clock=force.now, **good_reason),
        lambda text: decisions.approve(settings, text, "b", clock=force.now, **good_reason),
        lambda text: decisions.waive(settings, row.id, until=text, clock=force.now, **good_reason),
        lambda text: decisions.replay(settings, row.id, corrections={text: "x"}, clock=force.now, **good_reason),
    ]
    failed = [(place, text) for place, act in enumerate(acts) for text in PAYLOADS if not refused(lambda: act(text))]  # noqa: B023 - called at once
    count("S07", len(acts) * len(PAYLOADS) - len(failed), len(acts) * len(PAYLOADS), "typed")
    assert not failed


def test_s07_partition_key_is_a_month_or_nothing(force: Force, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster takes no key that is not a month of the definition: the review's step does not begin."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    defs = build_defs(pipeline=Pipeline(lambda: force.settings, force.now))
    job, survived = defs.resolve_job_def("review_month"), 0
    with instance(force.home) as history:
        for text in PAYLOADS:
            with pytest.raises((dg.DagsterError, ValueError)):
                job.execute_in_process(instance=history, partition_key=text)
            survived += 1
        assert not history.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]))
    count("S07", survived, len(PAYLOADS), "partition keys")
    assert not force.home.published.exists()


def test_s07_column_names_are_names(tmp_path: Path) -> None:
    """A force's name of a column, whatever it is, gives that column's text, from JSON and from a database."""
    survived = 0
    for number, text in enumerate(PAYLOADS):
        path = tmp_path / f"{number}.sqlite"
        with closing(sqlite3.connect(path)) as database, database:
            name = text.replace('"', '""')
            database.execute(f'CREATE TABLE "{name}" ("{name}" TEXT, updated_at TEXT)')
            database.execute(f"INSERT INTO \"{name}\" VALUES ('x', NULL)")
        shape = Shape(names={"ref": text, "updated_at": "updated_at"}, table=text)
        tables = [rows["ref"].to_pylist() for _, rows in read_tables(path, {"record": shape}, {}, lambda *_: None)]
        survived += tables == [["x"]] and _key_of_json(text) == ["x"]
    count("S07", survived, len(PAYLOADS), "column and table names")
    assert survived == len(PAYLOADS)


def _key_of_json(text: str) -> list[Any]:
    """The values of a key of a JSON line; those of a key that the settings may not name, as if read."""
    record: Any = "x"
    for part in reversed(text.split(".")):
        record = {part: record}
    try:
        (batch,) = read_json_lines(io.BytesIO(json.dumps(record).encode()), {"ref": text}, lambda *_: None)
    except Unreadable as error:
        return ["x"] if error.code == "schema_drift" and "" in text.split(".") else []
    values: list[Any] = batch["ref"].to_pylist()
    return values


def test_s07_file_names_are_names(tmp_path: Path) -> None:
    """A file that is called like a payload is read, written and viewed as that file."""
    survived = 0
    with session(tmp_path) as connection:
        for text in (text for text in PAYLOADS if "/" not in text):
            target = tmp_path / f"{text}.parquet"
            write_parquet(connection, "SELECT 1 AS one", target)
            parquet_view(connection, "found", [target])
            survived += target.is_file() and connection.execute("FROM found").fetchall() == [(1,)]
    of = sum("/" not in text for text in PAYLOADS)
    count("S07", survived, of, "file names")
    assert survived == of and len(list(tmp_path.iterdir())) == of


def test_s07_home_and_sources_are_paths(tmp_path: Path) -> None:
    """Folders called like statements: a delivery with conflicting rows is landed, judged and kept in them."""
    place = tmp_path / "it's; DROP TABLE x; --?mode=rwc&a=%41#"
    extract = good()
    next(case for case in CASES if case.name == "B76 two rows of one key").spoil(extract)
    extract.missing = {*SOURCES} - {"property", "custody"}
    extract.write(place / "in")
    force = Force(place / "home")
    assert force.land(place / "in", ["property", "custody"]) == {"property": True, "custody": True}
    keep_standing(force.settings, "property")
    assert [path.name for path in tmp_path.iterdir()] == [place.name]


def test_s07_reasons_are_text(force: Force) -> None:
    """Whatever someone gives as a reason or a name stands in the audit log as given, and breaks no line of it."""
    for text in PAYLOADS:
        audit.record(force.home, "waive", text, text, force.now)
    found = audit.entries(force.home)
    assert [(entry.subject, entry.why) for entry in found] == [(text, text) for text in PAYLOADS]
    count("S07", len(found), len(PAYLOADS), "reasons")
    assert not list(audit.broken(force.home, iter([])))


def test_s07_settings_are_words_of_ours(tmp_path: Path) -> None:
    """As a source, an address, a limit or a code's dataset a payload is refused; what it says is not repeated."""
    for text in PAYLOADS:
        contents: list[dict[str, Any]] = [
            {"sources": {text: {}}},
            {"sources": {"custody": {"place": {"url": text, "user": "u"}}}},
            {"sources": {"custody": {"expected_every_days": text}}},
            {"tolerances": {"custody_record.x": {"fail": text}}},
        ]
        for content in contents:
            _, problems = parse(content, tmp_path)
            assert problems, text
            if "sources" in content and text not in content["sources"]:
                assert text not in "".join(problems) or len(text) < 3


@pytest.mark.parametrize("is_terminal", [True, False])
def test_s07_what_is_printed_commands_no_terminal(
    is_terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Escape sequences, line ends, markup and changes of direction in a cell are shown, not obeyed; a row stays one line."""
    hostile = ("\x1b[2J\x1b]0;title\x07", "a\nb", "a\tb", "\u202egpj", "\u2028", "[red]x[/red]", "[/nothing]", ":bomb:")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)
    monkeypatch.setenv("COLUMNS", "400")
    output.table("Rows", ["cell"], [[cell] for cell in hostile])
    for cell in hostile:
        output.say(cell)
    printed = "".join(capsys.readouterr())
    assert not {"\x07", "\u202e", "\u2028"} & set(printed)
    assert "\x1b[2J" not in printed and "\x1b]" not in printed
    assert all(text in printed for text in ("[red]x[/red]", "[/nothing]", ":bomb:", "a\ufffdb"))
    assert is_terminal or len(printed.splitlines()) == 1 + 2 * len(hostile)


SUPPLIED = {
    "owner",
    "why",
    "until",
    "wanted",
    "corrections",
    "text",
    "label",
    "partition_key",
    "url",
    "user",
    "settings",
    "config",
}
"""What a person types or a settings file says, by the names it has in the package."""


def test_s07_no_statement_is_put_together_from_what_is_typed() -> None:
    """No f-string of SQL has such a name in it, but as a literal by `quoted`; ruff's ban on others (S608) stands."""
    package = Path(svu_pipeline.__file__).parent
    words = (
        "SELECT ",
        "INSERT ",
        "CREATE ",
        "COPY ",
        "DELETE ",
        "UPDATE ",
        "DROP ",
        "FROM ",
        "JOIN ",
        "WHERE ",
        "SET ",
    )
    statements = 0
    for path in package.rglob("*.py"):
        if "demo" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
            holes = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
            if any(word in text for word in words) and not ast.unparse(node).startswith("f'the "):
                statements += 1
                for hole in holes:
                    names = {part.id for part in ast.walk(hole) if isinstance(part, ast.Name)}
                    assert not names & SUPPLIED or "quoted" in names, f"{path.name}:{node.lineno}"
    assert statements > 50
    rules = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    ours = {rule for place, ignored in rules["per-file-ignores"].items() if "_tests" not in place for rule in ignored}
    assert "S" in rules["select"] and "S608" not in rules["ignore"]
    assert "S608" not in ours - {*rules["per-file-ignores"].get("benchmarks/**", [])}


def test_s07_no_table_manager_puts_keys_into_statements() -> None:
    """The managers with the flaw (CVE-2026-41490) are not installed: tables are files that this package writes."""
    locked = (REPOSITORY / "requirements.lock").read_text("utf-8")
    named = [line.split("==")[0] for line in locked.splitlines() if "==" in line]
    assert "dagster" in named
    assert not {"dagster-duckdb", "dagster-snowflake", "dagster-gcp", "dagster-deltalake"} & set(named)


FORMULAS = (
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1+1", "\r=1+1", "=CMD|'/C calc'!A0", "+SUM(A1)", "-cmd|' /C calc'!A0",
    "@x", '=HYPERLINK("x")', "\x00=1+1",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_s12_cell_is_no_formula(text: str) -> None:
    """As title, label, code or mark of a figure: the published CSV has it with an apostrophe before it."""
    part = {"printed": "1", "marks": [], "month": text, "code": text, "label": text}
    figure = {
        "id": text, "title": text, "as_at": "2024-01-01", "printed": "1", "marks": [], "held": 0, "band": None,
        "linking": None, "monthly": [part], "breakdowns": [{"dimension": text, "rows": [part]}],
    }  # fmt: skip
    content = as_csv({"figures": [figure], "window": "2023-11", "months": 12})
    cells = [cell for line in csv.reader(io.StringIO(content, newline="")) for cell in line]
    wrong = [cell for cell in cells if cell.startswith((*FORMULA_STARTS, "\x00"))]
    count("S12", int(not wrong), 1)
    assert not wrong and f"'{text}" in cells


def test_s12_no_workbook_is_written() -> None:
    """CSV is the only table that is published as a file; nothing but the demonstration writes a workbook."""
    package = Path(svu_pipeline.__file__).parent
    writers = [p for p in package.rglob("*.py") if "demo" not in p.parts and "Workbook(" in p.read_text("utf-8")]
    assert not writers
