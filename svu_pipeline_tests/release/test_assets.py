"""The release as an asset: the graph shows what blocks it, and people sign and publish it there."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from svu_pipeline.definitions import build_defs
from svu_pipeline.nightly import NIGHTLY
from svu_pipeline.pipeline import Pipeline
from svu_pipeline.release.assets import OPEN, RELEASE, releases_open_at_their_time
from svu_pipeline.release.gates import CONTENT, LIVE
from svu_pipeline.release.publish import placed
from svu_pipeline_tests.release.conftest import Office

pytestmark = pytest.mark.slow


def release_month(office: Office, **config: Any) -> dg.ExecuteInProcessResult:
    defs = build_defs(pipeline=Pipeline(lambda: office.settings, office.clock))
    return defs.resolve_job_def("release_month").execute_in_process(
        partition_key="2023-11", run_config={"ops": {"prepare_release": {"config": config}}}
    )


def sign(office: Office, role: str, name: str) -> bool:
    """Sign off by the job that the UI launches."""
    defs = build_defs(pipeline=Pipeline(lambda: office.settings, office.clock))
    said = {"release": office.draft.id, "role": role, "name": name, "saw": office.draft.sha256}
    job = defs.resolve_job_def("sign_release")
    return job.execute_in_process(run_config={"ops": {"sign": {"config": said}}}, raise_on_error=False).success


def shut(result: dg.ExecuteInProcessResult) -> set[str]:
    """The gates that block, as the graph shows them."""
    found = result.get_asset_check_evaluations()
    assert {check.check_name for check in found} == set(CONTENT | LIVE)
    return {check.check_name for check in found if not check.passed and check.severity is dg.AssetCheckSeverity.ERROR}


def state_of(result: dg.ExecuteInProcessResult) -> tuple[Any, Any]:
    (made,) = result.get_asset_materialization_events()
    metadata = made.materialization.metadata
    return metadata["state"].value, metadata["hash to be seen"].value


def test_the_graph_shows_what_blocks_a_release_until_it_goes_out(office: Office) -> None:
    """Prepared: only the sign-offs are missing, and publishing does nothing. Signed by two people: it goes out, locked."""
    result = release_month(office, publish=True)
    assert (shut(result), state_of(result)) == ({"signed_by_two"}, ("draft", office.draft.sha256))
    assert sign(office, "statistician", "Ann Other")
    assert not sign(office, "press_officer", "Ann Other")
    assert sign(office, "press_officer", "Bo Field")
    result = release_month(office, publish=True, embargo="2026-12-05 12:00", readers=["Di Eames"])
    assert (shut(result), state_of(result)[0]) == (set(), "locked")
    known = Pipeline(lambda: office.settings, office.clock)
    assert isinstance(releases_open_at_their_time(pipeline=known), dg.SkipReason)
    office.later(hours=3)
    assert isinstance(releases_open_at_their_time(pipeline=known), dg.RunRequest)
    defs = build_defs(pipeline=known)
    job = defs.resolve_implicit_global_asset_job_def().get_subset(asset_selection={OPEN})
    assert job.execute_in_process().success
    assert placed(office.home, office.draft.id).is_dir()
    assert isinstance(releases_open_at_their_time(pipeline=known), dg.SkipReason)


def test_releases_are_no_part_of_the_night_and_are_placed_by_it() -> None:
    """A night makes no release; it opens those whose time has come."""
    job = build_defs().resolve_job_def(NIGHTLY)
    selected = job.asset_layer.executable_asset_keys
    assert RELEASE not in selected and OPEN in selected
