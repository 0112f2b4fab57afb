"""What `svu held` does, from the Dagster UI: jobs whose run configuration says which row or delivery, who and why.

A corrected value is never run configuration, which Dagster keeps: it is read from a file in the restricted zone.
"""

import json
from pathlib import Path

import dagster as dg
from pydantic import Field

from svu_pipeline.contracts import decisions
from svu_pipeline.contracts.decisions import DecisionError
from svu_pipeline.landing.batch import Manifest
from svu_pipeline.pipeline import Pipeline, said_plainly


class WaiverConfig(dg.Config):
    """A waiver of the rules that hold a row."""

    row: str = Field(description="The row's id, as the asset held_row lists it.")
    owner: str = Field(description="Who answers for it.")
    reason: str = Field(description="Why; kept with the decision and in the audit log.")
    until: str = Field(description="The last day of the waiver, as in 2026-12-31.")


class ReplayConfig(dg.Config):
    """A row to be judged again, corrected."""

    row: str = Field(description="The row's id, as the asset held_row lists it.")
    owner: str = Field(description="Who answers for it.")
    reason: str = Field(description="Why; kept with the decision and in the audit log.")
    corrections: str = Field(
        default="", description="Path of a JSON file {column: value} in the restricted zone; empty for none."
    )


class ApprovalConfig(dg.Config):
    """A delivery held whole that is to be taken."""

    source: str = Field(description="The source, as in warrants.")
    batch: str = Field(description="The delivery, as its check names it.")
    owner: str = Field(description="Who answers for it.")
    reason: str = Field(description="Why; kept with the decision and in the audit log.")


@dg.op
def waive(context: dg.OpExecutionContext, config: WaiverConfig, pipeline: dg.ResourceParam[Pipeline]) -> None:
    """Accept a row as it is until a day."""
    with said_plainly():
        settings = pipeline.settings
        batch = decisions.waive(settings, config.row, config.owner, config.reason, config.until, pipeline.clock)
        _say(context, batch, decisions.outcome(settings, batch))


@dg.op
def replay(context: dg.OpExecutionContext, config: ReplayConfig, pipeline: dg.ResourceParam[Pipeline]) -> None:
    """Judge a row again with its values corrected."""
    with said_plainly():
        settings = pipeline.settings
        corrections = _corrections(settings.home / "restricted", config.corrections)
        batch = decisions.replay(settings, config.row, config.owner, config.reason, corrections, pipeline.clock)
        _say(context, batch, decisions.outcome(settings, batch))


@dg.op
def approve(context: dg.OpExecutionContext, config: ApprovalConfig, pipeline: dg.ResourceParam[Pipeline]) -> None:
    """Take a delivery that is held whole."""
    with said_plainly():
        batch = decisions.approve(
            pipeline.settings, config.source, config.batch, config.owner, config.reason, pipeline.clock
        )
        _say(context, batch, "taken")


@dg.job(description="Waive the rules that hold a row: its owner answers for it until a day.")
def waive_held_row() -> None:
    waive()


@dg.job(description="Judge a row on hold again, corrected: it lands as a new version of its record.")
def replay_held_row() -> None:
    replay()


@dg.job(description="Take a delivery that is held whole for its withdrawals, held rows or unknown codes.")
def approve_held_delivery() -> None:
    approve()


JOBS = [waive_held_row, replay_held_row, approve_held_delivery]


def _corrections(restricted: Path, name: str) -> dict[str, str | None]:
    if not name:
        return {}
    path = Path(name)
    if not path.resolve().is_relative_to(restricted.resolve()) or not path.is_file():
        raise DecisionError("the corrections are a JSON file in the restricted zone. Put it there and give its path.")
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        content = None
    if not isinstance(content, dict) or not all(isinstance(value, str | None) for value in content.values()):
        raise DecisionError("the corrections are JSON like {column: text or null}. Correct the file.")
    return content


def _say(context: dg.OpExecutionContext, batch: Manifest, status: str) -> None:
    context.log.info(f"landed as batch {batch.batch}: {status}")
    if status == "held":
        raise DecisionError("the row is still held. The asset held_row shows why.")
