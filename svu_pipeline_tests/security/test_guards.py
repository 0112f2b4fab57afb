"""S02: a fault nobody foresaw tells nothing, whatever its words; with any one guard taken away, the same search finds it."""

from __future__ import annotations

import logging
import os
import resource
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg
import pytest

from svu_pipeline import cli, pipeline
from svu_pipeline.definitions import build_defs
from svu_pipeline.errors import Curable
from svu_pipeline.instance import dagster_home, instance
from svu_pipeline.pipeline import Pipeline
from svu_pipeline_tests.night import Force
from svu_pipeline_tests.security.search import NAME, told
from svu_pipeline_tests.tally import count

pytestmark = pytest.mark.slow

STEPS = {
    "landing.assets.take": ["landing", "raw_custody_record"],
    "contracts.assets.keep_standing": ["contracts", "custody_record"],
    "contracts.held_assets.keep_held": ["contracts", "held_row"],
    "people.assets.keep_people": ["people", "person_record"],
    "facts.assets.keep_facts": ["facts", "fct_charge"],
    "metrics.assets.keep_metrics": ["metrics", "value"],
    "quality.assets.keep_results": ["quality", "dq_result"],
    "recount.assets.keep_recount": ["recount", "recount"],
    "release.assets.place_due": ["release", "open_releases"],
    "publication.assets.publish_database": ["publication", "svu_duckdb"],
    "change.assets.keep_change": ["change", "figure_change"],
}
"""What each kind of step calls, and an asset that it makes."""

REDACTED = "dagster.redacted_errors"
Fail = Callable[..., None]


@pytest.fixture(autouse=True)
def _process_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What keeping to itself sets for the whole process is put back."""
    monkeypatch.setenv("DAGSTER_HOME", "")
    monkeypatch.setenv(pipeline.REDACT, "")
    mask, level = os.umask(0o077), logging.getLogger(REDACTED).level
    core = resource.getrlimit(resource.RLIMIT_CORE)
    yield
    os.umask(mask)
    resource.setrlimit(resource.RLIMIT_CORE, core)
    logging.getLogger(REDACTED).setLevel(level)


def unforeseen(*_: object, **__: object) -> None:
    """As a driver fails: its words quote the row, and those of the error it came of do too."""
    surname, born = NAME, "1961-07-23"
    try:
        raise ValueError(f"invalid input for type date: {surname} {born}")
    except ValueError as error:
        raise RuntimeError(f"row ({surname}, {born}) could not be written") from error


def foreseen(*_: object, **__: object) -> None:
    """As our own code fails when someone forgot `from None`: words of its own, and behind them the driver's."""
    try:
        raise ValueError(f"invalid input for type date: {NAME}")
    except ValueError:
        raise Curable("the file cannot be read. Run again.")  # noqa: B904 - forgotten on purpose


def run_step(force: Force, name: str, fail: Fail, monkeypatch: pytest.MonkeyPatch) -> None:
    """Materialise an asset whose step fails; its events are in the home's Dagster folder."""
    monkeypatch.setattr(f"svu_pipeline.{name}", fail)
    dagster_home(force.home)
    defs = build_defs(pipeline=Pipeline(lambda: force.settings, force.now))
    with instance(force.home) as history:
        # Some steps make several assets, all or none.
        asked = dg.AssetSelection.assets(dg.AssetKey(STEPS[name])).required_multi_asset_neighbors()
        selection = asked.resolve(defs.resolve_asset_graph())
        job = defs.resolve_implicit_global_asset_job_def().get_subset(asset_selection=set(selection))
        assert not job.execute_in_process(instance=history, raise_on_error=False).success


def found(force: Force, *printed: str) -> list[str]:
    """Where a sentinel was told: in the home's files, or in what was printed and logged."""
    files = [path for path in force.root.rglob("*") if path.is_file()]
    return told(files) + [text for text in printed if "ZZSENTINEL" in text]


@pytest.mark.parametrize("fail", [unforeseen, foreseen])
def test_s02_failing_step_tells_nothing(
    fail: Fail,
    force: Force,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """In every layer: no event, log, file or line has the words of the error."""
    caplog.set_level(logging.DEBUG)
    for name in STEPS:
        run_step(force, name, fail, monkeypatch)
    leaked = found(force, caplog.text, *capfd.readouterr())
    count("S02", int(not leaked), 1, f"{len(STEPS)} layers, {fail.__name__} errors")
    assert not leaked


def _no_redaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svu_pipeline.pipeline.REDACT", "SVU_NOTHING")
    monkeypatch.setattr("svu_pipeline.instance.REDACT", "SVU_NOTHING")


def _no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("svu_pipeline.pipeline.keep_to_itself", lambda: os.environ.update({pipeline.REDACT: "1"}))
    logging.getLogger(REDACTED).setLevel(logging.NOTSET)


def _no_from_none(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def said(*_: type[Exception]) -> Iterator[None]:
        try:
            yield
        except Curable as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error

    monkeypatch.setattr("svu_pipeline.people.assets.said_plainly", said)


GUARDS: list[tuple[Callable[[pytest.MonkeyPatch], None], Fail]] = [
    (_no_redaction, unforeseen),
    (_no_silence, unforeseen),
]


@pytest.mark.parametrize(("remove", "fail"), GUARDS, ids=["redaction", "silence"])
def test_s02_each_guard_is_needed(
    remove: Callable[[pytest.MonkeyPatch], None],
    fail: Fail,
    force: Force,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Without it the sentinel is told, and found: the guard does its part, and the search can fail."""
    caplog.set_level(logging.DEBUG)
    remove(monkeypatch)
    run_step(force, "people.assets.keep_people", fail, monkeypatch)
    leaked = found(force, caplog.text, *capfd.readouterr())
    count("S02", int(bool(leaked)), 1, "a guard taken away is missed")
    assert leaked


@pytest.mark.parametrize("is_kept", [True, False])
def test_s02_from_none_holds_where_redaction_does_not(
    is_kept: bool, force: Force, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A step that fails in our own words shows nothing of what they came of, even unredacted; with the cause kept it does."""
    _no_redaction(monkeypatch)
    if not is_kept:
        _no_from_none(monkeypatch)
    run_step(force, "people.assets.keep_people", foreseen, monkeypatch)
    leaked = found(force, caplog.text)
    count("S02", int(bool(leaked) != is_kept), 1, "from None, without redaction")
    assert bool(leaked) != is_kept


def test_s02_step_is_guarded_however_it_was_started(force: Force, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was not started by `svu`, with no variable set, keeps to itself from the first look at the settings."""
    monkeypatch.delenv(pipeline.REDACT)
    os.umask(0o022)
    _ = Pipeline(lambda: force.settings).settings
    assert os.environ[pipeline.REDACT] == "1" and os.umask(0o077) == 0o077
    assert not logging.getLogger(REDACTED).isEnabledFor(logging.CRITICAL)
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0


def test_s02_no_compute_log_is_kept(force: Force) -> None:
    """What a step prints is not captured: neither configured nor there."""
    text = (dagster_home(force.home) / "dagster.yaml").read_text("utf-8")
    assert "NoOpComputeLogManager" in text
    assert not [path for path in force.home.dagster.rglob("*") if path.suffix in (".out", ".err")]


def test_s02_command_that_fails_unforeseen_is_one_line(
    force: Force, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """`svu` names the kind of the fault and the lines it came through, not its words; no frame's variables are shown."""
    monkeypatch.setattr("svu_pipeline.cli.read", unforeseen)
    monkeypatch.setattr(sys, "argv", ["svu", "review", "--window", "2023-11", "--home", str(force.root)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    printed = "".join(capfd.readouterr())
    assert ended.value.code == 2 and len(printed.splitlines()) == 1
    assert "RuntimeError" in printed and "cli.py:" in printed and "ZZSENTINEL" not in printed and "1961" not in printed
    with pytest.raises(RuntimeError):
        unforeseen()
    try:
        unforeseen()
    except RuntimeError:
        assert NAME in traceback.format_exc()
    assert cli.app.pretty_exceptions_enable is False
